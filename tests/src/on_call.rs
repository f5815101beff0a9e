//! On call on the local cloud: what goes wrong is told as AWS and Caretaker tell it, and what people see of it is looked at.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::hand::{ALARMS, Hand, SECRETS, SNS, SQS};
use crate::receivers::{ADDRESS, Receivers, WEBHOOK_SECRET};
use crate::stage::{Stage, StageError};

mod sight;

pub use sight::Sight;

/// Account and Region of the local cloud, as ARNs have them.
const PLACE: &str = "us-east-1:123456789012";
/// What template.yaml says of the secret that links are signed with; no output has its ARN.
const ANSWER_KEY: &str = "Key that Caretaker signs its links with";

/// A stage whose pages go to receivers of ours.
#[derive(Debug, Clone, Copy)]
pub struct OnCall<'a> {
    /// Where things go wrong.
    pub stage: &'a Stage,
    /// Who is told.
    pub receivers: &'a Receivers,
    /// Of the tenants.
    pub environment: &'static str,
}

/// Something that Caretaker itself has found.
#[derive(Debug, Clone)]
pub struct Fault {
    /// Where.
    pub environment: &'static str,
    /// Whose, if a tenant's.
    pub tenant: Option<&'static str>,
    /// Of which service.
    pub service: String,
    /// Its word, the last part of the key.
    pub fault: &'static str,
    /// How much it matters.
    pub severity: &'static str,
    /// What is being tried.
    pub tried: &'static [&'static str],
}

