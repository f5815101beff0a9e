//! Functions of Lambda that run the code of one of Caretaker's own, and rules of EventBridge that call one at set times.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Kind;
use super::plain::{Progress, Shown, depart, differences, judge, plain};
use crate::name::NameRule;
use crate::plan::{Change, Departure, Fate, Judgement};
use crate::ports::RuleTarget;
use crate::resource::Resource;

/// Lambda: up to 64 letters, digits, hyphens and underscores (API reference, CreateFunction).
const FUNCTION: NameRule = NameRule { longest: 64, also: "_", double_hyphen: true };
/// EventBridge: up to 64 letters, digits and `.-_` (API reference, PutRule).
const RULE: NameRule = NameRule { longest: 64, also: "._", double_hyphen: true };

/// The id of the one statement in a function's policy that is ours.
pub const STATEMENT: &str = "caretaker-invoked-by";
/// The id of the one target of a rule.
pub const TARGET: &str = "function";

/// Lambda makes the network interface first ("up to 90 s", AWS Compute Blog on VPC networking); the median is an estimate.
const CREATES: Duration = Duration::from_secs(60);
/// An estimate: no set of measured times was found.
const CHANGES: Duration = Duration::from_secs(5);
/// Lambda deletes the network interfaces "up to 20 minutes" later (Lambda developer guide, "Giving functions access to a VPC").
const GOES: Duration = Duration::from_secs(1_200);

/// A function in a VPC. It runs on `provided.al2023`, on the architecture of the function whose code it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// The name of a function of Caretaker's own stack: this one runs the same build, also after a deployment of another.
    pub code_of: String,
    /// The ARN of the role that it runs as. Lambda makes and deletes its network interfaces by it.
    pub role: String,
    /// In MiB.
    pub memory_mib: u32,
    /// The longest run, in seconds.
    pub timeout_seconds: u32,
    /// Its variables. No secrets: whoever may look at the function sees them.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Where its network interfaces stand.
    pub subnets: BTreeSet<String>,
    /// Its own: nothing of another function's is in it, since what is left of a deleted function is told by it.
    pub security_group: String,
    /// At most so many runs at once, reserved of the account's; none: no bound of its own.
    #[serde(default)]
    pub concurrency: Option<u32>,
    /// The name of the log group that it writes to.
    pub log_group: String,
    /// The ARN of the rule that may call it, `arn:aws:events:REGION:ACCOUNT:rule/NAME`; written out, since the rule needs the function.
    #[serde(default)]
    pub invoked_by: Option<String>,
}

impl Function {
    /// What `policy`, the function's own, lets call it by our statement; none: it has no such statement. A statement that
    /// a person has changed is told as it stands.
    pub fn invoker(policy: &Value) -> Option<String> {
        let mut statements = policy["Statement"].as_array().into_iter().flatten();
        let ours = statements.find(|statement| statement["Sid"] == STATEMENT)?;
        let source = ours["Condition"]["ArnLike"]["AWS:SourceArn"].as_str();
        let is_ours = ours["Effect"] == "Allow"
            && ours["Action"] == "lambda:InvokeFunction"
            && ours["Principal"]["Service"] == "events.amazonaws.com"
            && ours["Condition"].as_object().is_some_and(|conditions| conditions.len() == 1);
        Some(source.filter(|_| is_ours).map_or_else(|| ours.to_string(), str::to_owned))
    }

    /// Whether one call changes `seen` to what it should be: all but its code, its concurrency and who may call it.
    pub fn has_settings_of(&self, seen: &Self) -> bool {
        let others =
            Self { code_of: seen.code_of.clone(), concurrency: seen.concurrency, invoked_by: seen.invoked_by.clone(), ..self.clone() };
        others == *seen
    }
}

impl Kind for Function {
    const KIND: &'static str = "lambda-function";
    const NAME: NameRule = FUNCTION;
    const OUTPUTS: &'static [&'static str] = &["name"];
    type Seen = Shown<Self>;

    fn usual(&self, change: &Change) -> Duration {
        match change {
            Change::Create => CREATES,
            Change::Remove(_) => GOES,
            _ => CHANGES,
        }
    }

    /// Another wish than the one that Lambda gave up on is tried.
    fn judge(&self, _: &Resource, seen: &Self::Seen) -> Judgement {
        match (&seen.progress, differences(self, &seen.properties)) {
            (Progress::Failed(_), found) if !found.is_empty() => Judgement::act(Change::Update(found)),
            _ => judge(self, seen, &[]),
        }
    }

    fn depart(&self, _: &Resource, seen: &Self::Seen, _: Fate) -> Departure {
        match seen.progress {
            Progress::Leaving => Departure::Wait("Lambda has not deleted its network interfaces yet".into()),
            _ => depart(seen),
        }
    }

    fn outputs(seen: &Self::Seen) -> Vec<(&'static str, String)> {
        seen.outputs(Self::OUTPUTS)
    }
}

/// A rule of the default bus that calls one function at set times. What the function does not take within a minute is dropped:
/// the next call is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Such as `rate(1 minute)`.
    pub schedule: String,
    /// The ARN of the function. It must let the rule call it (`invoked_by`).
    pub function: String,
}
plain!(Rule: "event-rule", name: RULE, creates: 1 s, changes: 1 s, fixed: [], outputs: ["name"]);

