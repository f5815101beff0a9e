//! The replay: an event-driven simulation of one pool in virtual time.

pub mod pool;
pub mod sample;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use pool::{Pool, Started};
use sample::{Beat, Sample};

use crate::scaler::{Scaler, View};
use crate::settings::{BEAT, Settings};
use crate::steps::Steps;
use crate::trace::Trace;

/// What came of a replay.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// When each arrival of the trace began to be served, in milliseconds.
    pub begun: Vec<u64>,
    /// Workers that serve.
    pub serving: Steps,
    /// Workers that are paid for: from the order to the end.
    pub paid: Steps,
    /// When the last task was done, in milliseconds.
    pub finished: u64,
    /// How often the count was changed.
    pub changes: u32,
}

/// What happens next. At one moment the first of these comes first, so that a sample sees all that has happened by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Done { worker: u64, service: u64 },
    Serves { worker: u64 },
    Arrives { nth: usize },
    Beats,
    Sampled,
    Decides,
}

/// Replays `trace` under `settings` with `scaler`, beginning with `initial` workers that serve, until all is served and `until` has
/// passed, in milliseconds.
pub fn replay(trace: &Trace, settings: &Settings, scaler: &mut dyn Scaler, initial: u32, until: u64) -> Run {
    let mut replay = Replay::new(trace, settings, scaler);
    replay.pool.begin_with(initial);
    replay.note(0);
    while let Some(Reverse((now, event))) = replay.events.pop() {
        if replay.left == 0 && now > until {
            break;
        }
        replay.happen(now, event);
        replay.note(now);
    }
    Run { begun: replay.begun, serving: replay.serving, paid: replay.paid, finished: replay.finished, changes: replay.changes }
}

struct Replay<'a> {
    trace: &'a Trace,
    settings: &'a Settings,
    scaler: &'a mut dyn Scaler,
    events: BinaryHeap<Reverse<(u64, Event)>>,
    pool: Pool,
    beat: Option<Beat>,
    sample: Option<Sample>,
    begun: Vec<u64>,
    left: usize,
    serving: Steps,
    paid: Steps,
    finished: u64,
    changes: u32,
}

impl<'a> Replay<'a> {
    fn new(trace: &'a Trace, settings: &'a Settings, scaler: &'a mut dyn Scaler) -> Self {
        let arrivals = trace.arrivals.iter().enumerate().map(|(nth, arrival)| (arrival.at, Event::Arrives { nth }));
        let rhythm = [
            (settings.first_beat(), Event::Beats),
            (settings.sampling, Event::Sampled),
            (scaler.interval() + settings.latency, Event::Decides),
        ];
        Self {
            trace,
            settings,
            events: arrivals.chain(rhythm).map(Reverse).collect(),
            scaler,
            pool: Pool::new(settings.concurrency),
            beat: None,
            sample: None,
            begun: vec![0; trace.arrivals.len()],
            left: trace.arrivals.len(),
            serving: Steps::default(),
            paid: Steps::default(),
            finished: 0,
            changes: 0,
        }
    }

    fn at(&mut self, moment: u64, event: Event) {
        self.events.push(Reverse((moment, event)));
    }

    fn note(&mut self, now: u64) {
        self.serving.set(now, self.pool.serving());
        self.paid.set(now, self.pool.paid());
    }

    fn happen(&mut self, now: u64, event: Event) {
        match event {
            Event::Arrives { nth } => {
                let started = self.pool.arrive(nth);
                self.serve(now, started);
            }
            Event::Done { worker, service } => {
                (self.left, self.finished) = (self.left - 1, now);
                let started = self.pool.done(worker, service);
                self.serve(now, started);
            }
            Event::Serves { worker } => {
                let started = self.pool.serves(worker);
                self.serve(now, started);
            }
            Event::Beats => {
                self.beat = self.pool.beat();
                self.at(now + BEAT, Event::Beats);
            }
            Event::Sampled => self.look(now),
            Event::Decides => self.decide(now),
        }
    }

    fn serve(&mut self, now: u64, started: Vec<Started>) {
        for Started { worker, task } in started {
            self.begun[task] = now;
            let service = self.trace.arrivals[task].service;
            self.at(now + service, Event::Done { worker, service });
        }
    }

    fn look(&mut self, now: u64) {
        let oldest = self.pool.oldest().map(|task| now - self.trace.arrivals[task].at);
        let sample = Sample::take(now, &self.pool, oldest, self.beat);
        self.scaler.observe(&sample);
        self.sample = Some(sample);
        self.at(now + self.settings.sampling, Event::Sampled);
    }

    /// A decision follows from the newest sample. Nothing is known before the first.
    fn decide(&mut self, now: u64) {
        self.at(now + self.scaler.interval(), Event::Decides);
        let Some(sample) = &self.sample else { return };
        let (desired, serving) = (self.pool.desired(), self.pool.serving());
        let view = View { now, sample, desired, serving, bounds: self.settings.bounds };
        let wanted = self.settings.bounds.hold(self.scaler.decide(&view));
        self.changes += u32::from(wanted != desired);
        for worker in self.pool.scale(wanted) {
            let delay = self.settings.start_delay(worker);
            self.at(now + delay, Event::Serves { worker });
        }
    }
}

#[cfg(test)]
mod tests;
