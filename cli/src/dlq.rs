//! `caretaker dlq`: dead letters, why they are there, and their second chance.

use aws_adapters::operator::{DeadLetter, Operator};
use domain::failure::CallError;
use domain::order::Order;
use jiff::Timestamp;
use provision_tenant::event::{BadEvent, Message, read};
use serde::Serialize;
use serde_json::{Value, json};

use crate::exit::{CliError, Exit, Report};
use crate::paint::{Cell, Paint, Tone, cell, count, relative, table};
use crate::settings::Queues;

/// The two queues of dead letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum From {
    /// Handled, and could not succeed.
    Tenants,
    /// Never handed over by EventBridge, the Scheduler or Lambda.
    Undelivered,
}

/// A dead letter, as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Letter {
    /// SQS's id.
    pub id: String,
    /// Where it lies.
    pub queue: From,
    /// What it is about, in a few words.
    pub subject: String,
    /// Whether the tenant queue knows what to do with it.
    pub redrivable: bool,
    /// In a word.
    pub reason: String,
    /// In a sentence.
    pub cause: String,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
    /// How often it has been received, looks included.
    pub receives: u32,
    /// The whole.
    pub body: Value,
}

fn letter(queue: From, dead: &DeadLetter) -> Letter {
    let (subject, redrivable) = subject(&dead.body);
    Letter {
        id: dead.id.clone(),
        queue,
        subject,
        redrivable,
        reason: dead.reason.clone().unwrap_or_else(|| "too many receives".to_owned()),
        cause: dead
            .cause
            .clone()
            .unwrap_or_else(|| "SQS moved it: the function failed or timed out each time, its log says why".to_owned()),
        sent_at: dead.sent_at,
        receives: dead.receives,
        body: serde_json::from_str(&dead.body).unwrap_or_else(|_| json!(dead.body)),
    }
}

/// What a body asks for, and whether the tenant queue can do anything with it. A malformed one may be for newer code, so it can.
fn subject(body: &str) -> (String, bool) {
    match read(body, None) {
        Ok(Message::Order(Order::Wish(order))) => (format!("{} version {}", order.owner, order.version), true),
        Ok(Message::Order(Order::Privileged(order))) => (format!("{} privileged order", order.owner), true),
        Ok(Message::WakeUp(wake)) => (format!("{} wake-up", wake.owner), true),
        Ok(Message::Sweep(owner)) => (format!("{owner} sweep"), true),
        Ok(Message::Inspection(owner)) => (format!("{owner} inspection"), true),
        Ok(Message::Round(owners)) => (format!("sweep of {} owners", owners.len()), true),
        Ok(Message::Nudge(arn)) => (format!("AWS event about {arn}"), true),
        // Requests of SBT-AWS are read by the function's settings, which this tool does not have.
        Ok(Message::Ignored(_)) if body.contains("boardingRequest") => ("request of SBT-AWS".to_owned(), true),
        Ok(Message::Ignored(_)) => ("not for the tenant queue".to_owned(), false),
        Err(BadEvent::Refused { owner, .. }) => (format!("{owner} malformed event"), true),
        Err(_) => ("malformed".to_owned(), true),
    }
}

fn calling<'a>(what: &'a str, url: &'a str) -> impl FnOnce(CallError) -> CliError + 'a {
    move |source| CliError::Call { what: format!("{what} {url}"), source }
}

type Taken = Vec<(From, DeadLetter)>;

/// Both queues' letters. They are held for a minute: give back those that are not redriven.
async fn take(operator: &Operator, queues: &Queues) -> Result<Taken, CliError> {
    let mut all = Vec::new();
    for (from, url) in sources(queues) {
        let letters = operator.take_dead_letters(url).await.map_err(calling("reading", url))?;
        all.extend(letters.into_iter().map(|letter| (from, letter)));
    }
    Ok(all)
}

fn sources(queues: &Queues) -> [(From, &str); 2] {
    [(From::Tenants, &queues.dead), (From::Undelivered, &queues.undelivered)]
}

async fn give_back(operator: &Operator, queues: &Queues, letters: &[(From, DeadLetter)]) -> Result<(), CliError> {
    for (from, url) in sources(queues) {
        let of_queue: Vec<_> = letters.iter().filter(|(of, _)| *of == from).map(|(_, letter)| letter).collect();
        operator.give_back(url, &of_queue).await.map_err(calling("giving letters back to", url))?;
    }
    Ok(())
}

/// All dead letters, with why.
///
/// # Errors
/// SQS did not answer.
pub async fn list(operator: &Operator, queues: &Queues, now: Timestamp, paint: Paint) -> Result<Report, CliError> {
    let taken = take(operator, queues).await?;
    give_back(operator, queues, &taken).await?;
    let letters: Vec<_> = taken.iter().map(|(from, dead)| letter(*from, dead)).collect();
    Ok(Report { text: render(&letters, now, paint), json: json!({ "letters": letters }), exit: Exit::Done })
}

/// A table with the cause of each letter beneath it.
fn render(letters: &[Letter], now: Timestamp, paint: Paint) -> String {
    if letters.is_empty() {
        return "no dead letters\n".to_owned();
    }
    let rows: Vec<_> = letters.iter().map(|letter| row(letter, now)).collect();
    let headings = ["ID", "QUEUE", "SENT", "SEEN", "REASON", "ABOUT"];
    let table = table(paint, "", &headings, &rows);
    let mut lines = table.lines();
    let head = lines.next().unwrap_or_default();
    let each = lines.zip(letters).map(|(line, letter)| format!("{line}\n    {}\n", paint.tone(Tone::Faint, &letter.cause)));
    format!(
        "{head}\n{}\n{}; caretaker dlq redrive sends to the tenant queue once more\n",
        each.collect::<String>(),
        count(letters.len() as u64, "dead letter")
    )
}

