//! Tasks of one service, or runs of one task, that have stopped: the straight line from the stops to what is done.

use std::collections::{BTreeMap, BTreeSet};

use domain::failure::Cause;
use domain::kind::service::TaskDefinition;
use domain::ledger::{Condition, Write};
use domain::ports::{Cloud, DescribeTaskDefinition, RotatedAt, send};
use domain::remediation::brake::Alike;
use domain::remediation::cause::Cause as Fails;
use domain::remediation::diagnosis::diagnose;
use domain::remediation::facts::{Facts, Rollout};
use domain::remediation::fault::Fault;
use domain::remediation::known::{Known, Sight};
use domain::remediation::memory::{Memory, Stop, Turn};
use domain::remediation::stop::TaskStopped;
use domain::wake::Pace;
use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::case::Case;
use crate::handler::Told;
use crate::ledger::{Problem, Remembered, by_arn};
use crate::look::once_for_all;
use crate::write::Due;

/// So often a subject is decided upon anew where somebody else has written meanwhile.
const TRIES: u32 = 3;
/// ECS waits so long between SIGTERM and SIGKILL unless a definition says otherwise (API reference, ContainerDefinition, `stopTimeout`).
const STOP_TIMEOUT: u16 = 30;

/// Decides upon `stops` of the subject of this ARN; what became of each, in their order.
///
/// # Errors
/// See [`Problem`].
pub async fn of_subject(cloud: &impl Cloud, pace: Pace, arn: &str, stops: &[&TaskStopped]) -> Result<Vec<Told>, Problem> {
    let known = match by_arn(cloud, arn).await? {
        Ok(known) => known,
        Err(unfit) => return Ok(stops.iter().map(|stop| Told::unfit(stop.task.as_str(), unfit)).collect()),
    };
    for _ in 0..TRIES {
        match attempt(cloud, pace, &known, stops).await {
            Err(Problem::Call(error)) if error.cause == Cause::ConditionFailed => {}
            outcome => return outcome,
        }
    }
    // It comes back after a while, by which who was first is done.
    attempt(cloud, pace, &known, stops).await
}

async fn attempt(cloud: &impl Cloud, pace: Pace, known: &Known, stops: &[&TaskStopped]) -> Result<Vec<Told>, Problem> {
    let (case, mut remembered) = match Case::open(cloud, known, pace).await? {
        Ok(opened) => opened,
        Err(unfit) => return Ok(stops.iter().map(|stop| Told::unfit(stop.task.as_str(), unfit)).collect()),
    };
    let now = case.now;
    let (mut due, mut told) = (Due::default(), Vec::new());
    let definitions = definitions(cloud, stops).await?;
    let before = remembered.memory.clone();
    if let Some((image, at)) = known.ready_image() {
        remembered.memory.releases.was_seen(image, at);
    }
    for stop in stops {
        let definition = stop.revision.as_ref().and_then(|revision| definitions.get(&revision.arn)).cloned();
        let sight = Sight { definition, created_at: stop.created_at };
        told.push(one(&case, &mut remembered, stop, &sight, &mut due).await?);
    }
    match remembered.memory.interrupted(now).filter(|_| due.act.is_none()).cloned() {
        Some(attempt) => due.act = Some(attempt),
        // What a crash has left unsaid is said by who comes next.
        None if remembered.memory == before && before.outbox.is_empty() => return Ok(told),
        None => {}
    }
    case.settle(remembered, due).await?;
    Ok(told)
}

