//! Task definitions to and from ECS. What is written is read back equal: the engine compares contents.

use std::collections::BTreeMap;

use aws_sdk_ecs::error::BuildError;
use aws_sdk_ecs::types::{
    ContainerDefinition, EfsTransitEncryption, EfsVolumeConfiguration, KeyValuePair, MountPoint, PortMapping, Secret,
    TaskDefinition as Registered, TransportProtocol, Volume,
};
use domain::kind::service::TaskDefinition;

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
        .set_mount_points(Some(content.mounts.keys().enumerate().map(mount).collect()));
    if !content.command.is_empty() {
        container = container.set_command(Some(content.command.clone()));
    }
    Ok(container.build())
}

/// One volume per mount, encrypted on the wire.
pub(super) fn volumes(content: &TaskDefinition) -> Result<Vec<Volume>, BuildError> {
    let volume = |(n, file_system): (usize, &String)| {
        let efs = EfsVolumeConfiguration::builder().file_system_id(file_system).transit_encryption(EfsTransitEncryption::Enabled);
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
    }
}

fn environment(container: &ContainerDefinition) -> BTreeMap<String, String> {
    let pair = |pair: &KeyValuePair| Some((pair.name()?.to_owned(), pair.value().unwrap_or_default().to_owned()));
    container.environment().iter().filter_map(pair).collect()
}

fn secrets(container: &ContainerDefinition) -> BTreeMap<String, String> {
    container.secrets().iter().map(|secret| (secret.name().to_owned(), secret.value_from().to_owned())).collect()
}

fn mounts(container: &ContainerDefinition, volumes: &[Volume]) -> BTreeMap<String, String> {
    let file_system = |name: &str| {
        let volume = volumes.iter().find(|volume| volume.name() == Some(name))?;
        Some(volume.efs_volume_configuration()?.file_system_id().to_owned())
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
            mounts: map(&[("/data", "fs-1"), ("/models", "fs-2")]),
            execution_role: "arn:aws:iam::1:role/x".into(),
        };
        let registered = Registered::builder()
            .family(&written.family)
            .cpu("256")
            .memory("512")
            .execution_role_arn(&written.execution_role)
            .container_definitions(container(&written).unwrap())
            .set_volumes(Some(volumes(&written).unwrap()))
            .build();
        assert_eq!(content(&registered), written);
    }
}
