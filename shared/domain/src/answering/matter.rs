//! What a link is about, as it stands now.

use jiff::Timestamp;
use thiserror::Error;

use super::claims::Claims;
use crate::paging::desk::{self, Desk};
use crate::paging::incident::{Incident, Stage};
use crate::remediation::memory::Memory;
use crate::remediation::proposal::Proposal;
use crate::remediation::story::digest;

/// Why there is nothing to answer any more.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Over {
    /// It was approved of, by this link or another.
    #[error("it was approved of at {at}, by {}", .by.as_deref().unwrap_or("nobody who is known"))]
    Approved {
        /// By whom.
        by: Option<String>,
        /// When.
        at: Timestamp,
    },
    /// Its fault is over, or something else is proposed against it.
    #[error("it is not proposed any more")]
    Gone,
    /// What was shown would not be what is done.
    #[error("what is proposed has changed since the link was made")]
    Changed,
    /// Somebody has the incident already, or it is over.
    #[error(transparent)]
    Incident(#[from] desk::Over),
    /// Nobody has answered in time.
    #[error("it could be approved of until {at}")]
    Ended {
        /// When.
        at: Timestamp,
    },
}

/// The proposal that `claims` are about, as far as it can still be approved of; `memory` is that of its subject.
///
/// # Errors
/// See [`Over`].
pub fn proposal<'a>(claims: &Claims, memory: &'a Memory, now: Timestamp) -> Result<&'a Proposal, Over> {
    if let Some(attempt) = memory.attempts.iter().find(|attempt| attempt.id == claims.id) {
        return Err(Over::Approved { by: attempt.by.clone(), at: attempt.at });
    }
    match memory.proposal.as_ref().filter(|proposal| proposal.id == claims.id) {
        None => Err(Over::Gone),
        Some(proposal) if proposal.digest() != claims.digest => Err(Over::Changed),
        Some(proposal) if !proposal.is_open(now) => Err(Over::Ended { at: proposal.expires }),
        Some(proposal) => Ok(proposal),
    }
}

/// The incident that `claims` are about, as far as it can still be taken on; `desk` is that of its environment.
///
/// # Errors
/// See [`Over`].
pub fn incident<'a>(claims: &Claims, desk: &'a Desk) -> Result<&'a Incident, Over> {
    if claims.digest != digest(&claims.id) {
        return Err(Over::Changed);
    }
    let incident = desk.incidents.get(desk.home(&claims.id)).ok_or(desk::Over::Unknown)?;
    match &incident.stage {
        Stage::Open => Ok(incident),
        Stage::Acknowledged { by, at } => Err(desk::Over::Acknowledged { by: by.clone(), at: *at }.into()),
        Stage::Resolved { at } => Err(desk::Over::Resolved { at: *at }.into()),
        Stage::Merged { .. } => Err(desk::Over::Unknown.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{at, claims, proposal as proposed};
    use super::*;
    use crate::remediation::attempt::Attempt;
    use crate::remediation::remedy::Remedy;
    use crate::wake::Pace;

    #[test]
    fn only_what_was_shown_and_is_still_open_can_be_approved_of() {
        let proposed = proposed("");
        let with = |change: &dyn Fn(&mut Memory)| {
            let mut memory = Memory { proposal: Some(proposed.clone()), ..Memory::default() };
            change(&mut memory);
            memory
        };
        let check = |memory: Memory, second, expected: Result<(), Over>| {
            assert_eq!(proposal(&claims(&proposed), &memory, at(second)).map(|_| ()), expected, "{memory:?}");
        };
        check(with(&|_| {}), 1_000, Ok(()));
        check(Memory::default(), 1_000, Err(Over::Gone));
        check(with(&|memory| memory.proposal.as_mut().expect("one").id = "01K".into()), 1_000, Err(Over::Gone));
        check(with(&|memory| memory.proposal.as_mut().expect("one").remedy = Remedy::WakeReconciler), 1_000, Err(Over::Changed));
        check(with(&|_| {}), 15_399, Ok(()));
        check(with(&|_| {}), 15_400, Err(Over::Ended { at: at(15_400) }));
    }

    #[test]
    fn who_comes_second_hears_who_came_first() {
        let proposed = proposed("");
        let claim = Attempt::claim("01J", proposed.remedy.clone(), proposed.fault.clone(), Pace::AWS, at(2_000));
        let memory = Memory { attempts: vec![Attempt { by: Some("bob@example.com".into()), ..claim }], ..Memory::default() };
        let over = proposal(&claims(&proposed), &memory, at(2_001)).expect_err("it is over");
        assert_eq!(over, Over::Approved { by: Some("bob@example.com".into()), at: at(2_000) });
    }
}
