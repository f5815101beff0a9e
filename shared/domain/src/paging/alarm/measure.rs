//! What an alarm looks at, as far as it is told.

use std::collections::BTreeMap;

use super::super::told::text;
use crate::fields::Fields;

/// What an alarm looks at, and what it holds that against.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measure {
    /// Metrics and expressions. A plain alarm has one metric.
    pub queries: Vec<Query>,
    /// The number that it is held against. One that AWS has learnt is none.
    pub threshold: Option<f64>,
    /// Such as `GreaterThanThreshold`. EventBridge does not tell.
    pub comparison: Option<String>,
}

/// A metric, or an expression over others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Its name within the alarm; none of an alarm with a single metric.
    pub id: Option<String>,
    /// How it is labelled.
    pub label: Option<String>,
    /// Metric math; none of a metric.
    pub expression: Option<String>,
    /// Such as `AWS/RDS`.
    pub namespace: Option<String>,
    /// Such as `CPUUtilization`.
    pub metric: Option<String>,
    /// Those of the metric.
    pub dimensions: BTreeMap<String, String>,
    /// Seconds that one datapoint covers: a day and more is allowed.
    pub period: Option<u64>,
    /// Such as `Average`.
    pub statistic: Option<String>,
}

/// What the expression of a band begins with that AWS has learnt.
const BAND: &str = "ANOMALY_DETECTION_BAND";
/// CloudWatch allows so many metrics and expressions in an alarm (service quotas; 500 in a request).
const QUERIES: usize = 20;
/// CloudWatch allows so many dimensions of a metric.
const DIMENSIONS: usize = 30;

impl Measure {
    /// Of the `configuration` of an event, with the `reasonData` of its state, which alone has the threshold.
    pub(super) fn of_event(configuration: Fields<'_>, data: Fields<'_>) -> Self {
        Self {
            queries: configuration.objects("metrics").take(QUERIES).map(Query::read).collect(),
            threshold: configuration.number("threshold").or_else(|| data.number("threshold")),
            comparison: word(configuration, "comparisonOperator"),
        }
    }

    /// Of the `Trigger` of a notification: a single metric stands in it by itself.
    pub(super) fn of_trigger(trigger: Fields<'_>, data: Fields<'_>) -> Self {
        let mut measure = Self::of_event(trigger, data);
        if trigger.text("metricName").is_some() {
            measure.queries = vec![Query::of_metric(trigger, trigger, "statistic")];
        }
        measure
    }

    /// What people look at first: the expression of several, else the first. What AWS expects of a metric is not what is looked at.
    pub fn main(&self) -> Option<&Query> {
        let is_sum = |query: &&Query| query.expression.as_ref().is_some_and(|expression| !expression.starts_with(BAND));
        self.queries.iter().find(is_sum).or_else(|| self.queries.first())
    }
}

impl Query {
    fn read(query: Fields<'_>) -> Self {
        let stat = query.object("metricStat");
        let metric = stat.object("metric");
        Self {
            id: word(query, "id"),
            label: word(query, "label"),
            expression: query.text("expression").map(|text| text::line(text, text::CAUSE)),
            period: stat.count("period").or_else(|| query.count("period")),
            ..Self::of_metric(metric, stat, "stat")
        }
    }

    /// `metric` has the metric, `stat` has how it is looked at.
    fn of_metric(metric: Fields<'_>, stat: Fields<'_>, statistic: &str) -> Self {
        let short = |text: &str| text::line(text, text::NAME);
        Self {
            namespace: word(metric, "namespace"),
            metric: word(metric, "metricName").or_else(|| word(metric, "name")),
            dimensions: metric.pairs("dimensions").into_iter().take(DIMENSIONS).map(|(key, value)| (short(key), short(value))).collect(),
            period: stat.count("period"),
            statistic: word(stat, statistic),
            ..Self::default()
        }
    }

    /// How people call it.
    pub fn name(&self) -> Option<&str> {
        self.metric.as_deref().or(self.label.as_deref()).or(self.expression.as_deref())
    }
}

fn word(fields: Fields<'_>, name: &str) -> Option<String> {
    fields.text(name).map(|text| text::line(text, text::NAME))
}
