//! Silences: a person wants to hear nothing of some things until a moment.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::labels::Labels;
use super::matcher::Matchers;

/// Names and reasons have at most so many characters.
const LONGEST: usize = 500;

/// What is not told, from when until when, and who wants it so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Silence {
    /// Tells it from others.
    pub id: String,
    /// What is not told.
    pub matchers: Matchers,
    /// From when.
    pub starts: Timestamp,
    /// Until when.
    pub ends: Timestamp,
    /// Who wants it so.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// Why a silence is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadSilence {
    /// It would match where nothing is known.
    #[error("the matchers match what has no labels at all, and so nearly everything: name what is to be silent")]
    Everything,
    /// Its end is not after its beginning.
    #[error("it ends before it begins")]
    Backwards,
    /// It is over.
    #[error("it ended before now")]
    Over,
    /// Nobody is named.
    #[error("it does not say who wants it")]
    Nobody,
    /// A text is too long.
    #[error("who wants it and why may have {LONGEST} characters each")]
    TooLong,
}

impl Silence {
    /// Whether it may be taken in at `now`.
    ///
    /// # Errors
    /// It would say nothing, say too much, or is nobody's.
    pub fn check(&self, now: Timestamp) -> Result<(), BadSilence> {
        match () {
            () if self.matchers.match_nothing_known() => Err(BadSilence::Everything),
            () if self.ends <= self.starts => Err(BadSilence::Backwards),
            () if self.ends <= now => Err(BadSilence::Over),
            () if self.by.trim().is_empty() => Err(BadSilence::Nobody),
            () if [&self.by, &self.reason].iter().any(|text| text.chars().count() > LONGEST) => Err(BadSilence::TooLong),
            () => Ok(()),
        }
    }

    /// Whether it is about `labels`, and on at `at`.
    pub fn mutes(&self, labels: &Labels, at: Timestamp) -> bool {
        self.starts <= at && at < self.ends && self.matchers.matches(labels)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::labels::Label;
    use super::*;

    fn silence(changes: Value) -> Silence {
        let mut silence = json!({ "id": "s1", "matchers": { "tenant": "demo" }, "starts": "2026-11-21T10:00:00Z",
            "ends": "2026-11-21T12:00:00Z", "by": "ada", "reason": "load test" });
        silence.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        serde_json::from_value(silence).expect("a silence")
    }

    fn at(text: &str) -> Timestamp {
        format!("2026-11-21T{text}Z").parse().expect("a moment")
    }

    #[test]
    fn a_silence_is_on_from_its_start_to_before_its_end() {
        let check = |tenant: &str, now: &str, expected| {
            assert_eq!(silence(json!({})).mutes(&Labels::default().with(Label::Tenant, tenant), at(now)), expected, "{tenant} {now}");
        };
        check("demo", "09:59:59", false);
        check("demo", "10:00:00", true);
        check("demo", "11:59:59", true);
        check("demo", "12:00:00", false);
        check("acme", "11:00:00", false);
        check("", "11:00:00", false);
    }

    #[test]
    fn what_would_silence_too_much_or_nothing_is_refused() {
        let check = |changes: Value, expected| assert_eq!(silence(changes.clone()).check(at("11:00:00")), expected, "{changes}");
        check(json!({}), Ok(()));
        check(json!({ "matchers": {} }), Err(BadSilence::Everything));
        check(json!({ "matchers": { "tenant": "~.*" } }), Err(BadSilence::Everything));
        check(json!({ "ends": "2026-11-21T10:00:00Z" }), Err(BadSilence::Backwards));
        check(json!({ "ends": "2026-11-21T11:00:00Z" }), Err(BadSilence::Over));
        check(json!({ "by": " " }), Err(BadSilence::Nobody));
        check(json!({ "reason": "x".repeat(501) }), Err(BadSilence::TooLong));
    }

    #[test]
    fn a_silence_reads_back_from_the_ledger() {
        let silence = silence(json!({ "matchers": { "name": ["~a.*", "b"] } }));
        assert_eq!(serde_json::from_value::<Silence>(json!(silence)).unwrap(), silence);
    }
}
