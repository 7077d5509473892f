//! One visit at a time: booking, moving, its status, its note, its calendar file.

use clinic::{Policy, Status};
use desk::DeskError;
use desk::api::{
    self, AppointmentCard, AppointmentChanged, AppointmentDetail, AppointmentRef, CancelAppointment,
    ChangeLength, EditAppointment, Handlers as _, IcsMethod, IcsRequest, SetStatus, WayThrough,
};

use crate::answer::{Answer, Outcome, columns};
use crate::args::{Book, Leave, Length, Method, Move, Procedures, StatusArgs, Swap};
use crate::names::{Practice, appointment_id};

pub fn book(practice: &Practice, book: Book) -> Outcome {
    let location = book
        .location
        .as_deref()
        .map(|text| practice.location(text))
        .transpose()?;
    let operatory = practice.operatory(&book.operatory, location)?;
    let place = practice.operatory_view(operatory).map(|chair| chair.location);
    let request = api::BookAppointment {
        patient: practice.patient(&book.patient)?,
        appointment_type: practice.kind(&book.kind)?,
        at: practice.wall(&book.at, place, "at")?,
        later_of_two: book.later_of_two,
        operatory,
        provider: practice.provider(&book.provider)?,
        pattern: book.pattern,
        note: book.note,
        is_asap: book.asap,
        arrive_early_minutes: book.come_early,
        leave: leave(book.leave),
        also: kinds(practice, &book.also)?,
        second_provider: book
            .second
            .as_deref()
            .map(|text| practice.provider(text))
            .transpose()?,
    };
    if book.check {
        return checked(
            practice,
            api::CheckPlacement {
                appointment: None,
                patient: Some(request.patient),
                appointment_type: request.appointment_type,
                at: request.at,
                later_of_two: request.later_of_two,
                operatory,
                provider: request.provider,
                pattern: request.pattern,
                also: Some(request.also),
                second_provider: request.second_provider,
                no_second_provider: false,
            },
        );
    }
    changed(practice, "Booked", practice.front.book_appointment(request))
}

pub fn move_visit(practice: &Practice, moving: Move) -> Outcome {
    let id = appointment_id(&moving.id)?;
    let names_somebody = moving.provider.is_some() || moving.second.is_some();
    if moving.at.is_none() && moving.operatory.is_none() && !names_somebody {
        return Err(DeskError::new("bad_request", "It does not say where to.")
            .hint("Give at least one of --at, --operatory, --provider and --second."));
    }
    let now = practice.front.appointment(AppointmentRef { id })?.card;
    // A name that several locations have means the one where the visit is.
    let operatory = match &moving.operatory {
        None => None,
        Some(text) => Some(
            practice
                .operatory(text, Some(now.location))
                .or_else(|_| practice.operatory(text, None))?,
        ),
    };
    let place = operatory
        .and_then(|chair| practice.operatory_view(chair))
        .map_or(now.location, |chair| chair.location);
    let (second_provider, no_second_provider) = second(practice, moving.second.as_deref())?;
    let request = api::MoveAppointment {
        id,
        at: moving
            .at
            .as_deref()
            .map(|text| practice.wall(text, Some(place), "at"))
            .transpose()?,
        later_of_two: moving.later_of_two,
        operatory,
        provider: moving
            .provider
            .as_deref()
            .map(|text| practice.provider(text))
            .transpose()?,
        second_provider,
        no_second_provider,
        leave: leave(moving.leave),
    };
    if moving.check {
        let starts = format!(
            "{}T{:02}:{:02}",
            now.date,
            now.start_minute / 60,
            now.start_minute % 60
        );
        return checked(
            practice,
            api::CheckPlacement {
                appointment: Some(id),
                patient: None,
                appointment_type: now.appointment_type,
                at: request.at.unwrap_or(starts),
                later_of_two: request.later_of_two,
                operatory: request.operatory.unwrap_or(now.operatory),
                provider: request.provider.unwrap_or(now.provider),
                pattern: None,
                also: None,
                second_provider: request.second_provider,
                no_second_provider: request.no_second_provider,
            },
        );
    }
    changed(practice, "Moved", practice.front.move_appointment(request))
}

/// What stands in the way of a time, each with what happens to whoever books in spite of it.
fn checked(practice: &Practice, request: api::CheckPlacement) -> Outcome {
    Ok(told(&practice.front.check_placement(request)?))
}

