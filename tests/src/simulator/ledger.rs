//! DynamoDB as the ledger uses it.

use std::collections::{BTreeMap, BTreeSet};

use domain::failure::Cause;
use domain::ledger::{Condition, EXPIRES, Item, Write};
use serde_json::{Map, Value, json};

use super::turn::{Answer, Refused};

/// Most writes of a transaction (DynamoDB, `TransactWriteItems`).
const MOST_WRITES: usize = 100;
/// An item's most bytes (DynamoDB: 400 KB).
const MOST_BYTES: usize = 400 * 1024;
/// Owners on a page of the list: few, so that paging is met.
const PAGE: usize = 3;

type Key = (String, String);

#[derive(Debug, Clone, Default)]
pub(super) struct Ledger(BTreeMap<Key, Map<String, Value>>);

fn key_of(write: &Write) -> Key {
    let (owner, key) = write.of();
    (owner.to_owned(), key.to_owned())
}

/// DynamoDB keeps numbers, not their spelling: 15.0 comes back as 15. Null attributes are not written.
fn stored(attributes: &Map<String, Value>) -> impl Iterator<Item = (String, Value)> {
    attributes.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.clone(), stored_value(value)))
}

fn stored_value(value: &Value) -> Value {
    match value {
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 9e15 => json!(float as i64),
            _ => value.clone(),
        },
        Value::Array(values) => values.iter().map(stored_value).collect(),
        Value::Object(map) => Value::Object(stored(map).collect()),
        _ => value.clone(),
    }
}

impl Ledger {
    fn item(&self, key: &Key) -> Option<Item> {
        self.0.get(key).map(|attributes| Item { owner: key.0.clone(), key: key.1.clone(), attributes: attributes.clone() })
    }

    pub(super) fn read_owner(&self, owner: &str) -> Vec<Item> {
        let from = (owner.to_owned(), String::new());
        self.0.range(from..).take_while(|(key, _)| key.0 == owner).filter_map(|(key, _)| self.item(key)).collect()
    }

    pub(super) fn read_items(&self, owner: &str, prefix: &str) -> Vec<Item> {
        self.read_owner(owner).into_iter().filter(|item| item.key.starts_with(prefix)).collect()
    }

    /// Pools of workers, a line each.
    pub(super) fn pools(&self) -> Vec<String> {
        let pools = self.0.iter().filter(|(key, _)| key.0.starts_with("pools#"));
        pools
            .map(|(key, attributes)| format!("worker-pool {} {} {}", key.1, json!(attributes["pool"]), json!(attributes["tags"])))
            .collect()
    }

    pub(super) fn read_item(&self, owner: &str, key: &str) -> Option<Item> {
        self.item(&(owner.to_owned(), key.to_owned()))
    }

    /// By the sparse index: items with the attribute `ownersIndex`.
    pub(super) fn list(&self, after: Option<&str>) -> (Vec<String>, Option<String>) {
        let listed = self.0.iter().filter(|(_, attributes)| attributes.contains_key("ownersIndex")).map(|(key, _)| key.0.clone());
        let rest: BTreeSet<_> = listed.filter(|owner| after.is_none_or(|after| owner.as_str() > after)).collect();
        let more = rest.len() > PAGE;
        let page: Vec<_> = rest.into_iter().take(PAGE).collect();
        let next = if more { page.last().cloned() } else { None };
        (page, next)
    }

    /// By the index on the attribute `arn`.
    pub(super) fn find(&self, arn: &str) -> Vec<String> {
        let with_arn = self.0.iter().filter(|(_, attributes)| attributes.get("arn").and_then(Value::as_str) == Some(arn));
        with_arn.map(|(key, _)| key.0.clone()).collect::<BTreeSet<_>>().into_iter().collect()
    }

    pub(super) fn write(&mut self, writes: &[Write]) -> Answer<()> {
        check(writes)?;
        if let Some(failed) = writes.iter().find(|write| !self.allows(write)) {
            let (owner, key) = key_of(failed);
            let message = format!("TransactionCanceledException: ConditionalCheckFailed at {owner} {key}");
            return Err(Refused::new(Cause::ConditionFailed, message));
        }
        writes.iter().for_each(|write| self.apply(write));
        Ok(())
    }

    fn allows(&self, write: &Write) -> bool {
        let condition = match write {
            Write::Put(_, condition) | Write::Set(_, condition) | Write::Add { condition, .. } | Write::Check { condition, .. } => {
                condition
            }
            Write::Delete { .. } => &Condition::Always,
        };
        condition.holds(self.0.get(&key_of(write)))
    }

    fn apply(&mut self, write: &Write) {
        let key = key_of(write);
        match write {
            Write::Put(item, _) => {
                self.0.insert(key, stored(&item.attributes).collect());
            }
            Write::Set(item, _) => self.0.entry(key).or_default().extend(stored(&item.attributes)),
            Write::Add { attribute, amount, expires_at, .. } => {
                let attributes = self.0.entry(key).or_default();
                let before = attributes.get(attribute).and_then(Value::as_i64).unwrap_or(0);
                attributes.insert(attribute.clone(), json!(before + amount));
                attributes.extend(expires_at.map(|end| (EXPIRES.to_owned(), json!(end))));
            }
            Write::Delete { .. } => {
                self.0.remove(&key);
            }
            Write::Check { .. } => {}
        }
    }
}

/// What DynamoDB refuses of any transaction.
fn check(writes: &[Write]) -> Answer<()> {
    let refuse = |message: &str| Err(Refused::new(Cause::InvalidRequest, format!("ValidationException: {message}")));
    if writes.is_empty() || writes.len() > MOST_WRITES {
        return refuse("Member must have length greater than or equal to 1 and less than or equal to 100");
    }
    let keys: BTreeSet<_> = writes.iter().map(key_of).collect();
    if keys.len() != writes.len() {
        return refuse("Transaction request cannot include multiple operations on one item");
    }
    if writes.iter().any(|write| matches!(write, Write::Check { condition: Condition::Always, .. })) {
        return refuse("The expression can not be empty");
    }
    let oversized =
        writes.iter().any(|write| matches!(write, Write::Put(item, _) | Write::Set(item, _) if bytes_of(&item.attributes) > MOST_BYTES));
    if oversized { refuse("Item size has exceeded the maximum allowed size") } else { Ok(()) }
}

/// The size of an item: its names and its texts, a few bytes for whatever else ("DynamoDB item sizes and formats").
fn bytes_of(attributes: &Map<String, Value>) -> usize {
    attributes.iter().map(|(name, value)| name.len() + bytes_within(value)).sum()
}

fn bytes_within(value: &Value) -> usize {
    const NUMBER: usize = 21;
    match value {
        Value::String(text) => 1 + text.len(),
        Value::Array(values) => 3 + values.iter().map(bytes_within).sum::<usize>(),
        Value::Object(attributes) => 3 + bytes_of(attributes),
        Value::Null | Value::Bool(_) => 1,
        Value::Number(_) => NUMBER,
    }
}
