//! `caretaker ack`: a person has an incident, or has it no more.

use aws_adapters::operator::Operator;
use domain::paging::id::environment_of;
use domain::paging::incident::{Incident, Stage};
use domain::ports::Cloud;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::arguments::AckArguments;
use crate::consent::{Consent, NotOrdered};
use crate::desks::Found;
use crate::exit::{CliError, Exit, Report};
use crate::incidents::{IncidentView, told_last};
use crate::paint::relative;
use crate::privileged::{self, SCHEMA};
use crate::read::Ledger;

/// Who it is if nobody says.
const SOMEBODY: &str = "an operator";

/// Shows the incident, asks for consent, and puts the order that somebody has it, or has it no more.
///
/// # Errors
/// There is nothing to take on or to give back; nobody agrees; the table of incidents or the bus did not answer.
pub async fn ack<C: Cloud>(
    ledger: &Ledger<C>,
    operator: &Operator,
    bus: &str,
    arguments: &AckArguments,
    consent: Consent,
) -> Result<Report, CliError> {
    let (id, gives_back) = (arguments.incident.as_str(), arguments.give_back);
    let refused = |source| CliError::NotOrdered { owner: format!("incident {id}"), source };
    let found = ledger.incident(id).await?.ok_or_else(|| refused(NotOrdered::NoIncident(id.to_owned())))?;
    let chosen = choose(&found, gives_back).map_err(refused)?;
    let view = IncidentView::of(chosen, &found.at.desk);
    consent.show(&told(&view, ledger.cloud.now()));
    consent.ask(if gives_back { "Give it back?" } else { "Take it on?" }).map_err(refused)?;
    let by = by(&arguments.by);
    let event = privileged::put(operator, bus, &order(&view.id, gives_back, by)).await?;
    Ok(report(&view, gives_back, by, &event))
}

/// Who gives an order.
pub(crate) fn by(name: &str) -> &str {
    if name.trim().is_empty() { SOMEBODY } else { name }
}

/// The incident that is meant: what another has taken in is that other's.
fn choose(found: &Found, gives_back: bool) -> Result<&Incident, NotOrdered> {
    let incident = found.home().unwrap_or(&found.incident);
    let id = incident.id.clone();
    match (&incident.stage, gives_back) {
        (Stage::Open, false) | (Stage::Acknowledged { .. }, true) => Ok(incident),
        (Stage::Open, true) => Err(NotOrdered::NobodyHas(id)),
        (Stage::Acknowledged { by, at }, false) => Err(NotOrdered::Taken { id, by: by.clone(), at: *at }),
        (Stage::Resolved { at }, _) => Err(NotOrdered::Over { id, at: *at }),
        (Stage::Merged { .. }, _) => Err(NotOrdered::NoIncident(id)),
    }
}

fn told(view: &IncidentView, now: Timestamp) -> String {
    let title = view.title.as_deref().unwrap_or("nothing is known of its signals any more");
    let tenants: Vec<_> = view.tenants.iter().map(|tenant| tenant.as_str()).collect();
    let whom = view.told.as_ref().map_or_else(|| "nobody".to_owned(), |told| told_last(told, now));
    format!(
        "incident {}\n  is        {}: {title}\n  stands    {}\n  since     {}\n  tenants   {}\n  told      {whom}\n",
        view.id,
        view.severity,
        view.stands,
        relative(view.since, now),
        if tenants.is_empty() { "none".to_owned() } else { tenants.join(", ") },
    )
}

fn order(incident: &str, gives_back: bool, by: &str) -> Value {
    let mut order =
        json!({ "schema": SCHEMA, "action": if gives_back { "give-back" } else { "acknowledge" }, "incident": incident, "by": by });
    if let Some(environment) = environment_of(incident) {
        order["environment"] = json!(environment);
    }
    order
}

fn report(view: &IncidentView, gives_back: bool, by: &str, event: &str) -> Report {
    let what = if gives_back { "has it no more" } else { "has it" };
    let text = format!("sent that {by} {what} as event {event}\nsee how it goes: caretaker explain {}\n", view.id);
    let word = if gives_back { "givenBack" } else { "acknowledged" };
    Report { text, json: json!({ "eventId": event, "by": by, word: view }), exit: Exit::Done }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desks::AtDesk;
    use crate::samples::{moment, paging};

    fn found(stage: Stage) -> Found {
        let mut desk = paging::desk();
        let incident = Incident { stage, ..desk.incidents[paging::LOAD].clone() };
        desk.incidents.insert(paging::LOAD.to_owned(), incident.clone());
        Found { incident, at: AtDesk { desk, ..AtDesk::default() } }
    }

    #[test]
    fn what_nobody_has_is_taken_on_and_what_somebody_has_is_given_back() {
        let check = |stage: Stage, gives_back, expected: Result<&str, &str>| {
            let found = found(stage);
            let chosen = choose(&found, gives_back).map(|incident| incident.id.as_str()).map_err(|why| why.to_string());
            assert_eq!(chosen, expected.map_err(str::to_owned), "{:?}", found.incident.stage);
        };
        let (bob, over) = (Stage::Acknowledged { by: "bob".into(), at: moment(0) }, Stage::Resolved { at: moment(0) });
        check(Stage::Open, false, Ok(paging::LOAD));
        check(Stage::Open, true, Err("nobody has dev-0k3c9v4a7d30"));
        check(bob.clone(), true, Ok(paging::LOAD));
        check(bob, false, Err("bob has dev-0k3c9v4a7d30 since 2026-11-21T02:00:00Z already"));
        check(over, false, Err("dev-0k3c9v4a7d30 is over since 2026-11-21T02:00:00Z"));
        // It is part of another by now, which is meant.
        check(Stage::Merged { into: paging::DATABASE.into(), at: moment(0) }, false, Ok(paging::DATABASE));
        check(Stage::Merged { into: "dev-gone".into(), at: moment(0) }, false, Err("there is no incident dev-0k3c9v4a7d30"));
    }

    #[test]
    fn the_order_is_what_paging_reads() {
        let expected = json!({ "schema": 1, "action": "acknowledge", "environment": "dev", "incident": paging::DATABASE, "by": "amy" });
        assert_eq!(order(paging::DATABASE, false, "amy"), expected);
        let expected = json!({ "schema": 1, "action": "give-back", "incident": paging::ACCOUNT, "by": "amy" });
        assert_eq!(order(paging::ACCOUNT, true, "amy"), expected);
        assert_eq!([by(""), by(" "), by("amy")], ["an operator", "an operator", "amy"]);
    }

    #[test]
    fn it_is_told_what_is_taken_on() {
        let desk = paging::desk();
        let expected = "incident dev-0k3c9v4a7d2f
  is        critical: the database is gone
  stands    open
  since     10 min ago
  tenants   demo
  told      level 1, 9 min ago: pagerduty
";
        assert_eq!(told(&IncidentView::of(&desk.incidents[paging::DATABASE], &desk), moment(0)), expected);
    }
}
