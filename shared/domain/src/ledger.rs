//! The ledger: what Caretaker remembers of an owner between passes, as items and conditional writes.
//!
//! Attributes are JSON values without nulls; the DynamoDB adapter maps them natively.
//!
//! One partition per owner ([`crate::tenant::Owner`]'s key), sort keys `intent`, `state`, `lease`, `res#<life>#<id>`, `out#<id>`.
//! `intent` is written by whoever commits an event, `state` by the holder of the lease: neither overwrites the other.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use thiserror::Error;

mod write;

pub use write::{Condition, Write};

use crate::observed::Observed;
use crate::plan::{Change, Retention};
use crate::resource::{Place, Resource};

/// The schema of the items that this code writes. A newer one is left alone and tried again later: during a deploy old and new code run side by side.
pub const SCHEMA: u64 = 1;

/// Sort key of the intent.
pub const INTENT: &str = "intent";
/// Sort key of the state.
pub const STATE: &str = "state";
/// Sort key of the lease.
pub const LEASE: &str = "lease";
/// Sort key of an environment's count of tenants.
pub const TENANTS: &str = "tenants";
/// Prefix of the records.
pub const RESOURCE_PREFIX: &str = "res#";
/// Prefix of the outbox.
pub const OUTBOX_PREFIX: &str = "out#";
/// Prefix of the answers to events that changed nothing: dry runs and refusals. They are kept for a while.
pub const ANSWER_PREFIX: &str = "hist#answer#";

/// The attribute that tells a table when an item may go, in seconds since 1970.
pub const EXPIRES: &str = "expiresAt";

/// An item: a flat map of attributes besides its keys.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Partition key: the owner.
    pub owner: String,
    /// Sort key.
    pub key: String,
    /// Attributes.
    pub attributes: Map<String, Value>,
}

/// Why an item cannot be read.
#[derive(Debug, Error)]
pub enum BadItem {
    /// Written by newer code.
    #[error("ledger item {owner} {key} has schema {schema}, this code knows {SCHEMA}")]
    Newer {
        /// Partition key.
        owner: String,
        /// Sort key.
        key: String,
        /// The schema it has.
        schema: u64,
    },
    /// Not what its sort key promises.
    #[error("ledger item {owner} {key} cannot be read")]
    Malformed {
        /// Partition key.
        owner: String,
        /// Sort key.
        key: String,
        /// What is wrong.
        #[source]
        source: serde_json::Error,
    },
}

impl Item {
    /// An item with the fields of `value`, which must serialize as an object.
    pub fn new(owner: &str, key: &str, value: &impl Serialize) -> Self {
        let mut attributes = match serde_json::to_value(value) {
            Ok(Value::Object(attributes)) => attributes,
            // Items are our own structs; one that is no object is a programming error that the tests of this module would show.
            other => unreachable!("a ledger item must be an object, not {other:?}"),
        };
        drop_nulls(&mut attributes);
        attributes.insert("schema".into(), json!(SCHEMA));
        Self { owner: owner.to_owned(), key: key.to_owned(), attributes }
    }

    /// It, to be forgotten by the table itself once `end` is past.
    #[must_use]
    pub fn until(mut self, end: Timestamp) -> Self {
        self.attributes.insert(EXPIRES.to_owned(), json!(end.as_second()));
        self
    }

    /// The item's content.
    ///
    /// # Errors
    /// See [`BadItem`].
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, BadItem> {
        let schema = self.attributes.get("schema").and_then(Value::as_u64).unwrap_or(SCHEMA);
        if schema > SCHEMA {
            return Err(BadItem::Newer { owner: self.owner.clone(), key: self.key.clone(), schema });
        }
        T::deserialize(&self.attributes).map_err(|source| BadItem::Malformed { owner: self.owner.clone(), key: self.key.clone(), source })
    }
}

/// DynamoDB's index keys may not be null, so that absent and null must be one: every field that may be null is an `Option` of a struct.
fn drop_nulls(attributes: &mut Map<String, Value>) {
    attributes.retain(|_, value| !value.is_null());
    attributes.values_mut().for_each(drop_nulls_within);
}

fn drop_nulls_within(value: &mut Value) {
    match value {
        Value::Object(attributes) => drop_nulls(attributes),
        Value::Array(values) => values.iter_mut().for_each(drop_nulls_within),
        _ => {}
    }
}

/// What is remembered of a resource: written ahead of its first change, so that no crash forgets it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// As it should be, or was to be when its life ended. Name and token stay as they were first written.
    pub resource: Resource,
    /// Once it was ready: a thing that held data and is gone is not simply made anew.
    pub stood: bool,
    /// Its ARN, once known; AWS's events name it.
    pub arn: Option<String>,
    /// The change whose effect may not show yet.
    pub attempt: Option<Attempt>,
    /// The last change that AWS has confirmed, removals aside: a look soon after it may show the world before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<Attempt>,
    /// Since when AWS has been at work on it.
    pub settling_since: Option<Timestamp>,
    /// What it is at work on, if we asked for it: how long that usually takes paces the looks.
    #[serde(default)]
    pub settling_change: Option<Change>,
    /// Kept after its life.
    pub retained: Option<Retention>,
    /// Another shall stand in its place: what it is made with cannot be changed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replaced: bool,
    /// As it was seen when it was ready last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Observed>,
}

/// A change that a pass set out to make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// The pass.
    pub epoch: u64,
    /// When.
    pub at: Timestamp,
}

impl Record {
    /// Of a resource that nothing has been done for yet.
    pub fn new(resource: Resource) -> Self {
        Self {
            resource,
            stood: false,
            arn: None,
            attempt: None,
            made: None,
            settling_since: None,
            settling_change: None,
            retained: None,
            replaced: false,
            seen: None,
        }
    }

    /// Its sort key.
    pub fn key(&self) -> String {
        record_key(&self.resource.place())
    }
}

/// `res#<life>#<id>`
pub fn record_key(place: &Place) -> String {
    format!("{RESOURCE_PREFIX}{place}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_of_newer_code_is_told_apart_from_a_broken_one() {
        let mut item = Item::new("tenant#dev#demo", "x", &json!({"a": 1}));
        item.attributes.insert("schema".into(), json!(2));
        assert!(matches!(item.read::<Value>(), Err(BadItem::Newer { schema: 2, .. })));
        item.attributes.insert("schema".into(), json!(1));
        assert!(matches!(item.read::<Vec<u8>>(), Err(BadItem::Malformed { .. })));
    }
}
