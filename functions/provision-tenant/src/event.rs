//! Wire to domain: what a message asks of this function.

use std::collections::{BTreeMap, BTreeSet};

use domain::order::{Action, Apply, Order, PrivilegedOrder, Specification, Wish, WishOrder};
use domain::plan::Fate;
use domain::tenant::{EnvironmentName, Incarnation, Owner, TenantId};
use jiff::Timestamp;
use runtime::own::{Inspection, Round, Sweep, WakeUp};
use runtime::wire::{BadWrapper, Envelope, Unwrapped, unwrap};
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

mod nudge;
mod sbt;

pub use sbt::SbtDefaults;

/// The schema of tenant events that this code reads.
pub const SCHEMA: u64 = 1;

/// What a message asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// A state of an owner, or a privileged act.
    Order(Order),
    /// A pass that is due.
    WakeUp(WakeUp),
    /// A look, by schedule.
    Sweep(Owner),
    /// A look at everything at once, for remediation.
    Inspection(Owner),
    /// A look at several together, by schedule.
    Round(Vec<Owner>),
    /// AWS says that something has happened to the resource of this ARN.
    Nudge(String),
    /// Nothing of ours.
    Ignored(String),
}

/// Why a message cannot be handled, ever.
#[derive(Debug, Error)]
pub enum BadEvent {
    /// It is no event at all.
    #[error("the message is no event")]
    Wrapper(#[from] BadWrapper),
    /// A schema that this code does not know; redrive it once newer code is deployed.
    #[error("the event has schema {0}, this code reads {SCHEMA}")]
    Schema(Value),
    /// The event does not say of whom it is.
    #[error("the event does not name its owner")]
    Unnamed(#[source] serde_json::Error),
    /// It says of whom it is, and is wrong otherwise: its sender hears of it.
    #[error("the event of {owner} is refused: {reason}")]
    Refused {
        /// Of whom.
        owner: Owner,
        /// As far as it is known.
        version: u64,
        /// The event's id.
        event_id: String,
        /// What is wrong.
        reason: String,
    },
}

/// Reads the body of a message.
///
/// # Errors
/// See [`BadEvent`].
pub fn read(body: &str, sbt: Option<&SbtDefaults>) -> Result<Message, BadEvent> {
    match unwrap(body)? {
        Unwrapped::Own(value) => read_own(value),
        Unwrapped::Notification(notification) => Ok(nudge::notified(&notification)),
        Unwrapped::Event(envelope) => match envelope.detail_type.as_str() {
            "tenant-created" | "tenant-updated" | "tenant-deleted" => wish(&envelope, true),
            "environment-created" | "environment-updated" | "environment-deleted" => wish(&envelope, false),
            "tenant-privileged" => privileged(&envelope),
            other if sbt::is_request(other) => sbt::request(&envelope, sbt),
            _ if envelope.source.starts_with("aws.") => Ok(nudge::read(&envelope)),
            other => Ok(Message::Ignored(format!("detail-type {other:?} is none of ours"))),
        },
    }
}

fn read_own(value: Value) -> Result<Message, BadEvent> {
    match value["caretaker"].as_str() {
        Some("wake-up") => serde_json::from_value(value).map(Message::WakeUp).map_err(BadEvent::Unnamed),
        Some("sweep") => serde_json::from_value::<Sweep>(value).map(|sweep| Message::Sweep(sweep.owner)).map_err(BadEvent::Unnamed),
        Some("inspection") => {
            serde_json::from_value::<Inspection>(value).map(|asked| Message::Inspection(asked.owner)).map_err(BadEvent::Unnamed)
        }
        Some("round") => serde_json::from_value::<Round>(value).map(|round| Message::Round(round.owners)).map_err(BadEvent::Unnamed),
        other => Ok(Message::Ignored(format!("message {other:?} is none of ours"))),
    }
}

/// Of whom an event is: a tenant, or the environment itself.
#[derive(Deserialize)]
struct Head {
    tenant: Option<TenantId>,
    environment: EnvironmentName,
    #[serde(default)]
    version: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(dead_code, reason = "the head's fields are read apart; here they are known, so that others are refused")]
struct WishDetail {
    schema: Value,
    tenant: Option<Value>,
    environment: Value,
    version: u64,
    blueprint: Option<String>,
    tier: Option<String>,
    image: Option<String>,
    options: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    dry_run: bool,
    requested_at: Option<Value>,
}

fn head(envelope: &Envelope) -> Result<(Owner, u64), BadEvent> {
    let schema = &envelope.detail["schema"];
    if schema.as_u64() != Some(SCHEMA) {
        return Err(BadEvent::Schema(schema.clone()));
    }
    let head: Head = serde_json::from_value(envelope.detail.clone()).map_err(BadEvent::Unnamed)?;
    let owner = match head.tenant {
        Some(tenant) => Owner::tenant(head.environment, tenant),
        None => Owner::Environment(head.environment),
    };
    Ok((owner, head.version))
}

fn wish(envelope: &Envelope, of_tenant: bool) -> Result<Message, BadEvent> {
    let (owner, version) = head(envelope)?;
    match (of_tenant, owner.tenant_id()) {
        (true, None) => return Err(BadEvent::Unnamed(serde::de::Error::missing_field("tenant"))),
        (false, Some(_)) => return Err(BadEvent::Unnamed(serde::de::Error::custom("an event of an environment names no tenant"))),
        _ => {}
    }
    let refuse = |reason: String| BadEvent::Refused { owner: owner.clone(), version, event_id: envelope.id.clone(), reason };
    let detail: WishDetail = serde_json::from_value(envelope.detail.clone()).map_err(|error| refuse(error.to_string()))?;
    let dry_run = detail.dry_run;
    let wish = if envelope.detail_type.ends_with("-deleted") {
        Wish::Gone(Fate::KeepData)
    } else {
        Wish::Stands(specification(detail).map_err(refuse)?)
    };
    Ok(Message::Order(Order::Wish(WishOrder { owner, version, wish, dry_run, event_id: envelope.id.clone() })))
}

fn specification(detail: WishDetail) -> Result<Specification, String> {
    let Options { bought, apply, observe_only } = options(detail.options.unwrap_or_default())?;
    if let Some(image) = detail.image.as_deref().filter(|image| !is_tag(image)) {
        return Err(format!("image {image:?} is no tag of an image; a URI is not allowed"));
    }
    Ok(Specification {
        blueprint: detail.blueprint.ok_or("it names no blueprint")?,
        tier: detail.tier,
        image: detail.image,
        apply,
        options: bought,
        observe_only,
    })
}

struct Options {
    bought: BTreeSet<String>,
    apply: Option<Apply>,
    observe_only: bool,
}

/// `apply` says when, `observeOnly` whether drift is left alone; all others are bought or not, and which there are is the blueprint's to say.
fn options(mut options: BTreeMap<String, Value>) -> Result<Options, String> {
    let apply = match options.remove("apply") {
        None | Some(Value::Null) => None,
        Some(value) => Some(serde_json::from_value(value.clone()).map_err(|_| format!("options.apply {value} is neither now nor window"))?),
    };
    let chosen = options.into_iter().map(|(name, value)| match value {
        Value::Bool(bought) => Ok((name, bought)),
        other => Err(format!("options.{name} is {other}, neither true nor false")),
    });
    let chosen = chosen.collect::<Result<Vec<_>, _>>()?;
    let mut bought: BTreeSet<_> = chosen.into_iter().filter(|(_, bought)| *bought).map(|(name, _)| name).collect();
    let observe_only = bought.remove("observeOnly");
    Ok(Options { bought, apply, observe_only })
}

/// `^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$` (the OCI distribution specification's tags).
fn is_tag(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.len() <= 128 && text.starts_with(word) && text.chars().all(|c| word(c) || c == '.' || c == '-')
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "the head's fields are read apart; here they are known, so that others are refused")]
struct PrivilegedDetail {
    schema: Value,
    action: String,
    tenant: Option<Value>,
    environment: Value,
    version: u64,
    incarnation: Option<Incarnation>,
    resource: Option<String>,
}

/// Actions of `tenant-privileged` that the remediation queue has, too.
const OF_REMEDIATION: [&str; 2] = ["approve", "clear-override"];

fn privileged(envelope: &Envelope) -> Result<Message, BadEvent> {
    if let Some(action) = envelope.detail["action"].as_str().filter(|action| OF_REMEDIATION.contains(action)) {
        return Ok(Message::Ignored(format!("the action {action:?} is remediate-task's")));
    }
    let (owner, version) = head(envelope)?;
    let refuse = |reason: String| BadEvent::Refused { owner: owner.clone(), version, event_id: envelope.id.clone(), reason };
    let detail: PrivilegedDetail = serde_json::from_value(envelope.detail.clone()).map_err(|error| refuse(error.to_string()))?;
    let action = match detail.action.as_str() {
        "destroy-data" => Action::DestroyData,
        "adopt" => Action::Adopt { resource: detail.resource },
        "pause" => Action::Pause,
        "resume" => Action::Resume,
        "retry" => Action::Retry,
        other => return Err(refuse(format!("action {other:?} is none of destroy-data, adopt, pause, resume, retry"))),
    };
    let at = envelope.time.ok_or_else(|| refuse("the envelope has no time".to_owned()))?;
    let order = PrivilegedOrder {
        owner: owner.clone(),
        action,
        version: detail.version,
        incarnation: detail.incarnation,
        at,
        event_id: envelope.id.clone(),
    };
    Ok(Message::Order(Order::Privileged(order)))
}

/// The moment of an order, for the life it may begin: milliseconds since the Unix epoch.
pub fn milliseconds(now: Timestamp) -> u64 {
    u64::try_from(now.as_millisecond()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DETAIL: &str = r#"{"schema":1,"tenant":"demo","environment":"dev","blueprint":"mate","tier":"trial","version":1,
        "image":"dev-f539de6","options":{"hipaa":false,"apply":"now"},"dryRun":false,"requestedAt":"2026-11-21T02:00:00Z"}"#;

    fn read_detail(kind: &str, detail: &str) -> Result<Message, BadEvent> {
        let time = "2026-11-21T02:00:00Z";
        read(&format!(r#"{{"id":"e","source":"caretaker.tenants","detail-type":"{kind}","time":"{time}","detail":{detail}}}"#), None)
    }

    #[test]
    fn the_event_of_the_contract_is_read() {
        let Ok(Message::Order(Order::Wish(order))) = read_detail("tenant-created", DETAIL) else { panic!("it is an order") };
        assert_eq!((order.owner.to_string().as_str(), order.version), ("tenant#dev#demo", 1));
    }

    #[test]
    fn bad_fields_are_refused_with_their_reason() {
        let check = |from: &str, to: &str, expected: &str| {
            let error = runtime::start::chain(&read_detail("tenant-created", &DETAIL.replace(from, to)).unwrap_err());
            assert!(error.contains(expected), "{error}");
        };
        check("\"schema\":1", "\"schema\":2", "schema 2");
        check("\"demo\"", "\"../etc\"", "must be lower-case");
        check("\"demo\"", "\"\"", "0 characters");
        check("\"demo\"", "\"dä:mo\"", "must be lower-case");
        check("\"dev\"", "\"moon\"", "none of dev, staging, prod");
        check("\"hipaa\":false", "\"hipaa\":\"yes\"", "neither true nor false");
        check("\"apply\":\"now\"", "\"apply\":\"soon\"", "soon");
        check("\"version\":1", "\"version\":-1", "invalid value");
        check("\"version\":1,", "", "version");
        check("\"dryRun\"", "\"destroyData\"", "destroyData");
        check("dev-f539de6", "evil.example/image:1", "no tag");
        check("\"blueprint\":\"mate\",", "", "names no blueprint");
    }

    #[test]
    fn what_is_another_functions_is_ignored_and_an_action_of_nobody_is_refused() {
        let check = |text: &str, expected: Result<&str, &str>| match (read(text, None), expected) {
            (Ok(Message::Ignored(why)), Ok(expected)) => assert!(why.contains(expected), "{why}"),
            (Err(error), Err(expected)) => assert!(error.to_string().contains(expected), "{error}"),
            (found, expected) => panic!("{found:?} is not {expected:?}"),
        };
        let approve = include_str!("../../../events/tenant-approve.json");
        check(approve, Ok("\"approve\" is remediate-task's"));
        check(include_str!("../../../events/tenant-clear-override.json"), Ok("\"clear-override\" is remediate-task's"));
        check(&approve.replace("\"approve\"", "\"approof\""), Err("unknown field")); // a field that none of this function's orders has
        let order = r#"{"schema":1,"action":"approof","tenant":"demo","environment":"dev","version":1}"#;
        assert!(matches!(read_detail("tenant-privileged", order), Err(BadEvent::Refused { reason, .. }) if reason.contains("approof")));
    }
}