fn row(letter: &Letter, now: Timestamp) -> Vec<Cell> {
    let queue = match letter.queue {
        From::Tenants => "tenants",
        From::Undelivered => "undelivered",
    };
    let sent = letter.sent_at.map_or_else(|| "-".to_owned(), |at| relative(at, now));
    vec![
        cell(&*letter.id),
        cell(queue),
        cell(sent),
        cell(format!("{} x", letter.receives)),
        (Tone::Bad, letter.reason.clone()),
        cell(&*letter.subject),
    ]
}

/// What has become of each letter that was to be redriven.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Redriven {
    /// Sent to the tenant queue and deleted here.
    pub redriven: Vec<Letter>,
    /// Left where they are: the tenant queue has no use for them.
    pub left: Vec<Letter>,
}

/// Sends the letters of these `ids`, or all if there are none, to the tenant queue. The rest is given back.
///
/// # Errors
/// An id is unknown (nothing is redriven then), or SQS did not do it (what is not redriven stays).
pub async fn redrive(operator: &Operator, queues: &Queues, ids: &[String], paint: Paint) -> Result<Report, CliError> {
    let taken = take(operator, queues).await?;
    let unknown = ids.iter().find(|id| !taken.iter().any(|(_, letter)| &letter.id == *id));
    let (chosen, rest) = match unknown {
        None => choose(taken, ids),
        Some(_) => (Vec::new(), taken),
    };
    give_back(operator, queues, &rest).await?;
    if let Some(id) = unknown {
        return Err(CliError::NoLetter(id.clone()));
    }
    for (at, (from, dead)) in chosen.iter().enumerate() {
        let url = if *from == From::Tenants { &queues.dead } else { &queues.undelivered };
        if let Err(source) = operator.redrive(dead, url, &queues.tenants).await {
            // Best effort: what is held comes back within a minute all the same.
            let _ = give_back(operator, queues, &chosen[at..]).await;
            return Err(CliError::Call { what: format!("redriving {} after {at} of {} letters", dead.id, chosen.len()), source });
        }
    }
    let show = |letters: &[(From, DeadLetter)]| letters.iter().map(|(from, dead)| letter(*from, dead)).collect::<Vec<_>>();
    let left = show(&rest).into_iter().filter(|letter| !letter.redrivable && (ids.is_empty() || ids.contains(&letter.id))).collect();
    let outcome = Redriven { redriven: show(&chosen), left };
    Ok(Report {
        text: told(&outcome, paint),
        exit: if outcome.left.is_empty() { Exit::Done } else { Exit::NotAsWished },
        json: json!(outcome),
    })
}

/// Those to be redriven, and the rest.
fn choose(taken: Taken, ids: &[String]) -> (Taken, Taken) {
    taken.into_iter().partition(|(_, letter)| (ids.is_empty() || ids.contains(&letter.id)) && subject(&letter.body).1)
}

fn told(outcome: &Redriven, paint: Paint) -> String {
    let sent = outcome.redriven.iter().map(|letter| format!("{} {}: {}\n", paint.tone(Tone::Good, "redriven"), letter.id, letter.subject));
    let left = outcome.left.iter().map(|letter| format!("{} {}: {}\n", paint.tone(Tone::Bad, "left"), letter.id, letter.subject));
    let text: String = sent.chain(left).collect();
    if text.is_empty() { "no dead letters\n".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::moment;

    fn dead(id: &str, body: &str, reason: Option<&str>) -> DeadLetter {
        DeadLetter {
            id: id.into(),
            receipt: format!("receipt-{id}"),
            body: body.into(),
            reason: reason.map(str::to_owned),
            cause: reason.map(|reason| format!("{reason}: in a sentence")),
            sent_at: Some(moment(0)),
            receives: 2,
        }
    }

    const CREATED: &str = include_str!("../../events/tenant-created.json");
    const SCHEDULED: &str = r#"{"source":"caretaker.answers","detail-type":"tenant-ready","detail":{}}"#;

    #[test]
    fn a_dead_letter_is_shown_with_what_it_is_about_and_why() {
        let letters = [
            letter(From::Tenants, &dead("m-1", CREATED, Some("gave up"))),
            letter(From::Tenants, &dead("m-2", "nonsense", Some("malformed"))),
            letter(From::Tenants, &dead("m-3", r#"{"caretaker":"wake-up","owner":"tenant#dev#demo","wakeId":3,"hops":1}"#, None)),
            letter(From::Undelivered, &dead("m-4", SCHEDULED, Some("NO_PERMISSIONS"))),
        ];
        insta::assert_snapshot!(render(&letters, moment(300), Paint::PLAIN));
    }

    #[test]
    fn only_those_that_were_chosen_and_are_of_use_are_redriven() {
        let taken = || vec![(From::Tenants, dead("m-1", CREATED, None)), (From::Undelivered, dead("m-2", SCHEDULED, None))];
        let check = |ids: &[&str], expected: &[&str]| {
            let ids: Vec<_> = ids.iter().map(|id| (*id).to_owned()).collect();
            let (chosen, rest) = choose(taken(), &ids);
            let chosen: Vec<_> = chosen.iter().map(|(_, letter)| letter.id.as_str()).collect();
            assert_eq!((chosen.as_slice(), chosen.len() + rest.len()), (expected, 2), "{ids:?}");
        };
        check(&[], &["m-1"]); // an answer is nothing for the tenant queue
        check(&["m-1"], &["m-1"]);
        check(&["m-2"], &[]);
    }
}
