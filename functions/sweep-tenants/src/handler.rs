//! The straight line from the schedule to the queue.

use domain::failure::CallError;
use domain::ports::{Cloud, ListOwners, SendMessage, send};
use domain::tenant::Owner;
use futures::future::join_all;
use runtime::decision::Decision;
use runtime::own::Round;
use serde_json::json;

/// Looks are spread over so many seconds: what one delay of SQS can cover, and far less than the hour until the next sweep.
const SPREAD_SECONDS: usize = 600;

/// Messages that are sent side by side.
const AT_ONCE: usize = 20;

/// So many owners are looked at together: their services, three each, are described by three calls.
const IN_A_ROUND: usize = 10;

/// Queues a look at every owner, those of an environment in rounds.
///
/// # Errors
/// The ledger did not answer: Lambda runs the sweep again.
pub async fn handle(cloud: &impl Cloud) -> Result<Decision, CallError> {
    let mut owners = owners(cloud).await?;
    owners.sort_by_key(ToString::to_string);
    let rounds: Vec<_> = owners.chunks(IN_A_ROUND).collect();
    let mut failed = Vec::new();
    for (chunk, first) in rounds.chunks(AT_ONCE).zip((0..).step_by(AT_ONCE)) {
        let looks = chunk.iter().enumerate().map(|(n, round)| queue(cloud, round, delay(first + n, rounds.len())));
        failed.extend(join_all(looks).await.into_iter().filter_map(Result::err).map(|error| error.to_string()));
    }
    Ok(Decision {
        function: "sweep-tenants",
        tenant: None,
        environment: None,
        subject: "all owners".to_owned(),
        decision: "swept",
        reason: format!("{} owners in {} rounds, {} not queued", owners.len(), rounds.len(), failed.len()),
        inputs: json!({ "owners": owners.len(), "rounds": rounds.len(), "failed": failed }),
    })
}

async fn owners(cloud: &impl Cloud) -> Result<Vec<Owner>, CallError> {
    let (mut owners, mut after) = (Vec::new(), None);
    loop {
        let (page, next) = send(cloud, ListOwners { after }).await?;
        owners.extend(page.iter().filter_map(|key| key.parse::<Owner>().ok()));
        if next.is_none() {
            return Ok(owners);
        }
        after = next;
    }
}

async fn queue(cloud: &impl Cloud, round: &[Owner], delay_seconds: u16) -> Result<(), CallError> {
    send(cloud, SendMessage { body: Round { owners: round.to_vec() }.body(), delay_seconds }).await
}

/// The delay of the `n`-th of `count` rounds: even steps, none for a handful.
fn delay(n: usize, count: usize) -> u16 {
    u16::try_from(n * SPREAD_SECONDS / count.max(SPREAD_SECONDS)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::delay;

    #[test]
    fn looks_are_spread_evenly_within_the_time_until_the_next_sweep() {
        assert_eq!([0, 3].map(|n| delay(n, 4)), [0, 3]);
        assert_eq!([0, 500, 999].map(|n| delay(n, 1000)), [0, 300, 599]);
    }
}
