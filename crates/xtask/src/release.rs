//! Installers, and the icons in them.

use std::fs;

use anyhow::{Context, Result, bail, ensure};

use crate::args::Args;
use crate::packages::Purpose;
use crate::process::{cargo, npx};
use crate::{house, setup, ui};

pub const HELP: &str = "
  cargo xtask release                    .deb and AppImage on Linux, NSIS and MSI on Windows, .app and .dmg on macOS
  cargo xtask release --bundles deb      some of them
  cargo xtask release --icons            draw the icons again from icons/orca.svg
  cargo xtask release --relay            the relay as one static program, for any Linux of this processor

The installers lie under target/release/bundle. The AppImage and Windows bundlers fetch their own tools when first used.";

/// The same as the `tauri` crate.
const TAURI_CLI: &str = "@tauri-apps/cli@2.12.5";

pub fn run(mut args: Args) -> Result<()> {
    let is_icons = args.flag("--icons");
    let is_relay = args.flag("--relay");
    let bundles = args.value("--bundles")?;
    args.finish()?;
    if is_icons {
        return icons();
    }
    if is_relay {
        return relay();
    }
    let bundles = bundles.as_deref().unwrap_or(if cfg!(windows) {
        "nsis,msi"
    } else if cfg!(target_os = "macos") {
        "app,dmg"
    } else {
        "deb,appimage"
    });
    setup::everything(Purpose::Run)?;
    ui::build()?;
    npx()
        .args(["--yes", TAURI_CLI, "build", "--no-sign", "--bundles", bundles])
        .dir(house::root().join("src-tauri"))
        .run()?;
    println!(
        "the installers lie in {}",
        house::target().join("release/bundle").display()
    );
    Ok(())
}

/// The relay without shared libraries: one file that runs on any Linux of this processor, in an empty container too.
fn relay() -> Result<()> {
    if !cfg!(target_os = "linux") {
        bail!("a static relay is built on Linux, or in the container (packaging/Containerfile)");
    }
    let target = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    // With a target named, what runs while building (scripts, macros) is not linked in this way.
    cargo()
        .args([
            "build",
            "--release",
            "--locked",
            "--package",
            "orca-relay",
            "--target",
            &target,
        ])
        .env("RUSTFLAGS", "-C target-feature=+crt-static")
        .run()?;
    let program = house::target().join(&target).join("release/orca-relay");
    let bytes = fs::read(&program).with_context(|| format!("cannot read {}", program.display()))?;
    ensure!(
        !asks_for_a_loader(&bytes),
        "{} still needs shared libraries: is the C library's static half (libc6-dev) installed?",
        program.display()
    );
    println!("the relay is {}, which needs nothing else", program.display());
    Ok(())
}

/// Whether a 64-bit little-endian ELF file has a program header of type `PT_INTERP`: who loads its shared libraries.
fn asks_for_a_loader(elf: &[u8]) -> bool {
    const PT_INTERP: u64 = 3;
    let number = |at: usize, length: usize| -> Option<u64> {
        let bytes = elf.get(at..at.checked_add(length)?)?;
        Some(
            bytes
                .iter()
                .rev()
                .fold(0, |number, byte| number << 8 | u64::from(*byte)),
        )
    };
    let headers = || -> Option<(usize, usize, usize)> {
        let place = |at, length| number(at, length).and_then(|number| usize::try_from(number).ok());
        Some((place(32, 8)?, place(54, 2)?, place(56, 2)?))
    };
    let Some((first, size, count)) = headers() else {
        return false;
    };
    (0..count).any(|at| number(first + at * size, 4) == Some(PT_INTERP))
}

/// What the bundles and the window need of all that the icon tool draws.
const ICONS: &[&str] = &[
    "32x32.png",
    "64x64.png",
    "128x128.png",
    "128x128@2x.png",
    "icon.png",
    "icon.ico",
    "icon.icns",
];

fn icons() -> Result<()> {
    let icons = house::root().join("icons");
    let drawn = house::target().join("icons");
    fs::create_dir_all(&drawn)?;
    npx()
        .args(["--yes", TAURI_CLI, "icon"])
        .arg(icons.join("orca.svg"))
        .arg("--output")
        .arg(&drawn)
        .run()?;
    for name in ICONS {
        fs::copy(drawn.join(name), icons.join(name))
            .with_context(|| format!("the icon tool drew no {name}"))?;
    }
    println!("drew {} icons", ICONS.len());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::asks_for_a_loader;

    /// A file with program headers of these types and nothing behind them.
    fn elf(types: &[u32]) -> Vec<u8> {
        let mut bytes = vec![0; 64];
        bytes[32] = 64;
        bytes[54] = 56;
        bytes[56] = u8::try_from(types.len()).unwrap();
        for kind in types {
            let mut header = vec![0; 56];
            header[..4].copy_from_slice(&kind.to_le_bytes());
            bytes.extend(header);
        }
        bytes
    }

    #[test]
    fn a_program_with_shared_libraries_names_its_loader() {
        assert!(asks_for_a_loader(&elf(&[6, 3, 1])));
        assert!(!asks_for_a_loader(&elf(&[6, 1, 2])));
        assert!(!asks_for_a_loader(b"too short"));
        if cfg!(all(target_os = "linux", not(target_feature = "crt-static"))) {
            let this = std::env::current_exe().unwrap();
            assert!(
                asks_for_a_loader(&std::fs::read(this).unwrap()),
                "this test is such a program"
            );
        }
    }
}
