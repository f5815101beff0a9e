//! Task definitions to and from ECS. What is written is read back equal: the engine compares contents.

use std::collections::BTreeMap;

use aws_sdk_ecs::error::BuildError;
use aws_sdk_ecs::types::{
    ContainerDefinition, EfsAuthorizationConfig, EfsAuthorizationConfigIam, EfsTransitEncryption, EfsVolumeConfiguration, KeyValuePair,
    LogConfiguration, LogDriver, MountPoint, PortMapping, Secret, TaskDefinition as Registered, TransportProtocol, Volume,
};
use domain::kind::service::{Logs, Mount, TaskDefinition};

/// The container's name: the last part of the family, which is the service's short name.
pub(super) fn container_name(family: &str) -> &str {
    family.rsplit('-').next().unwrap_or(family)
}

/// The one container of `content`.
pub(super) fn container(content: &TaskDefinition) -> Result<ContainerDefinition, BuildError> {
    let pair = |(name, value): (&String, &String)| KeyValuePair::builder().name(name).value(value).build();
    let secret = |(name, from): (&String, &String)| Secret::builder().name(name).value_from(from).build();
    let port = |port: u16| PortMapping::builder().container_port(i32::from(port)).protocol(TransportProtocol::Tcp).build();
    let mount = |(n, path): (usize, &String)| MountPoint::builder().source_volume(volume_name(n)).container_path(path).build();
    let mut container = ContainerDefinition::builder()
        .name(container_name(&content.family))
        .image(&content.image)
        .essential(true)
        .set_port_mappings(content.port.map(|number| vec![port(number)]))
        .set_environment(Some(content.environment.iter().map(pair).collect()))
        .set_secrets(Some(content.secrets.iter().map(secret).collect::<Result<_, _>>()?))
        .set_mount_points(Some(content.mounts.keys().enumerate().map(mount).collect()))
        .set_stop_timeout(content.stop_seconds.map(i32::from))
        .set_log_configuration(content.logs.as_ref().map(|logs| log_configuration(logs, container_name(&content.family))).transpose()?);
    if !content.command.is_empty() {
        container = container.set_command(Some(content.command.clone()));
    }
    Ok(container.build())
}

/// One stream per task, under the container's name. Output that cannot be sent is dropped rather than that the container waits for it.
fn log_configuration(logs: &Logs, container: &str) -> Result<LogConfiguration, BuildError> {
    LogConfiguration::builder()
        .log_driver(LogDriver::Awslogs)
        .options(LOG_GROUP, &logs.group)
        .options(LOG_REGION, &logs.region)
        .options("awslogs-stream-prefix", container)
        .options("mode", "non-blocking")
        .options("max-buffer-size", "25m")
        .build()
}

const LOG_GROUP: &str = "awslogs-group";

const LOG_REGION: &str = "awslogs-region";

/// One volume per mount, encrypted on the wire. Through an access point IAM is asked, for the task's role.
pub(super) fn volumes(content: &TaskDefinition) -> Result<Vec<Volume>, BuildError> {
    let by = |point: &String| EfsAuthorizationConfig::builder().access_point_id(point).iam(EfsAuthorizationConfigIam::Enabled).build();
    let volume = |(n, mount): (usize, &Mount)| {
        let efs = EfsVolumeConfiguration::builder()
            .file_system_id(&mount.file_system)
            .transit_encryption(EfsTransitEncryption::Enabled)
            .set_authorization_config(mount.access_point.as_ref().map(by));
        Ok(Volume::builder().name(volume_name(n)).efs_volume_configuration(efs.build()?).build())
    };
    content.mounts.values().enumerate().map(volume).collect()
}

fn volume_name(n: usize) -> String {
    format!("efs-{n}")
}

