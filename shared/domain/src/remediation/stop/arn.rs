//! ARNs of tasks and task definitions, in their old and new forms.

use serde::{Deserialize, Serialize};

/// A task's ARN: `…:task/<cluster>/<id>`, or `…:task/<id>` until 2018.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TaskArn {
    arn: String,
    cluster: Option<String>,
}

/// One revision of a family of task definitions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Revision {
    /// Its ARN.
    pub arn: String,
    /// The family's name.
    pub family: String,
    /// Rises by one with each registration.
    pub number: u64,
}

impl TaskArn {
    /// `arn`, if it is a task's.
    pub(super) fn read(arn: &str) -> Option<Self> {
        let parts: Vec<_> = resource(arn, "task/")?.split('/').collect();
        let cluster = match parts[..] {
            [id] if !id.is_empty() => None,
            [cluster, id] if !cluster.is_empty() && !id.is_empty() => Some(cluster.to_owned()),
            _ => return None,
        };
        Some(Self { arn: arn.to_owned(), cluster })
    }

    /// All of it.
    pub fn as_str(&self) -> &str {
        &self.arn
    }

    /// Its last part.
    pub fn id(&self) -> &str {
        self.arn.rsplit('/').next().unwrap_or(&self.arn)
    }

    /// The cluster's name; none in the old form.
    pub fn cluster(&self) -> Option<&str> {
        self.cluster.as_deref()
    }
}

impl TryFrom<String> for TaskArn {
    type Error = String;

    fn try_from(arn: String) -> Result<Self, String> {
        Self::read(&arn).ok_or_else(|| format!("{arn:?} is no task's ARN"))
    }
}

impl From<TaskArn> for String {
    fn from(task: TaskArn) -> Self {
        task.arn
    }
}

impl Revision {
    /// The revision that `arn` names, if it is a task definition's.
    pub(super) fn read(arn: &str) -> Option<Self> {
        let (family, number) = resource(arn, "task-definition/")?.rsplit_once(':')?;
        let number = number.parse().ok()?;
        (!family.is_empty()).then(|| Self { arn: arn.to_owned(), family: family.to_owned(), number })
    }
}

/// The name of the cluster that `arn` is of.
pub(in crate::remediation) fn cluster(arn: &str) -> Option<&str> {
    resource(arn, "cluster/").filter(|name| !name.is_empty() && !name.contains('/'))
}

/// Cluster, which the form of before 2018 lacks, and name of the service that `arn` is of.
pub(in crate::remediation) fn service(arn: &str) -> Option<(Option<&str>, &str)> {
    let parts: Vec<_> = resource(arn, "service/")?.split('/').collect();
    match parts[..] {
        [name] if !name.is_empty() => Some((None, name)),
        [cluster, name] if !cluster.is_empty() && !name.is_empty() => Some((Some(cluster), name)),
        _ => None,
    }
}

/// What follows `kind` in an ARN of ECS, of whatever partition.
fn resource<'a>(arn: &'a str, kind: &str) -> Option<&'a str> {
    let mut parts = arn.splitn(6, ':');
    let is_ecs = parts.next()? == "arn" && parts.next().is_some() && parts.next()? == "ecs";
    let rest = parts.nth(2)?;
    if is_ecs { rest.strip_prefix(kind) } else { None }
}
