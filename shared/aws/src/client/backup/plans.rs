//! Plans of AWS Backup, each with one rule and one selection.

use aws_sdk_backup::operation::get_backup_plan::GetBackupPlanOutput;
use aws_sdk_backup::types::{BackupPlanInput, BackupRule, BackupRuleInput, BackupSelection, ConditionParameter, Conditions, Lifecycle};
use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::backup::BackupPlan;
use domain::kind::plain::Shown;
use domain::observed::Observed;
use domain::ports::{
    Call, Cloud, CreateBackupPlan, CreateBackupSelection, DeleteBackupPlan, DeleteBackupSelection, GetBackupPlan, GetBackupSelection,
    ListBackupPlans, ListBackupSelections, Reply, UpdateBackupPlan,
};
use domain::resource::Tags;

use crate::client::failure::failure;
use crate::client::{AwsCloud, once, unknown};

/// The name of a plan's one rule, and of its one selection.
const OURS: &str = "caretaker";
/// What a condition's key begins with (developer guide, "Assigning resources").
const OF_TAG: &str = "aws:ResourceTag/";

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.backup;
    match call {
        Call::ListBackupPlans(ListBackupPlans { name: plan, token }) => {
            let plans = client.list_backup_plans().into_paginator().items().send().collect::<Result<Vec<_>, _>>().await;
            let plans = plans.map_err(|error| failure(name, &error))?;
            let ours = plans.iter().find(|one| one.creator_request_id() == Some(&token));
            let found = ours.or_else(|| plans.iter().find(|one| one.backup_plan_name() == Some(&plan)));
            Ok(Reply::ListBackupPlans(found.and_then(|one| one.backup_plan_id().map(str::to_owned))))
        }
        Call::GetBackupPlan(GetBackupPlan { id }) => {
            match client.get_backup_plan().backup_plan_id(id).send().await.map_err(|error| failure(name, &error)) {
                Err(error) if error.cause == Cause::NotFound => Ok(Reply::GetBackupPlan(None)),
                Err(error) => Err(error),
                Ok(output) => Ok(Reply::GetBackupPlan(Some(shown(cloud, &output)))),
            }
        }
        Call::CreateBackupPlan(CreateBackupPlan { name: plan, desired, token, tags }) => {
            let request = client.create_backup_plan().backup_plan(input(&plan, &desired)?).creator_request_id(token);
            let request = request.set_backup_plan_tags(Some(tags.clone().into_iter().collect()));
            let output = request.send().await.map_err(|error| failure(name, &error))?;
            let (id, arn) = (output.backup_plan_id().unwrap_or_default(), output.backup_plan_arn().unwrap_or_default());
            let properties = BackupPlan { role: String::new(), selection: Tags::new(), ..desired };
            Ok(Reply::CreateBackupPlan(observed(cloud, id, arn, tags, properties)))
        }
        Call::UpdateBackupPlan(UpdateBackupPlan { id, name: plan, desired }) => {
            let outcome = client.update_backup_plan().backup_plan_id(id).backup_plan(input(&plan, &desired)?).send().await;
            outcome.map(|_| Reply::UpdateBackupPlan(())).map_err(|error| failure(name, &error))
        }
        Call::DeleteBackupPlan(DeleteBackupPlan { id }) => {
            let outcome = client.delete_backup_plan().backup_plan_id(id).send().await;
            outcome.map(|_| Reply::DeleteBackupPlan(())).map_err(|error| failure(name, &error))
        }
        call => selections(cloud, call).await,
    }
}

