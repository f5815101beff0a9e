//! Whether an act has helped.

use domain::ledger::Write;
use domain::ports::{Cloud, DescribeTargetHealth, ServiceView, TargetView, send};
use domain::remediation::attempt::Attempt;
use domain::remediation::memory::Proof;
use domain::wake::Pace;
use runtime::own::Reminder;
use serde_json::json;

use crate::act::wake;
use crate::case::Case;
use crate::handler::Told;
use crate::ledger::{Problem, by_name};
use crate::write::Due;

/// Looks at the effect of the act that `reminder` names.
///
/// # Errors
/// See [`Problem`].
pub async fn effect(cloud: &impl Cloud, pace: Pace, reminder: &Reminder) -> Result<Told, Problem> {
    let known = match by_name(cloud, &reminder.owner, &reminder.subject).await? {
        Ok(known) => known,
        Err(unfit) => return Ok(Told::unfit(&reminder.subject, unfit)),
    };
    let (case, mut remembered) = match Case::open(cloud, &known, pace).await? {
        Ok(opened) => opened,
        Err(unfit) => return Ok(Told::unfit(&reminder.subject, unfit)),
    };
    let (owner, now, view) = (&known.owner, case.now, case.view.as_ref());
    let targets = targets(cloud, view).await?;
    let effect = known.effect(view, targets.as_deref());
    let Some(proof) = remembered.memory.prove(&reminder.id, effect, pace, now) else {
        return Ok(Told::nothing(owner, &reminder.subject, "what it has come to is known, or it was never claimed"));
    };
    let mut due = Due::default();
    let undone = follow(&case, &proof, reminder, &mut due).await?;
    remembered.memory.tell_proof(&proof, undone.as_ref().map(ToString::to_string), case.about(), now);
    if let (Proof::Proven(_), Some(definition)) = (&proof, case.sight().await?.definition) {
        remembered.memory.releases.ran(&definition.image, now);
    }
    let told = Told::proof(&known, &proof, json!({ "attempt": reminder.id, "targets": targets.map(|targets| targets.len()) }));
    case.settle(remembered, due).await?;
    if undone.is_some() {
        wake(cloud, owner).await?;
    }
    Ok(told)
}

/// What goes with `proof`: an act that was interrupted is done, one under way is looked at again, what has failed is undone.
async fn follow<C: Cloud>(
    case: &Case<'_, C>,
    proof: &Proof,
    reminder: &Reminder,
    due: &mut Due,
) -> Result<Option<domain::remediation::overlay::Lays>, Problem> {
    let again = |attempt: &Attempt| (reminder.of_effect(), attempt.check_at);
    match proof {
        Proof::Resume(attempt) => {
            due.reminders.push(again(attempt));
            due.act = Some(attempt.clone());
            Ok(None)
        }
        Proof::Later(attempt) => {
            due.reminders.push(again(attempt));
            Ok(None)
        }
        Proof::Proven(_) => Ok(None),
        Proof::Failed(attempt, alike) => {
            let undone = attempt.undoes(*alike);
            let laid = case.known.overrides.iter().find(|laid| laid.attempt == attempt.id && undone.as_ref() == Some(&laid.lays));
            if let Some(laid) = laid {
                due.write(Write::Delete { owner: case.known.owner.to_string(), key: laid.key() });
            }
            Ok(laid.and(undone))
        }
    }
}

/// What is registered with the service's target group; none: it has none.
async fn targets(cloud: &impl Cloud, view: Option<&ServiceView>) -> Result<Option<Vec<TargetView>>, Problem> {
    match view.and_then(|view| view.seen.settings.target.as_ref()) {
        Some(target) => Ok(Some(send(cloud, DescribeTargetHealth { group: target.group.clone() }).await?)),
        None => Ok(None),
    }
}