impl Rule {
    /// Its one target. EventBridge itself tries nothing again; what waits longer than its least, a minute, is dropped
    /// (API reference, RetryPolicy).
    pub fn target(&self) -> RuleTarget {
        RuleTarget { id: TARGET.to_owned(), arn: self.function.clone(), retries: Some(0), oldest_seconds: Some(60) }
    }

    /// The function that `targets` call, as a blueprint writes it; anything but one target of ours is told as it stands.
    pub fn function_of(targets: &[RuleTarget]) -> String {
        match targets {
            [] => String::new(),
            [one] if *one == (Self { schedule: String::new(), function: one.arn.clone() }).target() => one.arn.clone(),
            others => format!("{others:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kind::Desired;
    use crate::kind::testing::resource;
    use crate::plan::Removal;

    const ARN: &str = "arn:aws:events:us-east-1:1:rule/tick";

    fn function() -> Function {
        let wrote = json!({ "code_of": "own", "role": "r", "memory_mib": 256, "timeout_seconds": 30, "subnets": ["s"],
            "security_group": "g", "log_group": "l", "concurrency": 1, "invoked_by": ARN });
        serde_json::from_value(wrote).expect("it is one")
    }

    fn shown(progress: Progress, properties: Function) -> Shown<Function> {
        Shown { progress, ..Shown::done("f", properties) }
    }

    fn judged(progress: Progress, seen: Function) -> Judgement {
        let resource = resource(Desired::LambdaFunction(function()), false);
        function().judge(&resource, &shown(progress, seen))
    }

    fn updated(judgement: &Judgement) -> Vec<&str> {
        match judgement {
            Judgement::Act(Change::Update(found)) => found.iter().map(|one| one.property.as_str()).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn each_property_is_held_against_what_lambda_shows() {
        let check = |seen: Function, expected: &[&str]| assert_eq!(updated(&judged(Progress::Done, seen)), expected);
        check(Function { code_of: "3q2+7w==".into(), ..function() }, &["code_of"]); // another build
        check(Function { concurrency: None, invoked_by: None, ..function() }, &["concurrency", "invoked_by"]); // just made
        check(Function { environment: [("A".into(), "1".into())].into(), ..function() }, &["environment"]);
        assert_eq!(judged(Progress::Done, function()), Judgement::in_sync());
        // One update at a time.
        let busy = judged(Progress::Working("being updated".into()), Function { memory_mib: 1, ..function() });
        assert_eq!(busy, Judgement::settling("it is being updated"));
    }

    #[test]
    fn what_lambda_gave_up_on_is_broken_until_something_else_is_wanted() {
        let failed = || Progress::Failed("no free address".into());
        assert_eq!(judged(failed(), function()), Judgement::broken("no free address"));
        assert_eq!(updated(&judged(failed(), Function { memory_mib: 128, ..function() })), ["memory_mib"]);
    }

    #[test]
    fn a_function_is_gone_once_its_network_interfaces_are() {
        let depart = |progress| {
            let resource = resource(Desired::LambdaFunction(function()), false);
            function().depart(&resource, &shown(progress, function()), Fate::KeepData)
        };
        assert_eq!(depart(Progress::Done), Departure::Act(Removal::Delete));
        assert!(matches!(depart(Progress::Leaving), Departure::Wait(why) if why.contains("network interfaces")));
        assert_eq!(function().usual(&Change::Remove(Removal::Delete)).as_secs(), 1_200);
    }

    #[test]
    fn settings_are_what_one_call_changes() {
        let check = |seen: Function, expected: bool| assert_eq!(function().has_settings_of(&seen), expected);
        check(Function { code_of: "other".into(), concurrency: None, invoked_by: None, ..function() }, true);
        check(Function { memory_mib: 128, ..function() }, false);
        check(Function { security_group: "h".into(), ..function() }, false);
    }

    #[test]
    fn a_statement_of_ours_names_its_rule_and_any_other_is_told() {
        let statement = json!({ "Sid": STATEMENT, "Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "f",
            "Principal": { "Service": "events.amazonaws.com" }, "Condition": { "ArnLike": { "AWS:SourceArn": ARN } } });
        let invoker = |statements: Vec<Value>| Function::invoker(&json!({ "Statement": statements }));
        assert_eq!(invoker(vec![json!({ "Sid": "a-persons" }), statement.clone()]), Some(ARN.to_owned()));
        assert_eq!(invoker(vec![json!({ "Sid": "a-persons" })]), None);
        assert_eq!(Function::invoker(&Value::Null), None);
        let mut open = statement;
        open["Principal"] = json!("*");
        assert!(invoker(vec![open]).is_some_and(|told| told != ARN && told.contains("\"*\"")));
    }

    #[test]
    fn a_rule_has_one_target_that_drops_what_is_late() {
        let rule = Rule { schedule: "rate(1 minute)".into(), function: "f".into() };
        assert_eq!((rule.target().retries, rule.target().oldest_seconds), (Some(0), Some(60)));
        assert_eq!(Rule::function_of(&[rule.target()]), "f");
        assert_eq!(Rule::function_of(&[]), "");
        // As the console makes one: EventBridge's own policy, a day and 185 tries.
        let patient = RuleTarget { retries: None, oldest_seconds: None, ..rule.target() };
        for others in [vec![patient.clone()], vec![rule.target(), RuleTarget { id: "mine".into(), ..patient }]] {
            assert_ne!(Rule::function_of(&others), "f");
        }
    }
}
