//! Following an owner in the ledger until it has come to rest.

use std::time::Duration;

use domain::answer::News;
use domain::failure::Conduct;
use domain::ports::Cloud;
use domain::settle::Phase;
use domain::tenant::Owner;
use jiff::Timestamp;
use provision_tenant::book::{BadBook, Book, open};

use crate::read::kept;

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// The version of an event.
    Version(u64),
    /// The revision of the intent that a privileged order leads to; it changes no version.
    Revision(u64),
}

/// What to wait for, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watch<'a> {
    /// The event that was sent.
    pub event_id: &'a str,
    /// What is waited for.
    pub goal: Goal,
    /// Until when.
    pub deadline: Timestamp,
    /// How often the ledger is read.
    pub every: Duration,
}

/// How the waiting has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It has come to rest: ready, failed, removed or paused.
    AtRest(Phase),
    /// The function refused the event, and why.
    Refused(String),
    /// A newer event has taken its place.
    Superseded(u64),
    /// The deadline has passed.
    TimedOut,
}

/// The end, and what the ledger said then.
#[derive(Debug, Clone)]
pub struct Followed {
    /// How it ended.
    pub end: End,
    /// What is known of the owner.
    pub book: Book,
}

/// Reads the ledger until `owner` has come to rest at the goal. `on_change` is called with the first look and whenever intent, state or records differ from the last one.
///
/// # Errors
/// The ledger is of newer code or forbidden; one that does not answer for a while is asked again until the deadline.
pub async fn follow(cloud: &impl Cloud, owner: &Owner, watch: Watch<'_>, mut on_change: impl FnMut(&Book)) -> Result<Followed, BadBook> {
    let mut last: Option<Book> = None;
    loop {
        match look(cloud, owner, watch.event_id).await {
            Ok((_, Some(reason))) => return Ok(Followed { end: End::Refused(reason), book: last.unwrap_or_default() }),
            Ok((book, None)) => {
                if last.as_ref().is_none_or(|last| differs(last, &book)) {
                    on_change(&book);
                }
                if let Some(end) = judge(watch.goal, &book) {
                    return Ok(Followed { end, book });
                }
                last = Some(book);
            }
            Err(BadBook::Call(_, call)) if call.conduct() == Conduct::Retry && cloud.now() < watch.deadline => {}
            Err(error) => return Err(error),
        }
        if cloud.now() >= watch.deadline {
            return Ok(Followed { end: End::TimedOut, book: last.unwrap_or_default() });
        }
        tokio::time::sleep(watch.every).await;
    }
}

/// What is known of the owner, and why the event was refused, if it was.
async fn look(cloud: &impl Cloud, owner: &Owner, event_id: &str) -> Result<(Book, Option<String>), BadBook> {
    let refusal = kept(cloud, owner, event_id).await?.and_then(|answer| match answer.news {
        News::Failed { reason, .. } => Some(reason),
        _ => None,
    });
    Ok((open(cloud, owner).await?, refusal))
}

fn differs(a: &Book, b: &Book) -> bool {
    a.intent != b.intent || a.state != b.state || a.records != b.records
}

/// Whether the waiting is over.
fn judge(goal: Goal, book: &Book) -> Option<End> {
    let intent = book.intent.as_ref()?;
    match goal {
        Goal::Version(version) if intent.version > version => return Some(End::Superseded(intent.version)),
        Goal::Version(version) if intent.version < version => return None,
        Goal::Revision(revision) if intent.revision < revision => return None,
        Goal::Version(_) | Goal::Revision(_) => {}
    }
    let phase = book.state.as_ref().filter(|_| !book.is_unsettled())?.phase;
    matches!(phase, Phase::Ready | Phase::Failed | Phase::Removed | Phase::Paused).then_some(End::AtRest(phase))
}

#[cfg(test)]
mod tests {
    use domain::answer::Answer;
    use domain::ledger::Item;

    use super::*;
    use crate::samples::{Shelf, book, moment, owner, state};

