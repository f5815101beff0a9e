//! What people see: pages without scripts, images or anything else that is loaded, for phones as well.
//!
//! All that is filled into a template is escaped, since its file is HTML; the one exception is the style, which is ours.

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::PARAMETER;
use super::claims::Claims;
use super::matter::Over;
use super::token::Refusal;
use crate::paging::desk;
use crate::remediation::diagnosis::Confidence;
use crate::remediation::proposal::Proposal;
use crate::tenant::Owner;

mod incident;

pub use incident::{View, acknowledged, incident};

const STYLE: &str = include_str!("../../templates/answering/style.css");

#[derive(Template)]
#[template(path = "answering/question.html")]
struct Question<'a> {
    claims: &'a Claims,
    proposal: &'a Proposal,
    token: &'a str,
}

#[derive(Template)]
#[template(path = "answering/notice.html")]
struct Notice<'a> {
    title: &'a str,
    sentences: &'a [String],
}

/// Asks whether `proposal` is to be done; the button hands `token` back.
pub fn question(claims: &Claims, proposal: &Proposal, token: &str) -> String {
    render(&Question { claims, proposal, token })
}

/// Says that the word of `claims` for `proposal` is on its way.
pub fn done(claims: &Claims, proposal: &Proposal) -> String {
    let Claims { owner, subject, recipient, .. } = claims;
    let what = format!("Caretaker is told to {}: {subject} of {}, by the word of {recipient}.", proposal.remedy, name(owner));
    notice("Approved", &[what, "What comes of it is told where you were asked. You can close this page.".to_owned()])
}

/// Says why a link is not taken.
pub fn refused(why: &str) -> String {
    notice("This link is not taken", &[why.to_owned(), "Nothing was done.".to_owned()])
}

/// Says that there is nothing to answer any more.
pub fn over(over: &Over) -> String {
    notice("This is over", &[sentence(over)])
}

/// Says that the answer could not be taken now.
pub fn later() -> String {
    let what = "Caretaker cannot look right now. Go back and try again in a minute.";
    notice("Not now", &[what.to_owned(), "If this page comes again, its operators must look at its log.".to_owned()])
}

fn notice(title: &str, sentences: &[String]) -> String {
    render(&Notice { title, sentences })
}

fn render(page: &impl Template) -> String {
    page.render().unwrap_or_else(|error| unreachable!("text is always written into memory: {error}"))
}

impl Refusal {
    /// For whoever has opened the link.
    pub fn sentence(&self) -> String {
        match self {
            Self::TooLong | Self::Malformed => "It is not whole: programs cut long links. Open it from the message itself.".to_owned(),
            Self::UnknownKey => "It was made with a key that is not in use any more.".to_owned(),
            Self::Forged => "It was changed on its way, or somebody else than Caretaker has made it.".to_owned(),
            Self::Expired { at } => format!("It could be used until {}.", moment(*at)),
        }
    }
}

fn sentence(over: &Over) -> String {
    match over {
        Over::Approved { by: Some(by), at } => format!("It was approved of by {by} at {}.", moment(*at)),
        Over::Approved { by: None, at } => format!("It was approved of at {}.", moment(*at)),
        Over::Gone => "It is not proposed any more: the fault is over, or another one has come since.".to_owned(),
        Over::Changed => "What is proposed has changed since you were asked. Look for a newer message.".to_owned(),
        Over::Incident(desk::Over::Acknowledged { by, at }) => format!("{by} has it since {}.", moment(*at)),
        Over::Incident(desk::Over::Resolved { at }) => format!("It is over since {}.", moment(*at)),
        Over::Incident(desk::Over::Unknown) => "No such incident is open: it is over.".to_owned(),
        Over::Ended { at } => format!("It could be approved of until {}.", moment(*at)),
    }
}

fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn name(owner: &Owner) -> String {
    match owner.tenant_id() {
        Some(id) => format!("the tenant {id} in {}", owner.environment()),
        None => format!("the environment {}", owner.environment()),
    }
}

fn sureness(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Guess => "a guess: other causes look the same",
        Confidence::Likely => "likely: it is what usually is behind it",
        Confidence::Certain => "certain: AWS says so",
    }
}

/// The headers of every page. It loads nothing, is framed by nobody, is kept nowhere, and its address, which has the token, is told to
/// nobody.
pub fn headers() -> [(&'static str, String); 5] {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!("default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
    [
        ("content-type", "text/html; charset=utf-8".to_owned()),
        ("content-security-policy", policy),
        ("referrer-policy", "no-referrer".to_owned()),
        ("cache-control", "no-store".to_owned()),
        ("x-content-type-options", "nosniff".to_owned()),
    ]
}

#[cfg(test)]
mod tests;
