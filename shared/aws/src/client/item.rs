//! Ledger items as DynamoDB has them: natively and recursively; null is left out, since no index key may be one.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::ledger::Item;
use serde_json::{Map, Number, Value};

/// Partition and sort key.
pub(super) const PARTITION: &str = "pk";
/// See [`PARTITION`].
pub(super) const SORT: &str = "sk";

/// The key of an item.
pub(super) fn key(owner: &str, key: &str) -> HashMap<String, AttributeValue> {
    HashMap::from([(PARTITION.to_owned(), AttributeValue::S(owner.to_owned())), (SORT.to_owned(), AttributeValue::S(key.to_owned()))])
}

/// An item with its key.
pub(super) fn write(item: &Item) -> HashMap<String, AttributeValue> {
    let mut attributes = key(&item.owner, &item.key);
    attributes.extend(item.attributes.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.clone(), attribute(value))));
    attributes
}

/// The item that `attributes` are.
pub(super) fn read(attributes: HashMap<String, AttributeValue>) -> Item {
    let mut item = Item { owner: String::new(), key: String::new(), attributes: Map::new() };
    for (name, attribute) in attributes {
        match (name.as_str(), attribute) {
            (PARTITION, AttributeValue::S(owner)) => item.owner = owner,
            (SORT, AttributeValue::S(key)) => item.key = key,
            (_, attribute) => {
                item.attributes.insert(name, value(attribute));
            }
        }
    }
    item
}

/// A value as an attribute.
pub(super) fn attribute(value: &Value) -> AttributeValue {
    match value {
        Value::Null => AttributeValue::Null(true),
        Value::Bool(value) => AttributeValue::Bool(*value),
        Value::Number(number) => AttributeValue::N(number.to_string()),
        Value::String(text) => AttributeValue::S(text.clone()),
        Value::Array(values) => AttributeValue::L(values.iter().map(attribute).collect()),
        Value::Object(map) => AttributeValue::M(map.iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k.clone(), attribute(v))).collect()),
    }
}

fn value(attribute: AttributeValue) -> Value {
    match attribute {
        AttributeValue::Bool(value) => Value::Bool(value),
        AttributeValue::N(text) => number(&text).map_or(Value::Null, Value::Number),
        AttributeValue::S(text) => Value::String(text),
        AttributeValue::L(values) => values.into_iter().map(value).collect(),
        AttributeValue::M(map) => Value::Object(map.into_iter().map(|(name, attribute)| (name, value(attribute))).collect()),
        _ => Value::Null,
    }
}

fn number(text: &str) -> Option<Number> {
    let integer = text.parse::<u64>().map(Number::from).or_else(|_| text.parse::<i64>().map(Number::from));
    integer.ok().or_else(|| Number::from_f64(text.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_item_comes_back_as_it_went_but_for_nulls() {
        let content = json!({"a": 1, "b": -2, "c": 0.5, "d": "x", "e": true, "f": [1, {"g": []}], "h": {"i": null, "j": {}}, "k": null});
        let item = Item { owner: "tenant#dev#demo".into(), key: "state".into(), attributes: content.as_object().cloned().unwrap() };
        let back = read(write(&item));
        assert_eq!((back.owner.as_str(), back.key.as_str()), ("tenant#dev#demo", "state"));
        assert_eq!(
            Value::Object(back.attributes),
            json!({"a": 1, "b": -2, "c": 0.5, "d": "x", "e": true, "f": [1, {"g": []}], "h": {"j": {}}})
        );
    }
}
