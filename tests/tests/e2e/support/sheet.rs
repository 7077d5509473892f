//! What a person does and sees on the day sheet, by keyboard unless it says otherwise.

use anyhow::{Result, bail, ensure};
use orca_tests::driver::{App, By};
use serde_json::json;

/// The accessible names of all visits on the sheet, as a screen reader would be told them.
pub async fn cards(app: &App) -> Result<Vec<String>> {
    let script = "return [...document.querySelectorAll('[data-card]')].map((card) => card.ariaLabel).sort();";
    Ok(serde_json::from_value(
        app.client().execute(script, Vec::new()).await?,
    )?)
}

/// Waits for a visit whose name has all these words, and gives its name.
pub async fn card(app: &App, words: &[&str]) -> Result<String> {
    app.wait(&format!("a visit {words:?}"), || async {
        Ok(cards(app).await?.into_iter().find(|card| has_all(card, words)))
    })
    .await
}

/// Waits until no visit's name has all these words.
pub async fn no_card(app: &App, words: &[&str]) -> Result<()> {
    app.wait(&format!("no visit {words:?}"), || async {
        let cards = cards(app).await?;
        Ok((!cards.iter().any(|card| has_all(card, words))).then_some(()))
    })
    .await
}

/// Waits until the desk has answered everything that the sheet shows already.
pub async fn kept(app: &App) -> Result<()> {
    no_card(app, &["being saved"]).await
}

fn has_all(card: &str, words: &[&str]) -> bool {
    words.iter().all(|word| card.contains(word))
}

/// Waits for the day sheet of a new window.
pub async fn opened(app: &App) -> Result<()> {
    app.find(&By::role("group", "Day sheet")).await?;
    Ok(())
}

/// Goes to a date as a person types it, and waits for the day with this heading: `Wednesday 25 November 2026`.
pub async fn go_to(app: &App, typed: &str, heading: &str) -> Result<()> {
    app.press("g").await?;
    app.until_focus("textbox", "Date").await?;
    app.type_text(typed).await?;
    app.press("Enter").await?;
    app.find(&By::role("heading", heading)).await?;
    // The sheet itself comes a moment after its heading, and then has the focus.
    app.until_focus("button", "").await?;
    opened(app).await
}

/// Chooses a visit with the pointer.
pub async fn choose(app: &App, words: &str) -> Result<()> {
    app.click(&By::role("button", words)).await?;
    app.until_focus("button", words).await
}

/// Waits until a visit can be seen and pointed at: nothing lies over its middle.
pub async fn in_sight(app: &App, words: &str) -> Result<()> {
    let script = "const r = arguments[0].getBoundingClientRect();
        return arguments[0].contains(document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2));";
    app.wait(&format!("“{words}” in sight"), || async {
        let card = app.find(&By::role("button", words)).await?;
        let seen = app
            .client()
            .execute(script, vec![serde_json::to_value(card)?])
            .await?;
        Ok((seen == json!(true)).then_some(()))
    })
    .await
}

/// Walks with the arrows to a place such as `Annex 1, 10:00`, from the last chair and the time where the keyboard is.
pub async fn walk_to(app: &App, chair: &str, time: &str) -> Result<()> {
    let chair = format!("{chair}, ");
    app.press("Ctrl+End").await?;
    step_until(app, "ArrowLeft", |name| name.contains(&chair)).await?;
    step_until(app, "ArrowDown", |name| {
        name.contains(&chair) && name.contains(time)
    })
    .await
}

/// Presses a key until what has the focus is named right; each press must take the focus somewhere else.
pub async fn step_until(app: &App, key: &str, is_there: impl Fn(&str) -> bool) -> Result<()> {
    const MOST: usize = 80;
    for _ in 0..MOST {
        let (_, before) = app.focused().await?;
        if is_there(&before) {
            return Ok(());
        }
        app.press(key).await?;
        app.wait(&format!("{key} to lead on from “{before}”"), || async {
            Ok((app.focused().await?.1 != before).then_some(()))
        })
        .await?;
    }
    bail!("{MOST} times {key} did not lead there")
}

/// Goes on with Tab until something with that role and these words in its name has the focus.
pub async fn tab_to(app: &App, role: &str, words: &str) -> Result<()> {
    const MOST: usize = 60;
    // Two neighbours may have the same name; that it is another element is told by the element.
    let mark = "const before = window.tabbedFrom; window.tabbedFrom = document.activeElement;
        return before !== document.activeElement;";
    app.client().execute(mark, Vec::new()).await?;
    let mut passed = Vec::new();
    for _ in 0..MOST {
        app.press("Tab").await?;
        app.until("Tab to lead on", mark).await?;
        let (at, name) = app.focused().await?;
        if at == role && name.contains(words) {
            return Ok(());
        }
        passed.push(format!("{at} “{name}”"));
    }
    bail!(
        "{MOST} times Tab did not lead to a {role} named “…{words}…” but to {}",
        passed.join(", ")
    )
}

