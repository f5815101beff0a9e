//! What people answer: somebody has an incident.

use jiff::Timestamp;
use thiserror::Error;

use super::Desk;
use crate::paging::incident::{Stage, What};

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

impl Desk {
    /// `by` has taken on the incident `id`.
    ///
    /// # Errors
    /// Why there is nothing to take on.
    pub fn acknowledge(&mut self, id: &str, by: &str, now: Timestamp) -> Result<(), Over> {
        let id = &self.home(id).to_owned();
        let incident = self.incidents.get_mut(id).ok_or(Over::Unknown)?;
        match &incident.stage {
            Stage::Acknowledged { by, at } => return Err(Over::Acknowledged { by: by.clone(), at: *at }),
            Stage::Resolved { at } => return Err(Over::Resolved { at: *at }),
            Stage::Merged { .. } => return Err(Over::Unknown),
            Stage::Open => incident.stage = Stage::Acknowledged { by: by.to_owned(), at: now },
        }
        self.tell_all(id, What::Acknowledged);
        self.say(id, now, format!("acknowledged by {by}"));
        Ok(())
    }
}
