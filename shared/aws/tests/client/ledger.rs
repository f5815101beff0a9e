use domain::failure::Cause;
use domain::ledger::{Condition, Item, Write};
use domain::ports::{FindOwners, ListOwners, ReadItem, ReadItems, ReadOwner, WriteItems};
use serde_json::{Value, json};

use crate::wire::{Answer, exchange, ok, refusal, request};

const OWNER: &str = "tenant#dev#demo";

fn item(attributes: Value) -> Item {
    let attributes = attributes.as_object().cloned().unwrap_or_default();
    Item { owner: OWNER.into(), key: "state".into(), attributes }
}

/// The one part of the transaction that `write` becomes.
fn sent(write: Write) -> Value {
    let request = request(WriteItems { writes: vec![write] }, ok(json!({})));
    assert_eq!(request.action, "TransactWriteItems");
    assert!(request.body["ClientRequestToken"].as_str().is_some_and(|token| !token.is_empty()), "a repeat is the same transaction");
    request.body["TransactItems"][0].clone()
}

#[test]
fn a_put_replaces_the_item_with_native_attributes_and_no_null() {
    let content = item(json!({"n": 7, "s": "x", "b": true, "none": null, "list": [1, "a"], "map": {"in": 0.5, "none": null}}));
    let expected = json!({"Put": {
        "TableName": "ledger",
        "Item": {
            "pk": {"S": OWNER}, "sk": {"S": "state"}, "n": {"N": "7"}, "s": {"S": "x"}, "b": {"BOOL": true},
            "list": {"L": [{"N": "1"}, {"S": "a"}]}, "map": {"M": {"in": {"N": "0.5"}}},
        },
        "ConditionExpression": "attribute_not_exists(pk)",
    }});
    assert_eq!(sent(Write::Put(content, Condition::Absent)), expected);
}

#[test]
fn a_condition_goes_by_placeholders_since_dynamodb_reserves_words() {
    let put = sent(Write::Put(item(json!({})), Condition::is("status", 4)));
    assert_eq!(put["Put"]["ConditionExpression"], "#n0 = :v0");
    assert_eq!(put["Put"]["ExpressionAttributeNames"], json!({"#n0": "status"}));
    assert_eq!(put["Put"]["ExpressionAttributeValues"], json!({":v0": {"N": "4"}}));
    let most = sent(Write::Check { owner: OWNER.into(), key: "lease".into(), condition: Condition::AbsentOrAtMost("expires".into(), 9) });
    assert_eq!(most["ConditionCheck"]["ConditionExpression"], "attribute_not_exists(#n0) OR #n0 <= :v0");
    assert_eq!(most["ConditionCheck"]["Key"], json!({"pk": {"S": OWNER}, "sk": {"S": "lease"}}));
}

#[test]
fn a_set_touches_only_what_it_names() {
    let update = sent(Write::Set(item(json!({"a": 1, "none": null})), Condition::is("epoch", 3)));
    let expected = json!({"Update": {
        "TableName": "ledger",
        "Key": {"pk": {"S": OWNER}, "sk": {"S": "state"}},
        "UpdateExpression": "SET #n1 = :v1",
        "ConditionExpression": "#n0 = :v0",
        "ExpressionAttributeNames": {"#n0": "epoch", "#n1": "a"},
        "ExpressionAttributeValues": {":v0": {"N": "3"}, ":v1": {"N": "1"}},
    }});
    assert_eq!(update, expected);
}

#[test]
fn a_count_is_added_to_and_an_item_deleted_without_a_condition() {
    let add = Write::Add {
        owner: OWNER.into(),
        key: "x".into(),
        attribute: "count".into(),
        amount: -1,
        condition: Condition::Always,
        expires_at: None,
    };
    let update = sent(add);
    assert_eq!(update["Update"]["UpdateExpression"], "ADD #n0 :v0");
    assert_eq!(update["Update"]["ExpressionAttributeValues"], json!({":v0": {"N": "-1"}}));
    assert_eq!(update["Update"].get("ConditionExpression"), None);
    let claim = Write::Add {
        owner: "budget#dev#disruptive".into(),
        key: "x".into(),
        attribute: "acts".into(),
        amount: 1,
        condition: Condition::AbsentOrAtMost("acts".into(), 2),
        expires_at: Some(7),
    };
    let update = sent(claim);
    assert_eq!(update["Update"]["TableName"], "remediation");
    let expression = update["Update"]["UpdateExpression"].as_str().expect("an expression");
    assert!(expression.starts_with("ADD ") && expression.contains(" SET "), "{expression}");
    let delete = sent(Write::Delete { owner: OWNER.into(), key: "x".into() });
    assert_eq!(delete, json!({"Delete": {"TableName": "ledger", "Key": {"pk": {"S": OWNER}, "sk": {"S": "x"}}}}));
}

