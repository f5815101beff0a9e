//! A person's consent to what cannot be taken back: it is shown, and the person is asked.

use std::io::{BufRead, IsTerminal, Write};

use domain::paging::silence::BadSilence;
use jiff::Timestamp;
use thiserror::Error;

use crate::exit::Exit;

/// How a person agrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consent {
    /// By the command line, beforehand.
    pub given: bool,
    /// A script reads: nothing is shown, and nobody is asked.
    pub silent: bool,
}

/// Why nothing was ordered.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotOrdered {
    /// Nothing waits for a person's word.
    #[error("no proposal is open")]
    NoneOpen,
    /// No proposal has this id.
    #[error("there is no proposal {0}")]
    NoProposal(String),
    /// Its time is over.
    #[error("the proposal {id} was open until {until:.0}")]
    Expired {
        /// Which.
        id: String,
        /// Till when.
        until: Timestamp,
    },
    /// It is being carried out, or was.
    #[error("{id} was begun at {at:.0} already")]
    Begun {
        /// Which.
        id: String,
        /// When.
        at: Timestamp,
    },
    /// It is not said which one is meant.
    #[error("{} are open", .0.join(" and "))]
    SeveralOpen(Vec<String>),
    /// There is nothing to clear.
    #[error("no {sort} is laid over {resource}")]
    NothingLaid {
        /// The word for its sort, if one is named.
        sort: &'static str,
        /// Over what.
        resource: String,
    },
    /// It is not said which one is meant.
    #[error("{} are laid over {resource}", .sorts.join(" and "))]
    SeveralLaid {
        /// Over what.
        resource: String,
        /// The words for their sorts.
        sorts: Vec<&'static str>,
    },
    /// No incident has this id.
    #[error("there is no incident {0}")]
    NoIncident(String),
    /// There is nothing to take on any more.
    #[error("{id} is over since {at:.0}")]
    Over {
        /// Which incident.
        id: String,
        /// Since when.
        at: Timestamp,
    },
    /// Somebody has it.
    #[error("{by} has {id} since {at:.0} already")]
    Taken {
        /// Which incident.
        id: String,
        /// Who.
        by: String,
        /// Since when.
        at: Timestamp,
    },
    /// There is nothing to give back.
    #[error("nobody has {0}")]
    NobodyHas(String),
    /// No silence of this id stands.
    #[error("no silence {0} stands")]
    NoSilence(String),
    /// It says too much, or nothing.
    #[error("the silence would be refused")]
    BadSilence(#[source] BadSilence),
    /// There is no terminal, or a script reads.
    #[error("nobody can be asked whether it is meant")]
    Unasked,
    /// The person was asked.
    #[error("the answer was not yes")]
    Declined,
}

impl Consent {
    /// Shows what is to be agreed to on standard error, so that standard output holds the result alone.
    pub fn show(self, text: &str) {
        if !self.silent {
            // Standard error that is gone is seen by nobody; then nobody can be asked either.
            let _ = std::io::stderr().write_all(text.as_bytes());
        }
    }

    /// Asks `question`, unless the answer was given beforehand.
    ///
    /// # Errors
    /// Nobody can be asked, or the answer is another than yes.
    pub fn ask(self, question: &str) -> Result<(), NotOrdered> {
        let is_seen = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        match self {
            Self { given: true, .. } => Ok(()),
            Self { silent: false, .. } if is_seen => answer(question, &mut std::io::stdin().lock(), &mut std::io::stderr()),
            _ => Err(NotOrdered::Unasked),
        }
    }
}

/// What cannot be read is no yes.
fn answer(question: &str, input: &mut impl BufRead, output: &mut impl Write) -> Result<(), NotOrdered> {
    let _ = write!(output, "{question} [y/N] ").and_then(|()| output.flush());
    let mut line = String::new();
    let _ = input.read_line(&mut line);
    match line.trim().to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(NotOrdered::Declined),
    }
}

impl NotOrdered {
    /// Its exit code.
    pub fn exit(&self) -> Exit {
        match self {
            Self::NoneOpen | Self::NoProposal(_) | Self::NothingLaid { .. } | Self::NoIncident(_) | Self::NoSilence(_) => Exit::NotFound,
            Self::SeveralOpen(_) | Self::SeveralLaid { .. } | Self::BadSilence(_) | Self::Unasked => Exit::Usage,
            Self::Expired { .. } | Self::Begun { .. } | Self::Declined | Self::Over { .. } | Self::Taken { .. } | Self::NobodyHas(_) => {
                Exit::NotAsWished
            }
        }
    }

    /// What to do about it.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::NoneOpen | Self::NoProposal(_) | Self::Expired { .. } | Self::Begun { .. } => {
                "caretaker explain tells what is asked and what was done"
            }
            Self::NothingLaid { .. } => "caretaker override list shows all that stands",
            Self::NoIncident(_) | Self::Over { .. } => "caretaker incidents --all shows what is open and what was lately",
            Self::Taken { .. } => "caretaker ack INCIDENT --give-back gives it back, whoever has it",
            Self::NobodyHas(_) => "caretaker ack INCIDENT takes it on",
            Self::NoSilence(_) => "caretaker silence list shows those that stand",
            Self::BadSilence(_) => "name what is to be silent by --match, and for how long by --for",
            Self::SeveralOpen(_) | Self::SeveralLaid { .. } => "name one of them",
            Self::Unasked => "add --yes, or ask for it on a terminal and without --json",
            Self::Declined => "answer yes to have it done",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_is_consent() {
        let check = |said: &str, expected: Result<(), NotOrdered>| {
            let mut shown = Vec::new();
            assert_eq!(answer("Clear it?", &mut said.as_bytes(), &mut shown), expected, "{said:?}");
            assert_eq!(shown, b"Clear it? [y/N] ");
        };
        check("y\n", Ok(()));
        check(" YES \n", Ok(()));
        check("\n", Err(NotOrdered::Declined));
        check("yesterday\n", Err(NotOrdered::Declined));
        // The terminal is gone.
        check("", Err(NotOrdered::Declined));
    }

    #[test]
    fn what_was_agreed_to_beforehand_is_not_asked_and_a_script_is_asked_nothing() {
        let ask = |given, silent| Consent { given, silent }.ask("Clear it?");
        assert_eq!(ask(true, true), Ok(()));
        assert_eq!(ask(true, false), Ok(()));
        assert_eq!(ask(false, true), Err(NotOrdered::Unasked));
    }

    #[test]
    fn several_are_named() {
        let check = |why: NotOrdered, expected: &str| assert_eq!(why.to_string(), expected);
        check(NotOrdered::SeveralOpen(vec!["01J (django)".into(), "01K (celery)".into()]), "01J (django) and 01K (celery) are open");
        check(NotOrdered::SeveralLaid { resource: "django".into(), sorts: vec!["floor", "pin"] }, "floor and pin are laid over django");
        let until = "2026-11-21T06:00:00.5Z".parse().expect("a moment");
        check(NotOrdered::Expired { id: "01J".into(), until }, "the proposal 01J was open until 2026-11-21T06:00:00Z");
    }
}
