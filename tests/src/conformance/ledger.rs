//! DynamoDB, as the ledger uses it.

use domain::failure::Cause;
use domain::ledger::{Condition, Item, Write};
use domain::ports::{FindOwners, ListOwners, ReadItem, ReadOwner, WriteItems};
use serde_json::{Value, json};

use super::ground::{Ground, does, refuses, until};

fn item(owner: &str, key: &str, attributes: Value) -> Item {
    Item { owner: owner.to_owned(), key: key.to_owned(), attributes: attributes.as_object().cloned().unwrap_or_default() }
}

fn put(owner: &str, key: &str, attributes: Value, condition: Condition) -> Write {
    Write::Put(item(owner, key, attributes), condition)
}

fn add(owner: &str, amount: i64, condition: Condition) -> Write {
    Write::Add { owner: owner.to_owned(), key: "a".to_owned(), attribute: "count".to_owned(), amount, condition, expires_at: None }
}

async fn read<G: Ground>(ground: &G, owner: &str, key: &str) -> Option<Value> {
    let found = does(ground, ReadItem { owner: owner.to_owned(), key: key.to_owned() }).await;
    found.map(|item| Value::Object(item.attributes))
}

pub(super) async fn a_transaction_is_all_or_nothing<G: Ground>(ground: &G) {
    let owner = ground.name("owner");
    does(ground, WriteItems { writes: vec![put(&owner, "a", json!({"n": 1}), Condition::Absent)] }).await;
    let half = vec![put(&owner, "b", json!({"n": 1}), Condition::Absent), put(&owner, "a", json!({"n": 2}), Condition::is("n", 7))];
    refuses(ground, WriteItems { writes: half }, Cause::ConditionFailed).await;
    let check = Write::Check { owner: owner.clone(), key: "a".to_owned(), condition: Condition::Absent };
    let by_check = vec![put(&owner, "b", json!({"n": 1}), Condition::Always), check];
    refuses(ground, WriteItems { writes: by_check }, Cause::ConditionFailed).await;
    let items = does(ground, ReadOwner { owner: owner.clone() }).await;
    assert_eq!(items, [item(&owner, "a", json!({"n": 1}))]);
    let whole = vec![
        put(&owner, "b", json!({"n": 2}), Condition::Absent),
        Write::Delete { owner: owner.clone(), key: "a".to_owned() },
        Write::Delete { owner: owner.clone(), key: "never-was".to_owned() },
    ];
    does(ground, WriteItems { writes: whole }).await;
    assert_eq!(does(ground, ReadOwner { owner: owner.clone() }).await, [item(&owner, "b", json!({"n": 2}))]);
}

pub(super) async fn a_transaction_has_one_operation_on_an_item<G: Ground>(ground: &G) {
    let owner = ground.name("owner");
    let check = Write::Check { owner: owner.clone(), key: "a".to_owned(), condition: Condition::Absent };
    let twice = vec![put(&owner, "a", json!({"n": 1}), Condition::Always), check];
    refuses(ground, WriteItems { writes: twice }, Cause::InvalidRequest).await;
    assert_eq!(read(ground, &owner, "a").await, None);
}

pub(super) async fn a_set_changes_its_attributes_and_leaves_the_others<G: Ground>(ground: &G) {
    let owner = ground.name("owner");
    let set = |attributes, condition| WriteItems { writes: vec![Write::Set(item(&owner, "a", attributes), condition)] };
    does(ground, set(json!({"n": 1, "other": "stays"}), Condition::Absent)).await;
    does(ground, set(json!({"n": 2, "new": true}), Condition::is("n", 1))).await;
    refuses(ground, set(json!({"n": 3}), Condition::is("n", 1)), Cause::ConditionFailed).await;
    assert_eq!(read(ground, &owner, "a").await, Some(json!({"n": 2, "other": "stays", "new": true})));
    // A put replaces the whole.
    does(ground, WriteItems { writes: vec![put(&owner, "a", json!({"n": 4}), Condition::Always)] }).await;
    assert_eq!(read(ground, &owner, "a").await, Some(json!({"n": 4})));
}

