//! EFS: file systems and their mount targets.

use std::collections::{BTreeMap, BTreeSet};

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::file_system::{FileSystemSeen, LifeCycle, MountTarget};
use domain::observed::Observed;
use domain::ports::{CreateFileSystem, CreateMountTarget};
use domain::resource::Tags;
use jiff::Timestamp;

use super::environment::Environment;
use super::network::Network;
use super::turn::{Answer, Refused, Transition, Turn};

#[derive(Debug, Clone)]
pub(super) struct FileSystem {
    pub(super) arn: String,
    token: String,
    pub(super) tags: Tags,
    pub(super) life: LifeCycle,
    pub(super) mount_targets: Vec<MountTarget>,
    /// Of its mount targets.
    groups: BTreeSet<String>,
    key: Option<String>,
}

impl FileSystem {
    /// Whether a mount target has its network interface in the subnet or the group `id`.
    pub(super) fn is_in(&self, id: &str) -> bool {
        !self.mount_targets.is_empty() && (self.groups.contains(id) || self.mount_targets.iter().any(|target| target.subnet == id))
    }
}

/// By id.
#[derive(Debug, Clone, Default)]
pub(super) struct FileSystems(pub(super) BTreeMap<String, FileSystem>);

fn missing(id: &str) -> Refused {
    Refused::new(Cause::NotFound, format!("FileSystemNotFound: File system '{id}' does not exist."))
}

pub(super) fn state(life: LifeCycle) -> &'static str {
    match life {
        LifeCycle::Creating => "creating",
        LifeCycle::Available => "available",
        LifeCycle::Deleting => "deleting",
        LifeCycle::Error => "error",
    }
}

impl FileSystems {
    pub(super) fn describe(&self, token: &str, now: Timestamp) -> Option<Observed> {
        self.0.iter().find(|(_, system)| system.token == token).map(|(id, system)| view(id, system, now))
    }

    pub(super) fn mount_targets(&self, id: &str) -> Answer<Vec<MountTarget>> {
        self.0.get(id).map(|system| system.mount_targets.clone()).ok_or_else(|| missing(id))
    }

    /// Whether a task can mount it: one mount target is enough.
    pub(super) fn is_mountable(&self, id: &str) -> bool {
        self.0.get(id).is_some_and(|system| system.mount_targets.iter().any(|target| target.life == LifeCycle::Available))
    }

    pub(super) fn create(&mut self, request: CreateFileSystem, environment: &Environment, turn: &mut Turn) -> Answer<Observed> {
        let CreateFileSystem { token, name, key, mut tags } = request;
        if let Some((id, _)) = self.0.iter().find(|(_, system)| system.token == token) {
            return Err(Refused::fact("efs_same_creation_token", Cause::AlreadyExists, &[("id", id)]));
        }
        let id = turn.hex("fs-", 17);
        tags.insert("Name".to_owned(), name);
        let arn = environment.arn("elasticfilesystem", &format!("file-system/{id}"));
        let wait = turn.takes("efs-file-system", "create", &token);
        turn.later(wait, Transition::FileSystemCreated { id: id.clone() });
        let system = FileSystem { arn, token, tags, life: LifeCycle::Creating, mount_targets: Vec::new(), groups: BTreeSet::new(), key };
        let view = view(&id, &system, turn.now);
        self.0.insert(id, system);
        Ok(view)
    }

