//! Samples for the tests of this crate: an owner's book, and a ledger that shows one book after the other.

pub(crate) mod paging;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use domain::failure::{CallError, Cause};
use domain::intent::Intent;
use domain::ledger::{INTENT, Item, LEASE, Record, STATE};
use domain::order::{Specification, Wish};
use domain::plan::{Retained, Retention, Standing, Stuck, Wait};
use domain::ports::{Call, Cloud, ReadItem, ReadOwner, Reply};
use domain::remediation::attempt::{Attempt, AttemptState};
use domain::remediation::cause::Cause as Behind;
use domain::remediation::diagnosis::Confidence;
use domain::remediation::fault::Fault;
use domain::remediation::memory::{Memory, Pause, Waiting};
use domain::remediation::proposal::Proposal;
use domain::remediation::remedy::Remedy;
use domain::resource::{Place, Resource};
use domain::settle::{Drift, Line, Phase, State};
use domain::tenant::{Incarnation, Owner};
use domain::wake::{Pace, Wake};
use jiff::Timestamp;
use provision_tenant::book::Book;

/// 2026-11-21 02:00:00 UTC.
pub(crate) fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_226_400 + seconds).unwrap()
}

pub(crate) fn life(n: u128) -> Incarnation {
    Incarnation::mint(1_795_226_400_000, n)
}

pub(crate) fn owner() -> Owner {
    "tenant#dev#demo".parse().unwrap()
}

pub(crate) fn book(version: u64, revision: u64) -> Book {
    let specification = Specification {
        blueprint: "mate".into(),
        tier: Some("trial".into()),
        image: Some("dev-f539de6".into()),
        apply: None,
        options: Default::default(),
        observe_only: false,
    };
    let wish = Wish::Stands(specification);
    let intent = Intent {
        version,
        content_hash: wish.content_hash(),
        wish,
        incarnation: Some(life(1)),
        former: BTreeMap::new(),
        paused: false,
        adopted: Vec::new(),
        retries: 0,
        privileged_at: None,
        counted: true,
        revision,
    };
    Book { intent: Some(intent), ..Book::default() }
}

pub(crate) fn state(version: u64, revision: u64, phase: Phase) -> State {
    State { monthly_usd: 35.0, ..State::new(phase, version, revision, moment(60)) }
}

pub(crate) fn place(life_number: u128, id: &str) -> Place {
    Place { incarnation: life(life_number), id: id.into() }
}

pub(crate) fn line(life_number: u128, id: &str, kind: &str, standing: Standing) -> Line {
    Line { place: place(life_number, id), kind: kind.into(), name: format!("mate-demo-dev-{id}"), standing }
}

pub(crate) fn record(life_number: u128, id: &str, retained: Option<Retention>) -> Record {
    let desired = serde_json::json!({ "kind": "secret", "fields": {} });
    let resource = Resource {
        id: id.into(),
        owner: owner(),
        incarnation: life(life_number),
        name: format!("mate-demo-dev-{id}"),
        token: "t".into(),
        tags: BTreeMap::new(),
        after: Default::default(),
        refers: false,
        apply: domain::order::Apply::Now,
        protects_data: true,
        desired: serde_json::from_value(desired).unwrap(),
    };
    Record { retained, ..Record::new(resource) }
}

/// A tenant on its way, with a former life of which something is kept.
pub(crate) fn busy_book() -> Book {
    let mut book = book(2, 2);
    let kept = Retention { what: Retained::SecretInRecovery, until: Some(moment(86_400)), monthly_usd: 0.4 };
    if let Some(intent) = &mut book.intent {
        intent.former = BTreeMap::from([(life(0), domain::plan::Fate::KeepData)]);
    }
    let report = vec![
        line(0, "django-secret", "secret", Standing::Kept(kept.clone())),
        line(1, "database", "rds-instance", Standing::Waiting(Wait::Settling("creating".into()))),
        line(1, "django", "ecs-service", Standing::Waiting(Wait::On(vec![place(1, "database")]))),
        line(1, "django-secret", "secret", Standing::Ready { note: None }),
        line(1, "tenant-data", "efs-file-system", Standing::Stuck(Stuck::Conflict("fs-1 carries no tag caretaker:owner".into()))),
    ];
    let wake = Wake { id: 7, at: moment(100), since: moment(-600), hops: 3 };
    let outputs = BTreeMap::from([("django-secret.arn".to_owned(), "arn:aws:secretsmanager:us-east-1:1:secret:x".to_owned())]);
    let drift = Drift { what: "backup_days is 3 instead of 14".into(), found_at: moment(30), repaired: true };
    let drift = BTreeMap::from([("database".into(), drift)]);
    book.state = Some(State { wake: Some(wake), drift, report, outputs, failures: 1, ..state(2, 2, Phase::Working) });
    book.records = [record(0, "django-secret", Some(kept)), record(1, "django-secret", None)]
        .into_iter()
        .map(|record| (record.resource.place(), record))
        .collect();
    book
}

