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
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn matchers(value: Value) -> Matchers {
        serde_json::from_value(value).expect("matchers")
    }

    #[test]
    fn texts_are_compared_whole() {
        let check = |matcher: Value, text: &str, expected| {
            let labels = Labels::default().with(Label::Tenant, text);
            assert_eq!(matchers(json!({ "tenant": matcher })).matches(&labels), expected, "{matcher} {text:?}");
        };
        check(json!("demo"), "demo", true);
        check(json!("demo"), "demo2", false);
        check(json!(["demo", "acme"]), "acme", true);
        check(json!(["demo", "acme"]), "", false);
        check(json!("!demo"), "demo", false);
        check(json!("!demo"), "acme", true);
        // A missing label is an empty text.
        check(json!("!demo"), "", true);
        check(json!(""), "", true);
        check(json!(""), "demo", false);
        check(json!("!"), "", false);
        check(json!("!"), "demo", true);
        // Anchored, alternatives too.
        check(json!("~dem"), "demo", false);
        check(json!("~dem."), "demo", true);
        check(json!("~demo|acme"), "demo-2", false);
        check(json!("~demo|acme"), "my-acme", false);
        check(json!("~.*"), "", true);
        check(json!("~.+"), "", false);
        check(json!("!~demo|acme"), "acme", false);
        check(json!("!~demo|acme"), "other", true);
        check(json!(["~a.*", "demo"]), "acme", true);
        check(json!("~(?i)DEMO"), "demo", true);
    }

    #[test]
    fn all_labels_must_be_as_they_are_asked_for() {
        let both = matchers(json!({ "environment": "prod", "tenant": "demo" }));
        let labels = |environment: &str, tenant: &str| Labels::default().with(Label::Environment, environment).with(Label::Tenant, tenant);
        assert!(both.matches(&labels("prod", "demo")));
        let why = |environment: &str, tenant: &str| both.mismatch(&labels(environment, tenant)).map(|why| why.to_string());
        assert_eq!(why("prod", "demo"), None);
        assert_eq!(why("dev", "acme").as_deref(), Some("environment is \"dev\", not \"prod\""));
        assert_eq!(why("prod", "").as_deref(), Some("tenant is \"\", not \"demo\""));
        assert!(matchers(json!({})).matches(&labels("prod", "demo")));
    }

    #[test]
    fn what_matches_nothing_known_is_told_apart() {
        let check = |value: Value, expected| assert_eq!(matchers(value.clone()).match_nothing_known(), expected, "{value}");
        check(json!({}), true);
        check(json!({ "tenant": "~.*" }), true);
        check(json!({ "tenant": "!demo" }), true);
        check(json!({ "tenant": "demo" }), false);
        check(json!({ "tenant": "!demo", "environment": "dev" }), false);
    }

    #[test]
    fn what_is_no_matcher_says_which_label_and_why() {
        let check = |value: Value, expected: &str| {
            let error = serde_json::from_value::<Matchers>(value).expect_err("none").to_string();
            assert!(error.starts_with(expected), "{error}");
        };
        check(json!({ "tennant": "demo" }), "unknown variant `tennant`, expected one of `severity`, `environment`, ");
        check(json!({ "tenant": [] }), "label tenant: an empty list matches nothing");
        check(json!({ "tenant": 1 }), "a text or a list of texts");
        check(json!({ "tenant": vec!["a"; 51] }), "label tenant: a list of 51 texts, allowed are 50");
        check(json!({ "tenant": "a".repeat(513) }), "label tenant: a text of 513 characters, allowed are 512");
        check(json!({ "name": ["a", "!b"] }), "label name: \"!b\" stands beside other texts");
        check(json!({ "name": ["a", "!~b"] }), "label name: \"!~b\" stands beside other texts");
        check(json!({ "name": "~a(" }), "label name: \"a(\" is no pattern: ");
        check(json!({ "name": "~a)|(?:b" }), "label name: \"a)|(?:b\" is no pattern: ");
        check(json!({ "name": "~(((a{99}){99}){99}){99}" }), "label name: \"(((a{99}){99}){99}){99}\" is no pattern: ");
    }

    #[test]
    fn matchers_read_back_as_they_are_written() {
        let written = json!({ "environment": "!dev", "name": ["~a.*", "b"] });
        assert_eq!(json!(matchers(written.clone())), written);
    }
}