    pub(super) fn create_mount_target(&mut self, request: &CreateMountTarget, network: &Network, turn: &mut Turn) -> Answer<MountTarget> {
        let id = &request.file_system;
        let system = self.0.get_mut(id).ok_or_else(|| missing(id))?;
        if system.life != LifeCycle::Available {
            let names = [("id", id.as_str()), ("state", state(system.life))];
            return Err(Refused::fact("efs_mount_target_before_available", Cause::InvalidState, &names));
        }
        let zone = network.zone(&request.subnet).ok_or_else(|| {
            Refused::new(Cause::InvalidRequest, format!("SubnetNotFound: The subnet ID '{}' does not exist", request.subnet))
        })?;
        if !network.has_group(&request.security_group) {
            let message = format!("SecurityGroupNotFound: The security group '{}' does not exist", request.security_group);
            return Err(Refused::new(Cause::InvalidRequest, message));
        }
        if system.mount_targets.iter().any(|target| network.zone(&target.subnet) == Some(zone)) {
            return Err(Refused::fact("efs_second_mount_target_in_zone", Cause::AlreadyExists, &[]));
        }
        let target = MountTarget { id: turn.hex("fsmt-", 17), subnet: request.subnet.clone(), life: LifeCycle::Creating };
        let wait = turn.takes("efs-mount-target", "create", &format!("{}:{zone}", system.token));
        turn.later(wait, Transition::MountTargetCreated { id: target.id.clone() });
        system.mount_targets.push(target.clone());
        system.groups.insert(request.security_group.clone());
        Ok(target)
    }

    pub(super) fn delete_mount_target(&mut self, id: &str, turn: &mut Turn) -> Answer<()> {
        let target = self
            .target(id)
            .ok_or_else(|| Refused::new(Cause::NotFound, format!("MountTargetNotFound: Mount target '{id}' does not exist.")))?;
        if target.life != LifeCycle::Deleting {
            target.life = LifeCycle::Deleting;
            let wait = turn.takes("efs-mount-target", "delete", id);
            turn.later(wait, Transition::MountTargetGone { id: id.to_owned() });
        }
        Ok(())
    }

    pub(super) fn delete(&mut self, id: &str, turn: &mut Turn) -> Answer<()> {
        let system = self.0.get_mut(id).ok_or_else(|| missing(id))?;
        if !system.mount_targets.is_empty() {
            return Err(Refused::fact("efs_delete_with_mount_targets", Cause::InvalidState, &[("id", id)]));
        }
        if system.life != LifeCycle::Available {
            let names = [("id", id), ("state", state(system.life))];
            return Err(Refused::fact("efs_delete_before_available", Cause::InvalidState, &names));
        }
        system.life = LifeCycle::Deleting;
        let wait = turn.takes("efs-file-system", "delete", &system.token);
        turn.later(wait, Transition::FileSystemGone { id: id.to_owned() });
        Ok(())
    }

    pub(super) fn tag(&mut self, id: &str, tags: Tags) -> Answer<()> {
        self.0.get_mut(id).ok_or_else(|| missing(id))?.tags.extend(tags);
        Ok(())
    }

    fn target(&mut self, id: &str) -> Option<&mut MountTarget> {
        self.0.values_mut().flat_map(|system| &mut system.mount_targets).find(|target| target.id == id)
    }

    pub(super) fn becomes(&mut self, transition: &Transition) {
        match transition {
            Transition::FileSystemCreated { id } => {
                if let Some(system) = self.0.get_mut(id).filter(|system| system.life == LifeCycle::Creating) {
                    system.life = LifeCycle::Available;
                }
            }
            Transition::MountTargetCreated { id } => {
                if let Some(target) = self.target(id).filter(|target| target.life == LifeCycle::Creating) {
                    target.life = LifeCycle::Available;
                }
            }
            Transition::MountTargetGone { id } => {
                self.0.values_mut().for_each(|system| system.mount_targets.retain(|target| target.id != *id));
            }
            Transition::FileSystemGone { id } => {
                self.0.remove(id);
            }
            _ => {}
        }
    }
}

fn view(id: &str, system: &FileSystem, now: Timestamp) -> Observed {
    // Mount targets are another call's; 6 KiB is what EFS meters of an empty file system.
    let seen = FileSystemSeen { id: id.to_owned(), life: system.life, mount_targets: Vec::new(), bytes: 6_144, key: system.key.clone() };
    Observed { arn: system.arn.clone(), tags: system.tags.clone(), at: now, detail: Detail::EfsFileSystem(seen) }
}
