//! The straight line from a message to its decision.

use domain::blueprint::Blueprint;
use domain::failure::CallError;
use domain::ledger::BadItem;
use domain::ports::Cloud;
use domain::resolve::Site;
use domain::tenant::Owner;
use domain::wake::Pace;
use jiff::Timestamp;
use runtime::batch::Message as Record;
use runtime::decision::Decision;
use runtime::record::{self, Handled};
use runtime::start::chain;
use thiserror::Error;

use crate::book::BadBook;
use crate::carry::carry;
use crate::event::{BadEvent, SbtDefaults, read};

/// This invocation.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// Lambda's request id: the lease's holder.
    pub id: String,
    /// When Lambda ends it.
    pub deadline: Timestamp,
    /// Where it runs, and so where everything stands.
    pub site: Site,
}

/// What every invocation shares.
#[derive(Debug)]
pub struct Context {
    /// All that are deployed.
    pub blueprints: Vec<Blueprint>,
    /// Where SBT-AWS's requests go.
    pub sbt: Option<SbtDefaults>,
    /// How long waits are.
    pub pace: Pace,
}

/// Why a message could not be carried through.
#[derive(Debug, Error)]
pub enum Problem {
    /// The ledger was not read.
    #[error("the owner's book was not opened")]
    Book(#[from] BadBook),
    /// AWS did not answer.
    #[error("a call failed")]
    Call(#[from] CallError),
    /// Others wrote the intent at each try.
    #[error("the intent of {0} was written by others at every try")]
    Contended(Owner),
    /// Nothing to act on.
    #[error("nothing is known of {0}")]
    NoIntent(Owner),
    /// The environment's outputs are not what tenants need.
    #[error("the outputs of {0} cannot be read")]
    BadEnvironment(Owner, #[source] BadItem),
}

/// Handles one record, or a bare event.
pub async fn handle(cloud: &impl Cloud, context: &Context, invocation: &Invocation, record: &Record) -> Handled {
    let message = match read(&record.body, context.sbt.as_ref()) {
        Ok(message) => message,
        Err(BadEvent::Refused { owner, version, event_id, reason }) => {
            return refuse(cloud, record, &owner, version, &event_id, reason).await;
        }
        Err(error) => return dead_letter(cloud, record, "malformed", &chain(&error)).await,
    };
    match carry(cloud, context, invocation, &record.body, message).await {
        Ok(decision) => Handled::Done(decision),
        Err(problem) => give_back(cloud, record, &problem).await,
    }
}

async fn refuse(cloud: &impl Cloud, record: &Record, owner: &Owner, version: u64, event_id: &str, reason: String) -> Handled {
    let news = domain::answer::News::Failed { reason: reason.clone(), stuck: Default::default() };
    match crate::announce::say(cloud, owner, version, event_id, news).await {
        Ok(()) => Handled::Done(decision(Some(owner), "refused", reason)),
        Err(error) => give_back(cloud, record, &Problem::Call(error)).await,
    }
}

async fn dead_letter(cloud: &impl Cloud, record: &Record, reason: &str, cause: &str) -> Handled {
    record::dead_letter(cloud, record, reason, cause, |word, why| decision(None, word, why)).await
}

async fn give_back(cloud: &impl Cloud, record: &Record, problem: &Problem) -> Handled {
    let cause = chain(problem);
    if matches!(problem, Problem::NoIntent(_)) {
        return dead_letter(cloud, record, "gave up", &cause).await;
    }
    record::give_back(cloud, record, cause, |word, why| decision(None, word, why)).await
}

/// A decision of this function about `owner`.
pub(crate) fn decision(owner: Option<&Owner>, decision: &'static str, reason: String) -> Decision {
    let of_none = Decision::of_none("provision-tenant", decision, reason);
    match owner {
        Some(owner) => of_none.about(owner, &owner.to_string()),
        None => of_none,
    }
}