/// Goes with an arrow through the list of choices that has the focus, to the one with these words.
pub async fn pick(app: &App, arrow: &str, words: &str) -> Result<()> {
    const CHOSEN: &str = "return document.activeElement.selectedOptions?.[0]?.text.trim() ?? '';";
    const MOST: usize = 60;
    for _ in 0..MOST {
        let before = app.client().execute(CHOSEN, Vec::new()).await?;
        if before == json!(words) {
            return Ok(());
        }
        app.press(arrow).await?;
        app.wait(&format!("the choice after {before}"), || async {
            Ok((app.client().execute(CHOSEN, Vec::new()).await? != before).then_some(()))
        })
        .await?;
    }
    bail!("{MOST} times {arrow} did not lead to “{words}”")
}

/// Goes to a visit on the sheet by the beginning of its patient's name.
pub async fn walk_to_visit(app: &App, patient: &str) -> Result<()> {
    app.press("f").await?;
    app.until_focus("textbox", "Patient’s name").await?;
    app.type_text(patient).await?;
    app.press("Enter").await?;
    app.until_focus("button", patient).await
}

/// Books on the free place where the keyboard is: patient, letter of the kind of visit, Enter.
pub async fn book_here(app: &App, patient: &str, letter: &str) -> Result<()> {
    app.press("Enter").await?;
    choose_patient(app, patient).await?;
    choose_type(app, letter).await?;
    app.until_focus("button", "Book").await?;
    app.press("Enter").await?;
    card(app, &[patient]).await?;
    app.until_focus("button", patient).await
}

/// In the booking panel: types a name and takes the first hit.
pub async fn choose_patient(app: &App, patient: &str) -> Result<()> {
    app.until_focus("combobox", "Patient").await?;
    app.type_text(patient).await?;
    offered(app, patient).await?;
    app.press("Enter").await
}

/// In the booking panel: types the letter of a kind of visit and takes it.
pub async fn choose_type(app: &App, letter: &str) -> Result<()> {
    app.until_focus("combobox", "Type").await?;
    app.press(letter).await?;
    offered(app, letter).await?;
    app.press("Enter").await
}

/// Waits until the suggestion that Enter would take begins with these words.
pub async fn offered(app: &App, words: &str) -> Result<()> {
    app.until(
        &format!("“{words}” offered"),
        &format!(
            "return document.querySelector('[role=option][aria-selected=true]')?.innerText.trim().startsWith({});",
            json!(words)
        ),
    )
    .await?;
    Ok(())
}

/// Moves the chosen visit in move mode to a later time in its chair.
pub async fn move_down_to(app: &App, patient: &str, chair: &str, time: &str) -> Result<()> {
    app.press("m").await?;
    app.until_focus("button", &format!("moving {patient}")).await?;
    let there = format!("{chair}, {time}, moving");
    step_until(app, "ArrowDown", |name| name.starts_with(&there)).await?;
    app.press("Enter").await?;
    card(app, &[patient, &format!("{time} to"), chair]).await?;
    kept(app).await?;
    app.until_focus("button", patient).await
}

/// Writes the note of the chosen visit and keeps it.
pub async fn write_note(app: &App, text: &str) -> Result<()> {
    app.press("e").await?;
    app.until_focus("textbox", "Note").await?;
    app.type_text(text).await?;
    app.press("Ctrl+Enter").await?;
    said(app, "Note saved").await
}

/// Waits until the note of the chosen visit reads so.
pub async fn note_reads(app: &App, text: &str) -> Result<()> {
    app.until(
        &format!("the note “{text}”"),
        &format!(
            "return document.getElementById('visit-note')?.value === {};",
            json!(text)
        ),
    )
    .await?;
    Ok(())
}

/// Waits until the screen says something politely, as a screen reader would read it.
pub async fn said(app: &App, words: &str) -> Result<()> {
    app.until(
        &format!("“{words}” said"),
        &format!(
            "return [...document.querySelectorAll('[role=status]')].some((region) => region.textContent.includes({}));",
            json!(words)
        ),
    )
    .await?;
    Ok(())
}

/// Does something by its name in the palette.
pub async fn palette(app: &App, typed: &str, action: &str) -> Result<()> {
    app.press("Ctrl+k").await?;
    app.until_focus("combobox", "Search patients or do anything")
        .await?;
    app.type_text(typed).await?;
    offered(app, action).await?;
    app.press("Enter").await?;
    app.gone(&By::role("dialog", "Search patients or do anything"))
        .await
}

/// Nothing on the screen, as it is now, breaks a rule that axe knows.
pub async fn accessible(app: &App, what: &str) -> Result<()> {
    let found = app.axe().await?;
    if !found.is_empty() {
        app.picture(&format!("axe-{what}")).await?;
        bail!("{what}: {found:#?}");
    }
    Ok(())
}

/// Opens a page of the settings.
pub async fn settings(app: &App, page: &str) -> Result<()> {
    app.press("Ctrl+,").await?;
    app.click(&By::exactly("tab", page)).await
}

/// Nothing on the page, shown or not, names a patient of these visits.
pub async fn names_nobody(app: &App, cards: &[String]) -> Result<()> {
    let page = app
        .until("the page", "return document.documentElement.outerHTML;")
        .await?;
    let page = page.as_str().unwrap_or_default();
    for card in cards {
        // As it is read: “Rivera, Ana, …”.
        let name = card.splitn(3, ", ").take(2).collect::<Vec<_>>().join(", ");
        ensure!(!page.contains(&name), "the screen names {name}");
    }
    Ok(())
}
