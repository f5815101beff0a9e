//! Placeholders in names and properties: words such as `{tenant}`, what the base gives as `{base.vpc.id}`,
//! and references to resources of the same owner as `{database.host}`.
//!
//! Words and the base are known when a graph is resolved and are filled in there.
//! A reference is known once its resource stands: it stays in the property as it is written until then.

use std::collections::BTreeMap;

use serde_json::Value;
use thiserror::Error;

use crate::resource::ResourceId;

/// What precedes a reference to the environment's own resources.
const BASE: &str = "base.";

/// Why a placeholder cannot be filled in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadPattern {
    /// A placeholder nobody knows.
    #[error("pattern {pattern:?} has the unknown placeholder {placeholder:?}; known are {known}")]
    UnknownPlaceholder {
        /// The whole pattern.
        pattern: String,
        /// The word between braces.
        placeholder: String,
        /// Those that there are.
        known: String,
    },
    /// A brace without its partner.
    #[error("pattern {0:?} has an unclosed brace")]
    Unclosed(String),
    /// A name is known before any resource stands.
    #[error("name pattern {0:?} refers to a resource")]
    Refers(String),
    /// The base has no such output: it is older than the blueprint, or not ready.
    #[error("the base gives no {0:?}")]
    NotInBase(String),
    /// The filled-in name has a character that the kind does not allow.
    #[error("name {name:?} is not legal for its kind: {why}")]
    Illegal {
        /// The name.
        name: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The pattern does not tell two owners apart.
    #[error("name pattern {pattern:?} must contain {placeholders}")]
    NotOwned {
        /// The pattern.
        pattern: String,
        /// Those that it lacks.
        placeholders: &'static str,
    },
}

/// A reference to an output of a resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// The resource.
    pub id: ResourceId,
    /// The output's name.
    pub output: String,
}

/// What placeholders stand for while a graph is resolved.
#[derive(Debug, Clone, Default)]
pub struct Words {
    words: BTreeMap<String, String>,
    base: Option<BTreeMap<String, String>>,
}

impl Words {
    /// These words, and no base.
    pub fn new(words: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { words: words.into_iter().collect(), base: None }
    }

    /// With what the base gives, `id.output`.
    #[must_use]
    pub fn on(self, base: BTreeMap<String, String>) -> Self {
        Self { base: Some(base), ..self }
    }

    /// Fills in words and what the base gives; references stay.
    ///
    /// # Errors
    /// A placeholder is unknown.
    pub fn fill(&self, pattern: &str) -> Result<String, BadPattern> {
        replace(pattern, |placeholder| match (self.words.get(placeholder), placeholder.strip_prefix(BASE)) {
            (Some(word), _) => Ok(word.clone()),
            (None, Some(given)) => match &self.base {
                Some(base) => base.get(given).cloned().ok_or_else(|| BadPattern::NotInBase(given.to_owned())),
                None => Err(self.unknown(pattern, placeholder)),
            },
            (None, None) if placeholder.contains('.') => Ok(format!("{{{placeholder}}}")),
            (None, None) => Err(self.unknown(pattern, placeholder)),
        })
    }

    /// Fills in a name, which may refer to nothing.
    ///
    /// # Errors
    /// A placeholder is unknown, or a reference.
    pub fn name(&self, pattern: &str) -> Result<String, BadPattern> {
        match self.fill(pattern)? {
            name if name.contains('{') => Err(BadPattern::Refers(pattern.to_owned())),
            name => Ok(name),
        }
    }

    fn unknown(&self, pattern: &str, placeholder: &str) -> BadPattern {
        let known = self.words.keys().cloned().collect::<Vec<_>>().join(", ");
        BadPattern::UnknownPlaceholder { pattern: pattern.to_owned(), placeholder: placeholder.to_owned(), known }
    }
}

