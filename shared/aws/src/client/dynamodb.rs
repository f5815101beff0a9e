//! The ledger in DynamoDB.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem, Update};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use domain::failure::{CallError, Cause};
use domain::ledger::{Condition, EXPIRES, Item, Write};
use domain::ports::{Call, FindOwners, ListOwners, ReadItem, ReadItems, ReadOwner, Reply, WriteItems};
use domain::scaling::memory::PARTITION_PREFIX;
use domain::{paging, remediation};
use serde_json::Value;

use super::failure::failure;
use super::item::{PARTITION, SORT, attribute, key, read, write};
use super::{AwsCloud, unknown};

/// The value of `ownersIndex`, one partition that lists all owners.
const LISTED: &str = "owners";

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    match call {
        Call::ReadOwner(ReadOwner { owner }) => read_items(cloud, name, owner, String::new()).await.map(Reply::ReadOwner),
        Call::ReadItems(ReadItems { owner, prefix }) => read_items(cloud, name, owner, prefix).await.map(Reply::ReadItems),
        Call::ReadItem(ReadItem { owner, key: sort }) => {
            let get = cloud.dynamodb.get_item().table_name(table(cloud, &owner)).consistent_read(true);
            let output = get.set_key(Some(key(&owner, &sort))).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::ReadItem(output.item.map(read)))
        }
        Call::WriteItems(WriteItems { writes }) => write_items(cloud, name, writes).await.map(Reply::WriteItems),
        Call::ListOwners(ListOwners { after }) => list_owners(cloud, name, after).await.map(Reply::ListOwners),
        Call::FindOwners(FindOwners { arn }) => {
            let values = HashMap::from([(":arn".to_owned(), AttributeValue::S(arn))]);
            let query = cloud.dynamodb.query().table_name(&cloud.settings.ledger_table).index_name("arns");
            let query = query.key_condition_expression("arn = :arn").set_expression_attribute_values(Some(values));
            let output = query.send().await.map_err(|error| failure(name, &error))?;
            // One entry per record; an owner has several of one ARN once it has adopted something.
            let owners: BTreeSet<_> = output.items.unwrap_or_default().into_iter().map(|item| read(item).owner).collect();
            Ok(Reply::FindOwners(owners.into_iter().collect()))
        }
        _ => Err(unknown(name)),
    }
}

/// The items of a partition whose sort key begins with `prefix`; with an empty one all.
async fn read_items(cloud: &AwsCloud, name: &str, owner: String, prefix: String) -> Result<Vec<Item>, CallError> {
    let (mut items, mut start) = (Vec::new(), None);
    let mut condition = format!("{PARTITION} = :owner");
    let table = table(cloud, &owner).to_owned();
    let mut values = HashMap::from([(":owner".to_owned(), AttributeValue::S(owner))]);
    // DynamoDB takes no empty text here.
    if !prefix.is_empty() {
        condition.push_str(&format!(" AND begins_with({SORT}, :prefix)"));
        values.insert(":prefix".to_owned(), AttributeValue::S(prefix));
    }
    loop {
        let query = cloud.dynamodb.query().table_name(&table).consistent_read(true);
        let query = query.key_condition_expression(&condition).set_expression_attribute_values(Some(values.clone()));
        let output = query.set_exclusive_start_key(start).send().await.map_err(|error| failure(name, &error))?;
        items.extend(output.items.unwrap_or_default().into_iter().map(read));
        start = output.last_evaluated_key;
        if start.is_none() {
            return Ok(items);
        }
    }
}

/// What is remembered of pools between decisions has a table of its own, and so have what is remembered of faults and the incidents.
fn table<'a>(cloud: &'a AwsCloud, owner: &str) -> &'a str {
    let settings = &cloud.settings;
    match owner {
        owner if owner.starts_with(PARTITION_PREFIX) => &settings.scaling_table,
        owner if remediation::PREFIXES.iter().any(|prefix| owner.starts_with(prefix)) => &settings.remediation_table,
        owner if paging::PREFIXES.iter().any(|prefix| owner.starts_with(prefix)) => &settings.paging_table,
        _ => &settings.ledger_table,
    }
}

async fn list_owners(cloud: &AwsCloud, name: &str, after: Option<String>) -> Result<(Vec<String>, Option<String>), CallError> {
    let values = HashMap::from([(":listed".to_owned(), AttributeValue::S(LISTED.to_owned()))]);
    let start = after.map(|owner| {
        let mut start = key(&owner, domain::ledger::INTENT);
        start.insert("ownersIndex".to_owned(), AttributeValue::S(LISTED.to_owned()));
        start
    });
    let query = cloud.dynamodb.query().table_name(&cloud.settings.ledger_table).index_name("owners");
    let query = query.key_condition_expression("ownersIndex = :listed").set_expression_attribute_values(Some(values));
    let output = query.set_exclusive_start_key(start).send().await.map_err(|error| failure(name, &error))?;
    let owners = output.items.unwrap_or_default().into_iter().map(|item| read(item).owner).collect();
    Ok((owners, output.last_evaluated_key.map(|key| read(key).owner)))
}

