//! Policy documents, written in one way: AWS and people write the same policy in many.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A policy document. Two that allow and deny the same in other words of IAM's grammar are equal:
/// a list of one text is that text, the order in lists is none, `true` is `"true"`,
/// and an account is its number or the ARN of its root (IAM user guide, "Grammar of the IAM JSON policy language").
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "Value", into = "Value")]
pub struct Policy(Value);

impl From<Value> for Policy {
    fn from(document: Value) -> Self {
        let Value::Object(mut document) = document else {
            return Self(document);
        };
        // One statement may stand without its list.
        if let Some(statement) = document.get_mut("Statement").filter(|statement| statement.is_object()) {
            *statement = Value::Array(vec![statement.take()]);
        }
        Self(in_one_way(Value::Object(document)))
    }
}

impl From<Policy> for Value {
    fn from(policy: Policy) -> Self {
        policy.0
    }
}

impl std::fmt::Display for Policy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Policy {
    /// The document in `text`; a text that is no JSON stays a text.
    pub fn read(text: &str) -> Self {
        Self::from(serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())))
    }

    /// Its `Id`.
    pub fn id(&self) -> Option<&str> {
        self.0["Id"].as_str()
    }
}

fn in_one_way(value: Value) -> Value {
    match value {
        Value::Object(members) => members.into_iter().map(|(name, member)| (name.clone(), member_in_one_way(&name, member))).collect(),
        Value::Array(items) => list(items),
        Value::Bool(_) | Value::Number(_) => Value::String(value.to_string()),
        other => other,
    }
}

fn member_in_one_way(name: &str, member: Value) -> Value {
    if name == "AWS" { accounts(in_one_way(member)) } else { in_one_way(member) }
}

/// Sorted, without repeats; a single text stands alone.
fn list(items: Vec<Value>) -> Value {
    let mut items: Vec<Value> =
        items.into_iter().map(in_one_way).map(|item| (item.to_string(), item)).collect::<BTreeMap<_, _>>().into_values().collect();
    match items.as_slice() {
        [Value::String(_)] => items.remove(0),
        _ => Value::Array(items),
    }
}

/// Principals, with an account's root by the account's number.
fn accounts(principals: Value) -> Value {
    match principals {
        Value::String(arn) => Value::String(root_of(&arn).map(str::to_owned).unwrap_or(arn)),
        Value::Array(arns) => list(arns.into_iter().map(accounts).collect()),
        other => other,
    }
}

/// The account whose root `arn` is: `arn:aws:iam::123456789012:root`.
fn root_of(arn: &str) -> Option<&str> {
    let account = arn.strip_prefix("arn:")?.split_once(":iam::")?.1.strip_suffix(":root")?;
    account.bytes().all(|byte| byte.is_ascii_digit()).then_some(account)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_same_policy_in_other_words_is_the_same() {
        let check =
            |one: Value, other: Value, same| assert_eq!(Policy::from(one.clone()) == Policy::from(other.clone()), same, "{one} {other}");
        let action = |action: Value| json!({ "Statement": [{ "Effect": "Allow", "Action": action }] });
        check(action(json!(["kms:Decrypt"])), action(json!("kms:Decrypt")), true); // a list of one
        check(action(json!(["a", "b"])), action(json!(["b", "a"])), true); // the order is none
        check(action(json!(["a", "b", "b"])), action(json!(["a", "b"])), true);
        check(action(json!(["a", "b"])), action(json!(["a"])), false);
        check(action(json!("a")), json!({ "Statement": { "Effect": "Allow", "Action": "a" } }), true); // one statement
        let principal = |principal: Value| json!({ "Statement": [{ "Principal": { "AWS": principal } }] });
        check(principal(json!("123456789012")), principal(json!(["arn:aws:iam::123456789012:root"])), true);
        check(principal(json!("123456789012")), principal(json!("arn:aws:iam::210987654321:root")), false);
        check(principal(json!("arn:aws:iam::1:role/root")), principal(json!("1")), false);
        let condition = |value: Value| json!({ "Statement": [{ "Condition": { "Bool": { "aws:SecureTransport": value } } }] });
        check(condition(json!(true)), condition(json!("true")), true);
    }

    #[test]
    fn a_policy_comes_back_as_it_was_written() {
        let document = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Resource": "*" }] });
        assert_eq!(Value::from(Policy::from(document.clone())), document);
        assert_eq!(Policy::read(&document.to_string()).to_string(), document.to_string());
        assert_eq!(Policy::read("no JSON").to_string(), "\"no JSON\"");
    }
}
