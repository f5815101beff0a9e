//! Matchers: which incidents a route, a silence or a rule is about.
//!
//! A label is held against a text, or against a list of which any may do. `!text` is any other text, `~pattern` what a pattern matches
//! as a whole, `!~pattern` what it does not. A label that is missing is an empty text.

use std::collections::BTreeMap;
use std::fmt;

use regex_lite::{Regex, RegexBuilder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::labels::{Label, Labels};

/// A list has at most so many texts.
pub const TEXTS: usize = 50;
/// A text has at most so many characters: twice the longest name of an alarm, 255 (CloudWatch, PutMetricAlarm).
pub const CHARACTERS: usize = 512;
/// A pattern takes at most so much memory, in bytes: some thousand characters, counted repetitions written out.
const COMPILED: usize = 256 * 1024;

/// Why a text or a list matches nothing sensible.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadMatcher {
    /// An empty list.
    #[error("an empty list matches nothing")]
    Empty,
    /// More than [`TEXTS`].
    #[error("a list of {0} texts, allowed are {TEXTS}")]
    TooMany(usize),
    /// More than [`CHARACTERS`].
    #[error("a text of {0} characters, allowed are {CHARACTERS}")]
    TooLong(usize),
    /// Any of several with a negation among them is nearly everything.
    #[error("{0:?} stands beside other texts: any of them would be nearly everything")]
    Negated(String),
    /// It does not compile.
    #[error("{pattern:?} is no pattern: {reason}")]
    Pattern {
        /// As it was written.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// The label whose matcher is refused, and why.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("label {label}: {reason}")]
pub struct BadMatchers {
    /// The label.
    pub label: Label,
    /// What is wrong with its matcher.
    #[source]
    pub reason: BadMatcher,
}

/// As a file has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a text or a list of texts")]
pub enum Written {
    /// This text.
    One(String),
    /// Any of these.
    Any(Vec<String>),
}

/// What one text must be.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Written", into = "Written")]
#[schemars(with = "Written")]
pub struct Matcher {
    written: Written,
    any: Vec<Test>,
}

#[derive(Debug, Clone)]
enum Test {
    Is(String),
    IsNot(String),
    Like(Regex),
    Unlike(Regex),
}

/// What the labels must be; those that are not named may be anything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "BTreeMap<Label, Written>")]
#[schemars(with = "BTreeMap<Label, Written>")]
pub struct Matchers(BTreeMap<Label, Matcher>);

/// A label that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mismatch {
    /// The label.
    pub label: Label,
    /// What it says, cut.
    pub text: String,
    /// What it must be.
    pub wanted: String,
}

impl Matchers {
    /// Whether all labels are as they must be.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.0.iter().all(|(label, matcher)| matcher.matches(labels.text(*label)))
    }

    /// The first label that is not as it must be.
    pub fn mismatch(&self, labels: &Labels) -> Option<Mismatch> {
        let (label, matcher) = self.0.iter().find(|(label, matcher)| !matcher.matches(labels.text(**label)))?;
        Some(Mismatch { label: *label, text: labels.text(*label).chars().take(80).collect(), wanted: matcher.to_string() })
    }

    /// Whether they match where nothing is known, and hence nearly everything.
    pub fn match_nothing_known(&self) -> bool {
        self.matches(&Labels::default())
    }

    /// What `label` must be; none: anything.
    pub fn get(&self, label: Label) -> Option<&Matcher> {
        self.0.get(&label)
    }

    /// Whether a label other than `label` must be something.
    pub fn ask_beside(&self, label: Label) -> bool {
        self.0.keys().any(|asked| *asked != label)
    }
}

impl Matcher {
    /// Whether `text` is as it must be.
    pub fn matches(&self, text: &str) -> bool {
        self.any.iter().any(|test| test.holds(text))
    }
}

impl Test {
    fn read(text: &str) -> Result<Self, BadMatcher> {
        let length = text.chars().count();
        if length > CHARACTERS {
            return Err(BadMatcher::TooLong(length));
        }
        match (text.strip_prefix("!~"), text.strip_prefix('~'), text.strip_prefix('!')) {
            (Some(pattern), ..) => anchored(pattern).map(Self::Unlike),
            (_, Some(pattern), _) => anchored(pattern).map(Self::Like),
            (.., Some(other)) => Ok(Self::IsNot(other.to_owned())),
            _ => Ok(Self::Is(text.to_owned())),
        }
    }

    fn holds(&self, text: &str) -> bool {
        match self {
            Self::Is(wanted) => text == wanted,
            Self::IsNot(unwanted) => text != unwanted,
            Self::Like(pattern) => pattern.is_match(text),
            Self::Unlike(pattern) => !pattern.is_match(text),
        }
    }

    fn is_negation(&self) -> bool {
        matches!(self, Self::IsNot(_) | Self::Unlike(_))
    }
}

/// `pattern` as a whole, as Alertmanager has it.
fn anchored(pattern: &str) -> Result<Regex, BadMatcher> {
    let compile = |text: &str| RegexBuilder::new(text).size_limit(COMPILED).build();
    // Alone first: `a)|(?:b` is a pattern only between the anchors.
    compile(pattern)
        .and_then(|_| compile(&format!("^(?:{pattern})$")))
        .map_err(|error| BadMatcher::Pattern { pattern: pattern.to_owned(), reason: error.to_string() })
}

impl TryFrom<Written> for Matcher {
    type Error = BadMatcher;

    fn try_from(written: Written) -> Result<Self, BadMatcher> {
        let texts = written.texts();
        match texts.len() {
            0 => return Err(BadMatcher::Empty),
            many if many > TEXTS => return Err(BadMatcher::TooMany(many)),
            _ => {}
        }
        let any: Vec<Test> = texts.iter().map(|text| Test::read(text)).collect::<Result<_, _>>()?;
        let negated = any.iter().position(Test::is_negation).filter(|_| any.len() > 1);
        match negated {
            Some(place) => Err(BadMatcher::Negated(texts[place].clone())),
            None => Ok(Self { any, written }),
        }
    }
}

impl TryFrom<BTreeMap<Label, Written>> for Matchers {
    type Error = BadMatchers;

    fn try_from(written: BTreeMap<Label, Written>) -> Result<Self, BadMatchers> {
        let read = |(label, written)| match Matcher::try_from(written) {
            Ok(matcher) => Ok((label, matcher)),
            Err(reason) => Err(BadMatchers { label, reason }),
        };
        written.into_iter().map(read).collect::<Result<_, _>>().map(Self)
    }
}

impl Written {
    fn texts(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Any(texts) => texts,
        }
    }
}

impl From<Matcher> for Written {
    fn from(matcher: Matcher) -> Self {
        matcher.written
    }
}

impl PartialEq for Matcher {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl Eq for Matcher {}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<_> = self.written.texts().iter().map(|text| format!("{text:?}")).collect();
        f.write_str(&texts.join(" or "))
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {:?}, not {}", self.label, self.text, self.wanted)
    }
}

#[cfg(test)]
mod tests;
