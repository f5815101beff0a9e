//! All that the simulator holds, and how a call meets it.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use domain::failure::{CallError, Cause};
use domain::ledger::Write;
use domain::ports::{Call, Confidential, Effect, Entry, Reply};
use jiff::{SignedDuration, Timestamp};

use super::aws::Aws;
use super::buckets::{Buckets, aws_name};
use super::environment::Environment;
use super::faults::{Faults, Strikes};
use super::ledger::Ledger;
use super::log::Log;
use super::queue::{DeadLetter, Queue};
use super::receivers::Receivers;
use super::turn::{Answer, Refused, Sampled, Turn};
use crate::facts::facts;
use crate::random::Random;

/// A read may show the world before a change for so long.
const STALE_FOR: SignedDuration = SignedDuration::from_secs(10);
/// EventBridge: entries of one call.
const MOST_ENTRIES: usize = 10;

#[derive(Clone)]
pub(super) struct World {
    pub(super) seed: u64,
    pub(super) environment: Environment,
    pub(super) aws: Aws,
    pub(super) ledger: Ledger,
    pub(super) queue: Queue,
    /// Messages of the queues of remediation and paging, each with the moment from which it is visible.
    pub(super) reminders: Vec<(Timestamp, String)>,
    pub(super) bus: Vec<(Timestamp, Entry)>,
    /// Who is told outside AWS, and by SNS.
    pub(super) receivers: Receivers,
    pub(super) log: Log,
    pub(super) faults: Faults,
    pub(super) strikes: Strikes,
    pub(super) buckets: Buckets,
    pub(super) quotas: BTreeMap<String, usize>,
    pub(super) sampled: Vec<Sampled>,
    pub(super) chances: Random,
    passwords: Random,
    /// The world before each change of the last seconds.
    past: VecDeque<(Timestamp, Rc<Aws>)>,
    turns: u64,
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        let environment = Environment::dev();
        let aws = Aws::of(&environment);
        let mut ledger = Ledger::default();
        let declared = environment.ledger_items().map(|item| Write::Put(item, domain::ledger::Condition::Always));
        ledger.write(&declared).expect("the fixture's item is legal");
        Self {
            seed,
            environment,
            aws,
            ledger,
            queue: Queue::default(),
            reminders: Vec::new(),
            bus: Vec::new(),
            receivers: Receivers::default(),
            log: Log::default(),
            faults: Faults::default(),
            strikes: Strikes::default(),
            buckets: Buckets::default(),
            quotas: BTreeMap::new(),
            sampled: Vec::new(),
            chances: Random::of(seed, "faults"),
            passwords: Random::of(seed, "passwords"),
            past: VecDeque::new(),
            turns: 0,
        }
    }

    pub(super) fn reseed(&mut self, seed: u64) {
        self.seed = seed;
        (self.chances, self.passwords) = (Random::of(seed, "faults"), Random::of(seed, "passwords"));
    }

    pub(super) fn turn(&mut self, now: Timestamp) -> Turn {
        self.turns += 1;
        Turn::new(now, self.seed, self.turns)
    }

    /// Keeps the world as it is, for reads that lag behind its next change.
    pub(super) fn remember(&mut self, now: Timestamp) {
        if self.faults.stale == 0.0 && !self.strikes.have_stale() {
            return;
        }
        while self.past.front().is_some_and(|(at, _)| *at + STALE_FOR < now) {
            self.past.pop_front();
        }
        self.past.push_back((now, Rc::new(self.aws.clone())));
    }

    /// Takes away the environment that stands from the beginning, from AWS and from the ledger.
    pub(super) fn forget_fixture(&mut self) {
        self.aws.grounds.forget(&self.environment);
        let items = self.environment.ledger_items().map(|item| Write::Delete { owner: item.owner, key: item.key });
        let forgotten = self.ledger.write(&items);
        debug_assert!(forgotten.is_ok(), "{forgotten:?}");
    }

    /// A call meets AWS.
    pub(super) fn exchange(&mut self, call: Call, stale: bool, turn: &mut Turn) -> Result<Reply, CallError> {
        let name = call.name();
        if self.faults.is_down(&call, turn.now) {
            return Err(CallError::new(name, Cause::Unavailable, "ServiceUnavailable: the service is down"));
        }
        if self.faults.throttles && !self.buckets.take(name, turn.now) {
            return Err(Refused::fact("throttled", Cause::Throttled, &[]).of(name));
        }
        if let Some(refused) = self.over_quota(&call, turn.now) {
            return Err(refused.of(name));
        }
        self.answer(call, stale, turn).map_err(|refused| refused.of(name))
    }

    fn answer(&mut self, call: Call, stale: bool, turn: &mut Turn) -> Answer<Reply> {
        let past = if stale { self.past(turn.now) } else { None };
        if let Some(read) = past.as_deref().unwrap_or(&self.aws).read(&call, &self.environment, turn) {
            return read;
        }
        if call.effect() == Effect::Mutates {
            self.remember(turn.now);
        }
        let name = call.name();
        match call {
            Call::ReadOwner(request) => Ok(Reply::ReadOwner(self.ledger.read_owner(&request.owner))),
            Call::ReadItem(request) => Ok(Reply::ReadItem(self.ledger.read_item(&request.owner, &request.key))),
            Call::ReadItems(request) => Ok(Reply::ReadItems(self.ledger.read_items(&request.owner, &request.prefix))),
            Call::WriteItems(request) => self.ledger.write(&request.writes).map(Reply::WriteItems),
            Call::ListOwners(request) => Ok(Reply::ListOwners(self.ledger.list(request.after.as_deref()))),
            Call::FindOwners(request) => Ok(Reply::FindOwners(self.ledger.find(&request.arn))),
            Call::SendMessage(request) => self.queue.send(request.body, request.delay_seconds, turn.now).map(|_| Reply::SendMessage(())),
            Call::WakeOwner(request) => self.queue.send(request.body, 0, turn.now).map(|_| Reply::WakeOwner(())),
            Call::SendReminder(request) => {
                let due = turn.now + SignedDuration::from_secs(i64::from(request.delay_seconds));
                self.reminders.push((due, request.body));
                Ok(Reply::SendReminder(()))
            }
            Call::SendAcknowledgement(request) => {
                self.reminders.push((turn.now, request.body));
                Ok(Reply::SendAcknowledgement(()))
            }
            Call::Publish(_) | Call::PublishText(_) | Call::Post(_) => self.receivers.take(&call, turn.now),
            Call::SendMessages(request) => {
                let sent = request.bodies.into_iter().map(|body| self.queue.send(body, 0, turn.now));
                Ok(Reply::SendMessages(sent.map(|sent| sent.map(|_| ()).map_err(|refused| refused.of(name).to_string())).collect()))
            }
            Call::SendDeadLetter(request) => {
                self.queue.dead.push(DeadLetter { body: request.body, reason: request.reason, cause: Some(request.cause) });
                Ok(Reply::SendDeadLetter(()))
            }
            Call::ChangeVisibility(request) => {
                let changed = self.queue.change_visibility(&request.receipt, request.seconds, turn.now);
                changed.map(|_| Reply::ChangeVisibility(()))
            }
            Call::FindQueue(_) => Ok(Reply::FindQueue(None)),
            Call::CountMessages(_) => {
                Err(Refused::new(Cause::NotFound, "QueueDoesNotExist: the simulator has the function's own queue alone"))
            }
            Call::OldestMessageAge(_) => Ok(Reply::OldestMessageAge(None)),
            Call::PutEvents(request) => self.put_events(request.entries, turn.now).map(Reply::PutEvents),
            Call::GetRandomPassword(request) => Ok(Reply::GetRandomPassword(self.password(request.length))),
            other => {
                let changed = self.aws.change(other, &self.environment, turn);
                changed.unwrap_or_else(|| Err(Refused::new(Cause::InvalidRequest, "the simulator does not know this operation")))
            }
        }
    }

    /// The world before one of its last changes.
    fn past(&mut self, now: Timestamp) -> Option<Rc<Aws>> {
        let recent: Vec<_> = self.past.iter().filter(|(at, _)| *at + STALE_FOR > now).collect();
        if recent.is_empty() { None } else { Some(recent[self.chances.below(recent.len())].1.clone()) }
    }

    fn put_events(&mut self, entries: Vec<Entry>, now: Timestamp) -> Answer<Vec<Result<(), String>>> {
        if entries.is_empty() || entries.len() > MOST_ENTRIES {
            return Err(Refused::new(Cause::InvalidRequest, "ValidationException: entries must have 1 to 10 members"));
        }
        let put = |entry| {
            if self.chances.chance(self.faults.loses_entry) {
                return Err("InternalFailure".to_owned());
            }
            self.bus.push((now, entry));
            Ok(())
        };
        Ok(entries.into_iter().map(put).collect())
    }

    fn password(&mut self, length: u16) -> Confidential {
        const CHARACTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        Confidential((0..length).map(|_| char::from(CHARACTERS[self.passwords.below(CHARACTERS.len())])).collect())
    }

    pub(super) fn set_quota(&mut self, operation: &str, more: Option<usize>, now: Timestamp) {
        let standing = self.standing(operation, now);
        match more {
            Some(more) => self.quotas.insert(operation.to_owned(), standing + more),
            None => self.quotas.remove(operation),
        };
    }

    /// How many there are of what a create makes, by AWS's name.
    fn standing(&self, create: &str, now: Timestamp) -> usize {
        match create {
            "rds.CreateDBInstance" => self.aws.databases.instances.len(),
            "efs.CreateFileSystem" => self.aws.file_systems.0.len(),
            "efs.CreateMountTarget" => self.aws.file_systems.0.values().map(|system| system.mount_targets.len()).sum(),
            "secretsmanager.CreateSecret" => self.aws.secrets.all(now).count(),
            "ecs.CreateService" => self.aws.services.active(),
            other => panic!("the simulator knows no quota of {other}"),
        }
    }

    /// Whether a create would go beyond the limit that a test has set.
    fn over_quota(&self, call: &Call, now: Timestamp) -> Option<Refused> {
        let (service, operation) = aws_name(call.name());
        let create = format!("{service}.{operation}");
        let limit = *self.quotas.get(&create)?;
        let fact = facts().quota(&create)?;
        (self.standing(&create, now) >= limit).then(|| Refused::new(Cause::Quota, format!("{}: {}", fact.code, fact.message)))
    }
}
