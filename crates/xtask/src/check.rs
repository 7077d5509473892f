//! The quick part of the tests: what can be said without running the program.

use anyhow::{Result, bail};

use crate::args::Args;
use crate::packages::Purpose;
use crate::process::cargo;
use crate::steps::Steps;
use crate::{codegen, compile, rules, setup, ui};

pub const HELP: &str = "
  cargo xtask check              format, clippy, screen's types and lints, generated code, house rules
  cargo xtask check --only NAME  one step; may be repeated with commas";

pub const FIX_HELP: &str = "
  cargo xtask fix    formats and applies what clippy, eslint and prettier can repair; writes the generated code again";

pub fn run(mut args: Args) -> Result<()> {
    let only = args.value("--only")?;
    args.finish()?;
    setup::everything(Purpose::Run)?;
    let mut steps =
        Steps::new(only.map_or_else(Vec::new, |names| names.split(',').map(str::to_owned).collect()));
    quick_steps(&mut steps);
    steps.finish()
}

/// Also the first steps of `test`.
pub fn quick_steps(steps: &mut Steps) {
    steps.step("format", "rustfmt", || {
        cargo().args(["fmt", "--all", "--check"]).run()
    });
    steps.step(
        "house rules",
        "who may depend on whom, and other agreements",
        || {
            let broken = rules::broken()?;
            if broken.is_empty() {
                return Ok(());
            }
            bail!("{} broken:\n  {}", broken.len(), broken.join("\n  "));
        },
    );
    steps.step("screen types", "svelte-check", || ui::script("check")?.run());
    for (name, about, script) in [
        ("screen lints", "eslint", "lint"),
        ("screen format", "prettier", "format:check"),
    ] {
        if ui::has_script(script).unwrap_or(false) {
            steps.step(name, about, || ui::script(script)?.run());
        }
    }
    // The app embeds the screen, so it cannot even be checked without.
    steps.step("screen build", "vite", ui::build);
    steps.step_after(&["screen build"], "lints", "clippy, warnings are errors", || {
        compile::whole_house(&["clippy"])
            .args(["--all-targets", "--", "-D", "warnings"])
            .run()
    });
    steps.step(
        "generated code",
        "the screen's TypeScript is what the Rust types say",
        codegen::check,
    );
}

pub fn fix(args: Args) -> Result<()> {
    args.finish()?;
    cargo().args(["fmt", "--all"]).run()?;
    codegen::run(Args::new(Vec::new()))?;
    for script in ["lint:fix", "format"] {
        if ui::has_script(script)? {
            ui::script(script)?.run()?;
        }
    }
    ui::build()?;
    compile::whole_house(&["clippy"])
        .args(["--all-targets", "--fix", "--allow-dirty", "--allow-staged"])
        .run()?;
    cargo().args(["fmt", "--all"]).run()
}
