//! Names of AWS resources: patterns filled in, held within each kind's length and alphabet.

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::tenant::{EnvironmentName, Incarnation, TenantId};

/// What a kind of resource allows as its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameRule {
    /// Most characters.
    pub longest: usize,
    /// Characters beside lower-case letters, digits and the hyphen.
    pub also: &'static str,
    /// Whether two hyphens may stand side by side (RDS refuses it).
    pub double_hyphen: bool,
}

/// Why a name pattern cannot be filled in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadPattern {
    /// A placeholder nobody knows.
    #[error("name pattern {pattern:?} has the unknown placeholder {placeholder:?}; known are tenant, environment, incarnation")]
    UnknownPlaceholder {
        /// The whole pattern.
        pattern: String,
        /// The word between braces.
        placeholder: String,
    },
    /// A brace without its partner.
    #[error("name pattern {0:?} has an unclosed brace")]
    Unclosed(String),
    /// The filled-in name has a character that the kind does not allow.
    #[error("name {name:?} is not legal for its kind: {why}")]
    Illegal {
        /// The name.
        name: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The pattern does not tell two owners apart.
    #[error("name pattern {0:?} must contain {{tenant}} and {{environment}}")]
    NotOwned(String),
}

/// What placeholders of a pattern stand for.
#[derive(Debug, Clone, Copy)]
pub struct NameContext<'a> {
    /// `{tenant}`; an environment's own resources have none.
    pub tenant: Option<&'a TenantId>,
    /// `{environment}`
    pub environment: &'a EnvironmentName,
    /// `{incarnation}`
    pub incarnation: Incarnation,
}

/// Fills in `pattern` without regard to length or alphabet.
pub fn fill(pattern: &str, context: NameContext<'_>) -> Result<String, BadPattern> {
    let mut name = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let (placeholder, tail) = after.split_once('}').ok_or_else(|| BadPattern::Unclosed(pattern.to_owned()))?;
        name.push_str(before);
        match (placeholder, context.tenant) {
            ("tenant", Some(tenant)) => name.push_str(tenant.as_str()),
            ("environment", _) => name.push_str(context.environment.as_str()),
            ("incarnation", _) => name.push_str(&context.incarnation.to_string()),
            _ => {
                return Err(BadPattern::UnknownPlaceholder { pattern: pattern.to_owned(), placeholder: placeholder.to_owned() });
            }
        }
        rest = tail;
    }
    name.push_str(rest);
    Ok(name)
}

/// Fills in `pattern` and holds the result within `rule`: a longer name is cut and gets `-` and 8 hex digits of the SHA-256 of the whole.
pub fn fit(pattern: &str, context: NameContext<'_>, rule: NameRule) -> Result<String, BadPattern> {
    let name = shorten(fill(pattern, context)?, rule.longest);
    match illegal(&name, rule) {
        Some(why) => Err(BadPattern::Illegal { name, why }),
        None => Ok(name),
    }
}

/// `whole` itself where it is no longer than `longest`; else its beginning, `-`, and 8 hex digits of its SHA-256.
pub fn shorten(whole: String, longest: usize) -> String {
    const MARK: usize = 1 + 8;
    if whole.len() <= longest {
        return whole;
    }
    let mark = hex::encode(&Sha256::digest(whole.as_bytes())[..4]);
    let kept = whole[..longest - MARK].trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
    format!("{kept}-{mark}")
}

fn illegal(name: &str, rule: NameRule) -> Option<&'static str> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || rule.also.contains(c);
    if !name.chars().all(allowed) {
        return Some("it has a character outside the kind's alphabet");
    }
    if !rule.double_hyphen && name.contains("--") {
        return Some("it has two hyphens side by side");
    }
    if name.starts_with('-') || name.ends_with('-') || name.is_empty() {
        return Some("it begins or ends with a hyphen, or is empty");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: NameRule = NameRule { longest: 32, also: "", double_hyphen: false };

    fn filled(pattern: &str) -> Option<String> {
        let (tenant, environment) = ("acme-west".parse().unwrap(), "staging".parse().unwrap());
        let incarnation = Incarnation::mint(0, 7);
        let context = NameContext { tenant: Some(&tenant), environment: &environment, incarnation };
        fit(pattern, context, RULE).ok()
    }

    #[test]
    fn patterns_are_filled_in_or_refused() {
        let check = |pattern, expected: Option<&str>| assert_eq!(filled(pattern).as_deref(), expected, "{pattern}");
        check("mate-{tenant}-{environment}", Some("mate-acme-west-staging"));
        check("mate-{tenat}", None); // a misspelt placeholder
        check("mate-{tenant", None);
        check("Mate-{tenant}", None);
        check("mate--{tenant}", None);
    }

    #[test]
    fn a_name_over_the_limit_is_cut_and_keeps_its_beginning() {
        let name = filled("social-flow-{tenant}-{environment}-cache").unwrap();
        assert!(name.len() <= 32 && name.starts_with("social-flow-acme-west"), "{name}");
    }

    #[test]
    fn two_long_names_with_one_beginning_stay_apart() {
        let cut = |text: &str| shorten(text.to_owned(), 32);
        assert_ne!(cut("mate-a-very-long-tenant-name-dev-celery"), cut("mate-a-very-long-tenant-name-dev-celerx"));
    }
}
