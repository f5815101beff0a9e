//! Wire to domain: what a message tells of.

use domain::remediation::circumstance::Happening;
use domain::remediation::service_event::{NotOfAService, ServiceEvent};
use domain::remediation::stop::{Group, NotAStop, TaskStopped};
use domain::tenant::{EnvironmentName, Owner, TenantId};
use jiff::Timestamp;
use runtime::cache;
use runtime::own::{Approval, Reminder};
use runtime::wire::{BadWrapper, Envelope, Notification, Unwrapped, unwrap};
use serde::Deserialize;
use serde_json::{Value, json};
use thiserror::Error;

/// What a message tells of.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// A task has stopped. The ARN is that of its service, or of its definition if it was of none.
    Stopped(Box<TaskStopped>, String),
    /// Something of the service of this ARN.
    OfService(ServiceEvent, String),
    /// Something has happened to the thing of this ARN.
    Happened(Happening, String, Option<Timestamp>),
    /// The effect of an act is to be looked at.
    Effect(Reminder),
    /// A wait is over.
    Wait(Reminder),
    /// A person has approved of a remedy.
    Approval(Approval),
    /// A person clears the override of this sort key.
    Clear(Owner, String),
    /// Nothing of ours.
    Ignored(String),
}

/// Why a message cannot be handled, ever.
#[derive(Debug, Error)]
pub enum BadEvent {
    /// It is no event at all.
    #[error("the message is no event")]
    Wrapper(#[from] BadWrapper),
    /// A message of our own that is not as we write it, or of newer code.
    #[error("the message of Caretaker cannot be read")]
    Own(#[source] serde_json::Error),
    /// The stop of a task that cannot be believed.
    #[error("the event of a task cannot be read")]
    Stop(#[source] NotAStop),
    /// An event of a service that says nothing.
    #[error("the event of a service cannot be read")]
    Service(#[source] NotOfAService),
}

/// Reads the body of a message.
///
/// # Errors
/// See [`BadEvent`].
pub fn read(body: &str) -> Result<Message, BadEvent> {
    match unwrap(body)? {
        Unwrapped::Own(value) => own(value),
        Unwrapped::Notification(notification) => Ok(of_cache(&notification)),
        Unwrapped::Event(envelope) => match envelope.detail_type.as_str() {
            "ECS Task State Change" => stopped(&envelope.detail),
            "ECS Service Action" | "ECS Deployment State Change" => of_service(&envelope),
            "RDS DB Instance Event" => Ok(of_database(&envelope)),
            "AWS Health Event" => Ok(of_health(&envelope)),
            "tenant-privileged" => privileged(&envelope),
            other => Ok(Message::Ignored(format!("detail-type {other:?} tells nothing of tasks"))),
        },
    }
}

fn own(value: Value) -> Result<Message, BadEvent> {
    match value["caretaker"].as_str() {
        Some("effect") => serde_json::from_value(value).map(Message::Effect).map_err(BadEvent::Own),
        Some("wait") => serde_json::from_value(value).map(Message::Wait).map_err(BadEvent::Own),
        Some("approval") => serde_json::from_value(value).map(Message::Approval).map_err(BadEvent::Own),
        other => Ok(Message::Ignored(format!("message {other:?} is none of ours"))),
    }
}

/// The stop of a task; that it is stopping, or runs, is told as well and means nothing yet.
fn stopped(detail: &Value) -> Result<Message, BadEvent> {
    let stop = match TaskStopped::from_detail(detail) {
        Err(NotAStop::NotStopped { last_status, .. }) => return Ok(Message::Ignored(format!("the task is {last_status}"))),
        stop => stop.map_err(BadEvent::Stop)?,
    };
    let arn = match &stop.group {
        Group::Service(name) => stop.cluster_arn.replacen(":cluster/", ":service/", 1) + "/" + name,
        _ => match &stop.revision {
            Some(revision) => revision.arn.clone(),
            None => return Ok(Message::Ignored("the task names neither a service nor a definition".to_owned())),
        },
    };
    Ok(Message::Stopped(Box::new(stop), arn))
}

fn of_service(envelope: &Envelope) -> Result<Message, BadEvent> {
    let event = json!({ "detail": envelope.detail, "resources": envelope.resources, "time": envelope.time });
    match ServiceEvent::from_event(&event) {
        Ok(event) => {
            let named = envelope.resources.iter().find(|arn| arn.contains(":service/")).cloned().unwrap_or_default();
            // The form of before 2018 lacks the cluster, and the ledger has the newer one.
            let arn = match (&event.cluster, named.rsplit_once(":service/")) {
                (Some(cluster), Some((head, name))) if !name.contains('/') => format!("{head}:service/{cluster}/{name}"),
                _ => named,
            };
            Ok(Message::OfService(event, arn))
        }
        Err(NotOfAService::NoService) => Ok(Message::Ignored("the event is of no service".to_owned())),
        Err(error) => Err(BadEvent::Service(error)),
    }
}

fn of_database(envelope: &Envelope) -> Message {
    let (id, arn) = (envelope.detail["EventID"].as_str(), envelope.detail["SourceArn"].as_str());
    match (id.and_then(Happening::of_database), arn) {
        (Some(happening), Some(arn)) => Message::Happened(happening, arn.to_owned(), envelope.time),
        _ => Message::Ignored(format!("the event {} of a database tells nothing of tasks", id.unwrap_or("without an id"))),
    }
}

fn of_cache(notification: &Notification) -> Message {
    match cache::read(notification) {
        Ok(event) => match Happening::of_cache(&event.name) {
            Some(happening) => Message::Happened(happening, event.group, None),
            None => Message::Ignored(format!("the event {} of a cache tells nothing of tasks", event.name)),
        },
        Err(unknown) => Message::Ignored(unknown.to_string()),
    }
}

/// One service that is retired stands for all: a retirement is one event for each owner.
fn of_health(envelope: &Envelope) -> Message {
    let retired = Happening::retired(&envelope.detail);
    let place = (envelope.region.as_deref(), envelope.account.as_deref());
    let arn = retired.iter().find_map(|entity| match (entity.split_once('|'), place) {
        (Some((cluster, service)), (Some(region), Some(account))) => {
            Some(format!("arn:aws:ecs:{region}:{account}:service/{cluster}/{service}"))
        }
        _ => None,
    });
    match arn {
        Some(arn) => Message::Happened(Happening::Retirement, arn, envelope.time),
        None => Message::Ignored("the health event tells of no service that is retired".to_owned()),
    }
}

#[derive(Deserialize)]
struct Privileged {
    action: String,
    tenant: Option<TenantId>,
    environment: EnvironmentName,
    proposal: Option<String>,
    digest: Option<String>,
    #[serde(rename = "override")]
    laid: Option<String>,
    by: Option<String>,
}

/// An order of an operator; the policy of the bus says who may give one.
fn privileged(envelope: &Envelope) -> Result<Message, BadEvent> {
    let order: Privileged = serde_json::from_value(envelope.detail.clone()).map_err(BadEvent::Own)?;
    let owner = match order.tenant {
        Some(tenant) => Owner::tenant(order.environment, tenant),
        None => Owner::Environment(order.environment),
    };
    let by = order.by.unwrap_or_else(|| "an operator".to_owned());
    Ok(match (order.action.as_str(), order.proposal, order.laid) {
        ("approve", Some(id), _) => Message::Approval(Approval { owner, id, digest: order.digest, by }),
        ("clear-override", _, Some(key)) => Message::Clear(owner, key),
        (other, ..) => Message::Ignored(format!("the order {other:?} is none of remediation's, or lacks what it is about")),
    })
}

#[cfg(test)]
mod tests;
