//! Who may call a function: the statements of its policy, each for one rule.

use std::collections::BTreeMap;

use domain::failure::Cause;
use domain::ports::AddPermission;
use serde_json::{Value, json};

use super::missing;
use crate::simulator::turn::{Answer, Refused};

/// The rule that each statement lets in, by function and statement.
#[derive(Debug, Clone, Default)]
pub(super) struct Permissions(BTreeMap<(String, String), String>);

impl Permissions {
    pub(super) fn lines(&self) -> Vec<String> {
        let line = |((function, statement), rule): (&(String, String), &String)| format!("permission {function} {statement} {rule}");
        self.0.iter().map(line).collect()
    }

    /// The policy of a function; none: it has no statement.
    pub(super) fn policy(&self, function: &str) -> Option<Value> {
        let statement = |((_, id), rule): (&(String, String), &String)| {
            json!({ "Sid": id, "Effect": "Allow", "Principal": { "Service": "events.amazonaws.com" }, "Action": "lambda:InvokeFunction",
                "Resource": function, "Condition": { "ArnLike": { "AWS:SourceArn": rule } } })
        };
        let statements: Vec<_> = self.0.iter().filter(|((of, _), _)| of == function).map(statement).collect();
        (!statements.is_empty()).then(|| json!({ "Version": "2012-10-17", "Id": "default", "Statement": statements }))
    }

    pub(super) fn add(&mut self, request: &AddPermission) -> Answer<()> {
        let key = (request.name.clone(), request.statement.clone());
        if self.0.contains_key(&key) {
            let message = format!("ResourceConflictException: The statement id ({}) provided already exists.", request.statement);
            return Err(Refused::new(Cause::AlreadyExists, message));
        }
        self.0.insert(key, request.rule.clone());
        Ok(())
    }

    pub(super) fn remove(&mut self, function: &str, statement: &str) -> Answer<()> {
        self.0.remove(&(function.to_owned(), statement.to_owned())).map(|_| ()).ok_or_else(|| missing(function))
    }

    /// They go with their function.
    pub(super) fn forget(&mut self, function: &str) {
        self.0.retain(|(of, _), _| of != function);
    }
}
