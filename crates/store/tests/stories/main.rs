//! Stories about the store: what a workstation keeps, takes back, merges and survives.

#![allow(clippy::unwrap_used)]

mod assistants;
mod audit;
mod backups;
mod convergence;
mod covering;
mod door;
mod equipment;
mod files;
mod hours;
mod judging;
mod letters;
mod merging;
mod past;
mod ranking;
mod releasing;
mod second_provider;
mod series;
mod snapshots;
mod templates;
mod types;
mod undoing;
mod world;
