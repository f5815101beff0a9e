//! How fast a receiver may be told: a bucket of tokens, kept as one moment.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::channel::Channel;

/// How fast a receiver may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Limit {
    /// After so long there is room for one more.
    pub each: SignedDuration,
    /// So many at once, after a rest.
    pub burst: u32,
}

impl Limit {
    /// The limit of one receiver of `channel`: an integration key, a webhook, a topic, the account's SMS.
    pub fn of(channel: Channel) -> Self {
        match channel {
            // "Approximately 120 calls/minute per integration key", over the last 60 s (Events API Rate Limits): 20 + 60 ÷ 0.6 = 120.
            Channel::PagerDuty => Self::new(600, 20),
            // "No more than one message per second", "bursts over that limit for short periods" (docs.slack.dev, rate limits): how many it does not say.
            Channel::Slack => Self::new(1000, 3),
            // SNS delivers 10 emails a second to a subscription, which is no quota that can be raised (AWS General Reference, SNS).
            Channel::Email => Self::new(100, 5),
            // SNS has a quota of 20 a second, but a number sends what its carriers allow: one a second for long codes, three for toll-free
            // ones (AWS End User Messaging SMS, MPS limits). 10 + 1 stay below the quota.
            Channel::Sms => Self::new(1000, 10),
            // Somebody else's: what no small server minds. Routes may say otherwise.
            Channel::Webhook => Self::new(200, 10),
            // Nothing is sent.
            Channel::Dashboard => Self::new(0, 1),
        }
    }

    const fn new(milliseconds: i64, burst: u32) -> Self {
        Self { each: SignedDuration::from_millis(milliseconds), burst }
    }

    /// No limit is below zero, nor so long that nobody hears anything.
    fn each(self) -> SignedDuration {
        self.each.clamp(SignedDuration::ZERO, SignedDuration::from_hours(1))
    }

    /// How far ahead of now a bucket may be so that there is room for one more.
    fn room(self) -> SignedDuration {
        self.each().checked_mul(i32::try_from(self.burst.max(1) - 1).unwrap_or(i32::MAX)).unwrap_or(SignedDuration::MAX)
    }
}

/// What a receiver was told lately.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bucket {
    /// When it will be as if nothing had been told.
    empty_at: Timestamp,
    /// The receiver wants nothing before that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shut_until: Option<Timestamp>,
}

impl Bucket {
    /// Takes the room for one.
    ///
    /// # Errors
    /// When there will be room.
    pub fn take(&mut self, limit: Limit, now: Timestamp) -> Result<(), Timestamp> {
        if let Some(until) = self.shut_until.filter(|until| *until > now) {
            return Err(until);
        }
        // A clock that was ahead may have left more than a bucket holds.
        let fullest = later(now, limit.room().saturating_add(limit.each()));
        let empty_at = self.empty_at.clamp(now, fullest);
        if empty_at.duration_since(now) > limit.room() {
            return Err(later(empty_at, -limit.room()));
        }
        *self = Self { empty_at: later(empty_at, limit.each()), shut_until: None };
        Ok(())
    }

    /// Lets nothing through before `until`: the receiver has said so (`retry-after`).
    pub fn shut(&mut self, until: Timestamp) {
        self.shut_until = self.shut_until.max(Some(until));
    }
}

fn later(at: Timestamp, length: SignedDuration) -> Timestamp {
    at.saturating_add(length).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CHANNELS: [Channel; 5] = [Channel::PagerDuty, Channel::Slack, Channel::Email, Channel::Sms, Channel::Webhook];

    fn at(millisecond: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + millisecond).expect("a moment")
    }

    #[test]
    fn a_burst_goes_at_once_and_then_one_each_time() {
        let (limit, mut bucket) = (Limit::of(Channel::Slack), Bucket::default());
        let taken = [0, 0, 0, 0, 0, 0, 999, 1000, 1001, 2000, 60_000].map(|now| bucket.take(limit, at(now)));
        let late = |now| Err(at(now));
        assert_eq!(taken, [Ok(()), Ok(()), Ok(()), late(1000), late(1000), late(1000), late(1000), Ok(()), late(2000), Ok(()), Ok(())]);
    }

    #[test]
    fn when_there_will_be_room_there_is() {
        for limit in CHANNELS.map(Limit::of) {
            let (mut bucket, mut now, mut told) = (Bucket::default(), at(0), 0);
            while told < 100 {
                match bucket.take(limit, now) {
                    Ok(()) => told += 1,
                    Err(later) => {
                        assert!(later > now, "{later} {now}");
                        now = later;
                    }
                }
            }
            let expected = i64::from(100 - limit.burst) * limit.each.as_millis() as i64;
            assert_eq!(now, at(expected), "{limit:?}");
        }
    }

    #[test]
    fn a_receiver_that_wants_nothing_gets_nothing() {
        let (limit, mut bucket) = (Limit::of(Channel::Slack), Bucket::default());
        bucket.shut(at(5000));
        bucket.shut(at(3000));
        assert_eq!(bucket.take(limit, at(4999)), Err(at(5000)));
        assert_eq!(bucket.take(limit, at(5000)), Ok(()));
    }

    #[test]
    fn a_clock_that_was_ahead_is_forgiven() {
        let (limit, mut bucket) = (Limit::of(Channel::Slack), Bucket::default());
        bucket.take(limit, at(86_400_000)).expect("room");
        assert_eq!(bucket.take(limit, at(0)), Err(at(1000)));
    }

    #[test]
    fn a_bucket_is_kept_as_one_moment() {
        let mut bucket = Bucket::default();
        bucket.take(Limit::of(Channel::Sms), at(0)).expect("room");
        let kept = serde_json::to_string(&bucket).expect("JSON");
        assert_eq!(kept, r#"{"emptyAt":"2027-01-15T08:00:01Z"}"#);
        assert_eq!(serde_json::from_str::<Bucket>(&kept).expect("a bucket"), bucket);
    }

    #[test]
    fn a_limit_that_makes_no_sense_lets_one_through() {
        for limit in
            [Limit::new(1000, 0), Limit { each: SignedDuration::MAX, burst: u32::MAX }, Limit { each: SignedDuration::MIN, burst: 9 }]
        {
            assert_eq!(Bucket::default().take(limit, at(0)), Ok(()), "{limit:?}");
        }
    }

    proptest! {
        #[test]
        fn no_minute_has_more_than_pagerduty_takes(steps in proptest::collection::vec(0..3000i64, 1..400)) {
            let (limit, mut bucket, mut now) = (Limit::of(Channel::PagerDuty), Bucket::default(), 0);
            let mut told = Vec::new();
            for step in steps {
                now += step;
                if bucket.take(limit, at(now)).is_ok() {
                    told.push(now);
                }
            }
            for first in &told {
                prop_assert!(told.iter().filter(|at| (*first..first + 60_000).contains(*at)).count() <= 120);
            }
        }
    }
}
