//! `caretaker override`: what remediation has laid over a tenant's blueprint, and its end.

use aws_adapters::operator::Operator;
use domain::kind::service::{Hold, Pin};
use domain::ports::Cloud;
use domain::remediation::overlay::{Lays, Override};
use domain::resource::ResourceId;
use domain::tenant::{EnvironmentName, Owner, TenantId};
use jiff::Timestamp;
use provision_tenant::book::Book;
use serde::Serialize;
use serde_json::{Value, json};

use crate::apply::named;
use crate::arguments::{ClearArguments, Sort};
use crate::consent::{Consent, NotOrdered};
use crate::exit::{CliError, Exit, Report};
use crate::paint::{Cell, Paint, cell, relative, table};
use crate::privileged;
use crate::read::Ledger;

/// An override that stands, as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OverrideView {
    /// Its sort key in the ledger.
    pub key: String,
    /// The blueprint's resource.
    pub resource: ResourceId,
    /// The word for its sort.
    pub sort: &'static str,
    /// What is laid over the resource.
    pub lays: Lays,
    /// The same in words.
    pub sentence: String,
    /// When it was laid.
    pub since: Timestamp,
    /// When it is over; none: once a person has cleared it.
    pub until: Option<Timestamp>,
    /// What it is against.
    pub why: String,
    /// The attempt that it is of.
    pub attempt: String,
}

/// All that stands of one tenant.
///
/// # Errors
/// It is not known, or the ledger did not answer.
pub async fn list<C: Cloud>(
    ledger: &Ledger<C>,
    tenant: &TenantId,
    environment: Option<&EnvironmentName>,
    paint: Paint,
) -> Result<Report, CliError> {
    let (owner, book) = ledger.tenant(tenant, environment).await?;
    let now = ledger.cloud.now();
    let views = standing(&book, now);
    let text = match views.is_empty() {
        true => format!("nothing is laid over {}\n", named(&owner)),
        false => render(&views, now, paint),
    };
    let json = json!({ "tenant": tenant, "environment": owner.environment(), "overrides": views });
    Ok(Report { text, json, exit: Exit::Done })
}

/// Shows the override that is meant, asks for consent, and puts the order to clear it.
///
/// # Errors
/// There is none, or it is not said which one; nobody agrees; the ledger or the bus did not answer.
pub async fn clear<C: Cloud>(
    ledger: &Ledger<C>,
    operator: &Operator,
    bus: &str,
    arguments: &ClearArguments,
    consent: Consent,
) -> Result<Report, CliError> {
    let (owner, book) = ledger.tenant(&arguments.tenant, arguments.environment.as_ref()).await?;
    let now = ledger.cloud.now();
    let refused = |source| CliError::NotOrdered { owner: named(&owner), source };
    let chosen = choose(standing(&book, now), &arguments.resource, arguments.sort).map_err(refused)?;
    consent.show(&told(&chosen, now));
    consent.ask("Clear it?").map_err(refused)?;
    let event = privileged::put(operator, bus, &order(&owner, &book, &chosen)?).await?;
    Ok(report(&owner, &chosen, &event))
}

/// What lies over the present life.
fn standing(book: &Book, now: Timestamp) -> Vec<OverrideView> {
    let present = book.intent.as_ref().and_then(|intent| intent.incarnation);
    let stands = |one: &&Override| one.stands(now) && Some(one.incarnation) == present;
    book.overrides.iter().filter(stands).map(OverrideView::of).collect()
}

impl OverrideView {
    fn of(one: &Override) -> Self {
        Self {
            key: one.key(),
            resource: one.resource.clone(),
            sort: one.lays.sort(),
            lays: one.lays.clone(),
            sentence: one.lays.to_string(),
            since: one.since,
            until: one.until,
            why: one.why.clone(),
            attempt: one.attempt.clone(),
        }
    }

    fn until(&self, now: Timestamp) -> String {
        self.until.map_or_else(|| "cleared".to_owned(), |until| relative(until, now))
    }
}

