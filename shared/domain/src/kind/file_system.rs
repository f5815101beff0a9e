//! An EFS file system with a mount target in each of its subnets.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Kind;
use super::key::is_same;
use crate::name::NameRule;
use crate::plan::{Change, Departure, Difference, Fate, Judgement, Removal, Retained, Retention};
use crate::resource::Resource;

/// A file system as it should be: encrypted, with a mount target in each subnet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileSystem {
    /// One mount target in each.
    pub subnets: Vec<String>,
    /// Of the mount targets.
    pub security_group: String,
    /// The ARN of the key that it is encrypted with; none: AWS's own. Fixed at creation.
    #[serde(default)]
    pub key: Option<String>,
}

/// Where a thing of EFS is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LifeCycle {
    /// Not usable yet, or being changed.
    Creating,
    /// Usable.
    Available,
    /// On its way out.
    Deleting,
    /// AWS gave up on it.
    Error,
}

/// A mount target that we see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MountTarget {
    /// `fsmt-…`
    pub id: String,
    /// Where it stands.
    pub subnet: String,
    /// How far it is.
    pub life: LifeCycle,
}

/// What we see of a file system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSystemSeen {
    /// `fs-…`
    pub id: String,
    /// How far it is.
    pub life: LifeCycle,
    /// Its mount targets.
    pub mount_targets: Vec<MountTarget>,
    /// Bytes stored, for the cost of keeping it.
    pub bytes: u64,
    /// The ARN of the key that it is encrypted with, AWS's own among them.
    #[serde(default)]
    pub key: Option<String>,
}

impl Kind for FileSystem {
    const KIND: &'static str = "efs-file-system";
    /// The name of a file system is its `Name` tag: up to 256 characters.
    const NAME: NameRule = NameRule { longest: 256, also: "/_+=.@:", double_hyphen: true };
    const OUTPUTS: &'static [&'static str] = &["id"];
    type Seen = FileSystemSeen;

    /// Encryption and performance mode are fixed at creation and the same for all.
    /// The key is fixed as well, and is not among them: a file system without one has the token that it always had.
    fn fixed(&self) -> Vec<&str> {
        vec!["encrypted", "generalPurpose"]
    }

    /// Estimates: no set of measured times was found.
    fn usual(&self, change: &Change) -> Duration {
        Duration::from_secs(match change {
            // The file system itself; its mount targets come afterwards, as a change, and go before it.
            Change::Create | Change::Remove(Removal::DeleteFileSystem) => 6,
            Change::Remove(_) => 60,
            _ => 90,
        })
    }

    fn judge(&self, _: &Resource, seen: &FileSystemSeen) -> Judgement {
        match seen.life {
            LifeCycle::Creating => return Judgement::settling("the file system is being created"),
            LifeCycle::Deleting => return Judgement::settling("the file system is being deleted"),
            LifeCycle::Error => return Judgement::broken("the file system is in the state error"),
            LifeCycle::Available => {}
        }
        if let Some(wanted) = self.other_key(seen) {
            let has = seen.key.as_deref().unwrap_or_default();
            return Judgement::refused(format!("key is fixed at creation: it is {has:?}, wanted is {wanted:?}"));
        }
        let missing: Vec<_> = self.subnets.iter().filter(|subnet| !seen.mount_targets.iter().any(|t| &t.subnet == *subnet)).collect();
        if !missing.is_empty() {
            let added = |subnet: &&String| Difference::new("mount_target", "", subnet.as_str());
            return Judgement::act(Change::Update(missing.iter().map(added).collect()));
        }
        match seen.mount_targets.iter().find(|target| target.life != LifeCycle::Available) {
            Some(target) => Judgement::settling(format!("mount target {} is {:?}", target.id, target.life)),
            None => Judgement::in_sync(),
        }
    }

    /// Mount targets go first. With data kept the file system itself stays (until backups take its place), with data destroyed it goes.
    fn depart(&self, resource: &Resource, seen: &FileSystemSeen, fate: Fate) -> Departure {
        if seen.life == LifeCycle::Creating {
            return Departure::Wait("the file system is being created".into());
        }
        let standing: Vec<_> =
            seen.mount_targets.iter().filter(|target| target.life != LifeCycle::Deleting).map(|target| target.id.clone()).collect();
        if !standing.is_empty() {
            return Departure::Act(Removal::DeleteMountTargets(standing));
        }
        if !seen.mount_targets.is_empty() {
            return Departure::Wait("its mount targets are being deleted".into());
        }
        match (fate, seen.life) {
            (_, LifeCycle::Deleting) => Departure::Wait("the file system is being deleted".into()),
            (Fate::KeepData, _) if resource.protects_data => Departure::Kept(Retention {
                what: Retained::FileSystem(seen.id.clone()),
                until: None,
                monthly_usd: monthly_usd(seen.bytes),
            }),
            _ => Departure::Act(Removal::DeleteFileSystem),
        }
    }

    fn outputs(seen: &FileSystemSeen) -> Vec<(&'static str, String)> {
        vec![("id", seen.id.clone())]
    }
}

impl FileSystem {
    /// The key that is wanted, if another one encrypts it.
    fn other_key(&self, seen: &FileSystemSeen) -> Option<&str> {
        let is_same = |wanted: &&str| seen.key.as_deref().is_some_and(|key| is_same(wanted, key));
        self.key.as_deref().filter(|wanted| !is_same(wanted))
    }
}

/// EFS standard storage, USD 0.30 per GB and month (AWS price list, us-east-1, 2026), rounded to cents.
fn monthly_usd(bytes: u64) -> f64 {
    const USD_PER_GIB: f64 = 0.30;
    let gib = bytes as f64 / f64::from(1 << 30);
    (gib * USD_PER_GIB * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Desired;
    use crate::kind::tests::resource;

    #[test]
    fn another_key_than_that_of_its_creation_is_refused() {
        let check = |wanted: Option<&str>, key: Option<&str>, expected: Judgement| {
            let key = key.map(str::to_owned);
            let desired = FileSystem { subnets: Vec::new(), security_group: "sg-1".into(), key: wanted.map(str::to_owned) };
            let seen = FileSystemSeen { id: "fs-1".into(), life: LifeCycle::Available, mount_targets: Vec::new(), bytes: 0, key };
            let judgement = desired.judge(&resource(Desired::EfsFileSystem(desired.clone())), &seen);
            assert_eq!(judgement, expected, "{wanted:?}");
            assert_eq!(desired.fixed(), ["encrypted", "generalPurpose"], "the token does not tell");
        };
        let refused = |is: &str, wanted: &str| Judgement::refused(format!("key is fixed at creation: it is {is:?}, wanted is {wanted:?}"));
        check(None, None, Judgement::in_sync());
        check(None, Some("arn:key/aws"), Judgement::in_sync()); // AWS's own
        check(Some("arn:key/k-1"), Some("arn:key/k-1"), Judgement::in_sync());
        check(Some("arn:key/k-1"), Some("arn:key/aws"), refused("arn:key/aws", "arn:key/k-1"));
        check(Some("arn:key/k-1"), None, refused("", "arn:key/k-1"));
    }
}
