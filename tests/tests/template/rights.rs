//! What the roles may hold.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use crate::actions::{OWN_ONLY, WITHOUT_RESOURCE};
use crate::read::{Template, list, target};
use crate::rules::Violations;

/// A row of `shared/aws/dependent-actions.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Dependent {
    function: String,
    action: String,
    caused_by: String,
    source: String,
}

#[derive(Deserialize)]
struct DependentActions {
    dependent: Vec<Dependent>,
}

pub(crate) fn actions_are_named_in_full(template: &Template, found: &mut Violations) {
    for (id, role) in template.of_type("AWS::IAM::Role") {
        found.unless(role["ManagedPolicyArns"].is_null(), id, "a managed policy allows what AWS likes");
        for statement in template.statements_of_role(id) {
            let exact = |action: &Value| action.as_str().is_some_and(|a| a.contains(':') && !a.contains(['*', '?']));
            let named = list(&statement["Action"]).next().is_some() && list(&statement["Action"]).all(exact);
            found.unless(named && statement["NotAction"].is_null(), id, &format!("{} is open", statement["Sid"]));
        }
    }
}

pub(crate) fn all_resources_only_where_aws_knows_none(template: &Template, found: &mut Violations) {
    for (id, _) in template.of_type("AWS::IAM::Role") {
        for statement in template.statements_of_role(id) {
            let everything =
                list(&statement["Resource"]).any(|r| r == "*") || !(statement["NotResource"].is_null() || is_of_phones(statement));
            let excused = list(&statement["Action"]).all(|a| WITHOUT_RESOURCE.iter().any(|known| a == known));
            found.unless(!everything || excused, id, &format!("{} reaches everything", statement["Sid"]));
        }
    }
}

/// Text messages: whatever is published to and is no topic is a phone (SNS developer guide, "Using identity-based policies").
fn is_of_phones(statement: &Value) -> bool {
    let no_topic = list(&statement["NotResource"]).all(|r| r["Fn::Sub"] == "arn:${AWS::Partition}:sns:*:*:*");
    no_topic && list(&statement["Action"]).all(|action| action == "sns:Publish")
}

pub(crate) fn only_what_is_ours_is_hurt(template: &Template, found: &mut Violations) {
    for (id, _) in template.of_type("AWS::IAM::Role") {
        for statement in template.statements_of_role(id) {
            let hurts = list(&statement["Action"]).any(|a| OWN_ONLY.iter().any(|own| a == own));
            let ours = statement["Condition"]["Null"]["aws:ResourceTag/caretaker:owner"] == false;
            let harmless = !hurts || makes_snapshots(statement) || is_of_the_stack(template, statement);
            found.unless(harmless || ours, id, &format!("{} hurts others", statement["Sid"]));
        }
    }
}

pub(crate) fn roles_are_passed_to_one_service(template: &Template, found: &mut Violations) {
    for (id, _) in template.of_type("AWS::IAM::Role") {
        for statement in template.statements_of_role(id) {
            let passes = list(&statement["Action"]).any(|a| a == "iam:PassRole");
            let to = &statement["Condition"]["StringEquals"]["iam:PassedToService"];
            found.unless(!passes || to.is_string(), id, &format!("{} passes roles to any service", statement["Sid"]));
        }
    }
}

pub(crate) fn roles_are_made_within_the_boundary(template: &Template, found: &mut Violations) {
    for (id, _) in template.of_type("AWS::IAM::Role") {
        for statement in template.statements_of_role(id) {
            let empowers = list(&statement["Action"]).any(|a| ["iam:CreateRole", "iam:PutRolePolicy"].iter().any(|own| a == own));
            let boundary = target(&statement["Condition"]["StringEquals"]["iam:PermissionsBoundary"]).map(|id| template.properties(id));
            let denies = |policy: &Value| {
                list(&policy["PolicyDocument"]["Statement"]).any(|statement| {
                    statement["Effect"] == "Deny" && list(&statement["Action"]).any(|a| a == "iam:DeleteRolePermissionsBoundary")
                })
            };
            found.unless(!empowers || boundary.is_some_and(denies), id, &format!("{} gives out rights without bounds", statement["Sid"]));
        }
    }
}

