//! A tenant's life as a test tells it: events in, answers and AWS out.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;

use domain::intent::Intent;
use domain::ledger::{INTENT, Item, RESOURCE_PREFIX, Record, STATE};
use domain::settle::State;
use jiff::SignedDuration;
use provision_tenant::handler::Context;
use runtime::own::Sweep;
use serde_json::{Value, json};

use crate::driver::{context, event, serve};
use crate::executor::Executor;
use crate::executor::schedule::InOrder;
use crate::simulator::{Limits, LogEntry, Simulator};

mod repair;

/// A chain of wake-ups gives up after a day; whatever is still on the queue after more has been forgotten.
const BOUND: SignedDuration = SignedDuration::from_hours(30);

/// The shipped function on a simulator of its own, AWS's events on.
pub struct Scenario {
    /// Who goes on, and what time it is.
    pub executor: Executor,
    /// AWS.
    pub simulator: Simulator,
    told: Cell<i64>,
}

/// Something that was said on the bus, repeats dropped as receivers drop them.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// Such as `tenant-ready`.
    pub kind: String,
    /// Of which tenant.
    pub tenant: String,
    /// Of which intent.
    pub version: u64,
    /// All of it.
    pub detail: Value,
}

impl Default for Scenario {
    fn default() -> Self {
        Self::of(0)
    }
}

impl Drop for Scenario {
    fn drop(&mut self) {
        // Tasks and timers hold the executor: without this, thousands of scenarios would stay in memory.
        self.executor.clear();
    }
}

impl Scenario {
    /// With the durations of `seed`.
    pub fn of(seed: u64) -> Self {
        Self::with(seed, &context())
    }

    /// With the blueprints of `context`.
    pub fn with(seed: u64, context: &Rc<Context>) -> Self {
        let executor = Executor::new(InOrder);
        let simulator = Simulator::new(&executor, seed);
        serve(&simulator, context, Limits::default());
        Self { executor, simulator, told: Cell::new(0) }
    }

    /// With the blueprints of `context`, on an AWS without any environment.
    pub fn empty(seed: u64, context: &Rc<Context>) -> Self {
        let executor = Executor::new(InOrder);
        let simulator = Simulator::empty(&executor, seed);
        serve(&simulator, context, Limits::default());
        Self { executor, simulator, told: Cell::new(0) }
    }

    /// The base of MATE, made by its event, with nobody on it.
    pub fn on_mate(seed: u64, context: &Rc<Context>) -> Self {
        let scenario = Self::empty(seed, context);
        scenario.tell("environment-created", json!({ "version": 1 }));
        scenario.rest();
        scenario
    }

    /// Another scenario that goes on from where this one is at rest.
    pub fn fork(&self, context: &Rc<Context>) -> Self {
        let executor = Executor::new(InOrder);
        let simulator = self.simulator.fork(&executor);
        serve(&simulator, context, Limits::default());
        Self { executor, simulator, told: self.told.clone() }
    }

    // Events

    /// An [`event`] with an id and a moment of its own.
    pub fn tell(&self, kind: &str, detail: Value) {
        self.send(&event(kind, detail));
    }

    /// `body`, with an id and a moment of its own. Returns it as it was sent.
    pub fn send(&self, body: &str) -> String {
        self.told.set(self.told.get() + 1);
        let mut event: Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{body}: {error}"));
        event["id"] = json!(format!("event-{}", self.told.get()));
        event["time"] = json!(self.executor.now() + SignedDuration::from_millis(self.told.get()));
        self.simulator.send(event.to_string(), 0);
        event.to_string()
    }

    /// tenant-created or, from version 2 on, tenant-updated.
    pub fn want(&self, tier: &str, version: u64) {
        let kind = if version == 1 { "tenant-created" } else { "tenant-updated" };
        self.tell(kind, json!({ "tier": tier, "version": version }));
    }

    /// tenant-deleted.
    pub fn delete(&self, version: u64) {
        self.tell("tenant-deleted", json!({ "version": version }));
    }

    /// A privileged order about the intent's version (the next one for `destroy-data` of the present life) and `life`.
    pub fn order(&self, action: &str, life: &str, resource: Option<&str>) {
        let intent = self.intent("demo");
        let present = intent.incarnation.map(|life| life.to_string());
        let ends = action == "destroy-data" && present.as_deref() == Some(life);
        let mut detail = json!({ "action": action, "version": intent.version + u64::from(ends), "incarnation": life });
        if let Some(arn) = resource {
            detail["resource"] = json!(arn);
        }
        self.tell("tenant-privileged", detail);
    }

    /// A scheduled look at `tenant`.
    pub fn sweep(&self, tenant: &str) {
        let owner = key(tenant).parse().unwrap_or_else(|error| panic!("{error}"));
        self.simulator.send(Sweep { owner }.body(), 0);
    }

    /// The daily look at `tenant`, at everything.
    pub fn look_over(&self, tenant: &str) {
        self.wait(86_400);
        self.sweep(tenant);
    }

    // Time

    /// Lets so many seconds pass.
    pub fn wait(&self, seconds: i64) {
        self.executor.run_for(SignedDuration::from_secs(seconds));
    }

