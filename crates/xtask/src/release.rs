//! Installers, and the icons in them.

use std::fs;

use anyhow::{Context, Result};

use crate::args::Args;
use crate::packages::Purpose;
use crate::process::npx;
use crate::{house, setup, ui};

pub const HELP: &str = "
  cargo xtask release                    .deb and AppImage on Linux, NSIS and MSI on Windows, .app and .dmg on macOS
  cargo xtask release --bundles deb      some of them
  cargo xtask release --icons            draw the icons again from icons/orca.svg

The installers lie under target/release/bundle. The AppImage and Windows bundlers fetch their own tools when first used.";

/// The same as the `tauri` crate.
const TAURI_CLI: &str = "@tauri-apps/cli@2.12.5";

pub fn run(mut args: Args) -> Result<()> {
    let is_icons = args.flag("--icons");
    let bundles = args.value("--bundles")?;
    args.finish()?;
    if is_icons {
        return icons();
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
