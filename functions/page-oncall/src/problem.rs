//! Why this function could not do something.

use domain::answering::keys::BadKeys;
use domain::failure::CallError;
use domain::ledger::BadItem;
use thiserror::Error;

/// Why something could not be done now.
#[derive(Debug, Error)]
pub enum Problem {
    /// AWS has not done it.
    #[error("a call failed")]
    Call(#[from] CallError),
    /// An item is of newer code, or broken.
    #[error("an item cannot be read")]
    Item(#[from] BadItem),
    /// A partition of the ledger that is no owner's.
    #[error("the ledger names {0:?}, which is no owner")]
    Owner(String),
    /// Others have changed the desk all the time.
    #[error("the desk {0} was changed by others each time")]
    Contended(String),
    /// The secret of links.
    #[error("the key of links cannot be read")]
    Keys(#[from] BadKeys),
    /// The secret of receivers.
    #[error("the secret of receivers is no JSON object of texts")]
    Receivers,
}
