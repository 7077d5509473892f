//! The calendar beyond one day: densities agree with the day sheets, and people's own views stay theirs.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::clinic_network::{ClinicNetwork, PASSPHRASE, Window};

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

/// Per operatory or provider what a day sheet shows: visits and minutes.
fn counted(sheet: &Value, by: &str) -> BTreeMap<String, (u64, u64)> {
    let mut parts = BTreeMap::new();
    for card in list(&sheet["appointments"]) {
        if card["status"] == "cancelled" || card["status"] == "no_show" {
            continue;
        }
        let minutes = match by {
            "provider" => card["pattern"].as_str().unwrap().matches('X').count() as u64 * 5,
            _ => number(&card["length_minutes"]),
        };
        let part: &mut (u64, u64) = parts.entry(card[by].as_str().unwrap().to_owned()).or_default();
        part.0 += 1;
        part.1 += minutes;
    }
    parts
}

#[test]
fn a_months_densities_are_what_its_day_sheets_show() {
    let folder = tempfile::TempDir::new().unwrap();
    let window = Window::open(folder.path());
    window.ok("open_demo", json!({}));
    let hello = window.ok("hello", json!({}));
    let location = hello["roster"]["locations"][0]["id"].clone();
    let today: jiff::civil::Date = hello["now"]["at"][0]["date"].as_str().unwrap().parse().unwrap();
    let from = today.saturating_sub(jiff::Span::new().days(10));
    let until = today.saturating_add(jiff::Span::new().days(10));
    let mut compared = 0;
    for by in ["operatory", "provider"] {
        let request =
            json!({ "location": location, "from": from.to_string(), "until": until.to_string(), "by": by });
        let days = window.ok("month_density", request)["days"].clone();
        assert_eq!(list(&days).len(), 21);
        for day in list(&days) {
            let sheet = window.ok("day_sheet", json!({ "location": location, "date": day["date"] }));
            let counted = counted(&sheet, by);
            let told: BTreeMap<String, (u64, u64)> = list(&day["parts"])
                .iter()
                .filter(|part| number(&part["visits"]) > 0)
                .map(|part| {
                    let figures = (number(&part["visits"]), number(&part["booked_minutes"]));
                    (part["id"].as_str().unwrap().to_owned(), figures)
                })
                .collect();
            assert_eq!(told, counted, "{by} {}", day["date"]);
            let minutes: u64 = list(&sheet["appointments"])
                .iter()
                .filter(|card| card["status"] != "cancelled" && card["status"] != "no_show")
                .map(|card| number(&card["length_minutes"]))
                .sum();
            assert_eq!(number(&day["booked_minutes"]), minutes, "{by} {}", day["date"]);
            assert_eq!(
                number(&day["visits"]),
                counted.values().map(|part| part.0).sum::<u64>()
            );
            compared += counted.len();
            // Whoever is in is there even with nothing booked.
            if by == "provider" {
                let hours = list(&sheet["provider_hours"]);
                assert!(list(&day["parts"]).len() >= hours.len(), "{day}");
            }
        }
    }
    assert!(compared > 100, "{compared} parts were compared");
    let plain = window.ok(
        "month_density",
        json!({ "location": location, "from": from.to_string(), "until": from.to_string() }),
    );
    assert_eq!(plain["days"][0]["parts"], json!([]));
}

fn view(span: &str) -> Value {
    json!({
        "span": span, "by": "provider", "locations": [], "operatories": [], "providers": [], "increment_minutes": 5,
    })
}

fn named(key: u8, name: &str) -> Value {
    json!({ "key": key, "name": name, "view": view("week") })
}

#[test]
fn views_are_a_persons_own_and_come_back_after_a_restart() {
    let network = ClinicNetwork::start();
    let front = network.found();
    front.ok("choose_passphrase", json!({ "passphrase": PASSPHRASE }));
    let kept = front.ok(
        "save_views",
        json!({ "last": view("month"), "named": [named(12, " Doctors "), named(1, "All chairs")], "hides_template": true }),
    );
    assert_eq!(
        list(&kept["named"])
            .iter()
            .map(|one| (one["key"].clone(), one["name"].clone()))
            .collect::<Vec<_>>(),
        [(json!(1), json!("All chairs")), (json!(12), json!("Doctors"))]
    );
    assert_eq!(kept["hides_template"], true);
    for (wrong, field) in [
        (json!([named(13, "x")]), "key"),
        (json!([named(0, "x")]), "key"),
        (json!([named(2, "x"), named(2, "y")]), "key"),
        (json!([named(2, " ")]), "named[0].name"),
    ] {
        let error = front.refused("save_views", json!({ "named": wrong }));
        assert_eq!(error.field.as_deref(), Some(field), "{error:?}");
    }
    let mut coarse = view("day");
    coarse["increment_minutes"] = json!(7);
    let error = front.refused("save_views", json!({ "last": coarse }));
    assert_eq!(error.field.as_deref(), Some("increment_minutes"));
    assert_eq!(
        front.ok("hello", json!({}))["views"],
        kept,
        "nothing of them was kept"
    );

    front.ok(
        "add_person",
        json!({
            "name": "Kofi Osei", "grants": [{ "role": "front_desk", "places": "everywhere" }], "passphrase": "another long one",
        }),
    );
    let people = front.ok("people", json!({}))["people"].clone();
    let kofi = list(&people)
        .iter()
        .find(|person| person["name"] == "Kofi Osei")
        .unwrap()["id"]
        .clone();
    front.ok("lock", json!({}));
    front.ok(
        "sign_in",
        json!({ "person": kofi, "passphrase": "another long one" }),
    );
    assert_eq!(
        front.ok("hello", json!({}))["views"],
        json!({ "last": null, "named": [], "hides_template": false })
    );
    front.close();

    let again = Window::open(&network.folder("front"));
    let me = list(&people)
        .iter()
        .find(|person| person["name"] != "Kofi Osei")
        .unwrap()["id"]
        .clone();
    again.ok("sign_in", json!({ "person": me, "passphrase": PASSPHRASE }));
    assert_eq!(again.ok("hello", json!({}))["views"], kept);
}
