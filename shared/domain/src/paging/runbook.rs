//! Runbooks: which page under `docs/runbooks` a person reads for what.

use std::fmt;

use super::signal::Producer;
use crate::remediation::cause::Cause;

/// A page, by its slug: the name of its file without `.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Runbook(&'static str);

/// The pages, each with the words that lead to it: ids of causes, faults of worker pools, answers, alarms of blueprints by their ids, and
/// names that the seeds' documents give to alarms. A page without words is reached by the kind of alarm or event alone.
const PAGES: &[(&str, &[&str])] = &[
    ("answer-link", &["AnswerLinkNotTaken", "AnswerLinkThrottles"]),
    (
        "application-crash",
        &["application-error", "bad-command", "clean-exit", "native-crash", "killed", "exit-out-of-range", "ecs-task-failures"],
    ),
    ("aws-health", &[]),
    ("backup-failed", &[]),
    ("balancer-errors", &["balancer-errors", "alb-5xx", "alb-latency", "application-errors"]),
    ("broker-replaced", &["broker-replaced"]),
    ("cache-events", &[]),
    ("changed-by-others", &["tenant-drifted", "environment-drifted", "tenant-orphans-found", "environment-orphans-found"]),
    ("cost-anomaly", &[]),
    ("credentials-rotated", &["credentials-rotated"]),
    ("database-connections", &["database-connections", "database-connection-pool-exhaustion"]),
    ("database-cpu", &["database-cpu", "rds-cpu"]),
    ("database-deleted", &[]),
    ("database-down", &[]),
    ("database-failover", &["database-failover"]),
    ("database-storage", &[]),
    ("dead-letters", &["UndeliveredEvents"]),
    ("deployment-failed", &[]),
    ("disaster-recovery", &["infrastructure-issues"]),
    ("evicting-broker", &["evicting-broker"]),
    ("file-system", &["mount-target-missing", "file-system-unreachable", "file-system-path-missing", "file-system-denied"]),
    ("function-errors", &[]),
    ("function-throttles", &[]),
    ("image-missing", &["image-missing", "repository-missing", "wrong-architecture", "disk-full"]),
    ("image-pull", &["pull-interrupted", "registry-unreachable", "pull-denied", "pull-rate-limited", "layer-unreadable", "layer-blocked"]),
    ("logs", &["log-group-missing", "logs-denied", "logs-unreachable"]),
    ("many-alike", &[]),
    ("out-of-memory", &["out-of-memory", "memory", "memory-utilization"]),
    ("owner-degraded", &["tenant-degraded", "environment-degraded"]),
    ("owner-failed", &["tenant-failed", "environment-failed"]),
    ("queue-age", &[]),
    ("quota-reached", &["quota-reached"]),
    ("redis-connections", &["redis-cpu"]),
    ("redis-memory", &["redis-memory"]),
    ("secrets", &["secret-missing", "secret-incomplete", "secret-denied", "secrets-unreachable", "access-unclear"]),
    ("service-load", &["ecs-cpu", "cpu-utilization", "high-cpu/memory"]),
    ("silence", &[]),
    ("slow-stop", &["slow-drain", "stop-unconfirmed"]),
    ("stranded-tasks", &["stranded"]),
    ("subnet-full", &["subnet-full"]),
    ("task-failures", &["task-failures", "all-ecs-tasks-stopped", "service-failures"]),
    ("task-placement", &["placement-impossible", "interface-limit", "strategy-mismatch", "volume-failed"]),
    (
        "task-platform",
        &["spot-reclaimed", "task-retirement", "no-capacity", "host-fault", "slow-provisioning", "platform-fault", "runtime-stuck"],
    ),
    ("two-scalers", &["two-scalers"]),
    (
        "unhealthy-targets",
        &[
            "unhealthy-target",
            "unhealthy-container",
            "start-too-slow",
            "unhealthy-targets",
            "alb-unhealthy-targets",
            "alb-all-targets-unhealthy",
        ],
    ),
    ("unknown", &[]),
    ("unrecognised", &["unrecognised"]),
    ("workers-stuck", &["nothing-completes", "all-fail"]),
];

