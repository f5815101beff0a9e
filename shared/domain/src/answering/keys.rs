//! The keys that links are signed with.

use std::fmt;

use serde::Deserialize;
use sha2::{Digest, Sha256};
use thiserror::Error;

/// Bytes of the shortest key: as many as the code has that is made with it (RFC 2104, section 3).
pub const SHORTEST: usize = 32;
/// Characters of a key's id.
const ID: usize = 8;

/// The key that signs, and the one before it, whose links are still believed.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    pub(super) current: Key,
    previous: Option<Key>,
}

/// A key.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Key {
    /// The beginning of its SHA-256: names it without telling it.
    pub(super) id: String,
    pub(super) bytes: Vec<u8>,
}

/// Why a secret holds no keys. Nothing of the secret is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BadKeys {
    /// Its form is another.
    #[error("the secret is no JSON object with a text `key`, and perhaps a text `previous`")]
    Malformed,
    /// Somebody could try all such keys.
    #[error("a key of the secret has {0} bytes, fewer than {SHORTEST}")]
    TooShort(usize),
}

#[derive(Deserialize)]
struct Secret {
    key: String,
    previous: Option<String>,
}

impl Keys {
    /// Reads the text of the secret: `{"key": "…"}`, with `"previous": "…"` while links of the key before may still be on their way.
    ///
    /// # Errors
    /// See [`BadKeys`].
    pub fn read(secret: &str) -> Result<Self, BadKeys> {
        let secret: Secret = serde_json::from_str(secret).map_err(|_| BadKeys::Malformed)?;
        Ok(Self { current: Key::new(&secret.key)?, previous: secret.previous.as_deref().map(Key::new).transpose()? })
    }

    pub(super) fn find(&self, id: &str) -> Option<&Key> {
        std::iter::once(&self.current).chain(&self.previous).find(|key| key.id == id)
    }
}

impl Key {
    fn new(text: &str) -> Result<Self, BadKeys> {
        if text.len() < SHORTEST {
            return Err(BadKeys::TooShort(text.len()));
        }
        let mut id = hex::encode(Sha256::digest(text.as_bytes()));
        id.truncate(ID);
        Ok(Self { id, bytes: text.as_bytes().to_vec() })
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("current", &self.current).field("previous", &self.previous).finish()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "(key {})", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_holds_no_keys_is_refused_and_not_told() {
        let long = "k".repeat(SHORTEST);
        let check = |secret: String, expected: Result<(), BadKeys>| assert_eq!(Keys::read(&secret).map(|_| ()), expected, "{secret}");
        check(format!(r#"{{"key":"{long}"}}"#), Ok(()));
        check(format!(r#"{{"key":"{long}","previous":"{long}"}}"#), Ok(()));
        check(format!(r#"{{"key":"{long}","previous":null,"other":1}}"#), Ok(()));
        check(format!(r#"{{"key":"{}"}}"#, &long[1..]), Err(BadKeys::TooShort(31)));
        check(format!(r#"{{"key":"{long}","previous":""}}"#), Err(BadKeys::TooShort(0)));
        check(format!(r#"{{"previous":"{long}"}}"#), Err(BadKeys::Malformed));
        check(r#"{"key":31415926535}"#.to_owned(), Err(BadKeys::Malformed));
        check(format!("{{\"{long}\""), Err(BadKeys::Malformed));
        check(String::new(), Err(BadKeys::Malformed));
    }

    #[test]
    fn keys_are_shown_by_their_ids_alone() {
        let (one, other) = ("one ".repeat(8), "two ".repeat(8));
        let keys = Keys::read(&format!(r#"{{"key":"{one}","previous":"{other}"}}"#)).expect("two keys");
        let shown = format!("{keys:?} {keys:#?}");
        assert!(!shown.contains("one") && !shown.contains("two"), "{shown}");
        assert!(shown.contains(&keys.current.id) && keys.current.id.len() == ID, "{shown}");
    }
}
