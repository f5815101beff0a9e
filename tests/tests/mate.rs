//! The whole of MATE, base and tenants, as its documents describe it: `tests/facts/mate.toml` has their facts.
#![allow(clippy::print_stdout, reason = "the numbers are part of what it shows")]

use std::collections::{BTreeMap, BTreeSet};

use domain::kind::Detail;
use domain::ports::{Call, DescribeCacheNode, DescribeDatabase, DescribeService, DescribeTargetGroup, DescribeTaskDefinition, Reply};
use scenarios::driver::shipped;
use scenarios::scenario::Scenario;
use serde_json::json;
use toml::Table;

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

// Invariant: sizes, ports, names and costs are those of the documents.

#[test]
fn sizes_are_those_of_the_tiers() {
    let facts = facts();
    for (tier, sizes) in facts["tiers"].as_table().expect("tiers") {
        let scenario = ready(tier);
        let Reply::DescribeDatabase(Some(database)) = look(&scenario, DescribeDatabase { name: "mate-demo-dev".into() }) else {
            panic!("a database")
        };
        let Detail::RdsInstance(seen) = &database.detail else { panic!("{database:?}") };
        assert_eq!(seen.class, sizes["rds"].as_str().expect("a class"));
        let Reply::DescribeCacheNode(Some(node)) = look(&scenario, DescribeCacheNode { name: "mate-demo-dev-001".into() }) else {
            panic!("a node")
        };
        assert_eq!(node.node_type, sizes["redis"].as_str().expect("a node type"));
        for service in ["django", "celery", "beat"] {
            let content = definition(&scenario, service);
            let expected = |key: &str| sizes[service][key].as_integer().and_then(|n| u32::try_from(n).ok());
            assert_eq!((Some(content.cpu), Some(content.memory_mib)), (expected("cpu"), expected("memory_mb")), "{tier} {service}");
        }
    }
}

#[test]
fn secrets_reach_those_that_read_them_and_nobody_else() {
    let scenario = ready("trial");
    let facts = facts();
    for (service, secrets) in facts["tenant"]["secret_readers"].as_table().expect("readers") {
        let expected: BTreeSet<_> = secrets.as_array().expect("a list").iter().filter_map(toml::Value::as_str).map(str::to_owned).collect();
        let content = definition(&scenario, service);
        // arn:…:secret:mate-demo-dev/NAME-LIFE-XXXXXX:KEY::
        let name = |from: &String| Some(from.split('/').nth(1)?.split(':').next()?.to_owned());
        let read: BTreeSet<String> = content.secrets.values().filter_map(name).collect();
        let covered = expected.iter().all(|one| read.iter().any(|name| name.starts_with(one.as_str())));
        assert!(covered && read.len() == expected.len(), "{service} reads {read:?}, not {expected:?}");
    }
    let mounts = |service: &str| definition(&scenario, service).mounts.len();
    assert_eq!(["django", "celery", "beat"].map(mounts), [2, 2, 0]);
    assert_eq!(definition(&scenario, "django").environment["DJANGO_ALLOWED_HOSTS"], "*");
}

#[test]
fn ports_are_open_to_those_that_the_documents_name() {
    let scenario = ready("trial");
    let groups: BTreeMap<String, (String, Vec<(u16, String)>)> = scenario.simulator.security_groups("mate-demo-dev-");
    let facts = facts();
    let id_of = |name: &str| groups.get(name).map(|(id, _)| id.clone());
    for group in facts["security_groups"].as_array().expect("groups") {
        let name = group["name"].as_str().expect("a name");
        let expected: BTreeSet<(u16, String)> = group["ingress"]
            .as_array()
            .expect("ports")
            .iter()
            .map(|rule| {
                let from = rule["from"].as_str().expect("from");
                let port = rule["port"].as_integer().and_then(|n| u16::try_from(n).ok()).expect("a port");
                (port, if from == "internet" { from.to_owned() } else { id_of(from).expect("it stands") })
            })
            .collect();
        let (_, open) = &groups[name];
        let mut open: BTreeSet<_> = open.iter().cloned().collect();
        if name == "redis" {
            // What samples the queues comes in as well.
            assert_eq!(open.len(), expected.len() + 1);
            open.retain(|rule| expected.contains(rule));
        }
        assert_eq!(open, expected, "{name}");
    }
}

#[test]
fn health_checks_and_services_are_those_of_the_documents() {
    let scenario = ready("trial");
    let facts = facts();
    let health = &facts["health_check"];
    let Reply::DescribeTargetGroup(Some(group)) = look(&scenario, DescribeTargetGroup { name: "mate-demo-dev-web".into() }) else {
        panic!("a group")
    };
    let Detail::TargetGroup(seen) = &group.detail else { panic!("{group:?}") };
    let shown = &seen.properties;
    let codes: Vec<String> = health["accepted_codes"].as_array().expect("codes").iter().map(ToString::to_string).collect();
    assert_eq!(
        (shown.path.as_str(), shown.codes.clone(), i64::from(shown.interval_seconds), i64::from(shown.healthy), i64::from(shown.port)),
        (
            health["path"].as_str().expect("a path"),
            codes.join(","),
            health["interval_s"].as_integer().expect("seconds"),
            health["healthy_threshold"].as_integer().expect("a count"),
            health["container_port"].as_integer().expect("a port"),
        )
    );
    for service in facts["tenant"]["services"].as_array().expect("services").iter().filter_map(toml::Value::as_str) {
        let describe = DescribeService { cluster: "mate-dev".into(), name: format!("mate-demo-dev-{service}") };
        let Reply::DescribeService(Some(view)) = look(&scenario, describe) else { panic!("{service}") };
        let expected = if service == "beat" { (0, 100, false) } else { (100, 200, service == "django") };
        let settings = view.seen.settings;
        assert_eq!((settings.minimum_percent, settings.maximum_percent, settings.rebalancing), expected, "{service}");
        assert_eq!(i64::from(view.seen.desired_count), facts["tenant"]["tasks_per_service"].as_integer().expect("a count"));
    }
}

#[test]
fn costs_are_announced_as_the_documents_have_them() {
    let facts = facts();
    for (tier, costs) in facts["cost_usd_month"].as_table().expect("costs") {
        let scenario = scenario();
        scenario.tell("tenant-created", json!({ "tier": tier, "version": 1, "dryRun": true }));
        scenario.rest();
        let said = scenario.said();
        let planned = said.iter().find(|said| said.kind == "tenant-planned").expect("a plan");
        assert_eq!(
            planned.detail["monthly_usd_after"],
            json!(costs["total"].as_integer().map(|usd| usd as f64)),
            "{tier} {}",
            planned.detail
        );
    }
}

#[test]
fn names_are_those_of_the_documents() {
    let scenario = ready("trial");
    let facts = facts();
    let names = &facts["names"];
    let filled = |pattern: &str| pattern.replace("{tenant}", "demo").replace("{environment}", "dev").replace("{service}", "django");
    let mut expected: Vec<String> =
        ["cluster", "service", "data_bucket", "dns_record"].iter().filter_map(|key| names[*key].as_str()).map(filled).collect();
    for key in ["ecr", "log_groups"] {
        expected.extend(names[key].as_array().expect("a list").iter().filter_map(toml::Value::as_str).map(filled));
    }
    let world = scenario.simulator.census().lines.join("\n");
    for name in expected {
        assert!(world.contains(&name), "{name} is not in\n{world}");
    }
}