/// What a registered definition says.
pub(super) fn content(registered: &Registered) -> TaskDefinition {
    let containers = registered.container_definitions();
    let first = containers.first();
    let number = |text: Option<&str>| text.and_then(|text| text.parse().ok()).unwrap_or(0);
    TaskDefinition {
        family: registered.family().unwrap_or_default().to_owned(),
        cpu: number(registered.cpu()),
        memory_mib: number(registered.memory()),
        image: first.and_then(|one| one.image()).unwrap_or_default().to_owned(),
        port: first.and_then(|one| one.port_mappings().first()?.container_port()).and_then(|port| u16::try_from(port).ok()),
        command: first.map(|one| one.command().to_vec()).unwrap_or_default(),
        environment: first.map(environment).unwrap_or_default(),
        secrets: first.map(secrets).unwrap_or_default(),
        mounts: first.map(|one| mounts(one, registered.volumes())).unwrap_or_default(),
        execution_role: registered.execution_role_arn().unwrap_or_default().to_owned(),
        task_role: registered.task_role_arn().map(str::to_owned),
        logs: first.and_then(logs),
        stop_seconds: first.and_then(|one| u16::try_from(one.stop_timeout()?).ok()),
    }
}

fn logs(container: &ContainerDefinition) -> Option<Logs> {
    let options = container.log_configuration()?.options()?;
    Some(Logs { group: options.get(LOG_GROUP)?.clone(), region: options.get(LOG_REGION).cloned().unwrap_or_default() })
}

fn environment(container: &ContainerDefinition) -> BTreeMap<String, String> {
    let pair = |pair: &KeyValuePair| Some((pair.name()?.to_owned(), pair.value().unwrap_or_default().to_owned()));
    container.environment().iter().filter_map(pair).collect()
}

fn secrets(container: &ContainerDefinition) -> BTreeMap<String, String> {
    container.secrets().iter().map(|secret| (secret.name().to_owned(), secret.value_from().to_owned())).collect()
}

fn mounts(container: &ContainerDefinition, volumes: &[Volume]) -> BTreeMap<String, Mount> {
    let file_system = |name: &str| {
        let volume = volumes.iter().find(|volume| volume.name() == Some(name))?;
        let efs = volume.efs_volume_configuration()?;
        let access_point = efs.authorization_config().and_then(|by| by.access_point_id()).map(str::to_owned);
        Some(Mount { file_system: efs.file_system_id().to_owned(), access_point })
    };
    let mount = |mount: &MountPoint| Some((mount.container_path()?.to_owned(), file_system(mount.source_volume()?)?));
    container.mount_points().iter().filter_map(mount).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_is_read_back_as_it_was_written() {
        let map = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<BTreeMap<_, _>>();
        let written = TaskDefinition {
            family: "mate-demo-dev-django".into(),
            cpu: 256,
            memory_mib: 512,
            image: "r/mate-django-dev:dev-1".into(),
            port: Some(8000),
            command: vec!["run".into()],
            environment: map(&[("A", "1"), ("B", "")]),
            secrets: map(&[("KEY", "arn:aws:secretsmanager:…:KEY::")]),
            mounts: [
                ("/data".to_owned(), Mount { file_system: "fs-1".into(), access_point: None }),
                ("/models".to_owned(), Mount { file_system: "fs-2".into(), access_point: Some("fsap-1".into()) }),
            ]
            .into(),
            execution_role: "arn:aws:iam::1:role/x".into(),
            task_role: Some("arn:aws:iam::1:role/y".into()),
            logs: Some(Logs { group: "/ecs/mate-demo-dev/django".into(), region: "us-east-1".into() }),
            stop_seconds: Some(120),
        };
        let registered = Registered::builder()
            .family(&written.family)
            .cpu("256")
            .memory("512")
            .execution_role_arn(&written.execution_role)
            .set_task_role_arn(written.task_role.clone())
            .container_definitions(container(&written).unwrap())
            .set_volumes(Some(volumes(&written).unwrap()))
            .build();
        assert_eq!(content(&registered), written);
    }
}
