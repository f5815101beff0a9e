//! Wake-ups: the one pending message that brings an owner back, and events that may bring it forward.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

mod pace;

pub use pace::{BadPace, Pace};

/// SQS delays a message by at most this.
pub const LONGEST_DELAY: SignedDuration = SignedDuration::from_secs(900);

/// A chain of wake-ups that has come to no end after so many hops or so long is given up, and a human is told.
///
/// The age is the longest that an environment may be waited for; 1,500 hops in it would be one a minute.
pub const MOST_HOPS: u32 = 1_500;
/// See [`MOST_HOPS`].
pub const LONGEST_CHAIN: SignedDuration = SignedDuration::from_hours(24);

/// A wake-up that is overdue by this much has been lost; any event of the owner may then stand in for it.
const LOST_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// A wake-up that came before its pass has settled is looked at again after this.
const RECHECK: SignedDuration = SignedDuration::from_secs(5);

/// The longest time between two looks while AWS is at work.
const LONGEST_POLL: Duration = Duration::from_secs(300);
/// How soon to look again, and after which part of what it has taken so far: no owner is to be ready later than 1.02 times AWS's own
/// time, of which calls and messages need some. Mount targets, which take 90 s, are looked at 39 times: 15 times a second
/// apart from 45 s on, and 60 × ln(90 ÷ 60) = 24 times from 60 s on.
const POLL: (Duration, u32) = (Duration::from_secs(1), 60);
/// The same where an event tells of the end: only one that gets lost makes its owner late, by a thirtieth at most.
const POLL_BESIDE_EVENTS: (Duration, u32) = (Duration::from_secs(5), 30);

/// The pending wake-up of an owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wake {
    /// Told apart by the epoch of the pass that set it.
    pub id: u64,
    /// When it is due.
    pub at: Timestamp,
    /// When the chain began.
    pub since: Timestamp,
    /// How many wake-ups the chain has had.
    pub hops: u32,
}

impl Wake {
    /// Whether the chain has come to its named bound.
    pub fn is_worn_out(&self, now: Timestamp) -> bool {
        self.hops >= MOST_HOPS || now.duration_since(self.since) >= LONGEST_CHAIN
    }

    /// Whether it is overdue by so much that its message must be lost.
    pub fn is_lost(&self, now: Timestamp) -> bool {
        now.duration_since(self.at) >= LOST_AFTER
    }

    /// The delay of its message, in seconds. A later moment than SQS can wait for comes back early and is sent on.
    pub fn delay_seconds(&self, now: Timestamp) -> u16 {
        let wait = self.at.duration_since(now).clamp(SignedDuration::ZERO, LONGEST_DELAY);
        u16::try_from(wait.as_millis().unsigned_abs().div_ceil(1000)).unwrap_or(0)
    }
}

/// What becomes of a wake-up that has arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reception {
    /// It is the pending one, or stands in for it: a pass is due.
    Act,
    /// Another one is pending, or none: it is of a chain that has ended.
    Drop,
    /// A pass is under way that may be about to make it the pending one.
    Later(SignedDuration),
}

/// What a wake-up is held against.
#[derive(Debug, Clone, Copy)]
pub struct Pending<'a> {
    /// The pending one.
    pub wake: Option<&'a Wake>,
    /// No pass has settled the newest intent yet: whatever comes may stand in for the event that was lost.
    pub unsettled: bool,
    /// Until when a pass may be under way.
    pub busy_until: Option<Timestamp>,
}

/// What becomes of the wake-up `id`.
pub fn receive(id: u64, pending: Pending<'_>, now: Timestamp) -> Reception {
    let matches = |wake: &Wake| wake.id == id || wake.is_lost(now);
    if pending.unsettled || pending.wake.is_some_and(matches) {
        return Reception::Act;
    }
    match pending.busy_until {
        Some(until) if until > now => Reception::Later(until.duration_since(now).min(RECHECK)),
        _ => Reception::Drop,
    }
}

