//! AWS's own events: what happened is looked up, not believed.

use runtime::wire::Envelope;

use super::Message;

/// The resource that an event of AWS concerns.
pub(super) fn read(envelope: &Envelope) -> Message {
    if let Some(image) = pushed(envelope) {
        return Message::Nudge(image);
    }
    // A task is waited for as its revision.
    let of_task = envelope.detail["taskDefinitionArn"].as_str().filter(|_| envelope.detail_type == "ECS Task State Change");
    let arn = of_task.or(envelope.detail["SourceArn"].as_str()).or_else(|| envelope.resources.first().map(String::as_str));
    arn.map_or_else(|| Message::Ignored("the AWS event names no resource".into()), |arn| Message::Nudge(arn.to_owned()))
}

/// The image that a push to ECR has brought, under the name by which tasks refer to it.
fn pushed(envelope: &Envelope) -> Option<String> {
    let detail = &envelope.detail;
    let text = |key: &str| detail[key].as_str().filter(|text| !text.is_empty());
    if envelope.source != "aws.ecr" || text("action-type") != Some("PUSH") || text("result") != Some("SUCCESS") {
        return None;
    }
    let (account, region) = (envelope.account.as_deref()?, envelope.region.as_deref()?);
    Some(format!("{account}.dkr.ecr.{region}.amazonaws.com/{}:{}", text("repository-name")?, text("image-tag")?))
}
