//! The mouse.

use std::time::Duration;

use anyhow::Result;
use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::elements::Element;

use super::app::App;

/// A place in the window, in CSS pixels from its upper left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

impl Point {
    /// The middle of an element, as it lies in the window now.
    ///
    /// # Errors
    /// If the element is gone.
    pub async fn middle_of(app: &App, element: &Element) -> Result<Self> {
        Self::on(app, element, "[r.x + r.width / 2, r.y + r.height / 2]").await
    }

    /// On the lower edge of an element, inside it: where a visit is taken to stretch it.
    ///
    /// # Errors
    /// If the element is gone.
    pub async fn foot_of(app: &App, element: &Element) -> Result<Self> {
        Self::on(app, element, "[r.x + r.width / 2, r.bottom - 2]").await
    }

    async fn on(app: &App, element: &Element, place: &str) -> Result<Self> {
        // The driver's own rectangle is relative to the page; a scrolled day sheet needs the window's.
        let script = format!("const r = arguments[0].getBoundingClientRect(); return {place};");
        let place = app
            .client()
            .execute(&script, vec![serde_json::to_value(element)?])
            .await?;
        let [x, y] = serde_json::from_value(place)?;
        Ok(Self { x, y })
    }

    #[must_use]
    pub fn by(self, dx: f64, dy: f64) -> Self {
        Self {
            x: self.x + dx,
            y: self.y + dy,
        }
    }
}

/// Moves in between, so that a gesture sees a drag and not a jump.
const STEPS: u32 = 8;

impl App {
    /// Presses the left button at `from`, moves to `to` in small steps, and lets go there.
    ///
    /// # Errors
    /// If a point lies outside the window.
    pub async fn drag(&self, from: Point, to: Point) -> Result<()> {
        self.drag_to(from, to).await?;
        self.drop_there().await
    }

    /// The first half of a drag: the button is still held, for a look at what is shown meanwhile.
    ///
    /// # Errors
    /// If a point lies outside the window.
    pub async fn drag_to(&self, from: Point, to: Point) -> Result<()> {
        let mut actions =
            MouseActions::new("mouse".to_owned())
                .then(move_to(from))
                .then(PointerAction::Down {
                    button: MOUSE_BUTTON_LEFT,
                });
        for step in 1..=STEPS {
            let part = f64::from(step) / f64::from(STEPS);
            actions = actions.then(move_to(from.by((to.x - from.x) * part, (to.y - from.y) * part)));
        }
        self.client().perform_actions(actions).await?;
        Ok(())
    }

    /// Lets go of the button.
    ///
    /// # Errors
    /// If the window does not answer.
    pub async fn drop_there(&self) -> Result<()> {
        let actions = MouseActions::new("mouse".to_owned()).then(PointerAction::Up {
            button: MOUSE_BUTTON_LEFT,
        });
        self.client().perform_actions(actions).await?;
        Ok(())
    }
}

fn move_to(point: Point) -> PointerAction {
    PointerAction::MoveTo {
        duration: Some(Duration::from_millis(16)),
        x: point.x,
        y: point.y,
    }
}
