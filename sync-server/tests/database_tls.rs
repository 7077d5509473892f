//! TLS between relay and database. The key in `tests/tls` is for tests only.

mod support;

use std::path::PathBuf;

use orca_relay::storage::Database;
use orca_relay::storage::postgres::Address;
use orca_relay::{Config, Relay};

use support::place::Place;
use support::{Desk, Line, Running};

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/tls")
        .join(name)
}

/// A relay that demands TLS from the database at this address.
fn config(place: &Place, url: &str) -> Config {
    let address = Address::parse(url, Some(&file("test-only-cert.pem"))).expect("an address");
    Config {
        database: Database::Postgres(address),
        ..place.config()
    }
}

async fn cannot_start(config: Config) -> String {
    match Relay::bind(config).await {
        Ok(_) => panic!("it must not start"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn with_an_authority_the_database_must_show_its_certificate() {
    let mut place = Place::postgres();
    let url = place.cluster().url("orca");
    let message = cannot_start(config(&place, &url)).await;
    assert!(message.contains("does not support TLS"), "{message}");

    place.cluster().stop();
    place
        .cluster()
        .with_tls(&file("test-only-cert.pem"), &file("test-only-key.pem"));
    place.cluster().start_again();
    let relay = Running::start(config(&place, &url)).await;
    let mut front = Desk::founder();
    let mut line = Line::connect(relay.address, &front).await;
    line.push(&[front.write("one")]).await;
    assert!(line.accepted().await.expect("open").refused.is_none());
    let encrypted = "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                     WHERE application_name = 'orca-relay'";
    assert_eq!(place.cluster().sql("orca", encrypted), "t");
    relay.stop().await;

    // The certificate is for the address only, not for this name of it.
    let other_name = url.replace("127.0.0.1", "relay-database.localhost");
    let message = cannot_start(config(&place, &format!("{other_name}?hostaddr=127.0.0.1"))).await;
    assert!(message.contains("certificate"), "{message}");
}
