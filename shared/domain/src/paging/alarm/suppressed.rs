//! Why CloudWatch itself tells nobody of an alarm.

use std::fmt;

use jiff::Timestamp;

use super::super::told::text;
use crate::fields::Fields;

/// Why CloudWatch itself tells nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suppressed {
    /// Another alarm suppresses this composite one, or CloudWatch waits for that alarm.
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-suppression.html>
    By {
        /// `Alarm`, `WaitPeriod`, `ExtensionPeriod`, or a word that is not known here.
        what: String,
        /// In CloudWatch's words.
        reason: Option<String>,
        /// The other alarm's name or ARN.
        suppressor: Option<String>,
    },
    /// A mute rule. When it ends, what still fires is told.
    Rule {
        /// Its ARN.
        arn: String,
        /// When it ends.
        until: Option<Timestamp>,
    },
}

impl Suppressed {
    /// Of an alarm that is so since `at`: `told` may have a mute rule, `state` a suppressor, which is one of `configuration`. A rule that
    /// had ended by then mutes nothing; both at once, the rule counts, as it does for CloudWatch.
    pub(super) fn read(told: Fields<'_>, state: Fields<'_>, configuration: Fields<'_>, at: Timestamp) -> Option<Self> {
        let rule = told.object("muteDetail");
        let until = rule.time("muteWindowEnd");
        if rule.is_there() && until.is_none_or(|until| until > at) {
            return Some(Self::Rule { arn: text::line(rule.text("mutedByArn").unwrap_or_default(), text::EVIDENCE), until });
        }
        Some(Self::By {
            what: text::line(state.text("actionsSuppressedBy")?, text::WORD),
            reason: state.text("actionsSuppressedReason").map(|reason| text::line(reason, text::EVIDENCE)),
            suppressor: configuration.text("actionsSuppressor").map(|alarm| text::line(alarm, text::EVIDENCE)),
        })
    }
}

impl fmt::Display for Suppressed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::By { what, suppressor, .. } => {
                match what.as_str() {
                    "Alarm" => f.write_str("another alarm suppresses it")?,
                    "WaitPeriod" => f.write_str("CloudWatch waits whether another alarm suppresses it")?,
                    "ExtensionPeriod" => f.write_str("another alarm has suppressed it until a moment ago")?,
                    other => write!(f, "CloudWatch suppresses it ({other})")?,
                }
                suppressor.as_ref().map_or(Ok(()), |alarm| write!(f, ": {alarm}"))
            }
            Self::Rule { arn, until } => {
                write!(f, "a mute rule of CloudWatch is on")?;
                until.map_or(Ok(()), |until| write!(f, " until {until}"))?;
                if arn.is_empty() { Ok(()) } else { write!(f, ": {}", arn.rsplit(':').next().unwrap_or(arn)) }
            }
        }
    }
}