/// How often AWS's events may bring a wake-up forward: two at once, then one a minute. RDS, ECS, ACM and ECR tell by EventBridge,
/// ElastiCache by SNS, of what it made, scaled and deleted; NAT gateways, load balancers and EFS tell of nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nudges {
    /// How many are left.
    pub left: u8,
    /// When that was counted.
    pub counted_at: Timestamp,
}

/// At once.
const NUDGES_AT_ONCE: u8 = 2;
/// Then one in this time.
const NUDGE_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// Takes one nudge from what is left, if there is one.
pub fn nudge(before: Option<&Nudges>, now: Timestamp) -> Option<Nudges> {
    let Some(before) = before else {
        return Some(Nudges { left: NUDGES_AT_ONCE - 1, counted_at: now });
    };
    let passed = now.duration_since(before.counted_at).as_secs() / NUDGE_EVERY.as_secs();
    let refilled = before.left.saturating_add(u8::try_from(passed.max(0)).unwrap_or(NUDGES_AT_ONCE)).min(NUDGES_AT_ONCE);
    let counted_at = if passed > 0 { now } else { before.counted_at };
    refilled.checked_sub(1).map(|left| Nudges { left, counted_at })
}

/// When a nudge that there was none left for may be made up for.
pub fn next_nudge(before: &Nudges) -> Timestamp {
    before.counted_at + NUDGE_EVERY
}

/// When to look again at what has been settling for `elapsed` and usually takes `usual`: first after half of that, before which hardly
/// anything is done, then after a fraction of the time that it has taken so far, so that no more than that is lost between its end
/// and the look that sees it. Where an event tells of the end, looks are for the case that it gets lost, and may be late.
pub fn poll_after(elapsed: Duration, usual: Duration, sends_events: bool) -> Duration {
    let (shortest, part) = if sends_events { POLL_BESIDE_EVENTS } else { POLL };
    let first = (usual / 2).checked_sub(elapsed).filter(|wait| !wait.is_zero());
    first.unwrap_or(elapsed / part).clamp(shortest, LONGEST_POLL)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn only_the_pending_wake_up_acts() {
        let pending = Wake { id: 5, at: at(100), since: at(0), hops: 1 };
        let check = |id, now: i64, busy: Option<i64>, expected| {
            let pending = Pending { wake: Some(&pending), unsettled: false, busy_until: busy.map(at) };
            assert_eq!(receive(id, pending, at(now)), expected, "{id} at {now}");
        };
        check(5, 100, None, Reception::Act);
        check(4, 100, None, Reception::Drop);
        check(6, 90, Some(120), Reception::Later(RECHECK)); // sent before its pass has settled
        check(6, 90, Some(80), Reception::Drop); // that pass has died
        check(4, 161, None, Reception::Act); // the pending one is lost
        let none = Pending { wake: None, unsettled: false, busy_until: None };
        assert_eq!(receive(5, none, at(100)), Reception::Drop);
        assert_eq!(receive(5, Pending { unsettled: true, ..none }, at(100)), Reception::Act);
    }

    #[test]
    fn two_nudges_at_once_and_then_one_a_minute() {
        let mut nudges = None;
        let mut granted = Vec::new();
        for second in [0, 0, 0, 30, 59, 60, 61, 119, 120, 600, 600, 600] {
            if let Some(next) = nudge(nudges.as_ref(), at(second)) {
                nudges = Some(next);
                granted.push(second);
            }
        }
        assert_eq!(granted, [0, 0, 60, 120, 600, 600]);
        assert_eq!(nudges.map(|nudges| next_nudge(&nudges)), Some(at(660)));
    }

    #[test]
    fn polls_begin_at_half_the_usual_time_and_lose_a_part_of_what_it_takes() {
        let seconds = |elapsed, sends_events| poll_after(Duration::from_secs(elapsed), Duration::from_secs(360), sends_events).as_secs();
        assert_eq!([0, 170, 180, 280, 400, 900, 20_000].map(|elapsed| seconds(elapsed, false)), [180, 10, 3, 4, 6, 15, 300]);
        assert_eq!([0, 170, 180, 280, 400, 900, 20_000].map(|elapsed| seconds(elapsed, true)), [180, 10, 6, 9, 13, 30, 300]);
    }
}
