//! `caretaker explain`: why a tenant has as many workers as it has, and what was done about its services that failed; why somebody was
//! told of an incident, or nobody.

mod incident;

use std::fmt::Write;

use domain::ledger::{BadItem, Item};
use domain::ports::{Cloud, ReadOwner, send};
use domain::scaling::memory::{Memory, partition};
use domain::scaling::past::{self, Past};
use domain::scaling::sample::QueueDepth;
use domain::tenant::{EnvironmentName, Owner, TenantId};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::apply::named;
use crate::arguments::Explained;
use crate::exit::{CliError, Exit, Report};
use crate::paint::{relative, span};
use crate::read::Ledger;
use crate::remediation::{ServiceView, memories, render};

/// Changes that are shown.
const CHANGES: usize = 5;

/// Explains a tenant or an incident, whichever the id is of.
///
/// # Errors
/// There is no such tenant or incident, or the tables did not answer.
pub async fn whichever<C: Cloud>(
    ledger: &Ledger<C>,
    explained: &Explained,
    environment: Option<&EnvironmentName>,
    now: Timestamp,
) -> Result<Report, CliError> {
    let (id, tenant) = match explained {
        Explained::Tenant(tenant) => return explain(ledger, tenant, environment, now).await,
        Explained::Incident(id) => (id.as_str(), None),
        Explained::Either(tenant) => (tenant.as_str(), Some(tenant)),
    };
    match (ledger.incident(id).await?, tenant) {
        (Some(found), _) => incident::explain(ledger, &found, now).await,
        (None, Some(tenant)) => explain(ledger, tenant, environment, now).await,
        (None, None) => Err(CliError::NoIncident(id.to_owned())),
    }
}

/// Explains the last decision about each pool of `tenant`, and what is remembered of each service that failed.
///
/// # Errors
/// There is no such tenant, or the tables did not answer.
pub async fn explain<C: Cloud>(
    ledger: &Ledger<C>,
    tenant: &TenantId,
    environment: Option<&EnvironmentName>,
    now: Timestamp,
) -> Result<Report, CliError> {
    let (owner, _) = ledger.tenant(tenant, environment).await?;
    let pools = pools(ledger, &owner).await?;
    let changes = changes(ledger, &owner).await?;
    let memories = memories(ledger, &owner).await?;
    let services: Vec<_> = memories.iter().map(|(service, memory)| ServiceView::of(service, memory, now)).collect();
    let text = workers(&owner, &pools, &changes, now) + &repairs(&owner, &services, now);
    let pools: serde_json::Map<String, Value> = pools.into_iter().map(|(name, memory)| (name, json!(memory))).collect();
    let json = json!({ "tenant": tenant, "environment": owner.environment(), "pools": pools, "changes": changes, "services": services });
    Ok(Report { text, json, exit: Exit::Done })
}

/// What is remembered of each pool of `owner`, by its name.
async fn pools<C: Cloud>(ledger: &Ledger<C>, owner: &Owner) -> Result<Vec<(String, Memory)>, CliError> {
    let what = format!("reading what is remembered of the pools of {owner}");
    let items = send(&ledger.cloud, ReadOwner { owner: partition(owner) }).await;
    let items = items.map_err(|source| CliError::Call { what: what.clone(), source })?;
    let read = |item: &Item| Ok::<_, BadItem>((item.key.clone(), item.read::<Memory>()?));
    items.iter().map(read).collect::<Result<_, _>>().map_err(|source| CliError::Remembered { what, source })
}

/// What has become of the pools of `owner`, oldest first.
async fn changes<C: Cloud>(ledger: &Ledger<C>, owner: &Owner) -> Result<Vec<Past>, CliError> {
    let what = format!("reading what has become of the pools of {owner}");
    let items = send(&ledger.cloud, ReadOwner { owner: past::partition(owner) }).await;
    let items = items.map_err(|source| CliError::Call { what: what.clone(), source })?;
    items.iter().map(Item::read).collect::<Result<_, _>>().map_err(|source| CliError::Remembered { what, source })
}

/// Each pool in lines.
fn workers(owner: &Owner, pools: &[(String, Memory)], changes: &[Past], now: Timestamp) -> String {
    match pools.is_empty() {
        true => format!("{}: no pool of workers was sampled yet\n", named(owner)),
        false => pools.iter().map(|(name, memory)| story(name, memory, changes, now)).collect(),
    }
}

/// Each service in lines.
fn repairs(owner: &Owner, services: &[ServiceView], now: Timestamp) -> String {
    match services.is_empty() {
        true => format!("{}: nothing is remembered of its services\n", named(owner)),
        false => services.iter().map(|view| render(view, now)).collect(),
    }
}

