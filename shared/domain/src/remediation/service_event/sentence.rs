//! What is said of a service, in words, for people.

use std::fmt;

use super::{FailedBy, Meaning};

impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = |deployment: &Option<String>| deployment.clone().unwrap_or_else(|| "of the service".to_owned());
        match self {
            Self::Steady => f.write_str("The service has reached a steady state."),
            Self::Progress => f.write_str("Tasks, targets or the desired count change as usual."),
            Self::StartImpaired => f.write_str("Tasks fail to start again and again. The newest stopped tasks say why."),
            Self::NotStarted { cause } => write!(f, "A task was not started. {cause}"),
            Self::Unhealthy { cause } => write!(f, "It is unhealthy. {cause}"),
            Self::Throttled => f.write_str("ECS is throttled. Make fewer calls until that is over."),
            Self::Misconfigured => f.write_str("No task can be started as the service is configured. Look at its roles and definition."),
            Self::PercentagesDeadlock => {
                f.write_str("The deployment can neither stop nor start a task. Change minimumHealthyPercent or maximumPercent.")
            }
            Self::HeldByProtection => f.write_str("Tasks that protect themselves hold it up. Wait until their protection ends."),
            Self::ZoneUnsupported => f.write_str("A zone does not have what the task needs. Use subnets of other zones."),
            Self::DeploymentStarted { deployment } => write!(f, "Deployment {} has begun.", named(deployment)),
            Self::RollingBack { to } => write!(f, "ECS goes back to deployment {}. Begin no other.", named(to)),
            Self::DeploymentCompleted { deployment } => write!(f, "Deployment {} is complete.", named(deployment)),
            Self::Recovered { deployment } => {
                write!(f, "The service has gone back to deployment {}. Its release has failed.", named(deployment))
            }
            Self::DeploymentFailed { deployment, by } => write!(f, "Deployment {} has failed{by}.", named(deployment)),
            Self::Unrecognised { text } => write!(f, "No rule knows this text: {text:?}."),
        }
    }
}

impl fmt::Display for FailedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CircuitBreaker => ", says ECS' circuit breaker",
            Self::Alarm => ", say its alarms",
            Self::Unknown => "",
        })
    }
}
