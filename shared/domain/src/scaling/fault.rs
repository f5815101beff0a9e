//! What a person has to look at: what the samples and decisions of a pool show beside its count.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::decide::{Decision, Held, Hold, Outcome};
use super::history::History;
use super::sample::QueueDepth;
use super::trust::Distrust;
use crate::incident::{Incident, Severity, Turn};
use crate::tenant::Owner;

/// A fault of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// The broker is another than before, or has lost what it held.
    BrokerReplaced,
    /// Workers were added, and none completes anything.
    NothingCompletes,
    /// All that completes has failed.
    AllFail,
    /// Messages that nobody who is alive holds.
    Stranded,
    /// The broker evicts queued tasks when its memory is full.
    EvictingBroker,
    /// Somebody else moves the count as well.
    TwoScalers,
}

/// The faults that `decision`, the `history` after it and the newest `depths` of the queues show, each with what was seen.
pub fn present(
    decision: &Decision,
    history: &History,
    depths: &BTreeMap<String, QueueDepth>,
    now: Timestamp,
) -> BTreeMap<Fault, Vec<String>> {
    let mut found = BTreeMap::new();
    match decision.distrust {
        Some(Distrust::BrokerReplaced { last_seen }) => {
            found.insert(Fault::BrokerReplaced, vec![format!("{last_seen} tasks were waiting or running when it was seen last")]);
        }
        Some(Distrust::NothingCompletes { seconds }) => {
            found.insert(Fault::NothingCompletes, vec![format!("tasks wait, and none was completed for {seconds} s")]);
        }
        Some(Distrust::AllFail { failed }) => {
            found.insert(Fault::AllFail, vec![format!("all {failed} executions of the last minutes failed or are tried again")]);
        }
        None => {}
    }
    if history.is_distrusted(now) {
        found.entry(Fault::BrokerReplaced).or_default();
    }
    for depth in depths.values() {
        let mut note = |fault, seen| found.entry(fault).or_default().push(seen);
        if let Some(stranded) = depth.stranded.filter(|stranded| *stranded > 0) {
            note(Fault::Stranded, format!("queue {}: {stranded} messages", depth.queue));
        }
        if let Some(policy) = &depth.evicts {
            note(Fault::EvictingBroker, format!("queue {}: maxmemory-policy is {policy}", depth.queue));
        }
    }
    if decision.outcome == Outcome::Hold(Hold::Held(Held::TwoScalers)) {
        found.insert(Fault::TwoScalers, vec![format!("the count was changed {} times within ten minutes", history.others.len())]);
    }
    found
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

impl Fault {
    fn word(self) -> &'static str {
        match self {
            Self::BrokerReplaced => "broker-replaced",
            Self::NothingCompletes => "nothing-completes",
            Self::AllFail => "all-fail",
            Self::Stranded => "stranded",
            Self::EvictingBroker => "evicting-broker",
            Self::TwoScalers => "two-scalers",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::BrokerReplaced => "The broker has lost its queues",
            Self::NothingCompletes => "Workers complete nothing",
            Self::AllFail => "All tasks fail",
            Self::Stranded => "Tasks are held by workers that are gone",
            Self::EvictingBroker => "The broker evicts queued tasks",
            Self::TwoScalers => "Two scalers move one count",
        }
    }

    fn cause(self) -> &'static str {
        match self {
            Self::BrokerReplaced => "Redis began a new life or was emptied: a failover, a restart or a flush. The count is held.",
            Self::NothingCompletes => {
                "Tasks hang, or wait for something that does not come: a lock, the database, another service. No worker is added."
            }
            Self::AllFail => "The code or something that it needs is broken. No worker is added.",
            Self::Stranded => "Workers were killed while they held messages. They come back once the visibility time-out is over.",
            Self::EvictingBroker => "The parameter group of Redis should say noeviction: a queue is no cache.",
            Self::TwoScalers => {
                "A scaling policy, a pipeline or a person sets the count of the service. It is held until they have stopped."
            }
        }
    }

    fn severity(self) -> Severity {
        match self {
            Self::BrokerReplaced | Self::NothingCompletes => Severity::Critical,
            Self::AllFail | Self::Stranded | Self::EvictingBroker | Self::TwoScalers => Severity::Warning,
        }
    }

    pub(super) fn opened(self, owner: &Owner, service: &str, evidence: Vec<String>, since: Timestamp) -> Incident {
        self.incident(Turn::Opened, owner, service, evidence, since)
    }

    pub(super) fn resolved(self, owner: &Owner, service: &str, since: Timestamp) -> Incident {
        self.incident(Turn::Resolved, owner, service, Vec::new(), since)
    }

    fn incident(self, turn: Turn, owner: &Owner, service: &str, evidence: Vec<String>, since: Timestamp) -> Incident {
        let tenant = owner.tenant_id();
        let path = [owner.environment().as_str(), tenant.map_or("", |id| id.as_str()), service, self.word()];
        Incident {
            turn,
            dedup_key: path.join("/"),
            environment: owner.environment().clone(),
            tenant: tenant.cloned(),
            service: Some(service.to_owned()),
            severity: self.severity(),
            title: self.title().to_owned(),
            cause: self.cause().to_owned(),
            evidence,
            tried: Vec::new(),
            since,
            links: BTreeMap::new(),
        }
    }
}