fn render(views: &[OverrideView], now: Timestamp, paint: Paint) -> String {
    let row = |view: &OverrideView| -> Vec<Cell> {
        let (since, until) = (relative(view.since, now), view.until(now));
        let texts: [&str; 7] = [&view.resource.0, view.sort, &view.sentence, &since, &until, &view.attempt, &view.why];
        texts.into_iter().map(cell).collect()
    };
    let rows: Vec<_> = views.iter().map(row).collect();
    table(paint, "", &["RESOURCE", "SORT", "LAID", "SINCE", "UNTIL", "ATTEMPT", "WHY"], &rows)
}

/// The one of `standing` that is laid over `resource`, of that sort if one is named.
fn choose(standing: Vec<OverrideView>, resource: &str, sort: Option<Sort>) -> Result<OverrideView, NotOrdered> {
    let wanted = ResourceId::from(resource);
    let is_meant = |view: &OverrideView| view.resource.is_same(&wanted) && sort.is_none_or(|sort| sort.word() == view.sort);
    let mut found: Vec<_> = standing.into_iter().filter(is_meant).collect();
    let sorts = found.iter().map(|view| view.sort).collect();
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(_), false) => Err(NotOrdered::SeveralLaid { resource: resource.to_owned(), sorts }),
        (None, _) => Err(NotOrdered::NothingLaid { sort: sort.map_or("override", Sort::word), resource: resource.to_owned() }),
    }
}

/// An override in lines, with what follows if it is cleared.
fn told(view: &OverrideView, now: Timestamp) -> String {
    let OverrideView { resource, sort, sentence, why, attempt, .. } = view;
    let (since, until, then) = (relative(view.since, now), view.until(now), follows(&view.lays));
    let lines =
        [("laid", format!("{sentence}; {since}, by attempt {attempt}")), ("against", why.clone()), ("until", until), ("then", then)];
    let lines = lines.into_iter().map(|(head, what)| format!("  {head:<9} {what}\n"));
    format!("{sort} over {resource}\n{}", lines.collect::<String>())
}

/// What follows once `lays` is cleared.
fn follows(lays: &Lays) -> String {
    match lays {
        Lays::Floor(_) => "its tasks have what the blueprint gives them again, which starts them anew".to_owned(),
        Lays::Pin(Pin { bad, .. }) => format!("{bad} may run again; what runs now goes on"),
        Lays::Hold(Hold::Still { was }) => format!("it is brought back to {} tasks, and scaled again", (*was).max(1)),
        Lays::Hold(Hold::Again { .. }) => "its count is no longer held".to_owned(),
    }
}

fn order(owner: &Owner, book: &Book, chosen: &OverrideView) -> Result<Value, CliError> {
    let mut detail = privileged::detail("clear-override", owner, book)?;
    detail["override"] = json!(chosen.key);
    Ok(detail)
}

fn report(owner: &Owner, chosen: &OverrideView, event: &str) -> Report {
    let OverrideView { resource, sort, .. } = chosen;
    let look = owner.tenant_id().map(|tenant| format!("caretaker override list {tenant} --environment {}", owner.environment()));
    let text = format!(
        "sent the order to clear the {sort} over {resource} of {} as event {event}\nsee how it goes: {}\n",
        named(owner),
        look.unwrap_or_default()
    );
    Report { text, json: json!({ "eventId": event, "owner": owner, "cleared": chosen }), exit: Exit::Done }
}

#[cfg(test)]
mod tests {
    use domain::remediation::size::Size;

    use super::*;
    use crate::samples::{book, life, moment, owner};

    fn over(resource: &str, lays: Lays, life_number: u128) -> Override {
        let (resource, incarnation) = (resource.into(), life(life_number));
        let until = lays.ends(moment(-3_600));
        Override { resource, incarnation, lays, attempt: "01J".into(), since: moment(-3_600), until, why: "out-of-memory".into() }
    }