pub(crate) fn fault(cause: Behind) -> Fault {
    let evidence = vec!["exit code 1".into(), "three stops within ten minutes".into()];
    Fault { cause, confidence: Confidence::Likely, evidence }
}

/// What is remembered of a service for which everything has been done that can be.
pub(crate) fn failing() -> Memory {
    let claim = |id: &str, remedy, cause, seconds| Attempt::claim(id, remedy, fault(cause), Pace::AWS, moment(seconds));
    let back = Remedy::Rollback { bad: "v3".into(), good: "v2".into() };
    let back = Attempt { state: AttemptState::Proven, ..claim("01A", back, Behind::NativeCrash, -172_800) };
    let anew = claim("01B", Remedy::ForceDeployment, Behind::CredentialsRotated, -300);
    let anew = Attempt { state: AttemptState::Done, by: Some("amy".into()), ..anew };
    let (since, until) = (moment(-10), moment(5));
    let mut memory = Memory {
        attempts: vec![back, anew],
        waiting: Some(Waiting { id: "01D".into(), fault: fault(Behind::NoCapacity), image: None, pause: Pause::Others, since, until }),
        proposal: Some(Proposal::new("01C", Remedy::ForceDeployment, fault(Behind::ApplicationError), moment(-3_600))),
        open: BTreeMap::from([("credentials-rotated".to_owned(), moment(-1_200))]),
        ..Memory::default()
    };
    memory.releases.ran("v2", moment(-259_200));
    memory.releases.failed("v2", "application-error", moment(-600));
    memory
}

/// A ledger of one owner that shows each book once and then the last one for ever; a second passes between two looks.
pub(crate) struct Shelf {
    books: RefCell<Vec<Book>>,
    failures: Cell<u32>,
    items: Vec<Item>,
    seconds: Cell<i64>,
}

impl Shelf {
    pub(crate) fn new(mut books: Vec<Book>) -> Self {
        books.reverse();
        Self { books: RefCell::new(books), failures: Cell::new(0), items: Vec::new(), seconds: Cell::new(0) }
    }

    /// The first so many looks fail.
    pub(crate) fn failing(self, times: u32) -> Self {
        self.failures.set(times);
        self
    }

    /// An item that is there from the start.
    pub(crate) fn with(mut self, item: Item) -> Self {
        self.items.push(item);
        self
    }

    fn take(&self) -> Book {
        let mut books = self.books.borrow_mut();
        if books.len() > 1 { books.pop().unwrap_or_default() } else { books.first().cloned().unwrap_or_default() }
    }
}

fn items(owner: &str, book: &Book) -> Vec<Item> {
    let intent = book.intent.iter().map(|intent| Item::new(owner, INTENT, intent));
    let state = book.state.iter().map(|state| Item::new(owner, STATE, state));
    let lease = book.lease.iter().map(|lease| Item::new(owner, LEASE, lease));
    let records = book.records.values().map(|record| Item::new(owner, &record.key(), record));
    intent.chain(state).chain(lease).chain(records).collect()
}

impl Cloud for Shelf {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.seconds.get()).unwrap()
    }

    fn entropy(&self) -> u128 {
        0
    }

    async fn call(&self, call: Call) -> Result<Reply, CallError> {
        self.seconds.set(self.seconds.get() + 1);
        if self.failures.get() > 0 {
            self.failures.set(self.failures.get() - 1);
            return Err(CallError::new(call.name(), Cause::Throttled, "slow down"));
        }
        match call {
            Call::ReadOwner(ReadOwner { owner }) if owner.parse::<Owner>().is_ok() => Ok(Reply::ReadOwner(items(&owner, &self.take()))),
            Call::ReadOwner(ReadOwner { owner }) => {
                Ok(Reply::ReadOwner(self.items.iter().filter(|item| item.owner == owner).cloned().collect()))
            }
            Call::ReadItem(ReadItem { owner, key }) => {
                Ok(Reply::ReadItem(self.items.iter().find(|item| item.owner == owner && item.key == key).cloned()))
            }
            other => panic!("the tool must not call {}", other.name()),
        }
    }
}
