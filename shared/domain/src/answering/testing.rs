//! Claims, keys and a proposal for the tests of this module.

use jiff::Timestamp;

use super::claims::Claims;
use super::keys::Keys;
use crate::remediation::cause::Cause;
use crate::remediation::diagnosis::Confidence;
use crate::remediation::fault::Fault;
use crate::remediation::proposal::Proposal;
use crate::remediation::remedy::Remedy;
use crate::tenant::Owner;

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a moment")
}

pub(super) fn owner() -> Owner {
    "tenant#dev#demo".parse().expect("an owner")
}

/// With `previous` as the key before.
pub(super) fn keys(key: &str, previous: Option<&str>) -> Keys {
    let of = |word: &str| word.repeat(32);
    let secret = serde_json::json!({ "key": of(key), "previous": previous.map(of) });
    Keys::read(&secret.to_string()).expect("they are long enough")
}

/// Made at 1,000 s, open until 15,400 s.
pub(super) fn proposal(evidence: &str) -> Proposal {
    let fault = Fault { cause: Cause::Killed, confidence: Confidence::Likely, evidence: vec![evidence.to_owned()] };
    Proposal::new("01J", Remedy::ForceDeployment, fault, at(1_000))
}

pub(super) fn claims(proposal: &Proposal) -> Claims {
    Claims::approve(&owner(), "mate-demo-dev-django", proposal, "ada@example.com")
}
