//! Alarms and dashboards of CloudWatch.

use aws_sdk_cloudwatch::operation::get_dashboard::GetDashboardOutput;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{
    AlarmType, ComparisonOperator, Dimension, Metric, MetricAlarm, MetricDataQuery, MetricStat, ScanBy, Statistic, Tag,
};
use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::plain::Shown;
use domain::kind::watching::{Alarm, Dashboard, Threshold};
use domain::observed::Observed;
use domain::ports::{
    Call, Cloud, DeleteAlarm, DeleteDashboard, DescribeAlarm, GetDashboard, ListWatchTags, OldestMessageAge, PutDashboard, PutMetricAlarm,
    Reply, TagWatch,
};
use domain::resource::Tags;
use serde_json::{Value, json};

use super::failure::failure;
use super::{AwsCloud, unknown};

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.cloudwatch;
    match call {
        Call::DescribeAlarm(DescribeAlarm { name: alarm }) => {
            let output = client.describe_alarms().alarm_names(alarm).alarm_types(AlarmType::MetricAlarm).send().await;
            let output = output.map_err(|error| failure(name, &error))?;
            Ok(Reply::DescribeAlarm(output.metric_alarms().first().map(|alarm| alarm_observed(cloud, alarm))))
        }
        Call::GetDashboard(GetDashboard { name: dashboard }) => {
            match client.get_dashboard().dashboard_name(dashboard).send().await.map_err(|error| failure(name, &error)) {
                Err(error) if error.cause == Cause::NotFound => Ok(Reply::GetDashboard(None)),
                Err(error) => Err(error),
                Ok(output) => Ok(Reply::GetDashboard(Some(dashboard_observed(cloud, &output)))),
            }
        }
        Call::ListWatchTags(ListWatchTags { arn }) => {
            let output = client.list_tags_for_resource().resource_arn(arn).send().await.map_err(|error| failure(name, &error))?;
            let tag = |tag: &Tag| Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned()));
            Ok(Reply::ListWatchTags(output.tags().iter().filter_map(tag).collect()))
        }
        Call::PutMetricAlarm(PutMetricAlarm { name: alarm, desired, tags }) => put_alarm(cloud, name, alarm, desired, tags).await,
        Call::DeleteAlarm(DeleteAlarm { name: alarm }) => {
            let outcome = client.delete_alarms().alarm_names(alarm).send().await;
            outcome.map(|_| Reply::DeleteAlarm(())).map_err(|error| failure(name, &error))
        }
        Call::PutDashboard(PutDashboard { name: dashboard, desired, tags }) => {
            let body = json!({ "widgets": desired.widgets }).to_string();
            let request = client.put_dashboard().dashboard_name(dashboard).dashboard_body(body).set_tags(Some(write_tags(tags)));
            request.send().await.map(|_| Reply::PutDashboard(())).map_err(|error| failure(name, &error))
        }
        Call::DeleteDashboard(DeleteDashboard { name: dashboard }) => {
            let outcome = client.delete_dashboards().dashboard_names(dashboard).send().await;
            outcome.map(|_| Reply::DeleteDashboard(())).map_err(|error| failure(name, &error))
        }
        Call::TagWatch(TagWatch { arn, tags }) => {
            let outcome = client.tag_resource().resource_arn(arn).set_tags(Some(write_tags(tags))).send().await;
            outcome.map(|_| Reply::TagWatch(())).map_err(|error| failure(name, &error))
        }
        Call::OldestMessageAge(OldestMessageAge { queue }) => oldest(cloud, name, queue).await.map(Reply::OldestMessageAge),
        call => Err(unknown(call.name())),
    }
}

