//! What people answer: who had an incident has it no more.

use jiff::Timestamp;
use thiserror::Error;

use super::Desk;
use crate::paging::incident::Stage;

/// Why an incident cannot be given back.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotHeld {
    /// Nobody has it.
    #[error("nobody has it")]
    Free,
    /// It is over.
    #[error("it is over since {at}")]
    Resolved {
        /// Since when.
        at: Timestamp,
    },
    /// There is none such, or it is long over.
    #[error("no such incident is open")]
    Unknown,
}

impl Desk {
    /// Nobody has the incident `id` any more: who had it has given it back.
    ///
    /// # Errors
    /// Why there is nothing to give back.
    pub fn give_back(&mut self, id: &str, by: &str, now: Timestamp) -> Result<(), NotHeld> {
        let id = &self.home(id).to_owned();
        let incident = self.incidents.get_mut(id).ok_or(NotHeld::Unknown)?;
        match &incident.stage {
            Stage::Open => return Err(NotHeld::Free),
            Stage::Resolved { at } => return Err(NotHeld::Resolved { at: *at }),
            Stage::Merged { .. } => return Err(NotHeld::Unknown),
            Stage::Acknowledged { .. } => (incident.stage, incident.due) = (Stage::Open, now),
        }
        self.say(id, now, format!("given back by {by}"));
        Ok(())
    }
}
