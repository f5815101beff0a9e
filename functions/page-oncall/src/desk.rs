//! Work on a desk: what has come is taken in, what is due is looked at, and all of it is written at once, with what is to be told.

use std::collections::BTreeSet;

use domain::failure::Cause;
use domain::ledger::{Condition, Item, Write};
use domain::paging::compose::{Places, deliveries};
use domain::paging::delivery::Delivery;
use domain::paging::desk::{Desk, SILENCE, silences, waits};
use domain::paging::heard::Heard;
use domain::paging::id;
use domain::paging::signal::Signal;
use domain::paging::silence::Silence;
use domain::paging::whose::Whose;
use domain::ports::{Cloud, ReadItems, SendReminder, WriteItems, send};
use domain::tenant::Owner;
use domain::wake::LONGEST_DELAY;
use jiff::{SignedDuration, Timestamp};
use runtime::own::{Deliver, Look};

use crate::Problem;
use crate::judge::judge;
use crate::office::Office;
use crate::order::{Done, Order};
use crate::whose::Households;

/// What was done at a desk.
pub(crate) struct Worked {
    /// One for each order.
    pub(crate) done: Vec<Done>,
    /// For whom something waits now.
    pub(crate) receivers: BTreeSet<String>,
}

/// A transaction of DynamoDB has at most 100 items: with more than this, what was done so far is written.
const ROOM: usize = 55;
/// So often it is tried again after somebody else has changed the desk.
const TRIES: u32 = 8;
/// So many incidents are looked at by one message; the next one goes on.
const LOOKS: usize = 40;
/// Looks are left to the next message after so long: an invocation has 30 s, and deliveries need most of them.
const LOOKING: SignedDuration = SignedDuration::from_secs(6);
/// The decision about a beat that has come all the way.
pub const ALIVE: &str = "alive";
/// A delivery that its own message did not bring about is looked for after so long.
const LATER: u16 = 45;

/// A desk as it was read, and as it is by now.
struct Session<'a, C> {
    cloud: &'a C,
    office: &'a Office,
    known: &'a Households,
    partition: &'a str,
    before: Desk,
    desk: Desk,
    silences: Vec<Silence>,
    writes: Vec<Write>,
    /// For whom something that is written waits.
    receivers: BTreeSet<String>,
}

/// Does `orders` at the desk `partition`, and looks at what is due there.
pub(crate) async fn work<C: Cloud>(
    cloud: &C,
    office: &Office,
    known: &Households,
    partition: &str,
    orders: &[Order],
) -> Result<Worked, Problem> {
    let mut receivers = BTreeSet::new();
    for _ in 0..TRIES {
        let mut session = Session::open(cloud, office, known, partition).await?;
        let outcome = session.work(orders).await;
        // Those of parts that were written before somebody else came between are told now as well.
        receivers.append(&mut session.receivers);
        match outcome {
            Ok(done) => return Ok(Worked { done, receivers }),
            // What was written already is found again: it counts as repeated.
            Err(Problem::Call(error)) if error.cause == Cause::ConditionFailed => {}
            Err(error) => return Err(error),
        }
    }
    Err(Problem::Contended(partition.to_owned()))
}

impl<'a, C: Cloud> Session<'a, C> {
    async fn open(cloud: &'a C, office: &'a Office, known: &'a Households, partition: &'a str) -> Result<Self, Problem> {
        let items = send(cloud, ReadItems { owner: partition.to_owned(), prefix: String::new() }).await?;
        let desk = Desk::read(&items)?;
        let silences = silences(&items)?;
        let (before, writes, receivers) = (desk.clone(), Vec::new(), BTreeSet::new());
        Ok(Self { cloud, office, known, partition, before, desk, silences, writes, receivers })
    }

    async fn work(&mut self, orders: &[Order]) -> Result<Vec<Done>, Problem> {
        let mut done = Vec::new();
        for order in orders {
            done.push(self.order(order));
            self.tell();
            self.commit_if_full().await?;
        }
        self.look().await?;
        self.desk.tidy(self.cloud.now());
        self.commit().await?;
        Ok(done)
    }

    fn order(&mut self, order: &Order) -> Done {
        let now = self.cloud.now();
        match order {
            Order::Take(said) => self.take(&said.0, &said.1),
            Order::Acknowledge(id, by) => match self.desk.acknowledge(id, by, now) {
                Ok(()) => Done::new("acknowledged", format!("{by} has it")).about(id),
                Err(over) => Done::new("over", over.to_string()).about(id),
            },
            Order::GiveBack(id, by) => match self.desk.give_back(id, by, now) {
                Ok(()) => Done::new("given-back", format!("{by} has it no more")).about(id),
                Err(not_held) => Done::new("not-held", not_held.to_string()).about(id),
            },
            Order::Silence(silence) => self.silence(silence, now),
            Order::Unsilence(id) => {
                self.silences.retain(|silence| silence.id != *id);
                self.writes.push(Write::Delete { owner: self.partition.to_owned(), key: format!("{SILENCE}{id}") });
                self.desk.look_at_quiet(now);
                Done::new("unsilenced", format!("silence {id} is ended"))
            }
            Order::Pulse => Done::new(ALIVE, "a beat has come by the queue, and the desk was read".to_owned()),
            Order::Look => Done::new("looked", "what was due was looked at".to_owned()),
        }
    }

