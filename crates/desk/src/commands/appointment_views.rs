//! A person's own views of the calendar, kept by this workstation.

use crate::api::CalendarViews;
use crate::desk::{Desk, Reading};
use crate::{DeskError, opening};

/// F1 to F12.
const FUNCTION_KEYS: std::ops::RangeInclusive<u8> = 1..=12;
/// A practice of any size fits; a mistake does not fill the file.
const MOST_COLUMNS: usize = 200;

fn place_of(person: clinic::PersonId) -> String {
    format!("views/{person}")
}

impl Desk {
    /// Keeps the views of whoever sits here.
    ///
    /// # Errors
    /// `invalid` for a function key that is not one of twelve or is taken twice, a name that is missing or
    /// too long, grid lines other than 5, 10 or 15 minutes apart.
    pub fn save_views(&self, mut views: CalendarViews) -> Result<CalendarViews, DeskError> {
        views.named.sort_by_key(|named| named.key);
        for (at, named) in views.named.iter_mut().enumerate() {
            named.name =
                opening::name(&named.name, &format!("named[{at}].name"), "The view’s name")?.to_owned();
        }
        let keys: Vec<u8> = views.named.iter().map(|named| named.key).collect();
        if keys.iter().any(|key| !FUNCTION_KEYS.contains(key)) || keys.windows(2).any(|two| two[0] == two[1])
        {
            return Err(
                DeskError::new("invalid", "Each view has a function key of its own, F1 to F12.").field("key"),
            );
        }
        for view in views
            .last
            .iter()
            .chain(views.named.iter().map(|named| &named.view))
        {
            if view
                .increment_minutes
                .is_some_and(|minutes| ![5, 10, 15].contains(&minutes))
            {
                return Err(DeskError::new(
                    "invalid",
                    "The lines of the grid are 5, 10 or 15 minutes apart.",
                )
                .field("increment_minutes"));
            }
            if [view.locations.len(), view.operatories.len(), view.providers.len()]
                .iter()
                .any(|count| *count > MOST_COLUMNS)
            {
                return Err(DeskError::new("invalid", "A view has at most 200 columns.").field("view"));
            }
        }
        let bytes = serde_json::to_vec(&views).expect("views are plain data");
        self.set_meta(&place_of(self.person()), &bytes)?;
        Ok(views)
    }
}

impl Reading<'_> {
    /// The views of whoever sits here; none if they were written by a newer program.
    pub(crate) fn views_of(&self, person: clinic::PersonId) -> Result<CalendarViews, DeskError> {
        Ok(self
            .meta(&place_of(person))?
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default())
    }
}
