//! A delivery: one notice on its way to one receiver. It waits in the receiver's outbox until it is taken, and is claimed while it is sent.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::notice::Notice;
use super::outage::Outage;
use super::pace::Bucket;
use super::reply::{Outcome, Why};
use super::retry::Tries;
use crate::incident::Severity;
use crate::ledger::{BadItem, Condition, Item, Write};

/// One notice on its way to one receiver.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// To whom: the receiver's id.
    pub receiver: String,
    /// Who is tried if that one cannot be reached, in their order.
    pub fallbacks: Vec<String>,
    /// What is told.
    pub notice: Notice,
    /// When it was put there.
    pub created: Timestamp,
    /// The tries so far.
    pub tries: Option<Tries>,
    /// Not before then.
    pub next: Timestamp,
    /// Somebody sends it until then; later that one is thought to have crashed.
    pub claimed: Option<Timestamp>,
    /// Rises with each change.
    pub revision: u64,
}

/// A receiver's outbox.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outbox {
    /// What waits, the worst first, and of those the oldest.
    pub waiting: Vec<Delivery>,
    /// How much the receiver has taken lately.
    pub pace: Pace,
}

/// How much a receiver has taken lately.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pace {
    /// What it has taken.
    pub bucket: Bucket,
    /// When the message comes that goes on with the outbox: one is on its way at a time.
    #[serde(default)]
    pub wake_at: Option<Timestamp>,
    /// Since when it takes nothing; none: it has answered the last time.
    #[serde(default)]
    pub outage: Option<Outage>,
    /// Rises with each change.
    pub revision: u64,
}

/// What the partitions of outboxes begin with.
pub const PREFIX: &str = "out#";
/// The sort key of a receiver's pace: it sorts after all that waits, whose keys begin with a number.
const PACE: &str = "pace";
/// A function has 30 s: who has claimed a delivery for longer has crashed.
const CLAIM: SignedDuration = SignedDuration::from_secs(35);

impl Delivery {
    /// Of `notice` to `receiver`, from `now` on.
    pub fn new(receiver: String, fallbacks: Vec<String>, notice: Notice, now: Timestamp) -> Self {
        Self { receiver, fallbacks, notice, created: now, tries: None, next: now, claimed: None, revision: 0 }
    }

    /// The partition of the outbox of `receiver`.
    pub fn partition(receiver: &str) -> String {
        format!("{PREFIX}{receiver}")
    }

    /// Its sort key: the worst first, and of those the oldest.
    pub fn key(&self) -> String {
        let rank = match self.notice.severity {
            Severity::Critical => 0,
            Severity::Warning => 1,
            Severity::Info => 2,
        };
        format!("{rank}#{:015}#{}", self.created.as_millisecond(), self.notice.delivery)
    }

    /// Its first write.
    pub fn write(&self) -> Write {
        Write::Put(Item::new(&Self::partition(&self.receiver), &self.key(), self), Condition::Always)
    }

    /// Its write after a change, which fails if somebody else has changed it.
    pub fn rewrite(&self) -> Write {
        let after = Self { revision: self.revision + 1, ..self.clone() };
        Write::Put(Item::new(&Self::partition(&self.receiver), &self.key(), &after), Condition::is("revision", self.revision))
    }

    /// Its end.
    pub fn delete(&self) -> Write {
        Write::Delete { owner: Self::partition(&self.receiver), key: self.key() }
    }

    /// Whether it may be sent at `now`.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.next <= now && self.claimed.is_none_or(|until| until <= now)
    }

    /// Claimed at `now` for one more try. Whoever had claimed it before and did not say what came of it may have sent it.
    #[must_use]
    pub fn claim(&self, now: Timestamp) -> Self {
        let mut claimed = self.clone();
        claimed.notice.is_repeat |= self.claimed.is_some();
        claimed.claimed = Some(now + CLAIM);
        let (count, since) = self.tries.map_or((0, now), |tries| (tries.count, tries.since));
        claimed.tries = Some(Tries { count: count + 1, since, is_last: self.fallbacks.is_empty() });
        claimed
    }

    /// To be tried again after `wait`. What may have arrived is told as a repeat.
    #[must_use]
    pub fn again(&self, wait: SignedDuration, may_have_arrived: bool, now: Timestamp) -> Self {
        let mut again = Self { next: now + wait, claimed: None, ..self.clone() };
        again.notice.is_repeat |= may_have_arrived;
        again
    }

    /// To the next receiver instead, from `now` on; none: there is none.
    pub fn fall_back(&self, now: Timestamp) -> Option<Self> {
        let (first, rest) = self.fallbacks.split_first()?;
        let mut notice = self.notice.clone();
        notice.notes.push(format!("{} could not be reached.", self.receiver));
        Some(Self { created: self.created, ..Self::new(first.clone(), rest.to_vec(), notice, now) })
    }
}

impl Outbox {
    /// Reads the outbox from all items of its partition.
    ///
    /// # Errors
    /// One is of newer code, or broken.
    pub fn read(items: &[Item]) -> Result<Self, BadItem> {
        let mut outbox = Self::default();
        for item in items {
            if item.key == PACE {
                outbox.pace = item.read()?;
            } else {
                outbox.waiting.push(item.read()?);
            }
        }
        outbox.waiting.sort_by_key(Delivery::key);
        Ok(outbox)
    }

    /// When something may be sent next; none: nothing waits.
    pub fn next(&self) -> Option<Timestamp> {
        self.waiting.iter().map(|delivery| delivery.next.max(delivery.claimed.unwrap_or(delivery.next))).min()
    }
}

impl Pace {
    /// Takes in what the `outcome` of a try at `now` says of the receiver itself. Whether that is news.
    pub fn hear(&mut self, outcome: &Outcome, now: Timestamp) -> bool {
        let before = self.clone();
        self.outage = Outage::after(self.outage.as_ref(), outcome, now);
        if let Outcome::Again { after: Some(wait), why: Why::Busy } = outcome {
            self.bucket.shut(now + *wait);
        }
        *self != before
    }

    /// What would come of a try of `delivery`, where it need not be made.
    pub fn foretells(&self, delivery: &Delivery, now: Timestamp) -> Option<Outcome> {
        self.outage.as_ref()?.foretells(delivery.notice.severity, delivery.fallbacks.is_empty(), now)
    }

    /// The tries of `delivery`, with those of others that have found out the same.
    pub fn tries(&self, delivery: &Delivery) -> Option<Tries> {
        delivery.tries.map(|tries| self.outage.as_ref().map_or(tries, |outage| outage.of(tries)))
    }

    /// Whether a message must be sent so that the outbox is gone on with at `next`: none that is on its way comes as soon.
    pub fn must_wake(&self, next: Timestamp, now: Timestamp) -> bool {
        !self.wake_at.is_some_and(|at| at > now && at <= next)
    }

    /// Its write after a change, which fails if somebody else has changed it.
    pub fn rewrite(&self, receiver: &str) -> Write {
        let after = Self { revision: self.revision + 1, ..self.clone() };
        let condition = if self.revision == 0 { Condition::Absent } else { Condition::is("revision", self.revision) };
        Write::Put(Item::new(&Delivery::partition(receiver), PACE, &after), condition)
    }
}
