//! What happens elsewhere shows on the screen by itself: at another desk, and from the command line beside the window.

use anyhow::Result;
use orca_tests::driver::{App, By};

use crate::support::pair::Pair;
use crate::support::practice::{self, CHAIR, OTHER_CHAIR, ZELLER, ZORN};
use crate::support::sheet;

#[tokio::test]
async fn a_change_at_one_desk_shows_at_the_other() -> Result<()> {
    let pair = Pair::meet("live", |desk| {
        practice::book(desk, ZELLER, CHAIR, "2026-11-24T14:00")
    })
    .await?;
    let (front, back) = (&pair.front, &pair.back);
    // The second desk looks at the visit and touches nothing any more.
    sheet::choose(back, ZELLER).await?;

    sheet::choose(front, ZELLER).await?;
    front.press("c").await?;
    sheet::card(back, &[ZELLER, ", confirmed"]).await?;
    sheet::move_down_to(front, ZELLER, CHAIR, "14:30").await?;
    sheet::card(back, &[ZELLER, "14:30 to 14:50"]).await?;
    sheet::write_note(front, "Comes by bus").await?;
    sheet::note_reads(back, "Comes by bus").await?;
    back.find(&By::text("Moved Zeller, Iris from")).await?;
    back.picture("changed-elsewhere").await?;

    pair.same_cards().await?;
    Ok(())
}

#[tokio::test]
async fn the_command_line_works_beside_the_window() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let app = App::start(practice::demo("beside", folder.path())?).await?;
    sheet::opened(&app).await?;
    practice::book(app.desk(), ZORN, OTHER_CHAIR, "2026-11-24T15:00")?;
    sheet::card(&app, &[ZORN, "15:00 to 15:20", OTHER_CHAIR]).await?;

    // And the other way: what the window did is there for the next command.
    sheet::choose(&app, ZORN).await?;
    app.press("c").await?;
    sheet::card(&app, &[ZORN, ", confirmed"]).await?;
    let day = app.desk().orcactl(&["day", "2026-11-24"])?;
    let visits = day["appointments"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let visit = visits.iter().find(|visit| visit["patient_name"] == ZORN);
    assert_eq!(
        visit.map(|visit| &visit["status"]),
        Some(&"confirmed".into()),
        "{visit:?}"
    );
    Ok(())
}
