//! Wire to domain: what a message tells of.

use domain::paging::alarm::ours::disregard;
use domain::paging::alarm::{AlarmChange, NotAnAlarm};
use domain::paging::feed::{self, Event, Heard, cache as cache_feed, caretaker, cost, database};
use domain::paging::signal::Signal;
use domain::paging::silence::Silence;
use domain::tenant::EnvironmentName;
use jiff::{SignedDuration, Timestamp};
use runtime::cache;
use runtime::own::{Acknowledgement, Deliver, Look};
use runtime::wire::{BadWrapper, Envelope, Notification, Unwrapped, unwrap};
use serde::Deserialize;
use serde_json::{Value, json};
use thiserror::Error;

/// What a message tells of.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// Something says something.
    Signal(Box<Signal>),
    /// The same, to be heeded after so long unless something else has said it by then.
    Unless(Box<Signal>, SignedDuration),
    /// Something on a desk is due.
    Look(Look),
    /// Something waits for a receiver.
    Deliver(Deliver),
    /// A person has an incident, or has it no more.
    Acknowledgement(Acknowledgement),
    /// A person silences something in an environment.
    Silence(EnvironmentName, Box<Silence>),
    /// A person ends the silence of this id.
    Unsilence(EnvironmentName, String),
    /// The schedule: all desks and receivers are looked at.
    Beat,
    /// A beat that has come by the queue: the pager lives.
    Pulse,
    /// Nothing for people.
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
    /// An event of our own functions.
    #[error("what Caretaker says cannot be read")]
    Caretaker(#[source] caretaker::NotASignal),
    /// An alarm that lacks what every alarm has.
    #[error("the alarm cannot be read")]
    Alarm(#[source] NotAnAlarm),
}

/// Reads the body of a message that came at `now`.
///
/// # Errors
/// See [`BadEvent`].
pub fn read(body: &str, now: Timestamp) -> Result<Message, BadEvent> {
    // What an alarm gives to a function straight has no envelope, and what a topic gives to one has another.
    if let Ok(value) = serde_json::from_str::<Value>(body) {
        if value.get("alarmData").is_some() {
            return alarm(AlarmChange::read(&value));
        }
        if let Some(sns) = value.pointer("/Records/0/Sns").or_else(|| value.pointer("/Records/0/sns")) {
            // As a queue would have it.
            let notification = json!({ "Type": "Notification", "TopicArn": sns["TopicArn"], "Message": sns["Message"] });
            return read(&notification.to_string(), now);
        }
    }
    match unwrap(body)? {
        Unwrapped::Own(value) => own(value),
        Unwrapped::Notification(notification) => notified(&notification, now),
        Unwrapped::Event(envelope) => event(&envelope, now),
    }
}

fn own(value: Value) -> Result<Message, BadEvent> {
    match value["caretaker"].as_str() {
        Some("look") => serde_json::from_value(value).map(Message::Look).map_err(BadEvent::Own),
        Some("deliver") => serde_json::from_value(value).map(Message::Deliver).map_err(BadEvent::Own),
        Some("acknowledgement") => serde_json::from_value(value).map(Message::Acknowledgement).map_err(BadEvent::Own),
        Some("signal") => serde_json::from_value(value["signal"].clone()).map(Message::Signal).map_err(BadEvent::Own),
        Some("beat") => Ok(Message::Beat),
        Some("pulse") => Ok(Message::Pulse),
        other => Ok(Message::Ignored(format!("message {other:?} is none of ours"))),
    }
}

fn event(envelope: &Envelope, now: Timestamp) -> Result<Message, BadEvent> {
    let time = envelope.time.unwrap_or(now);
    match (envelope.source.as_str(), envelope.detail_type.as_str()) {
        (domain::incident::SOURCE, kind) => signal(caretaker::incident(kind, &envelope.detail, time)),
        (domain::answer::SOURCE, kind) => signal(caretaker::answer(kind, &envelope.detail, time)),
        ("aws.cloudwatch", "CloudWatch Alarm State Change" | "CloudWatch Alarm Configuration Change") => {
            alarm(AlarmChange::from_event(&envelope.resources, &envelope.detail, envelope.time))
        }
        (_, "tenant-privileged") => order(envelope),
        (source, kind) => {
            let event = Event {
                detail_type: kind,
                source,
                account: envelope.account.as_deref(),
                region: envelope.region.as_deref(),
                resources: &envelope.resources,
                time: envelope.time,
                detail: &envelope.detail,
            };
            Ok(heard(feed::read(&event)))
        }
    }
}

fn signal(signal: Result<Signal, caretaker::NotASignal>) -> Result<Message, BadEvent> {
    match signal {
        Ok(signal) => Ok(Message::Signal(Box::new(signal))),
        Err(caretaker::NotASignal::Harmless(word)) => Ok(Message::Ignored(format!("{word} needs nobody"))),
        Err(error) => Err(BadEvent::Caretaker(error)),
    }
}

fn heard(heard: Result<Heard, feed::Ignored>) -> Message {
    match heard {
        Ok(Heard::Now(signal)) => Message::Signal(Box::new(signal)),
        Ok(Heard::Unless(signal, wait)) => Message::Unless(Box::new(signal), wait),
        Err(why) => Message::Ignored(why.to_string()),
    }
}

/// An alarm that is not to be believed is for a person to see; one that is nobody's to hear of is not.
fn alarm(change: Result<AlarmChange, NotAnAlarm>) -> Result<Message, BadEvent> {
    match change {
        Ok(change) => Ok(match disregard(&change) {
            Some(why) => Message::Ignored(why.to_string()),
            None => Message::Signal(Box::new(change.signal())),
        }),
        Err(error @ (NotAnAlarm::Missing(_) | NotAnAlarm::Arn(_))) => Err(BadEvent::Alarm(error)),
        Err(other) => Ok(Message::Ignored(other.to_string())),
    }
}

/// What a topic was told: an alarm, or what RDS, ElastiCache or Cost Anomaly Detection publish in forms of their own.
fn notified(notification: &Notification, now: Timestamp) -> Result<Message, BadEvent> {
    let Ok(message) = serde_json::from_str::<Value>(&notification.message) else {
        return Ok(Message::Ignored(format!("the notification of {:?} is only text", notification.topic)));
    };
    if message.get("AlarmName").is_some() || message.get("alarmName").is_some() {
        return alarm(AlarmChange::read(&message));
    }
    if let Ok(event) = cache::read(notification) {
        return Ok(heard(cache_feed::read(&event.name, &event.group, now).map(Heard::Now)));
    }
    let read = database::from_notification(&message).or_else(|_| cost::from_notification(&message, now));
    Ok(heard(read.map(Heard::Now)))
}

#[derive(Deserialize)]
struct Order {
    action: String,
    /// None: the incident is of no environment.
    environment: Option<EnvironmentName>,
    incident: Option<String>,
    silence: Option<Value>,
    by: Option<String>,
}

/// An order of an operator; the policy of the bus says who may give one.
fn order(envelope: &Envelope) -> Result<Message, BadEvent> {
    let order: Order = serde_json::from_value(envelope.detail.clone()).map_err(BadEvent::Own)?;
    let by = order.by.unwrap_or_else(|| "an operator".to_owned());
    let desk = domain::paging::desk::partition(order.environment.as_ref());
    Ok(match (order.action.as_str(), order.incident, order.environment.zip(order.silence)) {
        ("acknowledge", Some(incident), _) => Message::Acknowledgement(Acknowledgement { desk, incident, by, given_back: false }),
        ("give-back", Some(incident), _) => Message::Acknowledgement(Acknowledgement { desk, incident, by, given_back: true }),
        ("silence", _, Some((environment, silence))) => {
            let silence = serde_json::from_value(silence).map_err(BadEvent::Own)?;
            Message::Silence(environment, Box::new(silence))
        }
        ("unsilence", _, Some((environment, Value::String(id)))) => Message::Unsilence(environment, id),
        (other, ..) => Message::Ignored(format!("the order {other:?} is none of paging's, or lacks what it is about")),
    })
}

#[cfg(test)]
mod tests;
