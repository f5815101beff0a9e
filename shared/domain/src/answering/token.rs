//! Claims as a token, signed and verified: base64url of their JSON, a dot, base64url of an HMAC-SHA256 over version, key id and the former.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use thiserror::Error;

use super::claims::Claims;
use super::keys::{Key, Keys};

/// Bytes of the longest token that is looked at. One of ours has some 500; a URL of 2,048 passes every mail program and browser.
pub const LONGEST: usize = 2 * 1024;
/// Of the form of tokens.
const VERSION: u8 = 1;
/// What else may once be signed with the key cannot be taken for a token.
const CONTEXT: &str = "caretaker-answer";

/// What is signed.
#[derive(Serialize)]
struct Payload<'a> {
    #[serde(flatten)]
    header: Header,
    #[serde(flatten)]
    claims: &'a Claims,
}

/// What must be known of it before it is believed.
#[derive(Serialize, Deserialize)]
struct Header {
    #[serde(rename = "v")]
    version: u8,
    key: String,
}

/// Why a token is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Over [`LONGEST`].
    #[error("the token has more than {LONGEST} bytes")]
    TooLong,
    /// Not of the form of a token: often the link was cut.
    #[error("it is no token")]
    Malformed,
    /// No key of that id is known, or none any more.
    #[error("the token is signed with a key that is not known")]
    UnknownKey,
    /// Its signature is another's, or of something else.
    #[error("the token's signature is wrong")]
    Forged,
    /// Its time is over.
    #[error("the token expired at {at}")]
    Expired {
        /// When.
        at: Timestamp,
    },
}

/// `claims` as a token, with the current one of `keys`.
pub fn sign(claims: &Claims, keys: &Keys) -> String {
    let key = &keys.current;
    let payload = Payload { header: Header { version: VERSION, key: key.id.clone() }, claims };
    let json = serde_json::to_vec(&payload).unwrap_or_else(|error| unreachable!("claims always serialize: {error}"));
    let payload = URL_SAFE_NO_PAD.encode(json);
    let code = mac(key, &payload).finalize().into_bytes();
    format!("{payload}.{}", URL_SAFE_NO_PAD.encode(code))
}

/// What `token` claims, if one of `keys` has signed it and its time is not over.
///
/// # Errors
/// See [`Refusal`].
pub fn verify(token: &str, keys: &Keys, now: Timestamp) -> Result<Claims, Refusal> {
    if token.len() > LONGEST {
        return Err(Refusal::TooLong);
    }
    let (payload, code) = token.split_once('.').ok_or(Refusal::Malformed)?;
    let (json, code) = (decode(payload)?, decode(code)?);
    let header: Header = serde_json::from_slice(&json).map_err(|_| Refusal::Malformed)?;
    if header.version != VERSION {
        return Err(Refusal::Malformed);
    }
    let key = keys.find(&header.key).ok_or(Refusal::UnknownKey)?;
    mac(key, payload).verify_slice(&code).map_err(|_| Refusal::Forged)?;
    let claims: Claims = serde_json::from_slice(&json).map_err(|_| Refusal::Malformed)?;
    match claims.expires {
        at if at <= now => Err(Refusal::Expired { at }),
        _ => Ok(claims),
    }
}

/// Refuses what is not written as we write it, so that one token has one form.
fn decode(text: &str) -> Result<Vec<u8>, Refusal> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Refusal::Malformed)
}

fn mac(key: &Key, payload: &str) -> Hmac<Sha256> {
    let mac = Hmac::<Sha256>::new_from_slice(&key.bytes).unwrap_or_else(|error| unreachable!("a key of any length will do: {error}"));
    mac.chain_update(format!("{CONTEXT}\n{VERSION}\n{}\n", key.id)).chain_update(payload)
}

#[cfg(test)]
mod tests;
