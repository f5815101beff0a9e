//! AWS in memory and virtual time: exactly the operations of `domain::ports`, with AWS's semantics, durations, events and faults.
//!
//! ```text
//! Invocation (implements Cloud) -> boundary (schedule) -> strike? -> latency -> World::exchange
//!   -> outage? bucket? quota? -> Aws (read or change) -> log
//!                                     -> transitions later -> events -> hook (nudges on the tenant queue)
//! ```
//!
//! A simulator is deterministic: its seed, its executor's schedule and what is asked of it decide everything.

use std::cell::{Cell, Ref, RefCell, RefMut};
use std::rc::Rc;

use domain::failure::CallError;
use domain::ports::{Call, Reply};
use jiff::{SignedDuration, Timestamp};

use crate::executor::Executor;
use crate::random::Random;

mod aws;
mod backups;
mod balancing;
mod buckets;
mod caches;
mod census;
pub mod critical_path;
mod databases;
mod environment;
mod faults;
mod file_systems;
mod firewall;
mod function;
mod functions;
mod grounds;
mod invocation;
mod ledger;
mod log;
mod naming;
mod network;
mod orders;
mod parameter_groups;
mod queue;
mod receivers;
mod rules;
mod scaling;
mod secrets;
mod services;
mod shelf;
mod sights;
mod storage;
mod subject;
mod task_definitions;
mod tasks;
mod turn;
mod users;
mod watching;
mod world;

mod access_points;
mod keys;
mod messaging;

pub use census::Census;
pub use environment::{Environment, OWN_FUNCTION, Subnet};
pub use faults::{Aim, Faults, Outage, Strike};
pub use function::{Limits, Verdict};
pub use invocation::Invocation;
pub use log::{Entry as LogEntry, Log, Mark, Outcome, Point};
pub use queue::{DeadLetter, MOST_RECEIVES, Received, VISIBILITY};
pub use receivers::{Letter, Stoppage};
pub use subject::subject;
pub use turn::{Sampled, Told};

use function::Mapping;
use turn::{Transition, Turn};
use world::World;

/// Calls to AWS: from so many to so many milliseconds there, and the same back. An estimate for calls within a region.
const LATENCY_MS: (f64, f64) = (5.0, 60.0);
/// From a change to the event about it at its target, in milliseconds: "typically half a second" (EventBridge FAQ), here up to 2 s.
const EVENT_MS: (f64, f64) = (300.0, 2_000.0);

/// What AWS's events are told to, and the moment.
type Hook = Box<dyn FnMut(Timestamp, &Told)>;

/// AWS. Clones share it.
#[derive(Clone)]
pub struct Simulator(Rc<Inner>);

struct Inner {
    executor: Executor,
    world: RefCell<World>,
    mapping: Mapping,
    hook: RefCell<Option<Hook>>,
    invocations: Cell<usize>,
    has_latency: Cell<bool>,
    keeps_requests: Cell<bool>,
    latencies: RefCell<Random>,
}

impl Simulator {
    /// AWS with nothing in it but the Ready environment. Seed 0 takes durations as the local cloud does.
    pub fn new(executor: &Executor, seed: u64) -> Self {
        Self::of(Inner {
            executor: executor.clone(),
            world: RefCell::new(World::new(seed)),
            mapping: Mapping::default(),
            hook: RefCell::default(),
            invocations: Cell::new(0),
            has_latency: Cell::new(false),
            keeps_requests: Cell::new(false),
            latencies: RefCell::new(Random::of(seed, "latency")),
        })
    }

    /// The same world once more, at the same moment of another executor, with an empty log: what is common to many runs is lived once.
    ///
    /// # Panics
    /// If anything is still under way.
    pub fn fork(&self, executor: &Executor) -> Self {
        assert!(self.is_quiet() && self.executor().is_idle(), "a world is forked at rest");
        executor.run_for(self.executor().now().duration_since(executor.now()));
        let mut world = self.world().clone();
        world.log = Log::default();
        Self::of(Inner {
            executor: executor.clone(),
            world: RefCell::new(world),
            mapping: Mapping::default(),
            hook: RefCell::default(),
            invocations: self.0.invocations.clone(),
            has_latency: self.0.has_latency.clone(),
            keeps_requests: self.0.keeps_requests.clone(),
            latencies: self.0.latencies.clone(),
        })
    }

