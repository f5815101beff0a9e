//! AWS Backup: vaults, which hold recovery points, and plans, which say what is put into them and when.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Kind;
use super::plain::plain;
use crate::name::NameRule;
use crate::plan::{Change, Departure, Fate, Judgement, Removal, Retained, Retention};
use crate::resource::Resource;

/// AWS Backup: 2 to 50 letters, digits, hyphens and underscores (API reference, CreateBackupVault).
const VAULT: NameRule = NameRule { longest: 50, also: "_", double_hyphen: true };
/// AWS Backup: up to 50 letters, digits and `-_.` (API reference, BackupPlanInput).
const PLAN: NameRule = NameRule { longest: 50, also: "_.", double_hyphen: true };

/// So many recovery points go at once.
const BATCH: usize = 100;

/// USD per GiB and month of warm backup storage of EFS (AWS price list, us-east-1, 2026).
const USD_PER_GIB: f64 = 0.05;

/// A vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Vault {
    /// The ARN of the key that recovery points are encrypted with, fixed at creation; none: AWS Backup's own.
    #[serde(default)]
    pub key: Option<String>,
}

/// A recovery point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryPoint {
    /// Its ARN.
    pub arn: String,
    /// Whether it is on its way out.
    pub leaving: bool,
    /// Its size.
    pub bytes: u64,
    /// When AWS Backup deletes it by itself.
    pub until: Option<Timestamp>,
}

/// What we see of a vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaultSeen {
    /// Its name.
    pub name: String,
    /// The ARN of its key, be it ours or AWS's.
    pub key: Option<String>,
    /// On its way out: the first thousand that are in it.
    pub points: Vec<RecoveryPoint>,
}

impl Kind for Vault {
    const KIND: &'static str = "backup-vault";
    const NAME: NameRule = VAULT;
    const OUTPUTS: &'static [&'static str] = &["name"];
    type Seen = VaultSeen;

    /// An estimate: a recovery point takes minutes to go.
    fn usual(&self, change: &Change) -> Duration {
        Duration::from_secs(if matches!(change, Change::Remove(Removal::DeleteRecoveryPoints(_))) { 300 } else { 2 })
    }

    fn judge(&self, _: &Resource, seen: &VaultSeen) -> Judgement {
        match &self.key {
            Some(key) if seen.key.as_ref() != Some(key) => Judgement::refused(format!(
                "key is fixed at creation: it is {:?}, wanted is {key:?}",
                seen.key.as_deref().unwrap_or_default()
            )),
            _ => Judgement::in_sync(),
        }
    }

    /// AWS deletes no vault that holds something: its recovery points are kept, or go before it.
    fn depart(&self, resource: &Resource, seen: &VaultSeen, fate: Fate) -> Departure {
        let standing: Vec<_> = seen.points.iter().filter(|point| !point.leaving).collect();
        if seen.points.is_empty() {
            return Departure::Act(Removal::Delete);
        }
        if standing.is_empty() {
            return Departure::Wait("its recovery points are being deleted".into());
        }
        if fate == Fate::KeepData && resource.protects_data {
            let ends = standing.iter().map(|point| point.until).collect::<Option<Vec<_>>>();
            return Departure::Kept(Retention {
                what: Retained::Vault(resource.name.clone()),
                // The last of them ends it; one without an end stays until somebody destroys it.
                until: ends.and_then(|ends| ends.into_iter().max()),
                monthly_usd: super::monthly_usd(standing.iter().map(|point| point.bytes).sum(), USD_PER_GIB),
            });
        }
        Departure::Act(Removal::DeleteRecoveryPoints(standing.into_iter().take(BATCH).map(|point| point.arn.clone()).collect()))
    }

    fn outputs(seen: &VaultSeen) -> Vec<(&'static str, String)> {
        vec![("name", seen.name.clone())]
    }
}

/// A plan with one rule and one selection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupPlan {
    /// The name of the vault that recovery points go into.
    pub vault: String,
    /// When, as AWS writes it, UTC: `cron(0 3 * * ? *)`.
    pub schedule: String,
    /// Days for which a recovery point is kept.
    pub keep_days: u32,
    /// The ARN of the role that AWS Backup takes.
    pub role: String,
    /// What is backed up: all that carries every one of these tags.
    pub selection: BTreeMap<String, String>,
}
plain!(BackupPlan: "backup-plan", name: PLAN, creates: 2 s, changes: 2 s, fixed: [], outputs: ["id"]);

#[cfg(test)]
mod tests {
    use super::*;

    fn point(arn: &str, leaving: bool, until: Option<Timestamp>) -> RecoveryPoint {
        RecoveryPoint { arn: arn.into(), leaving, bytes: 1 << 30, until }
    }

    #[test]
    fn recovery_points_are_kept_or_go_before_their_vault() {
        let end = Some(Timestamp::UNIX_EPOCH);
        let check = |protects_data, points: &[RecoveryPoint], fate, expected: Departure| {
            let vault = Vault { key: None };
            let resource = crate::kind::testing::resource(crate::kind::Desired::BackupVault(vault.clone()), protects_data);
            assert_eq!(vault.depart(&resource, &VaultSeen { name: "v".into(), key: None, points: points.to_vec() }, fate), expected);
        };
        let (keep, destroy) = (Fate::KeepData, Fate::DestroyData);
        let kept = |until, monthly_usd| Departure::Kept(Retention { what: Retained::Vault("thing".into()), until, monthly_usd });
        check(true, &[], keep, Departure::Act(Removal::Delete));
        check(true, &[point("a", false, end), point("b", true, None)], keep, kept(end, 0.05));
        check(true, &[point("a", false, end), point("b", false, None)], keep, kept(None, 0.1)); // one has no end
        let both = Departure::Act(Removal::DeleteRecoveryPoints(vec!["a".into()]));
        check(true, &[point("a", false, end), point("b", true, None)], destroy, both.clone());
        check(false, &[point("a", false, end)], keep, both);
        check(true, &[point("b", true, None)], destroy, Departure::Wait("its recovery points are being deleted".into()));
    }

    #[test]
    fn a_key_is_fixed_and_awss_own_is_none() {
        let judge = |wanted: Option<&str>| {
            let vault = Vault { key: wanted.map(str::to_owned) };
            let resource = crate::kind::testing::resource(crate::kind::Desired::BackupVault(vault.clone()), true);
            vault.judge(&resource, &VaultSeen { name: "v".into(), key: Some("k".into()), points: Vec::new() })
        };
        assert_eq!(judge(None), Judgement::InSync(None));
        assert_eq!(judge(Some("k")), Judgement::InSync(None));
        assert!(matches!(judge(Some("other")), Judgement::Refused(_)));
    }
}
