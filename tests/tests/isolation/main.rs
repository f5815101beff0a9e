//! Two tenants and the base that they stand on: whatever happens to one of the three, nothing of the others is touched.

use std::collections::{BTreeMap, BTreeSet};

use runtime::own::Sweep;
use scenarios::driver::{aws_event, shipped};
use scenarios::isolation::{Belongings, Naming, made_for, namings};
use scenarios::scenario::Scenario;
use scenarios::simulator::{LogEntry, Mark};
use serde_json::{Value, json};

mod allowed;

use allowed::{DONE_TO_THE_BASE, PATTERNS, SHARED};

const BASE: &str = "environment#dev";

/// Three owners at rest, all requests kept.
struct Stage {
    scenario: Scenario,
    tenants: [&'static str; 2],
    owners: Vec<Belongings>,
    versions: BTreeMap<String, u64>,
}

fn key(tenant: &str) -> String {
    format!("tenant#dev#{tenant}")
}

impl Stage {
    fn new(tenants: [&'static str; 2]) -> Self {
        let scenario = Scenario::empty(0, &shipped());
        scenario.simulator.keep_requests();
        let owners = [BASE.to_owned(), key(tenants[0]), key(tenants[1])].iter().map(|owner| Belongings::of(owner)).collect();
        Self { scenario, tenants, owners, versions: BTreeMap::new() }
    }

    fn tell(&mut self, owner: &str, kind: &str, mut detail: Value) {
        let version = self.versions.entry(owner.to_owned()).or_default();
        *version += 1;
        detail["version"] = json!(*version);
        let of = owner.strip_prefix("tenant#dev#").map_or("environment", |tenant| {
            detail["tenant"] = json!(tenant);
            "tenant"
        });
        self.scenario.tell(&format!("{of}-{kind}"), detail);
    }

    fn rest(&mut self) {
        self.scenario.rest();
        self.learn();
    }

    fn learn(&mut self) {
        for owner in &mut self.owners {
            owner.learn(&self.scenario.simulator.ledger(&owner.owner));
        }
    }

    fn stand(&mut self) {
        self.tell(BASE, "created", json!({}));
        self.rest();
        for tenant in self.tenants {
            self.tell(&key(tenant), "created", json!({ "tier": "trial" }));
        }
        // Both come into being at once; what each has meanwhile is learned on the way.
        for _ in 0..40 {
            self.scenario.wait(30);
            self.learn();
        }
        self.rest();
        for tenant in self.tenants {
            assert_eq!(self.scenario.phase(tenant), "Ready", "{tenant}");
        }
    }

    /// An event of each kind for `owner`, each until all is at rest.
    fn live(&mut self, owner: &str) {
        for (event, happens) in EVENTS {
            let mark = self.scenario.simulator.log().mark();
            happens(self, owner);
            self.rest();
            self.check_end(event, owner);
            self.check_who_acted(event, owner, mark);
        }
    }

    /// What was meant to happen has happened: the base stands throughout, and what may hold an audit is not taken away.
    fn check_end(&self, event: &str, owner: &str) {
        let said = self.scenario.said().pop().map(|said| said.kind).unwrap_or_default();
        let expected = match event {
            _ if owner == BASE => "environment-ready",
            "an option off" | "events of AWS" | "a sweep" => "tenant-failed",
            "a deletion" | "the destruction of its data" | "a sweep afterwards" => "tenant-removed",
            _ => "tenant-ready",
        };
        assert_eq!(said, expected, "{event} of {owner}");
    }

    /// The others are at rest, and stay there.
    fn check_who_acted(&self, event: &str, owner: &str, mark: Mark) {
        let log = self.scenario.simulator.log();
        let acted: BTreeSet<_> = made_for(log.since(mark)).into_values().collect();
        assert!(acted.iter().all(|one| one == owner), "{event} of {owner} had {acted:?} act");
    }

    fn sweep(&self, owner: &str) {
        let owner = owner.parse().unwrap_or_else(|error| panic!("{error}"));
        self.scenario.simulator.send(Sweep { owner }.body(), 0);
    }

    /// AWS tells of each thing that the owner has.
    fn nudge(&self, owner: &str) {
        let items = self.scenario.simulator.ledger(owner);
        for arn in items.iter().filter_map(|item| item.attributes.get("arn")?.as_str()) {
            self.scenario.simulator.send(aws_event(arn), 0);
        }
    }

    fn order(&mut self, owner: &str, action: &str) {
        let Some(tenant) = owner.strip_prefix("tenant#dev#") else { return };
        let intent = self.scenario.intent(tenant);
        let life = intent.incarnation.or(intent.former.keys().next_back().copied()).expect("it has lived");
        self.tell(owner, "privileged", json!({ "action": action, "incarnation": life.to_string() }));
    }
}

/// What can happen to an owner. A base has neither tiers nor data of its own to destroy by an order.
type Event = (&'static str, fn(&mut Stage, &str));
const EVENTS: [Event; 12] = [
    ("a larger tier", |stage, owner| stage.update(owner, json!({ "tier": "enterprise" }))),
    ("a smaller tier", |stage, owner| stage.update(owner, json!({ "tier": "trial" }))),
    ("an option on", |stage, owner| stage.update(owner, json!({ "tier": "trial", "options": { "hipaa": true } }))),
    ("an option off", |stage, owner| stage.update(owner, json!({ "tier": "trial", "options": { "hipaa": false } }))),
    ("events of AWS", |stage, owner| stage.nudge(owner)),
    ("a sweep", |stage, owner| stage.sweep(owner)),
    ("a deletion", |stage, owner| stage.delete(owner)),
    ("a new life", |stage, owner| stage.create(owner)),
    ("a tier in the new life", |stage, owner| stage.update(owner, json!({ "tier": "standard" }))),
    ("the destruction of its data", |stage, owner| stage.order(owner, "destroy-data")),
    ("a sweep afterwards", |stage, owner| stage.sweep(owner)),
    ("a third life", |stage, owner| stage.create(owner)),
];

impl Stage {
    fn update(&mut self, owner: &str, detail: Value) {
        let detail = if owner == BASE { json!({ "options": { "cognito": self.versions[BASE] % 2 == 1 } }) } else { detail };
        self.tell(owner, "updated", detail);
    }

    fn create(&mut self, owner: &str) {
        if owner == BASE { self.update(owner, json!({})) } else { self.tell(owner, "created", json!({ "tier": "trial" })) }
    }

    /// A base with tenants on it is not removed: it is refused, which must touch nobody either.
    fn delete(&mut self, owner: &str) {
        if owner == BASE {
            self.sweep(owner);
        } else {
            self.tell(owner, "deleted", json!({}));
        }
    }
}

/// Whether the lists of `allowed` allow it.
fn is_allowed(naming: &Naming) -> bool {
    let by_tenant = naming.of == BASE && naming.by.starts_with("tenant#");
    let by_base = naming.by == BASE && PATTERNS.iter().any(|(pattern, _)| naming.text == *pattern);
    by_base || (by_tenant && (is_shared(naming) || counts_itself(naming)))
}

/// A tenant's call may refer to what is shared; what it is about is another thing.
fn is_shared(naming: &Naming) -> bool {
    let is_about = naming.resource.split(' ').any(|word| word == naming.text);
    let may_be_done = DONE_TO_THE_BASE.iter().any(|(operation, _)| naming.operation == *operation);
    (may_be_done || !is_about) && SHARED.iter().any(|(_, ids)| ids.iter().any(|id| naming.ids.contains(*id)))
}

/// A tenant is counted in and out of its environment by the transaction that commits or settles it.
fn counts_itself(naming: &Naming) -> bool {
    let of_the_count = |rest: &str| rest.starts_with(" tenants");
    naming.operation == "dynamodb.WriteItems" && naming.text == BASE && naming.resource.split(BASE).skip(1).all(of_the_count)
}

fn wrong(log: &[LogEntry], owners: &[Belongings]) -> BTreeSet<Naming> {
    namings(log, owners).into_iter().filter(|naming| !is_allowed(naming)).collect()
}

/// For each thing of another than `owner`, a call that deletes it on behalf of `owner`: each must be found.
fn check_the_check(owner: &str, log: &[LogEntry], owners: &[Belongings]) {
    let lease = log.iter().find(|entry| entry.resource == format!("{owner} lease")).expect("it has had a pass");
    for (other, name) in
        owners.iter().filter(|other| other.owner != owner).flat_map(|other| other.names.keys().map(move |name| (other, name)))
    {
        let request = format!("Delete {{ name: {name:?} }}");
        let forged = LogEntry { operation: "any.Delete", resource: name.clone(), request, ..lease.clone() };
        assert!(!wrong(&[lease.clone(), forged], owners).is_empty(), "the deletion of {name} of {} for {owner} is not found", other.owner);
    }
}

/// All events for all owners of a stage.
fn check(tenants: [&'static str; 2]) {
    let mut stage = Stage::new(tenants);
    stage.stand();
    let owners = [key(tenants[0]), key(tenants[1]), BASE.to_owned()];
    for owner in &owners {
        stage.live(owner);
    }
    let log = stage.scenario.simulator.log();
    let wrong = wrong(log.all(), &stage.owners);
    assert!(wrong.is_empty(), "{} of {} calls: {:#?}", wrong.len(), log.all().len(), wrong.iter().take(20).collect::<Vec<_>>());
    let [_, one, other] = &stage.owners[..] else { panic!("three owners") };
    assert_eq!(one.shared_with(other), Vec::<&str>::new());
    for owner in &owners {
        check_the_check(owner, log.all(), &stage.owners);
    }
}

// Invariant: no changing call that is made for one owner names what belongs to another.

#[test]
fn nothing_of_a_tenant_is_named_for_one_whose_name_goes_on_where_its_own_ends() {
    check(["acme", "acme-two"]);
}

#[test]
fn nothing_of_a_tenant_is_named_for_one_whose_name_ends_as_its_resources_do() {
    check(["acme", "acme-ecs"]);
}

#[test]
fn nothing_of_a_tenant_is_named_for_one_whose_names_are_the_same_once_cut() {
    check(["a-customer-of-long-a", "a-customer-of-long-b"]);
}
