//! What has happened to what an owner's tasks stand on: databases, caches, hosts. It is remembered for a while, so that a stop can be held
//! against it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::facts::Facts;
use crate::fields::Fields;

/// What is remembered of an owner, beside its services.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Circumstances {
    /// When a database or broker of it was last heard to be failing over or not available.
    pub database_down_at: Option<Timestamp>,
    /// When one was last heard to be available again.
    pub database_up_at: Option<Timestamp>,
    /// When AWS Health last announced that tasks are retired.
    pub retiring_at: Option<Timestamp>,
}

/// What an event says has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// A database or broker fails over, restarts, or is not available.
    DatabaseDown,
    /// It is available again.
    DatabaseUp,
    /// AWS retires tasks.
    Retirement,
}

/// The sort key of an owner's circumstances, beside its services' names: no service is called so.
pub const KEY: &str = "#circumstances";
/// Clients find their way to a database within so long of its failover: DNS, connections that hang, their own retries.
const AFTERMATH: SignedDuration = SignedDuration::from_mins(5);
/// A database that was not heard to be back is not thought to be away for longer.
const LONGEST: SignedDuration = SignedDuration::from_hours(1);
/// AWS announces a retirement so long before it, at most.
const NOTICE: SignedDuration = SignedDuration::from_hours(15 * 24);

/// Identifiers of RDS's events ("Amazon RDS event categories and event messages"): a failover began, shut down, restart failed, failover
/// given up, storage full.
const DOWN: [&str; 5] = ["RDS-EVENT-0013", "RDS-EVENT-0004", "RDS-EVENT-0022", "RDS-EVENT-0034", "RDS-EVENT-0221"];
/// Likewise: failover completed, the same for Multi-AZ, restarted, started, started since it was stopped for too long.
const UP: [&str; 5] = ["RDS-EVENT-0015", "RDS-EVENT-0049", "RDS-EVENT-0006", "RDS-EVENT-0088", "RDS-EVENT-0154"];

impl Happening {
    /// What the event `EventID` of RDS says of the way to a database; none: nothing.
    pub fn of_database(event_id: &str) -> Option<Self> {
        if DOWN.contains(&event_id) {
            Some(Self::DatabaseDown)
        } else if UP.contains(&event_id) {
            Some(Self::DatabaseUp)
        } else {
            None
        }
    }

    /// What a notification of ElastiCache with this name (`ElastiCache:` taken away) says.
    pub fn of_cache(name: &str) -> Option<Self> {
        match name {
            "CacheNodeReplaceStarted" => Some(Self::DatabaseDown),
            // It tells of a failover once that is over.
            "FailoverComplete" | "CacheNodeReplaceComplete" | "CacheNodesRebooted" => Some(Self::DatabaseUp),
            _ => None,
        }
    }

    /// The tasks and services that the detail of an AWS Health event says are retired, as `affectedEntities` names them: the ARN of a task,
    /// or `cluster|service`. Empty: it says something else, or that the retirement is over.
    pub fn retired(detail: &Value) -> Vec<String> {
        let fields = Fields::of(detail);
        let is_retirement = fields.text("eventTypeCode").is_some_and(|code| code.contains("ECS_TASK_PATCHING_RETIREMENT"));
        if !is_retirement || fields.text("statusCode") == Some("closed") {
            return Vec::new();
        }
        fields.list("affectedEntities").filter_map(|entity| entity["entityValue"].as_str()).map(str::to_owned).collect()
    }
}

impl Circumstances {
    /// With what has happened at `at`; none: that is known.
    #[must_use]
    pub fn with(&self, happening: Happening, at: Timestamp) -> Option<Self> {
        let mut after = self.clone();
        let field = match happening {
            Happening::DatabaseDown => &mut after.database_down_at,
            Happening::DatabaseUp => &mut after.database_up_at,
            Happening::Retirement => &mut after.retiring_at,
        };
        *field = Some(field.map_or(at, |before| before.max(at)));
        (after != *self).then_some(after)
    }

    /// What they tell of a stop at `at`, put into `facts`.
    pub fn tell(&self, facts: &mut Facts, at: Timestamp) {
        let within = |moment: Option<Timestamp>, longest| moment.is_some_and(|moment| at >= moment && at.duration_since(moment) <= longest);
        let is_back = self.database_up_at.zip(self.database_down_at).is_some_and(|(up, down)| up >= down);
        let is_down = within(self.database_down_at, LONGEST) && !is_back;
        if is_down || within(self.database_up_at, AFTERMATH) {
            facts.database_fails_over = Some(true);
        }
        if within(self.retiring_at, NOTICE) {
            facts.is_retiring = Some(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + second).expect("a moment")
    }

    #[test]
    fn a_database_is_away_until_it_was_heard_of_and_a_while_longer() {
        let down = Circumstances::default().with(Happening::DatabaseDown, at(0)).expect("it is news");
        let up = down.with(Happening::DatabaseUp, at(60)).expect("it is news");
        assert_eq!(up.with(Happening::DatabaseUp, at(30)), None, "an older one is none");
        let check = |circumstances: &Circumstances, second, expected| {
            let mut facts = Facts::default();
            circumstances.tell(&mut facts, at(second));
            assert_eq!(facts.database_fails_over, expected, "{second}");
        };
        check(&Circumstances::default(), 0, None);
        check(&down, -1, None);
        check(&down, 30, Some(true));
        check(&down, 3_601, None);
        check(&up, 61, Some(true));
        check(&up, 361, None);
    }

    #[test]
    fn events_are_told_by_their_ids_and_names() {
        assert_eq!(Happening::of_database("RDS-EVENT-0013"), Some(Happening::DatabaseDown));
        assert_eq!(Happening::of_database("RDS-EVENT-0049"), Some(Happening::DatabaseUp));
        assert_eq!(Happening::of_database("RDS-EVENT-0001"), None);
        assert_eq!(Happening::of_cache("FailoverComplete"), Some(Happening::DatabaseUp));
        assert_eq!(Happening::of_cache("SnapshotComplete"), None);
    }

    #[test]
    fn retired_are_those_that_health_names() {
        let event = |code: &str, status: &str| {
            json!({ "eventTypeCode": code, "statusCode": status, "backupEvent": "false",
                "affectedEntities": [{ "entityValue": "mate-dev|mate-demo-dev-django", "status": "PENDING" }, { "entityValue": 7 }] })
        };
        let retired = Happening::retired(&event("AWS_ECS_TASK_PATCHING_RETIREMENT", "upcoming"));
        assert_eq!(retired, ["mate-dev|mate-demo-dev-django"]);
        assert!(Happening::retired(&event("AWS_ECS_TASK_PATCHING_RETIREMENT", "closed")).is_empty());
        assert!(Happening::retired(&event("AWS_EC2_X", "open")).is_empty());
        assert!(Happening::retired(&json!("x")).is_empty());
    }
}
