//! Plans in words, for answers, logs and the command line.

use std::fmt::{self, Display, Formatter};

use super::{Change, Interruption, Removal, Retained, Standing, Stuck, Wait};

impl Display for Standing {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready { note: None } => write!(f, "ready"),
            Self::Ready { note: Some(note) } => write!(f, "ready: {note}"),
            Self::Due => write!(f, "due"),
            Self::Waiting(wait) => write!(f, "waiting: {wait}"),
            Self::Stuck(stuck) => write!(f, "stuck: {stuck}"),
            Self::Kept(retention) => match retention.until {
                Some(until) => write!(f, "kept as {} until {until:.0}", retention.what),
                None => write!(f, "kept as {}", retention.what),
            },
            Self::Gone => write!(f, "gone"),
        }
    }
}

impl Display for Wait {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settling(why) | Self::Outside(why) => write!(f, "{why}"),
            Self::On(places) => {
                let ids: Vec<_> = places.iter().map(|place| place.id.0.as_str()).collect();
                write!(f, "on {}", ids.join(", "))
            }
            Self::Unknown(why) => write!(f, "AWS did not say how it stands ({why})"),
            Self::FormerLife(life) => write!(f, "its name is still in use by the former life {life}, which is leaving"),
            Self::JustTried => write!(f, "it was changed a moment ago, AWS may not show it yet"),
            Self::Failed(why) => write!(f, "a step will be tried again ({why})"),
        }
    }
}

impl Display for Stuck {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict(why) => write!(f, "name conflict: {why}"),
            Self::Refused(why) => write!(f, "refused: {why}"),
            Self::Broken(why) => write!(f, "broken: {why}"),
            Self::DataVanished => {
                write!(f, "it held data and is gone without our doing: restore it, or order retry to make it anew and empty")
            }
            Self::Guarded(why) => write!(f, "not removed: {why}"),
            Self::Blocked(why) => write!(f, "blocked: {why}"),
            Self::Failed(why) => write!(f, "{why}"),
        }
    }
}

impl Display for Change {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create => write!(f, "create"),
            Self::Restore => write!(f, "restore"),
            Self::Adopt => write!(f, "adopt"),
            Self::Update(differences) => write!(f, "change {}", words(differences)),
            Self::Replace(differences) => write!(f, "replace, {}", words(differences)),
            Self::Remove(removal) => write!(f, "{removal}"),
        }
    }
}

fn words(differences: &[super::Difference]) -> String {
    let word = |d: &super::Difference| format!("{}: {} -> {}", d.property, or_none(&d.before), or_none(&d.after));
    differences.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "(none)" } else { text }
}

impl Display for Removal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::DeleteSecret { recovery_days: Some(days) } => write!(f, "delete, recoverable for {days} days"),
            Self::Delete | Self::DeleteSecret { recovery_days: None } | Self::DeleteFileSystem | Self::DeleteService => write!(f, "delete"),
            Self::DeleteMountTargets(targets) => write!(f, "delete {} mount targets", targets.len()),
            Self::LiftProtection => write!(f, "lift deletion protection"),
            Self::DeleteDatabase { final_snapshot: Some(name) } | Self::DeleteCache { final_snapshot: Some(name) } => {
                write!(f, "delete with the final snapshot {name}")
            }
            Self::DeleteDatabase { final_snapshot: None } | Self::DeleteCache { final_snapshot: None } => write!(f, "delete with its data"),
            Self::DeleteSnapshot(name) => write!(f, "delete the snapshot {name}"),
            Self::StopTask(_) => write!(f, "stop its task"),
            Self::DeregisterRevisions(arns) => write!(f, "deregister {} revisions", arns.len()),
            Self::DeleteKey { pending_days } => write!(f, "delete, recoverable for {pending_days} days"),
            Self::CloseBucket { days } => write!(f, "close it, its objects expire after {days} days"),
            Self::EmptyBucket => write!(f, "delete its objects"),
            Self::DeleteRecoveryPoints(arns) => write!(f, "delete {} recovery points", arns.len()),
        }
    }
}

impl Display for Retained {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::SecretInRecovery => write!(f, "a secret in its recovery window"),
            Self::FileSystem(id) => write!(f, "the file system {id}"),
            Self::Snapshot(name) => write!(f, "the snapshot {name}"),
            Self::Key(id) => write!(f, "the key {id}"),
            Self::UserPool(id) => write!(f, "the user pool {id}"),
            Self::CacheSnapshot(name) => write!(f, "the cache's snapshot {name}"),
            Self::Bucket(name) => write!(f, "the bucket {name}"),
            Self::Vault(name) => write!(f, "the vault {name}"),
        }
    }
}

impl Display for Interruption {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => write!(f, "no interruption"),
            Self::Minutes(minutes) => write!(f, "about {minutes} minutes of interruption"),
            Self::InWindow => write!(f, "interruption in the maintenance window"),
            Self::ForGood => write!(f, "gone for good"),
        }
    }
}
