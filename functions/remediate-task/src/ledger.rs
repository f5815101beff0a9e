//! What is read before a decision.

use domain::failure::CallError;
use domain::ledger::{BadItem, Item, Record, STATE, TENANTS};
use domain::ports::{Cloud, FindOwners, ReadItem, ReadItems, ReadOwner, send};
use domain::remediation::brake::{Alike, Common};
use domain::remediation::budget::Counter;
use domain::remediation::cause::Cause;
use domain::remediation::circumstance::{self, Circumstances};
use domain::remediation::known::{Known, Unfit};
use domain::remediation::memory::Memory;
use domain::settle::State;
use domain::tenant::{EnvironmentName, Owner};
use domain::tenants::Tenants;
use futures::future::try_join_all;
use jiff::Timestamp;
use thiserror::Error;

/// Why nothing could be decided. The messages come back.
#[derive(Debug, Error)]
pub enum Problem {
    /// AWS did not answer.
    #[error("a call failed")]
    Call(#[from] CallError),
    /// Written by newer code, or not what it should be.
    #[error("an item was not read")]
    Item(#[from] BadItem),
    /// The ledger names an owner whose key cannot be read.
    #[error("the ledger names the owner {0:?}, which is none")]
    Owner(String),
}

/// What is remembered of a subject, and how it was read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Remembered {
    pub(crate) memory: Memory,
    /// The revision that was read; none: there was no item.
    pub(crate) before: Option<u64>,
    pub(crate) circumstances: Circumstances,
}

/// The thing of this ARN.
pub(crate) async fn by_arn(cloud: &impl Cloud, arn: &str) -> Result<Result<Known, Unfit>, Problem> {
    let owners = send(cloud, FindOwners { arn: arn.to_owned() }).await?;
    for key in owners {
        let owner: Owner = key.parse().map_err(|_| Problem::Owner(key.clone()))?;
        let found = of(cloud, &owner, |record| record.arn.as_deref() == Some(arn)).await?;
        if !matches!(found, Err(Unfit::NotOurs)) {
            return Ok(found);
        }
    }
    Ok(Err(Unfit::NotOurs))
}

/// The one of `owner` that is called so.
pub(crate) async fn by_name(cloud: &impl Cloud, owner: &Owner, name: &str) -> Result<Result<Known, Unfit>, Problem> {
    of(cloud, owner, |record| record.resource.name == name && is_run(record)).await
}

/// Whether tasks run for it.
pub(crate) fn is_run(record: &Record) -> bool {
    matches!(record.resource.desired.kind(), "ecs-service" | "ecs-task")
}

async fn of(cloud: &impl Cloud, owner: &Owner, is_it: impl Fn(&Record) -> bool) -> Result<Result<Known, Unfit>, Problem> {
    let items = send(cloud, ReadOwner { owner: owner.to_string() }).await?;
    Ok(Known::find(owner, &items, is_it)?)
}

/// What is remembered of `subject` of `owner`.
pub(crate) async fn remembered(cloud: &impl Cloud, owner: &Owner, subject: &str) -> Result<Remembered, Problem> {
    let read = |key: &str| send(cloud, ReadItem { owner: Memory::partition(owner), key: key.to_owned() });
    let (memory, circumstances) = futures::try_join!(read(subject), read(circumstance::KEY))?;
    let memory: Option<Memory> = memory.as_ref().map(Item::read).transpose()?;
    let circumstances = circumstances.as_ref().map(Item::read).transpose()?.unwrap_or_default();
    Ok(Remembered { before: memory.as_ref().map(|memory| memory.revision), memory: memory.unwrap_or_default(), circumstances })
}

/// How many tenants stand on `environment`, and whether it is as it should be.
pub(crate) async fn common(cloud: &impl Cloud, environment: &EnvironmentName) -> Result<Common, Problem> {
    let owner = Owner::Environment(environment.clone()).to_string();
    let read = |key: &str| send(cloud, ReadItem { owner: owner.clone(), key: key.to_owned() });
    let (tenants, state) = futures::try_join!(read(TENANTS), read(STATE))?;
    let tenants: Tenants = tenants.as_ref().map(Item::read).transpose()?.unwrap_or_default();
    let state: Option<State> = state.as_ref().map(Item::read).transpose()?;
    Ok(Common { tenants: u32::try_from(tenants.count).unwrap_or(0), phase: state.map(|state| state.phase) })
}

/// The failures of `cause` in `environment`.
pub(crate) async fn alike(cloud: &impl Cloud, environment: &EnvironmentName, cause: &Cause) -> Result<Alike, Problem> {
    let items = send(cloud, ReadItems { owner: Alike::partition(environment), prefix: Alike::prefix(cause.id()) }).await?;
    Ok(Alike::read(&items)?)
}

/// When there is room in all of `counters`; none: there is.
pub(crate) async fn full_until(cloud: &impl Cloud, counters: &[Counter]) -> Result<Option<Timestamp>, Problem> {
    let read = |counter: &Counter| send(cloud, ReadItem { owner: counter.scope.clone(), key: counter.key() });
    let items = try_join_all(counters.iter().map(read)).await?;
    let full = counters.iter().zip(&items).filter(|(counter, item)| counter.is_full(item.as_ref()));
    Ok(full.map(|(counter, _)| counter.until).max())
}
