//! Measuring works: the quick figures on the small practice. Looks at shapes, not at times.

use orca_tests::bench::{Scale, Wanted, json, measure, table};
use serde_json::Value;

#[test]
fn the_quick_figures_can_be_measured_on_the_small_practice() {
    let cache = tempfile::tempdir().unwrap();
    let words = ["--scale", "small", "--only", "P1,P2,P3,P9", "--json"].map(str::to_owned);
    let wanted = Wanted::from_words(words, cache.path().to_owned()).unwrap();
    assert!(wanted.scale == Scale::Small && wanted.is_json);

    let figures = measure(&wanted).unwrap();

    let list: Value = serde_json::from_str(&json(&figures)).unwrap();
    let list = list.as_array().unwrap();
    for id in ["P1", "P2", "P3", "P9"] {
        assert!(
            list.iter()
                .any(|figure| figure["id"] == id && figure["met"].is_boolean()),
            "{id} is missing in {list:?}"
        );
    }
    for figure in list {
        let fields = figure.as_object().unwrap();
        let names: Vec<&str> = fields.keys().map(String::as_str).collect();
        let mut expected = ["id", "what", "value", "unit", "yardstick", "ratio", "goal", "met"];
        expected.sort_unstable();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, expected);
        assert!(
            fields["value"].as_f64().is_some_and(|value| value > 0.0),
            "{figure}"
        );
        assert!(
            fields["what"].as_str().is_some_and(|what| !what.is_empty()) && fields["unit"].is_string(),
            "{figure}"
        );
    }
    let ratios = |id: &str| {
        list.iter()
            .filter(|figure| figure["id"] == id && figure["ratio"].is_number())
            .count()
    };
    assert_eq!(
        (ratios("P1"), ratios("P2")),
        (3, 0),
        "booking, moving and cancelling have a yardstick"
    );
    assert!(ratios("P3") >= 1);
    assert_eq!(table(&figures).lines().count(), figures.len() + 2);

    // The second time it is there already.
    let again = Wanted {
        only: vec!["P2".to_owned()],
        ..wanted
    };
    assert!(measure(&again).unwrap().iter().all(|figure| figure.id == "P2"));
}
