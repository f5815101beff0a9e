//! How kombu keeps queues in Redis (kombu 5, `transport/redis.py`): lists by priority, and one hash for all that workers hold.

use std::collections::BTreeMap;

use domain::kind::workers::Redis;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;

/// The hash of what was received and not acknowledged, of all queues of a database: delivery tag to `[message, exchange, routing key]`.
pub fn unacked(redis: &Redis) -> String {
    format!("{}unacked", redis.prefix)
}

/// The sorted set of the same delivery tags, by the Unix second of their receipt.
pub fn unacked_index(redis: &Redis) -> String {
    format!("{}unacked_index", redis.prefix)
}

/// The lists of `queue`, one per priority. The oldest message is at the end.
pub fn lists(redis: &Redis, queue: &str) -> Vec<String> {
    let list = |step: &u8| match step {
        0 => format!("{}{queue}", redis.prefix),
        step => format!("{}{queue}{}{step}", redis.prefix, redis.separator),
    };
    let steps = redis.steps.iter().filter(|step| **step != 0).map(list);
    std::iter::once(list(&0)).chain(steps).collect()
}

/// The set of bindings of `exchange`: `routing key SEP pattern SEP queue`.
pub fn bindings(redis: &Redis, exchange: &str) -> String {
    format!("{}_kombu.binding.{exchange}", redis.prefix)
}

/// The queue that a binding leads `routing_key` to.
pub fn bound<'a>(redis: &Redis, binding: &'a str, routing_key: &str) -> Option<&'a str> {
    let mut parts = binding.split(redis.separator.as_str());
    let (key, _, queue) = (parts.next()?, parts.next()?, parts.next()?);
    (key == routing_key && !queue.is_empty()).then_some(queue)
}

/// A message, as far as its headers tell.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
struct Message {
    #[serde(default)]
    headers: Headers,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
struct Headers {
    #[serde(default)]
    eta: Option<String>,
    #[serde(default)]
    caretaker_sent_at: Option<f64>,
}

/// A message that a worker holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// Where it was published to.
    pub exchange: String,
    /// Which queue it is of, unless a binding says otherwise.
    pub routing_key: String,
    /// When it is to be executed, if not at once.
    pub eta: Option<Timestamp>,
}

/// What `entry` of the hash of unacknowledged messages is; none: it is nothing of kombu's.
pub fn held(entry: &[u8]) -> Option<Held> {
    let (message, exchange, routing_key): (Message, String, String) = serde_json::from_slice(entry).ok()?;
    let eta = message.headers.eta.and_then(|eta| moment(&eta));
    Some(Held { exchange, routing_key, eta })
}

/// A message that waits in a list, as far as its headers tell.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Waiting {
    /// When it is to be executed, if not at once.
    pub eta: Option<Timestamp>,
    /// When it was published, in Unix seconds; none: nobody has stamped it.
    pub sent_at: Option<f64>,
}

impl Waiting {
    /// Whether its moment has not come.
    pub fn is_for_later(&self, now: Timestamp) -> bool {
        self.eta.is_some_and(|eta| eta > now)
    }

    /// For how many seconds it could have been executed: since it was published, or since its moment has come.
    pub fn age(&self, now: Timestamp) -> Option<f64> {
        let seconds = |at: Timestamp| at.as_millisecond() as f64 / 1_000.0;
        let due = self.sent_at?.max(self.eta.map_or(f64::MIN, seconds));
        Some((seconds(now) - due).max(0.0))
    }
}

/// What `text` of a list says of itself. What cannot be read is due, and of no known age.
pub fn waiting(text: &[u8]) -> Waiting {
    let Ok(message) = serde_json::from_slice::<Message>(text) else { return Waiting::default() };
    Waiting {
        eta: message.headers.eta.and_then(|eta| moment(&eta)),
        sent_at: message.headers.caretaker_sent_at.filter(|at| at.is_finite()),
    }
}

/// ISO 8601; without an offset it is UTC, as Celery has it by default.
fn moment(text: &str) -> Option<Timestamp> {
    let local = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok();
    text.parse().ok().or_else(|| local().map(|zoned| zoned.timestamp()))
}