/// The same of a change of booked visits.
fn change_checked(practice: &Practice, request: api::CheckChange) -> Outcome {
    Ok(told(&practice.front.check_change(request)?))
}

fn told(found: &api::PlacementCheck) -> Answer {
    let mut text = match &found.no_such_time {
        Some(next) => format!(
            "The clock skips this time. The next that exists is {}.\n",
            next.replace('T', " ")
        ),
        None if found.violations.is_empty() => "Nothing stands in the way.\n".to_owned(),
        None => String::new(),
    };
    if found.happens_twice {
        text.push_str("The clock shows this time twice; --later-of-two means the later one.\n");
    }
    let rows: Vec<Vec<String>> = found
        .violations
        .iter()
        .map(|one| {
            let what = match one.policy {
                Policy::Refuse => "refused",
                Policy::Warn => "warned",
                Policy::Allow => "allowed",
            };
            vec![what.to_owned(), format!("{}.", one.message)]
        })
        .collect();
    text.push_str(&columns(&rows));
    Answer::new(found, text)
}

pub fn swap(practice: &Practice, wanted: Swap) -> Outcome {
    let request = api::SwapAppointments {
        id: appointment_id(&wanted.id)?,
        with: appointment_id(&wanted.with)?,
        with_providers: wanted.with_providers,
        leave: leave(wanted.leave),
    };
    if wanted.check {
        return change_checked(practice, api::CheckChange::Swap(request));
    }
    let swapped = practice.front.swap_appointments(request).map_err(with_way)?;
    let mut text = String::from("Swapped\n");
    for card in &swapped.appointments {
        text.push_str(&format!("  {}\n", sentence(practice, card)));
    }
    for warning in &swapped.warnings {
        text.push_str(&format!("  although: {}\n", warning.message));
    }
    Ok(Answer::new(&swapped, text))
}

pub fn length(practice: &Practice, length: Length) -> Outcome {
    let request = ChangeLength {
        id: appointment_id(&length.id)?,
        length_minutes: length.minutes,
        leave: leave(length.leave),
    };
    if length.check {
        return change_checked(practice, api::CheckChange::Length(request));
    }
    changed(practice, "Changed", practice.front.change_length(request))
}

/// Other things done beside the visit's own type.
pub fn procedures(practice: &Practice, wanted: Procedures) -> Outcome {
    let request = api::ChangeProcedures {
        id: appointment_id(&wanted.id)?,
        also: kinds(practice, &wanted.also)?,
        pattern: wanted.pattern,
        leave: leave(wanted.leave),
    };
    if wanted.check {
        return change_checked(practice, api::CheckChange::Procedures(request));
    }
    changed(practice, "Changed", practice.front.change_procedures(request))
}

/// Who comes for the second part: somebody, or, said with `none`, nobody.
pub fn second(
    practice: &Practice,
    named: Option<&str>,
) -> Result<(Option<clinic::ProviderId>, bool), DeskError> {
    match named {
        Some("none") => Ok((None, true)),
        named => Ok((named.map(|text| practice.provider(text)).transpose()?, false)),
    }
}

/// Types by code, name or id, in their order.
pub fn kinds(practice: &Practice, named: &[String]) -> Result<Vec<clinic::AppointmentTypeId>, DeskError> {
    named.iter().map(|text| practice.kind(text)).collect()
}

/// `ADJ+RET`.
fn kind_codes(practice: &Practice, card: &AppointmentCard) -> String {
    std::iter::once(&card.appointment_type)
        .chain(&card.also)
        .map(|id| practice.kind_code(*id))
        .collect::<Vec<_>>()
        .join("+")
}

pub fn status(practice: &Practice, wanted: StatusArgs) -> Outcome {
    let status = Status::from_code(&wanted.status).ok_or_else(|| {
        let known: Vec<&str> = Status::ALL.iter().map(|status| status.code()).collect();
        DeskError::new("bad_status", format!("“{}” is not a status.", wanted.status))
            .hint(format!("There are: {}.", known.join(", ")))
            .field("status")
    })?;
    if status == Status::Cancelled {
        return Err(DeskError::new("reason_missing", "Cancelling needs a reason.")
            .hint("Write “orcactl cancel ID --reason TEXT”.")
            .field("reason"));
    }
    let request = SetStatus {
        id: appointment_id(&wanted.id)?,
        status,
        doctor_needed: wanted.doctor_needed,
        leave: leave(wanted.leave),
    };
    changed(practice, "Changed", practice.front.set_status(request))
}