/// Every text in `value`, keys of objects aside, put through `change`.
///
/// # Errors
/// The first that `change` gives.
pub fn each_text<E>(value: Value, change: &impl Fn(&str) -> Result<String, E>) -> Result<Value, E> {
    Ok(match value {
        Value::String(text) => Value::String(change(&text)?),
        Value::Array(values) => Value::Array(values.into_iter().map(|value| each_text(value, change)).collect::<Result<_, E>>()?),
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(key, value)| Ok((key, each_text(value, change)?))).collect::<Result<_, E>>()?)
        }
        other => other,
    })
}

/// The references in `text`.
pub fn references(text: &str) -> Vec<Reference> {
    let mut found = Vec::new();
    let outcome = replace(text, |placeholder| {
        found.extend(placeholder.rsplit_once('.').map(|(id, output)| Reference { id: id.into(), output: output.to_owned() }));
        Ok(String::new())
    });
    if outcome.is_err() { Vec::new() } else { found }
}

/// `text` with its references filled in.
///
/// # Errors
/// The resource whose output is not known.
pub fn bind(text: &str, output: &impl Fn(&ResourceId, &str) -> Option<String>) -> Result<String, ResourceId> {
    let mut missing = None;
    let bound = replace(text, |placeholder| {
        let (id, name) = placeholder.rsplit_once('.').unwrap_or((placeholder, ""));
        let id = ResourceId::from(id);
        Ok(output(&id, name).unwrap_or_else(|| {
            missing = Some(id);
            String::new()
        }))
    });
    match (missing, bound) {
        (Some(id), _) => Err(id),
        (None, bound) => Ok(bound.unwrap_or_else(|_| text.to_owned())),
    }
}

/// `text` with its references to other resources than it was written with.
pub fn redirect(text: &str, present: &impl Fn(&ResourceId) -> ResourceId) -> String {
    let redirected = replace(text, |placeholder| {
        let of = |(id, output): (&str, &str)| format!("{{{}.{output}}}", present(&id.into()));
        Ok(placeholder.rsplit_once('.').map_or_else(|| format!("{{{placeholder}}}"), of))
    });
    redirected.unwrap_or_else(|_| text.to_owned())
}

fn replace(pattern: &str, mut of: impl FnMut(&str) -> Result<String, BadPattern>) -> Result<String, BadPattern> {
    let mut text = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let (placeholder, tail) = after.split_once('}').ok_or_else(|| BadPattern::Unclosed(pattern.to_owned()))?;
        text.push_str(before);
        text.push_str(&of(placeholder)?);
        rest = tail;
    }
    text.push_str(rest);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> BTreeMap<String, String> {
        [("vpc.id".to_owned(), "vpc-1".to_owned())].into()
    }

    #[test]
    fn words_and_the_base_are_filled_in_and_references_stay() {
        let words = Words::new([("tenant".to_owned(), "acme".to_owned())]).on(base());
        let check = |pattern: &str, expected: Result<&str, &str>| {
            let filled = words.fill(pattern).map_err(|error| error.to_string());
            assert_eq!(filled.as_deref().map_err(|error| error.contains(expected.err().unwrap_or("?"))), expected.map_err(|_| true));
        };
        check("mate-{tenant}", Ok("mate-acme"));
        check("{base.vpc.id}", Ok("vpc-1"));
        check("x {database.host}", Ok("x {database.host}"));
        check("{base.vpc.idd}", Err("vpc.idd"));
        check("{tenat}", Err("known are tenant"));
        check("{tenant", Err("unclosed"));
        assert_eq!(words.name("a-{database.host}"), Err(BadPattern::Refers("a-{database.host}".into())));
    }

    #[test]
    fn references_are_found_and_bound() {
        let text = "{db-credentials.arn}:password::{tenant-data.id}";
        let found: Vec<_> = references(text).into_iter().map(|found| found.id.0).collect();
        assert_eq!(found, ["db-credentials", "tenant-data"]);
        let output = |id: &ResourceId, name: &str| (id.0 == "db-credentials").then(|| format!("<{name}>"));
        assert_eq!(bind(text, &output), Err("tenant-data".into()));
        assert_eq!(bind("{db-credentials.arn}!", &output), Ok("<arn>!".to_owned()));
    }
}