/// What the workers hold of each queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// All.
    pub unacked: u64,
    /// Of those, held until a moment that has not come.
    pub scheduled: u64,
    /// Of those, received longer ago than any heartbeat's life.
    pub old: u64,
}

/// Counts `held` messages by queue, each with whether it is `old`. `queue` leads from exchange and routing key to the queue.
pub fn count<'a>(
    held: impl IntoIterator<Item = (&'a Held, bool)>,
    queue: impl Fn(&Held) -> String,
    now: Timestamp,
) -> BTreeMap<String, Count> {
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    for (held, is_old) in held {
        let count = counts.entry(queue(held)).or_default();
        count.unacked += 1;
        count.scheduled += u64::from(held.eta.is_some_and(|eta| eta > now));
        count.old += u64::from(is_old);
    }
    counts
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn redis(prefix: &str) -> Redis {
        serde_json::from_value(json!({ "host": "h", "port": "6379", "prefix": prefix })).expect("all else has a default")
    }

    #[test]
    fn a_queue_has_a_list_per_priority() {
        assert_eq!(lists(&redis(""), "celery"), ["celery", "celery\u{6}\u{16}3", "celery\u{6}\u{16}6", "celery\u{6}\u{16}9"]);
        assert_eq!(lists(&redis("app:"), "slow")[1], "app:slow\u{6}\u{16}3");
        let two = Redis { steps: vec![5], separator: ":".into(), ..redis("") };
        assert_eq!(lists(&two, "q"), ["q", "q:5"]);
    }

    fn entry(eta: serde_json::Value, routing_key: &str) -> Vec<u8> {
        let message = json!({ "body": "W10=", "headers": { "task": "t", "eta": eta }, "properties": { "delivery_tag": "1" } });
        json!([message, "", routing_key]).to_string().into_bytes()
    }

    #[test]
    fn what_workers_hold_is_told_apart_by_queue_and_by_when_it_is_due() {
        let now: Timestamp = "2026-11-21T02:00:00Z".parse().expect("a moment");
        let entries = [
            entry(json!(null), "celery"),
            entry(json!("2026-11-21T03:00:00+00:00"), "celery"),
            // Due already, and one without an offset.
            entry(json!("2026-11-21T01:59:59.000001+00:00"), "celery"),
            entry(json!("2026-11-21T03:00:00.5"), "slow"),
            b"[]".to_vec(),
            b"{".to_vec(),
        ];
        let held: Vec<_> = entries.iter().filter_map(|entry| held(entry)).collect();
        let counts = count(held.iter().map(|held| (held, held.eta.is_none())), |held| held.routing_key.clone(), now);
        let expected = |unacked, scheduled, old| Count { unacked, scheduled, old };
        assert_eq!(counts, [("celery".to_owned(), expected(3, 1, 1)), ("slow".to_owned(), expected(1, 1, 0))].into());
    }

    #[test]
    fn a_binding_leads_a_routing_key_to_its_queue() {
        let redis = redis("");
        assert_eq!(bound(&redis, "a.b\u{6}\u{16}\u{6}\u{16}fast", "a.b"), Some("fast"));
        assert_eq!(bound(&redis, "a.b\u{6}\u{16}\u{6}\u{16}fast", "a"), None);
        assert_eq!(bound(&redis, "nonsense", "nonsense"), None);
    }

    #[test]
    fn a_message_ages_from_its_stamp_or_from_its_moment() {
        let now: Timestamp = "1970-01-01T00:01:40Z".parse().expect("a moment");
        let of = |eta: serde_json::Value, sent: serde_json::Value| {
            waiting(json!({ "headers": { "eta": eta, "caretaker_sent_at": sent } }).to_string().as_bytes())
        };
        assert_eq!(of(json!(null), json!(12.5)).age(now), Some(87.5));
        let soon = of(json!("1970-01-01T00:01:30+00:00"), json!(12.5));
        assert_eq!((soon.age(now), soon.is_for_later(now)), (Some(10.0), false));
        assert!(of(json!("1970-01-01T00:02:00+00:00"), json!(12.5)).is_for_later(now));
        assert_eq!([&br#"{"headers":{}}"#[..], b"{}", b"x"].map(waiting), [Waiting::default(); 3]);
    }
}