pub fn cancel(practice: &Practice, id: &str, reason: String) -> Outcome {
    let request = CancelAppointment {
        id: appointment_id(id)?,
        reason,
    };
    changed(practice, "Cancelled", practice.front.cancel_appointment(request))
}

pub fn note(practice: &Practice, id: &str, text: String) -> Outcome {
    let request = EditAppointment {
        id: appointment_id(id)?,
        note: Some(text),
        is_asap: None,
        arrive_early_minutes: None,
    };
    changed(practice, "Noted", practice.front.edit_appointment(request))
}

pub fn early(practice: &Practice, id: &str, minutes: u16) -> Outcome {
    let request = EditAppointment {
        id: appointment_id(id)?,
        note: None,
        is_asap: None,
        arrive_early_minutes: Some(minutes),
    };
    changed(practice, "Changed", practice.front.edit_appointment(request))
}

pub fn sooner(practice: &Practice, id: &str, would: bool) -> Outcome {
    let request = EditAppointment {
        id: appointment_id(id)?,
        note: None,
        is_asap: Some(would),
        arrive_early_minutes: None,
    };
    changed(practice, "Changed", practice.front.edit_appointment(request))
}

pub fn show(practice: &Practice, id: &str) -> Outcome {
    let detail = practice.front.appointment(AppointmentRef {
        id: appointment_id(id)?,
    })?;
    let text = described(practice, &detail);
    Ok(Answer::new(&detail, text))
}

pub fn ics(practice: &Practice, id: &str, method: Option<Method>) -> Outcome {
    let method = method.map(|method| match method {
        Method::Request => IcsMethod::Request,
        Method::Cancel => IcsMethod::Cancel,
        Method::Publish => IcsMethod::Publish,
    });
    let file = practice.front.ics(IcsRequest {
        id: appointment_id(id)?,
        method,
    })?;
    // The file itself, so that it can be sent to where it belongs.
    let text = file.text.clone();
    Ok(Answer::new(&file, text))
}

/// A reason goes past warnings too.
pub fn leave(leave: Leave) -> api::Leave {
    api::Leave {
        acknowledge_warnings: leave.yes || leave.override_reason.is_some(),
        override_reason: leave.override_reason,
    }
}

pub fn changed(practice: &Practice, verb: &str, result: Result<AppointmentChanged, DeskError>) -> Outcome {
    let changed = result.map_err(with_way)?;
    let mut text = format!("{verb} {}\n", sentence(practice, &changed.appointment));
    for warning in &changed.warnings {
        text.push_str(&format!("  although: {}\n", warning.message));
    }
    Ok(Answer::new(&changed, text))
}

/// A refusal that may be passed says how.
fn with_way(error: DeskError) -> DeskError {
    match error.way_through {
        Some(WayThrough::Acknowledge) => error.hint("Add --yes to do it anyway."),
        Some(WayThrough::Override) => error.hint("Add --override REASON to do it anyway."),
        None => error,
    }
}

/// `9:05`.
pub fn clock(minute: u16) -> String {
    format!("{}:{:02}", minute / 60 % 24, minute % 60)
}

/// The wall time so many minutes before a minute of the day.
fn before(minute: u16, early: u16) -> String {
    clock((minute + 24 * 60 - early) % (24 * 60))
}

/// `Chen`, or `Chen, then Patel`.
fn provider_names(practice: &Practice, card: &AppointmentCard) -> String {
    let first = practice.provider_name(card.provider);
    match card.second_provider {
        Some(second) => format!("{first}, then {}", practice.provider_name(second)),
        None => first.to_owned(),
    }
}

/// A visit on one line.
pub fn sentence(practice: &Practice, card: &AppointmentCard) -> String {
    format!(
        "{} {} {}–{} {} {} {} ({}) {}",
        card.patient_name,
        card.date,
        clock(card.start_minute),
        clock(card.start_minute + card.length_minutes),
        kind_codes(practice, card),
        practice.operatory_name(card.operatory),
        provider_names(practice, card),
        card.status.words(),
        card.id
    )
}

