//! Figures for CloudWatch by the log: Lambda's log lines in the Embedded Metric Format become metrics, without a call or a right of ours.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use std::io::Write;

use jiff::Timestamp;
use serde_json::{Value, json};

/// The namespace of our metrics.
pub const NAMESPACE: &str = "Caretaker";

/// Counts one `name` of `function` at `now`. A log that takes nothing loses no more than the figure.
pub fn count(name: &str, function: &str, now: Timestamp) {
    let mut line = entry(name, function, now).to_string();
    line.push('\n');
    let _ = std::io::stdout().write_all(line.as_bytes());
}

fn entry(name: &str, function: &str, now: Timestamp) -> Value {
    let metrics = json!([{ "Namespace": NAMESPACE, "Dimensions": [["FunctionName"]], "Metrics": [{ "Name": name, "Unit": "Count" }] }]);
    json!({ "_aws": { "Timestamp": now.as_millisecond(), "CloudWatchMetrics": metrics }, "FunctionName": function, name: 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_names_its_dimension_and_holds_its_figure() {
        let entry = entry("PagerBeats", "caretaker-page-oncall", Timestamp::UNIX_EPOCH);
        assert_eq!((&entry["PagerBeats"], &entry["FunctionName"]), (&json!(1), &json!("caretaker-page-oncall")));
        let metrics = &entry["_aws"]["CloudWatchMetrics"][0];
        assert_eq!((&metrics["Dimensions"][0][0], &metrics["Metrics"][0]["Name"]), (&json!("FunctionName"), &json!("PagerBeats")));
    }
}
