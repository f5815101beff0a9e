//! Writes of a transaction, and the conditions that they stand under.

use serde_json::{Map, Value};

use super::Item;

/// One write of a transaction.
#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    /// Replaces the whole item.
    Put(Item, Condition),
    /// Sets some attributes of an item, made if it is not there.
    Set(Item, Condition),
    /// Adds to a number.
    Add {
        /// Partition key.
        owner: String,
        /// Sort key.
        key: String,
        /// The attribute.
        attribute: String,
        /// What is added.
        amount: i64,
        /// Under which condition.
        condition: Condition,
        /// When the item may go, in seconds since 1970; none: this says nothing of it.
        expires_at: Option<i64>,
    },
    /// Removes the item, if it is there.
    Delete {
        /// Partition key.
        owner: String,
        /// Sort key.
        key: String,
    },
    /// Writes nothing, but the transaction stands or falls with it.
    Check {
        /// Partition key.
        owner: String,
        /// Sort key.
        key: String,
        /// What must hold.
        condition: Condition,
    },
}

impl Write {
    /// The item that it is about: partition and sort key. A transaction takes one write for each.
    pub fn of(&self) -> (&str, &str) {
        match self {
            Self::Put(item, _) | Self::Set(item, _) => (&item.owner, &item.key),
            Self::Add { owner, key, .. } | Self::Delete { owner, key } | Self::Check { owner, key, .. } => (owner, key),
        }
    }

    /// The partition that it is about.
    pub fn owner(&self) -> &str {
        self.of().0
    }
}

/// What must hold of an item as it is.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// Nothing.
    Always,
    /// There is no such item.
    Absent,
    /// The attribute has this value.
    Is(String, Value),
    /// The attribute is absent, or this value, or a smaller number.
    AbsentOrAtMost(String, i64),
}

impl Condition {
    /// `attribute` has `value`.
    pub fn is(attribute: &str, value: impl Into<Value>) -> Self {
        Self::Is(attribute.to_owned(), value.into())
    }

    /// Whether it holds of `attributes`; none: there is no such item.
    pub fn holds(&self, attributes: Option<&Map<String, Value>>) -> bool {
        let value = |name: &String| attributes.and_then(|attributes| attributes.get(name));
        match self {
            Self::Always => true,
            Self::Absent => attributes.is_none(),
            Self::Is(name, expected) => value(name) == Some(expected),
            Self::AbsentOrAtMost(name, most) => value(name).is_none_or(|value| value.as_i64().is_some_and(|value| value <= *most)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn conditions_read_the_item_as_dynamodb_does() {
        let item = json!({"epoch": 4, "holder": "a"});
        let check = |condition: Condition, expected: bool, of_none: bool| {
            assert_eq!(condition.holds(item.as_object()), expected, "{condition:?}");
            assert_eq!(condition.holds(None), of_none, "{condition:?} of no item");
        };
        check(Condition::Always, true, true);
        check(Condition::Absent, false, true);
        check(Condition::is("epoch", 4), true, false);
        check(Condition::is("epoch", 5), false, false);
        check(Condition::AbsentOrAtMost("epoch".into(), 4), true, true);
        check(Condition::AbsentOrAtMost("epoch".into(), 3), false, true);
        check(Condition::AbsentOrAtMost("expires".into(), 3), true, true);
    }
}
