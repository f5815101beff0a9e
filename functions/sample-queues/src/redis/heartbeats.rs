//! What workers say of themselves, by the package `caretaker-celery`: see its README for the keys.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use domain::kind::workers::Redis;
use domain::scaling::sample::Workers;
use jiff::Timestamp;
use redis::aio::MultiplexedConnection;
use redis::{RedisError, cmd, pipe};
use serde::Deserialize;

/// A heartbeat's life: workers beat every 5 s.
pub(super) const ALIVE: Duration = Duration::from_secs(30);

/// What one worker has of a queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct Share {
    active: u64,
    reserved: u64,
    scheduled: u64,
}

/// By queue; a queue of which no worker has ever said anything is left out.
pub(super) async fn workers(
    connection: &mut MultiplexedConnection,
    redis: &Redis,
    queues: &[String],
    now: Timestamp,
) -> Result<BTreeMap<String, Workers>, RedisError> {
    let key = |rest: &str| format!("{}caretaker:{rest}", redis.prefix);
    let oldest = now.as_second() - ALIVE.as_secs().cast_signed();
    let names: Vec<String> = cmd("ZRANGEBYSCORE").arg(key("workers")).arg(oldest).arg("+inf").query_async(connection).await?;
    let (mut beats, mut counters) = (pipe(), pipe());
    for name in &names {
        beats.cmd("HGETALL").arg(key(&format!("worker:{name}")));
    }
    for queue in queues {
        counters.cmd("HGETALL").arg(key(&format!("tasks:{queue}")));
    }
    let beats: Vec<HashMap<String, String>> = if names.is_empty() { Vec::new() } else { beats.query_async(connection).await? };
    let counters: Vec<HashMap<String, String>> = counters.query_async(connection).await?;
    let of = |(queue, counters): (&String, &HashMap<_, _>)| Some((queue.clone(), sum(queue, &beats, counters)?));
    Ok(queues.iter().zip(&counters).filter_map(of).collect())
}

fn sum(queue: &str, beats: &[HashMap<String, String>], counters: &HashMap<String, String>) -> Option<Workers> {
    let shares: Vec<(f64, Share)> = beats.iter().filter_map(|beat| Some((number(beat, "concurrency"), share(beat, queue)?))).collect();
    if shares.is_empty() && counters.is_empty() {
        return None;
    }
    let places: f64 = shares.iter().map(|(places, _)| places).sum();
    let total = |of: fn(&Share) -> u64| shares.iter().map(|(_, share)| of(share)).sum();
    Some(Workers {
        count: u32::try_from(shares.len()).unwrap_or(u32::MAX),
        concurrency: if shares.is_empty() { 0.0 } else { places / shares.len() as f64 },
        active: total(|share| share.active),
        reserved: total(|share| share.reserved),
        scheduled: total(|share| share.scheduled),
        completed: number(counters, "completed") as u64,
        failed: number(counters, "failed") as u64,
        retried: number(counters, "retried") as u64,
        seconds: number(counters, "seconds"),
    })
}

/// What the worker of `beat` has of `queue`; none: it does not consume it.
fn share(beat: &HashMap<String, String>, queue: &str) -> Option<Share> {
    let mut queues: HashMap<String, Share> = serde_json::from_str(beat.get("queues")?).ok()?;
    queues.remove(queue)
}

fn number(fields: &HashMap<String, String>, name: &str) -> f64 {
    fields.get(name).and_then(|text| text.parse().ok()).filter(|number: &f64| number.is_finite() && *number >= 0.0).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> HashMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn workers_of_a_queue_are_summed_and_others_are_not() {
        let beat = |concurrency, queues| fields(&[("concurrency", concurrency), ("queues", queues)]);
        let beats = [
            beat("2", r#"{"fast":{"active":1,"reserved":1,"scheduled":3},"slow":{"active":1,"reserved":0,"scheduled":0}}"#),
            beat("4", r#"{"fast":{"active":4,"reserved":0,"scheduled":0}}"#),
            beat("8", r#"{"other":{"active":8}}"#),
            beat("8", "nonsense"),
        ];
        let counters = fields(&[("completed", "10"), ("failed", "2"), ("retried", "1"), ("seconds", "12.5")]);
        let expected = Workers {
            count: 2,
            concurrency: 3.0,
            active: 5,
            reserved: 1,
            scheduled: 3,
            completed: 10,
            failed: 2,
            retried: 1,
            seconds: 12.5,
        };
        assert_eq!(sum("fast", &beats, &counters), Some(expected));
        // Nobody is left, but what was done is still known.
        assert_eq!(sum("fast", &[], &counters).map(|workers| (workers.count, workers.completed)), Some((0, 10)));
        assert_eq!(sum("fast", &[], &fields(&[])), None, "nobody has ever said anything");
    }
}
