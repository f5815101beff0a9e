//! `caretaker doctor`: whether the pager would reach anybody, and what to do if it would not.

mod examine;

use std::collections::BTreeSet;
use std::fmt::Write;

use aws_adapters::operator::{Operator, Subscription};
use domain::failure::CallError;
use domain::paging::channel::Channel;
use domain::paging::routes::Routes;
use serde::Serialize;
use serde_json::json;

use crate::arguments::DoctorArguments;
use crate::exit::{CliError, Exit, Report};
use crate::incidents::tame;
use crate::paint::{Paint, Tone};
use crate::settings::Places;

pub use examine::examine;

/// The subscriptions of a topic; none: there is no such topic.
type Subscriptions = Result<Option<Vec<Subscription>>, CallError>;

/// What was found out; an error: it could not be.
#[derive(Debug, Clone)]
pub struct Signs {
    /// Each topic that people hear by, and its subscriptions; none: there is no such topic.
    pub topics: Vec<(String, Subscriptions)>,
    /// The keys of the receivers' secret that hold something; none: it is not said where that is.
    pub keys: Option<Result<BTreeSet<String>, CallError>>,
    /// Whether the account is in SNS's sandbox for text messages; none: no receiver needs to know.
    pub sandbox: Option<Result<bool, CallError>>,
    /// Where links lead to; none: there is no such address.
    pub answer_url: Result<Option<String>, CallError>,
    /// Messages among the dead letters of paging.
    pub dead_letters: Result<u64, CallError>,
}

/// What one look has come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// What was looked at.
    pub what: String,
    /// Whether it is well.
    pub health: Health,
    /// Why, in a sentence.
    pub why: String,
    /// What to do; empty: nothing.
    pub advice: String,
}

/// Whether something is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    /// It is.
    Well,
    /// It is not.
    Ill,
    /// AWS did not say, and what nobody has seen is not well.
    Unseen,
    /// It was not looked at, as its sentence says.
    Skipped,
}

/// Looks at everything that has to be there for somebody to be told; exit 1 if something is not.
///
/// # Errors
/// The routes of this tool are refused.
pub async fn doctor(operator: &Operator, places: &Places, arguments: &DoctorArguments, paint: Paint) -> Result<Report, CliError> {
    let routes = runtime::routes::load()?;
    let findings = examine(&routes, &look(operator, places, arguments, &routes).await);
    let is_well = findings.iter().all(|finding| matches!(finding.health, Health::Well | Health::Skipped));
    let exit = if is_well { Exit::Done } else { Exit::NotAsWished };
    Ok(Report { text: render(&findings, paint), json: json!({ "well": is_well, "findings": findings }), exit })
}

async fn look(operator: &Operator, places: &Places, arguments: &DoctorArguments, routes: &Routes) -> Signs {
    let mut topics = Vec::new();
    for name in [places.operator_topic(), places.alert_topic()] {
        let subscriptions = operator.subscriptions(&name).await;
        topics.push((name, subscriptions));
    }
    let keys = match arguments.receivers_secret.as_deref().filter(|secret| !secret.is_empty()) {
        Some(secret) => Some(operator.secret_keys(secret).await),
        None => None,
    };
    let sandbox = match routes.receivers().iter().any(|receiver| receiver.channel() == Channel::Sms) {
        true => Some(operator.is_in_sms_sandbox().await),
        false => None,
    };
    let dead_letters = operator.messages(&places.paging_dead_letters()).await;
    Signs { topics, keys, sandbox, answer_url: operator.function_url(&places.answer_function()).await, dead_letters }
}

/// Each finding in a line, with what to do below it.
fn render(findings: &[Finding], paint: Paint) -> String {
    let mut text = String::new();
    for finding in findings {
        let (tone, word) = match finding.health {
            Health::Well => (Tone::Good, "well"),
            Health::Ill => (Tone::Bad, "ill"),
            Health::Unseen => (Tone::Bad, "unseen"),
            Health::Skipped => (Tone::Faint, "skipped"),
        };
        let padding = " ".repeat("skipped".len() - word.len());
        let _ = writeln!(text, "{}{padding}  {}: {}", paint.tone(tone, word), tame(&finding.what), tame(&finding.why));
        if !finding.advice.is_empty() {
            let _ = writeln!(text, "         {}", tame(&finding.advice));
        }
    }
    let ill = findings.iter().filter(|finding| matches!(finding.health, Health::Ill | Health::Unseen)).count();
    let sum = if ill == 0 { "the pager reaches people".to_owned() } else { format!("{ill} to be seen to: somebody may not be told") };
    text + &sum + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ill_is_told_with_what_to_do() {
        let finding =
            |what: &str, health, why: &str, advice: &str| Finding { what: what.into(), health, why: why.into(), advice: advice.into() };
        let findings = [
            finding("links", Health::Well, "they lead to https://x", ""),
            finding("topic caretaker-operators", Health::Ill, "nobody has subscribed", "subscribe"),
            finding("heartbeat", Health::Skipped, "it cannot be seen from here", ""),
        ];
        let expected = "well     links: they lead to https://x
ill      topic caretaker-operators: nobody has subscribed
         subscribe
skipped  heartbeat: it cannot be seen from here
1 to be seen to: somebody may not be told
";
        assert_eq!(render(&findings, Paint::PLAIN), expected);
        assert!(render(&findings[..1], Paint::PLAIN).ends_with("the pager reaches people\n"));
    }
}