/// A transaction even of one write: its token, which the SDK makes, lets a repeat after a lost reply succeed where a
/// conditional PutItem would find its own effect and call it somebody else's.
async fn write_items(cloud: &AwsCloud, name: &str, writes: Vec<Write>) -> Result<(), CallError> {
    let items = writes.iter().map(|write| transact(table(cloud, write.owner()), write)).collect::<Result<Vec<_>, _>>();
    let items = items.map_err(|error| CallError::new(name, Cause::InvalidRequest, error.to_string()))?;
    let outcome = cloud.dynamodb.transact_write_items().set_transact_items(Some(items)).send().await;
    outcome.map(|_| ()).map_err(|error| CallError { cause: cause(name, &error), ..failure(name, &error) })
}

/// A cancelled transaction names a reason for each item; a conflict with another transaction is a condition that somebody else has won.
fn cause(name: &str, error: &SdkError<TransactWriteItemsError, HttpResponse>) -> Cause {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error() else {
        return failure(name, error).cause;
    };
    let codes: Vec<_> = cancelled.cancellation_reasons().iter().filter_map(|reason| reason.code()).collect();
    let any = |wanted: &[&str]| codes.iter().any(|code| wanted.contains(code));
    if any(&["ConditionalCheckFailed", "TransactionConflict"]) {
        Cause::ConditionFailed
    } else if any(&["ThrottlingError", "ProvisionedThroughputExceeded"]) {
        Cause::Throttled
    } else {
        Cause::InvalidRequest
    }
}

type Built = Result<TransactWriteItem, aws_sdk_dynamodb::error::BuildError>;

fn transact(table: &str, one: &Write) -> Built {
    let item = TransactWriteItem::builder();
    let built = match one {
        Write::Put(content, condition) => {
            let mut terms = Terms::default();
            let expression = terms.condition(condition);
            let put = Put::builder().table_name(table).set_item(Some(write(content))).set_condition_expression(expression);
            item.put(put.set_expression_attribute_names(terms.names()).set_expression_attribute_values(terms.values()).build()?)
        }
        Write::Set(content, condition) => {
            let mut terms = Terms::default();
            let expression = terms.condition(condition);
            let given = content.attributes.iter().filter(|(_, value)| !value.is_null());
            let sets: Vec<_> = given.map(|(name, value)| terms.equals(name, value)).collect();
            let update = Update::builder().table_name(table).set_key(Some(key(&content.owner, &content.key)));
            let update = update.update_expression(format!("SET {}", sets.join(", "))).set_condition_expression(expression);
            item.update(update.set_expression_attribute_names(terms.names()).set_expression_attribute_values(terms.values()).build()?)
        }
        Write::Add { owner, key: sort, attribute: name, amount, condition, expires_at } => {
            let mut terms = Terms::default();
            let expression = terms.condition(condition);
            let end = expires_at.map(|end| format!(" SET {}", terms.equals(EXPIRES, &Value::from(end)))).unwrap_or_default();
            let (name, value) = (terms.name(name), terms.value(&Value::from(*amount)));
            let update = Update::builder().table_name(table).set_key(Some(key(owner, sort)));
            let update = update.update_expression(format!("ADD {name} {value}{end}")).set_condition_expression(expression);
            item.update(update.set_expression_attribute_names(terms.names()).set_expression_attribute_values(terms.values()).build()?)
        }
        Write::Delete { owner, key: sort } => item.delete(Delete::builder().table_name(table).set_key(Some(key(owner, sort))).build()?),
        Write::Check { owner, key: sort, condition } => {
            let mut terms = Terms::default();
            let expression = terms.condition(condition);
            let check = ConditionCheck::builder().table_name(table).set_key(Some(key(owner, sort))).set_condition_expression(expression);
            item.condition_check(
                check.set_expression_attribute_names(terms.names()).set_expression_attribute_values(terms.values()).build()?,
            )
        }
    };
    Ok(built.build())
}

/// Placeholders of an expression: DynamoDB reserves many words.
#[derive(Default)]
struct Terms {
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

impl Terms {
    fn name(&mut self, name: &str) -> String {
        let placeholder = format!("#n{}", self.names.len());
        self.names.insert(placeholder.clone(), name.to_owned());
        placeholder
    }

    fn value(&mut self, value: &Value) -> String {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), attribute(value));
        placeholder
    }

    fn equals(&mut self, name: &str, value: &Value) -> String {
        let (name, value) = (self.name(name), self.value(value));
        format!("{name} = {value}")
    }

    fn condition(&mut self, condition: &Condition) -> Option<String> {
        match condition {
            Condition::Always => None,
            Condition::Absent => Some(format!("attribute_not_exists({PARTITION})")),
            Condition::Is(name, value) => Some(self.equals(name, value)),
            Condition::AbsentOrAtMost(name, most) => {
                let (name, most) = (self.name(name), self.value(&Value::from(*most)));
                Some(format!("attribute_not_exists({name}) OR {name} <= {most}"))
            }
        }
    }

    fn names(&self) -> Option<HashMap<String, String>> {
        (!self.names.is_empty()).then(|| self.names.clone())
    }

    fn values(&self) -> Option<HashMap<String, AttributeValue>> {
        (!self.values.is_empty()).then(|| self.values.clone())
    }
}
