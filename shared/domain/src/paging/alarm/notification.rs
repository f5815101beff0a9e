//! Changes of alarms in PascalCase: messages of topics.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html>

use serde_json::Value;

use super::super::told::text;
use super::arn::AlarmArn;
use super::event::{actions, children, datapoints, tags};
use super::{AlarmChange, AlarmState, Measure, NotAnAlarm, Suppressed};
use crate::fields::Fields;

impl AlarmChange {
    /// Reads the message that an alarm publishes to a topic. Lines of logs, which one of an alarm of logs may hold, are left where they are.
    ///
    /// # Errors
    /// See [`NotAnAlarm`].
    pub fn from_notification(message: &Value) -> Result<Self, NotAnAlarm> {
        let fields = Fields::of(message);
        let state = fields.text("newStateValue").ok_or(if fields.is_there() { NotAnAlarm::Missing("state") } else { NotAnAlarm::Form })?;
        let arn = AlarmArn::read(fields.text("alarmArn").ok_or(NotAnAlarm::Missing("ARN"))?)?;
        if fields.value("alarmContributorId").is_some() {
            return Err(NotAnAlarm::Contributor { name: arn.name });
        }
        let at = fields.time("stateChangeTime").ok_or(NotAnAlarm::Missing("time"))?;
        let data = fields.embedded("newStateReasonData").unwrap_or_default();
        let data = Fields::of(&data);
        Ok(Self {
            state: AlarmState::read(state),
            previous: fields.text("oldStateValue").map(AlarmState::read),
            reason: text::prose(fields.text("newStateReason").unwrap_or_default(), text::CAUSE),
            description: fields.text("alarmDescription").map(|words| text::prose(words, text::CAUSE)),
            measure: Measure::of_trigger(fields.object("trigger"), data),
            datapoints: datapoints(data),
            rule: fields.text("alarmRule").map(|rule| text::line(rule, text::CAUSE)),
            children: children(fields, "triggeringChildren"),
            actions: actions(fields),
            tags: tags(fields),
            suppressed: Suppressed::read(fields, fields, fields, at),
            ..Self::of(arn, at)
        })
    }
}
