//! Random histories of a tenant: what its senders ask for, and what befalls the function on the way.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::driver::event;
use crate::random::Random;
use crate::scenario::Scenario;
use crate::simulator::{Aim, Strike};

/// Events of a history, at most.
const MOST_EVENTS: usize = 20;
const TIERS: [&str; 3] = ["trial", "standard", "enterprise"];
/// A pass makes fewer calls than that on a small blueprint, and more on a large one: kills fall anywhere in the first two or so.
const LAST_CALL: usize = 150;
/// A pause between two events, at most: longer than a message is invisible after its function has been killed.
const LONGEST_PAUSE: usize = 900;

/// What the tenant is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wish {
    /// It stands.
    Stands {
        /// In this tier.
        tier: &'static str,
        /// With the option `hipaa`.
        hipaa: bool,
    },
    /// It is gone, its data kept.
    Gone,
}

/// What is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A new version.
    Wish(Wish),
    /// The order to destroy the data of the present or the last life; a present one ends with it.
    Destroy,
    /// The newest event again.
    Repeat,
    /// A version that is older than the newest.
    Stale(Wish),
    /// A wish that is only planned.
    DryRun(Wish),
    /// A scheduled look.
    Sweep,
}

/// What is sent, and what befalls it.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// What is sent.
    pub event: Event,
    /// At which of the following calls the function is killed, and how.
    pub kill: Option<(usize, Strike)>,
    /// Seconds until the next event; none: until all is at rest.
    pub pause: Option<usize>,
}

/// What a history asks for in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ending {
    /// The newest wish.
    pub wish: Wish,
    /// It has had the option before in this life: what was made for it stays, for it may hold data.
    pub had_hipaa: bool,
    /// The newest version.
    pub version: u64,
}

/// The history of `seed`; with options only if the blueprint has any.
pub fn history(seed: u64, has_options: bool) -> Vec<Step> {
    let mut random = Random::of(seed, "history");
    let length = 1 + random.below(MOST_EVENTS);
    // It begins with a wish, so that there is something to repeat.
    let first = Event::Wish(stands(&mut random, has_options));
    let mut steps = vec![step(&mut random, first)];
    while steps.len() < length {
        let event = any_event(&mut random, has_options);
        steps.push(step(&mut random, event));
    }
    steps
}

fn stands(random: &mut Random, has_options: bool) -> Wish {
    let tier = TIERS[random.below(TIERS.len())];
    Wish::Stands { tier, hipaa: random.chance(0.3) && has_options }
}

fn wish(random: &mut Random, has_options: bool) -> Wish {
    let stands = stands(random, has_options);
    if random.chance(0.25) { Wish::Gone } else { stands }
}

fn any_event(random: &mut Random, has_options: bool) -> Event {
    let wish = wish(random, has_options);
    match random.below(20) {
        0..=10 => Event::Wish(wish),
        11..=12 => Event::Destroy,
        13..=14 => Event::Repeat,
        15..=16 => Event::Stale(wish),
        17..=18 => Event::DryRun(wish),
        _ => Event::Sweep,
    }
}

fn step(random: &mut Random, event: Event) -> Step {
    let (call, before) = (1 + random.below(LAST_CALL), random.chance(0.5));
    let kill = if before { Strike::CrashBefore } else { Strike::CrashAfter };
    let is_killed = random.chance(0.3);
    let pause = random.below(LONGEST_PAUSE);
    let rests = random.chance(0.5);
    Step { event, kill: is_killed.then_some((call, kill)), pause: (!rests).then_some(pause) }
}

/// Who sends a history's events, and remembers what it has asked for.
struct Sender<'a> {
    scenario: &'a Scenario,
    ending: Ending,
    newest: String,
}

/// Lives `steps` on `scenario`, which is left as it is after the last event. Tells what was asked for.
pub fn live(scenario: &Scenario, steps: &[Step]) -> Ending {
    let ending = Ending { wish: Wish::Gone, had_hipaa: false, version: 0 };
    let mut sender = Sender { scenario, ending, newest: String::new() };
    for step in steps {
        if let Some((call, kill)) = step.kill {
            scenario.simulator.strike(Aim::nth(call), kill);
        }
        sender.send(step.event);
        match step.pause {
            Some(seconds) => scenario.executor.run_for(SignedDuration::from_secs(seconds as i64)),
            None => scenario.rest(),
        }
    }
    sender.ending
}

impl Sender<'_> {
    fn send(&mut self, event: Event) {
        match event {
            Event::Wish(wish) => self.wish(wish),
            Event::Destroy => self.destroy(),
            Event::Repeat => drop(self.scenario.send(&self.newest)),
            Event::Stale(wish) => drop(self.scenario.send(&body(wish, self.ending.version - 1, false))),
            Event::DryRun(wish) => drop(self.scenario.send(&body(wish, self.ending.version + 1, true))),
            Event::Sweep => self.scenario.sweep("demo"),
        }
    }

    fn wish(&mut self, wish: Wish) {
        let before = self.ending;
        let had = matches!(before.wish, Wish::Stands { hipaa, .. } if hipaa || before.had_hipaa);
        self.ending = Ending { wish, had_hipaa: had, version: before.version + 1 };
        self.newest = body(wish, self.ending.version, false);
        self.scenario.send(&self.newest);
    }

    /// An operator looks which life there is before giving such an order.
    fn destroy(&mut self) {
        self.scenario.rest();
        let intent = self.scenario.intent("demo");
        let ends = self.ending.wish != Wish::Gone;
        let life = intent.incarnation.or(intent.former.keys().next_back().copied());
        let Some(life) = life else { return };
        self.ending = Ending { wish: Wish::Gone, had_hipaa: false, version: self.ending.version + u64::from(ends) };
        let detail = json!({ "action": "destroy-data", "version": self.ending.version, "incarnation": life.to_string() });
        let order = event("tenant-privileged", detail);
        if ends {
            self.newest.clone_from(&order);
        }
        self.scenario.send(&order);
    }
}

/// The event that asks for `wish`.
pub fn body(wish: Wish, version: u64, dry_run: bool) -> String {
    let of = |kind, mut detail: Value| {
        detail["version"] = json!(version);
        detail["dryRun"] = json!(dry_run);
        event(kind, detail)
    };
    match wish {
        Wish::Stands { tier, hipaa: true } => of("tenant-updated", json!({ "tier": tier, "options": { "hipaa": true } })),
        Wish::Stands { tier, .. } => of("tenant-updated", json!({ "tier": tier })),
        Wish::Gone => of("tenant-deleted", json!({})),
    }
}
