//! `caretaker incidents`: what is open, how bad it is, and who has it.

mod view;

use domain::incident::Severity;
use domain::paging::incident::{Incident, Stage};
use domain::ports::Cloud;
use domain::tenant::EnvironmentName;
use futures::{StreamExt, TryStreamExt};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

pub(crate) use view::told_last;
pub use view::{IncidentView, render, tame};

use crate::desks::AtDesk;
use crate::exit::{CliError, Exit, Report};
use crate::paint::Paint;
use crate::read::Ledger;

/// Incidents that are over are listed for so long.
const LATELY: SignedDuration = SignedDuration::from_hours(3 * 24);
/// Timelines read at the same time, as owners are.
const AT_ONCE: usize = 8;

/// The open incidents, worst and oldest first, and with `all` those that were over lately, newest first.
///
/// # Errors
/// The ledger or the table of incidents did not answer.
pub async fn incidents<C: Cloud>(
    ledger: &Ledger<C>,
    environment: Option<&EnvironmentName>,
    all: bool,
    paint: Paint,
) -> Result<Report, CliError> {
    let now = ledger.cloud.now();
    let desks = ledger.desks(environment).await?;
    let mut shown = open(&desks);
    let exit = if shown.iter().any(is_nobodys) { Exit::NotAsWished } else { Exit::Done };
    if all {
        shown.extend(over(ledger, &desks, now).await?);
    }
    Ok(Report { text: render(&shown, all, now, paint), json: json!({ "incidents": shown }), exit })
}

/// What is open, worst and oldest first.
fn open(desks: &[AtDesk]) -> Vec<IncidentView> {
    let of = |at: &AtDesk| {
        let open = at.desk.incidents.values().filter(|incident| incident.is_open());
        open.map(|incident| IncidentView::of(incident, &at.desk)).collect::<Vec<_>>()
    };
    let mut views: Vec<_> = desks.iter().flat_map(of).collect();
    views.sort_by_key(|view| (std::cmp::Reverse(view.severity), view.since, view.id.clone()));
    views
}

/// What was over lately, newest first.
async fn over<C: Cloud>(ledger: &Ledger<C>, desks: &[AtDesk], now: Timestamp) -> Result<Vec<IncidentView>, CliError> {
    let mut found = Vec::new();
    for at in desks {
        let past = ledger.past(at.environment.as_ref()).await?;
        let lately = past.into_iter().filter(|incident| ended(incident).is_some_and(|end| now.duration_since(end) <= LATELY));
        found.extend(lately.map(|incident| (ended(&incident), IncidentView::of(&incident, &at.desk))));
    }
    found.sort_by_key(|(ended, view)| (std::cmp::Reverse(*ended), view.id.clone()));
    let views = found.into_iter().map(|(_, view)| titled(ledger, view));
    futures::stream::iter(views).buffered(AT_ONCE).try_collect().await
}

/// What was heard is forgotten after a day; the timeline is not.
async fn titled<C: Cloud>(ledger: &Ledger<C>, view: IncidentView) -> Result<IncidentView, CliError> {
    if view.title.is_some() {
        return Ok(view);
    }
    let title = ledger.timeline(&view.id).await?.first().map(|line| tame(&line.text));
    Ok(IncidentView { title, ..view })
}

fn ended(incident: &Incident) -> Option<Timestamp> {
    match incident.stage {
        Stage::Resolved { at } => Some(at),
        _ => None,
    }
}

/// Whether it is the worst there is, and nobody has it.
fn is_nobodys(view: &IncidentView) -> bool {
    view.severity == Severity::Critical && view.stage == Stage::Open
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{moment, paging};

    async fn listed(all: bool, environment: Option<&str>) -> Report {
        let ledger = Ledger { cloud: paging::shelf(), table: "caretaker-ledger".into() };
        let environment = environment.map(|name| name.parse().unwrap());
        incidents(&ledger, environment.as_ref(), all, Paint::PLAIN).await.unwrap()
    }

    fn ids(report: &Report) -> Vec<String> {
        let listed = report.json["incidents"].as_array().unwrap();
        listed.iter().map(|incident| incident["id"].as_str().unwrap().to_owned()).collect()
    }

    #[tokio::test]
    async fn the_worst_and_oldest_is_first_and_what_is_over_comes_last_and_only_if_asked_for() {
        let open = [paging::DATABASE, paging::LOAD, paging::ACCOUNT];
        // The book that the shelf shows is there for every environment, so that all are listed; only dev has incidents.
        assert_eq!(ids(&listed(false, None).await), open);
        assert_eq!(ids(&listed(false, Some("dev")).await), open[..2]);
        assert_eq!(ids(&listed(false, Some("prod")).await), [""; 0]);
        assert_eq!(ids(&listed(true, None).await), [&open[..], &[paging::OVER][..]].concat());
    }

    #[tokio::test]
    async fn what_is_over_and_forgotten_is_titled_by_its_timeline() {
        let report = listed(true, Some("dev")).await;
        assert_eq!(report.json["incidents"][2]["title"], "warning: the queue is long");
    }

    #[tokio::test]
    async fn a_script_hears_of_a_critical_one_that_nobody_has() {
        assert_eq!(listed(false, None).await.exit, Exit::NotAsWished);
        assert_eq!(listed(true, Some("prod")).await.exit, Exit::Done);
        let check = |severity, stage, expected| {
            let incident = Incident { stage, ..Incident::open("dev-x".into(), severity, moment(0), moment(0)) };
            assert_eq!(is_nobodys(&IncidentView::of(&incident, &domain::paging::desk::Desk::default())), expected, "{incident:?}");
        };
        check(Severity::Critical, Stage::Open, true);
        check(Severity::Critical, Stage::Acknowledged { by: "amy".into(), at: moment(0) }, false);
        check(Severity::Warning, Stage::Open, false);
        check(Severity::Critical, Stage::Resolved { at: moment(0) }, false);
    }
}
