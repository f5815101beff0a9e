//! What ElastiCache publishes of a replication group.
//! <https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ElastiCacheSNS.html>

use jiff::Timestamp;

use super::super::signal::{About, Producer, Signal, State};
use super::{Core, Ignored, arn, name_of, word};
use crate::incident::Severity::{self, Info, Warning};

/// How a name ends that tells of a failure, and of the success that ends it.
const OUTCOMES: [(&str, State); 2] = [("Failed", State::Firing), ("Complete", State::Over)];

/// What is tried, as the beginning of a name; what is said of it.
const TRIED: [(&str, &str, &str); 7] = [
    ("AddCacheNode", "add-node", "to add a node"),
    ("CacheClusterProvisioning", "provisioning", "to provide a node"),
    ("CacheClusterScaling", "scaling", "to change the size of a node"),
    ("ReplicationGroupScaling", "group-scaling", "to change the size of the group"),
    ("CreateReplicationGroup", "creation", "to create the group"),
    ("Snapshot", "snapshot", "to take a snapshot"),
    ("DeleteCacheCluster", "node-deletion", "to delete a node"),
];

/// What happens otherwise.
const TABLE: [(&str, &str, State, Option<Severity>, &str); 9] = [
    // The broker's newest messages are lost with the old primary: what was being worked on, too.
    ("FailoverComplete", "failover", State::Note, Some(Warning), "failed over, and what was written last may be lost"),
    ("CacheNodeReplaceStarted", "node-replacement", State::Firing, Some(Warning), "a node has failed and is replaced"),
    ("CacheNodeReplaceComplete", "node-replacement", State::Over, None, "the node is replaced"),
    ("CacheNodesRebooted", "reboot", State::Note, Some(Info), "nodes were rebooted"),
    ("NodeReplacementScheduled", "maintenance", State::Note, Some(Info), "a node will be replaced"),
    ("NodeReplacementRescheduled", "maintenance", State::Note, Some(Info), "a node will be replaced at another time"),
    ("NodeReplacementCanceled", "maintenance", State::Note, Some(Info), "a node will not be replaced after all"),
    ("ServiceUpdateAvailableForNode", "maintenance", State::Note, Some(Info), "an update is available"),
    ("RemoveCacheNodeComplete", "node-removal", State::Note, Some(Info), "a node was removed"),
];

/// Follows from what somebody has asked for.
const PROGRESS: [&str; 2] = ["CacheClusterParametersChanged", "CacheClusterSecurityGroupModified"];

/// What the event `name` (with `ElastiCache:` or without) says of the replication group of ARN `group`.
///
/// # Errors
/// Nothing that people hear.
pub fn read(name: &str, group: &str, at: Timestamp) -> Result<Signal, Ignored> {
    let name = name.trim();
    let name = name.strip_prefix("ElastiCache:").unwrap_or(name);
    // Some names have been documented with a reason behind them.
    let name = name.split(|one: char| !one.is_ascii_alphanumeric()).next().unwrap_or(name);
    if PROGRESS.contains(&name) {
        return Err(Ignored::Progress(word(name)));
    }
    let (fault, state, severity, title) = said(name).ok_or_else(|| Ignored::NotInTable(word(name)))?;
    let group = arn(group).ok_or(Ignored::Missing("ARN of its group"))?;
    let key = format!("cache/{group}/{fault}");
    let core = Core { producer: Producer::Cache, key, state, at, about: About::Arn(group.to_owned()), name: fault };
    let signal = core.signal(&format!("Cache {}: {title}", name_of(group)), "");
    Ok(Signal { severity, evidence: vec![format!("ElastiCache:{name}")], ..signal })
}

fn said(name: &str) -> Option<(&'static str, State, Option<Severity>, String)> {
    if let Some((_, fault, state, severity, title)) = TABLE.iter().find(|row| row.0 == name) {
        return Some((fault, *state, *severity, (*title).to_owned()));
    }
    let (tried, state) = OUTCOMES.iter().find_map(|(end, state)| Some((name.strip_suffix(end)?, *state)))?;
    let (_, fault, words) = TRIED.iter().find(|row| row.0 == tried)?;
    Some(match state {
        State::Firing => (fault, state, Some(Warning), format!("ElastiCache has failed {words}")),
        _ => (fault, state, None, format!("ElastiCache was able {words}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_happens() {
        let check = |name: &str, expected: Result<(&str, State, Option<Severity>), Ignored>| {
            let signal = read(name, "arn:aws:elasticache:us-east-1:1:replicationgroup:g", Timestamp::UNIX_EPOCH);
            let key = |fault: &str| format!("cache/arn:aws:elasticache:us-east-1:1:replicationgroup:g/{fault}");
            let expected = expected.map(|(fault, state, severity)| (key(fault), state, severity));
            assert_eq!(signal.map(|signal| (signal.key, signal.state, signal.severity)), expected, "{name}");
        };
        check("ElastiCache:FailoverComplete", Ok(("failover", State::Note, Some(Warning))));
        check("CacheNodeReplaceStarted", Ok(("node-replacement", State::Firing, Some(Warning))));
        check("CacheNodeReplaceComplete", Ok(("node-replacement", State::Over, None)));
        check("SnapshotFailed", Ok(("snapshot", State::Firing, Some(Warning))));
        check("SnapshotComplete", Ok(("snapshot", State::Over, None)));
        check("CacheClusterProvisioningFailed due to incompatible network state", Ok(("provisioning", State::Firing, Some(Warning))));
        check("CreateReplicationGroupComplete", Ok(("creation", State::Over, None)));
        check("NodeReplacementScheduled", Ok(("maintenance", State::Note, Some(Info))));
        check("CacheClusterParametersChanged", Err(Ignored::Progress("CacheClusterParametersChanged".into())));
        check("SomethingNewComplete", Err(Ignored::NotInTable("SomethingNewComplete".into())));
        check("", Err(Ignored::NotInTable(String::new())));
    }

    #[test]
    fn a_group_is_known_by_its_arn_alone() {
        assert_eq!(read("FailoverComplete", "g", Timestamp::UNIX_EPOCH), Err(Ignored::Missing("ARN of its group")));
    }
}
