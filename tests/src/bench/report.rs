//! Figures beside their goals: one table for people, one JSON list for programs.

use std::fmt::Write;

use serde::Serialize;

/// One measured figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// Which figure of the quality list: `P1`.
    pub id: &'static str,
    pub what: String,
    /// None: could not be measured here; `yardstick` says why.
    pub value: Option<f64>,
    pub unit: &'static str,
    /// What it is held against, measured in the same run.
    pub yardstick: Option<String>,
    /// Value over yardstick, or yardstick over value where more is better: the goal says which.
    pub ratio: Option<f64>,
    pub goal: Option<String>,
    pub met: Option<bool>,
}

impl Figure {
    pub fn new(id: &'static str, what: impl Into<String>, value: f64, unit: &'static str) -> Self {
        let value = Some(value).filter(|value| value.is_finite());
        Self {
            id,
            what: what.into(),
            value,
            unit,
            yardstick: None,
            ratio: None,
            goal: None,
            met: None,
        }
    }

    /// A figure that cannot be measured here.
    pub fn missing(
        id: &'static str,
        what: impl Into<String>,
        unit: &'static str,
        why: impl Into<String>,
    ) -> Self {
        Self {
            yardstick: Some(why.into()),
            ..Self::new(id, what, f64::NAN, unit)
        }
    }

    /// The value must not exceed `most`.
    #[must_use]
    pub fn at_most(mut self, most: f64) -> Self {
        self.goal = Some(format!("≤ {most} {}", self.unit));
        self.met = self.value.map(|value| value <= most);
        self
    }

    /// The value must be at least `least`.
    #[must_use]
    pub fn at_least(mut self, least: f64) -> Self {
        self.goal = Some(format!("≥ {least} {}", self.unit));
        self.met = self.value.map(|value| value >= least);
        self
    }

    /// Names the yardstick and the ratio to it, without a goal for it.
    #[must_use]
    pub fn beside(mut self, yardstick: &str, its: f64) -> Self {
        self.yardstick = Some(format!("{yardstick}: {} {}", number(its), self.unit));
        self.ratio = self
            .value
            .map(|value| value / its)
            .filter(|ratio| ratio.is_finite());
        self
    }

    /// How many times slower than the yardstick; must not exceed `most`.
    #[must_use]
    pub fn against(mut self, yardstick: &str, its: f64, most: f64) -> Self {
        self.yardstick = Some(format!("{yardstick}: {} {}", number(its), self.unit));
        self.ratio = self
            .value
            .map(|value| value / its)
            .filter(|ratio| ratio.is_finite());
        self.goal = Some(format!("≤ {most} ×"));
        self.met = self.ratio.map(|ratio| ratio <= most);
        self
    }

    /// How many times faster or smaller than the yardstick; must be at least `least`. Adds to an earlier goal.
    #[must_use]
    pub fn better_than(mut self, yardstick: &str, its: f64, least: f64) -> Self {
        self.yardstick = Some(format!("{yardstick}: {} {}", number(its), self.unit));
        self.ratio = self
            .value
            .map(|value| its / value)
            .filter(|ratio| ratio.is_finite());
        let is_better = self.ratio.map(|ratio| ratio >= least);
        let goal = format!("≥ {least} × better");
        self.goal = Some(
            self.goal
                .map_or(goal.clone(), |earlier| format!("{earlier}, {goal}")),
        );
        self.met = match (self.met, is_better) {
            (Some(earlier), Some(now)) => Some(earlier && now),
            (earlier, now) => earlier.or(now),
        };
        self
    }

    /// Says why the yardstick is missing.
    #[must_use]
    pub fn without_yardstick(mut self, why: &str) -> Self {
        self.yardstick = Some(why.to_owned());
        self
    }
}

/// The list for programs.
pub fn json(figures: &[Figure]) -> String {
    serde_json::to_string_pretty(figures).expect("texts and finite numbers")
}

/// The table for people, in Markdown.
pub fn table(figures: &[Figure]) -> String {
    let mut text = String::from(
        "| # | What | Measured | Yardstick | Ratio | Goal | Met |\n|---|---|--:|---|--:|---|---|\n",
    );
    for figure in figures {
        let value = figure.value.map_or("–".to_owned(), |value| {
            format!("{} {}", number(value), figure.unit)
        });
        let ratio = figure
            .ratio
            .map_or("–".to_owned(), |ratio| format!("{} ×", number(ratio)));
        let met = match figure.met {
            Some(true) => "yes",
            Some(false) => "**no**",
            None => "–",
        };
        let yardstick = figure.yardstick.as_deref().unwrap_or("–");
        let goal = figure.goal.as_deref().unwrap_or("–");
        writeln!(
            text,
            "| {} | {} | {value} | {yardstick} | {ratio} | {goal} | {met} |",
            figure.id, figure.what
        )
        .expect("memory takes text");
    }
    text
}

/// Three digits that mean something.
fn number(value: f64) -> String {
    let decimals = match value.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 1.0 => 2,
        _ => 3,
    };
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn json_has_every_field_also_when_nothing_is_known() {
        let figures = [
            Figure::new("P1", "book", 0.5, "ms").against("bare insert", 0.4, 2.0),
            Figure::missing("P5", "peer", "s", "node is not here"),
        ];
        let list: Value = serde_json::from_str(&super::json(&figures)).unwrap();
        let first = json!({ "id": "P1", "what": "book", "value": 0.5, "unit": "ms", "yardstick": "bare insert: 0.400 ms",
            "ratio": 1.25, "goal": "≤ 2 ×", "met": true });
        let second = json!({ "id": "P5", "what": "peer", "value": null, "unit": "s", "yardstick": "node is not here",
            "ratio": null, "goal": null, "met": null });
        assert_eq!(list, json!([first, second]));
    }

    #[test]
    fn goals_are_met_at_the_limit_and_not_beyond() {
        let met = |figure: Figure| figure.met;
        assert_eq!(met(Figure::new("P2", "day", 2.0, "ms").at_most(2.0)), Some(true));
        assert_eq!(met(Figure::new("P2", "day", 2.1, "ms").at_most(2.0)), Some(false));
        assert_eq!(
            met(Figure::new("P1", "book", 9.0, "ms").against("bare", 4.0, 2.0)),
            Some(false)
        );
        let both = |value, its| {
            Figure::new("P3", "openings", value, "ms")
                .at_most(10.0)
                .better_than("naive", its, 10.0)
        };
        assert_eq!(both(5.0, 50.0).met, Some(true));
        assert_eq!(both(5.0, 49.0).met, Some(false));
        assert_eq!(both(11.0, 1000.0).met, Some(false));
        assert_eq!(both(5.0, 50.0).goal.as_deref(), Some("≤ 10 ms, ≥ 10 × better"));
    }

    #[test]
    fn the_table_has_a_row_each_and_says_what_misses() {
        let text = table(&[
            Figure::new("P2", "day sheet", 1.234, "ms").at_most(2.0),
            Figure::new("P2", "week", 51.26, "ms").at_most(5.0),
        ]);
        assert_eq!(text.lines().count(), 4);
        assert!(
            text.contains("| P2 | day sheet | 1.23 ms | – | – | ≤ 2 ms | yes |"),
            "{text}"
        );
        assert!(text.contains("| 51.3 ms | – | – | ≤ 5 ms | **no** |"), "{text}");
    }
}
