//! RDS: instances in their states, values owed to the maintenance window, and snapshots.

use std::collections::BTreeMap;

use domain::kind::Detail;
use domain::kind::database::{DatabaseSeen, Endpoint, Pending, Snapshot};
use domain::observed::Observed;
use domain::ports::{CreateDatabase, DatabaseChange};
use domain::resource::Tags;
use jiff::Timestamp;

use super::environment::Environment;
use super::network::Network;
use super::turn::{Answer, Transition, Turn};

mod refusals;
mod settings;

/// An instance; its life tells it from a later one of the same name.
#[derive(Debug, Clone)]
pub(super) struct Instance {
    life: u64,
    pub(super) arn: String,
    pub(super) tags: Tags,
    /// As AWS shows it.
    pub(super) seen: DatabaseSeen,
    /// Shown once the host stands.
    endpoint: Endpoint,
    /// Seen as `modifying`: what comes in force at its end.
    applied: Pending,
    security_group: String,
    subnet_group: String,
}

impl Instance {
    /// Whether its network interface is in the group `id`.
    pub(super) fn is_in(&self, id: &str) -> bool {
        self.security_group == id
    }
}

#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) tags: Tags,
    pub(super) snapshot: Snapshot,
    arn: String,
}

/// Instances and snapshots, by name.
#[derive(Debug, Clone, Default)]
pub(super) struct Databases {
    pub(super) instances: BTreeMap<String, Instance>,
    pub(super) snapshots: BTreeMap<String, Kept>,
}

impl Databases {
    /// Whether an instance stands in the subnet group `name`.
    pub(super) fn are_in(&self, name: &str) -> bool {
        self.instances.values().any(|instance| instance.subnet_group == name)
    }

    pub(super) fn describe(&self, name: &str, now: Timestamp) -> Option<Observed> {
        self.instances.get(name).map(|instance| instance.view(now))
    }

    pub(super) fn snapshot(&self, name: &str) -> Option<Snapshot> {
        self.snapshots.get(name).map(|kept| kept.snapshot.clone())
    }

    pub(super) fn create(
        &mut self,
        request: CreateDatabase,
        environment: &Environment,
        network: &Network,
        turn: &mut Turn,
    ) -> Answer<Observed> {
        self.check_create(&request, network)?;
        let CreateDatabase { name, desired, tags, .. } = request;
        let settings = settings::of(&desired, environment);
        let seen = DatabaseSeen {
            status: "creating".to_owned(),
            class: desired.class,
            storage_gib: desired.storage_gib,
            multi_az: desired.multi_az,
            deletion_protection: desired.deletion_protection,
            backup_days: desired.backup_days,
            // AWS picks the minor version.
            engine_version: format!("{}.8", desired.engine_version),
            pending: Pending::default(),
            endpoint: None,
            snapshot: None,
            settings,
        };
        let endpoint = Endpoint { host: format!("{name}.c0ffee000000.{}.rds.amazonaws.com", environment.region), port: 5432 };
        let arn = environment.arn("rds", &format!("db:{name}"));
        let (security_group, subnet_group) = (desired.security_group, desired.subnet_group);
        let instance =
            Instance { life: turn.unique(), arn, tags, seen, endpoint, applied: Pending::default(), security_group, subnet_group };
        let backup =
            if instance.seen.backup_days > 0 { turn.takes("rds-instance", "first-backup", &name) } else { jiff::SignedDuration::ZERO };
        // The whole creation, the first backup included, is what was measured.
        let whole = turn.takes("rds-instance", "create", &name);
        turn.later(whole - backup, Transition::DatabaseCreated { life: instance.life });
        turn.later(whole, Transition::DatabaseAvailable { life: instance.life });
        let view = instance.view(turn.now);
        self.instances.insert(name, instance);
        Ok(view)
    }

    pub(super) fn modify(&mut self, name: &str, change: &DatabaseChange, turn: &mut Turn) -> Answer<Observed> {
        self.check_modify(name, change)?;
        let instance = self.instances.get_mut(name).expect("checked");
        instance.owe(change);
        // The reply shows the instance as it was, with what is owed.
        let view = instance.view(turn.now);
        if change.apply_immediately {
            instance.apply(name, turn);
        }
        Ok(view)
    }

    /// What AWS does in the weekly window. False: there is nothing to apply, or the instance is not available.
    pub(super) fn open_maintenance_window(&mut self, name: &str, turn: &mut Turn) -> bool {
        let available = self.instances.get_mut(name).filter(|instance| instance.seen.status == "available");
        available.is_some_and(|instance| instance.apply(name, turn))
    }

    pub(super) fn delete(&mut self, name: &str, final_snapshot: Option<&str>, turn: &mut Turn) -> Answer<Option<Observed>> {
        self.check_delete(name, final_snapshot)?;
        let instance = self.instances.get_mut(name).expect("checked");
        "deleting".clone_into(&mut instance.seen.status);
        let (life, view) = (instance.life, instance.view(turn.now));
        match final_snapshot {
            Some(snapshot) => {
                let kept = Kept {
                    tags: instance.tags.clone(),
                    snapshot: Snapshot { name: snapshot.to_owned(), available: false, storage_gib: instance.seen.storage_gib },
                    arn: instance.arn.replace(&format!(":db:{name}"), &format!(":snapshot:{snapshot}")),
                };
                self.snapshots.insert(snapshot.to_owned(), kept);
                let wait = turn.takes("rds-snapshot", "create", snapshot);
                turn.later(wait, Transition::SnapshotTaken { name: snapshot.to_owned(), of: life });
            }
            None => end(name, life, turn),
        }
        Ok(Some(view))
    }

