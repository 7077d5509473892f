//! Several patients who come together.

use clinic::openings::Arrangement;
use desk::DeskError;
use desk::api::{
    BookAppointment, BookFamily, FamilyOpeningView, FamilyOpeningsRequest, FamilyVisit, Handlers as _,
};

use super::settings::weekdays;
use super::visits::{kinds, leave};
use crate::answer::{Answer, Outcome, columns};
use crate::args::{Family, How};
use crate::names::Practice;

pub fn run(practice: &Practice, family: Family) -> Outcome {
    let location = family
        .location
        .as_deref()
        .map(|text| practice.location(text))
        .transpose()?;
    let visits = family
        .visits
        .iter()
        .map(|text| visit(practice, text))
        .collect::<Result<Vec<_>, _>>()?;
    let found = practice.front.family_openings(FamilyOpeningsRequest {
        visits: visits.clone(),
        arrangement: match family.how {
            How::Any => Arrangement::Any,
            How::SideBySide => Arrangement::SideBySide,
            How::BackToBack => Arrangement::BackToBack,
        },
        location,
        from: family
            .from
            .as_deref()
            .map(|text| practice.date(text, location, "from").map(|date| date.to_string()))
            .transpose()?,
        days: family.days,
        after: family.after,
        before: family.before,
        weekdays: family.on.as_deref().map_or(Ok(Vec::new()), weekdays)?,
        limit: family.limit,
    })?;
    let Some(first) = found.openings.first() else {
        if family.book {
            return Err(
                DeskError::new("no_opening", "They cannot all come then; nothing was booked.")
                    .hint("Ask for more days, or --how back-to-back."),
            );
        }
        return Ok(Answer::new(&found, "No opening for all of them.\n".to_owned()));
    };
    if !family.book {
        let rows: Vec<Vec<String>> = found
            .openings
            .iter()
            .flat_map(|way| rows(practice, &family.visits, way))
            .collect();
        return Ok(Answer::new(&found, columns(&rows)));
    }
    let request = BookFamily {
        visits: visits
            .iter()
            .zip(&first.visits)
            .map(|(visit, opening)| BookAppointment {
                second_provider: opening.second_provider,
                patient: visit.patient,
                appointment_type: visit.appointment_type,
                at: opening.at.clone(),
                later_of_two: opening.later_of_two,
                operatory: opening.operatory,
                provider: opening.provider,
                pattern: None,
                note: String::new(),
                is_asap: false,
                arrive_early_minutes: None,
                leave: desk::api::Leave::default(),
                also: visit.also.clone(),
            })
            .collect(),
        leave: leave(family.leave),
    };
    let booked = practice.front.book_family(request)?;
    let text = rows(practice, &family.visits, first);
    Ok(Answer::new(&booked, format!("Booked\n{}", columns(&text))))
}

/// `P1: ADJ` or `P1: ADJ+RET`. The kind of visit comes after the last colon, because a name may have one.
fn visit(practice: &Practice, text: &str) -> Result<FamilyVisit, DeskError> {
    let (patient, kind) = text.rsplit_once(':').ok_or_else(|| {
        DeskError::new(
            "bad_request",
            format!("“{text}” is no patient with a kind of visit."),
        )
        .hint("Write for example --visit \"4100: ADJ\", or --visit \"4100: ADJ+RET\" for two things in one visit.")
        .field("visits")
    })?;
    // A name may have a plus, too.
    let (own, beside) = match practice.kind(kind.trim()) {
        Ok(own) => (own, Vec::new()),
        Err(unclear) => {
            let (own, beside) = kind.split_once('+').ok_or(unclear)?;
            let beside: Vec<String> = beside.split('+').map(|one| one.trim().to_owned()).collect();
            (practice.kind(own.trim())?, kinds(practice, &beside)?)
        }
    };
    Ok(FamilyVisit {
        patient: practice.patient(patient.trim())?,
        appointment_type: own,
        also: beside,
        provider: None,
    })
}

fn rows(practice: &Practice, asked: &[String], way: &FamilyOpeningView) -> Vec<Vec<String>> {
    way.visits
        .iter()
        .zip(asked)
        .map(|(opening, asked)| {
            vec![
                opening.at.replace('T', " "),
                format!("{} min", opening.length_minutes),
                asked.clone(),
                practice.operatory_name(opening.operatory).to_owned(),
                practice.provider_name(opening.provider).to_owned(),
                practice.location_name(opening.location).to_owned(),
                format!("{} min in all", way.stay_minutes),
            ]
        })
        .collect()
}
