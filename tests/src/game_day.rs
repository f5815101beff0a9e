//! A day on which everything fails: what is struck, what is expected, and what was seen.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::hand::{ECS, Hand, LOGS, SECRETS};
use crate::stage::{Stage, StageError};

/// The cluster of all services.
pub const CLUSTER: &str = "mate-dev";
/// Where the function writes its decisions.
const LOG: &str = "/aws/lambda/caretaker-remediate-task";
/// How long a case may take.
const PATIENCE: Duration = Duration::from_secs(240);
/// From one look to the next.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// What is struck.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strike {
    /// Memory runs out in a Celery worker.
    OutOfMemory,
    /// A release whose image was never pushed.
    BadImageTag,
    /// A release whose tasks come up, and then end with exit code 1, three times.
    CrashLoopAfterRunning,
    /// The log group of a service is deleted.
    LogGroupDeleted,
    /// A secret of a service is deleted.
    SecretDeleted,
    /// Spot capacity is taken back.
    SpotReclaim,
    /// A worker that is scaled in does not end, and is killed: 137, and no lack of memory.
    SlowDrain,
    /// ECS goes back by itself after three tasks that did not come up.
    RollbackRunning,
    /// 40 tenants cannot reach the registry at once.
    RegistryAway,
}

/// What has to come of it.
#[derive(Debug, Clone, Copy)]
pub struct Expected {
    /// The diagnosis.
    pub cause: &'static str,
    /// The remedy; none: nothing is done.
    pub remedy: Option<&'static str>,
    /// The word of the last decision.
    pub end: &'static str,
}

/// A line of the function's log that tells of a decision.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decision {
    /// When the line was written: all of it was done by then.
    pub at: Timestamp,
    /// Such as `acted`.
    pub word: String,
    /// Whose.
    pub tenant: String,
    /// In a sentence.
    pub reason: String,
    /// What it follows from.
    pub inputs: Value,
}

/// What was seen of a case.
#[derive(Debug, Clone, Serialize)]
pub struct Seen {
    /// What was struck.
    pub strike: Strike,
    /// Whose.
    pub tenant: String,
    /// The diagnosis.
    pub cause: String,
    /// What was done.
    pub remedy: Option<String>,
    /// The words of all decisions about it, in their order.
    pub words: Vec<String>,
    /// From the strike until the act was done, as far as a look each quarter of a second shows it; none: there was none.
    pub acted_seconds: Option<f64>,
    /// From the moment at which ECS says that the task has stopped until the act was done; none: the act was not of a stop, or had to wait.
    pub stop_to_act_seconds: Option<f64>,
    /// From the strike to its last decision.
    pub seconds: f64,
    /// Calls of the function meanwhile.
    pub calls: usize,
    /// The sentence of the last decision.
    pub proof: String,
    /// Whether it is what was expected.
    pub as_expected: bool,
}

impl Strike {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 9] = [
        Self::OutOfMemory,
        Self::BadImageTag,
        Self::CrashLoopAfterRunning,
        Self::LogGroupDeleted,
        Self::SecretDeleted,
        Self::SpotReclaim,
        Self::SlowDrain,
        Self::RollbackRunning,
        Self::RegistryAway,
    ];

    /// What has to come of it.
    pub fn expected(self) -> Expected {
        let (cause, remedy, end) = match self {
            Self::OutOfMemory => ("out-of-memory", Some("raise-memory"), "proven"),
            Self::BadImageTag => ("image-missing", Some("rollback"), "proven"),
            Self::CrashLoopAfterRunning => ("application-error", Some("rollback"), "proven"),
            Self::LogGroupDeleted => ("log-group-missing", Some("create-log-group"), "proven"),
            Self::SecretDeleted => ("secret-missing", Some("wake-reconciler"), "proven"),
            Self::SpotReclaim => ("spot-reclaimed", None, "left"),
            Self::SlowDrain => ("slow-drain", None, "told"),
            Self::RollbackRunning => ("application-error", None, "left"),
            Self::RegistryAway => ("registry-unreachable", None, "braked"),
        };
        Expected { cause, remedy, end }
    }

    /// How many decisions end the case, where so many tenants are struck at once.
    fn ends(self, struck: usize) -> usize {
        match self {
            Self::RegistryAway => struck,
            Self::RollbackRunning => 3,
            _ => 1,
        }
    }

    fn service(self, tenant: &str) -> String {
        let of = if matches!(self, Self::OutOfMemory | Self::SlowDrain) { "celery" } else { "django" };
        format!("mate-{tenant}-dev-{of}")
    }
}

