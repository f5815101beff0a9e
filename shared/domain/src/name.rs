//! Names of AWS resources, held within each kind's length and alphabet.

use sha2::{Digest, Sha256};

use crate::words::{BadPattern, Words};

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

/// Fills in `pattern` and holds the result within `rule`: a longer name is cut and gets `-` and 8 hex digits of the SHA-256 of the whole.
///
/// # Errors
/// The pattern is unknown in part, or the name is not legal.
pub fn fit(pattern: &str, words: &Words, rule: NameRule) -> Result<String, BadPattern> {
    let name = shorten(words.name(pattern)?, rule.longest);
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
        let words = [("tenant", "acme-west"), ("environment", "staging")].map(|(key, word)| (key.to_owned(), word.to_owned()));
        fit(pattern, &Words::new(words), RULE).ok()
    }

    #[test]
    fn patterns_are_filled_in_or_refused() {
        let check = |pattern, expected: Option<&str>| assert_eq!(filled(pattern).as_deref(), expected, "{pattern}");
        check("mate-{tenant}-{environment}", Some("mate-acme-west-staging"));
        check("mate-{tenat}", None); // a misspelt placeholder
        check("mate-{tenant", None);
        check("mate-{vpc.id}", None); // not known when names are decided
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
