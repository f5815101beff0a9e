//! `caretaker apply`: an event is checked, put on the bus and, if asked, followed to its end.

use std::time::Duration;

use aws_adapters::operator::Operator;
use domain::intent::{Acceptance, accept, accept_privileged};
use domain::order::{Order, Wish};
use domain::ports::Cloud;
use domain::settle::Phase;
use domain::tenant::{Incarnation, Owner};
use jiff::SignedDuration;
use provision_tenant::book::Book;
use serde_json::json;

use crate::event_file::Event;
use crate::exit::{CliError, Exit, Report};
use crate::follow::{End, Followed, Goal, Watch, follow};
use crate::paint::Paint;
use crate::progress::{Progress, took};
use crate::read::Ledger;
use crate::status::render_one;
use crate::view::full;

/// How often the ledger is read while an owner is followed.
const EVERY: Duration = Duration::from_secs(1);

/// How the end of an order is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Showing {
    /// How long to wait for it; none: not at all.
    pub timeout: Option<Duration>,
    /// With colours or without.
    pub paint: Paint,
    /// Without progress.
    pub silent: bool,
}

/// What the function will do with an order, as far as the ledger tells now.
///
/// # Errors
/// It would refuse the order.
pub fn preflight(event: &Event, book: &Book) -> Result<Goal, CliError> {
    let owner = event.order.owner();
    let current = book.intent.as_ref();
    let acceptance = match &event.order {
        // The life that would begin is minted by the function; this one is only to be compared.
        Order::Wish(order) => accept(current, order, Incarnation::mint(0, 0)),
        // Its time is EventBridge's, hence later than any before.
        Order::Privileged(order) => {
            let mut order = order.clone();
            order.at = jiff::Timestamp::MAX;
            accept_privileged(current, &order)
        }
    };
    match (acceptance, &event.order) {
        (Acceptance::Dropped(source), _) => Err(CliError::Refused { owner: owner.to_string(), source }),
        (Acceptance::Commit(intent), Order::Privileged(_)) => Ok(Goal::Revision(intent.revision)),
        (Acceptance::Commit(_) | Acceptance::Repeat, order) => Ok(Goal::Version(order.version())),
    }
}

/// Whether a blueprint that this tool knows can meet the order: it spares the wait for the function's own refusal.
///
/// # Errors
/// None can.
pub fn possible(event: &Event) -> Result<(), CliError> {
    let blueprints = runtime::blueprints::load()?;
    let refuse = |reason| CliError::Impossible { owner: event.order.owner().to_string(), reason };
    provision_tenant::intend::possible(&blueprints, &event.order).map_err(refuse)
}

/// Puts `event`, and follows its owner to the goal if there is time for it.
///
/// # Errors
/// The event was not put, or the ledger cannot be followed.
pub async fn put<C: Cloud>(
    ledger: &Ledger<C>,
    operator: &Operator,
    bus: &str,
    event: &Event,
    goal: Goal,
    showing: Showing,
) -> Result<Report, CliError> {
    let put = operator.put_order(bus, &event.detail_type, &event.detail.to_string()).await;
    let id = put.map_err(|source| CliError::Call { what: format!("putting the event on the bus {bus}"), source })?;
    let owner = event.order.owner();
    let sent = format!("sent {} of {} as event {id}", event.detail_type, named(owner));
    let Some(timeout) = showing.timeout else {
        let look = owner.tenant_id().map(|tenant| format!("caretaker status {tenant} --environment {}", owner.environment()));
        let text = format!("{sent}\nsee how it goes: {}\n", look.unwrap_or_default());
        return Ok(Report { text, json: json!({ "eventId": id, "owner": owner, "version": event.order.version() }), exit: Exit::Done });
    };
    let began = ledger.cloud.now();
    let followed = watch(ledger, owner, goal, &id, timeout, showing.silent).await?;
    let took = took(began, ledger.cloud.now());
    Ok(report(ledger, event, &id, &followed, &took, showing.paint))
}

/// `owner` in words: `demo in dev`.
pub fn named(owner: &Owner) -> String {
    owner.tenant_id().map_or_else(|| owner.environment().to_string(), |tenant| format!("{tenant} in {}", owner.environment()))
}

async fn watch<C: Cloud>(
    ledger: &Ledger<C>,
    owner: &Owner,
    goal: Goal,
    event_id: &str,
    timeout: Duration,
    silent: bool,
) -> Result<Followed, CliError> {
    let began = ledger.cloud.now();
    let deadline = began + SignedDuration::try_from(timeout).unwrap_or(SignedDuration::MAX / 2);
    let mut progress = Progress::new(owner, began, silent);
    let followed =
        follow(&ledger.cloud, owner, Watch { event_id, goal, deadline, every: EVERY }, |book| progress.show(book, ledger.cloud.now()))
            .await;
    progress.finish();
    followed.map_err(|source| CliError::Ledger { table: ledger.table.clone(), source: Box::new(source) })
}

fn report<C: Cloud>(ledger: &Ledger<C>, event: &Event, id: &str, followed: &Followed, took: &str, paint: Paint) -> Report {
    let owner = event.order.owner();
    let now = ledger.cloud.now();
    let view = full(owner, &followed.book, now);
    let verdict = verdict(event, followed);
    let shown = view.as_ref().map(|view| render_one(view, now, paint)).unwrap_or_default();
    let json = json!({
        "eventId": id,
        "owner": owner,
        "version": event.order.version(),
        "outcome": verdict.word,
        "sentence": verdict.sentence,
        "status": view,
    });
    Report { text: format!("{shown}\n{}: {} ({took})\n", named(owner), verdict.sentence), json, exit: verdict.exit }
}

