//! A life that is struck at any of its calls: its end is the one that it would have come to undisturbed.

use std::fmt::Debug;
use std::rc::Rc;

use provision_tenant::handler::Context;

use crate::driver::{LONG, context_of, serve};
use crate::scenario::Scenario;
use crate::simulator::{Aim, Limits, Point, Simulator, Strike};

/// A kill before AWS has done the call, and one after.
pub const KILLS: [Strike; 2] = [Strike::CrashBefore, Strike::CrashAfter];

/// A call that AWS has done, of which its caller does not hear, or hears that it failed.
pub const LOST: [Strike; 2] = [Strike::DropReply, Strike::FailAfter];

/// Events of which the last one's work is struck.
pub struct Life<'a> {
    /// What serves.
    pub context: Rc<Context>,
    /// What is deployed in its place before the last event.
    pub edited: Option<Rc<Context>>,
    /// Each is sent once the one before has come to rest.
    pub events: &'a [String],
    /// How often the last one is sent, each time until all is at rest.
    pub sends: usize,
    /// What is compared.
    pub end: fn(&Simulator) -> Vec<String>,
}

impl<'a> Life<'a> {
    /// Under one blueprint of `tests/blueprints`. A sender that has heard nothing sends again: the last event is sent twice.
    pub fn of(blueprint: &str, events: &'a [String], end: fn(&Simulator) -> Vec<String>) -> Self {
        Self { context: context_of(blueprint), edited: None, events, sends: 2, end }
    }

    /// Its end, with the n-th call of the last event's work struck (1 is the first), and how many calls that work made.
    ///
    /// # Panics
    /// If there is no event.
    pub fn live(&self, strike: Option<(usize, Strike)>) -> (Vec<String>, usize) {
        let (last, before) = self.events.split_last().expect("there is one");
        let scenario = Scenario::with(0, &self.context);
        before.iter().for_each(|event| send(&scenario, event));
        if let Some(edited) = &self.edited {
            serve(&scenario.simulator, edited, Limits::default());
        }
        let mark = scenario.simulator.log().mark();
        if let Some((at, strike)) = strike {
            scenario.simulator.strike(Aim::nth(at), strike);
        }
        (0..self.sends).for_each(|_| send(&scenario, last));
        let calls = scenario.simulator.log().since(mark).len();
        ((self.end)(&scenario.simulator), calls)
    }

    /// Strikes every call of the last event's work in each of `strikes`' ways. Returns the end that all of them come to.
    ///
    /// # Panics
    /// If one of them comes to another end than the undisturbed life.
    pub fn assert_same_end(&self, strikes: &[Strike]) -> Vec<String> {
        let (expected, calls) = self.live(None);
        let points = strikes.iter().flat_map(|strike| (1..=calls).map(|at| (at, *strike)));
        let struck = |(at, strike)| (format!("{strike:?} at call {at} of {calls}"), self.live(Some((at, strike))).0);
        assert_all(&expected, &points.map(struck).collect::<Vec<_>>());
        expected
    }
}

/// Strikes each of `points` in each of `strikes`' ways. `live` tells how many strikes were not met, and what is held against `expected`.
///
/// # Panics
/// If a strike is not met, or leads to another end.
pub fn assert_same_end<E>(expected: E, points: &[Point], strikes: &[Strike], live: impl Fn(Aim, Strike) -> (usize, E))
where
    E: PartialEq + Debug,
{
    let points = strikes.iter().flat_map(|strike| points.iter().map(move |point| (point, *strike)));
    let struck = |((operation, resource, occurrence), strike): (&Point, Strike)| {
        let end = live(Aim::at(operation).of(resource).occurrence(*occurrence), strike);
        (format!("{strike:?} at {operation} {resource} #{occurrence}"), end)
    };
    assert_all(&(0, expected), &points.map(struck).collect::<Vec<_>>());
}

/// Each end with what led to it.
fn assert_all<E: PartialEq + Debug>(expected: &E, ends: &[(String, E)]) {
    let others: Vec<_> = ends.iter().filter(|(_, end)| end != expected).map(|(what, end)| format!("{what}: {end:#?}")).collect();
    let some = others[..others.len().min(3)].join("\n");
    assert!(others.is_empty(), "{} of {} came to another end than {expected:#?}:\n{some}", others.len(), ends.len());
    assert!(!ends.is_empty(), "there was nothing to strike");
}

/// Sends `event` as it is: an event that is sent again has the id that it had before.
fn send(scenario: &Scenario, event: &str) {
    scenario.simulator.send(event.to_owned(), 0);
    scenario.executor.run_for(LONG);
}
