//! The errors of all verbs.

use std::path::PathBuf;

use domain::blueprint::BadBlueprint;
use domain::failure::CallError;
use domain::intent::Refusal;
use domain::ledger::BadItem;
use domain::paging::routes::BadRoutes;
use domain::tenant::BadWord;
use provision_tenant::book::BadBook;
use provision_tenant::event::BadEvent;
use thiserror::Error;

use crate::consent::NotOrdered;

/// Why a verb could not be carried out.
#[derive(Debug, Error)]
pub enum CliError {
    /// The command line asks for what makes no sense.
    #[error("{0}")]
    Usage(String),
    /// What is remembered of a pool or a service is of newer code, or broken.
    #[error("{what} failed")]
    Remembered {
        /// What was tried.
        what: String,
        /// Why.
        #[source]
        source: BadItem,
    },
    /// The SDK was told of no region.
    #[error("no AWS region is set")]
    NoRegion,
    /// A word of the command line.
    #[error("the command line was not understood")]
    Word(#[from] BadWord),
    /// The file of an event or a blueprint.
    #[error("{} cannot be read", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// An event that the function would refuse.
    #[error("{file} is no event that can be sent")]
    Event {
        /// Where it stands.
        file: String,
        /// Why.
        #[source]
        source: Box<BadEvent>,
    },
    /// An event that is not ours to send.
    #[error("{file} is no event that can be sent: {why}")]
    NotOurs {
        /// Where it stands.
        file: String,
        /// Why.
        why: String,
    },
    /// The function would drop the order.
    #[error("{owner}: the order would be refused")]
    Refused {
        /// Of whom.
        owner: String,
        /// Why.
        #[source]
        source: Refusal,
    },
    /// A person's word was for nothing, or was not given.
    #[error("{owner}: nothing was ordered")]
    NotOrdered {
        /// Of whom.
        owner: String,
        /// Why.
        #[source]
        source: NotOrdered,
    },
    /// No blueprint that this tool knows can meet the order.
    #[error("{owner}: the order can never be met: {reason}")]
    Impossible {
        /// Of whom.
        owner: String,
        /// Why.
        reason: String,
    },
    /// Nobody of that name is in the ledger.
    #[error("nothing is known of tenant {tenant} in {place}")]
    NoTenant {
        /// Its id.
        tenant: String,
        /// Where it was looked for.
        place: String,
    },
    /// No environment of that name is in the ledger.
    #[error("nothing is known of environment {0}")]
    NoEnvironment(String),
    /// A file that was to be written.
    #[error("{} cannot be written", path.display())]
    Unwritten {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A picture.
    #[error("the graph cannot be laid out")]
    Layout(#[from] dugong::LayoutError),
    /// No dead letter has that id.
    #[error("there is no dead letter {0}")]
    NoLetter(String),
    /// No incident has that id.
    #[error("nothing is known of an incident {0}")]
    NoIncident(String),
    /// A routing file is refused.
    #[error(transparent)]
    Routes(#[from] BadRoutes),
    /// A blueprint is refused.
    #[error(transparent)]
    Blueprint(#[from] BadBlueprint),
    /// The ledger.
    #[error("the ledger {table} was not read")]
    Ledger {
        /// Its table.
        table: String,
        /// Why.
        #[source]
        source: Box<BadBook>,
    },
    /// AWS.
    #[error("{what} failed")]
    Call {
        /// What was tried, and where.
        what: String,
        /// Why.
        #[source]
        source: CallError,
    },
    /// Nothing came back in time.
    #[error("{what} after {seconds} s")]
    TimedOut {
        /// What has not happened.
        what: String,
        /// How long it was waited for.
        seconds: u64,
        /// What to do.
        advice: String,
    },
}
