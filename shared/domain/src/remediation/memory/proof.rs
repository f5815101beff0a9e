//! What an act has come to.

use jiff::{SignedDuration, Timestamp};

use super::super::attempt::{Attempt, AttemptState, Effect};
use super::super::overlay::Lays;
use super::super::remedy::Remedy;
use super::Memory;
use crate::wake::Pace;

/// What the look at an act's effect says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// Nobody knows whether it was done: it is done now, which changes nothing if it was.
    Resume(Attempt),
    /// It is still under way: it is looked at again then.
    Later(Attempt),
    /// It has helped.
    Proven(Attempt),
    /// It has not, or nothing shows that it has; with so many stops of the same cause since it took hold.
    Failed(Attempt, u32),
}

/// So often its effect is looked at once more while a deployment is under way.
const LOOKS: u32 = 2;
/// After so long it is looked at again.
const AGAIN: SignedDuration = SignedDuration::from_mins(5);

impl Proof {
    /// Of which act.
    pub fn attempt(&self) -> &Attempt {
        let (Self::Resume(attempt) | Self::Later(attempt) | Self::Proven(attempt) | Self::Failed(attempt, _)) = self;
        attempt
    }
}

impl Memory {
    /// What the attempt `id` has come to, where `effect` is seen of its subject; none: there is no such attempt, or it is known already.
    pub fn prove(&mut self, id: &str, effect: Effect, pace: Pace, now: Timestamp) -> Option<Proof> {
        let at = self.attempts.iter().position(|attempt| attempt.id == id && attempt.is_open())?;
        let cause = self.attempts[at].fault.cause.id();
        let alike = self.alike(cause, self.attempts[at].takes_hold());
        let attempt = &mut self.attempts[at];
        if attempt.state == AttemptState::Claimed {
            attempt.check_at = now + pace.of(AGAIN);
            return Some(Proof::Resume(attempt.clone()));
        }
        attempt.state = attempt.proven_by(effect, alike);
        if attempt.state == AttemptState::Failed && effect.deploying && alike == 0 && attempt.looks < LOOKS {
            (attempt.state, attempt.check_at) = (AttemptState::Done, now + pace.of(AGAIN));
            attempt.looks += 1;
            return Some(Proof::Later(attempt.clone()));
        }
        let attempt = attempt.clone();
        self.ends(&attempt, alike, now);
        Some(if attempt.state == AttemptState::Proven { Proof::Proven(attempt) } else { Proof::Failed(attempt, alike) })
    }

    fn ends(&mut self, attempt: &Attempt, alike: u32, now: Timestamp) {
        let cause = attempt.fault.cause.id().to_owned();
        match (attempt.state, &attempt.remedy) {
            // It stands still until a person has looked.
            (AttemptState::Proven, Remedy::Quarantine { .. }) => {
                self.open.entry(cause).or_insert(now);
            }
            (AttemptState::Proven, _) => {
                self.open.remove(&cause);
            }
            _ => {
                self.open.entry(cause).or_insert(now);
                if let Some(Lays::Floor(_)) = attempt.undoes(alike) {
                    self.raises = self.raises.saturating_sub(1);
                }
            }
        }
    }
}

impl Attempt {
    /// What is taken away again if it has failed, with `alike` stops since it took hold. Memory that has run out once more stays: less
    /// of it would be no better.
    pub fn undoes(&self, alike: u32) -> Option<Lays> {
        match self.remedy {
            Remedy::RaiseMemory { .. } if alike > 0 => None,
            Remedy::RaiseMemory { .. } | Remedy::Rollback { .. } => Lays::of(&self.remedy),
            _ => None,
        }
    }
}
