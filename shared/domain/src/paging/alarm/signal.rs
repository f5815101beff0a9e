//! From an alarm's change to a signal, in words for people.

use super::super::signal::{About, Producer, Signal, State};
use super::super::told::text::{self, number};
use super::{AlarmChange, AlarmState, Child, Query, ours};

/// So many children are named.
const NAMED: usize = 5;

impl AlarmChange {
    /// What its signals are known by, whichever road they come.
    pub fn key(&self) -> String {
        format!("alarm/{}", self.arn)
    }

    /// What it says. An `ALARM` after `ALARM` is told like any other: its actions may have been suppressed until now.
    pub fn signal(&self) -> Signal {
        let description = self.description.clone();
        Signal {
            key: self.key(),
            producer: Producer::Alarm,
            state: self.says(),
            at: self.at,
            severity: ours::severity_of_tags(&self.tags),
            about: About::Arn(self.arn.clone()),
            name: self.name.clone(),
            title: text::line(&format!("{}: {}", text::line(&self.name, text::TITLE / 2), self.happening()), text::TITLE),
            cause: if self.is_deleted { DELETED.to_owned() } else { description.unwrap_or_else(|| self.reason()) },
            evidence: self.evidence(),
            tried: Vec::new(),
            links: [].into(),
            muted: self.suppressed.as_ref().map(ToString::to_string),
        }
    }

    fn says(&self) -> State {
        match &self.state {
            _ if self.is_deleted => State::Over,
            AlarmState::Ok => State::Over,
            AlarmState::Alarm => State::Firing,
            // To lack data ends nothing.
            AlarmState::InsufficientData | AlarmState::Other(_) => State::Unknown,
        }
    }

    /// What happens, in a few words.
    fn happening(&self) -> String {
        match &self.state {
            _ if self.is_deleted => "the alarm was deleted".to_owned(),
            AlarmState::Ok => "back to OK".to_owned(),
            AlarmState::Alarm => self.breach().unwrap_or_else(|| "the alarm is on".to_owned()),
            AlarmState::InsufficientData => "not enough data to tell".to_owned(),
            AlarmState::Other(word) => format!("in the state {word}, which is not known here"),
        }
    }

    /// What is beyond its bounds, if that was told.
    fn breach(&self) -> Option<String> {
        if self.rule.is_some() {
            let on: Vec<_> = self.children.iter().filter(|child| child.state != Some(AlarmState::Ok)).map(Child::name).collect();
            return Some(match on[..] {
                [] => "its rule holds".to_owned(),
                [one] => format!("{one} is on"),
                [first, ref more @ ..] => format!("{first} and {} more are on", more.len()),
            });
        }
        let measure = &self.measure;
        let name = text::line(measure.main()?.name()?, text::TITLE / 2);
        let expected = "what is expected".to_owned();
        let bound = measure.threshold.map_or(expected, number);
        let is = measure.comparison.as_deref().map_or("is beyond", compared);
        Some(format!("{name} {is} {bound}"))
    }

    fn reason(&self) -> String {
        if self.reason.is_empty() { format!("CloudWatch gave no reason for the state {}.", self.state) } else { self.reason.clone() }
    }

    fn evidence(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if (self.description.is_some() || self.is_deleted) && !self.reason.is_empty() {
            lines.push(self.reason.clone());
        }
        if self.previous.as_ref() == Some(&self.state) && self.was_suppressed && self.suppressed.is_none() {
            lines.push(format!("It was {} before; its actions were suppressed until now.", self.state));
        }
        if !self.datapoints.is_empty() {
            let points: Vec<_> = self.datapoints.iter().map(|point| number(*point)).collect();
            let bound = self.measure.threshold.map_or_else(String::new, |bound| format!(", held against {}", number(bound)));
            lines.push(format!("Datapoints: {}{bound}.", points.join(", ")));
        }
        let is_alone = self.measure.queries.len() == 1;
        lines.extend(self.measure.queries.iter().filter_map(|query| query.sentence(is_alone)));
        lines.extend(self.children.iter().take(NAMED).map(Child::sentence));
        lines.extend(self.rule.as_ref().map(|rule| format!("Its rule: {rule}")));
        lines.iter().take(text::LINES).map(|one| text::line(one, text::EVIDENCE)).collect()
    }
}

const DELETED: &str = "The alarm was deleted, so that nothing more is heard of it.";

/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>
fn compared(word: &str) -> &'static str {
    match word {
        "GreaterThanThreshold" | "GreaterThanUpperThreshold" => "is above",
        "GreaterThanOrEqualToThreshold" => "is at or above",
        "LessThanThreshold" => "is below",
        "LessThanOrEqualToThreshold" => "is at or below",
        "LessThanLowerOrGreaterThanUpperThreshold" => "is outside of",
        _ => "is beyond",
    }
}

impl Query {
    /// One that is alone is not referred to, and often has a random id.
    fn sentence(&self, is_alone: bool) -> Option<String> {
        let id = self.id.as_ref().filter(|_| !is_alone).map_or_else(String::new, |id| format!("{id}: "));
        if let Some(expression) = &self.expression {
            return Some(format!("{id}{expression}"));
        }
        let statistic = self.statistic.as_ref().map_or_else(String::new, |statistic| format!("{statistic} of "));
        let metric = self.metric.as_ref()?;
        let namespace = self.namespace.as_ref().map_or_else(String::new, |namespace| format!(" ({namespace})"));
        let dimensions: Vec<_> = self.dimensions.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let of = if dimensions.is_empty() { String::new() } else { format!(" of {}", dimensions.join(", ")) };
        let period = self.period.map_or_else(String::new, |seconds| format!(", over {seconds} s"));
        Some(format!("{id}{statistic}{metric}{namespace}{of}{period}"))
    }
}

impl Child {
    fn sentence(&self) -> String {
        let state = self.state.as_ref().map_or_else(|| "in a state that was not told".to_owned(), ToString::to_string);
        let since = self.at.map_or_else(String::new, |at| format!(" since {at}"));
        format!("{} is {state}{since}.", self.name())
    }
}
