//! `caretaker approve`: a person's word for what Caretaker would do to a service.

use aws_adapters::operator::Operator;
use domain::ports::Cloud;
use domain::remediation::memory::Memory;
use domain::tenant::Owner;
use jiff::Timestamp;
use provision_tenant::book::Book;
use serde_json::{Value, json};

use crate::apply::named;
use crate::arguments::ApproveArguments;
use crate::consent::{Consent, NotOrdered};
use crate::exit::{CliError, Exit, Report};
use crate::privileged;
use crate::read::Ledger;
use crate::remediation::{Asked, asked, memories, render_asked};

/// Shows the proposal that is meant, asks for consent, and puts the order to carry it out.
///
/// # Errors
/// None is open, or it is not said which one; nobody agrees; the tables or the bus did not answer.
pub async fn approve<C: Cloud>(
    ledger: &Ledger<C>,
    operator: &Operator,
    bus: &str,
    arguments: &ApproveArguments,
    consent: Consent,
) -> Result<Report, CliError> {
    let (owner, book) = ledger.tenant(&arguments.tenant, arguments.environment.as_ref()).await?;
    let memories = memories(ledger, &owner).await?;
    let chosen = agreed(&memories, arguments.proposal.as_deref(), consent, ledger.cloud.now());
    let chosen = chosen.map_err(|source| CliError::NotOrdered { owner: named(&owner), source })?;
    let event = privileged::put(operator, bus, &order(&owner, &book, &chosen)?).await?;
    Ok(report(&owner, &chosen, &event))
}

/// The proposal that a person has agreed to.
fn agreed(memories: &[(String, Memory)], id: Option<&str>, consent: Consent, now: Timestamp) -> Result<Asked, NotOrdered> {
    let show = |asked: &[Asked]| consent.show(&asked.iter().map(|asked| render_asked(asked, now)).collect::<String>());
    match choose(memories, id, now) {
        Ok(chosen) => {
            show(std::slice::from_ref(&chosen));
            consent.ask("Approve of it?").map(|()| chosen)
        }
        Err(why) => {
            show(&asked(memories, now));
            Err(why)
        }
    }
}

/// The open proposal with this id; without one, the only one.
fn choose(memories: &[(String, Memory)], id: Option<&str>, now: Timestamp) -> Result<Asked, NotOrdered> {
    let mut open = asked(memories, now);
    if let Some(id) = id {
        return open.into_iter().find(|asked| asked.proposal.id == id).ok_or_else(|| over(memories, id));
    }
    match (open.pop(), open.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(last), false) => {
            let ids = open.iter().chain([&last]).map(|asked| format!("{} ({})", asked.proposal.id, asked.service));
            Err(NotOrdered::SeveralOpen(ids.collect()))
        }
        (None, _) => {
            let newest = memories.iter().filter_map(|(_, memory)| memory.proposal.as_ref()).max_by_key(|proposal| proposal.expires);
            Err(newest.map_or(NotOrdered::NoneOpen, |proposal| over(memories, &proposal.id)))
        }
    }
}

/// Why the proposal `id` is not open.
fn over(memories: &[(String, Memory)], id: &str) -> NotOrdered {
    let mut proposals = memories.iter().filter_map(|(_, memory)| memory.proposal.as_ref());
    let mut attempts = memories.iter().flat_map(|(_, memory)| &memory.attempts);
    match (proposals.find(|proposal| proposal.id == id), attempts.find(|attempt| attempt.id == id)) {
        (Some(proposal), _) => NotOrdered::Expired { id: id.to_owned(), until: proposal.expires },
        (None, Some(attempt)) => NotOrdered::Begun { id: id.to_owned(), at: attempt.at },
        (None, None) => NotOrdered::NoProposal(id.to_owned()),
    }
}

fn order(owner: &Owner, book: &Book, chosen: &Asked) -> Result<Value, CliError> {
    let mut detail = privileged::detail("approve", owner, book)?;
    detail["proposal"] = json!(chosen.proposal.id);
    detail["digest"] = json!(chosen.digest);
    Ok(detail)
}

