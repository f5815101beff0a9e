//! Changes of alarms in camelCase: events of EventBridge, and what a function is given that an alarm calls.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::super::told::text;
use super::arn::AlarmArn;
use super::{AlarmChange, AlarmState, CHILDREN, Child, DATAPOINTS, Measure, NotAnAlarm, Suppressed};
use crate::fields::Fields;

/// AWS allows so many tags.
const TAGS: usize = 50;
/// An alarm may have five actions for each of its three states.
const ACTIONS: usize = 3 * 5;

impl AlarmChange {
    /// Reads whatever form `value` has: an event, what an alarm gives to a function, or the message of a topic.
    ///
    /// # Errors
    /// It tells of no alarm, or of none that has changed.
    pub fn read(value: &Value) -> Result<Self, NotAnAlarm> {
        let fields = Fields::of(value);
        if fields.object("alarmData").is_there() {
            return Self::from_direct(value);
        }
        if let Some(detail) = fields.value("detail") {
            let resources: Vec<_> = fields.texts("resources").map(str::to_owned).collect();
            return Self::from_event(&resources, detail, fields.time("time"));
        }
        if fields.text("newStateValue").is_some() { Self::from_notification(value) } else { Err(NotAnAlarm::Form) }
    }

    /// Reads the `detail` of a "CloudWatch Alarm State Change", or of a "CloudWatch Alarm Configuration Change" that tells of its end.
    /// `resources` and `time` are the envelope's.
    ///
    /// # Errors
    /// See [`NotAnAlarm`].
    pub fn from_event(resources: &[String], detail: &Value, time: Option<Timestamp>) -> Result<Self, NotAnAlarm> {
        let found = resources.iter().find_map(|arn| AlarmArn::read(arn).ok());
        let arn = found
            .ok_or_else(|| resources.first().map_or(NotAnAlarm::Missing("ARN"), |arn| NotAnAlarm::Arn(text::line(arn, text::NAME))))?;
        change(arn, Fields::of(detail), time)
    }

    /// Reads what an alarm gives to a function that it calls. Its `alarmData` has also been seen in an envelope of EventBridge.
    ///
    /// # Errors
    /// See [`NotAnAlarm`].
    pub fn from_direct(value: &Value) -> Result<Self, NotAnAlarm> {
        let fields = Fields::of(value);
        let told = fields.object("alarmData");
        if !told.is_there() {
            return Err(NotAnAlarm::Form);
        }
        let arn = fields.text("alarmArn").or_else(|| fields.texts("resources").next()).ok_or(NotAnAlarm::Missing("ARN"))?;
        change(AlarmArn::read(arn)?, told, fields.time("time"))
    }
}

fn change(arn: AlarmArn, told: Fields<'_>, time: Option<Timestamp>) -> Result<AlarmChange, NotAnAlarm> {
    if told.value("alarmContributor").is_some() {
        return Err(NotAnAlarm::Contributor { name: arn.name });
    }
    let is_deleted = is_deletion(told)?;
    let (state, before, configuration) = (told.object("state"), told.object("previousState"), told.object("configuration"));
    let data = state.embedded("reasonData").unwrap_or_default();
    let data = Fields::of(&data);
    let since = state.time("timestamp");
    // The state of what was deleted is older than its end.
    let at = if is_deleted { time.max(since) } else { since.or(time) }.ok_or(NotAnAlarm::Missing("time"))?;
    Ok(AlarmChange {
        state: AlarmState::read(state.text("value").ok_or(NotAnAlarm::Missing("state"))?),
        previous: before.text("value").map(AlarmState::read),
        was_suppressed: before.text("actionsSuppressedBy").is_some(),
        at,
        is_deleted,
        reason: text::prose(state.text("reason").unwrap_or_default(), text::CAUSE),
        description: configuration.text("description").map(|words| text::prose(words, text::CAUSE)),
        measure: Measure::of_event(configuration, data),
        datapoints: datapoints(data),
        rule: configuration.text("alarmRule").map(|rule| text::line(rule, text::CAUSE)),
        children: children(data, "triggeringAlarms"),
        actions: actions(configuration),
        tags: tags(told),
        suppressed: Suppressed::read(told, state, configuration, at),
        ..AlarmChange::of(arn, at)
    })
}

/// Only events of configurations have an operation.
fn is_deletion(told: Fields<'_>) -> Result<bool, NotAnAlarm> {
    match told.text("operation") {
        None => Ok(false),
        Some(word) if word.eq_ignore_ascii_case("delete") => Ok(true),
        Some(other) => Err(NotAnAlarm::Configured { operation: text::line(other, text::WORD) }),
    }
}

/// Of `reasonData`. What an alarm of logs has found stands apart.
pub(super) fn datapoints(data: Fields<'_>) -> Vec<f64> {
    let recent: Vec<_> = data.list("recentDatapoints").filter_map(Value::as_f64).collect();
    if !recent.is_empty() {
        return recent[recent.len().saturating_sub(DATAPOINTS)..].to_vec();
    }
    let of_each = |list| data.objects(list).filter_map(|point| point.number("value")).take(DATAPOINTS).collect::<Vec<_>>();
    let evaluated = of_each("evaluatedDatapoints");
    if evaluated.is_empty() { of_each("results") } else { evaluated }
}

/// Objects with ARN and state, or ARNs alone.
pub(super) fn children(fields: Fields<'_>, list: &str) -> Vec<Child> {
    let short = |arn: &str| text::line(arn, text::EVIDENCE);
    let child = |value: &Value| {
        if let Some(arn) = value.as_str() {
            return Some(Child { arn: short(arn), state: None, at: None });
        }
        let (child, state) = (Fields::of(value), Fields::of(value).object("state"));
        Some(Child { arn: short(child.text("arn")?), state: state.text("value").map(AlarmState::read), at: state.time("timestamp") })
    };
    fields.list(list).filter_map(child).take(CHILDREN).collect()
}

/// Of all states.
pub(super) fn actions(fields: Fields<'_>) -> Vec<String> {
    let lists = ["alarmActions", "okActions", "OKActions", "insufficientDataActions"];
    lists.iter().flat_map(|list| fields.texts(list)).take(ACTIONS).map(|arn| text::line(arn, text::CAUSE)).collect()
}

pub(super) fn tags(fields: Fields<'_>) -> BTreeMap<String, String> {
    let short = |word: &str| text::line(word, text::NAME);
    fields.pairs("alarmTags").into_iter().take(TAGS).map(|(key, value)| (short(key), short(value))).collect()
}
