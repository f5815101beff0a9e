//! What people order: a remedy is approved of, an override is cleared.

use domain::kind::service::Hold;
use domain::ports::{Cloud, ReadItem, ReadOwner, WriteItems, send};
use domain::remediation::budget::counters;
use domain::remediation::circumstance;
use domain::remediation::memory::{Around, Memory, Turn};
use domain::remediation::overlay::{Lays, Override, PREFIX};
use domain::tenant::Owner;
use domain::wake::Pace;
use runtime::own::Approval;
use serde_json::json;

use crate::act::wake;
use crate::case::Case;
use crate::handler::Told;
use crate::ledger::{Problem, by_name};
use crate::write::Due;

/// Does what was approved of, if it still stands: whatever the budgets say, since a person has looked.
///
/// # Errors
/// See [`Problem`].
pub async fn approve(cloud: &impl Cloud, pace: Pace, approval: &Approval) -> Result<Told, Problem> {
    let owner = &approval.owner;
    let Some(name) = proposed(cloud, owner, &approval.id).await? else {
        return Ok(Told::nothing(owner, &approval.id, "nothing of this id waits for a person's word"));
    };
    let known = match by_name(cloud, owner, &name).await? {
        Ok(known) => known,
        Err(unfit) => return Ok(Told::unfit(&name, unfit)),
    };
    let (case, mut remembered) = match Case::open(cloud, &known, pace).await? {
        Ok(opened) => opened,
        Err(unfit) => return Ok(Told::unfit(&name, unfit)),
    };
    let now = case.now;
    let policy = known.policy();
    let around = Around { policy: &policy, brake: None, full_until: None, id: &approval.id, pace, now };
    let Some(attempt) = remembered.memory.approve(&approval.id, approval.digest.as_deref(), &approval.by, &around) else {
        return Ok(Told::nothing(owner, &name, "the proposal is over, is another than was shown, or something else is under way"));
    };
    let (fault, turn) = (attempt.fault.clone(), Turn::Claimed(attempt.clone()));
    let mut due = Due::default();
    // It counts, so that others are held back by it.
    let counters = counters(owner, fault.cause.id(), attempt.remedy.harm(), case.common.tenants, now);
    counters.iter().for_each(|counter| due.write(counter.count_anyway()));
    case.put_down(&turn, &fault, &mut due);
    remembered.memory.tell_turn(&turn, &fault, case.about(), now);
    let told = Told::of(&known, &name, &turn, &fault, json!({ "approvedBy": approval.by, "proposal": approval.id }));
    case.settle(remembered, due).await?;
    Ok(told)
}

/// The subject of `owner` that waits for a word on the proposal `id`.
async fn proposed(cloud: &impl Cloud, owner: &Owner, id: &str) -> Result<Option<String>, Problem> {
    let items = send(cloud, ReadOwner { owner: Memory::partition(owner) }).await?;
    for item in items.iter().filter(|item| item.key != circumstance::KEY) {
        let memory: Memory = item.read()?;
        if memory.proposal.is_some_and(|proposal| proposal.id == id) {
            return Ok(Some(item.key.clone()));
        }
    }
    Ok(None)
}

/// Clears the override of this sort key, and has the reconciler look.
///
/// # Errors
/// See [`Problem`].
pub async fn clear(cloud: &impl Cloud, owner: &Owner, key: &str) -> Result<Told, Problem> {
    if !key.starts_with(PREFIX) {
        return Ok(Told::nothing(owner, key, "this is the key of no override"));
    }
    let item = send(cloud, ReadItem { owner: owner.to_string(), key: key.to_owned() }).await?;
    let Some(laid) = item.as_ref().map(Override::read).transpose()? else {
        return Ok(Told::nothing(owner, key, "nothing is laid under this key"));
    };
    let cleared = laid.clear(owner, cloud.now());
    send(cloud, WriteItems { writes: vec![cleared] }).await?;
    wake(cloud, owner).await?;
    let brought_back = matches!(laid.lays, Lays::Hold(Hold::Still { .. }));
    let why = if brought_back { "it is brought back, as it was before" } else { "it is taken away" };
    Ok(Told::nothing(owner, &laid.resource.0, why))
}
