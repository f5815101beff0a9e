//! EventBridge: rules of the default bus with their targets, each under its name, at once.

use std::collections::BTreeMap;

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::functions::Rule;
use domain::kind::plain::Shown;
use domain::ports::{Call, PutRule, PutTarget, Reply, RuleTarget};
use domain::resource::Tags;

use super::environment::Environment;
use super::grounds::{tag, tags_of, untagged};
use super::shelf::{Shelf, Thing};
use super::turn::{Answer, Refused, Turn};

/// "Targets: 5 per rule" (EventBridge user guide, "Quotas").
const MOST_TARGETS: usize = 5;

#[derive(Debug, Clone)]
pub(super) struct Rules {
    /// Without their function: that is a target.
    rules: Shelf<Rule>,
    targets: BTreeMap<String, Vec<RuleTarget>>,
}

fn missing(name: &str) -> Refused {
    Refused::fact("events_rule_missing", Cause::NotFound, &[("name", name), ("bus", "default")])
}

impl Rules {
    pub(super) fn new() -> Self {
        Self { rules: Shelf::new(Detail::EventRule), targets: BTreeMap::new() }
    }

    /// A line each, for the census.
    pub(super) fn lines(&self) -> Vec<String> {
        let target = |(rule, targets): (&String, &Vec<RuleTarget>)| format!("targets of {rule} {targets:?}");
        self.rules.lines("rule").into_iter().chain(self.targets.iter().map(target)).collect()
    }

    pub(super) fn tags(&self) -> impl Iterator<Item = &Tags> {
        self.rules.all().map(|one| &one.tags)
    }

    /// All that stands, with its ARN.
    pub(super) fn tagged(&self) -> impl Iterator<Item = (&String, &Tags)> {
        self.rules.all().map(|one| (&one.arn, &one.tags))
    }

    /// Reads. None: the call is none of EventBridge's.
    pub(super) fn read(&self, call: &Call, turn: &Turn) -> Option<Answer<Reply>> {
        Some(match call {
            Call::DescribeRule(request) => {
                Ok(Reply::DescribeRule(self.rules.get(&request.name).map(|rule| untagged(self.rules.view(rule, turn.now)))))
            }
            Call::ListTargetsByRule(request) => {
                let known = self.rules.get(&request.name).ok_or_else(|| missing(&request.name));
                known.map(|rule| Reply::ListTargetsByRule(self.targets.get(&rule.name).cloned().unwrap_or_default()))
            }
            Call::ListRuleTags(request) => {
                let stands = self.rules.find(|rule| rule.arn == request.arn).is_some();
                stands.then(|| Reply::ListRuleTags(tags_of(&self.rules, &request.arn))).ok_or_else(|| missing(&request.arn))
            }
            _ => return None,
        })
    }

    /// Effects. None: the call is none of EventBridge's.
    pub(super) fn change(&mut self, call: &Call, environment: &Environment, turn: &Turn) -> Option<Answer<Reply>> {
        Some(match call {
            Call::PutRule(request) => self.put(request, environment, turn).map(Reply::PutRule),
            Call::PutTarget(request) => self.put_target(request).map(Reply::PutTarget),
            Call::RemoveTargets(request) => self.remove_targets(&request.name, &request.ids).map(Reply::RemoveTargets),
            Call::DeleteRule(request) => self.delete(&request.name).map(Reply::DeleteRule),
            Call::TagRule(request) => tag(&mut self.rules, &request.arn, &request.tags).map(Reply::TagRule),
            _ => return None,
        })
    }

    /// What stands is replaced, and keeps its tags and targets.
    fn put(&mut self, request: &PutRule, environment: &Environment, turn: &Turn) -> Answer<String> {
        let PutRule { name, schedule, tags } = request;
        if !is_schedule(schedule) {
            return Err(Refused::fact("events_schedule_invalid", Cause::InvalidRequest, &[]));
        }
        let tags = self.rules.get(name).map_or_else(|| tags.clone(), |known| known.tags.clone());
        let arn = environment.arn("events", &format!("rule/{name}"));
        let properties = Rule { schedule: schedule.clone(), function: String::new() };
        let shown = Shown::done(name, properties).giving("name", name);
        self.rules.put(Thing { name: name.clone(), token: None, arn: arn.clone(), tags, shown }, turn.now);
        Ok(arn)
    }

    fn put_target(&mut self, request: &PutTarget) -> Answer<()> {
        self.rules.get(&request.name).ok_or_else(|| missing(&request.name))?;
        let targets = self.targets.entry(request.name.clone()).or_default();
        targets.retain(|target| target.id != request.target.id);
        if targets.len() == MOST_TARGETS {
            return Err(Refused::fact("events_targets_too_many", Cause::Quota, &[]));
        }
        targets.push(request.target.clone());
        Ok(())
    }

    fn remove_targets(&mut self, name: &str, ids: &[String]) -> Answer<()> {
        self.rules.get(name).ok_or_else(|| missing(name))?;
        let left = self.targets.remove(name).unwrap_or_default().into_iter().filter(|target| !ids.contains(&target.id));
        let left: Vec<_> = left.collect();
        if !left.is_empty() {
            self.targets.insert(name.to_owned(), left);
        }
        Ok(())
    }

    /// One that is not there is no error.
    fn delete(&mut self, name: &str) -> Answer<()> {
        if self.targets.contains_key(name) {
            return Err(Refused::fact("events_rule_has_targets", Cause::InvalidState, &[]));
        }
        self.rules.take(name);
        Ok(())
    }
}

/// One minute, several minutes (EventBridge user guide, "Rate expressions"); what a cron expression says is not looked at.
fn is_schedule(text: &str) -> bool {
    match text.strip_prefix("rate(").and_then(|rest| rest.strip_suffix(')')).and_then(|rate| rate.split_once(' ')) {
        Some(("1", unit)) => ["minute", "hour", "day"].contains(&unit),
        Some((number, unit)) => number.parse::<u32>().is_ok_and(|number| number > 1) && ["minutes", "hours", "days"].contains(&unit),
        None => text.starts_with("cron("),
    }
}