#[test]
fn a_cancelled_transaction_tells_a_lost_race_from_the_rest() {
    let check = |codes: &[&str], expected| {
        let reasons: Vec<_> = codes.iter().map(|code| json!({"Code": code})).collect();
        let body = json!({"__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "Message": "Transaction cancelled", "CancellationReasons": reasons});
        let write = Write::Delete { owner: OWNER.into(), key: "x".into() };
        let exchange = exchange(WriteItems { writes: vec![write] }, &[Answer::Reply(400, Vec::new(), body.to_string())]);
        assert_eq!((exchange.cause(), exchange.requests.len()), (expected, 1), "{codes:?}");
    };
    check(&["None", "ConditionalCheckFailed"], Cause::ConditionFailed);
    check(&["TransactionConflict", "None"], Cause::ConditionFailed); // somebody else writes the same item at this moment
    check(&["ThrottlingError"], Cause::Throttled);
    check(&["ProvisionedThroughputExceeded"], Cause::Throttled);
    check(&["ValidationError"], Cause::InvalidRequest);
}

#[test]
fn all_pages_of_an_owner_are_read_consistently() {
    let page = |key: &str, next: Option<Value>| {
        let mut body = json!({"Items": [{"pk": {"S": OWNER}, "sk": {"S": key}, "version": {"N": "3"}, "usd": {"N": "0.4"}}]});
        if let Some(next) = next {
            body["LastEvaluatedKey"] = next;
        }
        ok(body)
    };
    let at = json!({"pk": {"S": OWNER}, "sk": {"S": "intent"}});
    let exchange = exchange(ReadOwner { owner: OWNER.into() }, &[page("intent", Some(at.clone())), page("state", None)]);
    let (first, second) = (&exchange.requests[0].body, &exchange.requests[1].body);
    assert_eq!((&first["ConsistentRead"], &first["ExpressionAttributeValues"]), (&json!(true), &json!({":owner": {"S": OWNER}})));
    assert_eq!((first.get("ExclusiveStartKey"), second.get("ExclusiveStartKey")), (None, Some(&at)));
    let items = exchange.reply();
    assert_eq!(items.iter().map(|item| item.key.as_str()).collect::<Vec<_>>(), ["intent", "state"]);
    assert_eq!(Value::from(items[0].attributes.clone()), json!({"version": 3, "usd": 0.4}));
}

#[test]
fn an_item_that_is_not_there_is_none_and_a_table_that_is_not_there_a_failure() {
    let read = || ReadItem { owner: OWNER.into(), key: "lease".into() };
    let there = exchange(read(), &[ok(json!({}))]);
    assert_eq!(there.requests[0].body["ConsistentRead"], true);
    assert_eq!(there.reply(), None);
    assert_eq!(exchange(read(), &[refusal(400, "ResourceNotFoundException", "no table")]).cause(), Cause::NotFound);
}

#[test]
fn owners_are_listed_page_by_page_from_where_the_last_ended() {
    let key = json!({"pk": {"S": OWNER}, "sk": {"S": "intent"}, "ownersIndex": {"S": "owners"}});
    let exchange = exchange(ListOwners { after: Some(OWNER.into()) }, &[ok(json!({"Items": [key.clone()], "LastEvaluatedKey": key}))]);
    let sent = &exchange.requests[0].body;
    assert_eq!((&sent["IndexName"], &sent["ExclusiveStartKey"]), (&json!("owners"), &key));
    assert_eq!(sent["ExpressionAttributeValues"], json!({":listed": {"S": "owners"}}));
    assert_eq!(exchange.reply(), (vec![OWNER.to_owned()], Some(OWNER.to_owned())));
}

#[test]
fn an_arn_finds_each_of_its_owners_once() {
    let record = |key: &str| json!({"pk": {"S": OWNER}, "sk": {"S": key}, "arn": {"S": "arn:x"}});
    let exchange = exchange(FindOwners { arn: "arn:x".into() }, &[ok(json!({"Items": [record("res#1#a"), record("res#2#a")]}))]);
    let sent = &exchange.requests[0].body;
    assert_eq!((&sent["IndexName"], &sent["ExpressionAttributeValues"]), (&json!("arns"), &json!({":arn": {"S": "arn:x"}})));
    assert_eq!(exchange.reply(), [OWNER]);
}

#[test]
fn items_are_read_by_what_their_keys_begin_with_and_what_is_remembered_of_pools_from_its_own_table() {
    let read = |owner: &str, prefix: &str| {
        request(ReadItems { owner: owner.into(), prefix: prefix.into() }, ok(json!({"Items": [], "Count": 0, "ScannedCount": 0}))).body
    };
    let pools = read("pools#dev", "demo#");
    assert_eq!(
        (&pools["TableName"], &pools["KeyConditionExpression"]),
        (&json!("ledger"), &json!("pk = :owner AND begins_with(sk, :prefix)"))
    );
    assert_eq!(pools["ExpressionAttributeValues"], json!({":owner": {"S": "pools#dev"}, ":prefix": {"S": "demo#"}}));
    let all = read("scaling#tenant#dev#demo", "");
    assert_eq!((&all["TableName"], &all["KeyConditionExpression"]), (&json!("scaling"), &json!("pk = :owner")));
    let put = Item { owner: "scaling#tenant#dev#demo".into(), ..item(json!({})) };
    assert_eq!(sent(Write::Put(put, Condition::Always))["Put"]["TableName"], "scaling");
}