impl OnCall<'_> {
    fn hand(&self) -> Hand<'_> {
        Hand(&self.stage.cloud)
    }

    fn control(&self, path: &str, body: &Value) -> Result<(), StageError> {
        self.stage.cloud.control("POST", path, body)?;
        Ok(())
    }

    /// Does what is left to people after a deployment: fills the two secrets, and confirms the subscription by mail.
    ///
    /// # Errors
    /// AWS or the control call refuses it.
    pub fn furnish(&self) -> Result<(), StageError> {
        self.write_secret(self.stage.output("ReceiversSecretArn"), &self.receivers.secret())?;
        let listed = self.hand().call(SECRETS, "ListSecrets", &json!({ "MaxResults": 100 }))?;
        let mut secrets = listed["SecretList"].as_array().into_iter().flatten();
        let key = secrets.find(|secret| secret["Description"] == ANSWER_KEY).and_then(|secret| secret["ARN"].as_str());
        let key = key.ok_or_else(|| StageError::Answer("ListSecrets".to_owned(), "it does not list the key of links".to_owned()))?;
        let held = self.hand().call(SECRETS, "GetSecretValue", &json!({ "SecretId": key }))?;
        let mut held: Value = serde_json::from_str(held["SecretString"].as_str().unwrap_or_default()).unwrap_or_else(|_| json!({}));
        held["pagerduty"] = json!(WEBHOOK_SECRET);
        self.write_secret(key, &held)?;
        self.control("sns/confirm", &json!({ "endpoint": ADDRESS }))
    }

    fn write_secret(&self, id: &str, value: &Value) -> Result<(), StageError> {
        // Tells one writing from another; 32 characters at least.
        let token = format!("demo-{:0>32}", Timestamp::now().as_nanosecond());
        let order = json!({ "SecretId": id, "SecretString": value.to_string(), "ClientRequestToken": token });
        self.hand().call(SECRETS, "PutSecretValue", &order).map(drop)
    }

    /// The alarms of the environment go to the paging queue by their topic, too.
    ///
    /// # Errors
    /// AWS refuses it.
    pub fn subscribe(&self) -> Result<(), StageError> {
        let topic = format!("arn:aws:sns:{PLACE}:mate-{}-alarms", self.environment);
        let queue = self.stage.output("PagingQueueUrl").rsplit('/').next().unwrap_or_default();
        let queue = format!("arn:aws:sqs:{PLACE}:{queue}");
        self.hand().form(SNS, "Subscribe", &[("TopicArn", topic.as_str()), ("Protocol", "sqs"), ("Endpoint", queue.as_str())])
    }

    /// The name of an alarm of `tenant`.
    pub fn alarm_name(&self, tenant: &str, alarm: &str) -> String {
        format!("mate-{tenant}-{}-{alarm}", self.environment)
    }

    /// The alarm `name` comes to `value`, and tells so by `roads`: `bus` or `sns`; none: all.
    ///
    /// # Errors
    /// The control call failed.
    pub fn alarm(&self, name: &str, value: &str, roads: Option<&[&str]>) -> Result<(), StageError> {
        let mut order = json!({ "name": name, "value": value, "reason": "Threshold Crossed: the demo says so" });
        if let Some(roads) = roads {
            order["roads"] = json!(roads);
        }
        self.control("alarms/state", &order)
    }

    /// What the alarm `name` said last comes by `road`, late.
    ///
    /// # Errors
    /// The control call failed.
    pub fn late(&self, name: &str, road: &str) -> Result<(), StageError> {
        self.control("alarms/tell", &json!({ "name": name, "roads": [road] }))
    }

    /// RDS says `event` of the tenant's database, which happened at `at`.
    ///
    /// # Errors
    /// The control call failed.
    pub fn database(&self, tenant: &str, event: &str, at: Timestamp) -> Result<(), StageError> {
        let name = format!("mate-{tenant}-{}", self.environment);
        let arn = format!("arn:aws:rds:{PLACE}:db:{name}");
        let detail = json!({ "EventCategories": ["failover"], "SourceType": "DB_INSTANCE", "SourceArn": arn,
            "Date": at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string(), "Message": "Multi-AZ instance failover.",
            "SourceIdentifier": name, "EventID": event });
        let order = json!({ "source": "aws.rds", "detailType": "RDS DB Instance Event", "detail": detail, "resources": [arn] });
        self.control("events/put", &order)
    }

    /// Caretaker says that `fault` has begun, or is over.
    ///
    /// # Errors
    /// EventBridge refuses it.
    pub fn incident(&self, fault: &Fault, begins: bool) -> Result<(), StageError> {
        let Fault { environment, tenant, service, fault, severity, tried } = fault;
        let detail = json!({ "schema": 1, "dedupKey": format!("{environment}/{}/{service}/{fault}", tenant.unwrap_or_default()),
            "environment": environment, "tenant": tenant, "service": service, "severity": severity,
            "title": format!("{service}: {}", fault.replace('-', " ")), "cause": "the demo says so", "evidence": [], "tried": tried,
            "since": Timestamp::now(), "links": {} });
        let kind = if begins { "incident-opened" } else { "incident-resolved" };
        self.hand().put(self.stage.output("BusName"), domain::incident::SOURCE, kind, &detail)
    }

    /// An operator silences all of `tenant` for so many seconds.
    ///
    /// # Errors
    /// EventBridge refuses it.
    pub fn silence(&self, tenant: &str, seconds: i64) -> Result<(), StageError> {
        let now = Timestamp::now();
        let silence = json!({ "id": format!("demo-{tenant}"), "matchers": { "tenant": tenant }, "starts": now,
            "ends": now + SignedDuration::from_secs(seconds), "by": "ada", "reason": "a load test" });
        let detail = json!({ "schema": 1, "action": "silence", "environment": self.environment, "silence": silence, "by": "ada" });
        self.hand().put(self.stage.output("BusName"), "caretaker.tenants", "tenant-privileged", &detail)
    }

    /// A person puts a composite alarm in the place of the alarm `name`.
    ///
    /// # Errors
    /// CloudWatch refuses it.
    pub fn compose(&self, name: &str, rule: &str) -> Result<(), StageError> {
        self.hand().form(ALARMS, "DeleteAlarms", &[("AlarmNames.member.1", name)])?;
        self.hand().form(ALARMS, "PutCompositeAlarm", &[("AlarmName", name), ("AlarmRule", rule)])
    }

    /// `by` acknowledges in PagerDuty the incident whose title has `marker`; the status that `answer-link` gives.
    ///
    /// # Errors
    /// There is none such, or the control call failed.
    pub fn acknowledge(&self, marker: &str, by: &str) -> Result<u64, StageError> {
        let seen = self.receivers.seen()?;
        let call = seen.incidents.iter().find(|call| call.title.contains(marker));
        let call = call.ok_or_else(|| StageError::Answer("PagerDuty".to_owned(), format!("there is no incident of {marker}")))?;
        let url = format!("{}/pagerduty", self.stage.output("AnswerUrl").trim_end_matches('/'));
        Ok(self.receivers.acknowledge(&call.dedup_key, by, &url)?)
    }

    /// Messages among the dead letters of paging.
    ///
    /// # Errors
    /// SQS refuses it.
    pub fn lost(&self) -> Result<u64, StageError> {
        let order = json!({ "QueueUrl": self.stage.output("PagingDlqUrl"), "AttributeNames": ["ApproximateNumberOfMessages"] });
        let answer = self.hand().call(SQS, "GetQueueAttributes", &order)?;
        let count = answer["Attributes"]["ApproximateNumberOfMessages"].as_str().and_then(|count| count.parse().ok());
        count.ok_or_else(|| StageError::Answer("GetQueueAttributes".to_owned(), answer.to_string()))
    }
}
