//! PagerDuty says by its webhook that somebody has an incident: a POST to `/pagerduty`, signed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::paging::desk::desk_of;
use domain::paging::inbound::pagerduty::{self, Refusal, What};
use domain::paging::notice::DedupKey;
use domain::ports::{Cloud, SendAcknowledgement, send};
use runtime::own::Acknowledgement;
use serde_json::Value;

use crate::keys::Ring;
use crate::reply::Problem;

/// Where PagerDuty posts.
const PATH: &str = "/pagerduty";

/// Whether `event` is a request of PagerDuty's.
pub(crate) fn is_one(event: &Value) -> bool {
    event["rawPath"] == PATH && event.pointer("/requestContext/http/method").is_some_and(|method| method == "POST")
}

/// Takes what PagerDuty tells; a word and a sentence for the log.
pub(crate) async fn take(cloud: &impl Cloud, ring: &Ring, event: &Value) -> Result<(&'static str, String), Problem> {
    let body = body(event)?;
    let signatures = event["headers"][pagerduty::SIGNATURE].as_str().unwrap_or_default();
    pagerduty::verify(signatures, &body, &ring.webhooks(cloud).await?)?;
    let told = pagerduty::read(&body, cloud.now())?;
    let given_back = match told.what {
        What::Acknowledged | What::Resolved => false,
        What::Unacknowledged | What::Reopened => true,
        what => return Ok(("ignored", format!("{what:?} changes nothing here"))),
    };
    let id = told.incident.key.as_deref().and_then(DedupKey::incident).map(str::to_owned).or(told.incident.id);
    let Some(incident) = id else { return Ok(("ignored", "it is about no incident of Caretaker".to_owned())) };
    let by = format!("{} by PagerDuty", told.agent.as_deref().unwrap_or("somebody"));
    let answer = Acknowledgement { desk: desk_of(&incident), incident: incident.clone(), by, given_back };
    send(cloud, SendAcknowledgement { body: answer.body() }).await?;
    Ok((if given_back { "given-back" } else { "acknowledged" }, format!("paging is told of {incident}")))
}

/// The body byte by byte: its signature covers it.
fn body(event: &Value) -> Result<Vec<u8>, Problem> {
    let text = event["body"].as_str().unwrap_or_default();
    // In base64 four characters stand for three bytes.
    if text.len() > pagerduty::LONGEST / 3 * 4 + 4 {
        return Err(Refusal::TooLong.into());
    }
    match event["isBase64Encoded"].as_bool() {
        Some(true) => Ok(STANDARD.decode(text).map_err(|_| Refusal::Malformed)?),
        _ => Ok(text.as_bytes().to_vec()),
    }
}

#[cfg(test)]
mod tests;
