//! Attempts: one act each, claimed before it is done, and proven after it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::fault::Fault;
use super::remedy::Remedy;
use crate::wake::Pace;

/// An act against a fault, from its claim to its proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// Of the act; a task that it stops carries it in its reason, `caretaker:<id>`.
    pub id: String,
    /// What is done.
    pub remedy: Remedy,
    /// Against what.
    pub fault: Fault,
    /// When it was claimed.
    pub at: Timestamp,
    /// When its effect is looked at.
    pub check_at: Timestamp,
    /// How far it is.
    pub state: AttemptState,
    /// How often its effect was looked at and was still to come.
    #[serde(default)]
    pub looks: u32,
    /// Who approved of it, if it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// How far an attempt is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttemptState {
    /// Nobody else may act; whether it was done is not known.
    Claimed,
    /// It was done; its effect is not known.
    Done,
    /// It has helped.
    Proven,
    /// It has not, or nothing shows that it has.
    Failed,
}

/// What is seen of the subject when the effect is checked. What is not known is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Effect {
    /// Whether all its tasks run, and no deployment is under way.
    pub steady: Option<bool>,
    /// Whether its targets are healthy; true where it has none.
    pub healthy: Option<bool>,
    /// Whether a deployment is under way.
    pub deploying: bool,
    /// Whether it stands still: none is wanted and none runs.
    pub still: Option<bool>,
}

/// An attempt whose check has not come for so long has lost it.
const LOST: SignedDuration = SignedDuration::from_mins(30);

impl Attempt {
    /// Of `remedy` against `fault`, claimed now.
    pub fn claim(id: &str, remedy: Remedy, fault: Fault, pace: Pace, now: Timestamp) -> Self {
        let check_at = now + pace.of(remedy.takes());
        Self { id: id.to_owned(), remedy, fault, at: now, check_at, state: AttemptState::Claimed, looks: 0, by: None }
    }

    /// Whether nobody knows yet what it has come to.
    pub fn is_open(&self) -> bool {
        matches!(self.state, AttemptState::Claimed | AttemptState::Done)
    }

    /// Whether the check of its effect is overdue by so much that its message must be lost.
    pub fn is_lost(&self, now: Timestamp) -> bool {
        self.is_open() && now.duration_since(self.check_at) >= LOST
    }

    /// Stops before this are of tasks that began before the act took hold: half of the time until its check is left to it.
    pub fn takes_hold(&self) -> Timestamp {
        self.at + self.check_at.duration_since(self.at) / 2
    }

    /// What `effect` proves, with `alike` stops of the same cause since it took hold. No samples are no proof.
    pub fn proven_by(&self, effect: Effect, alike: u32) -> AttemptState {
        let good = match self.remedy {
            Remedy::Quarantine { .. } => effect.still == Some(true),
            _ => effect.steady == Some(true) && effect.healthy == Some(true) && alike == 0,
        };
        if good { AttemptState::Proven } else { AttemptState::Failed }
    }
}

impl Remedy {
    /// How long until its effect can be seen: a deployment takes some minutes, what is made at once is used by the next task that ECS
    /// starts. SQS delays by fifteen minutes at most.
    fn takes(&self) -> SignedDuration {
        SignedDuration::from_mins(match self {
            Self::ForceDeployment | Self::Rollback { .. } | Self::RaiseMemory { .. } => 10,
            Self::CreateLogGroup | Self::WakeReconciler | Self::Quarantine { .. } => 5,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::cause::Cause;
    use super::super::diagnosis::Confidence;
    use super::*;

    #[test]
    fn only_what_is_seen_is_proof() {
        let at = Timestamp::from_second(1_000).expect("a moment");
        let fault = Fault { cause: Cause::Killed, confidence: Confidence::Certain, evidence: Vec::new() };
        let attempt = |remedy| Attempt::claim("01J", remedy, fault.clone(), Pace::AWS, at);
        let forced = attempt(Remedy::ForceDeployment);
        let check = |steady, healthy, alike, expected| {
            assert_eq!(forced.proven_by(Effect { steady, healthy, ..Effect::default() }, alike), expected);
        };
        check(Some(true), Some(true), 0, AttemptState::Proven);
        check(Some(false), Some(true), 0, AttemptState::Failed);
        check(Some(true), Some(true), 1, AttemptState::Failed);
        // No samples are no success.
        check(None, Some(true), 0, AttemptState::Failed);
        check(Some(true), None, 0, AttemptState::Failed);
        assert_eq!(forced.takes_hold().duration_since(at).as_secs(), 300);
        let still = |still| attempt(Remedy::Quarantine { was: 2 }).proven_by(Effect { still, ..Effect::default() }, 9);
        assert_eq!((still(Some(true)), still(None)), (AttemptState::Proven, AttemptState::Failed));
    }
}