fn report(owner: &Owner, chosen: &Asked, event: &str) -> Report {
    let look = owner.tenant_id().map(|tenant| format!("caretaker explain {tenant} --environment {}", owner.environment()));
    let text = format!(
        "sent the approval of proposal {} of {} as event {event}\nsee how it goes: {}\n",
        chosen.proposal.id,
        named(owner),
        look.unwrap_or_default()
    );
    Report { text, json: json!({ "eventId": event, "owner": owner, "approved": chosen }), exit: Exit::Done }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{book, failing, life, moment, owner};

    fn memories(services: &[(&str, &str)]) -> Vec<(String, Memory)> {
        let of = |(service, id): &(&str, &str)| {
            let mut memory = failing();
            memory.proposal.iter_mut().for_each(|proposal| proposal.id = (*id).to_owned());
            ((*service).to_owned(), memory)
        };
        services.iter().map(of).collect()
    }

    #[test]
    fn the_only_one_or_the_one_named_is_meant() {
        let check = |services: &[(&str, &str)], id: Option<&str>, hours: i64, expected: Result<&str, &str>| {
            let chosen = choose(&memories(services), id, moment(hours * 3_600));
            let chosen = chosen.map(|asked| asked.service).map_err(|why| why.to_string());
            assert_eq!(chosen.as_deref().map_err(String::as_str), expected, "{services:?} {id:?} {hours}");
        };
        let (one, two) = ([("django", "01C")], [("celery", "01D"), ("django", "01C")]);
        check(&one, None, 0, Ok("django"));
        check(&two, Some("01C"), 0, Ok("django"));
        check(&two, None, 0, Err("01D (celery) and 01C (django) are open"));
        check(&[], None, 0, Err("no proposal is open"));
        check(&one, Some("01X"), 0, Err("there is no proposal 01X"));
        // An attempt has the id of the proposal that it was.
        check(&one, Some("01B"), 0, Err("01B was begun at 2026-11-21T01:55:00Z already"));
        check(&one, Some("01C"), 4, Err("the proposal 01C was open until 2026-11-21T05:00:00Z"));
        check(&one, None, 4, Err("the proposal 01C was open until 2026-11-21T05:00:00Z"));
    }

    #[test]
    fn nothing_is_approved_of_that_nobody_agreed_to() {
        let agreed = |given| agreed(&memories(&[("django", "01C")]), None, Consent { given, silent: true }, moment(0));
        assert_eq!(agreed(false).unwrap_err(), NotOrdered::Unasked);
        assert_eq!(agreed(true).unwrap().proposal.id, "01C");
    }

    #[test]
    fn the_order_names_what_was_shown_and_the_life_that_was_seen() {
        let chosen = choose(&memories(&[("django", "01C")]), None, moment(0)).unwrap();
        let expected = json!({ "schema": 1, "action": "approve", "tenant": "demo", "environment": "dev", "version": 3,
            "incarnation": life(1), "proposal": "01C", "digest": chosen.proposal.digest() });
        assert_eq!(order(&owner(), &book(3, 5), &chosen).unwrap(), expected);
        assert!(order(&owner(), &Book::default(), &chosen).is_err(), "there is no life to act on");
    }

    #[test]
    fn a_proposal_is_shown_with_all_that_speaks_for_it() {
        let chosen = choose(&memories(&[("mate-demo-dev-django", "01C")]), None, moment(0)).unwrap();
        let expected = "proposal 01C of the service mate-demo-dev-django
  would     start its tasks anew
  against   The application gave up. Go back if the revision is new; else look at what it depends on.
  seen      exit code 1
  seen      three stops within ten minutes
  asked     60 min ago
  until     2026-11-21T05:00:00Z, in 3 h
";
        assert_eq!(render_asked(&chosen, moment(0)), expected);
    }
}
