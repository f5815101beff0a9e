//! What a desk is to do, and what became of it.

use domain::paging::signal::Signal;
use domain::paging::silence::Silence;
use domain::paging::whose::Whose;
use domain::tenant::Owner;
use runtime::decision::Decision;
use serde_json::{Value, json};

/// What a desk is to do.
pub(crate) enum Order {
    /// To take in what a signal says.
    Take(Box<(Signal, Whose)>),
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

/// What became of a message: a word, why, the incident, and by what it was decided.
#[derive(Debug, Clone)]
pub(crate) struct Done {
    word: &'static str,
    why: String,
    incident: Option<String>,
    owner: Option<Owner>,
    inputs: Value,
}

impl Done {
    /// `word`, because of `why`.
    pub(crate) fn new(word: &'static str, why: String) -> Self {
        Self { word, why, incident: None, owner: None, inputs: json!({}) }
    }

    /// It needs nobody.
    pub(crate) fn ignored(why: String) -> Self {
        Self::new("ignored", why)
    }

    /// About the incident `id`.
    pub(crate) fn about(self, id: &str) -> Self {
        Self { incident: Some(id.to_owned()), ..self }
    }

    /// Decided by what `signal` says, and whose it is, if that is known. Its texts are those of others, and are left out.
    pub(crate) fn by(self, signal: &Signal, whose: Option<&Whose>) -> Self {
        let severity = whose.map(|whose| whose.severity).or(signal.severity);
        let inputs = json!({ "producer": signal.producer, "name": signal.name, "severity": severity, "state": signal.state });
        Self { owner: whose.and_then(|whose| whose.subject.owner.clone()), inputs, ..self }
    }

    /// As it is logged and answered, at the desk `desk` if at one.
    pub(crate) fn decision(self, desk: Option<&str>) -> Decision {
        let subject = self.incident.unwrap_or_default();
        let decision = Decision { inputs: self.inputs, ..of_none(self.word, self.why) };
        if let Some(owner) = &self.owner {
            return decision.about(owner, &subject);
        }
        let environment = desk.and_then(|desk| desk.split_once('#')).map(|(_, environment)| environment.to_owned());
        Decision { environment: environment.filter(|environment| !environment.is_empty()), subject, ..decision }
    }
}

/// A decision about nobody, as far as is known.
pub(crate) fn of_none(word: &'static str, why: String) -> Decision {
    Decision::of_none("page-oncall", word, why)
}
