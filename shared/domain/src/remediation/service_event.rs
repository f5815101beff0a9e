//! What ECS says of a service and its deployments: events on the bus, and the messages that `DescribeServices` lists.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use super::cause::Cause;
use super::stop::arn;
use crate::fields::Fields;

mod message;
mod named;
mod sentence;

/// An event of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceEvent {
    /// The cluster's name; none if neither the service's ARN (in its old form) nor the event says it.
    pub cluster: Option<String>,
    /// The service's name.
    pub service: String,
    /// When the bus had it: events are ordered by this, since `createdAt` has been seen to be days older.
    pub at: Option<Timestamp>,
    /// What it says.
    pub meaning: Meaning,
}

/// What is said of a service: one variant per conduct that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Meaning {
    /// It runs as it should: what was open may be over.
    Steady,
    /// Tasks, targets or the desired count change as usual.
    Progress,
    /// Tasks fail to start again and again, and ECS starts them ever later: the newest stopped tasks say why.
    StartImpaired,
    /// A task could not be placed or started.
    NotStarted {
        /// Why.
        cause: Cause,
    },
    /// Tasks, targets or instances are unhealthy.
    Unhealthy {
        /// In whose eyes.
        cause: Cause,
    },
    /// ECS itself is throttled: whoever calls it should wait, too.
    Throttled,
    /// The service is configured so that no task can be started, such as with a role that cannot be assumed.
    Misconfigured,
    /// A deployment can neither stop nor start a task: minimumHealthyPercent rounds up, maximumPercent down.
    PercentagesDeadlock,
    /// Tasks that protect themselves hold up scale-in or deployment.
    HeldByProtection,
    /// A subnet's zone does not have what the task needs.
    ZoneUnsupported,
    /// A deployment has begun.
    DeploymentStarted {
        /// Which, `ecs-svc/…`.
        deployment: Option<String>,
    },
    /// ECS goes back to an earlier deployment. Nobody else should begin one.
    RollingBack {
        /// To which; none if the text was cut.
        to: Option<String>,
    },
    /// A deployment is complete. After a rollback that is a recovery, and no success of the release: [`Meaning::after_rollback`].
    DeploymentCompleted {
        /// Which.
        deployment: Option<String>,
    },
    /// The deployment to which ECS went back is complete.
    Recovered {
        /// Which.
        deployment: Option<String>,
    },
    /// A deployment has failed.
    DeploymentFailed {
        /// Which.
        deployment: Option<String>,
        /// How that was noticed.
        by: FailedBy,
    },
    /// No rule knows it.
    Unrecognised {
        /// What it said; see [`super::text::normalise`].
        text: String,
    },
}

/// How ECS came to call a deployment failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailedBy {
    /// The circuit breaker counted tasks that did not start, or were unhealthy.
    CircuitBreaker,
    /// An alarm of the deployment.
    Alarm,
    /// It was not said, or not in words that are known.
    Unknown,
}

/// Why an event is none of a service.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotOfAService {
    /// It is no event of the bus.
    #[error("the event has no detail")]
    NotAnEvent,
    /// Its `resources` name no service; those of clusters and capacity providers do not.
    #[error("the event's resources name no service")]
    NoService,
    /// It does not say what happened.
    #[error("the event of service {0} has no eventName")]
    NoName(String),
}

impl ServiceEvent {
    /// Reads an ECS Service Action or an ECS Deployment State Change with its envelope, which alone names the service.
    ///
    /// # Errors
    /// It is of no service, or says nothing.
    pub fn from_event(event: &Value) -> Result<Self, NotOfAService> {
        let envelope = Fields::read(event).ok_or(NotOfAService::NotAnEvent)?;
        let detail = envelope.value("detail").and_then(Fields::read).ok_or(NotOfAService::NotAnEvent)?;
        let (cluster, service) = service_of(envelope).ok_or(NotOfAService::NoService)?;
        let name = detail.text("eventName").ok_or_else(|| NotOfAService::NoName(service.to_owned()))?;
        let cluster = cluster.or_else(|| detail.text("clusterArn").and_then(arn::cluster));
        Ok(Self {
            cluster: cluster.map(str::to_owned),
            service: service.to_owned(),
            at: envelope.time_or_count("time"),
            meaning: named::meaning(name, detail.text("reason"), detail.owned("deploymentId")),
        })
    }
}

fn service_of(envelope: Fields<'_>) -> Option<(Option<&str>, &str)> {
    envelope.value("resources")?.as_array()?.iter().filter_map(Value::as_str).find_map(arn::service)
}

impl Meaning {
    /// What a message in the service's list of events says, such as `(service web) has reached a steady state.`
    pub fn of_message(text: &str) -> Self {
        message::meaning(text)
    }

    /// The same, told by who remembers that ECS has gone back to `to`.
    #[must_use]
    pub fn after_rollback(self, to: Option<&str>) -> Self {
        match self {
            Self::DeploymentCompleted { deployment } if to.is_some() && deployment.as_deref() == to => Self::Recovered { deployment },
            other => other,
        }
    }

    /// The cause that tasks would have, if it tells one.
    pub fn cause(&self) -> Option<&Cause> {
        match self {
            Self::NotStarted { cause } | Self::Unhealthy { cause } => Some(cause),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