/// One stop: what it means, and what follows from it.
async fn one<C: Cloud>(
    case: &Case<'_, C>,
    remembered: &mut Remembered,
    stop: &TaskStopped,
    sight: &Sight,
    due: &mut Due,
) -> Result<Told, Problem> {
    let now = case.now;
    let fault = fault(case, remembered, stop, sight).await?;
    let memory = &mut remembered.memory;
    let image = sight.definition.as_ref().map(|definition| definition.image.as_str());
    let heard = memory.hear(Stop { task: stop.task.id(), version: stop.version }, &fault, image, now);
    let turn = if heard.is_none() {
        Turn::Repeated
    } else {
        if !fault.cause.is_benign() {
            due.write(Alike::note(&case.known.owner, fault.cause.id(), now));
        }
        before_decision(case, memory, &fault, sight, due).await?;
        let mut subject = case.known.subject(case.view.as_ref(), sight);
        if case.known.is_undone(sight, memory, now) {
            memory.undone += 1;
            subject.undone = memory.undone;
        }
        let decided = case
            .decide(memory, &fault, &subject, due, |memory, subject, around| Some((fault.clone(), memory.decide(&fault, subject, around))));
        decided.await?.unwrap_or(Turn::Ignored)
    };
    let inputs = json!({ "task": stop.task.as_str(), "version": stop.version, "stoppedAt": stop.stopped_at });
    Ok(Told::of(case.known, stop.task.as_str(), &turn, &fault, inputs))
}

/// What the memory must know beforehand: what others were told already, and whether memory that was raised still is.
async fn before_decision<C: Cloud>(
    case: &Case<'_, C>,
    memory: &mut Memory,
    fault: &Fault,
    sight: &Sight,
    due: &mut Due,
) -> Result<(), Problem> {
    if case.known.floor(case.now).is_none() && memory.busy(case.now).is_none() {
        memory.raises = 0;
    }
    if let Some(longer) = case.known.longer_floor(fault, sight, memory, case.now) {
        due.write(Write::Put(longer.item(&case.known.owner), Condition::Always));
    }
    if let Fails::Unrecognised { text } = &fault.cause {
        once_for_all(case, memory, text, due).await?;
    }
    Ok(())
}

/// What the stop means. The image is told by what follows from a first diagnosis: whether it failed so before.
async fn fault<C: Cloud>(case: &Case<'_, C>, remembered: &Remembered, stop: &TaskStopped, sight: &Sight) -> Result<Fault, Problem> {
    let memory = &remembered.memory;
    let timeout = sight.definition.as_ref().map(|definition| definition.stop_seconds.unwrap_or(STOP_TIMEOUT));
    let mut facts = Facts {
        rollout: case.view.as_ref().map(Rollout::of),
        own_attempts: Some(memory.own()),
        stop_timeout: timeout.map(|seconds| SignedDuration::from_secs(seconds.into())),
        ..Facts::default()
    };
    remembered.circumstances.tell(&mut facts, stop.stopped_at.unwrap_or(case.now));
    let first = diagnose(stop, &facts);
    let image = sight.definition.as_ref().map(|definition| &definition.image);
    if let Some(telling) = image.map(|image| memory.releases.telling(image, first.cause.id(), case.now)) {
        (facts.revision_is_new, facts.former_was_clean) = (telling.is_new, telling.former_was_clean);
    }
    if first.cause.may_follow() {
        facts.secret_rotated_at = rotated_at(case.cloud, sight).await?;
    }
    Ok(diagnose(stop, &facts).into())
}

/// When one of the secrets that the task reads was replaced last: tasks read them at their start only.
async fn rotated_at(cloud: &impl Cloud, sight: &Sight) -> Result<Option<Timestamp>, Problem> {
    let from = sight.definition.iter().flat_map(|definition| definition.secrets.values());
    // arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME:KEY:STAGE:VERSION
    let arns: BTreeSet<_> = from.map(|from| from.split(':').take(7).collect::<Vec<_>>().join(":")).collect();
    let moments = try_join_all(arns.into_iter().map(|id| send(cloud, RotatedAt { id }))).await?;
    Ok(moments.into_iter().flatten().max())
}

/// The definitions of all that have stopped; those that were deleted are left out.
async fn definitions(cloud: &impl Cloud, stops: &[&TaskStopped]) -> Result<BTreeMap<String, TaskDefinition>, Problem> {
    let arns: BTreeSet<_> = stops.iter().filter_map(|stop| stop.revision.as_ref()).map(|revision| revision.arn.clone()).collect();
    let mut found = BTreeMap::new();
    for arn in arns {
        let view = send(cloud, DescribeTaskDefinition { id: arn.clone() }).await?;
        found.extend(view.map(|view| (arn, view.content)));
    }
    Ok(found)
}
