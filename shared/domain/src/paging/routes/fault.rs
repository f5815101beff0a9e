//! What can be wrong with a routing file.

use thiserror::Error;

/// Why a key is refused. None of them repeats what could be a secret.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// It is no TOML, or has a key or a value that is unknown.
    #[error("{0}")]
    Syntax(String),
    /// Another schema.
    #[error("is {0}, this program reads 1")]
    Schema(u32),
    /// An id outside the rule.
    #[error("{0:?} is no id: it must be up to 40 lower-case letters, digits and hyphens, beginning with a letter")]
    Id(String),
    /// Two of one id.
    #[error("stands twice")]
    Twice,
    /// A reference to nothing.
    #[error("there is no {what} {id:?}")]
    Unknown {
        /// What it should be.
        what: &'static str,
        /// As it was written.
        id: String,
    },
    /// Something that should be in place of a secret's key.
    #[error("is no name of a key in the secret: what it holds must not stand in this file")]
    Secret,
    /// Neither a topic's ARN nor a word.
    #[error("is neither the ARN of an SNS topic nor {{alerts_topic}}")]
    Topic,
    /// Fallbacks that lead back.
    #[error("falls back in a circle: {0}")]
    Circle(String),
    /// Neither Slack nor email.
    #[error("has neither Slack nor email: dev, where PagerDuty is never called, would be told nothing")]
    NothingForDev,
    /// An empty list.
    #[error("names nobody")]
    Nobody,
    /// A policy without levels.
    #[error("has no level: nobody would be told")]
    NoLevel,
    /// SMS and nothing else.
    #[error("has SMS as the only channel: a text message may be lost without a word")]
    SmsAlone,
    /// SMS first.
    #[error("begins with SMS or a dashboard: name what tells for certain before it")]
    NotFirst,
    /// A schedule with a gap and nothing else.
    #[error("has only {0}, which leaves hours with nobody on call: name another beside it")]
    Gap(String),
    /// A dashboard for more than info.
    #[error("has only a dashboard, which tells nobody: that will do for a route of severity info alone")]
    DashboardAlone,
    /// Both or neither.
    #[error("must have either a policy or to")]
    PolicyOrTo,
    /// A severity could be dropped.
    #[error("no route takes all of severity {0} at all hours: what no other takes would be dropped")]
    NoDefault(&'static str),
    /// A route for no severity.
    #[error("matches none of critical, warning, info")]
    NoSeverity,
    /// A route behind a catch-all.
    #[error("is never reached: {0} before it takes everything")]
    Unreached(String),
    /// A number out of range.
    #[error("is {is}, allowed are {least} to {most}")]
    Range {
        /// As it was written.
        is: u32,
        /// The least.
        least: u32,
        /// The most.
        most: u32,
    },
    /// An end before its beginning.
    #[error("ends before it begins")]
    Backwards,
    /// It would be about everything.
    #[error("matches what has no labels at all, and so nearly everything: name what it is about")]
    Everything,
    /// A window without times.
    #[error("has neither hours nor once")]
    NoTime,
    /// A window without an end.
    #[error("is always on: what it is about would be told to nobody")]
    Always,
    /// It never happens.
    #[error("has no days")]
    NoDays,
    /// No environment.
    #[error("{0:?} is none of dev, staging, prod")]
    Environment(String),
    /// What is shared is no tenant's.
    #[error("names a tenant: what is shared is no tenant's")]
    SharedTenant,
}

/// A number of so many digits may be a telephone's, and a word of so many characters a token.
const DIGITS: usize = 7;
const WORD: usize = 60;

impl Fault {
    /// What the reader of TOML says, which repeats values, without words that could be a secret.
    pub(super) fn syntax(message: &str) -> Self {
        let digits = |word: &str| word.bytes().filter(u8::is_ascii_digit).count();
        let is_open = |word: &str| digits(word) < DIGITS && word.len() <= WORD && !word.contains("://");
        let words = message.split_whitespace().map(|word| if is_open(word) { word } else { "(masked)" });
        Self::Syntax(words.collect::<Vec<_>>().join(" "))
    }
}
