//! What RDS refuses.

use domain::failure::Cause;
use domain::ports::{CreateDatabase, DatabaseChange};

use super::super::network::Network;
use super::super::turn::{Answer, Refused};
use super::{Databases, Instance};

pub(super) fn missing(name: &str) -> Refused {
    Refused::new(Cause::NotFound, format!("DBInstanceNotFound: DBInstance {name} not found."))
}

/// Whether it takes changes: while its storage is optimized, which lasts hours, an instance is in use.
fn is_operational(status: &str) -> bool {
    matches!(status, "available" | "storage-optimization")
}

/// Letters, digits and single hyphens, beginning with a letter, not ending with a hyphen.
fn check_identifier(text: &str, parameter: &str, longest: usize) -> Answer<()> {
    let legal = text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !text.ends_with('-')
        && !text.contains("--")
        && text.len() <= longest;
    if legal { Ok(()) } else { Err(Refused::fact("rds_identifier", Cause::InvalidRequest, &[("parameter", parameter)])) }
}

impl Databases {
    fn instance(&self, name: &str) -> Answer<&Instance> {
        self.instances.get(name).ok_or_else(|| missing(name))
    }

    pub(super) fn check_create(&self, request: &CreateDatabase, network: &Network) -> Answer<()> {
        let (name, desired) = (&request.name, &request.desired);
        check_identifier(name, "DBInstanceIdentifier", 63)?;
        if self.instances.contains_key(name) {
            return Err(Refused::fact("rds_instance_exists", Cause::AlreadyExists, &[]));
        }
        let password = &request.password.0;
        if !(8..=128).contains(&password.len()) || !password.bytes().all(|byte| byte.is_ascii_graphic() && !b"/@\"".contains(&byte)) {
            return Err(Refused::fact("rds_password", Cause::InvalidRequest, &[]));
        }
        if desired.storage_gib < 20 {
            let names = [("engine", desired.engine.as_str()), ("size", &desired.storage_gib.to_string())];
            return Err(Refused::fact("rds_storage_least", Cause::InvalidRequest, &names));
        }
        if !network.has_group(&desired.security_group) {
            let names = [("id", desired.security_group.as_str())];
            return Err(Refused::fact("rds_security_group_missing", Cause::InvalidRequest, &names));
        }
        Ok(())
    }

    pub(super) fn check_modify(&self, name: &str, change: &DatabaseChange) -> Answer<()> {
        let seen = &self.instance(name)?.seen;
        if !is_operational(&seen.status) {
            return Err(Refused::fact("rds_modify_not_available", Cause::InvalidState, &[]));
        }
        if seen.status != "available" && change.storage_gib.is_some_and(|wanted| wanted != seen.storage_gib) {
            return Err(Refused::fact("rds_storage_optimizing", Cause::InvalidState, &[]));
        }
        match change.storage_gib {
            Some(wanted) if wanted < seen.storage_gib => {
                let names = [("wanted", wanted.to_string()), ("current", seen.storage_gib.to_string())];
                let names = names.each_ref().map(|(name, value)| (*name, value.as_str()));
                Err(Refused::fact("rds_storage_shrink", Cause::InvalidRequest, &names))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn check_delete(&self, name: &str, final_snapshot: Option<&str>) -> Answer<()> {
        let seen = &self.instance(name)?.seen;
        if seen.status == "deleting" {
            return Err(Refused::fact("rds_delete_twice", Cause::InvalidState, &[("name", name)]));
        }
        if seen.deletion_protection {
            return Err(Refused::fact("rds_deletion_protection", Cause::InvalidRequest, &[]));
        }
        if !is_operational(&seen.status) {
            let names = [("name", name), ("status", &seen.status)];
            return Err(Refused::fact("rds_delete_not_available", Cause::InvalidState, &names));
        }
        let Some(snapshot) = final_snapshot else {
            return Ok(());
        };
        check_identifier(snapshot, "FinalDBSnapshotIdentifier", 255)?;
        match self.snapshots.contains_key(snapshot) {
            true => Err(Refused::fact("rds_snapshot_exists", Cause::AlreadyExists, &[("name", snapshot)])),
            false => Ok(()),
        }
    }

    pub(super) fn check_delete_snapshot(&self, name: &str) -> Answer<()> {
        match self.snapshots.get(name) {
            None => Err(Refused::new(Cause::NotFound, format!("DBSnapshotNotFound: DBSnapshot {name} not found."))),
            Some(kept) if !kept.snapshot.available => Err(Refused::fact("rds_snapshot_delete_not_available", Cause::InvalidState, &[])),
            Some(_) => Ok(()),
        }
    }
}
