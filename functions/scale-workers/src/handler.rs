//! The straight line from a batch of samples to the counts of their pools.

use std::collections::BTreeMap;

use domain::kind::workers::{Registered, owner_prefix, partition};
use domain::ports::{Cloud, ReadItems, send};
use domain::scaling::sample::Sample;
use domain::tenant::Owner;
use futures::future::join_all;
use runtime::batch::Message;
use runtime::decision::Decision;
use runtime::record::{Handled, dead_letter, give_back};
use runtime::start::chain;

use crate::event::read;
use crate::fleet::Fleet;
use crate::pool::{Problem, scale};

/// Handles the records of a batch, or a bare event; what becomes of each.
pub async fn handle(cloud: &impl Cloud, fleet: &Fleet, records: &[Message]) -> Vec<Handled> {
    let mut handled: Vec<Option<Handled>> = records.iter().map(|_| None).collect();
    let mut owners: BTreeMap<Owner, Vec<(usize, Sample)>> = BTreeMap::new();
    for (n, record) in records.iter().enumerate() {
        match read(&record.body) {
            Ok(sample) => owners.entry(sample.owner()).or_default().push((n, sample)),
            Err(error) => handled[n] = Some(dead_letter(cloud, record, "malformed", &chain(&error), of_none).await),
        }
    }
    let outcomes = join_all(owners.into_iter().map(|(owner, samples)| of_owner(cloud, fleet, records, owner, samples))).await;
    for (n, outcome) in outcomes.into_iter().flatten() {
        handled[n] = Some(outcome);
    }
    handled.into_iter().flatten().collect()
}

/// Decides upon each pool of `owner` that a sample is about.
async fn of_owner(
    cloud: &impl Cloud,
    fleet: &Fleet,
    records: &[Message],
    owner: Owner,
    samples: Vec<(usize, Sample)>,
) -> Vec<(usize, Handled)> {
    let pools = match pools(cloud, &owner).await {
        Ok(pools) => pools,
        Err(problem) => return fail(cloud, records, &owner, samples, &problem).await,
    };
    let mut outcomes = Vec::new();
    let (known, unknown): (Vec<_>, Vec<_>) =
        samples.into_iter().partition(|(_, sample)| pools.iter().any(|pool| pool.pool.queues.contains(&sample.depth.queue)));
    outcomes.extend(unknown.into_iter().map(|(n, sample)| (n, Handled::Done(no_pool(&owner, &sample, pools.len())))));
    for pool in &pools {
        let (of_pool, numbers): (Vec<_>, Vec<_>) = known
            .iter()
            .filter(|(_, sample)| pool.pool.queues.contains(&sample.depth.queue))
            .map(|(n, sample)| (sample.clone(), *n))
            .unzip();
        if of_pool.is_empty() {
            continue;
        }
        match scale(cloud, fleet, pool, &pools, &of_pool).await {
            Ok(decisions) => outcomes.extend(numbers.into_iter().zip(decisions.into_iter().map(Handled::Done))),
            Err(problem) => {
                let samples = numbers.into_iter().zip(of_pool).collect();
                outcomes.extend(fail(cloud, records, &owner, samples, &problem).await);
            }
        }
    }
    outcomes
}

async fn pools(cloud: &impl Cloud, owner: &Owner) -> Result<Vec<Registered>, Problem> {
    let items = send(cloud, ReadItems { owner: partition(owner.environment()), prefix: owner_prefix(owner) }).await?;
    Ok(items.iter().map(domain::ledger::Item::read).collect::<Result<_, _>>()?)
}

/// All of `samples` come back.
async fn fail(
    cloud: &impl Cloud,
    records: &[Message],
    owner: &Owner,
    samples: Vec<(usize, Sample)>,
    problem: &Problem,
) -> Vec<(usize, Handled)> {
    let mut outcomes = Vec::new();
    for (n, sample) in samples {
        let decide = |word, why| decision(owner, &sample.depth.queue, word, why);
        outcomes.push((n, give_back(cloud, &records[n], chain(problem), decide).await));
    }
    outcomes
}

fn no_pool(owner: &Owner, sample: &Sample, pools: usize) -> Decision {
    let why = if pools == 0 { "the tenant is unknown, or has no pool of workers" } else { "no pool of the tenant works on this queue" };
    decision(owner, &sample.depth.queue, "ignored", why.to_owned())
}

fn of_none(word: &'static str, why: String) -> Decision {
    Decision::of_none("scale-workers", word, why)
}

/// A decision of this function about `subject`, a pool or a queue of `owner`.
pub(crate) fn decision(owner: &Owner, subject: &str, word: &'static str, why: String) -> Decision {
    of_none(word, why).about(owner, subject)
}