    /// With a floor and a pin over one service, another that stands still, and what stands no more.
    fn laid() -> Book {
        let floor = || Lays::Floor(Size { cpu: 512, memory_mib: 2_048 });
        let pin = Lays::Pin(Pin { bad: "v3".into(), good: "v2".into() });
        let over_already = Override { until: Some(moment(0)), ..over("beat", floor(), 1) };
        let still = over("celery", Lays::Hold(Hold::Still { was: 2 }), 1);
        let overrides = vec![over("django", floor(), 1), over("django", pin, 1), still, over("flower", floor(), 0), over_already];
        Book { overrides, ..book(3, 5) }
    }

    #[test]
    fn what_stands_is_listed_and_neither_what_is_over_nor_what_is_of_a_former_life() {
        let expected = "\
RESOURCE  SORT   LAID                                     SINCE      UNTIL    ATTEMPT  WHY
django    floor  at least 2048 MiB and 512 CPU units      60 min ago  in 6 d   01J      out-of-memory
django    pin    v2 instead of v3                         60 min ago  in 29 d  01J      out-of-memory
celery    hold   stands still; 2 tasks were wanted before  60 min ago  cleared  01J      out-of-memory
";
        let words = |text: &str| text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>();
        assert_eq!(words(&render(&standing(&laid(), moment(0)), moment(0), Paint::PLAIN)), words(expected));
    }

    #[test]
    fn scripts_find_the_same_in_the_json() {
        let views = json!(standing(&laid(), moment(0)));
        let expected = json!({ "key": format!("override#{}#django#pin", life(1)), "resource": "django", "sort": "pin",
            "lays": { "pin": { "bad": "v3", "good": "v2" } }, "sentence": "v2 instead of v3", "since": moment(-3_600),
            "until": moment(30 * 86_400 - 3_600), "why": "out-of-memory", "attempt": "01J" });
        assert_eq!(views[1], expected);
        assert_eq!(views[2]["until"], Value::Null);
    }

    #[test]
    fn the_only_one_or_the_one_of_the_sort_is_meant() {
        let check = |resource: &str, sort: Option<Sort>, expected: Result<&str, &str>| {
            let chosen = choose(standing(&laid(), moment(0)), resource, sort).map(|view| view.key).map_err(|why| why.to_string());
            let expected = expected.map(|key| format!("override#{}#{key}", life(1))).map_err(str::to_owned);
            assert_eq!(chosen, expected, "{resource} {sort:?}");
        };
        check("celery", None, Ok("celery#hold"));
        check("django", Some(Sort::Pin), Ok("django#pin"));
        // What replaces it is the same resource of the blueprint.
        check("celery@2", Some(Sort::Hold), Ok("celery#hold"));
        check("django", None, Err("floor and pin are laid over django"));
        check("celery", Some(Sort::Pin), Err("no pin is laid over celery"));
        check("beat", None, Err("no override is laid over beat"));
    }

    #[test]
    fn every_sort_has_its_word() {
        let sorts = [Sort::Floor, Sort::Pin, Sort::Hold].map(Sort::word);
        let laid: Vec<_> = standing(&laid(), moment(0)).iter().map(|view| view.sort).collect();
        assert_eq!(sorts.to_vec(), laid);
    }

    #[test]
    fn the_order_names_the_key_and_the_life_that_was_seen() {
        let chosen = choose(standing(&laid(), moment(0)), "celery", None).unwrap();
        let expected = json!({ "schema": 1, "action": "clear-override", "tenant": "demo", "environment": "dev", "version": 3,
            "incarnation": life(1), "override": format!("override#{}#celery#hold", life(1)) });
        assert_eq!(order(&owner(), &laid(), &chosen).unwrap(), expected);
    }

    #[test]
    fn it_is_told_what_follows() {
        let chosen = choose(standing(&laid(), moment(0)), "celery", None).unwrap();
        let expected = "hold over celery
  laid      stands still; 2 tasks were wanted before; 60 min ago, by attempt 01J
  against   out-of-memory
  until     cleared
  then      it is brought back to 2 tasks, and scaled again
";
        assert_eq!(told(&chosen, moment(0)), expected);
    }
}
