//! A pool's item in the table of scaling: what was sampled and decided last, and which faults are open.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::decide::{Blind, Decision, Inputs, decide};
use super::fault::{Fault, present};
use super::fleet::{Claim, Scarce};
use super::history::History;
use super::reading::Reading;
use super::sample::{QueueDepth, STALE, Unusable};
use crate::incident::Incident;
use crate::tenant::Owner;

/// What is remembered of a pool. It is written under the condition that nobody else has meanwhile: one sample is decided upon once.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Memory {
    /// Rises with each write.
    pub revision: u64,
    /// The newest sample of each queue.
    pub depths: BTreeMap<String, QueueDepth>,
    /// For the next decision.
    pub history: History,
    /// Open faults, and since when.
    pub faults: BTreeMap<Fault, Timestamp>,
    /// The last decision with all that it follows from.
    pub last: Option<Last>,
    /// What the bus has not taken yet.
    pub outbox: Vec<Incident>,
}

/// A decision, with all that it follows from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Last {
    /// What it follows from.
    pub inputs: Inputs,
    /// What was decided.
    pub decision: Decision,
}

/// The partition of the pools of `owner` in the table of scaling.
pub fn partition(owner: &Owner) -> String {
    format!("{PARTITION_PREFIX}{owner}")
}

/// What tells the partitions of the table of scaling from the ledger's.
pub const PARTITION_PREFIX: &str = "scaling#";

impl Memory {
    /// Takes in `samples` of a pool that works on `queues`. What each is worth, and what the pool looks like now.
    pub fn take_in(
        &mut self,
        samples: &[QueueDepth],
        queues: &[String],
        now: Timestamp,
    ) -> (Vec<Result<(), Unusable>>, Result<Reading, Blind>) {
        let worth: Vec<_> = samples.iter().map(|sample| self.accept(sample, now)).collect();
        let unusable = worth.iter().find_map(|worth| worth.err()).filter(|_| worth.iter().all(Result::is_err));
        self.depths.retain(|queue, _| queues.contains(queue));
        let fresh: Vec<_> = self.depths.values().filter(|depth| now.duration_since(depth.observed_at) <= STALE).collect();
        let reading = match unusable {
            Some(unusable) => Err(Blind::Unusable(unusable)),
            None => Reading::of(&fresh, queues.len()).ok_or(Blind::Unknown),
        };
        (worth, reading)
    }

    fn accept(&mut self, sample: &QueueDepth, now: Timestamp) -> Result<(), Unusable> {
        sample.check(self.depths.get(&sample.queue).map(|before| before.observed_at), now)?;
        self.depths.insert(sample.queue.clone(), sample.clone());
        Ok(())
    }

    /// What its pool claims of a limit of which a worker takes `each`.
    pub fn claim(&self, each: f64, weight: f64) -> Option<Claim> {
        let last = self.last.as_ref()?;
        let has = self.history.left.unwrap_or(last.inputs.pool.desired);
        Some(Claim { each, has, wants: last.decision.wanted().unwrap_or(has), weight })
    }

    /// Decides by `inputs`, for the `service` of `owner`, and remembers it. What has come or gone by it is put into the outbox. Of all that
    /// is `scarce` the pool gets its share, if it wants more than it has.
    pub fn decide(&mut self, mut inputs: Inputs, scarce: &[Scarce], owner: &Owner, service: &str) -> Decision {
        let (mut decision, mut history) = decide(&inputs);
        if let Some(wants) = decision.wanted() {
            inputs.pool.share = scarce.iter().map(|scarce| scarce.share(inputs.pool.desired, wants)).min();
            (decision, history) = decide(&inputs);
        }
        let found = present(&decision, &history, &self.depths, inputs.now);
        self.history = history;
        let news = found.iter().filter(|(fault, _)| !self.faults.contains_key(fault));
        self.outbox.extend(news.map(|(fault, seen)| fault.opened(owner, service, seen.clone(), inputs.now)));
        let over = self.faults.iter().filter(|(fault, _)| !found.contains_key(fault));
        self.outbox.extend(over.map(|(fault, since)| fault.resolved(owner, service, *since)));
        self.faults = found.keys().map(|fault| (*fault, self.faults.get(fault).copied().unwrap_or(inputs.now))).collect();
        self.last = Some(Last { inputs, decision: decision.clone() });
        self.revision += 1;
        decision
    }
}

