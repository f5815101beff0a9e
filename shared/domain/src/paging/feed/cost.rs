//! What AWS Cost Anomaly Detection says, on the bus and to topics.
//! <https://docs.aws.amazon.com/cost-management/latest/userguide/cad-eventbridge.html>

use jiff::Timestamp;
use serde_json::Value;

use super::super::signal::{About, Producer, Signal, State};
use super::super::told::text::number;
use super::{Core, Event, Ignored, lines, word};
use crate::fields::Fields;
use crate::incident::Severity::{Info, Warning};

/// An anomaly of so many USD and so many percent over what was expected is a warning: the threshold that AWS itself sets for new users
/// ("Getting started with AWS Cost Anomaly Detection": over 100 USD and 40 %).
const WARNING: (f64, f64) = (100.0, 40.0);
/// So many causes are named.
const NAMED: usize = 5;
/// Where links may lead to: nobody should be led elsewhere by a message.
const CONSOLES: [&str; 3] =
    ["https://console.aws.amazon.com/", "https://console.amazonaws.cn/", "https://us-east-1.console.aws.amazon.com/"];
/// Characters of a link that are shown whole or not at all.
const LINK: usize = 512;

/// What an event says.
pub(super) fn read(event: &Event<'_>) -> Result<Signal, Ignored> {
    signal(Fields::of(event.detail), event.when()?)
}

/// What is published to a topic, at `at`: the message has no time of its own.
///
/// # Errors
/// It is no anomaly.
pub fn from_notification(message: &Value, at: Timestamp) -> Result<Signal, Ignored> {
    signal(Fields::of(message), at)
}

fn signal(told: Fields<'_>, at: Timestamp) -> Result<Signal, Ignored> {
    let id = told.text("anomalyId").ok_or(Ignored::Form("Cost Anomaly Detection"))?;
    let impact = told.object("impact");
    let (usd, percent) = (impact.number("totalImpact"), impact.number("totalImpactPercentage"));
    // The percentage is not told of what was not expected at all.
    let is_much = usd.is_some_and(|usd| usd >= WARNING.0) && percent.is_none_or(|percent| percent >= WARNING.1);
    let key = format!("cost/{}", word(id));
    let core = Core { producer: Producer::Cost, key, state: State::Note, at, about: About::Account, name: "cost" };
    let of = told.text("dimensionValue").or_else(|| told.text("dimensionalValue")).or_else(|| told.text("monitorName"));
    let of = of.map_or_else(String::new, |of| format!(" of {}", word(of)));
    let more = usd.map_or_else(String::new, |usd| format!(": {} USD more than expected", number(usd)));
    let signal = core.signal(&format!("Unusual costs{of}{more}"), &causes(told).join("\n"));
    let links = link(told).map(|link| ("anomaly".to_owned(), link));
    Ok(Signal {
        severity: Some(if is_much { Warning } else { Info }),
        evidence: evidence(told, impact),
        links: links.into_iter().collect(),
        ..signal
    })
}

/// Who and what costs more, the greatest first, as AWS orders them.
fn causes(told: Fields<'_>) -> Vec<String> {
    let parts = ["service", "region", "usageType", "linkedAccountName", "linkedAccount"];
    let all = told.objects("rootCauses").map(|cause| parts.iter().filter_map(|part| cause.text(part)).collect::<Vec<_>>().join(", "));
    lines(all.take(NAMED))
}

fn evidence(told: Fields<'_>, impact: Fields<'_>) -> Vec<String> {
    let spend = impact.number("totalActualSpend").zip(impact.number("totalExpectedSpend"));
    let spend = spend.map(|(actual, expected)| format!("{} USD were spent, {} USD expected.", number(actual), number(expected)));
    let since = told.time("anomalyStartDate").map(|at| format!("It began {at}."));
    lines(spend.into_iter().chain(since))
}

fn link(told: Fields<'_>) -> Option<String> {
    let link = told.text("anomalyDetailsLink")?;
    let is_safe =
        link.len() <= LINK && CONSOLES.iter().any(|console| link.starts_with(console)) && link.bytes().all(|one| one.is_ascii_graphic());
    is_safe.then(|| link.to_owned())
}
