//! Attempts: one act each, claimed before it is done, and proven after it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::remedy::Remedy;

/// An act against a cause, from its claim to its proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// Of the act; a task that it stops carries it in its reason, `caretaker:<id>`.
    pub id: String,
    /// What is done.
    pub remedy: Remedy,
    /// Against which cause, by its id.
    pub cause: String,
    /// When it was claimed.
    pub at: Timestamp,
    /// How far it is.
    pub state: AttemptState,
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
    /// Stops of the same cause since the act took hold.
    pub alike: u32,
}

impl Attempt {
    /// How long after its claim its effect is looked at: a deployment takes some minutes, what is made at once is used by the next task that
    /// ECS starts. SQS delays by fifteen minutes at most.
    pub fn check_after(&self) -> SignedDuration {
        SignedDuration::from_mins(match self.remedy {
            Remedy::ForceDeployment | Remedy::Rollback { .. } | Remedy::RaiseMemory(_) => 10,
            Remedy::CreateLogGroup | Remedy::WakeReconciler => 5,
        })
    }

    /// Whether nobody knows yet what it has come to.
    pub fn is_open(&self) -> bool {
        matches!(self.state, AttemptState::Claimed | AttemptState::Done)
    }

    /// Stops before this are of tasks that began before the act took hold.
    pub fn takes_hold(&self) -> Timestamp {
        self.at + self.check_after() / 2
    }

    /// What `effect` proves. No samples are no proof.
    pub fn proven_by(&self, effect: Effect) -> AttemptState {
        let good = effect.steady == Some(true) && effect.healthy == Some(true) && effect.alike == 0;
        if good { AttemptState::Proven } else { AttemptState::Failed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_seen_is_proof() {
        let at = Timestamp::from_second(1_000).expect("a moment");
        let attempt = Attempt { id: "01J".into(), remedy: Remedy::ForceDeployment, cause: "killed".into(), at, state: AttemptState::Done };
        let check = |steady, healthy, alike, expected| assert_eq!(attempt.proven_by(Effect { steady, healthy, alike }), expected);
        check(Some(true), Some(true), 0, AttemptState::Proven);
        check(Some(false), Some(true), 0, AttemptState::Failed);
        check(Some(true), Some(true), 1, AttemptState::Failed);
        // No samples are no success.
        check(None, Some(true), 0, AttemptState::Failed);
        check(Some(true), None, 0, AttemptState::Failed);
        assert_eq!(attempt.takes_hold().duration_since(at).as_secs(), 300);
    }
}
