//! The straight line from a batch of messages to what is done about them.

use std::collections::BTreeMap;

use domain::ports::Cloud;
use domain::remediation::fault::Fault;
use domain::remediation::known::{Known, Unfit};
use domain::remediation::memory::{Proof, Turn};
use domain::remediation::stop::TaskStopped;
use domain::tenant::Owner;
use domain::wake::Pace;
use futures::future::join_all;
use runtime::batch::Message as Record;
use runtime::decision::Decision;
use runtime::record::{Handled, dead_letter, give_back};
use runtime::start::chain;
use serde_json::{Value, json};

use crate::event::{Message, read};
use crate::ledger::Problem;
use crate::{check, look, order, stops};

/// What became of a message, for the log and for who has sent it bare.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    owner: Option<Owner>,
    subject: String,
    word: &'static str,
    why: String,
    inputs: Value,
}

/// Handles the records of a batch, or a bare event; what becomes of each. Stops of one subject are decided upon together.
pub async fn handle(cloud: &impl Cloud, pace: Pace, records: &[Record]) -> Vec<Handled> {
    let mut handled: Vec<Option<Handled>> = records.iter().map(|_| None).collect();
    let (mut stopped, mut others) = (BTreeMap::<String, Vec<(usize, Box<TaskStopped>)>>::new(), Vec::new());
    for (n, record) in records.iter().enumerate() {
        match read(&record.body) {
            Ok(Message::Stopped(stop, arn)) => stopped.entry(arn).or_default().push((n, stop)),
            Ok(message) => others.push((n, message)),
            Err(error) => handled[n] = Some(dead_letter(cloud, record, "malformed", &chain(&error), of_none).await),
        }
    }
    let stops = stopped.into_iter().map(|(arn, stops)| of_stops(cloud, pace, records, arn, stops));
    let others = others.into_iter().map(|(n, message)| of_other(cloud, pace, records, n, message));
    let outcomes = futures::join!(join_all(stops), join_all(others));
    for (n, outcome) in outcomes.0.into_iter().flatten().chain(outcomes.1) {
        handled[n] = Some(outcome);
    }
    handled.into_iter().flatten().collect()
}

async fn of_stops(
    cloud: &impl Cloud,
    pace: Pace,
    records: &[Record],
    arn: String,
    stops: Vec<(usize, Box<TaskStopped>)>,
) -> Vec<(usize, Handled)> {
    let list: Vec<&TaskStopped> = stops.iter().map(|(_, stop)| stop.as_ref()).collect();
    match stops::of_subject(cloud, pace, &arn, &list).await {
        Ok(told) => stops.iter().zip(told).map(|((n, _), told)| (*n, Handled::Done(told.decision()))).collect(),
        Err(problem) => {
            let mut outcomes = Vec::new();
            for (n, _) in stops {
                outcomes.push((n, again(cloud, &records[n], &arn, &problem).await));
            }
            outcomes
        }
    }
}

async fn of_other(cloud: &impl Cloud, pace: Pace, records: &[Record], n: usize, message: Message) -> (usize, Handled) {
    let outcome = match &message {
        Message::OfService(event, arn) => look::of_service(cloud, pace, event, arn).await,
        Message::Happened(happening, arn, at) => look::happened(cloud, *happening, arn, *at).await,
        Message::Effect(reminder) => check::effect(cloud, pace, reminder).await,
        Message::Wait(reminder) => look::wait(cloud, pace, reminder).await,
        Message::Approval(approval) => order::approve(cloud, pace, approval).await,
        Message::Clear(owner, key) => order::clear(cloud, owner, key).await,
        Message::Ignored(why) => Ok(Told::ignored(why)),
        Message::Stopped(stop, arn) => stops::of_subject(cloud, pace, arn, &[stop]).await.map(|mut told| told.remove(0)),
    };
    match outcome {
        Ok(told) => (n, Handled::Done(told.decision())),
        Err(problem) => (n, again(cloud, &records[n], "", &problem).await),
    }
}

async fn again(cloud: &impl Cloud, record: &Record, subject: &str, problem: &Problem) -> Handled {
    let decide = |word, why| Decision { subject: subject.to_owned(), ..of_none(word, why) };
    give_back(cloud, record, chain(problem), decide).await
}

impl Told {
    /// What became of `fault` of a task or service.
    pub(crate) fn of(known: &Known, subject: &str, turn: &Turn, fault: &Fault, inputs: Value) -> Self {
        let mut inputs = inputs;
        inputs["cause"] = json!(fault.cause.id());
        inputs["confidence"] = json!(fault.confidence);
        inputs["evidence"] = json!(fault.evidence);
        inputs["service"] = json!(known.name());
        if let Turn::Claimed(attempt) = turn {
            inputs["attempt"] = json!(attempt.id);
            inputs["remedy"] = json!(attempt.remedy.id());
        }
        let why = format!("{} {turn}", fault.cause);
        Self { owner: Some(known.owner.clone()), subject: subject.to_owned(), word: turn.word(), why, inputs }
    }

    /// What an act has come to.
    pub(crate) fn proof(known: &Known, proof: &Proof, mut inputs: Value) -> Self {
        let word = match proof {
            Proof::Resume(_) => "resumed",
            Proof::Later(_) => "under-way",
            Proof::Proven(_) => "proven",
            Proof::Failed(..) => "not-proven",
        };
        let attempt = proof.attempt();
        inputs["remedy"] = json!(attempt.remedy.id());
        inputs["cause"] = json!(attempt.fault.cause.id());
        inputs["service"] = json!(known.name());
        let why = format!("to {} is {word}", attempt.remedy);
        Self { owner: Some(known.owner.clone()), subject: known.name().to_owned(), word, why, inputs }
    }

    /// Nothing was to be decided.
    pub(crate) fn nothing(owner: &Owner, subject: &str, why: &str) -> Self {
        Self { owner: Some(owner.clone()), subject: subject.to_owned(), word: "noted", why: why.to_owned(), inputs: json!({}) }
    }

    /// It is not to be acted upon.
    pub(crate) fn unfit(subject: &str, unfit: Unfit) -> Self {
        Self { owner: None, subject: subject.to_owned(), word: "ignored", why: unfit.to_string(), inputs: json!({}) }
    }

    fn ignored(why: &str) -> Self {
        Self { owner: None, subject: String::new(), word: "ignored", why: why.to_owned(), inputs: json!({}) }
    }

    fn decision(self) -> Decision {
        let decision = Decision { subject: self.subject.clone(), inputs: self.inputs, ..of_none(self.word, self.why) };
        match &self.owner {
            Some(owner) => decision.about(owner, &self.subject),
            None => decision,
        }
    }
}

fn of_none(word: &'static str, why: String) -> Decision {
    Decision::of_none("remediate-task", word, why)
}
