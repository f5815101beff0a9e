//! Any crash, after any call, then the record's return: the same end.

use std::collections::BTreeMap;
use std::rc::Rc;

use provision_tenant::handler::Context;
use scenarios::driver::{context, life, live};
use scenarios::simulator::{Simulator, Strike};
use scenarios::strikes::{KILLS, LOST, assert_same_end};

/// What is held against the undisturbed life: the world, how many revisions were ever registered, what was said.
#[derive(Debug, PartialEq)]
struct End {
    world: String,
    registrations: usize,
    said: BTreeMap<String, usize>,
    dead_letters: usize,
}

fn end(simulator: &Simulator) -> End {
    let mut said: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (_, entry) in simulator.announced() {
        let detail: serde_json::Value = serde_json::from_str(&entry.detail).expect("an answer is JSON");
        let ids = said.entry(entry.detail_type).or_default();
        // Receivers drop repeats by id.
        let id = detail["id"].to_string();
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    End {
        world: simulator.census().to_string(),
        registrations: simulator.registrations("mate-demo-dev-django"),
        said: said.into_iter().map(|(kind, ids)| (kind, ids.len())).collect(),
        dead_letters: simulator.dead_letters().len(),
    }
}

/// Strikes every call of the phase in each of `strikes`' ways.
fn check(phase: usize, strikes: &[Strike]) {
    let context: Rc<Context> = context();
    let events: Vec<_> = life()[..=phase].iter().map(|(_, event)| event.clone()).collect();
    let (before, undisturbed) = (live(&context, &events[..phase], None), live(&context, &events, None));
    // The undisturbed life goes as the one that ends before the phase, up to there.
    let points = undisturbed.log().points_since(before.log().mark());
    assert!(points.len() > 10, "{} points only", points.len());
    assert_same_end(end(&undisturbed), &points, strikes, |aim, strike| {
        let struck = live(&context, &events, Some((aim, strike)));
        let end = (struck.unmet_strikes(), end(&struck));
        struck.executor().clear();
        end
    });
}

// Invariant: a kill at any call of any phase changes nothing about its end, and doubles and leaks nothing.

#[test]
fn a_kill_at_any_call_of_a_creation_changes_nothing() {
    check(0, &KILLS);
}

#[test]
fn a_kill_at_any_call_of_a_tier_change_changes_nothing() {
    check(1, &KILLS);
}

#[test]
fn a_kill_at_any_call_of_a_deletion_changes_nothing() {
    check(2, &KILLS);
}

// Invariant: nor does an effect whose reply is lost.

#[test]
fn a_lost_reply_at_any_call_of_a_creation_changes_nothing() {
    check(0, &LOST);
}

#[test]
fn a_lost_reply_at_any_call_of_a_tier_change_changes_nothing() {
    check(1, &LOST);
}

#[test]
fn a_lost_reply_at_any_call_of_a_deletion_changes_nothing() {
    check(2, &LOST);
}
