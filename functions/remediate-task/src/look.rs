//! What is not a stop: a wait that is over, an event of a service, something that has happened to what tasks stand on.

use domain::ledger::{Condition, Item, Write};
use domain::ports::{Cloud, ReadItem, WriteItems, send};
use domain::remediation::brake::Alike;
use domain::remediation::circumstance::{self, Happening};
use domain::remediation::diagnosis::Confidence;
use domain::remediation::fault::Fault;
use domain::remediation::known::Sight;
use domain::remediation::memory::{Memory, Stop, Turn};
use domain::remediation::service_event::{Meaning, ServiceEvent};
use domain::tenant::Owner;
use domain::wake::Pace;
use jiff::{SignedDuration, Timestamp};
use runtime::own::Reminder;
use serde_json::json;

use crate::case::Case;
use crate::handler::Told;
use crate::ledger::{Problem, by_arn, by_name};
use crate::write::Due;

/// What has happened to an owner's database or hosts is forgotten after so long.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The wait that `reminder` names is over.
///
/// # Errors
/// See [`Problem`].
pub async fn wait(cloud: &impl Cloud, pace: Pace, reminder: &Reminder) -> Result<Told, Problem> {
    let known = match by_name(cloud, &reminder.owner, &reminder.subject).await? {
        Ok(known) => known,
        Err(unfit) => return Ok(Told::unfit(&reminder.subject, unfit)),
    };
    let (case, mut remembered) = match Case::open(cloud, &known, pace).await? {
        Ok(opened) => opened,
        Err(unfit) => return Ok(Told::unfit(&reminder.subject, unfit)),
    };
    let (owner, now) = (&known.owner, case.now);
    let Some(waiting) = remembered.memory.waiting.clone().filter(|waiting| waiting.id == reminder.id) else {
        return Ok(Told::nothing(owner, &reminder.subject, "the wait is over already"));
    };
    if waiting.until > now {
        // SQS cannot wait for so long at once.
        crate::write::remind(cloud, reminder.of_wait(), waiting.until, now).await?;
        return Ok(Told::nothing(owner, &reminder.subject, "it waits on"));
    }
    let sight = case.sight().await?;
    let subject = known.subject(case.view.as_ref(), &sight);
    let is_steady = known.effect(case.view.as_ref(), None).steady == Some(true);
    let mut due = Due::default();
    let decided = case.decide(&mut remembered.memory, &waiting.fault, &subject, &mut due, |memory, subject, around| {
        memory.decide_again(&reminder.id, subject, is_steady, around)
    });
    let turn = decided.await?.unwrap_or(Turn::Over);
    let told = Told::of(&known, known.name(), &turn, &waiting.fault, json!({ "wait": reminder.id }));
    case.settle(remembered, due).await?;
    Ok(told)
}

/// What ECS says of a service: its deployments tell which images run well, and some faults are told by it alone.
///
/// # Errors
/// See [`Problem`].
pub async fn of_service(cloud: &impl Cloud, pace: Pace, event: &ServiceEvent, arn: &str) -> Result<Told, Problem> {
    let known = match by_arn(cloud, arn).await? {
        Ok(known) => known,
        Err(unfit) => return Ok(Told::unfit(arn, unfit)),
    };
    let (case, mut remembered) = match Case::open(cloud, &known, pace).await? {
        Ok(opened) => opened,
        Err(unfit) => return Ok(Told::unfit(arn, unfit)),
    };
    let (owner, now) = (&known.owner, case.now);
    let sight = case.sight().await?;
    let before = remembered.memory.clone();
    let mut due = Due::default();
    let told = match &event.meaning {
        Meaning::Steady | Meaning::DeploymentCompleted { .. } | Meaning::Recovered { .. } => {
            steady(&case, &mut remembered.memory, &sight);
            Told::nothing(owner, known.name(), "it is steady, and its image is noted as one that runs")
        }
        Meaning::NotStarted { cause } | Meaning::Unhealthy { cause } => {
            let fault = Fault { cause: cause.clone(), confidence: Confidence::Certain, evidence: vec![event.meaning.to_string()] };
            let turn = fail(&case, &mut remembered.memory, &fault, &sight, event.at.unwrap_or(now), &mut due).await?;
            Told::of(&known, known.name(), &turn, &fault, json!({ "event": event.meaning }))
        }
        other => Told::nothing(owner, known.name(), &other.to_string()),
    };
    if remembered.memory != before || !before.outbox.is_empty() {
        case.settle(remembered, due).await?;
    }
    Ok(told)
}

