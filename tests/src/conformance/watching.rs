//! Alarms and dashboards.

use std::collections::{BTreeMap, BTreeSet};

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::watching::{Alarm, Dashboard, Threshold};
use domain::observed::Observed;
use domain::ports::{DeleteAlarm, DeleteDashboard, DescribeAlarm, GetDashboard, ListWatchTags, PutDashboard, PutMetricAlarm, TagWatch};
use domain::resource::Tags;
use serde_json::json;

use super::ground::{Ground, does, refuses, tags};

fn other() -> Tags {
    [("a".to_owned(), "b".to_owned())].into()
}

fn desired(ground: &impl Ground) -> Alarm {
    Alarm {
        description: "too many".to_owned(),
        namespace: "AWS/RDS".to_owned(),
        metric: "CPUUtilization".to_owned(),
        dimensions: BTreeMap::from([("DBInstanceIdentifier".to_owned(), "mate".to_owned())]),
        statistic: "Average".to_owned(),
        period_seconds: 300,
        periods: 3,
        datapoints: Some(2),
        threshold: Threshold(80.5),
        comparison: "GreaterThanThreshold".to_owned(),
        missing: "notBreaching".to_owned(),
        actions: BTreeSet::from([ground.environment().arn("sns", "alarms")]),
        severity: String::new(),
    }
}

fn alarm(observed: Option<Observed>) -> Option<Alarm> {
    match observed?.detail {
        Detail::CloudwatchAlarm(seen) => Some(seen.properties),
        other => panic!("{other:?} is no alarm"),
    }
}

pub(super) async fn an_alarm_is_replaced_and_keeps_its_tags<G: Ground>(ground: &G) {
    let name = ground.name("alarm");
    let seen = async || does(ground, DescribeAlarm { name: name.clone() }).await;
    assert_eq!(seen().await, None);
    let wanted = desired(ground);
    does(ground, PutMetricAlarm { name: name.clone(), desired: wanted.clone(), tags: tags() }).await;
    let found = seen().await;
    let arn = found.as_ref().map(|found| found.arn.clone()).expect("it stands");
    assert_eq!(alarm(found), Some(wanted.clone()));
    let wanted = Alarm { threshold: Threshold(90.0), datapoints: None, actions: BTreeSet::new(), ..wanted };
    does(ground, PutMetricAlarm { name: name.clone(), desired: wanted.clone(), tags: other() }).await;
    assert_eq!(alarm(seen().await), Some(wanted));
    assert_eq!(does(ground, ListWatchTags { arn: arn.clone() }).await, tags());
    does(ground, TagWatch { arn: arn.clone(), tags: other() }).await;
    assert_eq!(does(ground, ListWatchTags { arn }).await.get("a").map(String::as_str), Some("b"));
    does(ground, DeleteAlarm { name: name.clone() }).await;
    assert_eq!(seen().await, None);
}

pub(super) async fn a_dashboard_is_replaced_and_keeps_its_tags<G: Ground>(ground: &G) {
    let name = ground.name("dashboard");
    let seen = async || does(ground, GetDashboard { name: name.clone() }).await;
    let widgets = |found: &Observed| match &found.detail {
        Detail::CloudwatchDashboard(seen) => seen.properties.widgets.clone(),
        other => panic!("{other:?} is no dashboard"),
    };
    assert_eq!(seen().await, None);
    let with = |text: &str| Dashboard { widgets: vec![json!({ "type": "text", "width": 6, "properties": { "markdown": text } })] };
    does(ground, PutDashboard { name: name.clone(), desired: with("one"), tags: tags() }).await;
    let found = seen().await.expect("it stands");
    assert_eq!(widgets(&found), with("one").widgets);
    does(ground, PutDashboard { name: name.clone(), desired: with("two"), tags: other() }).await;
    assert_eq!(seen().await.as_ref().map(widgets), Some(with("two").widgets));
    assert_eq!(does(ground, ListWatchTags { arn: found.arn.clone() }).await, tags());
    does(ground, TagWatch { arn: found.arn.clone(), tags: other() }).await;
    assert_eq!(does(ground, ListWatchTags { arn: found.arn }).await.get("a").map(String::as_str), Some("b"));
    does(ground, DeleteDashboard { name: name.clone() }).await;
    refuses(ground, DeleteDashboard { name: name.clone() }, Cause::NotFound).await;
    assert_eq!(seen().await, None);
}
