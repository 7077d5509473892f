//! Two desks that cannot see each other for a while: what both did comes together, and what clashes waits for a person.

use anyhow::{Context, Result, bail};
use orca_tests::driver::{App, By};

use crate::support::pair::Pair;
use crate::support::practice::{self, CHAIR, LETTER, ZELLER, ZIMBA, ZORN};
use crate::support::sheet;

const NOTE: &str = "Brings the retainer";

#[tokio::test]
async fn what_two_desks_did_apart_comes_together() -> Result<()> {
    let mut pair = meet("apart").await?;
    pair.part().await?;
    work_apart(&pair).await?;
    pair.meet_again().await?;
    came_together(&pair).await?;

    // Deciding is one desk's business: the second visit takes the last of the times it is offered.
    for app in pair.desks() {
        app.picture("conflict").await?;
        sheet::accessible(app, "conflict tray").await?;
    }
    let offers = pair.front.find_all(&By::role("button", "Move to")).await?;
    offers.last().context("ways out are offered")?.click().await?;
    nothing_clashes(&pair).await
}

#[tokio::test]
async fn a_crash_meanwhile_loses_nothing() -> Result<()> {
    let mut pair = meet("crash").await?;
    pair.part().await?;
    work_apart(&pair).await?;
    let before = sheet::cards(&pair.front).await?;

    pair = pair.front_crashes().await?;
    tomorrow(&pair.front).await?;
    assert_eq!(
        sheet::cards(&pair.front).await?,
        before,
        "what was on the screen was kept"
    );

    pair.meet_again().await?;
    came_together(&pair).await?;
    keep_both(&pair.back, "They are sisters and share the chair").await?;
    nothing_clashes(&pair).await
}

async fn meet(name: &str) -> Result<Pair> {
    let pair = Pair::meet(name, |desk| {
        practice::book(desk, ZELLER, CHAIR, "2026-11-25T09:00")
    })
    .await?;
    for app in pair.desks() {
        tomorrow(app).await?;
    }
    pair.same_cards().await?;
    Ok(pair)
}

async fn tomorrow(app: &App) -> Result<()> {
    sheet::go_to(app, "25 nov", "Wednesday 25 November 2026").await
}

/// Both book the same chair and hour; one moves a visit while the other writes its note; both take something back.
async fn work_apart(pair: &Pair) -> Result<()> {
    let (front, back) = (&pair.front, &pair.back);
    for (app, patient) in [(front, ZORN), (back, ZIMBA)] {
        sheet::walk_to(app, CHAIR, "10:00").await?;
        sheet::book_here(app, patient, LETTER).await?;
    }

    sheet::choose(front, ZELLER).await?;
    sheet::move_down_to(front, ZELLER, CHAIR, "09:30").await?;
    sheet::choose(back, ZELLER).await?;
    sheet::write_note(back, NOTE).await?;

    sheet::choose(front, ZORN).await?;
    front.press("c").await?;
    sheet::card(front, &[ZORN, ", confirmed"]).await?;
    front.press("Ctrl+z").await?;
    sheet::card(front, &[ZORN, "not confirmed"]).await?;

    sheet::choose(back, ZIMBA).await?;
    sheet::move_down_to(back, ZIMBA, CHAIR, "14:00").await?;
    back.press("Ctrl+z").await?;
    sheet::card(back, &[ZIMBA, "10:00 to 10:20"]).await?;
    Ok(())
}

/// Both screens show the same day, the same cards in the tray, and the moved visit with its note.
async fn came_together(pair: &Pair) -> Result<()> {
    for app in pair.desks() {
        sheet::card(app, &[ZELLER, "09:30 to 09:50", "has a note"]).await?;
        sheet::card(
            app,
            &[
                ZORN,
                "10:00 to 10:20",
                CHAIR,
                "not confirmed",
                &format!("conflict with {ZIMBA}"),
            ],
        )
        .await?;
        sheet::card(
            app,
            &[ZIMBA, "10:00 to 10:20", CHAIR, &format!("conflict with {ZORN}")],
        )
        .await?;
        sheet::choose(app, ZELLER).await?;
        sheet::note_reads(app, NOTE).await?;
        sheet::palette(app, "needs attention", "Needs attention").await?;
        app.until_focus("heading", "Needs attention").await?;
    }
    let day = pair.same_cards().await?;
    assert!(
        day.len() > 50,
        "the demo's own visits are there too: {}",
        day.len()
    );
    let tray = pair.same_tray().await?;
    let [clash] = tray.as_slice() else {
        bail!("one double booking is one card: {tray:#?}");
    };
    assert!(
        clash.starts_with("Annex 1 is double-booked Wed 25 Nov 10:00–10:20"),
        "{clash}"
    );
    let [zorn, zimba] = [ZORN, ZIMBA].map(|name| clash.find(name));
    assert!(
        zorn.is_some() && zorn < zimba,
        "who booked first comes first: {clash}"
    );
    Ok(())
}

/// Lets both visits stand, for a reason.
async fn keep_both(app: &App, reason: &str) -> Result<()> {
    app.click(&By::button("Keep both with a reason")).await?;
    app.until_focus("textbox", "Why may both stay?").await?;
    app.type_text(reason).await?;
    app.until(
        "the reason in its field",
        &format!(
            "return document.activeElement.value === {};",
            serde_json::json!(reason)
        ),
    )
    .await?;
    app.press("Enter").await
}

/// The card leaves both trays, and both screens still show the same.
async fn nothing_clashes(pair: &Pair) -> Result<()> {
    for app in pair.desks() {
        app.find(&By::text("Nothing needs attention.")).await?;
        sheet::no_card(app, &["conflict"]).await?;
    }
    pair.same_cards().await?;
    Ok(())
}
