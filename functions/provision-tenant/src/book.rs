//! All that the ledger knows of an owner, read at once.

use std::collections::BTreeMap;

use domain::answer::Answer;
use domain::failure::CallError;
use domain::intent::Intent;
use domain::lease::Lease;
use domain::ledger::{BadItem, INTENT, Item, LEASE, OUTBOX_PREFIX, RESOURCE_PREFIX, Record, STATE, TENANTS};
use domain::ports::{Cloud, ReadOwner, send};
use domain::remediation::overlay::{self, Override};
use domain::resource::Place;
use domain::settle::{State, has_work};
use domain::tenant::Owner;
use domain::tenants::Tenants;
use jiff::Timestamp;
use thiserror::Error;

/// The items of an owner.
#[derive(Debug, Clone, Default)]
pub struct Book {
    /// What is wanted.
    pub intent: Option<Intent>,
    /// What the last pass came to.
    pub state: Option<State>,
    /// Who may act.
    pub lease: Option<Lease>,
    /// What stands, of all lives.
    pub records: BTreeMap<Place, Record>,
    /// How many stand on it, if it is an environment.
    pub tenants: Tenants,
    /// What remediation lays over the blueprint.
    pub overrides: Vec<Override>,
    /// Whether all is to be looked at, whatever is remembered.
    pub inspected: bool,
    /// What is still to be said, by sort key.
    pub outbox: BTreeMap<String, Answer>,
}

/// Why a book cannot be read.
#[derive(Debug, Error)]
pub enum BadBook {
    /// The ledger did not answer.
    #[error("the ledger of {0} was not read")]
    Call(Owner, #[source] CallError),
    /// An item is of newer code, or broken.
    #[error("the ledger of {0} was not understood")]
    Item(Owner, #[source] BadItem),
}

/// Reads the book of `owner`.
///
/// # Errors
/// See [`BadBook`].
pub async fn open(cloud: &impl Cloud, owner: &Owner) -> Result<Book, BadBook> {
    let items = send(cloud, ReadOwner { owner: owner.to_string() }).await.map_err(|error| BadBook::Call(owner.clone(), error))?;
    let mut book = Book::default();
    for item in &items {
        enter(&mut book, item).map_err(|error| BadBook::Item(owner.clone(), error))?;
    }
    book.overrides.retain(|laid| laid.stands(cloud.now()));
    Ok(book)
}

fn enter(book: &mut Book, item: &Item) -> Result<(), BadItem> {
    match item.key.as_str() {
        INTENT => book.intent = Some(item.read()?),
        STATE => book.state = Some(item.read()?),
        LEASE => book.lease = Some(item.read()?),
        TENANTS => book.tenants = item.read()?,
        key if key.starts_with(RESOURCE_PREFIX) => {
            let record: Record = item.read()?;
            book.records.insert(record.resource.place(), record);
        }
        key if key.starts_with(overlay::PREFIX) => book.overrides.push(Override::read(item)?),
        key if key.starts_with(OUTBOX_PREFIX) => {
            book.outbox.insert(key.to_owned(), item.read()?);
        }
        // History, and what newer code may add.
        _ => {}
    }
    Ok(())
}

impl Book {
    /// Whether a scheduled look at the owner has anything to find.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.is_unsettled() || has_work(self.state.as_ref(), &self.records, self.outbox.is_empty(), now)
    }

    /// Whether no pass has settled the newest intent yet.
    pub fn is_unsettled(&self) -> bool {
        match (&self.intent, &self.state) {
            (Some(intent), Some(state)) => intent.revision != state.revision,
            (Some(_), None) => true,
            (None, _) => false,
        }
    }
}
