//! Work on a desk: what has come is taken in, what is due is looked at, and all of it is written at once, with what is to be told.

use std::collections::BTreeSet;

use domain::failure::Cause;
use domain::incident::Severity;
use domain::ledger::{Condition, Item, Write};
use domain::paging::desk::{Desk, SILENCE, silences, waits};
use domain::paging::id;
use domain::paging::incident::What;
use domain::paging::signal::Signal;
use domain::paging::silence::Silence;
use domain::paging::subject::Subject;
use domain::ports::{Cloud, ReadItems, SendReminder, WriteItems, send};
use domain::tenant::Owner;
use domain::wake::LONGEST_DELAY;
use jiff::{SignedDuration, Timestamp};
use runtime::own::{Deliver, Look};

use crate::Problem;
use crate::judge::{decision, judge};
use crate::office::Office;
use crate::order::{Done, Order};
use crate::tell::deliveries;
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
    for _ in 0..TRIES {
        let mut session = Session::open(cloud, office, known, partition).await?;
        match session.work(orders).await {
            Ok(done) => return Ok(Worked { done, receivers: session.receivers }),
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
            self.tell().await?;
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
            Order::Take(said) => self.take(&said.0, &said.1, said.2),
            Order::Acknowledge(id, by) => match self.desk.acknowledge(id, by, now) {
                Ok(()) => Done { word: "acknowledged", why: format!("{by} has it"), incident: Some(id.clone()) },
                Err(over) => Done::over(id, &over),
            },
            Order::GiveBack(id, by) => {
                self.desk.give_back(id, by, now);
                Done { word: "given-back", why: format!("{by} has it no more"), incident: Some(id.clone()) }
            }
            Order::Silence(silence) => self.silence(silence, now),
            Order::Unsilence(id) => {
                self.silences.retain(|silence| silence.id != *id);
                self.writes.push(Write::Delete { owner: self.partition.to_owned(), key: format!("{SILENCE}{id}") });
                self.desk.look_at_quiet(now);
                Done { word: "unsilenced", why: format!("silence {id} is ended"), incident: None }
            }
            Order::Pulse => Done { word: ALIVE, why: "a beat has come by the queue, and the desk was read".to_owned(), incident: None },
            Order::Look => Done { word: "looked", why: "what was due was looked at".to_owned(), incident: None },
        }
    }

    fn take(&mut self, signal: &Signal, subject: &Subject, severity: Severity) -> Done {
        let now = self.cloud.now();
        let id = id::incident(subject.owner.as_ref().map(Owner::environment), now, self.cloud.entropy());
        let heard = domain::paging::heard::Heard::of(signal.clone(), subject.clone(), severity);
        let wait = self.office.routes.decide(&heard.labels(severity), severity, now).group_wait;
        let taken = self.desk.take(signal.clone(), subject.clone(), severity, &id, wait, now);
        let incident = taken.incident().map(str::to_owned);
        Done { word: taken.word(), why: format!("{}: {}", signal.name, taken.why()), incident }
    }

    fn silence(&mut self, silence: &Silence, now: Timestamp) -> Done {
        if let Err(bad) = silence.check(now) {
            return Done { word: "refused", why: bad.to_string(), incident: None };
        }
        let item =
            Item::new(self.partition, &format!("{SILENCE}{}", silence.id), silence).until(silence.ends + SignedDuration::from_hours(24));
        self.writes.push(Write::Put(item, Condition::Always));
        self.silences.push(silence.clone());
        Done { word: "silenced", why: format!("silence {} until {}: {}", silence.id, silence.ends, silence.reason), incident: None }
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
            self.tell().await?;
            self.commit_if_full().await?;
        }
        Ok(())
    }

    /// Puts what is to be told into the receivers' outboxes.
    async fn tell(&mut self) -> Result<(), Problem> {
        let now = self.cloud.now();
        for mut notice in std::mem::take(&mut self.desk.notices) {
            let Some((_, decision)) = decision(self.office, &self.desk, &notice.incident, Some(notice.what), now) else { continue };
            if notice.what == What::Saved {
                notice.to =
                    decision.levels.first().map(|level| level.to.iter().map(|one| one.receiver.clone()).collect()).unwrap_or_default();
            }
            for (receiver, write) in deliveries(self.office, &self.desk, &notice, &decision, now) {
                self.receivers.insert(receiver);
                self.writes.push(write);
            }
        }
        Ok(())
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
        for receiver in outboxes(&self.writes) {
            let body = Deliver { receiver }.body();
            send(self.cloud, SendReminder { body, delay_seconds: LATER }).await?;
        }
        writes.append(&mut self.writes);
        send(self.cloud, WriteItems { writes }).await?;
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
