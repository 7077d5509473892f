//! One function per command: reads what was typed, asks the desk, says the answer.

mod absences;
mod audit;
mod backups;
mod calendar;
mod capacity;
mod conflicts;
mod equipment;
mod family;
mod history;
mod importing;
mod letters;
mod month;
mod patients;
mod people;
mod practice;
mod printing;
mod ranking;
mod recovery;
mod relay;
mod rescheduling;
mod rules;
mod second_factor;
mod series;
mod set_aside;
mod settings;
mod templates;
mod types;
mod upkeep;
mod visits;

use desk::DeskError;

use crate::answer::Outcome;
use crate::args::{Backup, Command, Orcactl, Recovery, Relay, SetAside};
use crate::names::Practice;
use crate::session;

pub fn run(arguments: Orcactl) -> Outcome {
    let data = arguments.data;
    let person = arguments.as_person;
    match arguments.command {
        Command::Init(init) => practice::init(data, &init),
        Command::Demo(demo) => practice::demo(data, &demo),
        Command::Relay {
            command:
                Relay::Join {
                    code,
                    person,
                    workstation,
                },
        } => relay::join(data, code, person, workstation),
        Command::Recovery {
            command: Recovery::Restore(restoring),
        } => recovery::restore(data, restoring),
        Command::Recovery {
            command: Recovery::Reset { person, parts },
        } => recovery::reset(data, &person, &parts),
        Command::Backup {
            command: Backup::Restore { folder, id },
        } => backups::restore(data, &folder, id),
        // These need no practice: the computer may be new.
        Command::Backup {
            command: Backup::Verify { folder, id },
        } => backups::verify(data, &folder, id),
        Command::Backup {
            command: Backup::List { folder: Some(folder) },
        } => backups::list_folder(data, &folder),
        command => {
            let practice = Practice::of(session::open(data, person)?)?;
            let outcome = in_practice(&practice, command);
            let noted = practice.front.write_audit();
            practice.front.close();
            match noted {
                Ok(()) => outcome,
                // A practice on a full or failing disk stays readable: the next patient cannot wait for it.
                Err(error) if is_the_disk(&error) => {
                    if outcome.is_ok() {
                        eprintln!(
                            "orcactl: What was looked at could not be written into the audit. {}",
                            error.message
                        );
                    }
                    outcome
                }
                Err(error) => Err(outcome.err().unwrap_or_else(|| not_noted(&error))),
            }
        }
    }
}

fn is_the_disk(error: &DeskError) -> bool {
    matches!(error.code.as_str(), "disk_full" | "disk_trouble")
}

/// What nobody can prove to have been looked at is not shown.
fn not_noted(error: &DeskError) -> DeskError {
    DeskError::new(
        "audit_not_written",
        format!(
            "What this command looked at cannot be written into the audit, so it is not shown. {}",
            error.message
        ),
    )
    .hint(format!("{} A change that the command made stays.", error.hint).trim_start())
}

fn in_practice(practice: &Practice, command: Command) -> Outcome {
    match command {
        Command::Init(_) | Command::Demo(_) => unreachable!("these begin without a practice"),
        Command::List { what } => practice::list(practice, what),
        Command::Patients { command } => patients::run(practice, command),
        Command::Import(import) => importing::run(practice, &import),
        Command::Day(day) => calendar::day(practice, &day),
        Command::Month(wanted) => month::month(practice, &wanted),
        Command::Capacity { date, location } => capacity::run(practice, &date, location.as_deref()),
        Command::Openings(openings) => calendar::openings(practice, &openings),
        Command::Family(family) => family::run(practice, family),
        Command::Block { command } => calendar::block(practice, command),
        Command::Type { command } => types::run(practice, command),
        Command::Equipment { command } => equipment::run(practice, command),
        Command::Template { command } => templates::run(practice, command),
        Command::Absence { command } => absences::run(practice, command),
        Command::Series { command } => series::run(practice, command),
        Command::Reschedule { command } => rescheduling::run(practice, command),
        Command::Pinboard => absences::pinboard(practice),
        Command::Pin { id, reason } => absences::pin(practice, &id, reason),
        Command::Unpin { id } => absences::unpin(practice, &id),
        Command::Book(book) => visits::book(practice, book),
        Command::Move(moving) => visits::move_visit(practice, moving),
        Command::Swap(swap) => visits::swap(practice, swap),
        Command::Length(length) => visits::length(practice, length),
        Command::Procedures(procedures) => visits::procedures(practice, procedures),
        Command::Status(status) => visits::status(practice, status),
        Command::Cancel { id, reason } => visits::cancel(practice, &id, reason),
        Command::Note { id, text } => visits::note(practice, &id, text),
        Command::Early { id, minutes } => visits::early(practice, &id, minutes),
        Command::Sooner { id, would } => visits::sooner(practice, &id, would),
        Command::Show { id } => visits::show(practice, &id),
        Command::Ics { id, method } => visits::ics(practice, &id, method),
        Command::Print(print) => printing::print(practice, &print),
        Command::Downtime(downtime) => printing::downtime(practice, &downtime),
        Command::History { appointment, limit } => history::list(practice, appointment.as_deref(), limit),
        Command::Letters { after, limit } => letters::list(practice, after, limit),
        Command::Undo => history::undo(practice),
        Command::Redo => history::redo(practice),
        Command::Conflicts { command } => conflicts::run(practice, command),
        Command::Relay { command } => relay::run(practice, command),
        Command::Sync(sync) => relay::sync(practice, &sync),
        Command::Backup { command } => backups::run(practice, command),
        Command::Audit { command } => audit::run(practice, command),
        Command::Rebuild { check } => upkeep::rebuild(practice, check),
        Command::Verify => upkeep::verify(practice),
        Command::People { command } => people::run(practice, command),
        Command::Workstations { command } => people::workstations(practice, command),
        Command::Emergency { reason, .. } => people::emergency(practice, reason),
        Command::Recovery { command } => recovery::run(practice, command),
        Command::SecondFactor { command } => second_factor::run(practice, command),
        Command::SetAside { command } => set_aside::run(practice, command.unwrap_or(SetAside::List)),
        Command::Settings { command } => settings::run(practice, command),
    }
}
