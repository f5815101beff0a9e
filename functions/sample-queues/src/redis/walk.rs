//! A walk through all that workers hold, within a budget.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::{Duration, Instant};

use domain::kind::workers::Redis;
use jiff::Timestamp;
use redis::aio::MultiplexedConnection;
use redis::{RedisError, cmd};

use super::heartbeats::ALIVE;
use crate::kombu::{Count, Held, bindings, bound, count, held as read, unacked, unacked_index};

/// Fields that one step of the walk asks for.
const STEP: usize = 500;
/// So much is walked at most: at some 1 KiB a message 20 MiB, and two seconds. What is more is unknown, not less.
const MOST: usize = 20_000;
/// See [`MOST`].
const TIME: Duration = Duration::from_secs(2);
/// What was received longer ago than this, in seconds, is in the last heartbeat of whoever holds it: a heartbeat's life, twice.
const OLD: i64 = 2 * ALIVE.as_secs().cast_signed();

/// What workers hold of each queue; none: it is more than the budget allows to look at.
pub(super) async fn held(
    connection: &mut MultiplexedConnection,
    redis: &Redis,
    now: Timestamp,
) -> Result<Option<BTreeMap<String, Count>>, RedisError> {
    let index =
        cmd("ZRANGEBYSCORE").arg(unacked_index(redis)).arg("-inf").arg(now.as_second() - OLD).arg("LIMIT").arg(0).arg(MOST).to_owned();
    let old: HashSet<Vec<u8>> = index.query_async(connection).await?;
    let Some(entries) = walk(connection, redis).await? else { return Ok(None) };
    // HSCAN may show a field twice.
    let held: HashMap<_, _> = entries.into_iter().filter_map(|(tag, entry)| Some((tag, read(&entry)?))).collect();
    let exchanges: BTreeSet<&str> = held.values().map(|one| one.exchange.as_str()).filter(|exchange| !exchange.is_empty()).collect();
    let mut known = HashMap::new();
    for exchange in exchanges {
        let found: Vec<String> = cmd("SMEMBERS").arg(bindings(redis, exchange)).query_async(connection).await?;
        known.insert(exchange.to_owned(), found);
    }
    let queue = |held: &Held| {
        let bindings = known.get(&held.exchange);
        let found = bindings.and_then(|bindings| bindings.iter().find_map(|binding| bound(redis, binding, &held.routing_key)));
        found.unwrap_or(&held.routing_key).to_owned()
    };
    Ok(Some(count(held.iter().map(|(tag, held)| (held, old.contains(tag))), queue, now)))
}

type Entries = Vec<(Vec<u8>, Vec<u8>)>;

async fn walk(connection: &mut MultiplexedConnection, redis: &Redis) -> Result<Option<Entries>, RedisError> {
    let (begun, mut cursor, mut entries) = (Instant::now(), 0_u64, Entries::new());
    loop {
        let step = cmd("HSCAN").arg(unacked(redis)).arg(cursor).arg("COUNT").arg(STEP).to_owned();
        let (next, found): (u64, Entries) = step.query_async(connection).await?;
        entries.extend(found);
        match next {
            0 => return Ok(Some(entries)),
            _ if entries.len() > MOST || begun.elapsed() > TIME => return Ok(None),
            _ => cursor = next,
        }
    }
}