    fn take(&mut self, signal: &Signal, whose: &Whose) -> Done {
        let (now, Whose { subject, severity }) = (self.cloud.now(), whose.clone());
        let id = id::incident(subject.owner.as_ref().map(Owner::environment), now, self.cloud.entropy());
        let labels = Heard::of(signal.clone(), subject.clone(), severity).labels(severity);
        let wait = self.office.routes.decide(&labels, severity, now).group_wait;
        let taken = self.desk.take(signal.clone(), subject, severity, &id, wait, now);
        let done = Done::new(taken.word(), format!("{}: {}", signal.name, taken.why())).by(signal, Some(whose));
        match taken.incident() {
            Some(incident) => done.about(incident),
            None => done,
        }
    }

    fn silence(&mut self, silence: &Silence, now: Timestamp) -> Done {
        if let Err(bad) = silence.check(now) {
            return Done::new("refused", bad.to_string());
        }
        let item =
            Item::new(self.partition, &format!("{SILENCE}{}", silence.id), silence).until(silence.ends + SignedDuration::from_hours(24));
        self.writes.push(Write::Put(item, Condition::Always));
        self.silences.push(silence.clone());
        Done::new("silenced", format!("silence {} until {}: {}", silence.id, silence.ends, silence.reason))
    }

    /// Looks at what is due.
    async fn look(&mut self) -> Result<(), Problem> {
        let begun = self.cloud.now();
        for _ in 0..LOOKS {
            let now = self.cloud.now();
            if now.duration_since(begun) > LOOKING {
                return Ok(());
            }
            let Some(id) = self.desk.due(now) else { return Ok(()) };
            let Some(judged) = judge(self.cloud, self.office, self.known, &self.desk, &self.silences, &id).await? else {
                self.desk.forget(&id);
                continue;
            };
            self.desk.look(&id, &judged, now);
            self.tell();
            self.commit_if_full().await?;
        }
        Ok(())
    }

    /// Puts what is to be told into the receivers' outboxes.
    fn tell(&mut self) {
        let (now, office) = (self.cloud.now(), self.office);
        let places = Places { runbooks: &office.places.runbooks, region: &office.places.region };
        for due in std::mem::take(&mut self.desk.notices) {
            let deliveries = deliveries(&self.desk, &due, &office.routes, places, now);
            self.writes.extend(deliveries.iter().map(Delivery::write));
        }
    }

    async fn commit_if_full(&mut self) -> Result<(), Problem> {
        if self.desk.writes(&self.before, self.partition, self.cloud.now()).len() + self.writes.len() >= ROOM {
            self.commit().await
        } else {
            Ok(())
        }
    }

    /// Messages that look after what is written are on their way before it.
    async fn commit(&mut self) -> Result<(), Problem> {
        let now = self.cloud.now();
        if let Some(at) = self.desk.next_wake(now) {
            remind(self.cloud, Look { desk: self.partition.to_owned() }.body(), at, now).await?;
        }
        let mut writes = self.desk.writes(&self.before, self.partition, now);
        if writes.is_empty() && self.writes.is_empty() {
            return Ok(());
        }
        let receivers = outboxes(&self.writes);
        for receiver in &receivers {
            let body = Deliver { receiver: receiver.clone() }.body();
            send(self.cloud, SendReminder { body, delay_seconds: LATER }).await?;
        }
        writes.append(&mut self.writes);
        send(self.cloud, WriteItems { writes }).await?;
        self.receivers.extend(receivers);
        self.desk.lines.clear();
        self.desk.settled(&self.before);
        self.before = self.desk.clone();
        Ok(())
    }
}

/// The receivers whose outboxes `writes` are for.
fn outboxes(writes: &[Write]) -> BTreeSet<String> {
    writes.iter().filter_map(|write| waits(write.owner())).map(str::to_owned).collect()
}

/// Sends `body` to this function itself, to be seen at `at`.
pub(crate) async fn remind(cloud: &impl Cloud, body: String, at: Timestamp, now: Timestamp) -> Result<(), Problem> {
    let delay = at.duration_since(now).clamp(SignedDuration::ZERO, LONGEST_DELAY);
    // Rounded up: one that comes too soon would be sent again at once.
    let delay_seconds = u16::try_from(delay.as_millis().unsigned_abs().div_ceil(1_000)).unwrap_or(0);
    Ok(send(cloud, SendReminder { body, delay_seconds }).await?)
}