    #[test]
    fn it_is_over_when_the_goal_is_settled_and_nothing_moves() {
        let check = |goal: Goal, version: u64, revision: u64, settled: Option<(u64, Phase)>, expected: Option<End>| {
            let mut book = book(version, revision);
            book.state = settled.map(|(revision, phase)| state(version, revision, phase));
            assert_eq!(judge(goal, &book), expected, "{goal:?} {version} {revision} {settled:?}");
        };
        let ready = Some(End::AtRest(Phase::Ready));
        check(Goal::Version(2), 1, 1, Some((1, Phase::Ready)), None); // not accepted yet
        check(Goal::Version(2), 2, 2, Some((1, Phase::Ready)), None); // accepted, the state is of the version before
        check(Goal::Version(2), 2, 2, None, None); // no pass has ended
        check(Goal::Version(2), 2, 2, Some((2, Phase::Working)), None);
        check(Goal::Version(2), 2, 2, Some((2, Phase::Degraded)), None); // it comes by itself
        check(Goal::Version(2), 2, 2, Some((2, Phase::Ready)), ready);
        check(Goal::Version(2), 2, 2, Some((2, Phase::Failed)), Some(End::AtRest(Phase::Failed)));
        check(Goal::Version(2), 2, 3, Some((2, Phase::Failed)), None); // an order to try again has been accepted since
        check(Goal::Version(2), 3, 3, Some((3, Phase::Ready)), Some(End::Superseded(3)));
        check(Goal::Revision(4), 2, 3, Some((3, Phase::Failed)), None); // the order is not accepted yet
        check(Goal::Revision(4), 2, 4, Some((4, Phase::Paused)), Some(End::AtRest(Phase::Paused)));
    }

    fn watch(goal: Goal, seconds: i64) -> Watch<'static> {
        Watch { event_id: "e-1", goal, deadline: Timestamp::from_second(seconds).unwrap(), every: Duration::from_millis(1) }
    }

    #[tokio::test]
    async fn every_change_is_shown_once() {
        let moving = || Book { state: Some(state(1, 1, Phase::Working)), ..book(1, 1) };
        let ready = Book { state: Some(state(1, 1, Phase::Ready)), ..book(1, 1) };
        let shelf = Shelf::new(vec![Book::default(), book(1, 1), moving(), moving(), ready]);
        let mut phases = Vec::new();
        let owner = "tenant#dev#demo".parse().unwrap();
        let note = |book: &Book| phases.push(book.state.as_ref().map(|state| state.phase));
        let followed = follow(&shelf, &owner, watch(Goal::Version(1), 100), note).await.unwrap();
        assert_eq!(followed.end, End::AtRest(Phase::Ready));
        assert_eq!(phases, [None, None, Some(Phase::Working), Some(Phase::Ready)]);
    }

    #[tokio::test]
    async fn an_outage_of_the_ledger_is_waited_out_until_the_deadline() {
        let owner = "tenant#dev#demo".parse().unwrap();
        let shelf = Shelf::new(vec![Book::default()]).failing(3);
        let followed = follow(&shelf, &owner, watch(Goal::Version(1), 10), |_| {}).await.unwrap();
        assert_eq!(followed.end, End::TimedOut);
        let down = Shelf::new(vec![Book::default()]).failing(100);
        assert!(follow(&down, &owner, watch(Goal::Version(1), 10), |_| {}).await.is_err());
    }

    #[tokio::test]
    async fn a_refusal_of_this_event_ends_the_waiting_with_its_reason() {
        let news = News::Failed { reason: "tier \"gold\" is unknown".into(), stuck: Default::default() };
        let answer = Answer { id: "a".into(), owner: owner(), version: 2, incarnation: None, at: moment(0), news };
        let shelf = |id: &str| Shelf::new(vec![book(1, 1)]).with(Item::new(&owner().to_string(), &format!("hist#answer#{id}"), &answer));
        let refused = follow(&shelf("e-1"), &owner(), watch(Goal::Version(2), 100), |_| {}).await.unwrap();
        assert_eq!(refused.end, End::Refused("tier \"gold\" is unknown".into()));
        let anothers = follow(&shelf("e-2"), &owner(), watch(Goal::Version(2), 10), |_| {}).await.unwrap();
        assert_eq!(anothers.end, End::TimedOut);
    }
}
