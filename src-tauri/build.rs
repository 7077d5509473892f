//! Declares the shell's only command, so that the window needs an explicit permission to call it.

fn main() {
    let dist = std::path::Path::new("../ui/dist/index.html");
    if std::env::var_os("CARGO_FEATURE_CUSTOM_PROTOCOL").is_some() && !dist.exists() {
        // Without this, the macro that embeds the screen fails with a message about paths.
        println!(
            "cargo::error=the screen is not built yet: run `cargo xtask run`, or `npm ci && npm run build` in ui/"
        );
        return;
    }
    let commands = tauri_build::AppManifest::new().commands(&["call"]);
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands)) {
        println!("cargo::error={}", format!("{error:#}").replace('\n', " "));
    }
}