    pub(super) fn delete_snapshot(&mut self, name: &str) -> Answer<()> {
        self.check_delete_snapshot(name)?;
        self.snapshots.remove(name);
        Ok(())
    }

    pub(super) fn tag(&mut self, arn: &str, tags: Tags) -> Answer<()> {
        let instance = self.instances.iter_mut().find(|(_, instance)| instance.arn == arn);
        let (_, instance) = instance.ok_or_else(|| refusals::missing(arn))?;
        instance.tags.extend(tags);
        Ok(())
    }

    fn of(&mut self, life: u64) -> Option<(String, &mut Instance)> {
        self.instances.iter_mut().find(|(_, instance)| instance.life == life).map(|(name, instance)| (name.clone(), instance))
    }

    pub(super) fn becomes(&mut self, transition: &Transition, turn: &mut Turn) {
        match transition {
            Transition::DatabaseCreated { life } => {
                if let Some((_, instance)) = self.of(*life).filter(|(_, instance)| instance.seen.status == "creating") {
                    instance.stands(turn);
                }
            }
            Transition::DatabaseAvailable { life } => {
                let begun = |instance: &Instance| matches!(instance.seen.status.as_str(), "creating" | "backing-up");
                if let Some((_, instance)) = self.of(*life).filter(|(_, instance)| begun(instance)) {
                    "available".clone_into(&mut instance.seen.status);
                    turn.tell(&instance.arn);
                }
            }
            Transition::DatabaseModified { life } => {
                if let Some((name, instance)) = self.of(*life).filter(|(_, instance)| instance.seen.status == "modifying") {
                    instance.modified(&name, turn);
                }
            }
            Transition::DatabaseOptimized { life } => {
                if let Some((_, instance)) = self.of(*life).filter(|(_, instance)| instance.seen.status == "storage-optimization") {
                    "available".clone_into(&mut instance.seen.status);
                }
            }
            Transition::SnapshotTaken { name, of } => {
                if let Some(kept) = self.snapshots.get_mut(name) {
                    kept.snapshot.available = true;
                    turn.tell(&kept.arn);
                }
                if let Some((name, _)) = self.of(*of) {
                    end(&name, *of, turn);
                }
            }
            Transition::DatabaseGone { life } => {
                if let Some((name, instance)) = self.of(*life) {
                    turn.tell(&instance.arn);
                    self.instances.remove(&name);
                }
            }
            _ => {}
        }
    }
}

fn end(name: &str, life: u64, turn: &mut Turn) {
    let wait = turn.takes("rds-instance", "delete", name);
    turn.later(wait, Transition::DatabaseGone { life });
}

impl Instance {
    fn view(&self, now: Timestamp) -> Observed {
        Observed { arn: self.arn.clone(), tags: self.tags.clone(), at: now, detail: Detail::RdsInstance(self.seen.clone()) }
    }

    /// AWS says "created" while the first backup still runs.
    fn stands(&mut self, turn: &mut Turn) {
        self.seen.endpoint = Some(self.endpoint.clone());
        "backing-up".clone_into(&mut self.seen.status);
        turn.tell(&self.arn);
    }

    /// Takes a modification's values in; asking for what is there takes back what is owed.
    fn owe(&mut self, change: &DatabaseChange) {
        fn owe<T: PartialEq + Clone>(pending: &mut Option<T>, wanted: Option<&T>, current: &T) {
            if let Some(wanted) = wanted {
                *pending = (wanted != current).then(|| wanted.clone());
            }
        }
        let seen = &mut self.seen;
        owe(&mut seen.pending.class, change.class.as_ref(), &seen.class);
        owe(&mut seen.pending.storage_gib, change.storage_gib.as_ref(), &seen.storage_gib);
        owe(&mut seen.pending.multi_az, change.multi_az.as_ref(), &seen.multi_az);
        owe(&mut seen.pending.backup_days, change.backup_days.as_ref(), &seen.backup_days);
        // Applied without regard to the window, without an outage.
        seen.deletion_protection = change.deletion_protection.unwrap_or(seen.deletion_protection);
        seen.settings.accept(change, seen.storage_gib);
    }

    fn apply(&mut self, name: &str, turn: &mut Turn) -> bool {
        if self.seen.pending == Pending::default() {
            return false;
        }
        self.applied = self.seen.pending.clone();
        "modifying".clone_into(&mut self.seen.status);
        let wait = turn.takes("rds-instance", "modify", &format!("{name}:{:?}", self.applied));
        turn.later(wait, Transition::DatabaseModified { life: self.life });
        turn.tell(&self.arn);
        true
    }

    fn modified(&mut self, name: &str, turn: &mut Turn) {
        let applied = std::mem::take(&mut self.applied);
        let seen = &mut self.seen;
        let grown = applied.storage_gib.is_some_and(|wanted| wanted != seen.storage_gib);
        seen.class = applied.class.unwrap_or_else(|| seen.class.clone());
        seen.storage_gib = applied.storage_gib.unwrap_or(seen.storage_gib);
        seen.multi_az = applied.multi_az.unwrap_or(seen.multi_az);
        seen.backup_days = applied.backup_days.unwrap_or(seen.backup_days);
        seen.pending = Pending::default();
        "available".clone_into(&mut seen.status);
        if grown {
            "storage-optimization".clone_into(&mut seen.status);
            let wait = turn.takes("rds-instance", "storage-optimization", name);
            turn.later(wait, Transition::DatabaseOptimized { life: self.life });
        }
        turn.tell(&self.arn);
    }
}