#[cfg(test)]
mod tests {
    use super::super::decide::Outcome;
    use super::super::limits::Bounds;
    use super::super::sample::testing::{at, depth};
    use super::super::standing::Pool;
    use super::*;
    use crate::incident::Turn;

    fn of(queue: &str, second: i64, ready: Option<u64>) -> QueueDepth {
        QueueDepth { queue: queue.into(), observed_at: at(second), ..depth(ready, Some(0), Some(0)) }
    }

    fn queues() -> Vec<String> {
        vec!["fast".into(), "slow".into()]
    }

    #[test]
    fn queues_of_one_pool_are_summed_and_what_is_stale_is_not_known() {
        let mut memory = Memory::default();
        let mut check = |samples: &[QueueDepth], now, expected: Result<(u64, bool), Blind>| {
            let reading = memory.take_in(samples, &queues(), at(now)).1;
            assert_eq!(reading.map(|reading| (reading.backlog, reading.is_whole)), expected);
        };
        check(&[of("fast", 1_000, Some(5))], 1_000, Ok((5, false)));
        check(&[of("slow", 1_010, Some(7))], 1_010, Ok((12, true)));
        // A repeat, one out of order, and one of them beside a new one.
        check(&[of("slow", 1_010, Some(7))], 1_011, Err(Blind::Unusable(Unusable::Repeated)));
        check(&[of("slow", 1_000, Some(7)), of("fast", 1_020, Some(6))], 1_020, Ok((13, true)));
        check(&[of("fast", 1_195, Some(9))], 1_195, Ok((9, false)));
        check(&[of("fast", 1_196, None)], 1_196, Err(Blind::Unknown));
    }

    #[test]
    fn a_fault_is_told_when_it_comes_and_when_it_goes() {
        let (mut memory, owner) = (Memory::default(), "tenant#dev#demo".parse().unwrap());
        let mut tell = |second, evicts: Option<&str>| {
            let sample = QueueDepth { evicts: evicts.map(str::to_owned), ..of("fast", second, Some(5)) };
            let reading = memory.take_in(&[sample], &queues()[..1], at(second)).1;
            let pool = Pool::free(1, 1, Bounds { min: 1, max: 1 });
            let inputs =
                Inputs { policy: serde_json::from_str("{}").ok(), pool, reading, history: memory.history.clone(), now: at(second) };
            memory.decide(inputs, &[], &owner, "mate-demo-dev-celery");
            std::mem::take(&mut memory.outbox).into_iter().map(|one| (one.turn, one.dedup_key, one.since)).collect::<Vec<_>>()
        };
        let key = || "dev/demo/mate-demo-dev-celery/evicting-broker".to_owned();
        assert_eq!(tell(1_000, None), []);
        assert_eq!(tell(1_010, Some("allkeys-lru")), [(Turn::Opened, key(), at(1_010))]);
        assert_eq!(tell(1_020, Some("allkeys-lru")), []);
        assert_eq!(tell(1_030, None), [(Turn::Resolved, key(), at(1_010))]);
    }

    #[test]
    fn what_is_remembered_is_enough_to_decide_again() {
        let (mut memory, owner) = (Memory::default(), "tenant#dev#demo".parse().unwrap());
        let reading = memory.take_in(&[of("fast", 1_000, Some(50))], &queues()[..1], at(1_000)).1;
        let pool = Pool::free(1, 1, Bounds { min: 1, max: 9 });
        let inputs = Inputs { policy: serde_json::from_str("{}").ok(), pool, reading, history: memory.history.clone(), now: at(1_000) };
        let decision = memory.decide(inputs, &[], &owner, "s");
        assert!(matches!(decision.outcome, Outcome::Scale { from: 1, .. }));
        let text = serde_json::to_string(&memory).unwrap();
        let last = serde_json::from_str::<Memory>(&text).unwrap().last.unwrap();
        assert_eq!(decide(&last.inputs).0, decision);
    }
}
