//! Acts against a cause, and what they may do to people who use the service.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::budget::Harm;
use super::size::Size;

/// An act against a cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    /// The service starts all its tasks anew, of the revision that it has. One that may have no second task beside the first, as Celery's
    /// Beat, stops it before it starts another.
    ForceDeployment,
    /// The service goes back to the image that was healthy last.
    Rollback {
        /// What is not to run.
        bad: String,
        /// What runs instead.
        good: String,
    },
    /// The service's tasks have at least this size.
    RaiseMemory {
        /// What they have.
        from: Size,
        /// The next size that Fargate has.
        to: Size,
    },
    /// The log group that its tasks write to is made.
    CreateLogGroup,
    /// The reconciler looks at the owner: it makes what is missing.
    WakeReconciler,
    /// The service stands still, and nobody scales it, until a person has cleared it: none of its tasks has come up.
    Quarantine {
        /// Tasks that were wanted before.
        was: u32,
    },
}

impl Remedy {
    /// What it may do to people.
    pub fn harm(&self) -> Harm {
        match self {
            Self::ForceDeployment | Self::Rollback { .. } | Self::RaiseMemory { .. } => Harm::Disruptive,
            Self::CreateLogGroup | Self::WakeReconciler => Harm::None,
            Self::Quarantine { .. } => Harm::Destructive,
        }
    }

    /// A stable word for it.
    pub fn id(&self) -> &'static str {
        match self {
            Self::ForceDeployment => "force-deployment",
            Self::Rollback { .. } => "rollback",
            Self::RaiseMemory { .. } => "raise-memory",
            Self::CreateLogGroup => "create-log-group",
            Self::WakeReconciler => "wake-reconciler",
            Self::Quarantine { .. } => "quarantine",
        }
    }
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ForceDeployment => f.write_str("start its tasks anew"),
            Self::Rollback { bad, good } => write!(f, "go back from the image {bad} to {good}"),
            Self::RaiseMemory { from, to } => {
                let more = to.monthly_usd() - from.monthly_usd();
                write!(f, "give its tasks {} MiB and {} CPU units, {more:.2} USD a month more for each", to.memory_mib, to.cpu)
            }
            Self::CreateLogGroup => f.write_str("make its log group"),
            Self::WakeReconciler => f.write_str("have what is missing made"),
            Self::Quarantine { was } => write!(f, "let it stand still: {was} tasks were wanted, and none came up"),
        }
    }
}
