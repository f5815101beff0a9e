//! From a blueprint's properties and what the environment gives to what a kind wants.

use serde::de::DeserializeOwned;
use toml::Table;

use super::{Base, Unresolvable};
use crate::blueprint::Template;
use crate::kind::Desired;
use crate::kind::database::{Database, DatabaseProperties};
use crate::kind::file_system::{FileSystem, FileSystemProperties};
use crate::kind::secret::Secret;
use crate::kind::service::{SecretField, Service, ServiceProperties};
use crate::order::{Apply, Specification};
use crate::tenant::EnvironmentName;

/// The properties of `template`, typed and complete.
///
/// # Errors
/// A property is wrong, or the environment lacks what it names.
pub(super) fn desired(
    template: &Template,
    properties: Table,
    specification: &Specification,
    base: &Base,
    environment: &EnvironmentName,
) -> Result<Desired, Unresolvable> {
    let fault = |reason: String| Unresolvable::Property { id: template.id.0.clone(), reason };
    let group = |name: &str| {
        base.security_groups.get(name).cloned().ok_or_else(|| fault(format!("the environment has no security group {name:?}")))
    };
    Ok(match template.kind.as_str() {
        "secret" => Desired::Secret(typed::<Secret>(properties).map_err(fault)?),
        "efs-file-system" => {
            let typed: FileSystemProperties = typed(properties).map_err(fault)?;
            let security_group = group(&typed.security_group)?;
            Desired::EfsFileSystem(FileSystem { subnets: base.private_subnets.clone(), security_group })
        }
        "rds-instance" => {
            let typed: DatabaseProperties = typed(properties).map_err(fault)?;
            let security_group = group(&typed.security_group)?;
            Desired::RdsInstance(database(typed, security_group, specification, base, environment))
        }
        "ecs-service" => {
            let typed: ServiceProperties = typed(properties).map_err(fault)?;
            let security_group = group(&typed.security_group)?;
            Desired::EcsService(service(typed, security_group, specification, base, environment).map_err(fault)?)
        }
        other => return Err(fault(format!("kind {other:?} is unknown; known are secret, efs-file-system, rds-instance, ecs-service"))),
    })
}

fn typed<T: DeserializeOwned>(properties: Table) -> Result<T, String> {
    properties.try_into().map_err(|error: toml::de::Error| error.message().to_owned())
}

fn database(
    typed: DatabaseProperties,
    security_group: String,
    specification: &Specification,
    base: &Base,
    environment: &EnvironmentName,
) -> Database {
    let apply = specification.apply.unwrap_or(if environment.is_production() { Apply::Window } else { Apply::Now });
    Database {
        engine: typed.engine,
        engine_version: typed.engine_version,
        class: typed.class,
        storage_gib: typed.storage_gib,
        database_name: typed.database_name,
        credentials: typed.credentials,
        multi_az: typed.multi_az,
        deletion_protection: typed.deletion_protection,
        backup_days: typed.backup_days,
        subnet_group: base.db_subnet_group.clone(),
        security_group,
        apply_immediately: apply == Apply::Now,
    }
}

fn service(
    typed: ServiceProperties,
    security_group: String,
    specification: &Specification,
    base: &Base,
    environment: &EnvironmentName,
) -> Result<Service, String> {
    let secrets = typed.secrets.into_iter().map(|(variable, from)| Ok((variable, secret_field(&from)?))).collect::<Result<_, String>>()?;
    let repository = typed.repository.replace("{environment}", environment.as_str());
    Ok(Service {
        cluster: base.cluster.clone(),
        cpu: typed.cpu,
        memory_mib: typed.memory_mib,
        repository: format!("{}.dkr.ecr.{}.amazonaws.com/{repository}", base.account, base.region),
        initial_tag: specification.image.clone().unwrap_or_else(|| "latest".to_owned()),
        port: typed.port,
        command: typed.command,
        environment: typed.environment,
        secrets,
        mounts: typed.mounts,
        initial_count: typed.initial_count,
        execution_role: base.execution_role_arn.clone(),
        subnets: base.private_subnets.clone(),
        security_group,
    })
}

fn secret_field(text: &str) -> Result<SecretField, String> {
    let (secret, field) = text.split_once(':').ok_or_else(|| format!("secret reference {text:?} is not secret-id:FIELD"))?;
    Ok(SecretField { secret: secret.into(), field: field.to_owned() })
}
