//! Rules of the default bus, with their targets.

use aws_sdk_eventbridge::types::{RetryPolicy, RuleState, Tag, Target};
use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::functions::Rule;
use domain::kind::plain::Shown;
use domain::observed::Observed;
use domain::ports::{
    Call, Cloud, DeleteRule, DescribeRule, ListRuleTags, ListTargetsByRule, PutRule, PutTarget, RemoveTargets, Reply, RuleTarget, TagRule,
};
use domain::resource::Tags;

use crate::client::failure::{failure, of_code};
use crate::client::{AwsCloud, unknown};

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.eventbridge;
    match call {
        Call::DescribeRule(DescribeRule { name: rule }) => {
            match client.describe_rule().name(&rule).send().await.map_err(|error| failure(name, &error)) {
                Err(error) if error.cause == Cause::NotFound => Ok(Reply::DescribeRule(None)),
                Err(error) => Err(error),
                Ok(output) => {
                    let arn = output.arn().unwrap_or_default().to_owned();
                    let detail = Detail::EventRule(
                        Shown::done(&rule, properties(output.schedule_expression(), output.state())).giving("name", &rule),
                    );
                    Ok(Reply::DescribeRule(Some(Observed { arn, tags: Tags::new(), at: cloud.now(), detail })))
                }
            }
        }
        Call::ListTargetsByRule(ListTargetsByRule { name: rule }) => {
            // A rule has five targets at most, a page 100.
            let output = client.list_targets_by_rule().rule(rule).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::ListTargetsByRule(output.targets().iter().map(read_target).collect()))
        }
        Call::ListRuleTags(ListRuleTags { arn }) => {
            let output = client.list_tags_for_resource().resource_arn(arn).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::ListRuleTags(output.tags().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect()))
        }
        Call::PutRule(PutRule { name: rule, schedule, tags }) => {
            let request = client.put_rule().name(rule).schedule_expression(schedule).state(RuleState::Enabled);
            let output = request.set_tags(Some(write_tags(name, tags)?)).send().await.map_err(|error| failure(name, &error))?;
            let arn = output.rule_arn().ok_or_else(|| CallError::new(name, Cause::Unavailable, "the reply has no rule"))?;
            Ok(Reply::PutRule(arn.to_owned()))
        }
        Call::PutTarget(PutTarget { name: rule, target }) => {
            let output =
                client.put_targets().rule(rule).targets(write_target(name, target)?).send().await.map_err(|error| failure(name, &error))?;
            let failed = output.failed_entries().first().map(|entry| (entry.error_code(), entry.error_message()));
            done(name, failed).map(Reply::PutTarget)
        }
        Call::RemoveTargets(RemoveTargets { name: rule, ids }) => {
            let output = client.remove_targets().rule(rule).set_ids(Some(ids)).send().await.map_err(|error| failure(name, &error))?;
            let failed = output.failed_entries().first().map(|entry| (entry.error_code(), entry.error_message()));
            done(name, failed).map(Reply::RemoveTargets)
        }
        Call::DeleteRule(DeleteRule { name: rule }) => {
            client.delete_rule().name(rule).send().await.map(|_| Reply::DeleteRule(())).map_err(|error| failure(name, &error))
        }
        Call::TagRule(TagRule { arn, tags }) => {
            let outcome = client.tag_resource().resource_arn(arn).set_tags(Some(write_tags(name, tags)?)).send().await;
            outcome.map(|_| Reply::TagRule(())).map_err(|error| failure(name, &error))
        }
        call => Err(unknown(call.name())),
    }
}

/// A rule that a person has switched off is told as such: its schedule is not in force.
fn properties(schedule: Option<&str>, state: Option<&RuleState>) -> Rule {
    let schedule = schedule.unwrap_or_default();
    let schedule = if state == Some(&RuleState::Enabled) { schedule.to_owned() } else { format!("{schedule} (disabled)") };
    Rule { schedule, function: String::new() }
}

/// The call succeeds even where an entry failed: that tells for itself.
fn done(operation: &str, failed: Option<(Option<&str>, Option<&str>)>) -> Result<(), CallError> {
    let Some((code, message)) = failed else { return Ok(()) };
    let (code, message) = (code.unwrap_or_default(), message.unwrap_or("(no message)"));
    Err(CallError::new(operation, of_code(code, message, 400), format!("{code}: {message}")))
}

fn read_target(target: &Target) -> RuleTarget {
    let number = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok());
    let policy = target.retry_policy();
    RuleTarget {
        id: target.id().to_owned(),
        arn: target.arn().to_owned(),
        retries: number(policy.and_then(|policy| policy.maximum_retry_attempts())),
        oldest_seconds: number(policy.and_then(|policy| policy.maximum_event_age_in_seconds())),
    }
}

fn write_target(operation: &str, target: RuleTarget) -> Result<Target, CallError> {
    let number = |number: Option<u32>| number.map(|number| i32::try_from(number).unwrap_or(i32::MAX));
    let RuleTarget { id, arn, retries, oldest_seconds } = target;
    let policy = RetryPolicy::builder();
    let policy = policy.set_maximum_retry_attempts(number(retries)).set_maximum_event_age_in_seconds(number(oldest_seconds)).build();
    Target::builder().id(id).arn(arn).retry_policy(policy).build().map_err(|error| invalid(operation, &error))
}

fn write_tags(operation: &str, tags: Tags) -> Result<Vec<Tag>, CallError> {
    let tag = |(key, value)| Tag::builder().key(key).value(value).build().map_err(|error| invalid(operation, &error));
    tags.into_iter().map(tag).collect()
}

fn invalid(operation: &str, error: &dyn std::error::Error) -> CallError {
    CallError::new(operation, Cause::InvalidRequest, error.to_string())
}
