//! The resources of AWS, as one value: reads look at it, effects change it, a copy of it is the past.

use domain::ports::{Call, Reply};

use super::databases::Databases;
use super::environment::Environment;
use super::file_systems::FileSystems;
use super::secrets::Secrets;
use super::services::{Services, Surroundings};
use super::task_definitions::TaskDefinitions;
use super::turn::{Answer, Transition, Turn};

#[derive(Debug, Clone, Default)]
pub(super) struct Aws {
    pub(super) secrets: Secrets,
    pub(super) file_systems: FileSystems,
    pub(super) databases: Databases,
    pub(super) definitions: TaskDefinitions,
    pub(super) services: Services,
}

impl Aws {
    /// What a read of these services shows. None: the call is not one.
    pub(super) fn read(&self, call: &Call, environment: &Environment, turn: &Turn) -> Option<Answer<Reply>> {
        let now = turn.now;
        Some(match call {
            Call::DescribeSecret(request) => Ok(Reply::DescribeSecret(self.secrets.describe(&request.id, now))),
            Call::GetSecretValue(request) => self.secrets.value(&request.id, now).map(Reply::GetSecretValue),
            Call::DescribeFileSystem(request) => Ok(Reply::DescribeFileSystem(self.file_systems.describe(&request.token, now))),
            Call::DescribeMountTargets(request) => self.file_systems.mount_targets(&request.file_system).map(Reply::DescribeMountTargets),
            Call::DescribeDatabase(request) => Ok(Reply::DescribeDatabase(self.databases.describe(&request.name, now))),
            Call::DescribeSnapshot(request) => Ok(Reply::DescribeSnapshot(self.databases.snapshot(&request.name))),
            Call::DescribeService(request) => {
                self.services.describe(&request.cluster, &request.name, environment).map(Reply::DescribeService)
            }
            Call::DescribeTaskDefinition(request) => Ok(Reply::DescribeTaskDefinition(self.definitions.describe(&request.id))),
            Call::ListTaskDefinitions(request) => Ok(Reply::ListTaskDefinitions(self.definitions.list(&request.family))),
            _ => return None,
        })
    }

    /// Does what a call asks. None: the call is none of these services' effects.
    pub(super) fn change(&mut self, call: Call, environment: &Environment, turn: &mut Turn) -> Option<Answer<Reply>> {
        Some(match call {
            Call::CreateSecret(request) => self.secrets.create(request, environment, turn).map(Reply::CreateSecret),
            Call::RestoreSecret(request) => self.secrets.restore(&request.id, turn.now).map(Reply::RestoreSecret),
            Call::DeleteSecret(request) => self.secrets.delete(&request, turn.now).map(Reply::DeleteSecret),
            Call::TagSecret(request) => self.secrets.tag(&request.id, request.tags, turn.now).map(Reply::TagSecret),
            Call::CreateFileSystem(request) => self.file_systems.create(request, environment, turn).map(Reply::CreateFileSystem),
            Call::CreateMountTarget(request) => {
                self.file_systems.create_mount_target(&request, environment, turn).map(Reply::CreateMountTarget)
            }
            Call::DeleteMountTarget(request) => self.file_systems.delete_mount_target(&request.id, turn).map(Reply::DeleteMountTarget),
            Call::DeleteFileSystem(request) => self.file_systems.delete(&request.id, turn).map(Reply::DeleteFileSystem),
            Call::TagFileSystem(request) => self.file_systems.tag(&request.id, request.tags).map(Reply::TagFileSystem),
            Call::CreateDatabase(request) => self.databases.create(request, environment, turn).map(Reply::CreateDatabase),
            Call::ModifyDatabase(request) => self.databases.modify(&request.name, &request.change, turn).map(Reply::ModifyDatabase),
            Call::DeleteDatabase(request) => {
                self.databases.delete(&request.name, request.final_snapshot.as_deref(), turn).map(Reply::DeleteDatabase)
            }
            Call::DeleteSnapshot(request) => self.databases.delete_snapshot(&request.name).map(Reply::DeleteSnapshot),
            Call::TagDatabase(request) => self.databases.tag(&request.arn, request.tags).map(Reply::TagDatabase),
            other => return self.change_ecs(other, environment, turn),
        })
    }

    fn change_ecs(&mut self, call: Call, environment: &Environment, turn: &mut Turn) -> Option<Answer<Reply>> {
        Some(match call {
            Call::RegisterTaskDefinition(request) => self.definitions.register(request, environment).map(Reply::RegisterTaskDefinition),
            Call::DeregisterTaskDefinition(request) => self.definitions.deregister(&request.arn).map(Reply::DeregisterTaskDefinition),
            Call::CreateService(request) => self.services.create(request, &self.definitions, environment, turn).map(Reply::CreateService),
            Call::UpdateService(request) => {
                let update = self.services.update(&request.name, &request.task_definition, &self.definitions, turn);
                update.map(Reply::UpdateService)
            }
            Call::DeleteService(request) => self.services.delete(&request.name, turn).map(Reply::DeleteService),
            Call::TagService(request) => self.services.tag(&request.arn, request.tags).map(Reply::TagService),
            _ => return None,
        })
    }

    /// What happens by itself.
    pub(super) fn becomes(&mut self, transition: &Transition, turn: &mut Turn) {
        self.file_systems.becomes(transition);
        self.databases.becomes(transition, turn);
        let around = Surroundings { definitions: &self.definitions, secrets: &self.secrets, file_systems: &self.file_systems };
        self.services.becomes(transition, &around, turn);
    }
}
