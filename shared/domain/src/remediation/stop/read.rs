//! From the detail of an event to [`TaskStopped`], whatever form it has.

use serde_json::Value;
use thiserror::Error;

use super::arn::{self, Revision, TaskArn};
use super::{Container, Group, StopCode, TaskStopped};
use crate::fields::Fields;

/// Why the detail of an event tells of no stop.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotAStop {
    /// It is no JSON object.
    #[error("the detail is no object")]
    NotAnObject,
    /// The task has not stopped yet: the event of its stop is still to come.
    #[error("task {task} is {last_status}, not STOPPED")]
    NotStopped {
        /// The task's ARN.
        task: String,
        /// Where it is.
        last_status: String,
    },
    /// What every task has is not there, or is no text.
    #[error("the detail has no {0}")]
    Missing(&'static str),
    /// It is there and cannot be true.
    #[error("{field} is {value:?}, {why}")]
    Malformed {
        /// The member of the detail.
        field: &'static str,
        /// What it says, cut.
        value: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Without a version a repeat cannot be told from news.
    #[error("the stop of task {task} has no version")]
    NoVersion {
        /// The task's ARN.
        task: String,
    },
}

/// So much of what is malformed is quoted.
const QUOTED: usize = 120;

impl TaskStopped {
    /// Reads the `detail` of an ECS Task State Change, or a task as `DescribeTasks` or Step Functions shows it.
    ///
    /// # Errors
    /// It is not the stop of a task, or not to be believed.
    pub fn from_detail(detail: &Value) -> Result<Self, NotAStop> {
        let fields = Fields::read(detail).ok_or(NotAStop::NotAnObject)?;
        let arn = fields.text("taskArn").ok_or(NotAStop::Missing("taskArn"))?;
        let task = TaskArn::read(arn).ok_or_else(|| malformed("taskArn", arn, "no task's ARN"))?;
        let cluster_arn = cluster_of(fields, &task)?;
        let last_status = fields.text("lastStatus").ok_or(NotAStop::Missing("lastStatus"))?;
        if !last_status.eq_ignore_ascii_case("STOPPED") {
            return Err(NotAStop::NotStopped { task: arn.to_owned(), last_status: cut(last_status) });
        }
        let version = fields.count("version").ok_or_else(|| NotAStop::NoVersion { task: arn.to_owned() })?;
        Ok(Self {
            task,
            cluster_arn,
            version,
            group: Group::read(fields.text("group")),
            started_by: fields.owned("startedBy"),
            revision: fields.text("taskDefinitionArn").and_then(Revision::read),
            stop_code: fields.text("stopCode").map(StopCode::read),
            stopped_reason: fields.owned("stoppedReason"),
            containers: containers(fields)?,
            cpu: fields.count("cpu"),
            memory: fields.count("memory"),
            launch_type: fields.owned("launchType"),
            capacity_provider: fields.owned("capacityProviderName"),
            availability_zone: fields.owned("availabilityZone"),
            connectivity: fields.owned("connectivity"),
            created_at: fields.time_or_count("createdAt"),
            started_at: fields.time_or_count("startedAt"),
            stopping_at: fields.time_or_count("stoppingAt"),
            stopped_at: fields.time_or_count("stoppedAt"),
        })
    }
}

impl Group {
    fn read(text: Option<&str>) -> Self {
        let Some(text) = text else { return Self::Unknown };
        match text.split_once(':') {
            Some(("service", name)) if !name.is_empty() => Self::Service(name.to_owned()),
            Some(("family", name)) if !name.is_empty() => Self::Family(name.to_owned()),
            _ => Self::Other(text.to_owned()),
        }
    }
}

/// The cluster's ARN: it alone names the cluster if the task's ARN has the old form.
fn cluster_of(fields: Fields<'_>, task: &TaskArn) -> Result<String, NotAStop> {
    let arn = fields.text("clusterArn").ok_or(NotAStop::Missing("clusterArn"))?;
    let name = arn::cluster(arn).ok_or_else(|| malformed("clusterArn", arn, "no cluster's ARN"))?;
    match task.cluster() {
        Some(other) if other != name => Err(malformed("clusterArn", arn, "not the cluster that the task's ARN names")),
        _ => Ok(arn.to_owned()),
    }
}

fn containers(fields: Fields<'_>) -> Result<Vec<Container>, NotAStop> {
    match fields.value("containers") {
        None => Ok(Vec::new()),
        Some(Value::Array(found)) => Ok(found.iter().filter_map(Fields::read).map(container).collect()),
        Some(other) => Err(malformed("containers", &other.to_string(), "no list")),
    }
}

fn container(fields: Fields<'_>) -> Container {
    Container {
        name: fields.owned("name"),
        exit_code: fields.whole("exitCode"),
        reason: fields.owned("reason"),
        last_status: fields.owned("lastStatus"),
        memory: fields.count("memory"),
    }
}

fn malformed(field: &'static str, value: &str, why: &'static str) -> NotAStop {
    NotAStop::Malformed { field, value: cut(value), why }
}

fn cut(text: &str) -> String {
    text.chars().take(QUOTED).collect()
}