/// What the alarms on Caretaker itself end in, where no word of [`PAGES`] is their name.
const OWN_ALARMS: &[(&str, &str)] = &[
    ("DeadLetters", "dead-letters"),
    ("QueueAge", "queue-age"),
    ("Silence", "silence"),
    ("Errors", "function-errors"),
    ("Throttles", "function-throttles"),
];

/// What is said of databases, by a part of its word.
const DATABASE: &[(&str, &str)] = &[("failover", "database-failover"), ("storage", "database-storage"), ("delete", "database-deleted")];

/// A text that no rule knows is told from others by its digest, which follows this.
const TEXT: &str = "unrecognised-";

impl Runbook {
    /// What to do about something that has no page.
    pub const UNKNOWN: Self = Self("unknown");

    /// All pages that there are.
    pub fn all() -> impl Iterator<Item = Self> {
        PAGES.iter().map(|(slug, _)| Self(slug))
    }

    /// The words that lead to it.
    pub fn words(self) -> &'static [&'static str] {
        PAGES.iter().find(|(slug, _)| *slug == self.0).map_or(&[], |(_, words)| words)
    }

    /// The page of an alarm of a blueprint, by the id of its resource.
    pub fn of_alarm(resource: &str) -> Self {
        Self::of_word(resource)
    }

    /// The page of an alarm on Caretaker itself, by its logical id in the template or the name that CloudFormation makes of it,
    /// `stack-LogicalId-SUFFIX`.
    pub fn of_own_alarm(name: &str) -> Self {
        let id = name.rsplit('-').nth(1).unwrap_or(name);
        match Self::of_word(id) {
            Self::UNKNOWN => of_kind(OWN_ALARMS, |end| id.ends_with(end)).unwrap_or(Self::UNKNOWN),
            found => found,
        }
    }

    /// The page of an incident that Caretaker itself has opened, by its dedup key: `environment/tenant/service/fault`, or the type of an
    /// answer. One that many have alike names neither tenant nor service.
    pub fn of_incident(dedup_key: &str) -> Self {
        match dedup_key.rsplit('/').collect::<Vec<_>>()[..] {
            [fault, "", "", _] if Cause::PLAIN.iter().any(|cause| cause.id() == fault) => Self("many-alike"),
            [fault, ..] if fault.starts_with(TEXT) => Self("unrecognised"),
            [fault, ..] => Self::of_word(fault),
            [] => Self::UNKNOWN,
        }
    }

    /// The page of what `producer` says in the word `word`. What it has no page of its own for leads to the producer's.
    pub fn of_feed(producer: Producer, word: &str) -> Self {
        match producer {
            Producer::Alarm => Self::of_alarm(word),
            Producer::Caretaker => Self::of_incident(word),
            Producer::Database => of_kind(DATABASE, |part| word.contains(part)).unwrap_or(Self("database-down")),
            Producer::Cache => Self("cache-events"),
            Producer::Health => Self("aws-health"),
            Producer::Deployment => Self("deployment-failed"),
            Producer::Scaling => Self("service-load"),
            Producer::Backup => Self("backup-failed"),
            Producer::Cost => Self("cost-anomaly"),
        }
    }

    /// The name of its file without `.md`.
    pub fn slug(self) -> &'static str {
        self.0
    }

    fn of_word(word: &str) -> Self {
        PAGES.iter().find(|(_, words)| words.contains(&word)).map_or(Self::UNKNOWN, |(slug, _)| Self(slug))
    }
}

impl fmt::Display for Runbook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Where the page `slug` can be read, if the folder of pages is at `base`.
pub fn url(base: &str, slug: &str) -> String {
    format!("{}/{slug}.md", base.trim_end_matches('/'))
}

fn of_kind(kinds: &[(&str, &'static str)], is_it: impl Fn(&str) -> bool) -> Option<Runbook> {
    kinds.iter().find(|(part, _)| is_it(part)).map(|(_, slug)| Runbook(slug))
}

#[cfg(test)]
mod tests;