/// The stage on a game day.
#[derive(Debug, Clone, Copy)]
pub struct Day<'a>(pub &'a Stage);

impl Day<'_> {
    fn hand(&self) -> Hand<'_> {
        Hand(&self.0.cloud)
    }

    /// Strikes `tenant`, and the `others` where all are struck, and looks on until it has ended.
    ///
    /// # Errors
    /// AWS or the tool cannot be asked.
    pub fn case(&self, strike: Strike, tenant: &str, others: &[String]) -> Result<Seen, StageError> {
        let (began, since, mark) = (Instant::now(), Timestamp::now().as_millisecond(), self.0.mark()?);
        let service = strike.service(tenant);
        match strike {
            Strike::RegistryAway => others.iter().try_for_each(|other| self.fail_to_pull(&strike.service(other)))?,
            _ => self.strike(strike, tenant, &service)?,
        }
        let is_of = |decision: &Decision| match strike {
            Strike::RegistryAway => others.contains(&decision.tenant) && decision.inputs["cause"] == "registry-unreachable",
            _ => decision.inputs["service"] == json!(service),
        };
        let expected = strike.expected();
        let (mut decisions, mut acted) = (Vec::new(), None);
        while began.elapsed() < PATIENCE {
            decisions = self.decisions(since)?;
            decisions.retain(&is_of);
            if decisions.iter().any(|decision| decision.word == "acted") {
                acted.get_or_insert_with(|| began.elapsed().as_secs_f64());
            }
            if decisions.iter().filter(|decision| decision.word == expected.end).count() >= strike.ends(others.len()) {
                break;
            }
            std::thread::park_timeout(LOOK_EVERY);
        }
        let calls = self.0.calls(mark)?.iter().filter(|call| call.function.as_deref() == Some("caretaker-remediate-task")).count();
        let seen = seen(strike, tenant, &decisions, others.len());
        Ok(Seen { acted_seconds: acted, seconds: began.elapsed().as_secs_f64(), calls, ..seen })
    }

    fn strike(&self, strike: Strike, tenant: &str, service: &str) -> Result<(), StageError> {
        let hand = self.hand();
        match strike {
            Strike::OutOfMemory => self.stop(service, "EssentialContainerExited", "Essential container in task exited", Some(137), OOM),
            Strike::BadImageTag => hand.release(CLUSTER, service, "never-pushed").map(drop),
            Strike::CrashLoopAfterRunning => self.crash_loop(service),
            Strike::LogGroupDeleted => {
                let definition = hand.definition(hand.service(CLUSTER, service)?["taskDefinition"].as_str().unwrap_or_default())?;
                let group = &definition["containerDefinitions"][0]["logConfiguration"]["options"]["awslogs-group"];
                hand.call(LOGS, "DeleteLogGroup", &json!({ "logGroupName": group }))?;
                self.replace(service)
            }
            Strike::SecretDeleted => {
                let definition = hand.definition(hand.service(CLUSTER, service)?["taskDefinition"].as_str().unwrap_or_default())?;
                let from = definition["containerDefinitions"][0]["secrets"][0]["valueFrom"].as_str().unwrap_or_default();
                let secret = from.split(':').take(7).collect::<Vec<_>>().join(":");
                hand.call(SECRETS, "DeleteSecret", &json!({ "SecretId": secret, "RecoveryWindowInDays": 30 }))?;
                self.replace(service)
            }
            Strike::SpotReclaim => self.stop(service, "SpotInterruption", "Your Spot Task was interrupted.", Some(143), ""),
            Strike::SlowDrain => {
                self.stop(service, "ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/1)", Some(137), "")
            }
            Strike::RollbackRunning => self.fail_three_starts(service, tenant),
            Strike::RegistryAway => Ok(()),
        }
    }

    /// Ends a task of `service`, or `task` of it.
    fn stop(&self, service: &str, code: &str, reason: &str, exit: Option<i32>, said: &str) -> Result<(), StageError> {
        self.order(&json!({ "service": service }), service, code, reason, exit, said)
    }

    fn order(&self, which: &Value, service: &str, code: &str, reason: &str, exit: Option<i32>, said: &str) -> Result<(), StageError> {
        let name = service.rsplit('-').next().unwrap_or_default();
        let mut order = json!({ "cluster": CLUSTER, "stopCode": code, "stoppedReason": reason,
            "containers": [{ "name": name, "exitCode": exit, "reason": said }] });
        if let (Some(order), Some(which)) = (order.as_object_mut(), which.as_object()) {
            order.extend(which.clone());
        }
        if exit.is_none()
            && let Some(container) = order["containers"][0].as_object_mut()
        {
            container.remove("exitCode");
        }
        self.0.cloud.control("POST", "ecs/stop-task", &order)?;
        Ok(())
    }

    /// A person stops a task; the next one has to start.
    fn replace(&self, service: &str) -> Result<(), StageError> {
        self.stop(service, "UserInitiated", "Task stopped by user", Some(143), "")
    }

    /// The order is refused while none runs, as after what was struck before.
    fn fail_to_pull(&self, service: &str) -> Result<(), StageError> {
        self.until(|| Ok(self.stop(service, "TaskFailedToStart", UNREACHABLE, None, "").is_ok()))
    }

    /// A release that comes up, and whose tasks then end, again and again.
    fn crash_loop(&self, service: &str) -> Result<(), StageError> {
        let repositories = ["mate-django-dev"];
        self.0.cloud.control("POST", "images", &json!({ "repositories": repositories, "tag": "crashes" }))?;
        self.hand().release(CLUSTER, service, "crashes")?;
        self.until(|| self.is_steady(service))?;
        // The order is refused while none runs.
        let end = || self.stop(service, "EssentialContainerExited", "Essential container in task exited", Some(1), "");
        (0..3).try_for_each(|_| self.until(|| Ok(end().is_ok())))
    }

    /// A release whose tasks end before they run, so that ECS's breaker goes back.
    fn fail_three_starts(&self, service: &str, tenant: &str) -> Result<(), StageError> {
        self.0.cloud.control("POST", "images", &json!({ "repositories": ["mate-django-dev"], "tag": format!("stillborn-{tenant}") }))?;
        self.hand().release(CLUSTER, service, &format!("stillborn-{tenant}"))?;
        let mut stopped = Vec::<String>::new();
        for _ in 0..3 {
            let mut task = None;
            self.until(|| {
                let new = self.new_task(service)?.filter(|task| !stopped.contains(task));
                task.clone_from(&new);
                Ok(new.is_some())
            })?;
            let task = task.unwrap_or_default();
            self.order(&json!({ "task": task }), service, "TaskFailedToStart", "Essential container in task exited", Some(1), "")?;
            stopped.push(task);
        }
        Ok(())
    }

    /// A task of the newest deployment that does not run yet.
    fn new_task(&self, service: &str) -> Result<Option<String>, StageError> {
        let hand = self.hand();
        let revision = hand.service(CLUSTER, service)?["taskDefinition"].clone();
        let listed = hand.call(ECS, "ListTasks", &json!({ "cluster": CLUSTER, "serviceName": service }))?;
        let tasks = hand.call(ECS, "DescribeTasks", &json!({ "cluster": CLUSTER, "tasks": listed["taskArns"] }))?;
        let mut tasks = tasks["tasks"].as_array().into_iter().flatten();
        let is_new =
            |task: &&Value| task["taskDefinitionArn"] == revision && task["desiredStatus"] == "RUNNING" && task["lastStatus"] != "RUNNING";
        Ok(tasks.find(is_new).and_then(|task| task["taskArn"].as_str()).map(str::to_owned))
    }

    fn is_steady(&self, service: &str) -> Result<bool, StageError> {
        let service = self.hand().service(CLUSTER, service)?;
        let deployments = service["deployments"].as_array().map_or(0, Vec::len);
        Ok(deployments == 1
            && service["deployments"][0]["rolloutState"] == "COMPLETED"
            && service["runningCount"] == service["desiredCount"])
    }

    fn until(&self, mut done: impl FnMut() -> Result<bool, StageError>) -> Result<(), StageError> {
        let end = Instant::now() + PATIENCE;
        while !done()? {
            if Instant::now() > end {
                return Err(StageError::Answer("the game day".to_owned(), "ECS did not come to what was waited for".to_owned()));
            }
            std::thread::park_timeout(LOOK_EVERY);
        }
        Ok(())
    }

    /// The decisions that the function has written since then.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn decisions(&self, since: i64) -> Result<Vec<Decision>, StageError> {
        Ok(self.hand().log(LOG, since)?.iter().filter_map(|(at, line)| decision(*at, line)).collect())
    }
}

