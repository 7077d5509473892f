//! Finding what is on the screen by what a person, or a screen reader, calls it.

use std::fmt;

use anyhow::{Context, Result, bail};
use fantoccini::elements::{Element, ElementRef};
use serde_json::{Value, json};

use super::app::App;

const FIND: &str = concat!(include_str!("names.js"), include_str!("find.js"));
const FOCUSED: &str = concat!(
    include_str!("names.js"),
    "const at = document.activeElement;
     return at === null || at === document.body ? ['', ''] : [roleOf(at), nameOf(at)];"
);
/// The key under which WebDriver puts an element's id.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How to recognise something. Roles are ARIA's, also where HTML implies them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// Role and the beginning, middle or end of the accessible name, in any case.
    Role(String, String),
    /// Role and the whole accessible name.
    RoleExactly(String, String),
    /// The innermost element that shows this text.
    Text(String),
    /// Last resort, for what has no name.
    Css(String),
}

impl By {
    pub fn role(role: &str, name: &str) -> Self {
        Self::Role(role.to_owned(), name.to_owned())
    }

    pub fn exactly(role: &str, name: &str) -> Self {
        Self::RoleExactly(role.to_owned(), name.to_owned())
    }

    pub fn button(name: &str) -> Self {
        Self::role("button", name)
    }

    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    pub fn css(selector: &str) -> Self {
        Self::Css(selector.to_owned())
    }
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            By::Role(role, name) => write!(f, "a {role} named “…{name}…”"),
            By::RoleExactly(role, name) => write!(f, "a {role} named “{name}”"),
            By::Text(text) => write!(f, "the text “{text}”"),
            By::Css(selector) => write!(f, "`{selector}`"),
        }
    }
}

impl App {
    /// Everything visible that fits, now.
    ///
    /// # Errors
    /// If the window does not answer.
    pub async fn find_all(&self, by: &By) -> Result<Vec<Element>> {
        let arguments = match by {
            By::Role(role, name) => json!([role, name, false, null]),
            By::RoleExactly(role, name) => json!([role, name, true, null]),
            By::Text(text) => json!([null, null, false, text]),
            By::Css(selector) => {
                let found = self.client().find_all(fantoccini::Locator::Css(selector)).await?;
                let mut visible = Vec::new();
                for element in found {
                    if element.is_displayed().await? {
                        visible.push(element);
                    }
                }
                return Ok(visible);
            }
        };
        let Value::Array(arguments) = arguments else {
            bail!("the arguments are a list")
        };
        let found = self.client().execute(FIND, arguments).await?;
        let found = found
            .as_array()
            .context("the search answered something else than a list")?;
        found.iter().map(|value| self.element(value)).collect()
    }

    fn element(&self, value: &Value) -> Result<Element> {
        let id = value[ELEMENT].as_str().context("an element without an id")?;
        Ok(Element::from_element_id(
            self.client().clone(),
            ElementRef::from(id.to_owned()),
        ))
    }

    /// Waits until exactly one visible thing fits.
    ///
    /// # Errors
    /// If none does in time, or several do: a test must say which it means.
    pub async fn find(&self, by: &By) -> Result<Element> {
        self.wait(&format!("{by}"), || async {
            let mut found = self.find_all(by).await?;
            match found.len() {
                0 => Ok(None),
                1 => Ok(found.pop()),
                more => bail!("there are {more} of {by}"),
            }
        })
        .await
    }

    /// Waits until at least one visible thing fits, and gives the first.
    ///
    /// # Errors
    /// If none does in time.
    pub async fn find_first(&self, by: &By) -> Result<Element> {
        self.wait(&format!("{by}"), || async {
            Ok(self.find_all(by).await?.into_iter().next())
        })
        .await
    }

    /// Waits until nothing visible fits any more.
    ///
    /// # Errors
    /// If something still does after the deadline.
    pub async fn gone(&self, by: &By) -> Result<()> {
        self.wait(&format!("{by} to go away"), || async {
            Ok(self.find_all(by).await?.is_empty().then_some(()))
        })
        .await
    }

    /// Waits for it and clicks it, as soon as it takes clicks.
    ///
    /// # Errors
    /// If it does not come, or something else lies over it.
    pub async fn click(&self, by: &By) -> Result<()> {
        self.wait(&format!("{by} to take a click"), || async {
            match self.find_all(by).await?.as_slice() {
                [] => Ok(None),
                [one] => Ok(Some(one.click().await?)),
                more => bail!("there are {} of {by}", more.len()),
            }
        })
        .await
    }

    /// Puts a text in the place of what a field holds.
    ///
    /// # Errors
    /// If the field does not come or takes no text.
    pub async fn fill(&self, by: &By, text: &str) -> Result<()> {
        let field = self.find(by).await?;
        field.clear().await?;
        field.send_keys(text).await?;
        Ok(())
    }

    /// What the keyboard speaks to: role and accessible name, both empty if nothing has the focus.
    ///
    /// # Errors
    /// If the window does not answer.
    pub async fn focused(&self) -> Result<(String, String)> {
        let focused = self.client().execute(FOCUSED, Vec::new()).await?;
        serde_json::from_value(focused).context("the focus is neither somewhere nor nowhere")
    }

    /// Waits until something with that role and these words in its name has the focus: keys pressed earlier would go
    /// elsewhere.
    ///
    /// # Errors
    /// If the focus stays elsewhere; names where.
    pub async fn until_focus(&self, role: &str, words: &str) -> Result<()> {
        self.wait(
            &format!("the focus on a {role} named “…{words}…”"),
            || async {
                let (at, name) = self.focused().await?;
                if at == role && name.contains(words) {
                    return Ok(Some(()));
                }
                bail!("the focus is on a {at} named “{name}”")
            },
        )
        .await
    }

    /// What a screen reader would be told: the accessible names of everything visible with that role, in order.
    ///
    /// # Errors
    /// If the window does not answer.
    pub async fn names(&self, role: &str) -> Result<Vec<String>> {
        let script = FIND.replace("return found;", "return found.map(nameOf);");
        let names = self
            .client()
            .execute(&script, vec![json!(role), Value::Null, json!(false), Value::Null])
            .await?;
        serde_json::from_value(names).context("the search answered something else than names")
    }
}
