//! What a desk is to do, and what became of it.

use domain::incident::Severity;
use domain::paging::desk::Over;
use domain::paging::signal::Signal;
use domain::paging::silence::Silence;
use domain::paging::subject::Subject;

/// What a desk is to do.
pub(crate) enum Order {
    /// To take in what a signal says.
    Take(Box<(Signal, Subject, Severity)>),
    /// To note that somebody has an incident.
    Acknowledge(String, String),
    /// To note that who had an incident has it no more.
    GiveBack(String, String),
    /// To be quiet about something.
    Silence(Box<Silence>),
    /// To end a silence.
    Unsilence(String),
    /// To look at what is due.
    Look,
    /// To show that it can be read and written.
    Pulse,
}

/// What became of an order: a word, why, and the incident.
#[derive(Debug, Clone)]
pub(crate) struct Done {
    pub(crate) word: &'static str,
    pub(crate) why: String,
    pub(crate) incident: Option<String>,
}

impl Done {
    pub(crate) fn ignored(why: String) -> Self {
        Self { word: "ignored", why, incident: None }
    }

    pub(crate) fn over(id: &str, over: &Over) -> Self {
        Self { word: "over", why: over.to_string(), incident: Some(id.to_owned()) }
    }
}