/// ECS's words for a lack of memory.
pub const OOM: &str = "OutOfMemoryError: Container killed due to memory usage";
/// And for a registry that is out of reach.
const UNREACHABLE: &str = "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from \
    Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. RequestError: send \
    request failed caused by: Post \"https://api.ecr.us-east-1.amazonaws.com/\": dial tcp 10.0.1.7:443: i/o timeout";

fn seen(strike: Strike, tenant: &str, decisions: &[Decision], struck: usize) -> Seen {
    let expected = strike.expected();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let remedy = decisions.iter().find_map(|decision| text(&decision.inputs["remedy"]));
    let of_cause = |decision: &&Decision| decision.inputs["cause"] == expected.cause;
    let found = decisions.iter().find(of_cause).or(decisions.last());
    let cause = found.and_then(|decision| text(&decision.inputs["cause"])).unwrap_or_default();
    let ends = decisions.iter().filter(|decision| decision.word == expected.end).filter(of_cause).count();
    let as_expected = cause == expected.cause && remedy.as_deref() == expected.remedy && ends >= strike.ends(struck);
    let words = decisions.iter().map(|decision| decision.word.clone()).collect();
    let stop_to_act_seconds = decisions.iter().find(|decision| decision.word == "acted").and_then(Decision::since_stop);
    let proof = decisions.last().map(|decision| decision.reason.clone()).unwrap_or_default();
    Seen {
        strike,
        tenant: tenant.to_owned(),
        cause,
        remedy,
        words,
        acted_seconds: None,
        stop_to_act_seconds,
        seconds: 0.0,
        calls: 0,
        proof,
        as_expected,
    }
}

