//! The straight line from a request to its page.

use domain::answering::claims::{Claims, Purpose};
use domain::answering::page::View;
use domain::answering::{matter, page};
use domain::ledger::Item;
use domain::paging::desk::{Desk, timeline};
use domain::ports::{Cloud, ReadItem, ReadItems, SendAcknowledgement, SendReminder, send};
use domain::remediation::memory::Memory;
use runtime::decision::Decision;
use runtime::own::{Acknowledgement, Approval};
use runtime::start::chain;
use serde_json::{Value, json};

use crate::event::{Method, Request, read};
use crate::keys::Ring;
use crate::reply::{Problem, Response};
use crate::webhook;

/// What was done, in a word and a sentence, and the page that says so.
struct Outcome {
    word: &'static str,
    reason: String,
    page: String,
}

/// Answers one request; the decision is for the log.
pub async fn handle(cloud: &impl Cloud, ring: &Ring, event: &Value) -> (Response, Decision) {
    if webhook::is_one(event) {
        return match webhook::take(cloud, ring, event).await {
            Err(problem) => refuse(&problem, decision(event)),
            Ok((word, reason)) => (Response::new(200, String::new()), Decision { decision: word, reason, ..decision(event) }),
        };
    }
    match admit(cloud, ring, event).await {
        Err(problem) => refuse(&problem, decision(event)),
        Ok((request, claims)) => match answer(cloud, &request, &claims).await {
            Err(problem) => refuse(&problem, about(&claims, event)),
            Ok(Outcome { word, reason, page }) => (Response::new(200, page), Decision { decision: word, reason, ..about(&claims, event) }),
        },
    }
}

/// What is asked for, and by which right.
async fn admit(cloud: &impl Cloud, ring: &Ring, event: &Value) -> Result<(Request, Claims), Problem> {
    let request = read(event)?;
    let claims = ring.verify(cloud, &request.token).await?;
    Ok((request, claims))
}

async fn answer(cloud: &impl Cloud, request: &Request, claims: &Claims) -> Result<Outcome, Problem> {
    match claims.purpose {
        Purpose::Approve => approve(cloud, request, claims).await,
        Purpose::Acknowledge => acknowledge(cloud, request, claims).await,
    }
}

async fn approve(cloud: &impl Cloud, request: &Request, claims: &Claims) -> Result<Outcome, Problem> {
    let key = ReadItem { owner: Memory::partition(&claims.owner), key: claims.subject.clone() };
    let item = send(cloud, key).await?;
    let memory: Memory = item.as_ref().map(Item::read).transpose()?.unwrap_or_default();
    let proposal = matter::proposal(claims, &memory, cloud.now())?;
    match request.method {
        Method::Get => {
            let reason = format!("whether to {} was asked", proposal.remedy);
            Ok(Outcome { word: "asked", reason, page: page::question(claims, proposal, &request.token.0) })
        }
        Method::Post => {
            send(cloud, SendReminder { body: approval(claims).body(), delay_seconds: 0 }).await?;
            let reason = format!("remediation is told to {}", proposal.remedy);
            Ok(Outcome { word: "approved", reason, page: page::done(claims, proposal) })
        }
    }
}

async fn acknowledge(cloud: &impl Cloud, request: &Request, claims: &Claims) -> Result<Outcome, Problem> {
    let desk = Desk::read(&send(cloud, ReadItems { owner: claims.subject.clone(), prefix: String::new() }).await?)?;
    let incident = matter::incident(claims, &desk)?;
    match request.method {
        Method::Get => {
            let items = send(cloud, ReadItems { owner: timeline(&incident.id), prefix: String::new() }).await?;
            let lines = items.iter().map(Item::read).collect::<Result<Vec<_>, _>>()?;
            let page = page::incident(claims, &View::new(&desk, incident, &lines), &request.token.0);
            Ok(Outcome { word: "asked", reason: "the incident was shown".to_owned(), page })
        }
        Method::Post => {
            let answer = Acknowledgement {
                desk: claims.subject.clone(),
                incident: claims.id.clone(),
                by: claims.recipient.clone(),
                given_back: false,
            };
            send(cloud, SendAcknowledgement { body: answer.body() }).await?;
            Ok(Outcome { word: "acknowledged", reason: "paging is told who has it".to_owned(), page: page::acknowledged(claims) })
        }
    }
}

fn approval(claims: &Claims) -> Approval {
    let Claims { owner, id, digest, recipient, .. } = claims.clone();
    Approval { owner, id, digest: Some(digest), by: recipient }
}

fn refuse(problem: &Problem, decision: Decision) -> (Response, Decision) {
    (problem.response(), Decision { decision: problem.word(), reason: chain(problem), ..decision })
}

/// Of the request only what Lambda adds itself is logged: query and body have the token.
pub(crate) fn decision(event: &Value) -> Decision {
    let inputs = json!({ "request": event.pointer("/requestContext/requestId"), "from": event.pointer("/requestContext/http/sourceIp") });
    Decision { inputs, ..Decision::of_none("answer-link", "", String::new()) }
}

fn about(claims: &Claims, event: &Value) -> Decision {
    let mut decision = decision(event).about(&claims.owner, &claims.subject);
    decision.inputs["purpose"] = json!(claims.purpose);
    decision.inputs["id"] = json!(claims.id);
    decision.inputs["by"] = json!(claims.recipient);
    decision
}