/// How an order has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Verdict {
    exit: Exit,
    /// For scripts.
    word: &'static str,
    sentence: String,
}

impl Verdict {
    fn good(word: &'static str) -> Self {
        Self { exit: Exit::Done, word, sentence: word.to_owned() }
    }

    fn bad(word: &'static str, sentence: impl Into<String>) -> Self {
        Self { exit: Exit::NotAsWished, word, sentence: sentence.into() }
    }
}

fn verdict(event: &Event, followed: &Followed) -> Verdict {
    let intent = followed.book.intent.as_ref();
    let is_another = intent.is_some_and(|intent| match &event.order {
        Order::Wish(order) => intent.version == order.version && intent.content_hash != order.wish.content_hash(),
        Order::Privileged(_) => false,
    });
    let is_gone = intent.is_some_and(|intent| matches!(intent.wish, Wish::Gone(_)));
    match &followed.end {
        End::AtRest(_) if is_another => {
            Verdict::bad("contradicted", "another event of the same version was accepted before it: send the change with a higher version")
        }
        End::AtRest(Phase::Ready) => Verdict::good("ready"),
        End::AtRest(Phase::Removed) if is_gone => Verdict::good("removed"),
        End::AtRest(Phase::Paused) if is_pause(event) => Verdict::good("paused"),
        End::AtRest(Phase::Paused) => Verdict::bad("paused", "accepted, but paused: caretaker resume lets it go on"),
        End::AtRest(_) => Verdict::bad("failed", "failed: mend the cause, then caretaker retry"),
        End::Refused(reason) => Verdict::bad("refused", format!("refused: {reason}")),
        End::Superseded(version) => Verdict::bad("superseded", format!("version {version} has been accepted since and takes its place")),
        End::TimedOut if intent.is_none() => {
            Verdict::bad("timed-out", "not in the ledger in time: see caretaker dlq list and the log of provision-tenant")
        }
        End::TimedOut => Verdict::bad("timed-out", "still on its way: it goes on by itself, see caretaker status"),
    }
}

fn is_pause(event: &Event) -> bool {
    matches!(&event.order, Order::Privileged(order) if order.action == domain::order::Action::Pause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_file::parse;
    use crate::samples::{book, life};

    fn event(version: u64, tier: &str) -> Event {
        let detail = json!({ "schema": 1, "tenant": "demo", "environment": "dev", "blueprint": "mate", "tier": tier, "version": version,
            "image": "dev-f539de6" });
        parse("x.json", &detail.to_string(), Some("tenant-updated"), false).unwrap()
    }

    fn pause(version: u64, incarnation: u128) -> Event {
        let detail = json!({ "schema": 1, "action": "pause", "tenant": "demo", "environment": "dev", "version": version,
            "incarnation": life(incarnation) });
        parse("x.json", &detail.to_string(), Some("tenant-privileged"), false).unwrap()
    }

    #[test]
    fn what_the_function_would_drop_is_not_sent() {
        let check = |event: Event, expected: Result<Goal, &str>| match (preflight(&event, &book(3, 5)), expected) {
            (Ok(goal), Ok(expected)) => assert_eq!(goal, expected),
            (Err(error), Err(expected)) => assert!(error.line().contains(expected), "{}", error.line()),
            (found, expected) => panic!("{found:?} is not {expected:?}"),
        };
        check(event(4, "standard"), Ok(Goal::Version(4)));
        check(event(3, "trial"), Ok(Goal::Version(3))); // a repeat
        check(event(3, "standard"), Err("another content")); // a contradiction
        check(event(2, "trial"), Err("version 2 is stale: the intent is at 3"));
        check(pause(3, 1), Ok(Goal::Revision(6)));
        check(pause(2, 1), Err("look again"));
        check(pause(3, 9), Err("look again"));
    }

    #[test]
    fn an_order_that_no_blueprint_can_meet_is_not_sent() {
        assert!(possible(&event(4, "standard")).is_ok());
        assert!(possible(&event(4, "gold")).unwrap_err().line().contains("gold"));
    }

    #[test]
    fn the_end_of_an_order_decides_the_exit_code() {
        let check = |event: Event, end: End, book: Book, expected: Exit, words: &str| {
            let found = verdict(&event, &Followed { end, book });
            assert!(found.exit == expected && found.sentence.contains(words), "{found:?}");
        };
        let trial = || event(3, "trial");
        check(trial(), End::AtRest(Phase::Ready), book(3, 5), Exit::Done, "ready");
        check(trial(), End::AtRest(Phase::Failed), book(3, 5), Exit::NotAsWished, "failed");
        check(trial(), End::AtRest(Phase::Removed), book(3, 5), Exit::NotAsWished, "failed"); // it was to stand
        check(trial(), End::AtRest(Phase::Paused), book(3, 5), Exit::NotAsWished, "paused");
        check(pause(3, 1), End::AtRest(Phase::Paused), book(3, 5), Exit::Done, "paused");
        check(event(3, "standard"), End::AtRest(Phase::Ready), book(3, 5), Exit::NotAsWished, "same version");
        check(trial(), End::Refused("no such tier".into()), book(2, 5), Exit::NotAsWished, "refused: no such tier");
        check(trial(), End::Superseded(4), book(4, 6), Exit::NotAsWished, "version 4");
        check(trial(), End::TimedOut, Book::default(), Exit::NotAsWished, "dlq list");
        check(trial(), End::TimedOut, book(3, 5), Exit::NotAsWished, "still on its way");
    }
}
