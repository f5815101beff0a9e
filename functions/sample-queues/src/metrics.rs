//! Metrics of queues in CloudWatch's embedded format: a line of the log each, of which CloudWatch makes metrics.

use domain::scaling::sample::Sample;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Namespace of the metrics.
const NAMESPACE: &str = "Caretaker/Queues";

/// The line of `sample`. What is not known is left out: a metric that is missing is not zero.
pub fn line(sample: &Sample, now: Timestamp) -> Value {
    let depth = &sample.depth;
    let count = |value: Option<u64>| value.map(|value| value as f64);
    let metrics = [
        ("Backlog", "Count", count(depth.backlog())),
        ("Ready", "Count", count(depth.ready)),
        ("Unacked", "Count", count(depth.unacked)),
        ("Scheduled", "Count", count(depth.scheduled)),
        ("Stranded", "Count", count(depth.stranded)),
        ("Workers", "Count", depth.workers.map(|workers| f64::from(workers.count))),
        ("OldestAge", "Seconds", depth.oldest_age_seconds),
    ];
    let known: Vec<_> = metrics.into_iter().filter_map(|(name, unit, value)| Some((name, unit, value?))).collect();
    let definitions: Vec<_> = known.iter().map(|(name, unit, _)| json!({ "Name": name, "Unit": unit })).collect();
    let mut line = json!({
        "_aws": { "Timestamp": now.as_millisecond(), "CloudWatchMetrics": [
            { "Namespace": NAMESPACE, "Dimensions": [["Environment", "Tenant", "Queue"]], "Metrics": definitions }] },
        "Environment": sample.environment, "Tenant": sample.tenant, "Queue": depth.queue,
    });
    for (name, _, value) in known {
        line[name] = json!(value);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broker::unknown;

    #[test]
    fn what_is_not_known_is_no_metric() {
        let now = Timestamp::UNIX_EPOCH;
        let depth = domain::scaling::sample::QueueDepth { ready: Some(4), ..unknown("celery", now) };
        let (tenant, environment) = ("demo".parse().expect("an id"), "dev".parse().expect("an environment"));
        let line = line(&Sample { schema: 1, tenant, environment, depth, source: "s".into() }, now);
        assert_eq!(line["Ready"], 4.0);
        assert_eq!(line["_aws"]["CloudWatchMetrics"][0]["Metrics"], json!([{ "Name": "Ready", "Unit": "Count" }]));
        assert!(line.get("Backlog").is_none() && line["Tenant"] == "demo");
    }
}
