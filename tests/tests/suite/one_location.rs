//! Somebody whose role holds at one location sees the calendars of that one only, changes nothing that is felt elsewhere, and is
//! answered, whatever lies at the others.

use jiff::ToSpan;
use serde_json::{Value, json};

use crate::clinic_network::Window;

const WORD: &str = "westfield only, please";

struct Scene {
    window: Window,
    _folder: tempfile::TempDir,
    today: jiff::civil::Date,
    roster: Value,
    /// A template of Lakeside’s.
    template: Value,
}

impl Scene {
    /// The demo practice, with Dr Chen away for two weeks; at the desk sits who works at Westfield only.
    fn new() -> Scene {
        let folder = tempfile::TempDir::new().unwrap();
        let window = Window::open(folder.path());
        window.ok("open_demo", json!({}));
        let hello = window.ok("hello", json!({}));
        let scene = Scene {
            today: hello["now"]["at"][0]["date"].as_str().unwrap().parse().unwrap(),
            roster: hello["roster"].clone(),
            template: window.ok("templates", json!({}))["templates"][0].clone(),
            window,
            _folder: folder,
        };
        let entered = scene
            .window
            .ok("enter_absence", scene.absence("Dr Mei Chen", "Lakeside"));
        assert!(entered["displaced_count"].as_u64().unwrap() > 50, "{entered}");
        let people = scene.window.ok(
            "add_person",
            json!({
                "name": "Wanda Adler", "passphrase": WORD,
                "grants": [{ "role": "front_desk", "places": { "only": [scene.id("locations", "Westfield")] } }],
            }),
        );
        let wanda = people["people"]
            .as_array()
            .unwrap()
            .iter()
            .find(|person| person["name"] == "Wanda Adler")
            .unwrap()["id"]
            .clone();
        scene
            .window
            .ok("sign_in", json!({ "person": wanda, "passphrase": WORD }));
        scene
    }

    fn id(&self, list: &str, name: &str) -> Value {
        let records = self.roster[list].as_array().unwrap();
        let found = records.iter().find(|record| record["name"] == name);
        found.unwrap_or_else(|| panic!("{name} in {list}"))["id"].clone()
    }

    fn absence(&self, provider: &str, location: &str) -> Value {
        json!({
            "target": { "kind": "provider", "id": self.id("providers", provider) }, "location": self.id("locations", location),
            "first": self.today.to_string(), "last": (self.today + 14.days()).to_string(), "reason": "ill",
        })
    }
}

#[test]
fn the_work_list_and_plans_answer_without_what_lies_elsewhere() {
    let scene = Scene::new();
    assert_eq!(scene.window.ok("pinboard", json!({}))["count"], 0);
    assert_eq!(scene.window.ok("absences", json!({}))["absences"], json!([]));
    let plan = scene
        .window
        .ok("plan_absence", scene.absence("Dr Lucía Ramírez", "Westfield"));
    // Those elsewhere are counted, not named.
    let westfield = scene.id("locations", "Westfield");
    let listed = plan["displaced"].as_array().unwrap();
    assert!(
        listed.iter().all(|one| one["visit"]["location"] == westfield),
        "{plan}"
    );
    assert!(
        plan["displaced_count"].as_u64().unwrap() > listed.len() as u64,
        "{plan}"
    );
}

#[test]
fn a_provider_who_works_elsewhere_then_is_not_sent_away_or_blocked_from_here() {
    let scene = Scene::new();
    let refused = |name: &str, request: Value| {
        let error = scene.window.refused(name, request);
        assert_eq!(error.code, "not_allowed", "{name}: {error:?}");
        assert!(error.message.contains("Lakeside"), "{name}: {error:?}");
    };
    refused("enter_absence", scene.absence("Dr Kofi Osei", "Westfield"));
    let block = |provider: &str| {
        json!({
            "target": { "kind": "provider", "id": scene.id("providers", provider) }, "location": scene.id("locations", "Westfield"),
            "at": format!("{}T09:00", scene.today), "length_minutes": 60, "title": "Call", "policy": { "kind": "block" },
            "leave": { "acknowledge_warnings": true },
        })
    };
    refused("add_time_block", block("Dr Kofi Osei"));
    // Whoever works here only is ours.
    scene.window.ok("add_time_block", block("Dr Daniel Brennan"));
    scene
        .window
        .ok("enter_absence", scene.absence("Dr Daniel Brennan", "Westfield"));
    assert!(scene.window.ok("pinboard", json!({}))["count"].as_u64().unwrap() > 0);
}

#[test]
fn every_look_at_a_calendar_elsewhere_is_refused() {
    let scene = Scene::new();
    let (here, elsewhere) = (
        scene.id("locations", "Westfield"),
        scene.id("locations", "Lakeside"),
    );
    let today = scene.today.to_string();
    let kind = scene.id("appointment_types", "Adjustment");
    let looks = |location: &Value| {
        let day = json!({ "location": location, "date": today });
        let month = json!({ "location": location, "from": today, "until": today });
        [
            ("day_sheet", day.clone()),
            ("template_day", day.clone()),
            ("print_day_sheet", day.clone()),
            ("print_week", day.clone()),
            ("print_route_slips", day),
            ("month_density", month),
            (
                "openings",
                json!({ "location": location, "appointment_type": kind }),
            ),
            ("templates", json!({ "location": location })),
            ("applications", json!({ "location": location })),
        ]
    };
    for (name, request) in looks(&here) {
        scene.window.ok(name, request);
    }
    for (name, request) in looks(&elsewhere) {
        let error = scene.window.refused(name, request);
        assert_eq!(error.code, "not_allowed", "{name}: {error:?}");
    }
    // Without a location: what lies here.
    let openings = scene
        .window
        .ok("openings", json!({ "appointment_type": kind, "limit": 50 }));
    let found = openings["openings"].as_array().unwrap();
    assert_eq!(found.len(), 50);
    assert!(found.iter().all(|one| one["location"] == here), "{openings}");
    let templates = scene.window.ok("templates", json!({}))["templates"].clone();
    let seen = templates.as_array().unwrap();
    assert!(
        !seen.is_empty() && seen.iter().all(|one| one["location"] == here),
        "{templates}"
    );
    assert_eq!(scene.template["location"], elsewhere);
    let error = scene
        .window
        .refused("template", json!({ "id": scene.template["id"] }));
    assert_eq!(error.code, "not_allowed", "{error:?}");
}
