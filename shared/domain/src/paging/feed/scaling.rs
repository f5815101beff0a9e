//! What Application Auto Scaling says. AWS sends it when a target has come to its maximum.
//! <https://docs.aws.amazon.com/autoscaling/application/userguide/monitoring-eventbridge.html>

use super::super::signal::{About, Producer, Signal, State};
use super::super::told::text::{self, number};
use super::{Core, Event, Ignored, arn, lines, word};
use crate::fields::Fields;
use crate::incident::Severity::{self, Info, Warning};

/// The only detail-type of this service.
const ACTIVITY: &str = "Application Auto Scaling Scaling Activity State Change";

/// What an event says.
pub(super) fn read(event: &Event<'_>) -> Result<Signal, Ignored> {
    if event.detail_type != ACTIVITY {
        return Err(event.foreign());
    }
    let detail = Fields::of(event.detail);
    let resource = detail.text("resourceId").filter(|id| id.len() <= text::CAUSE).ok_or(Ignored::Missing("resourceId"))?;
    let (severity, what) = outcome(detail)?;
    let about = target(event, detail, resource).map_or(About::Account, About::Arn);
    let thing = if let About::Arn(arn) = &about { arn } else { resource };
    let core = Core {
        producer: Producer::Scaling,
        key: format!("scaling/{thing}/{}", detail.text("scalableDimension").map(word).unwrap_or_default()),
        state: State::Note,
        at: detail.time("endTime").or(event.time).ok_or(Ignored::Missing("time"))?,
        about: about.clone(),
        name: "scaling",
    };
    let cause = detail.text("cause").or_else(|| detail.text("statusMessage")).unwrap_or_default();
    let signal = core.signal(&format!("{}: {what}", text::line(resource, text::TITLE / 2)), cause);
    Ok(Signal { severity: Some(severity), evidence: evidence(detail), ..signal })
}

fn outcome(detail: Fields<'_>) -> Result<(Severity, String), Ignored> {
    let counts = detail.number("oldDesiredCapacity").zip(detail.number("newDesiredCapacity"));
    let from_to = counts.map_or_else(String::new, |(from, to)| format!(" from {} to {}", number(from), number(to)));
    let at_most = if detail.flag("scaledToMax") { ", its maximum" } else { "" };
    match detail.text("statusCode").ok_or(Ignored::Missing("statusCode"))? {
        "Successful" | "Overridden" => Ok((Info, format!("scaled{from_to}{at_most}"))),
        "Pending" | "InProgress" => Err(Ignored::Progress("a scaling activity that goes on".to_owned())),
        "Unfulfilled" => Ok((Warning, format!("was not scaled{from_to} in time"))),
        "Failed" => Ok((Warning, format!("could not be scaled{from_to}"))),
        other => Ok((Warning, format!("scaling{from_to} ended as {}", word(other)))),
    }
}

/// The ARN of a service of ECS: such events name no resources, but for the target's id, `service/<cluster>/<name>`.
fn target(event: &Event<'_>, detail: Fields<'_>, resource: &str) -> Option<String> {
    if let Some(one) = event.resources.first() {
        return arn(one).map(str::to_owned);
    }
    if detail.text("serviceNamespace") != Some("ecs") || !resource.starts_with("service/") {
        return None;
    }
    let (region, account) = event.region.zip(event.account)?;
    let partition = match region.split('-').next() {
        Some("cn") => "aws-cn",
        Some("us") if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    };
    arn(&format!("arn:{partition}:ecs:{region}:{account}:{resource}")).map(str::to_owned)
}

fn evidence(detail: Fields<'_>) -> Vec<String> {
    let bounds = detail.number("minCapacity").zip(detail.number("maxCapacity"));
    lines(bounds.map(|(least, most)| format!("Its bounds are {} and {}.", number(least), number(most))))
}