pub(super) async fn an_addition_begins_at_nothing<G: Ground>(ground: &G) {
    let owner = ground.name("owner");
    does(ground, WriteItems { writes: vec![add(&owner, 2, Condition::Always)] }).await;
    does(ground, WriteItems { writes: vec![add(&owner, -5, Condition::is("count", 2))] }).await;
    refuses(ground, WriteItems { writes: vec![add(&owner, 1, Condition::is("count", 2))] }, Cause::ConditionFailed).await;
    assert_eq!(read(ground, &owner, "a").await, Some(json!({"count": -3})));
}

pub(super) async fn conditions_hold_as_the_domain_says<G: Ground>(ground: &G) {
    let owner = ground.name("owner");
    let standing = json!({"epoch": 4, "holder": "a", "done": false});
    does(ground, WriteItems { writes: vec![put(&owner, "there", standing.clone(), Condition::Always)] }).await;
    let at_most = |name: &str, most| Condition::AbsentOrAtMost(name.to_owned(), most);
    let conditions = [
        Condition::Absent,
        Condition::is("epoch", 4),
        Condition::is("epoch", 5),
        Condition::is("holder", "a"),
        Condition::is("holder", "b"),
        Condition::is("done", false),
        Condition::is("nothing", 1),
        at_most("epoch", 4),
        at_most("epoch", 3),
        at_most("nothing", 3),
    ];
    for condition in conditions {
        for (key, attributes) in [("there", standing.as_object()), ("absent", None)] {
            let check = Write::Check { owner: owner.clone(), key: key.to_owned(), condition: condition.clone() };
            let mark = put(&owner, "mark", json!({"n": 1}), Condition::Always);
            let reply = domain::ports::send(ground.aws(), WriteItems { writes: vec![check, mark] }).await;
            assert_eq!(reply.is_ok(), condition.holds(attributes), "{condition:?} of {key}: {reply:?}");
        }
    }
}

pub(super) async fn attributes_come_back_as_they_were_written<G: Ground>(ground: &G) {
    let owner = ground.name("owner");
    let attributes = json!({
        "text": "ä / 漢 \n", "empty": "", "whole": 42, "negative": -7, "large": 1_795_226_400_123_i64, "part": 0.4, "yes": true,
        "list": [1, "two", {"three": 3}], "map": {"inner": {"deep": [true]}}, "no_list": [], "no_map": {},
    });
    does(ground, WriteItems { writes: vec![put(&owner, "a", attributes.clone(), Condition::Always)] }).await;
    assert_eq!(read(ground, &owner, "a").await, Some(attributes));
    // A number has no spelling, and nothing is not written.
    does(ground, WriteItems { writes: vec![put(&owner, "b", json!({"n": 15.0, "none": null}), Condition::Always)] }).await;
    assert_eq!(read(ground, &owner, "b").await, Some(json!({"n": 15})));
}

pub(super) async fn owners_are_listed_page_by_page_and_found_by_arn<G: Ground>(ground: &G) {
    let stem = ground.name("owner");
    let arn = format!("arn:aws:rds:us-east-1:123456789012:db:{stem}");
    let owners: Vec<_> = (0..8).map(|number| format!("tenant#dev#{stem}-{number}")).collect();
    for owner in &owners {
        let intent = put(owner, "intent", json!({"ownersIndex": "owners"}), Condition::Always);
        let record = put(owner, "res#1", json!({"note": "not listed by itself"}), Condition::Always);
        does(ground, WriteItems { writes: vec![intent, record] }).await;
    }
    let record = |owner: &str, key| put(owner, key, json!({"arn": arn.clone()}), Condition::Always);
    does(ground, WriteItems { writes: vec![record(&owners[2], "res#2"), record(&owners[2], "res#3")] }).await;
    // Indexes lag behind.
    until(ground, "the list of owners", async || (listed(ground, &stem).await == owners).then_some(())).await;
    let found = async || {
        let mut found = does(ground, FindOwners { arn: arn.clone() }).await;
        found.dedup();
        found
    };
    until(ground, "the owner of an ARN", async || (found().await == owners[2..3]).then_some(())).await;
    assert_eq!(does(ground, FindOwners { arn: format!("{arn}-other") }).await, Vec::<String>::new());
}

/// All owners of this stem, page by page.
async fn listed<G: Ground>(ground: &G, stem: &str) -> Vec<String> {
    let (mut owners, mut after) = (Vec::new(), None);
    loop {
        let (page, next) = does(ground, ListOwners { after }).await;
        owners.extend(page);
        after = next;
        if after.is_none() {
            return owners.into_iter().filter(|owner| owner.contains(stem)).collect();
        }
    }
}
