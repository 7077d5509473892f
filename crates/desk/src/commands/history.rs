//! Who did what; taking back and doing again.

use crate::DeskError;
use crate::api::{self, History, Undone};
use crate::desk::Desk;

impl Desk {
    pub fn history(&self, request: api::HistoryRequest) -> Result<History, DeskError> {
        self.reading(|reading| reading.history(&request))
    }

    pub fn undo(&self) -> Result<Undone, DeskError> {
        self.take_back(TakeBack::Undo)
    }

    pub fn redo(&self) -> Result<Undone, DeskError> {
        self.take_back(TakeBack::Redo)
    }
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakeBack {
    Undo,
    Redo,
}
