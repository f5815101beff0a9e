//! Why a call to AWS did not give what was asked, sorted by what to do about it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A failed call. The message is AWS's own, never a secret's value: requests are not part of it.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[error("{operation} failed as {cause:?}: {message}")]
pub struct CallError {
    /// The operation, as `service.Operation`.
    pub operation: String,
    /// What kind of failure it is.
    pub cause: Cause,
    /// AWS's code and message.
    pub message: String,
}

/// The classes of failure that call for different conduct.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Cause {
    /// The thing does not exist.
    NotFound,
    /// The name or token is taken.
    AlreadyExists,
    /// The thing is not in a state that allows it (being created, draining, a snapshot running).
    InvalidState,
    /// A condition of the ledger did not hold: somebody else was first.
    ConditionFailed,
    /// Too many calls.
    Throttled,
    /// A quota of the account is reached.
    Quota,
    /// Not allowed.
    Denied,
    /// The request itself is wrong; the same request never succeeds.
    InvalidRequest,
    /// AWS had an internal error or could not be reached; there was no effect or it is not known.
    Unavailable,
    /// No answer in time: the effect is not known.
    TimedOut,
    /// Not sent: the lease or the time left did not allow it, or a person must act first.
    NotSent,
}

/// What to do after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conduct {
    /// The same call may succeed later: come back after a while.
    Retry,
    /// Only a human or a new intent can change it.
    Terminal,
}

impl Cause {
    /// Whether the same call may succeed later by itself.
    pub fn conduct(self) -> Conduct {
        match self {
            Self::Quota | Self::Denied | Self::InvalidRequest => Conduct::Terminal,
            _ => Conduct::Retry,
        }
    }
}

impl CallError {
    /// An error of `operation`.
    pub fn new(operation: &str, cause: Cause, message: impl Into<String>) -> Self {
        Self { operation: operation.to_owned(), cause, message: message.into() }
    }

    /// What to do about it.
    pub fn conduct(&self) -> Conduct {
        self.cause.conduct()
    }
}

/// The wait before attempt `attempt` (0 is the first retry): `base` doubled each time, at most `cap`.
pub fn backoff(attempt: u32, base: Duration, cap: Duration) -> Duration {
    base.saturating_mul(1u32.checked_shl(attempt).unwrap_or(u32::MAX)).min(cap)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_doubles_up_to_its_cap() {
        let seconds = |n| backoff(n, Duration::from_secs(60), Duration::from_secs(900)).as_secs();
        assert_eq!([0, 1, 2, 3, 4, 40].map(seconds), [60, 120, 240, 480, 900, 900]);
    }
}
