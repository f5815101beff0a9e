//! Acts. Each may be done again, since nobody knows after a crash whether it was done.

use domain::failure::Cause;
use domain::kind::Desired;
use domain::kind::grounds::LogGroup;
use domain::ledger::Record;
use domain::ports::{Cloud, CreateLogGroup, ForceDeployment, WakeOwner, send};
use domain::remediation::attempt::Attempt;
use domain::remediation::known::Known;
use domain::remediation::remedy::Remedy;
use domain::tenant::Owner;
use runtime::own::Inspection;

use crate::case::Case;
use crate::ledger::Problem;

/// Does what `attempt` says. What the reconciler carries out is laid by now: it is woken.
pub(crate) async fn act<C: Cloud>(case: &Case<'_, C>, attempt: &Attempt) -> Result<(), Problem> {
    match &attempt.remedy {
        Remedy::ForceDeployment => force(case, attempt).await,
        Remedy::CreateLogGroup => create_log_group(case).await,
        Remedy::Rollback { .. } | Remedy::RaiseMemory { .. } | Remedy::WakeReconciler | Remedy::Quarantine { .. } => {
            wake(case.cloud, &case.known.owner).await
        }
    }
}

/// Has the reconciler look at all of `owner`, also at what it remembers as ready.
pub(crate) async fn wake(cloud: &impl Cloud, owner: &Owner) -> Result<(), Problem> {
    Ok(send(cloud, WakeOwner { body: Inspection { owner: owner.clone() }.body() }).await?)
}

/// A deployment that began after the claim is it.
async fn force<C: Cloud>(case: &Case<'_, C>, attempt: &Attempt) -> Result<(), Problem> {
    let is_done = case.view.as_ref().and_then(|view| view.deployed_at).is_some_and(|at| at >= attempt.at);
    match case.known.service() {
        Some(service) if !is_done => {
            let (cluster, name) = (service.cluster.clone(), case.known.name().to_owned());
            Ok(send(case.cloud, ForceDeployment { cluster, name }).await?)
        }
        _ => Ok(()),
    }
}

/// As its own record says, which has its tags and its key; the reconciler sets how long it keeps what is written.
async fn create_log_group<C: Cloud>(case: &Case<'_, C>) -> Result<(), Problem> {
    if let Some((record, group)) = log_group(case.known) {
        let (name, key, tags) = (record.resource.name.clone(), group.key.clone(), record.resource.tags.clone());
        match send(case.cloud, CreateLogGroup { name, key, tags }).await {
            Err(error) if error.cause == Cause::AlreadyExists => {}
            outcome => outcome?,
        }
    }
    wake(case.cloud, &case.known.owner).await
}

/// The log group of its definition; none: no record of its owner is of it.
fn log_group(known: &Known) -> Option<(&Record, &LogGroup)> {
    let name = &known.service()?.logs.as_ref()?.group;
    known.records.iter().find_map(|record| match &record.resource.desired {
        Desired::LogGroup(group) if record.resource.name == *name => Some((record, group)),
        _ => None,
    })
}
