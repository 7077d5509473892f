//! Accessibility of what is on the screen now, by axe-core.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;

use super::app::App;

/// One rule that is broken, and where.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AxeFinding {
    pub id: String,
    pub impact: Option<String>,
    pub help: String,
    /// Selectors of the elements.
    pub places: Vec<String>,
}

const RUN: &str = "
    const done = arguments[arguments.length - 1];
    axe.run(document, { resultTypes: ['violations'] }).then(
      (result) => done(result.violations.map((found) => ({
        id: found.id, impact: found.impact, help: found.help, places: found.nodes.map((node) => node.target.join(' ')),
      }))),
      (error) => done(String(error)),
    );";

impl App {
    /// Every rule that the window breaks as it is now.
    ///
    /// # Errors
    /// If axe-core is not installed (`npm ci` in `ui`) or fails.
    pub async fn axe(&self) -> Result<Vec<AxeFinding>> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
        let source =
            std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        // Half-way through a change of theme colours are nobody's.
        self.until(
            "everything to stand still",
            "return document.getAnimations().length === 0;",
        )
        .await?;
        self.client()
            .execute(&format!("{source}; window.axe = axe;"), Vec::new())
            .await?;
        let found = self.client().execute_async(RUN, Vec::new()).await?;
        if let Value::String(error) = &found {
            bail!("axe-core failed: {error}");
        }
        serde_json::from_value(found).context("axe-core answered something unexpected")
    }
}