impl Decision {
    /// Seconds since its task has stopped.
    fn since_stop(&self) -> Option<f64> {
        let stopped: Timestamp = self.inputs["stoppedAt"].as_str()?.parse().ok()?;
        Some(self.at.duration_since(stopped).as_secs_f64())
    }
}

/// The decision that a line of the log tells of: `… decision function="…" tenant="…" … decision="…" reason="…" inputs={…}`.
fn decision(at: i64, line: &str) -> Option<Decision> {
    let text = |name: &str| {
        let rest = line.split_once(&format!(" {name}=\""))?.1;
        let mut value = serde_json::Deserializer::from_str(&line[line.len() - rest.len() - 1..]).into_iter::<String>();
        value.next()?.ok()
    };
    let inputs = line.split_once(" inputs=")?.1;
    let inputs = serde_json::Deserializer::from_str(inputs).into_iter().next()?.ok()?;
    let at = Timestamp::from_millisecond(at).ok()?;
    Some(Decision { at, word: text("decision")?, tenant: text("tenant")?, reason: text("reason")?, inputs })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_is_found_in_a_line_of_the_log() {
        let line = "INFO Lambda runtime invoke{requestId=\"1\"}: decision function=\"remediate-task\" tenant=\"demo\" environment=\"dev\" \
            subject=\"arn\" decision=\"acted\" reason=\"it said \\\"no\\\"\" inputs={\"cause\":\"killed\",\"service\":\"web\"}";
        let decision = decision(1_000, line).expect("it is one");
        assert_eq!((decision.word.as_str(), decision.tenant.as_str(), decision.reason.as_str()), ("acted", "demo", "it said \"no\""));
        assert_eq!(decision.inputs["cause"], "killed");
        assert_eq!(super::decision(1_000, "START RequestId"), None);
    }
}
