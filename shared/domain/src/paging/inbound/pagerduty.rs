//! PagerDuty's webhooks, version 3: <https://developer.pagerduty.com/docs/webhooks/webhooks-overview/>, and its page on signatures.

use hmac::Mac;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use super::super::render::webhook::mac;
use crate::ports::Confidential;

/// The header with the signatures.
pub const SIGNATURE: &str = "x-pagerduty-signature";
/// Bytes of the longest body: PagerDuty sends none over 256 KB and promises none over 55 KB; a function URL's reader holds 64 KB.
pub const LONGEST: usize = 64 * 1024;
/// Signatures that are looked at: one per secret, and a subscription has two at most while its secret is changed.
const SIGNATURES: usize = 8;
/// How long ago an event may have occurred: PagerDuty tries "up to 4 times […] over the course of about 20 minutes", and 5 more for what
/// waits behind it. An acknowledgement that came late must not be lost, or the next level is woken.
const LATE: SignedDuration = SignedDuration::from_mins(25);
/// How far a clock may be ahead of ours.
const EARLY: SignedDuration = SignedDuration::from_mins(5);
/// Characters of a name or id that is kept.
const WORD: usize = 255;

/// Why a webhook is not believed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Over [`LONGEST`].
    #[error("the body has more than {LONGEST} bytes")]
    TooLong,
    /// There is no header, or none of a version that is known.
    #[error("it is not signed")]
    Unsigned,
    /// None of the secrets has signed it.
    #[error("its signature is wrong")]
    Forged,
    /// Not of the form of a webhook.
    #[error("it is no event of PagerDuty")]
    Malformed,
    /// It may be an old one, sent again by somebody else.
    #[error("it occurred at {at}, too long ago")]
    Late {
        /// When.
        at: Timestamp,
    },
    /// Its clock is wrong.
    #[error("it occurs at {at}, which is still to come")]
    Early {
        /// When.
        at: Timestamp,
    },
}

/// What PagerDuty tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The same whenever it is sent again: whoever has seen it drops it. Kept for longer than an event may be late.
    pub id: String,
    /// When it occurred.
    pub at: Timestamp,
    /// What.
    pub what: What,
    /// Which incident.
    pub incident: Incident,
    /// Who did it: a person's name, or a service's or integration's.
    pub agent: Option<String>,
}

/// What has become of an incident of PagerDuty's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// Somebody has taken it on.
    Acknowledged,
    /// Nobody has it any more.
    Unacknowledged,
    /// It is over, as somebody says.
    Resolved,
    /// It is not over after all.
    Reopened,
    /// Others are asked: another person, level or policy.
    Reassigned {
        /// Who is asked now.
        to: Vec<String>,
    },
    /// Somebody tries whether we listen.
    Ping,
    /// Nothing for us.
    Ignored(Reason),
}

/// Why an event is nothing for us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// It tells what we have told PagerDuty.
    Ours,
    /// A type that changes nothing of an incident, or that we do not know.
    Type(String),
}

/// Which incident is meant. PagerDuty's documentation has a key in every incident, but not that it is the one of the event that opened it;
/// users see it missing where alerts are grouped (github.com/PagerDuty/pdpyras/issues/44). So our id, which our titles end with, is read
/// as well, and PagerDuty's own is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Incident {
    /// `incident_key`: our dedup key, for integrations of the Events API v2.
    pub key: Option<String>,
    /// Our id, from the end of the title.
    pub id: Option<String>,
    /// PagerDuty's id.
    pub theirs: Option<String>,
}

/// Whether one of `secrets`, the current and those before it, has signed `body`; `signatures` is the text of the header [`SIGNATURE`],
/// and `body` what was received, byte by byte. Codes are compared in a time that tells nothing of where they differ.
///
/// # Errors
/// See [`Refusal`].
pub fn verify(signatures: &str, body: &[u8], secrets: &[Confidential]) -> Result<(), Refusal> {
    if body.len() > LONGEST {
        return Err(Refusal::TooLong);
    }
    let codes: Vec<_> = signatures.split(',').filter_map(|signature| signature.trim().strip_prefix("v1=")).take(SIGNATURES).collect();
    if codes.is_empty() {
        return Err(Refusal::Unsigned);
    }
    let codes: Vec<_> = codes.into_iter().filter_map(|code| hex::decode(code).ok()).collect();
    // Anybody can sign with an empty secret.
    let secrets = secrets.iter().filter(|secret| !secret.0.is_empty());
    let mut pairs = secrets.flat_map(|secret| codes.iter().map(move |code| (secret, code)));
    let is_signed = pairs.any(|(secret, code)| mac(&secret.0, body).verify_slice(code).is_ok());
    if is_signed { Ok(()) } else { Err(Refusal::Forged) }
}

/// What a verified `body` tells, if it is not too old.
///
/// # Errors
/// See [`Refusal`].
pub fn read(body: &[u8], now: Timestamp) -> Result<Event, Refusal> {
    let body: Value = serde_json::from_slice(body).map_err(|_| Refusal::Malformed)?;
    let event = &body["event"];
    let id = text(&event["id"]).ok_or(Refusal::Malformed)?;
    let kind = text(&event["event_type"]).ok_or(Refusal::Malformed)?;
    let at: Timestamp = text(&event["occurred_at"]).and_then(|at| at.parse().ok()).ok_or(Refusal::Malformed)?;
    let age = now.duration_since(at);
    if age > LATE {
        return Err(Refusal::Late { at });
    }
    if age < -EARLY {
        return Err(Refusal::Early { at });
    }
    Ok(Event { id, at, what: what(&kind, &event["data"]), incident: incident(&event["data"]), agent: text(&event["agent"]["summary"]) })
}

fn what(kind: &str, data: &Value) -> What {
    match kind {
        "incident.acknowledged" => What::Acknowledged,
        "incident.unacknowledged" => What::Unacknowledged,
        "incident.resolved" => What::Resolved,
        "incident.reopened" => What::Reopened,
        "incident.reassigned" | "incident.escalated" | "incident.delegated" => What::Reassigned { to: assignees(data) },
        "incident.triggered" => What::Ignored(Reason::Ours),
        "pagey.ping" => What::Ping,
        other => What::Ignored(Reason::Type(other.to_owned())),
    }
}

fn assignees(data: &Value) -> Vec<String> {
    data["assignees"].as_array().into_iter().flatten().filter_map(|who| text(&who["summary"])).take(20).collect()
}

fn incident(data: &Value) -> Incident {
    // Notes and responders name the incident they are about.
    let incident = if data["incident"].is_object() { &data["incident"] } else { data };
    let title = ["title", "summary"].iter().find_map(|name| incident[*name].as_str()).unwrap_or_default();
    Incident { key: text(&incident["incident_key"]), id: ours(title), theirs: text(&incident["id"]) }
}

/// What stands in brackets at the end of a title.
fn ours(title: &str) -> Option<String> {
    let (_, id) = title.trim_end().strip_suffix(']')?.rsplit_once('[')?;
    let is_id = (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_id.then(|| id.to_owned())
}

/// A text that says something, cut.
fn text(value: &Value) -> Option<String> {
    let text: String = value.as_str()?.trim().chars().filter(|letter| !letter.is_control()).take(WORD).collect();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests;
