//! What AWS itself takes to make an owner's resources: the longest chain of sampled durations that depend on each other.

use std::collections::{BTreeMap, BTreeSet};

use domain::ledger::{Item, RESOURCE_PREFIX, Record};
use domain::resource::Resource;
use jiff::{SignedDuration, Timestamp};

use crate::simulator::Sampled;
use crate::simulator::critical_path::{Stage, critical_path};

/// What goes on after a thing is ready to be used.
const AFTERWARDS: [&str; 2] = ["storage-optimization", "linger"];

/// The longest chain of what was begun since `since` for the resources that `ledger` remembers: its duration and its ids in order.
pub fn longest_chain(ledger: &[Item], sampled: &[Sampled], since: Timestamp) -> (SignedDuration, Vec<String>) {
    let records = ledger.iter().filter(|item| item.key.starts_with(RESOURCE_PREFIX));
    let resources: Vec<_> = records.map(|item| item.read::<Record>().unwrap_or_else(|error| panic!("{error}")).resource).collect();
    let ids: BTreeSet<_> = resources.iter().map(|resource| resource.id.clone()).collect();
    let stage = |resource: &Resource| {
        let own = sampled.iter().filter(|sample| sample.began >= since && is_of(sample, resource));
        // References to the base name none of these.
        let after = resource.after.intersection(&ids).map(ToString::to_string).collect();
        (resource.id.to_string(), Stage { takes: at_work(own), after })
    };
    let stages: BTreeMap<_, _> = resources.iter().map(stage).collect();
    let (takes, chain) = critical_path(&stages);
    (
        takes,
        chain
            .into_iter()
            .filter(|id| !stages[id].takes.is_zero())
            .map(|id| format!("{id} {:.0} s", stages[&id].takes.as_secs_f64()))
            .collect(),
    )
}

/// A sample names its resource by name, token or domain, and a part of it by more behind that.
fn is_of(sample: &Sampled, resource: &Resource) -> bool {
    let kind = resource.desired.kind();
    let of_kind = match sample.kind {
        "ecs-task" => kind == "ecs-task" || kind == "ecs-service",
        "efs-mount-target" => kind == "efs-file-system",
        other => other == kind,
    };
    let properties = serde_json::to_value(&resource.desired).unwrap_or_default();
    let domain = properties.pointer("/properties/domain").or_else(|| properties.get("domain")).and_then(|domain| domain.as_str());
    let subject = sample.subject.split([':', '/']).next().unwrap_or_default();
    of_kind && ([resource.name.as_str(), &resource.token].contains(&subject) || domain == Some(subject))
}

/// For how long AWS is at work on one thing: what goes on at once counts once.
fn at_work<'a>(samples: impl Iterator<Item = &'a Sampled>) -> SignedDuration {
    let mut spans: Vec<_> =
        samples.filter(|sample| !AFTERWARDS.contains(&sample.phase)).map(|one| (one.began, one.began + one.takes)).collect();
    spans.sort();
    let (mut sum, mut until) = (SignedDuration::ZERO, Timestamp::MIN);
    for (began, ended) in spans {
        sum += ended.duration_since(began.max(until)).max(SignedDuration::ZERO);
        until = until.max(ended);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_on_at_once_counts_once() {
        let sample = |began: i64, takes: i64, phase| Sampled {
            subject: String::new(),
            kind: "efs-mount-target",
            phase,
            began: Timestamp::from_second(began).unwrap(),
            takes: SignedDuration::from_secs(takes),
        };
        let samples =
            [sample(0, 10, "create"), sample(5, 10, "create"), sample(100, 1, "create"), sample(101, 900, "storage-optimization")];
        assert_eq!(at_work(samples.iter()).as_secs(), 16);
    }
}
