//! `caretaker plan`: what an event would do, as the function itself says.

mod render;

use std::time::Duration;

use aws_adapters::operator::Operator;
use domain::answer::{Answer, News};
use domain::failure::Conduct;
use domain::ports::Cloud;
use domain::tenant::Owner;
use jiff::SignedDuration;
use provision_tenant::book::BadBook;
use serde_json::json;

pub use render::render;

use crate::event_file::Event;
use crate::exit::{CliError, Exit, Report};
use crate::paint::Paint;
use crate::progress::Waiting;
use crate::read::Ledger;
use crate::read::kept;

/// How often the answer is looked for.
const EVERY: Duration = Duration::from_millis(500);

/// Puts `event`, which asks for a dry run, and waits for its answer.
///
/// # Errors
/// The event was not put, or no answer came in time.
pub async fn plan<C: Cloud>(
    ledger: &Ledger<C>,
    operator: &Operator,
    bus: &str,
    event: &Event,
    timeout: Duration,
    paint: Paint,
    silent: bool,
) -> Result<Report, CliError> {
    let put = operator.put_order(bus, &event.detail_type, &event.detail.to_string()).await;
    let id = put.map_err(|source| CliError::Call { what: format!("putting the event on the bus {bus}"), source })?;
    let owner = event.order.owner();
    let waiting = Waiting::new(format!("waiting for the plan of event {id}"), silent);
    let answer = answer(ledger, owner, &id, timeout, EVERY).await?;
    drop(waiting);
    let exit = if matches!(answer.news, News::Planned { .. }) { Exit::Done } else { Exit::NotAsWished };
    Ok(Report { text: render(&answer, paint), json: json!(answer), exit })
}

/// The answer to the event `id`, which the function keeps in the ledger.
///
/// # Errors
/// It did not come in time, or cannot be read.
pub async fn answer<C: Cloud>(ledger: &Ledger<C>, owner: &Owner, id: &str, timeout: Duration, every: Duration) -> Result<Answer, CliError> {
    let deadline = ledger.cloud.now() + SignedDuration::try_from(timeout).unwrap_or(SignedDuration::MAX / 2);
    let broken = |source| CliError::Ledger { table: ledger.table.clone(), source: Box::new(source) };
    loop {
        match kept(&ledger.cloud, owner, id).await {
            Ok(Some(answer)) => return Ok(answer),
            Ok(None) => {}
            Err(BadBook::Call(_, call)) if call.conduct() == Conduct::Retry && ledger.cloud.now() < deadline => {}
            Err(error) => return Err(broken(error)),
        }
        if ledger.cloud.now() >= deadline {
            return Err(CliError::TimedOut {
                what: format!("no plan of {owner} came for event {id}"),
                seconds: timeout.as_secs(),
                advice: "see caretaker dlq list and the log of provision-tenant, or wait longer by --timeout".to_owned(),
            });
        }
        tokio::time::sleep(every).await;
    }
}

#[cfg(test)]
mod tests {
    use domain::ledger::Item;

    use super::*;
    use crate::samples::{Shelf, moment, owner};

    fn failed() -> Answer {
        let news = News::Failed { reason: "no".into(), stuck: Default::default() };
        Answer { id: "a".into(), owner: owner(), version: 1, incarnation: None, at: moment(0), news }
    }

    fn ledger(shelf: Shelf) -> Ledger<Shelf> {
        Ledger { cloud: shelf, table: "caretaker-ledger".into() }
    }

    const SOON: Duration = Duration::from_millis(1);

    #[tokio::test]
    async fn the_answer_is_the_one_to_this_event_and_an_outage_is_waited_out() {
        let item = Item::new(&owner().to_string(), "hist#answer#e-1", &failed());
        let shelf = Shelf::new(Vec::new()).with(item).failing(2);
        let found = answer(&ledger(shelf), &owner(), "e-1", Duration::from_secs(10), SOON).await.unwrap();
        assert_eq!(found, failed());
    }

    #[tokio::test]
    async fn no_answer_in_time_is_an_error_that_says_where_to_look() {
        let item = Item::new(&owner().to_string(), "hist#answer#e-1", &failed());
        let late = answer(&ledger(Shelf::new(Vec::new()).with(item)), &owner(), "e-2", Duration::from_secs(3), SOON).await.unwrap_err();
        assert!(late.line().contains("e-2 after 3 s; see caretaker dlq list"), "{}", late.line());
    }
}
