//! What the functions stand on, and what they share.

use std::collections::BTreeMap;
use std::fmt::Debug;

use domain::failure::{CallError, Cause};
use domain::ports::{Cloud, Confidential, CreateSecret, Operation, send};
use domain::resource::Tags;

use crate::simulator::Environment;

/// A cloud to be shown things on. Names that it gives out are its own: functions may run side by side on one cloud,
/// except those that change its buckets or quotas.
pub trait Ground {
    /// Its way to AWS.
    type Aws: Cloud;

    /// AWS, or what stands for it.
    fn aws(&self) -> &Self::Aws;

    /// The Ready environment on it.
    fn environment(&self) -> &Environment;

    /// A name that nothing else has: letters, digits and hyphens, at most 40 characters.
    fn name(&self, stem: &str) -> String;

    /// Lets so many seconds of AWS's time pass.
    fn elapse(&self, seconds: u32) -> impl Future<Output = ()>;

    /// Puts AWS's token buckets in force, full, or out of force.
    fn throttle(&self, on: bool) -> impl Future<Output = ()>;

    /// Has the quota of a create, by AWS's names, such as `rds.CreateDBInstance`, be reached, or lifts it.
    fn exhaust(&self, operation: &str, on: bool) -> impl Future<Output = ()>;

    /// Opens the maintenance window of a database.
    fn open_maintenance_window(&self, database: &str) -> impl Future<Output = ()>;

    /// Opens the maintenance window of a replication group.
    fn open_cache_window(&self, group: &str) -> impl Future<Output = ()>;

    /// Does what others do on AWS, and the port does not.
    fn others(&self, deed: Deed<'_>) -> impl Future<Output = ()>;
}

/// What others do on AWS.
#[derive(Debug, Clone, Copy)]
pub enum Deed<'a> {
    /// An application writes a small object.
    WriteObject {
        /// Into which bucket.
        bucket: &'a str,
        /// Its name.
        key: &'a str,
    },
    /// Another account makes a bucket.
    TakeBucketName(&'a str),
    /// A backup job puts a recovery point into a vault.
    BackUp(&'a str),
}

/// Makes a call that must succeed.
pub(super) async fn does<O: Operation>(ground: &impl Ground, operation: O) -> O::Output {
    send(ground.aws(), operation).await.unwrap_or_else(|error| panic!("{error}"))
}

/// Makes a call that must be refused for this cause.
pub(super) async fn refuses<O: Operation>(ground: &impl Ground, operation: O, cause: Cause)
where
    O::Output: Debug,
{
    let reply = send(ground.aws(), operation).await;
    assert_eq!(reply.map_err(|error| error.cause).expect_err(O::NAME), cause, "{}", O::NAME);
}

/// The cause for which a call was refused; none: it was not.
pub(super) fn refusal<T>(reply: Result<T, CallError>) -> Option<Cause> {
    reply.err().map(|error| error.cause)
}

/// AWS's time between two looks, in seconds: shorter than any phase that is to be seen.
const LOOK_EVERY: u32 = 5;
/// No phase of the facts lasts longer, in seconds.
const LONGEST: u32 = 3_600;

/// Looks again and again until there is something to be seen.
pub(super) async fn until<G: Ground, T>(ground: &G, what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..LONGEST / LOOK_EVERY {
        if let Some(seen) = look().await {
            return seen;
        }
        ground.elapse(LOOK_EVERY).await;
    }
    panic!("{what} did not come about within {LONGEST} s");
}

/// What is seen one after the other until `last` is, without repeats.
pub(super) async fn passes<G: Ground>(ground: &G, last: &str, mut look: impl AsyncFnMut() -> String) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    until(ground, last, async || {
        let now = look().await;
        if seen.last() != Some(&now) {
            seen.push(now.clone());
        }
        (now == last).then_some(())
    })
    .await;
    seen
}

/// A tag of our own.
pub(super) fn tags() -> Tags {
    BTreeMap::from([("caretaker:owner".to_owned(), "tenant/dev/conformance".to_owned())])
}

/// The creation of a secret; the token follows from the name.
pub(super) fn secret(name: &str, value: &str) -> CreateSecret {
    let value = Confidential(value.to_owned());
    CreateSecret { name: name.to_owned(), token: format!("{:032x}", crate::random::hash(name)), value, key: None, tags: tags() }
}
