//! One pool: what was sampled, how it stands, what was decided, and the count.

use std::collections::BTreeMap;

use domain::failure::{CallError, Cause};
use domain::intent::Intent;
use domain::kind::workers::Registered;
use domain::ledger::{BadItem, INTENT, Item};
use domain::ports::{Cloud, DescribeBounds, DescribeService, PutEvents, ReadItem, ReadOwner, SetDesiredCount, WriteItems, send};
use domain::scaling::decide::{Inputs, Outcome};
use domain::scaling::fleet::{Claimed, Scarce};
use domain::scaling::memory::{Memory, partition};
use domain::scaling::past::writes;
use domain::scaling::sample::Sample;
use domain::scaling::standing::Pool;
use domain::tenant::Owner;
use runtime::decision::Decision;
use serde_json::json;
use thiserror::Error;

use crate::fleet::Fleet;
use crate::handler::decision;

/// Why a pool could not be decided upon. The samples come back.
#[derive(Debug, Error)]
pub enum Problem {
    /// AWS did not answer.
    #[error("a call failed")]
    Call(#[from] CallError),
    /// Written by newer code, or not what it should be.
    #[error("an item was not read")]
    Item(#[from] BadItem),
}

/// So often a pool is decided upon anew where somebody else has written its item meanwhile: samples of its other queues come at the same
/// time, and each is to count.
const TRIES: u32 = 3;

/// Decides upon `samples` of the pool `registered`, in their order, and does it; `pools` are all of its owner's. One decision for each
/// sample: what the pool came to, or why this sample is of no use.
///
/// # Errors
/// See [`Problem`].
pub async fn scale(
    cloud: &impl Cloud,
    fleet: &Fleet,
    registered: &Registered,
    pools: &[Registered],
    samples: &[Sample],
) -> Result<Vec<Decision>, Problem> {
    for _ in 0..TRIES {
        match attempt(cloud, fleet, registered, pools, samples).await {
            Err(Problem::Call(error)) if error.cause == Cause::ConditionFailed => {}
            outcome => return outcome,
        }
    }
    let why = "other samples of the pool were decided upon meanwhile, at each try";
    Ok(samples.iter().map(|_| decision(&registered.owner, &registered.name, "held", why.to_owned())).collect())
}

async fn attempt(
    cloud: &impl Cloud,
    fleet: &Fleet,
    registered: &Registered,
    pools: &[Registered],
    samples: &[Sample],
) -> Result<Vec<Decision>, Problem> {
    let (owner, pool, name) = (&registered.owner, &registered.pool, registered.name.as_str());
    let mut memories = memories(cloud, owner).await?;
    let claims = fleet.claims(cloud, registered).await?;
    let now = cloud.now();
    let scarce = Scarce::all(registered, pools, &memories, &claims, now);
    let known = memories.remove(name);
    let before = known.as_ref().map(|memory| memory.revision);
    let mut memory = known.unwrap_or_default();
    let depths: Vec<_> = samples.iter().map(|sample| sample.depth.clone()).collect();
    let (worth, reading) = memory.take_in(&depths, &pool.queues, now);
    let standing = standing(cloud, registered).await?;
    let inputs = Inputs { policy: pool.policy.clone(), pool: standing, reading, history: memory.history.clone(), now };
    let decided = memory.decide(inputs, &scarce, owner, &pool.service);
    let claimed = Claimed::news(registered, &memory, &claims, now);
    write(cloud, registered, &memory, before, claimed.as_ref()).await?;
    claimed.into_iter().for_each(|claimed| fleet.note(registered, claimed));
    if let Outcome::Scale { to, .. } = decided.outcome {
        send(cloud, SetDesiredCount { cluster: pool.cluster.clone(), name: pool.service.clone(), count: to }).await?;
    }
    announce(cloud, registered, &mut memory).await?;
    let word = if matches!(decided.outcome, Outcome::Scale { .. }) { "scaled" } else { "held" };
    // What it follows from is told once, however many samples it is of.
    let mut inputs = Some(json!(memory.last));
    let mut told = || Decision { inputs: inputs.take().unwrap_or_default(), ..decision(owner, name, word, decided.to_string()) };
    Ok(worth.into_iter().map(|worth| worth.map_or_else(|why| decision(owner, name, "held", why.to_string()), |()| told())).collect())
}

/// What is remembered of the pools of `owner`, by name.
async fn memories(cloud: &impl Cloud, owner: &Owner) -> Result<BTreeMap<String, Memory>, Problem> {
    let items = send(cloud, ReadOwner { owner: partition(owner) }).await?;
    Ok(items.into_iter().map(|item| Ok((item.key.clone(), item.read()?))).collect::<Result<_, BadItem>>()?)
}

/// How the pool stands: on ECS, by its scalable target, and by its owner's intent.
async fn standing(cloud: &impl Cloud, registered: &Registered) -> Result<Pool, Problem> {
    let (cluster, service) = (&registered.pool.cluster, &registered.pool.service);
    let look = async {
        let intent = send(cloud, ReadItem { owner: registered.owner.to_string(), key: INTENT.to_owned() });
        let view = send(cloud, DescribeService { cluster: cluster.clone(), name: service.clone() });
        let bounds = send(cloud, DescribeBounds { cluster: cluster.clone(), service: service.clone() });
        futures::try_join!(intent, view, bounds)
    };
    let (intent, view, target) = look.await?;
    // An intent that cannot be read may be paused.
    let intent: Option<Intent> = intent.as_ref().map(Item::read).transpose()?;
    Ok(Pool::of(&registered.owner, view.as_ref(), target.as_ref(), intent.is_some_and(|intent| intent.paused)))
}

/// `before` is the revision that was read; none: there was no item.
async fn write(
    cloud: &impl Cloud,
    registered: &Registered,
    memory: &Memory,
    before: Option<u64>,
    claimed: Option<&Claimed>,
) -> Result<(), CallError> {
    send(cloud, WriteItems { writes: writes(registered, memory, before, claimed, cloud.now()) }).await
}

/// Sends what the bus has not taken yet, and forgets it then: a crash between the two says it twice, and receivers go by the key.
async fn announce(cloud: &impl Cloud, registered: &Registered, memory: &mut Memory) -> Result<(), CallError> {
    if memory.outbox.is_empty() {
        return Ok(());
    }
    let entries = memory.outbox.iter().map(domain::incident::Incident::entry).collect();
    let outcomes = send(cloud, PutEvents { entries }).await?;
    let mut taken = outcomes.into_iter().map(|outcome| outcome.is_ok());
    memory.outbox.retain(|_| taken.next() != Some(true));
    let before = memory.revision;
    memory.revision += 1;
    match write(cloud, registered, memory, Some(before), None).await {
        // Whoever came between sends it again.
        Err(error) if error.cause == Cause::ConditionFailed => Ok(()),
        outcome => outcome,
    }
}