    fn of(inner: Inner) -> Self {
        let executor = inner.executor.clone();
        let inner = Rc::new(inner);
        let weak = Rc::downgrade(&inner);
        executor.on_clear(move || {
            if let Some(inner) = weak.upgrade() {
                inner.mapping.clear();
                inner.hook.take();
            }
        });
        Self(inner)
    }

    /// AWS with nothing in it but a hosted zone.
    pub fn empty(executor: &Executor, seed: u64) -> Self {
        let simulator = Self::new(executor, seed);
        simulator.world_mut().forget_fixture();
        simulator
    }

    /// Its executor.
    pub fn executor(&self) -> &Executor {
        &self.0.executor
    }

    fn world(&self) -> Ref<'_, World> {
        self.0.world.borrow()
    }

    fn world_mut(&self) -> RefMut<'_, World> {
        self.0.world.borrow_mut()
    }

    fn mapping(&self) -> &Mapping {
        &self.0.mapping
    }

    fn seed(&self) -> u64 {
        self.world().seed
    }

    /// A new invocation, which ends after `timeout`.
    pub fn invoke(&self, timeout: SignedDuration) -> Invocation {
        let number = self.0.invocations.get() + 1;
        self.0.invocations.set(number);
        Invocation::new(self.clone(), format!("invocation-{number}"), self.0.executor.now() + timeout)
    }

    // How it goes

    fn latency(&self) -> (SignedDuration, SignedDuration) {
        if self.0.has_latency.get() { (self.sample(LATENCY_MS), self.sample(LATENCY_MS)) } else { Default::default() }
    }

    fn sample(&self, (least, most): (f64, f64)) -> SignedDuration {
        let micros = 1000.0 * (least + (most - least) * self.0.latencies.borrow_mut().unit());
        SignedDuration::from_micros(micros as i64)
    }

    fn keeps_requests(&self) -> bool {
        self.0.keeps_requests.get()
    }

    fn meet(&self, call: &Call, invocation: &str) -> Option<Strike> {
        let world = &mut *self.world_mut();
        world.strikes.meet(call, invocation, &world.faults, &mut world.chances)
    }

    fn note(&self, entry: LogEntry) {
        self.world_mut().log.note(entry);
    }

    /// AWS does, or refuses, a call.
    fn act(&self, call: Call, stale: bool) -> Result<Reply, CallError> {
        let reply = self.change(|world, turn| world.exchange(call, stale, turn));
        self.look();
        reply
    }

    fn change<T>(&self, act: impl FnOnce(&mut World, &mut Turn) -> T) -> T {
        let mut world = self.world_mut();
        let mut turn = world.turn(self.0.executor.now());
        let result = act(&mut world, &mut turn);
        drop(world);
        self.follow(turn);
        result
    }

    /// Sets in motion what an act has begun.
    fn follow(&self, turn: Turn) {
        self.world_mut().sampled.extend(turn.sampled);
        for (wait, transition) in turn.later {
            let this = self.clone();
            self.0.executor.after(wait, move || this.becomes(&transition));
        }
        for told in turn.events {
            self.tell(told);
        }
    }

    fn becomes(&self, transition: &Transition) {
        self.change(|world, turn| {
            world.remember(turn.now);
            world.aws.becomes(transition, turn);
        });
    }

    fn tell(&self, told: Told) {
        if self.world().faults.silent {
            return;
        }
        let this = self.clone();
        let wait = if self.0.has_latency.get() { self.sample(EVENT_MS) } else { SignedDuration::ZERO };
        self.0.executor.after(wait, move || {
            // Taken out while it runs: it may send messages.
            let Some(mut hook) = this.0.hook.take() else {
                return;
            };
            hook(this.0.executor.now(), &told);
            this.0.hook.replace(Some(hook));
        });
    }
}
