//! What ECS says of deployments, as far as it is not remediation's affair.

use serde_json::json;

use super::super::signal::{About, Producer, Signal, State};
use super::super::told::text;
use super::{Core, Event, Ignored, arn, word};
use crate::fields::Fields;
use crate::incident::Severity::{Info, Warning};
use crate::remediation::service_event::{Meaning, ServiceEvent};

/// What an event says. Whether what is complete was a rollback cannot be told from it alone.
pub(super) fn read(event: &Event<'_>) -> Result<Signal, Ignored> {
    let whole = json!({ "resources": event.resources, "detail": event.detail });
    let read = ServiceEvent::from_event(&whole).map_err(|_| Ignored::Form("ECS"))?;
    let detail = Fields::of(event.detail);
    let (severity, title, deployment) = match read.meaning {
        Meaning::DeploymentCompleted { deployment } => (Info, "a deployment is complete".to_owned(), deployment),
        Meaning::RollingBack { to } => (Warning, format!("ECS goes back to {}", to.as_deref().map_or("an earlier deployment", short)), to),
        Meaning::DeploymentStarted { .. } => return Err(Ignored::Progress("a deployment that begins".to_owned())),
        Meaning::DeploymentFailed { .. } => return Err(Ignored::Remediation),
        _ => return Err(Ignored::NotInTable(word(detail.text("eventName").unwrap_or_default()))),
    };
    let service = event
        .resources
        .iter()
        .find_map(|one| arn(one).filter(|one| one.contains(":service/")))
        .ok_or(Ignored::Missing("ARN of its service"))?;
    let core = Core {
        producer: Producer::Deployment,
        key: format!("deployment/{service}/{}", deployment.as_deref().map_or("unknown", short)),
        state: State::Note,
        // `updatedAt` has been seen to be older than what was told before.
        at: event.when()?,
        about: About::Arn(service.to_owned()),
        name: "deployment",
    };
    let signal =
        core.signal(&format!("{}: {title}", text::line(&read.service, text::TITLE / 2)), detail.text("reason").unwrap_or_default());
    Ok(Signal { severity: Some(severity), ..signal })
}

/// `ecs-svc/<number>` has some thirty characters.
fn short(deployment: &str) -> &str {
    deployment.char_indices().nth(text::WORD).map_or(deployment, |(end, _)| &deployment[..end])
}
