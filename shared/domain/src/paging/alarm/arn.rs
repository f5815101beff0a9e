//! The ARN of an alarm.

use super::super::told::text;
use super::NotAnAlarm;

/// CloudWatch's limit of alarms' ARNs (API reference, `MetricAlarm`).
const LONGEST: usize = 1600;

/// An alarm's ARN, `arn:<partition>:cloudwatch:<Region>:<account>:alarm:<name>`, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AlarmArn {
    pub(super) whole: String,
    pub(super) region: String,
    pub(super) account: String,
    pub(super) name: String,
}

impl AlarmArn {
    /// Reads one. Names may hold blanks and colons; elsewhere blanks are stray, and have been seen.
    pub(super) fn read(arn: &str) -> Result<Self, NotAnAlarm> {
        Self::of(arn).ok_or_else(|| NotAnAlarm::Arn(text::line(arn, text::NAME)))
    }

    fn of(arn: &str) -> Option<Self> {
        if arn.len() > LONGEST || arn.chars().any(char::is_control) {
            return None;
        }
        let parts: Vec<_> = arn.splitn(7, ':').map(str::trim).collect();
        let ["arn", partition, "cloudwatch", region, account, "alarm", name] = parts[..] else { return None };
        let is_told = [partition, region, account, name].iter().all(|part| !part.is_empty());
        is_told.then(|| Self { whole: parts.join(":"), region: region.to_owned(), account: account.to_owned(), name: name.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_is_known_by_its_arn_alone() {
        let check = |arn: &str, expected: Option<(&str, &str, &str)>| {
            let found = AlarmArn::read(arn).ok();
            let found = found.as_ref().map(|found| (found.region.as_str(), found.account.as_str(), found.name.as_str()));
            assert_eq!(found, expected, "{arn}");
        };
        check("arn:aws:cloudwatch:us-east-1:123456789012:alarm:a", Some(("us-east-1", "123456789012", "a")));
        check("arn:aws-cn:cloudwatch:cn-north-1:1:alarm:a", Some(("cn-north-1", "1", "a")));
        check("arn:aws:cloudwatch:us-east-1: 123456789012:alarm:RDS: CPU of a b", Some(("us-east-1", "123456789012", "RDS: CPU of a b")));
        check(
            "arn:aws:cloudwatch:us-east-1:1:alarm:TargetTracking-service/c/s-AlarmHigh-1",
            Some(("us-east-1", "1", "TargetTracking-service/c/s-AlarmHigh-1")),
        );
        check("arn:aws:cloudwatch:us-east-1:1:alarm-mute-rule:a", None);
        check("arn:aws:cloudwatch:us-east-1:1:alarm:", None);
        check("arn:aws:rds:us-east-1:1:alarm:a", None);
        check("arn:aws:cloudwatch:us-east-1:1:alarm:a\u{1b}[31m", None);
        check(&format!("arn:aws:cloudwatch:us-east-1:1:alarm:{}", "a".repeat(100_000)), None);
        check("", None);
    }
}