/// What is known of a pool, in lines.
fn story(name: &str, memory: &Memory, changes: &[Past], now: Timestamp) -> String {
    let mut text = format!("pool {name}\n");
    let mut line = |head: &str, what: String| {
        let _ = writeln!(text, "  {head:<9} {what}");
    };
    if let Some(last) = &memory.last {
        let pool = last.inputs.pool;
        line("stands", format!("{} desired, {} running, bounds {} to {}", pool.desired, pool.running, pool.bounds.min, pool.bounds.max));
        line("decided", format!("{}: {}", relative(last.inputs.now, now), last.decision));
        let flow = last.decision.flow;
        if let Some(arrivals) = flow.arrivals {
            line("arrives", format!("{arrivals:.2} tasks/s"));
        }
        if let Some(seconds) = flow.task_seconds {
            line("takes", format!("{seconds:.2} s a task"));
        }
    }
    for depth in memory.depths.values() {
        line("queue", queue(depth, now));
    }
    for change in changes.iter().rev().filter(|change| change.pool == name).take(CHANGES) {
        line("changed", format!("{}: {}", relative(change.at, now), change.why));
    }
    for (fault, since) in &memory.faults {
        line("fault", format!("{fault} for {}", span(now.duration_since(*since))));
    }
    text
}

fn queue(depth: &QueueDepth, now: Timestamp) -> String {
    let count = |count: Option<u64>| count.map_or("?".to_owned(), |count| count.to_string());
    let age = depth.oldest_age_seconds.map_or_else(String::new, |age| format!(", the oldest waits {age:.0} s"));
    format!(
        "{}: {} ready, {} held, of which {} for later{age}; {}",
        depth.queue,
        count(depth.ready),
        count(depth.unacked),
        count(depth.scheduled),
        relative(depth.observed_at, now)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{Shelf, book, failing, moment, owner};

    async fn explained(items: Vec<Item>) -> Report {
        let shelf = items.into_iter().fold(Shelf::new(vec![book(1, 1)]), Shelf::with);
        let ledger = Ledger { cloud: shelf, table: "caretaker-ledger".into() };
        let (tenant, environment) = ("demo".parse().unwrap(), "dev".parse().unwrap());
        explain(&ledger, &tenant, Some(&environment), moment(0)).await.unwrap()
    }

    #[tokio::test]
    async fn services_are_told_beside_the_pools() {
        let report = explained(Vec::new()).await;
        let expected = "demo in dev: no pool of workers was sampled yet\ndemo in dev: nothing is remembered of its services\n";
        assert_eq!((report.text.as_str(), &report.json["services"]), (expected, &json!([])));
        let partition = domain::remediation::memory::Memory::partition(&owner());
        let report = explained(vec![Item::new(&partition, "mate-demo-dev-django", &failing())]).await;
        assert!(report.text.contains("\nservice mate-demo-dev-django\n  tried     5 min ago: "), "{}", report.text);
        assert_eq!(report.json["services"][0]["attempts"][0]["id"], "01B");
    }

    #[tokio::test]
    async fn an_id_that_may_be_both_is_an_incident_only_if_there_is_one() {
        let title = async |text: &str| {
            let ledger = Ledger { cloud: crate::samples::paging::shelf(), table: "caretaker-ledger".into() };
            let environment = "dev".parse().unwrap();
            let explained = whichever(&ledger, &text.parse().unwrap(), Some(&environment), moment(0)).await;
            explained.map(|report| report.text.lines().next().unwrap().to_owned()).map_err(|error| error.to_string())
        };
        let no_tenant = "peterandbeth in dev: no pool of workers was sampled yet";
        assert_eq!(title("peterandbeth").await.as_deref(), Ok(no_tenant));
        assert_eq!(title("demo").await.as_deref(), Ok("demo in dev: no pool of workers was sampled yet"));
        let database = title(crate::samples::paging::DATABASE).await.unwrap();
        assert!(database.starts_with("incident dev-0k3c9v4a7d2f"), "{database}");
        let nobody = title("dev-0k3c9v4a7zzz").await.unwrap_err();
        assert_eq!(nobody, "nothing is known of an incident dev-0k3c9v4a7zzz");
    }

    #[test]
    fn a_pool_is_told_in_lines() {
        let at = |text: &str| -> Timestamp { text.parse().expect("a moment") };
        let now = at("2026-11-21T02:01:00Z");
        let memory = json!({
            "depths": { "celery": { "sampleId": "s", "queue": "celery", "ready": 20, "unacked": null, "scheduled": null,
                "oldestAgeSeconds": 12.4, "observedAt": "2026-11-21T02:00:50Z" } },
            "faults": { "evicting-broker": "2026-11-20T23:00:00Z" },
        });
        let memory: Memory = serde_json::from_value(memory).expect("it is one");
        let change = |pool: &str, why: &str| Past { at: at("2026-11-21T01:31:00Z"), pool: pool.into(), from: 1, to: 3, why: why.into() };
        let changes = [change("p", "from 1 to 3 workers"), change("other", "from 9 to 1 workers")];
        let expected = "pool p\n  queue     celery: 20 ready, ? held, of which ? for later, the oldest waits 12 s; 10 s ago\n  \
            changed   30 min ago: from 1 to 3 workers\n  fault     evicting-broker for 3 h\n";
        assert_eq!(story("p", &memory, &changes, now), expected);
    }
}