    /// Lets time pass until the queue is empty and nothing runs.
    ///
    /// # Panics
    /// If that takes longer than any chain of wake-ups may live.
    pub fn rest(&self) {
        let end = self.executor.now() + BOUND;
        let quiet = || self.simulator.is_quiet();
        self.executor.run_until(|| quiet() || self.executor.now() > end);
        assert!(quiet(), "no rest: {:?}", self.simulator.pending_messages());
    }

    /// Rests, and lets AWS finish what it does afterwards: storage that is optimized, and the like.
    pub fn settle(&self) {
        self.rest();
        self.wait(86_400);
    }

    // Sights

    /// All that was said, each once.
    ///
    /// # Panics
    /// If an answer is not what the contract says.
    pub fn said(&self) -> Vec<Said> {
        let mut ids = BTreeSet::new();
        let mut said = Vec::new();
        for (_, entry) in self.simulator.announced() {
            let detail: Value = serde_json::from_str(&entry.detail).unwrap_or_else(|error| panic!("{error}"));
            if ids.insert(detail["id"].to_string()) {
                let tenant = detail["tenant"].as_str().unwrap_or_default().to_owned();
                let version = detail["version"].as_u64().unwrap_or_default();
                said.push(Said { kind: entry.detail_type, tenant, version, detail });
            }
        }
        said
    }

    /// What was said of `tenant`, as `tenant-ready 1`.
    pub fn heard(&self, tenant: &str) -> Vec<String> {
        let of = self.said().into_iter().filter(|said| said.tenant == tenant);
        of.map(|said| format!("{} {}", said.kind, said.version)).collect()
    }

    /// The last that was said of `demo`.
    ///
    /// # Panics
    /// If nothing was.
    pub fn last(&self) -> Said {
        self.said().into_iter().rfind(|said| said.tenant == "demo").expect("something was said")
    }

    /// The intent of `tenant`.
    ///
    /// # Panics
    /// If there is none.
    pub fn intent(&self, tenant: &str) -> Intent {
        self.item(tenant, INTENT).expect("it has an intent").read().unwrap_or_else(|error| panic!("{error}"))
    }

    /// The present, or last, life of `demo`.
    ///
    /// # Panics
    /// If it has had none.
    pub fn life(&self) -> String {
        self.intent("demo").incarnation.expect("it has had a life").to_string()
    }

    /// The present life of `demo` as the census shows it, which numbers the lives of which anything is left.
    pub fn life_shown(&self) -> String {
        let of_demo = self.simulator.census().of("tenant/dev/demo");
        let shown = (1..100).map(|n| format!("<life {n}>")).take_while(|life| !of_demo.of(life).lines.is_empty());
        shown.last().unwrap_or_default()
    }

    /// How `tenant` stands, if a pass has settled it.
    pub fn state(&self, tenant: &str) -> Option<State> {
        self.item(tenant, STATE).map(|item| item.read().unwrap_or_else(|error| panic!("{error}")))
    }

    /// The phase of `tenant`, in words.
    pub fn phase(&self, tenant: &str) -> String {
        self.state(tenant).map_or_else(|| "unknown".to_owned(), |state| format!("{:?}", state.phase))
    }

    fn item(&self, tenant: &str, sort: &str) -> Option<Item> {
        self.simulator.ledger(&key(tenant)).into_iter().find(|item| item.key == sort)
    }

    /// What the ledger remembers of the resource `id` in `life` of `demo`.
    pub fn record(&self, life: &str, id: &str) -> Option<Record> {
        let item = self.item("demo", &format!("{RESOURCE_PREFIX}{life}#{id}"))?;
        Some(item.read().unwrap_or_else(|error| panic!("{error}")))
    }

    /// How many tenants the environment counts.
    pub fn counted(&self) -> i64 {
        let items = self.simulator.ledger("environment#dev");
        items.iter().find_map(|item| item.attributes.get("count")?.as_i64()).unwrap_or(0)
    }

    /// All answers still to be sent, by all who have any.
    pub fn unsent(&self, tenant: &str) -> usize {
        self.simulator.ledger(&key(tenant)).iter().filter(|item| item.key.starts_with(domain::ledger::OUTBOX_PREFIX)).count()
    }

    /// What AWS did of `operation`, by whom it was asked and for what.
    pub fn done(&self, operation: &str) -> Vec<LogEntry> {
        let log = self.simulator.log();
        log.all().iter().filter(|entry| entry.operation == operation && entry.had_effect()).cloned().collect()
    }

    /// The lines of the census that begin with `kind`.
    pub fn standing(&self, kind: &str) -> Vec<String> {
        self.simulator.census().lines.into_iter().filter(|line| line.starts_with(kind)).collect()
    }

    /// No dead letter, no unsent answer of `demo`, nothing on the queue.
    ///
    /// # Panics
    /// If there is one.
    pub fn assert_tidy(&self) {
        assert_eq!(self.simulator.dead_letters(), [], "dead letters");
        assert_eq!(self.unsent("demo"), 0, "answers not sent");
        assert_eq!(self.simulator.pending_messages(), [], "messages");
    }
}

fn key(tenant: &str) -> String {
    format!("tenant#dev#{tenant}")
}