/// Time, kind, patient, status, provider, flags, id.
pub fn card_row(practice: &Practice, card: &AppointmentCard, with_patient: bool) -> Vec<String> {
    let mut flags = Vec::new();
    for (is_set, word) in [
        (card.doctor_needed, "doctor needed"),
        (card.is_asap, "ASAP"),
        (card.is_first_visit, "first visit"),
        (card.has_alert, "alert"),
        (card.has_note, "note"),
        (!card.conflicts.is_empty(), "CONFLICT"),
    ] {
        if is_set {
            flags.push(word);
        }
    }
    let early = card
        .arrive_early_minutes
        .map(|minutes| format!("comes {minutes} min early"));
    flags.extend(early.as_deref());
    let mut row = vec![
        format!(
            "{:>5}–{:<5}",
            clock(card.start_minute),
            clock(card.start_minute + card.length_minutes)
        ),
        kind_codes(practice, card),
    ];
    if with_patient {
        row.push(card.patient_name.clone());
    }
    row.extend([
        card.status.words().to_owned(),
        provider_names(practice, card),
        card.id.to_string(),
        flags.join(", "),
    ]);
    row
}

fn described(practice: &Practice, detail: &AppointmentDetail) -> String {
    let card = &detail.card;
    let mut rows = vec![vec!["Patient".to_owned(), detail.patient.name.clone()]];
    let mut row = |what: &str, text: &str| {
        if !text.is_empty() {
            rows.push(vec![what.to_owned(), text.to_owned()]);
        }
    };
    let kind = practice
        .kind_view(card.appointment_type)
        .map_or(String::new(), |kind| format!("{} {}", kind.code, kind.name));
    row("Chart number", &detail.patient.fields.chart_number);
    row("Kind", &kind);
    let besides: Vec<String> = card
        .also
        .iter()
        .filter_map(|id| practice.kind_view(*id))
        .map(|kind| format!("{} {}", kind.code, kind.name))
        .collect();
    row("Also", &besides.join(", "));
    row("Starts", &detail.starts_at);
    row("Ends", &detail.ends_at);
    if let Some(minutes) = card.arrive_early_minutes {
        row(
            "Comes",
            &format!("{minutes} min early, at {}", before(card.start_minute, minutes)),
        );
    }
    row(
        "Length",
        &format!("{} min  {}", card.length_minutes, card.pattern),
    );
    row(
        "Operatory",
        &format!(
            "{}, {}",
            practice.operatory_name(card.operatory),
            practice.location_name(card.location)
        ),
    );
    row(
        "Provider",
        practice
            .provider_view(card.provider)
            .map_or("?", |who| who.name.as_str()),
    );
    if let Some(units) = &card.second_pattern {
        let who = card.second_provider.and_then(|id| practice.provider_view(id));
        let name = who.map_or("nobody yet", |who| who.name.as_str());
        row("Second provider", &format!("{name}  {units}"));
    }
    row("Status", card.status.words());
    row(
        "Next",
        &detail
            .next_statuses
            .iter()
            .map(|status| status.code())
            .collect::<Vec<_>>()
            .join(", "),
    );
    row("Blocked out", &detail.under_blocks.join("; "));
    for (step, at, what, minutes) in [
        ("Confirmed", &detail.confirmed_at, "", None),
        ("Arrived", &detail.arrived_at, "", None),
        ("Seated", &detail.seated_at, "waited", detail.waited_minutes),
        (
            "Completed",
            &detail.completed_at,
            "in the chair",
            detail.in_chair_minutes,
        ),
        (
            "Checked out",
            &detail.checked_out_at,
            "in the house",
            detail.in_house_minutes,
        ),
    ] {
        let Some(at) = at else { continue };
        let lasted = minutes.map_or(String::new(), |minutes| format!("  {what} {minutes} min"));
        row(step, &format!("{at}{lasted}"));
    }
    row("Cancelled", &detail.cancel_reason);
    row("Alert", &detail.patient.fields.alert);
    row("Note", &detail.note);
    row("Id", &card.id.to_string());
    let mut text = columns(&rows);
    if !detail.history.is_empty() {
        text.push('\n');
        text.push_str(&super::history::entries(&detail.history));
    }
    text
}