/// Roles are made by data: what the data does not ask for, no such role may ever do.
pub(crate) fn the_boundary_is_what_blueprints_ask_for(template: &Template, found: &mut Violations) {
    let statements =
        list(&template.properties("RoleBoundary")["PolicyDocument"]["Statement"]).filter(|statement| statement["Effect"] == "Allow");
    let allowed: BTreeSet<_> = statements.flat_map(|statement| list(&statement["Action"])).filter_map(Value::as_str).collect();
    let asked = asked_for_by_blueprints();
    for action in asked.iter().filter(|action| !allowed.contains(action.as_str())) {
        found.unless(false, "RoleBoundary", &format!("a blueprint's role needs {action}"));
    }
    for action in allowed.iter().filter(|action| !asked.contains(**action)) {
        found.unless(false, "RoleBoundary", &format!("no blueprint's role needs {action}"));
    }
}

/// The actions that the policies of all blueprints' roles allow.
fn asked_for_by_blueprints() -> BTreeSet<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../blueprints");
    let files = std::fs::read_dir(folder).expect("the blueprints are there").filter_map(Result::ok).map(|file| file.path());
    let read = |path: std::path::PathBuf| std::fs::read_to_string(path).expect("a blueprint is read");
    let texts = files.filter(|path| path.extension().is_some_and(|end| end == "toml")).map(read);
    let tables = texts.map(|text| serde_json::to_value(text.parse::<toml::Table>().expect("a blueprint is TOML")).expect("TOML is JSON"));
    let mut actions = BTreeSet::new();
    tables.for_each(|table| allowed_in(&table, &mut actions));
    actions
}

/// A trust policy's statement names who; a role's own names what.
fn allowed_in(value: &Value, actions: &mut BTreeSet<String>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| allowed_in(value, actions)),
        Value::Object(fields) if fields.contains_key("Effect") => {
            let own = value["Effect"] == "Allow" && fields.contains_key("Resource") && !fields.contains_key("Principal");
            actions.extend(list(&value["Action"]).filter(|_| own).filter_map(Value::as_str).map(str::to_owned));
        }
        Value::Object(fields) => fields.values().for_each(|value| allowed_in(value, actions)),
        _ => {}
    }
}

pub(crate) fn only_answers_are_put(template: &Template, found: &mut Violations) {
    for (id, _) in template.of_type("AWS::IAM::Role") {
        for statement in template.statements_of_role(id) {
            let puts = list(&statement["Action"]).any(|a| a == "events:PutEvents");
            let source = &statement["Condition"]["StringEquals"]["events:source"];
            let answers = ["caretaker.answers", "caretaker.incidents"].iter().any(|own| source == own);
            found.unless(!puts || answers, id, "it may send orders");
        }
    }
}

pub(crate) fn dependent_rights_are_granted(template: &Template, found: &mut Violations) {
    let text = include_str!("../../../shared/aws/dependent-actions.toml");
    let rows: DependentActions = toml::from_str(text).expect("dependent-actions.toml has its columns");
    for row in rows.dependent {
        let explained = !row.caused_by.is_empty() && !row.source.is_empty();
        let statements = template.statements_of(template.properties(&row.function));
        let granted = statements.into_iter().any(|s| s["Effect"] == "Allow" && list(&s["Action"]).any(|a| *a == row.action));
        found.unless(explained && granted, &row.function, &format!("{} is not granted", row.action));
    }
}

/// What the template makes, and names here, is nobody else's.
fn is_of_the_stack(template: &Template, statement: &Value) -> bool {
    let made = |resource: &Value| target(resource).is_some_and(|id| template.0["Resources"][id].is_object());
    list(&statement["Resource"]).next().is_some() && list(&statement["Resource"]).all(made)
}

/// A snapshot in the making has no tags yet: AWS judges the right by its name, and again by the tags of the database.
fn makes_snapshots(statement: &Value) -> bool {
    let makes = |action: &Value| action == "rds:CreateDBSnapshot" || action == "rds:AddTagsToResource";
    let of_snapshots = |r: &Value| r["Fn::Sub"].as_str().is_some_and(|arn| arn.contains(":snapshot:"));
    list(&statement["Action"]).all(makes) && list(&statement["Resource"]).all(of_snapshots)
}
