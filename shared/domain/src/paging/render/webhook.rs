//! A webhook in a form of ours, for those who have a receiver of their own.
//!
//! ```text
//! POST, content-type: application/json
//! idempotency-key: <the delivery: the same whenever it is sent again>
//! x-caretaker-signature: v1=<hex>[,v1=<hex>]   HMAC-SHA256 over the body byte by byte, one per key, while keys are changed
//! {"schema":1,"delivery","what":{"turn",…},"incident","dedupKey","severity","headline","title","since","sentAt","environment"?,
//!  "tenantCount","tenants":[{"id","tier"?}],"services":[],"cause"?:{"what","explains"},"members":{"count","first":[]},"evidence":[],
//!  "tried":[],"notes":[],"links":{},"isRepeat","recipient"}
//! ```
//! Receivers drop what they have by its key, and what `sentAt` says is older than they like.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::super::notice::{Notice, What};
use super::Post;
use super::story::{answers, headline, links};
use super::text::{cut, few, line};
use crate::ports::Confidential;

/// The header with the signatures.
pub const SIGNATURE: &str = "x-caretaker-signature";
/// The header with the delivery.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// Of the form of the body.
const SCHEMA: u32 = 1;
/// Bytes of a body, so that receivers can have a limit.
const BODY: usize = 256 * 1024;
/// Lines of each list: as many as have room, by these steps.
const STEPS: [usize; 4] = [50, 20, 5, 1];
/// Characters of a text.
const TEXT: usize = 1000;
const LINKS: usize = 20;

/// What is sent to a receiver, signed with each of `keys`.
pub fn post(notice: &Notice, keys: &[Confidential]) -> Post {
    let mut bodies = STEPS.iter().map(|most| Post::json(&body(notice, *most)));
    let fits = |post: &Post| post.body.0.len() <= BODY;
    // A list of one line each has room anyway.
    let mut post = bodies.find(fits).unwrap_or_else(|| Post::json(&body(notice, 1)));
    post.headers.push((IDEMPOTENCY_KEY, delivery(notice)));
    post.headers.push((SIGNATURE, signatures(post.body.0.as_bytes(), keys)));
    post
}

/// The signatures of `body`, as they stand in the header.
pub fn signatures(body: &[u8], keys: &[Confidential]) -> String {
    keys.iter().map(|key| format!("v1={}", hex::encode(mac(&key.0, body).finalize().into_bytes()))).collect::<Vec<_>>().join(",")
}

pub(crate) fn mac(key: &str, body: &[u8]) -> Hmac<Sha256> {
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap_or_else(|error| unreachable!("a key of any length will do: {error}"));
    mac.chain_update(body)
}

/// Fit for a header.
fn delivery(notice: &Notice) -> String {
    notice.delivery.chars().filter(char::is_ascii_graphic).take(255).collect()
}

fn body(notice: &Notice, most: usize) -> Value {
    let texts = |texts: &[String]| few(texts.iter(), most, TEXT);
    let text = |text: &str| cut(&line(text), TEXT);
    let tier = |tier: &Option<String>| tier.as_deref().map(text);
    let tenants: Vec<_> = notice.tenants.iter().take(most).map(|tenant| json!({ "id": tenant.id, "tier": tier(&tenant.tier) })).collect();
    let links = links(notice, LINKS).into_iter().chain(answers(notice).into_iter().map(|(name, url)| (name.to_owned(), url)));
    json!({
        "schema": SCHEMA,
        "delivery": delivery(notice),
        "what": what(&notice.what),
        "incident": text(&notice.incident),
        "dedupKey": notice.key,
        "severity": notice.severity,
        "headline": cut(&headline(notice, true), TEXT),
        "title": text(&notice.title),
        "since": notice.since,
        "sentAt": notice.now,
        "environment": notice.environment,
        "tenantCount": notice.tenants.len(),
        "tenants": tenants,
        "services": texts(&notice.services),
        "cause": notice.cause.as_ref().map(|cause| json!({ "what": text(&cause.what), "explains": text(&cause.explains) })),
        "members": { "count": notice.members.count, "first": texts(&notice.members.first) },
        "evidence": texts(&notice.evidence),
        "tried": texts(&notice.tried),
        "notes": texts(&notice.notes),
        "links": links.map(|(name, url)| (name.to_lowercase(), json!(url))).collect::<serde_json::Map<_, _>>(),
        "isRepeat": notice.is_repeat,
        "recipient": text(&notice.recipient),
    })
}

/// With foreign names as lines.
fn what(what: &What) -> What {
    match what {
        What::SilenceEnded { ended } => What::SilenceEnded { ended: cut(&line(ended), TEXT) },
        What::Acknowledged { by } => What::Acknowledged { by: cut(&line(by), TEXT) },
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::notice;
    use super::super::tests::check_webhook;
    use super::*;

    fn keys() -> [Confidential; 2] {
        [Confidential("new".into()), Confidential("old".into())]
    }

    #[test]
    fn a_body_tells_all_in_a_form_of_ours() {
        let post = post(&notice(), &keys());
        check_webhook(&post).expect("a webhook");
        insta::assert_json_snapshot!(serde_json::from_str::<Value>(&post.body.0).expect("JSON"));
    }

    #[test]
    fn every_key_signs_the_body_byte_by_byte() {
        // RFC 4231, case 2.
        let signed = signatures(b"what do ya want for nothing?", &[Confidential("Jefe".into())]);
        assert_eq!(signed, "v1=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        let post = post(&notice(), &keys());
        let header = |name| post.headers.iter().find(|(found, _)| *found == name).map(|(_, value)| value.clone()).expect("a header");
        assert_eq!(header(SIGNATURE), signatures(post.body.0.as_bytes(), &keys()));
        assert_eq!(header(SIGNATURE).split(',').count(), 2);
        assert_eq!(header(IDEMPOTENCY_KEY), notice().delivery);
    }

    #[test]
    fn lists_are_shorter_where_there_is_no_room() {
        let many = vec!["🔥".repeat(20_000); 1000];
        let notice = Notice { evidence: many.clone(), tried: many.clone(), services: many, ..notice() };
        let post = post(&notice, &keys());
        check_webhook(&post).expect("a webhook");
        assert!(post.body.0.contains("and 980 more"));
    }

    #[test]
    fn a_delivery_cannot_end_its_header() {
        assert_eq!(delivery(&Notice { delivery: "a\r\nx: y é".into(), ..notice() }), "ax:y");
    }
}
