//! What a person or a pipeline does on the local cloud, past Caretaker: AWS's own calls, by their wire.

use serde_json::{Value, json};

use crate::local_cloud::{LocalCloud, LocalCloudError};
use crate::stage::StageError;

/// The account of the local cloud.
const ACCOUNT: &str = "123456789012";

/// Calls AWS as somebody else.
#[derive(Debug, Clone, Copy)]
pub struct Hand<'a>(pub &'a LocalCloud);

/// A service of AWS whose calls are JSON, with what precedes the name of its operations.
#[derive(Debug, Clone, Copy)]
pub struct Service(&'static str, &'static str);

/// Amazon ECS.
pub const ECS: Service = Service("ecs", "AmazonEC2ContainerServiceV20141113");
/// CloudWatch Logs.
pub const LOGS: Service = Service("logs", "Logs_20140328");
/// Secrets Manager.
pub const SECRETS: Service = Service("secretsmanager", "secretsmanager");
/// EventBridge.
pub const EVENTS: Service = Service("events", "AWSEvents");
/// SQS.
pub const SQS: Service = Service("sqs", "AmazonSQS");

/// A service of AWS whose calls are forms, with the version of its API.
#[derive(Debug, Clone, Copy)]
pub struct FormService(&'static str, &'static str);

/// CloudWatch, as its calls are signed.
pub const ALARMS: FormService = FormService("monitoring", "2010-08-01");
/// SNS.
pub const SNS: FormService = FormService("sns", "2010-03-31");

fn credential(service: &str) -> String {
    format!("AWS4-HMAC-SHA256 Credential={ACCOUNT}/20261121/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0")
}

impl Hand<'_> {
    /// Makes the call `operation` with `body`.
    ///
    /// # Errors
    /// AWS refuses it, or its answer is none.
    pub fn call(&self, service: Service, operation: &str, body: &Value) -> Result<Value, StageError> {
        let Service(name, target) = service;
        let what = || format!("{name} {operation}");
        let request = ureq::post(&self.0.endpoint)
            .header("X-Amz-Target", format!("{target}.{operation}"))
            .header("Content-Type", "application/x-amz-json-1.1")
            .header("Authorization", credential(name));
        let mut response = request.send(body.to_string()).map_err(|error| LocalCloudError::Control(what(), Box::new(error)))?;
        let text = response.body_mut().with_config().limit(1 << 28).read_to_string();
        let text = text.map_err(|error| LocalCloudError::Control(what(), Box::new(error)))?;
        if text.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&text).map_err(|error| LocalCloudError::Answer(what(), error).into())
    }

    /// Makes the call `operation` of AWS's query protocol with these `fields`. What it answers is XML that nobody needs.
    ///
    /// # Errors
    /// AWS refuses it.
    pub fn form(&self, service: FormService, operation: &str, fields: &[(&str, &str)]) -> Result<(), StageError> {
        let FormService(name, version) = service;
        let all = [("Action", operation), ("Version", version)];
        let request = ureq::post(&self.0.endpoint).header("Authorization", credential(name));
        let sent = request.send_form(all.iter().chain(fields).copied());
        sent.map_err(|error| LocalCloudError::Control(format!("{name} {operation}"), Box::new(error)))?;
        Ok(())
    }

    /// Puts an event on `bus`.
    ///
    /// # Errors
    /// See [`Hand::call`].
    pub fn put(&self, bus: &str, source: &str, detail_type: &str, detail: &Value) -> Result<(), StageError> {
        let entry = json!({ "EventBusName": bus, "Source": source, "DetailType": detail_type, "Detail": detail.to_string() });
        let answer = self.call(EVENTS, "PutEvents", &json!({ "Entries": [entry] }))?;
        match answer["FailedEntryCount"].as_u64() {
            Some(0) | None => Ok(()),
            Some(_) => Err(StageError::Answer("PutEvents".to_owned(), answer.to_string())),
        }
    }

    /// The service as ECS shows it.
    ///
    /// # Errors
    /// See [`Hand::call`].
    pub fn service(&self, cluster: &str, service: &str) -> Result<Value, StageError> {
        let mut answer = self.call(ECS, "DescribeServices", &json!({ "cluster": cluster, "services": [service] }))?;
        Ok(answer["services"][0].take())
    }

    /// The definition of this ARN.
    ///
    /// # Errors
    /// See [`Hand::call`].
    pub fn definition(&self, arn: &str) -> Result<Value, StageError> {
        let mut answer = self.call(ECS, "DescribeTaskDefinition", &json!({ "taskDefinition": arn }))?;
        Ok(answer["taskDefinition"].take())
    }

    /// A release: the service's definition once more, with another tag of its image. The image that runs now.
    ///
    /// # Errors
    /// See [`Hand::call`].
    pub fn release(&self, cluster: &str, service: &str, tag: &str) -> Result<String, StageError> {
        const OURS: [&str; 9] = [
            "family",
            "taskRoleArn",
            "executionRoleArn",
            "networkMode",
            "containerDefinitions",
            "volumes",
            "requiresCompatibilities",
            "cpu",
            "memory",
        ];
        let arn = self.service(cluster, service)?["taskDefinition"].as_str().unwrap_or_default().to_owned();
        let mut definition = self.definition(&arn)?;
        let before = definition["containerDefinitions"][0]["image"].as_str().unwrap_or_default().to_owned();
        let image = format!("{}:{tag}", before.rsplit_once(':').map_or(before.as_str(), |(name, _)| name));
        definition["containerDefinitions"][0]["image"] = json!(image);
        if let Some(fields) = definition.as_object_mut() {
            fields.retain(|field, value| OURS.contains(&field.as_str()) && !value.is_null());
        }
        let registered = self.call(ECS, "RegisterTaskDefinition", &definition)?;
        let revision = &registered["taskDefinition"]["taskDefinitionArn"];
        self.call(ECS, "UpdateService", &json!({ "cluster": cluster, "service": service, "taskDefinition": revision }))?;
        Ok(before)
    }

    /// The image that the PRIMARY deployment of a service runs.
    ///
    /// # Errors
    /// See [`Hand::call`].
    pub fn image(&self, cluster: &str, service: &str) -> Result<String, StageError> {
        let arn = self.service(cluster, service)?["taskDefinition"].as_str().unwrap_or_default().to_owned();
        Ok(self.definition(&arn)?["containerDefinitions"][0]["image"].as_str().unwrap_or_default().to_owned())
    }

    /// The lines that `group` has logged since that moment, each with its own, in milliseconds since 1970.
    ///
    /// # Errors
    /// See [`Hand::call`].
    pub fn log(&self, group: &str, since: i64) -> Result<Vec<(i64, String)>, StageError> {
        let answer = self.call(LOGS, "FilterLogEvents", &json!({ "logGroupName": group, "startTime": since, "limit": 10_000 }))?;
        let events = answer["events"].as_array().into_iter().flatten();
        let lines = events.filter_map(|event| Some((event["timestamp"].as_i64()?, event["message"].as_str()?)));
        Ok(lines.flat_map(|(at, message)| message.lines().map(move |line| (at, line.to_owned()))).collect())
    }
}