async fn selections(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.backup;
    match call {
        Call::ListBackupSelections(ListBackupSelections { plan }) => {
            let output = client.list_backup_selections().backup_plan_id(plan).send().await.map_err(|error| failure(name, &error))?;
            let ids = output.backup_selections_list().iter().filter_map(|one| one.selection_id().map(str::to_owned));
            Ok(Reply::ListBackupSelections(ids.collect()))
        }
        Call::GetBackupSelection(GetBackupSelection { plan, id }) => {
            let output = client.get_backup_selection().backup_plan_id(plan).selection_id(id).send().await;
            let output = output.map_err(|error| failure(name, &error))?;
            let selection = output.backup_selection();
            let role = selection.map(|selection| selection.iam_role_arn().to_owned()).unwrap_or_default();
            Ok(Reply::GetBackupSelection((role, selection.map(selected).unwrap_or_default())))
        }
        Call::CreateBackupSelection(CreateBackupSelection { plan, role, selection }) => {
            let request = client.create_backup_selection().backup_plan_id(plan).backup_selection(select(role, selection)?);
            let retries = aws_sdk_backup::config::Builder::new().retry_config(once());
            let output = request.customize().config_override(retries).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::CreateBackupSelection(output.selection_id().unwrap_or_default().to_owned()))
        }
        Call::DeleteBackupSelection(DeleteBackupSelection { plan, id }) => {
            let outcome = client.delete_backup_selection().backup_plan_id(plan).selection_id(id).send().await;
            outcome.map(|_| Reply::DeleteBackupSelection(())).map_err(|error| failure(name, &error))
        }
        call => Err(unknown(call.name())),
    }
}

fn input(name: &str, desired: &BackupPlan) -> Result<BackupPlanInput, CallError> {
    let lifecycle = Lifecycle::builder().delete_after_days(i64::from(desired.keep_days)).build();
    let rule = BackupRuleInput::builder().rule_name(OURS).target_backup_vault_name(&desired.vault);
    let rule = rule.schedule_expression(&desired.schedule).lifecycle(lifecycle).build().map_err(|error| unwritable(&error))?;
    BackupPlanInput::builder().backup_plan_name(name).rules(rule).build().map_err(|error| unwritable(&error))
}

/// Of all resources those that meet every condition.
fn select(role: String, selection: Tags) -> Result<BackupSelection, CallError> {
    let condition = |(key, value): (String, String)| {
        ConditionParameter::builder().condition_key(format!("{OF_TAG}{key}")).condition_value(value).build()
    };
    let conditions = Conditions::builder().set_string_equals(Some(selection.into_iter().map(condition).collect())).build();
    let built = BackupSelection::builder().selection_name(OURS).iam_role_arn(role).resources("*").conditions(conditions).build();
    built.map_err(|error| unwritable(&error))
}

fn selected(selection: &BackupSelection) -> Tags {
    let conditions = selection.conditions().map(Conditions::string_equals).unwrap_or_default();
    let tag = |one: &ConditionParameter| Some((one.condition_key()?.strip_prefix(OF_TAG)?.to_owned(), one.condition_value()?.to_owned()));
    conditions.iter().filter_map(tag).collect()
}

fn shown(cloud: &AwsCloud, output: &GetBackupPlanOutput) -> Observed {
    // A plan of ours has one rule; with others it is nothing that a blueprint could say.
    let rule = output.backup_plan().map(|plan| plan.rules()).filter(|rules| rules.len() == 1).and_then(<[BackupRule]>::first);
    let days = rule.and_then(|rule| rule.lifecycle()).and_then(Lifecycle::delete_after_days);
    let properties = BackupPlan {
        vault: rule.map(|rule| rule.target_backup_vault_name().to_owned()).unwrap_or_default(),
        schedule: rule.and_then(BackupRule::schedule_expression).unwrap_or_default().to_owned(),
        keep_days: days.and_then(|days| u32::try_from(days).ok()).unwrap_or(0),
        role: String::new(),
        selection: Tags::new(),
    };
    let (id, arn) = (output.backup_plan_id().unwrap_or_default(), output.backup_plan_arn().unwrap_or_default());
    observed(cloud, id, arn, Tags::new(), properties)
}

fn observed(cloud: &AwsCloud, id: &str, arn: &str, tags: Tags, properties: BackupPlan) -> Observed {
    Observed { arn: arn.to_owned(), tags, at: cloud.now(), detail: Detail::BackupPlan(Shown::done(id, properties)) }
}

fn unwritable(error: &dyn std::error::Error) -> CallError {
    CallError::new("backup.Write", Cause::InvalidRequest, error.to_string())
}
