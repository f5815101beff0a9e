//! A kill at each call of a tenant's life on the whole of MATE, each in a world of its own that is forked where its phase begins.

use std::collections::BTreeMap;
use std::rc::Rc;

use provision_tenant::handler::Context;
use serde::Serialize;
use serde_json::{Value, json};

use crate::driver::shipped;
use crate::scenario::Scenario;
use crate::simulator::{Aim, Census, LogEntry, Strike};

/// What happens in a life, in order; the last two each begin where `change` has ended.
pub const PHASES: [&str; 4] = ["create", "change", "delete", "destroy"];

/// Where the function is killed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Point {
    /// Of [`PHASES`].
    pub phase: &'static str,
    /// `service.Operation`
    pub operation: &'static str,
    /// What the call is about.
    pub resource: String,
    /// The n-th such call of the phase, 1 is the first.
    pub occurrence: usize,
    /// Whether AWS has done it by then.
    pub is_after: bool,
}

/// What became of a kill.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// Where it was aimed.
    #[serde(flatten)]
    pub point: Point,
    /// Whether it came to pass.
    pub killed: bool,
    /// Whether the end is that of an undisturbed life: the world, the ledger's phase, what was said.
    pub converged: bool,
    /// What stands in the end and should not.
    pub leaked: Vec<String>,
    /// What does not stand in the end and should.
    pub missing: Vec<String>,
    /// Families of which more revisions were registered than in an undisturbed life.
    pub doubled: Vec<String>,
}

/// What is held against the undisturbed phase.
#[derive(Debug, Clone, PartialEq)]
struct End {
    world: Census,
    registrations: BTreeMap<String, usize>,
    said: BTreeMap<String, usize>,
    phase: String,
    dead_letters: usize,
}

/// A phase: the world that it begins in, its calls, and its undisturbed end.
struct Phase {
    name: &'static str,
    beginning: Scenario,
    calls: Vec<LogEntry>,
    end: End,
}

/// The undisturbed life. It is not to be shared by threads: each lives its own.
pub struct Life {
    context: Rc<Context>,
    phases: Vec<Phase>,
}

impl Default for Life {
    fn default() -> Self {
        let context = shipped();
        let base = Scenario::on_mate(0, &context);
        base.settle();
        let created = Phase::of("create", base, &context);
        let changed = Phase::of("change", created.ended(&context), &context);
        let deleted = Phase::of("delete", changed.ended(&context), &context);
        let destroyed = Phase::of("destroy", changed.ended(&context), &context);
        Self { context, phases: vec![created, changed, deleted, destroyed] }
    }
}

impl Phase {
    fn of(name: &'static str, beginning: Scenario, context: &Rc<Context>) -> Self {
        let scenario = beginning.fork(context);
        begin(&scenario, name);
        scenario.settle();
        let calls = scenario.simulator.log().all().to_vec();
        Self { name, beginning, calls, end: end(&scenario) }
    }

    fn ended(&self, context: &Rc<Context>) -> Scenario {
        let scenario = self.beginning.fork(context);
        begin(&scenario, self.name);
        scenario.settle();
        scenario
    }

    /// Every change, and every look that is the first of its kind: a look that is repeated by a later pass is killed as its first one is.
    fn points(&self) -> Vec<Point> {
        let mut seen: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        let mut points = Vec::new();
        for call in &self.calls {
            let occurrence = seen.entry((call.operation, &call.resource)).or_default();
            *occurrence += 1;
            if call.mutating || *occurrence == 1 {
                let point = |is_after| Point {
                    phase: self.name,
                    operation: call.operation,
                    resource: call.resource.clone(),
                    occurrence: *occurrence,
                    is_after,
                };
                points.extend([point(false), point(true)]);
            }
        }
        points
    }
}

/// Sends the phase's event.
fn begin(scenario: &Scenario, phase: &str) {
    match phase {
        "create" => scenario.want("trial", 1),
        "change" => scenario.want("enterprise", 2),
        "delete" => scenario.delete(3),
        _ => scenario.order("destroy-data", &scenario.life(), None),
    }
}

fn end(scenario: &Scenario) -> End {
    let mut said = BTreeMap::new();
    for heard in scenario.heard("demo") {
        *said.entry(heard).or_default() += 1;
    }
    End {
        world: scenario.simulator.census(),
        registrations: scenario.simulator.all_registrations(),
        said,
        phase: scenario.phase("demo"),
        dead_letters: scenario.simulator.dead_letters().len(),
    }
}

impl Row {
    /// Whether the kill came to pass and changed nothing.
    pub fn is_good(&self) -> bool {
        self.killed && self.converged && self.doubled.is_empty()
    }
}

impl Life {
    /// Where a kill can be aimed, in the order of the calls.
    pub fn points(&self) -> Vec<Point> {
        self.phases.iter().flat_map(Phase::points).collect()
    }

    /// Kills the function at `point`, and lets all come to rest.
    ///
    /// # Panics
    /// If there is no such phase.
    pub fn kill(&self, point: &Point) -> Row {
        let phase = self.phases.iter().find(|phase| phase.name == point.phase).expect("it is one of the phases");
        let scenario = phase.beginning.fork(&self.context);
        let strike = if point.is_after { Strike::CrashAfter } else { Strike::CrashBefore };
        scenario.simulator.strike(Aim::at(point.operation).of(&point.resource).occurrence(point.occurrence), strike);
        begin(&scenario, point.phase);
        scenario.settle();
        let (end, expected) = (end(&scenario), &phase.end);
        let more = |(family, count): &(&String, &usize)| expected.registrations.get(*family).is_none_or(|known| known < *count);
        Row {
            point: point.clone(),
            killed: scenario.simulator.unmet_strikes() == 0,
            converged: end == *expected,
            leaked: end.world.beyond(&expected.world),
            missing: expected.world.beyond(&end.world),
            doubled: end.registrations.iter().filter(more).map(|(family, _)| family.clone()).collect(),
        }
    }
}

/// How many of `rows`, each a [`Row`] as JSON, came to what.
pub fn table(rows: &[Value]) -> Value {
    let is = |row: &&Value, field: &str| row[field] == json!(true) || row[field].as_array().is_some_and(|list| !list.is_empty());
    let count = |field: &str| rows.iter().filter(|row| is(row, field)).count();
    json!({ "points": rows.len(), "killed": count("killed"), "converged": count("converged"), "leaked": count("leaked"),
        "missing": count("missing"), "doubled": count("doubled") })
}
