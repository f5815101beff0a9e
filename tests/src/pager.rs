//! An environment whose alarms go off: the shipped `page-oncall` beside the reconciler, with its own messages, in virtual time.

use std::collections::BTreeMap;
use std::rc::Rc;

use domain::paging::routes::Routes;
use domain::ports::{Confidential, CreateSecret};
use jiff::SignedDuration;
use page_oncall::handler::handle;
use page_oncall::office::{Office, Places};
use provision_tenant::handler::Context;
use runtime::batch::Message;
use runtime::record::Handled;
use serde_json::{Value, json};

use crate::executor::task::Handle;
use crate::scenario::Scenario;
use crate::simulator::{Environment, Letter};

/// The routing key of PagerDuty, as a secret would have it.
pub const ROUTING_KEY: &str = "r0123456789abcdef0123456789abcde";
/// The web hook of Slack.
pub const HOOK: &str = "https://hooks.slack.com/services/T0/B0/secret-of-slack";

/// Where PagerDuty takes its events.
const PAGERDUTY: &str = "https://events.pagerduty.com/v2/enqueue";
/// Who is sent text messages.
const PHONE: &str = "+491701234567";

/// A scenario whose alarms go off.
pub struct Pager {
    /// What it goes on in.
    pub scenario: Scenario,
    office: Rc<Office>,
}

/// What became of a message: decision, and why.
pub type Told = (&'static str, String);

/// Who has taken `letter`, as the shipped routes call it.
///
/// # Panics
/// If it was sent to a place of none of them.
pub fn receiver(letter: &Letter) -> &'static str {
    match letter.to.as_str() {
        PAGERDUTY => "pagerduty",
        HOOK => "slack",
        PHONE => "sms",
        topic if topic == alerts_topic() => "email",
        other => panic!("{other} is no receiver's"),
    }
}

fn alerts_topic() -> String {
    Environment::dev().arn("sns", "caretaker-alerts")
}

impl Pager {
    /// Over `scenario`, by `routes`; each receiver's secret stands.
    ///
    /// # Panics
    /// If the routes or the secrets are refused.
    pub fn new(scenario: Scenario, routes: &str) -> Self {
        let routes = Routes::load("routes.toml", routes).expect("the routes are fit");
        let secrets: BTreeMap<&str, &str> = routes
            .receivers()
            .iter()
            .filter_map(|receiver| {
                let value = match receiver.id.as_str() {
                    id if id.contains("slack") => HOOK,
                    id if id.contains("sms") => PHONE,
                    id if id.contains("hook") => "https://example.com/secret-hook",
                    _ => ROUTING_KEY,
                };
                Some((receiver.secret()?, value))
            })
            .collect();
        let pager = Self {
            office: Rc::new(Office::new(
                routes.clone(),
                Places {
                    receivers: "receivers".to_owned(),
                    answer_key: "answer-key".to_owned(),
                    answer_url: "https://answers.example.com/".to_owned(),
                    alerts_topic: alerts_topic(),
                    runbooks: "https://example.com/runbooks/".to_owned(),
                    pagerduty: PAGERDUTY.to_owned(),
                    region: "us-east-1".to_owned(),
                },
            )),
            scenario,
        };
        pager.secret("receivers", &json!(secrets));
        pager.secret("answer-key", &json!({ "key": "k".repeat(64) }));
        pager
    }

    /// Another that goes on from where this one is at rest.
    pub fn fork(&self, context: &Rc<Context>) -> Self {
        let Office { routes, places, .. } = self.office.as_ref();
        Self { scenario: self.scenario.fork(context), office: Rc::new(Office::new(routes.clone(), places.clone())) }
    }

    fn secret(&self, name: &str, value: &Value) {
        let (token, value) = (format!("{name:-<32}"), Confidential(value.to_string()));
        let create = CreateSecret { name: name.to_owned(), token, value, key: None, tags: BTreeMap::new() };
        self.scenario.simulator.by_hand(create).expect("it is taken");
    }

    /// Hands `bodies` to the function as one batch, in an invocation of its own.
    pub fn begin(&self, bodies: &[String]) -> Handle<Vec<Handled>> {
        let (cloud, office) = (self.scenario.simulator.invoke(SignedDuration::from_secs(30)), Rc::clone(&self.office));
        let records: Vec<_> = bodies.iter().map(|body| Message { body: body.clone(), receipt: None, receives: 1 }).collect();
        self.scenario.executor.spawn(async move { handle(&cloud, &office, &records).await })
    }

