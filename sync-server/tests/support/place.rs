//! Where a relay under test keeps its logs: the same tests run on either engine.
#![allow(dead_code)] // each test binary uses its part

use std::path::Path;

use orca_relay::Config;
use orca_relay::storage::Database;
use orca_relay::storage::postgres::Address;
use tempfile::TempDir;

use super::postgres::Cluster;

pub enum Place {
    Sqlite(TempDir),
    Postgres {
        cluster: Cluster,
        database: &'static str,
    },
}

impl Place {
    pub fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().expect("a directory"))
    }

    pub fn postgres() -> Self {
        Self::Postgres {
            cluster: Cluster::start(),
            database: "orca",
        }
    }

    /// A relay on it: loopback, any free port.
    pub fn config(&self) -> Config {
        match self {
            Self::Sqlite(directory) => Config::loopback(directory.path().to_owned()),
            Self::Postgres { .. } => {
                let address = Address::parse(&self.url(), None).expect("an address");
                Config {
                    database: Database::Postgres(address),
                    ..Config::loopback(Path::new("unused").to_owned())
                }
            }
        }
    }

    fn url(&self) -> String {
        match self {
            Self::Sqlite(_) => panic!("SQLite has no address"),
            Self::Postgres { cluster, database } => cluster.url(database),
        }
    }

    /// The same for the program.
    pub fn arguments(&self) -> [String; 2] {
        match self {
            Self::Sqlite(directory) => ["--data".into(), directory.path().display().to_string()],
            Self::Postgres { .. } => ["--database".into(), self.url()],
        }
    }

    pub fn cluster(&mut self) -> &mut Cluster {
        match self {
            Self::Sqlite(_) => panic!("SQLite has no server"),
            Self::Postgres { cluster, .. } => cluster,
        }
    }

    /// A backup, while no relay runs.
    pub fn back_up(&self) -> Backup {
        match self {
            Self::Sqlite(directory) => {
                Backup::File(std::fs::read(directory.path().join("relay.sqlite")).expect("the log"))
            }
            Self::Postgres { cluster, database } => {
                cluster.sql("postgres", &format!("CREATE DATABASE older TEMPLATE {database}"));
                Backup::Database("older")
            }
        }
    }

    /// Puts it back, while no relay runs.
    pub fn restore(&mut self, backup: Backup) {
        match (self, backup) {
            (Self::Sqlite(directory), Backup::File(bytes)) => {
                std::fs::write(directory.path().join("relay.sqlite"), bytes).expect("restored");
            }
            (Self::Postgres { database, .. }, Backup::Database(older)) => *database = older,
            _ => panic!("a backup of the other engine"),
        }
    }
}

pub enum Backup {
    File(Vec<u8>),
    Database(&'static str),
}

/// Makes each function a test on both engines. They take a [`Place`].
#[macro_export]
macro_rules! on_both_engines {
    ($($test:ident,)*) => {
        mod sqlite {
            $(#[tokio::test] async fn $test() { super::$test(super::Place::sqlite()).await; })*
        }
        mod postgres {
            $(#[tokio::test] async fn $test() { super::$test(super::Place::postgres()).await; })*
        }
    };
}
