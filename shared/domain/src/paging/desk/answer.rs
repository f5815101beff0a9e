//! What people answer: somebody has an incident, or has it no more.

use jiff::Timestamp;
use thiserror::Error;

use super::Desk;
use crate::paging::incident::{Incident, Stage, What};

/// Why an incident cannot be taken on.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Over {
    /// Somebody has it.
    #[error("{by} has it since {at}")]
    Acknowledged {
        /// Who.
        by: String,
        /// Since when.
        at: Timestamp,
    },
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

/// Why an incident cannot be given back.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotHeld {
    /// Nobody has it.
    #[error("nobody has it")]
    Free,
    /// It is over, or there is none such.
    #[error(transparent)]
    Over(#[from] Over),
}

impl Desk {
    /// `by` has taken on the incident `id`.
    ///
    /// # Errors
    /// Why there is nothing to take on.
    pub fn acknowledge(&mut self, id: &str, by: &str, now: Timestamp) -> Result<(), Over> {
        let id = &self.home(id).to_owned();
        let incident = self.open_incident(id)?;
        if let Stage::Acknowledged { by, at } = &incident.stage {
            return Err(Over::Acknowledged { by: by.clone(), at: *at });
        }
        incident.stage = Stage::Acknowledged { by: by.to_owned(), at: now };
        self.tell_all(id, What::Acknowledged);
        self.say(id, now, format!("acknowledged by {by}"));
        Ok(())
    }
    /// Nobody has the incident `id` any more: who had it has given it back.
    ///
    /// # Errors
    /// Why there is nothing to give back.
    pub fn give_back(&mut self, id: &str, by: &str, now: Timestamp) -> Result<(), NotHeld> {
        let id = &self.home(id).to_owned();
        let incident = self.open_incident(id)?;
        if incident.stage == Stage::Open {
            return Err(NotHeld::Free);
        }
        (incident.stage, incident.due) = (Stage::Open, now);
        self.say(id, now, format!("given back by {by}"));
        Ok(())
    }

    /// The incident `id`, if it is neither over nor another's.
    fn open_incident(&mut self, id: &str) -> Result<&mut Incident, Over> {
        let incident = self.incidents.get_mut(id).ok_or(Over::Unknown)?;
        match incident.stage {
            Stage::Resolved { at } => Err(Over::Resolved { at }),
            Stage::Merged { .. } => Err(Over::Unknown),
            Stage::Open | Stage::Acknowledged { .. } => Ok(incident),
        }
    }
}