    /// Hands `bodies` to the function as one batch; what became of each. None: it crashed.
    ///
    /// # Panics
    /// If it does not come to an end.
    pub fn hand(&self, bodies: &[String]) -> Option<Vec<Told>> {
        let task = self.begin(bodies);
        assert!(self.scenario.executor.run_until(|| task.end().is_some()), "the function comes to an end");
        let told = task.take()?;
        Some(told.iter().map(Handled::decision).map(|decision| (decision.decision, decision.reason.clone())).collect())
    }

    /// Hands one message to the function.
    ///
    /// # Panics
    /// If it crashed.
    pub fn tell(&self, body: &Value) -> Told {
        self.hand(&[body.to_string()]).expect("it did not crash").remove(0)
    }

    /// Lets so many seconds pass, in which the function gets its own messages.
    pub fn wait(&self, seconds: i64) {
        let end = self.scenario.executor.now() + SignedDuration::from_secs(seconds);
        loop {
            let due = self.scenario.simulator.take_reminders();
            for some in due.chunks(10) {
                // SQS gives back what a crashed invocation had.
                if self.hand(some).is_none() {
                    self.hand(some).expect("it does not crash again");
                }
            }
            if self.scenario.executor.now() >= end {
                return;
            }
            self.scenario.executor.run_for(SignedDuration::from_secs(1));
        }
    }

    // Events

    /// The alarm `resource` of `tenant` has come to `state`, as EventBridge tells it.
    pub fn alarm(&self, tenant: &str, resource: &str, state: &str) -> Value {
        let (name, now) = (format!("mate-{tenant}-dev-{resource}"), self.scenario.executor.now());
        let at = now.strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string();
        json!({ "id": format!("{name}-{at}"), "source": "aws.cloudwatch", "detail-type": "CloudWatch Alarm State Change",
            "time": now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(), "region": "us-east-1", "account": Environment::dev().account,
            "resources": [Environment::dev().arn("cloudwatch", &format!("alarm:{name}"))],
            "detail": { "alarmName": name, "state": { "value": state, "reason": "Threshold Crossed", "timestamp": at },
                "previousState": { "value": "OK", "timestamp": at }, "configuration": { "metrics": [] } } })
    }

    /// The same as SNS tells it.
    pub fn alarm_by_sns(&self, event: &Value) -> Value {
        let detail = &event["detail"];
        let message = json!({ "AlarmName": detail["alarmName"], "AlarmDescription": null, "AWSAccountId": event["account"],
            "NewStateValue": detail["state"]["value"], "NewStateReason": "Threshold Crossed", "StateChangeTime": detail["state"]["timestamp"],
            "Region": "US East (N. Virginia)", "AlarmArn": event["resources"][0], "OldStateValue": "OK", "OKActions": [], "AlarmActions": [],
            "InsufficientDataActions": [], "Trigger": { "MetricName": "m", "Namespace": "n", "Dimensions": [], "Period": 60, "Threshold": 1.0 } });
        json!({ "Type": "Notification", "MessageId": "m", "TopicArn": Environment::dev().arn("sns", "caretaker-alarms"), "Message": message.to_string() })
    }

    // Sights

    /// What receivers have taken.
    pub fn letters(&self) -> Vec<Letter> {
        self.scenario.simulator.letters()
    }

    /// What PagerDuty has taken: `trigger` or what else, and the summary.
    ///
    /// # Panics
    /// If one is not as PagerDuty has it.
    pub fn pages(&self) -> Vec<(String, String)> {
        let letters = self.letters().into_iter().filter(|letter| letter.to.contains("pagerduty"));
        letters
            .map(|letter| {
                let event: Value = serde_json::from_str(&letter.body).expect("JSON");
                assert_eq!(event["routing_key"], ROUTING_KEY);
                let summary = event["payload"]["summary"].as_str().unwrap_or_default().to_owned();
                (event["event_action"].as_str().expect("an action").to_owned(), summary)
            })
            .collect()
    }

    /// So many pages: triggers under keys that were not triggered before or were resolved since.
    ///
    /// # Panics
    /// If one is not as PagerDuty has it.
    pub fn paged(&self) -> usize {
        let (mut open, mut pages) = (std::collections::BTreeSet::new(), 0);
        for letter in self.letters().iter().filter(|letter| letter.to.contains("pagerduty")) {
            let event: Value = serde_json::from_str(&letter.body).expect("JSON");
            let key = event["dedup_key"].as_str().expect("a key").to_owned();
            match event["event_action"].as_str() {
                Some("trigger") => pages += usize::from(open.insert(key)),
                Some("resolve") => drop(open.remove(&key)),
                _ => {}
            }
        }
        pages
    }
}
