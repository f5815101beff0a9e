//! A signal is taken in: what it says of its source, and which incident it belongs to.

use jiff::{SignedDuration, Timestamp};

use super::Desk;
use crate::incident::Severity;
use crate::paging::heard::{Heard, Order, source};
use crate::paging::incident::{Incident, Quiet};
use crate::paging::signal::{Signal, State};
use crate::paging::subject::Subject;

/// What a signal has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It has opened this incident.
    Opened(String),
    /// It belongs to this incident, which was open.
    Joined(String),
    /// Its source was at fault already, and this is what it says by now.
    Known(String),
    /// Its source is over; this incident is looked at.
    Over(String),
    /// It happened, and is told by an incident of its own that is over at once.
    Noted(String),
    /// The same was heard already, perhaps by another road.
    Repeated,
    /// Something later was heard of its source.
    Older,
    /// Its source cannot tell; that ends nothing.
    Unknown,
    /// Its source is over, and nothing of it was open.
    Unheard,
}

impl Taken {
    /// A word for the log.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Opened(_) => "opened",
            Self::Joined(_) => "joined",
            Self::Known(_) => "known",
            Self::Over(_) => "over",
            Self::Noted(_) => "noted",
            Self::Repeated => "repeated",
            Self::Older => "older",
            Self::Unknown => "unknown",
            Self::Unheard => "unheard",
        }
    }

    /// Why, in a sentence.
    pub fn why(&self) -> &'static str {
        match self {
            Self::Opened(_) => "nothing that is open could be of the same fault",
            Self::Joined(_) => "it may be of the same fault as an incident that is open",
            Self::Known(_) => "it belongs to an incident that is open",
            Self::Over(_) => "it is over",
            Self::Noted(_) => "it has happened, and nothing follows",
            Self::Repeated => "the same was heard already",
            Self::Older => "something later was heard of it already",
            Self::Unknown => "it cannot tell, which ends nothing",
            Self::Unheard => "it is over, and nothing of it was open",
        }
    }

    /// The incident that it belongs to.
    pub fn incident(&self) -> Option<&str> {
        match self {
            Self::Opened(id) | Self::Joined(id) | Self::Known(id) | Self::Over(id) | Self::Noted(id) => Some(id),
            _ => None,
        }
    }
}

impl Desk {
    /// Takes in what `signal` says, of `subject`. An incident that it opens gets `id`, and is looked at after `group_wait`.
    pub fn take(
        &mut self,
        signal: Signal,
        subject: Subject,
        severity: Severity,
        id: &str,
        group_wait: SignedDuration,
        now: Timestamp,
    ) -> Taken {
        let source = source(&signal.key);
        match self.heard.get(&source).map(|heard| heard.compare(&signal, severity)) {
            Some(Order::Older) => return Taken::Older,
            Some(Order::Same) => return Taken::Repeated,
            Some(Order::Newer) | None => {}
        }
        match signal.state {
            State::Firing => self.fire(&source, signal, subject, severity, id, group_wait, now),
            State::Over => self.end(&source, signal, subject, severity, now),
            State::Unknown => self.cannot_tell(&source, &signal, now),
            State::Note => self.note(source, signal, subject, severity, id, now),
        }
    }

    #[allow(clippy::too_many_arguments, reason = "each is a fact of its own")]
    fn fire(
        &mut self,
        source: &str,
        signal: Signal,
        subject: Subject,
        severity: Severity,
        id: &str,
        group_wait: SignedDuration,
        now: Timestamp,
    ) -> Taken {
        let title = signal.title.clone();
        // What nothing could explain needs not wait for its cause.
        let wait = if subject.is_origin() { SignedDuration::ZERO } else { group_wait };
        let heard = self.heard.entry(source.to_owned()).or_insert_with(|| Heard::of(signal.clone(), subject.clone(), severity));
        heard.fire(signal, subject, severity);
        let before = heard.incident.clone();
        let relatives = self.relatives(source, now);
        let taken = match relatives.first().cloned() {
            Some(id) if before.is_some_and(|before| relatives.iter().any(|id| id == self.home(&before))) => Taken::Known(id),
            Some(id) => Taken::Joined(id),
            None => {
                self.incidents.insert(id.to_owned(), Incident::open(id.to_owned(), severity, now + wait, now));
                Taken::Opened(id.to_owned())
            }
        };
        let (Taken::Known(incident) | Taken::Joined(incident) | Taken::Opened(incident)) = &taken else { return taken };
        self.gather(incident, &relatives, now);
        self.join(source, incident, severity, matches!(taken, Taken::Known(_)), now);
        self.say(incident, now, format!("{severity}: {title}"));
        taken
    }

    fn join(&mut self, source: &str, incident: &str, severity: Severity, is_known: bool, now: Timestamp) {
        if let Some(heard) = self.heard.get_mut(source) {
            heard.incident = Some(incident.to_owned());
        }
        let Some(incident) = self.incidents.get_mut(incident) else { return };
        if !is_known {
            incident.joined_at = now;
        }
        // Whatever else kept it quiet may not hold any more.
        if incident.quiet != Some(Quiet::Gathering) {
            incident.due = incident.due.min(now);
        }
        incident.severity = incident.severity.max(severity);
    }

    fn end(&mut self, source: &str, signal: Signal, subject: Subject, severity: Severity, now: Timestamp) -> Taken {
        let title = signal.title.clone();
        let Some(heard) = self.heard.get_mut(source) else {
            self.heard.insert(source.to_owned(), Heard::of(signal, subject, severity));
            return Taken::Unheard;
        };
        let was_firing = heard.firing;
        heard.end(signal);
        let Some(id) = heard.incident.clone().filter(|_| was_firing) else { return Taken::Unheard };
        let id = self.home(&id).to_owned();
        self.say(&id, now, format!("over: {title}"));
        self.look_soon(&id, now);
        Taken::Over(id)
    }

    /// Only what is told changes: whoever cannot tell is as it was.
    fn cannot_tell(&mut self, source: &str, signal: &Signal, now: Timestamp) -> Taken {
        let Some(heard) = self.heard.get_mut(source) else { return Taken::Unknown };
        heard.signal.at = signal.at;
        if let Some(id) = heard.incident.clone().filter(|_| heard.firing) {
            let id = self.home(&id).to_owned();
            self.say(&id, now, format!("{} cannot tell any more: {}", signal.name, signal.cause));
        }
        Taken::Unknown
    }

    fn note(&mut self, source: String, signal: Signal, subject: Subject, severity: Severity, id: &str, now: Timestamp) -> Taken {
        let title = signal.title.clone();
        let mut heard = Heard::of(signal, subject, severity);
        heard.incident = Some(id.to_owned());
        self.heard.insert(source, heard);
        self.incidents.insert(id.to_owned(), Incident { quiet: None, ..Incident::open(id.to_owned(), severity, now, now) });
        self.say(id, now, title);
        Taken::Noted(id.to_owned())
    }
}