/// SQS gives this metric once a minute, and some minutes late at times.
async fn oldest(cloud: &AwsCloud, operation: &str, queue: String) -> Result<Option<f64>, CallError> {
    let queue = Dimension::builder().name("QueueName").value(queue).build();
    let metric = Metric::builder().namespace("AWS/SQS").metric_name("ApproximateAgeOfOldestMessage").dimensions(queue).build();
    let statistic = MetricStat::builder().metric(metric).period(60).stat("Maximum").build();
    let query = MetricDataQuery::builder().id("age").metric_stat(statistic).build();
    let (now, recent) = (cloud.now().as_second(), 5 * 60);
    let ask = cloud.cloudwatch.get_metric_data().metric_data_queries(query).scan_by(ScanBy::TimestampDescending);
    let ask = ask.start_time(DateTime::from_secs(now - recent)).end_time(DateTime::from_secs(now));
    let output = ask.send().await.map_err(|error| failure(operation, &error))?;
    Ok(output.metric_data_results().first().and_then(|result| result.values().first().copied()))
}

async fn put_alarm(cloud: &AwsCloud, operation: &str, name: String, desired: Alarm, tags: Tags) -> Result<Reply, CallError> {
    let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let dimension = |(name, value): (String, String)| Dimension::builder().name(name).value(value).build();
    let actions: Vec<_> = desired.actions.into_iter().collect();
    let request = cloud.cloudwatch.put_metric_alarm().alarm_name(name).alarm_description(desired.description);
    let request = request.namespace(desired.namespace).metric_name(desired.metric);
    let request = request.set_dimensions(Some(desired.dimensions.into_iter().map(dimension).collect()));
    let request = request.statistic(Statistic::from(desired.statistic.as_str())).period(number(desired.period_seconds));
    let request = request.evaluation_periods(number(desired.periods)).set_datapoints_to_alarm(desired.datapoints.map(number));
    let request = request.threshold(desired.threshold.0).comparison_operator(ComparisonOperator::from(desired.comparison.as_str()));
    let request = request.treat_missing_data(desired.missing).actions_enabled(true).set_tags(Some(write_tags(tags)));
    let outcome = request.set_alarm_actions(Some(actions.clone())).set_ok_actions(Some(actions)).send().await;
    outcome.map(|_| Reply::PutMetricAlarm(())).map_err(|error| failure(operation, &error))
}

fn alarm_observed(cloud: &AwsCloud, alarm: &MetricAlarm) -> Observed {
    let number = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok());
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    // What tells nobody, or not of both, is an alarm that a person has changed.
    let tells_both = alarm.actions_enabled() == Some(true) && alarm.alarm_actions() == alarm.ok_actions();
    let dimensions = alarm.dimensions().iter().map(|one| (text(one.name()), text(one.value())));
    let properties = Alarm {
        description: text(alarm.alarm_description()),
        namespace: text(alarm.namespace()),
        metric: text(alarm.metric_name()),
        dimensions: dimensions.collect(),
        statistic: text(alarm.statistic().map(Statistic::as_str)),
        period_seconds: number(alarm.period()).unwrap_or(0),
        periods: number(alarm.evaluation_periods()).unwrap_or(0),
        datapoints: number(alarm.datapoints_to_alarm()),
        threshold: Threshold(alarm.threshold().unwrap_or_default()),
        comparison: text(alarm.comparison_operator().map(ComparisonOperator::as_str)),
        missing: alarm.treat_missing_data().unwrap_or("missing").to_owned(),
        actions: alarm.alarm_actions().iter().filter(|_| tells_both).cloned().collect(),
        severity: String::new(),
    };
    let name = alarm.alarm_name().unwrap_or_default();
    let detail = Detail::CloudwatchAlarm(Shown::done(name, properties).giving("name", name));
    Observed { arn: alarm.alarm_arn().unwrap_or_default().to_owned(), tags: Tags::new(), at: cloud.now(), detail }
}

fn dashboard_observed(cloud: &AwsCloud, output: &GetDashboardOutput) -> Observed {
    let body: Value = output.dashboard_body().and_then(|body| serde_json::from_str(body).ok()).unwrap_or_default();
    let widgets = body["widgets"].as_array().cloned().unwrap_or_default();
    let name = output.dashboard_name().unwrap_or_default();
    let detail = Detail::CloudwatchDashboard(Shown::done(name, Dashboard { widgets }).giving("name", name));
    Observed { arn: output.dashboard_arn().unwrap_or_default().to_owned(), tags: Tags::new(), at: cloud.now(), detail }
}

fn write_tags(tags: Tags) -> Vec<Tag> {
    tags.into_iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}
