//! A look at queues in Redis: it reads, and writes nothing.

mod connect;
mod heartbeats;
mod info;
mod walk;

use std::collections::BTreeMap;

use domain::failure::CallError;
use domain::kind::workers::Redis;
use domain::ports::Cloud;
use domain::scaling::sample::QueueDepth;
use jiff::Timestamp;
use redis::aio::MultiplexedConnection;
use redis::{RedisError, pipe};
use thiserror::Error;

pub use connect::Tokens;
use connect::connect;

use crate::broker::unknown;
use crate::kombu::{self, lists};

/// Why a broker could not be looked at.
#[derive(Debug, Error)]
pub enum BrokerError {
    /// Secrets Manager.
    #[error("the auth token of the broker was not read")]
    Token(#[from] CallError),
    /// The secret is no JSON object with that field.
    #[error("the secret of the broker has no text field {0:?}")]
    Field(String),
    /// The blueprint gives no port.
    #[error("port {0:?} of the broker is no port")]
    Port(String),
    /// Redis, or the way to it.
    #[error("the broker was not read")]
    Redis(#[from] RedisError),
}

/// What is seen of `queues`, by name.
///
/// # Errors
/// See [`BrokerError`]. What held messages come to may be unknown on its own: they are walked within a budget.
pub async fn look(
    cloud: &impl Cloud,
    tokens: &Tokens,
    redis: &Redis,
    queues: &[String],
    now: Timestamp,
) -> Result<BTreeMap<String, QueueDepth>, BrokerError> {
    let mut connection = connect(cloud, tokens, redis).await?;
    let about = info::about(&mut connection).await?;
    let mut workers = heartbeats::workers(&mut connection, redis, queues, now).await?;
    let held = walk::held(&mut connection, redis, now).await?;
    let mut seen = BTreeMap::new();
    for queue in queues {
        let ready = waiting(&mut connection, redis, queue, now).await?;
        let workers = workers.remove(queue);
        let count = held.as_ref().map(|counts| counts.get(queue).copied().unwrap_or_default());
        // Without heartbeats nobody knows who is alive.
        let alive = workers.map(|workers| workers.active + workers.reserved + workers.scheduled);
        let depth = QueueDepth {
            ready: Some(ready.due),
            unacked: count.map(|count| count.unacked),
            scheduled: count.map(|count| count.scheduled),
            workers,
            oldest_age_seconds: ready.oldest,
            run_id: Some(about.run_id.clone()),
            stranded: count.zip(alive).map(|(count, alive)| count.old.saturating_sub(alive)),
            evicts: about.evicts.clone(),
            ..unknown(queue, now)
        };
        seen.insert(queue.clone(), depth);
    }
    Ok(seen)
}

/// What waits in a queue.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Ready {
    /// Messages that are due.
    due: u64,
    /// The age of the oldest of them, in seconds, if any tells it.
    oldest: Option<f64>,
}

/// The oldest so many of each list are looked into: those for later wait among them while no worker is free to hold them. What is more
/// counts as due; a list of as many is more than a tenant's reminders.
const LOOKED_INTO: i64 = 500;

async fn waiting(connection: &mut MultiplexedConnection, redis: &Redis, queue: &str, now: Timestamp) -> Result<Ready, RedisError> {
    let lists = lists(redis, queue);
    let (mut lengths, mut ends) = (pipe(), pipe());
    for list in &lists {
        lengths.cmd("LLEN").arg(list);
        ends.cmd("LRANGE").arg(list).arg(-LOOKED_INTO).arg(-1);
    }
    let lengths: Vec<u64> = lengths.query_async(connection).await?;
    let ends: Vec<Vec<Vec<u8>>> = ends.query_async(connection).await?;
    let seen: Vec<_> = ends.iter().flatten().map(|text| kombu::waiting(text)).collect();
    let later = seen.iter().filter(|one| one.is_for_later(now)).count() as u64;
    let oldest = seen.iter().filter(|one| !one.is_for_later(now)).filter_map(|one| one.age(now)).reduce(f64::max);
    Ok(Ready { due: lengths.iter().sum::<u64>().saturating_sub(later), oldest })
}
