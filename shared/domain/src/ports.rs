//! The one door to the outside: every AWS operation, and every use of the ledger, as a value.
//!
//! The SDK client implements [`Cloud`], and so does the simulator of the tests:
//! a crash can be put between any two operations in both. The kinds of the AWS adapters are written on it.

use jiff::Timestamp;

use crate::failure::{CallError, Cause};

mod operations;
pub use operations::*;

/// AWS as we use it, with the clock and the randomness of an invocation.
pub trait Cloud {
    /// The moment.
    fn now(&self) -> Timestamp;

    /// 128 random bits.
    fn entropy(&self) -> u128;

    /// Makes one call. Retries of calls that are safe to repeat are the client's own affair.
    fn call(&self, call: Call) -> impl Future<Output = Result<Reply, CallError>>;
}

/// One AWS operation: its fields are the request, `Output` is the reply.
pub trait Operation: Into<Call> {
    /// What comes back.
    type Output: Send;
    /// `service.Operation`
    const NAME: &'static str;
    /// Picks the reply of this operation.
    fn of(reply: Reply) -> Option<Self::Output>;
}

/// Makes the call `operation` on `cloud`.
///
/// # Errors
/// Why AWS did not do it.
pub async fn send<O: Operation>(cloud: &impl Cloud, operation: O) -> Result<O::Output, CallError> {
    let reply = cloud.call(operation.into()).await?;
    O::of(reply).ok_or_else(|| CallError::new(O::NAME, Cause::InvalidRequest, "the reply is of another operation"))
}

/// A value that no log, error or state may show.
#[derive(Clone, PartialEq, Eq)]
pub struct Confidential(pub String);

impl std::fmt::Debug for Confidential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(confidential)")
    }
}
