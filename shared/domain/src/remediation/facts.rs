//! What other sources tell about the time of a stop. All is optional: none is unknown, and proves nothing.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::kind::service::Rollout as Seen;
use crate::ports::ServiceView;

/// Facts that a stop is held against.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Whether the task's revision is the first to fail since it was deployed.
    pub revision_is_new: Option<bool>,
    /// Whether the revision before it ran without such stops.
    pub former_was_clean: Option<bool>,
    /// What the service's deployments do.
    pub rollout: Option<Rollout>,
    /// When a secret that the task reads was rotated last.
    pub secret_rotated_at: Option<Timestamp>,
    /// Whether its database was failing over, or not available, when it stopped.
    pub database_fails_over: Option<bool>,
    /// The ids of our own attempts that may have stopped tasks.
    pub own_attempts: Option<BTreeSet<String>>,
    /// How many other tenants had a stop of the same text or cause within the last minutes.
    pub tenants_alike: Option<u32>,
    /// What the load balancer says of the task's target.
    pub target_health: Option<TargetHealth>,
    /// Whether the stop followed the SIGTERM of a scale-in or deployment.
    pub scaling_in: Option<bool>,
    /// How long ECS waits between SIGTERM and SIGKILL: 30 s unless the definition says otherwise, 120 s at most on Fargate.
    pub stop_timeout: Option<SignedDuration>,
    /// How long a task of the service takes from `RUNNING` to healthy, as measured.
    pub usual_start: Option<SignedDuration>,
    /// The essential containers, by name; none if the definition is gone.
    pub essential: Option<BTreeSet<String>>,
    /// Whether AWS Health has announced the task's retirement.
    pub is_retiring: Option<bool>,
}

/// What the deployments of a service do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rollout {
    /// Nothing: the last one is complete.
    Settled,
    /// One runs.
    Deploying,
    /// ECS goes back to the one before.
    RollingBack,
}

/// Why a target is not healthy. <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetHealth {
    /// It is healthy.
    Healthy,
    /// `Elb.RegistrationInProgress`, `Elb.InitialHealthChecking`: the checks have only begun.
    Registering,
    /// Any other reason, such as `Target.Timeout`, `Target.ResponseCodeMismatch` or `Target.FailedHealthChecks`.
    Failing(String),
}

/// Tasks read secrets at their start only; one that fails within so long of a rotation may have the old value.
const STALE_FOR: SignedDuration = SignedDuration::from_mins(15);

impl Rollout {
    /// What the deployments of `view` do.
    pub fn of(view: &ServiceView) -> Self {
        match (view.rolls_back, view.seen.rollout) {
            (true, _) => Self::RollingBack,
            (false, Seen::InProgress) => Self::Deploying,
            (false, Seen::Completed | Seen::Failed) => Self::Settled,
        }
    }
}

impl Facts {
    /// Whether the trouble began with this revision: it is new, and the one before was clean.
    pub fn began_with_revision(&self) -> Option<bool> {
        match (self.revision_is_new, self.former_was_clean) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        }
    }

    /// How long before `moment` a secret was rotated, if that was lately.
    pub(super) fn rotated_before(&self, moment: Option<Timestamp>) -> Option<SignedDuration> {
        let age = moment?.duration_since(self.secret_rotated_at?);
        (!age.is_negative() && age <= STALE_FOR).then_some(age)
    }
}
