//! The whole of MATE, base and tenants, as its documents describe it: `tests/facts/mate.toml` has their facts.
#![allow(clippy::print_stdout, reason = "the numbers are part of what it shows")]

use std::collections::{BTreeMap, BTreeSet};

use domain::kind::Detail;
use domain::ports::{Call, DescribeCacheNode, DescribeDatabase, DescribeService, DescribeTargetGroup, DescribeTaskDefinition, Reply};
use scenarios::driver::shipped;
use scenarios::scenario::Scenario;
use serde_json::json;
use toml::Table;

mod documents;

/// A scenario with a base.
fn scenario() -> Scenario {
    Scenario::on_mate(0, &shipped())
}

fn facts() -> Table {
    let path = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("facts/mate.toml");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).parse().expect("facts are TOML")
}

fn heard(scenario: &Scenario) -> Vec<String> {
    scenario.said().into_iter().map(|said| format!("{} {}", said.kind, said.version)).collect()
}

/// What stands and carries our tags.
fn standing(scenario: &Scenario) -> Vec<String> {
    scenario.simulator.census().of("caretaker:owner").lines
}

/// A scenario with a base and a tenant `demo` of `tier` on it.
fn ready(tier: &str) -> Scenario {
    let scenario = scenario();
    scenario.want(tier, 1);
    scenario.rest();
    let said = scenario.said();
    assert_eq!(heard(&scenario), ["environment-ready 1", "tenant-ready 1"], "{:#?}", said.last().map(|said| &said.detail));
    scenario
}

fn look(scenario: &Scenario, call: impl Into<Call>) -> Reply {
    scenario.simulator.by_hand(call.into()).unwrap_or_else(|error| panic!("{error}"))
}

fn definition(scenario: &Scenario, service: &str) -> domain::kind::service::TaskDefinition {
    match look(scenario, DescribeTaskDefinition { id: format!("mate-demo-dev-{service}") }) {
        Reply::DescribeTaskDefinition(Some(view)) => view.content,
        other => panic!("{service}: {other:?}"),
    }
}

// Invariant: base and tenant stand, grow, shrink and go by events alone, and nothing is left.

#[test]
fn a_tenant_lives_on_a_base_that_events_have_made() {
    let scenario = ready("trial");
    for (tier, version) in [("standard", 2), ("enterprise", 3), ("trial", 4)] {
        scenario.want(tier, version);
        scenario.rest();
        assert_eq!(
            heard(&scenario).last(),
            Some(&format!("tenant-ready {version}")),
            "{:#?}",
            scenario.said().last().map(|said| said.detail.clone())
        );
    }
    scenario.delete(5);
    scenario.rest();
    let said = scenario.said();
    let last = said.last().expect("something was said");
    assert_eq!((last.kind.as_str(), &last.detail["leftovers"]), ("tenant-removed", &json!([])));
}

#[test]
fn destroyed_tenants_and_a_deleted_base_leave_the_key_alone() {
    let scenario = ready("trial");
    let life = scenario.intent("demo").incarnation.expect("it lives").to_string();
    scenario.order("destroy-data", &life, None);
    scenario.rest();
    scenario.tell("environment-deleted", json!({ "version": 2 }));
    scenario.rest();
    let said = scenario.said();
    assert_eq!(said.last().map(|said| said.kind.clone()), Some("environment-removed".to_owned()), "{said:#?}");
    let left = standing(&scenario);
    // What may hold data stays by a plain deletion: the models, the vault, and the key that they are encrypted with.
    let kinds: BTreeSet<_> = left.iter().filter_map(|line| line.split(' ').next()).collect();
    assert!(kinds.is_subset(&BTreeSet::from(["file-system", "key", "vault"])), "{left:#?}");
}

/// The most reads of AWS that a look at a converged tenant may cost, the daily one aside.
const MOST_READS: usize = 12;

#[test]
fn a_converged_tenant_costs_no_writes_and_few_reads() {
    for tier in ["trial", "enterprise"] {
        let scenario = ready(tier);
        let reads = [("hourly", 3_600), ("daily", 86_400)].map(|(look, seconds)| {
            scenario.wait(seconds);
            let mark = scenario.simulator.log().mark();
            scenario.sweep("demo");
            scenario.rest();
            assert_eq!(scenario.simulator.log().changes_since(mark), Vec::<&_>::new());
            let counts = scenario.simulator.log().counts_since(mark);
            let reads: usize = counts.iter().filter(|(operation, _)| !operation.starts_with("dynamodb.")).map(|(_, count)| count).sum();
            println!("{look} look at a converged tenant, tier {tier}: {reads} reads of AWS");
            reads
        });
        assert!(reads[0] <= MOST_READS && reads[0] > 0, "{tier}: {reads:?}");
    }
}

// Invariant: a tenant waits visibly for what must come from outside, and goes on when it comes.

#[test]
fn a_tenant_without_its_image_waits_until_it_is_pushed() {
    let scenario = scenario();
    let image = "mate-django-dev:dev-f539de6";
    scenario.simulator.withhold_image(image);
    scenario.want("trial", 1);
    scenario.wait(3 * 3600);
    let said = scenario.said();
    let last = said.last().expect("it says that it waits");
    assert_eq!(last.kind, "tenant-degraded", "{said:#?}");
    assert!(last.detail["waiting"].to_string().contains(&format!("{image} is not in its repository")), "{}", last.detail);
    let before = scenario.executor.now();
    scenario.simulator.push_image(image);
    scenario.executor.run_until(|| scenario.said().last().is_some_and(|said| said.kind == "tenant-ready"));
    let waited = scenario.executor.now().duration_since(before);
    assert!(waited.as_secs() < 600, "it took {waited}");
}

#[test]
fn a_migration_that_fails_is_tried_again_and_keeps_the_services_back() {
    let scenario = scenario();
    for _ in 0..2 {
        scenario.simulator.task_will_exit("mate-demo-dev-migrate", 1);
    }
    scenario.want("trial", 1);
    scenario.rest();
    let heard = heard(&scenario);
    assert_eq!(heard.first().map(String::as_str), Some("environment-ready 1"));
    assert!(heard.contains(&"tenant-degraded 1".to_owned()) && heard.last() == Some(&"tenant-ready 1".to_owned()), "{heard:?}");
}

#[test]
fn a_certificate_that_is_never_validated_holds_the_base_and_its_tenants_back_until_it_is() {
    let scenario = Scenario::empty(0, &shipped());
    scenario.simulator.delegate_zone(false);
    scenario.tell("environment-created", json!({ "version": 1 }));
    scenario.want("trial", 1);
    scenario.wait(6 * 3600);
    let said = scenario.said();
    assert_eq!(heard(&scenario), ["environment-degraded 1"], "{said:#?}");
    let waiting = said[0].detail["waiting"]["certificate"].as_str().unwrap_or_default();
    assert!(waiting.contains("validation records stand, and ACM has not seen them yet"), "{}", said[0].detail);
    scenario.simulator.delegate_zone(true);
    scenario.rest();
    assert_eq!(heard(&scenario), ["environment-degraded 1", "environment-ready 1", "tenant-ready 1"]);
}