fn steady<C: Cloud>(case: &Case<'_, C>, memory: &mut Memory, sight: &Sight) {
    let is_steady = case.known.effect(case.view.as_ref(), None).steady == Some(true);
    if let (true, Some(definition)) = (is_steady, &sight.definition) {
        memory.releases.ran(&definition.image, case.now);
    }
    if is_steady && memory.is_quiet(case.now) {
        memory.tell_over(case.about(), case.now);
    }
}

/// A fault that ECS tells of a whole service. The same within a minute is one.
async fn fail<C: Cloud>(
    case: &Case<'_, C>,
    memory: &mut Memory,
    fault: &Fault,
    sight: &Sight,
    at: Timestamp,
    due: &mut Due,
) -> Result<Turn, Problem> {
    let (task, version) = (format!("event:{}", fault.cause.id()), u64::try_from(at.as_second() / 60).unwrap_or(0));
    if memory.hear(Stop { task: &task, version }, fault, None, case.now).is_none() {
        return Ok(Turn::Repeated);
    }
    due.write(Alike::note(&case.known.owner, fault.cause.id(), case.now));
    let subject = case.known.subject(case.view.as_ref(), sight);
    let decided =
        case.decide(memory, fault, &subject, due, |memory, subject, around| Some((fault.clone(), memory.decide(fault, subject, around))));
    Ok(decided.await?.unwrap_or(Turn::Ignored))
}

/// Something has happened to the thing of this ARN: it is remembered of its owners.
///
/// # Errors
/// See [`Problem`].
pub async fn happened(cloud: &impl Cloud, happening: Happening, arn: &str, at: Option<Timestamp>) -> Result<Told, Problem> {
    let owners = send(cloud, domain::ports::FindOwners { arn: arn.to_owned() }).await?;
    let Some(key) = owners.first() else { return Ok(Told::unfit(arn, domain::remediation::known::Unfit::NotOurs)) };
    let owner: Owner = key.parse().map_err(|_| Problem::Owner(key.clone()))?;
    let (partition, now) = (Memory::partition(&owner), cloud.now());
    let item = send(cloud, ReadItem { owner: partition.clone(), key: circumstance::KEY.to_owned() }).await?;
    let before: circumstance::Circumstances = item.as_ref().map(Item::read).transpose()?.unwrap_or_default();
    if let Some(after) = before.with(happening, at.unwrap_or(now)) {
        let item = Item::new(&partition, circumstance::KEY, &after).until(now + KEPT);
        // Of two at once the later one counts: they are minutes apart, or the same.
        send(cloud, WriteItems { writes: vec![Write::Put(item, Condition::Always)] }).await?;
    }
    Ok(Told::nothing(&owner, arn, "it is remembered, so that stops are held against it"))
}

/// A text that no rule knows is told once for all tenants of the environment.
pub(crate) async fn once_for_all<C: Cloud>(case: &Case<'_, C>, memory: &mut Memory, text: &str, due: &mut Due) -> Result<(), Problem> {
    if memory.told.contains(text) {
        return Ok(());
    }
    let item = Alike::text_told(case.known.owner.environment(), text, case.now);
    match send(case.cloud, ReadItem { owner: item.owner.clone(), key: item.key.clone() }).await? {
        Some(_) => drop(memory.told.insert(text.to_owned())),
        None => due.write(Write::Put(item, Condition::Always)),
    }
    Ok(())
}
