//! Small legal requests, for tests that are about something else.

use std::collections::BTreeMap;

use domain::kind::database::Database;
use domain::kind::service::{Service, TaskDefinition};
use domain::ports::{Confidential, CreateDatabase, CreateService};

use crate::simulator::Environment;

/// A task definition of the smallest size, without secrets and mounts.
pub fn task_definition(family: &str) -> TaskDefinition {
    TaskDefinition {
        family: family.to_owned(),
        cpu: 256,
        memory_mib: 512,
        image: "public.ecr.aws/docker/library/nginx:stable".to_owned(),
        port: Some(8000),
        execution_role: Environment::dev().execution_role_arn(),
        ..TaskDefinition::default()
    }
}

/// The creation of a service of one task.
pub fn service(environment: &Environment, name: &str, revision: &str) -> CreateService {
    let definition = task_definition(name);
    let desired = Service {
        cluster: environment.cluster.clone(),
        cpu: definition.cpu,
        memory_mib: definition.memory_mib,
        image: definition.image,
        port: definition.port,
        initial_count: 1,
        execution_role: definition.execution_role,
        subnets: environment.private_subnets.iter().map(|subnet| subnet.id.clone()).collect(),
        security_group: environment.security_groups["ecs"].clone(),
        minimum_percent: 100,
        maximum_percent: 200,
        ..Service::default()
    };
    let token = crate::random::hash(name);
    CreateService {
        name: name.to_owned(),
        token: format!("{token:032x}"),
        task_definition: revision.to_owned(),
        desired,
        tags: BTreeMap::new(),
    }
}

/// The creation of a small database without deletion protection.
pub fn database(environment: &Environment, name: &str) -> CreateDatabase {
    let desired = Database {
        engine: "postgres".to_owned(),
        engine_version: "16".to_owned(),
        class: "db.t4g.micro".to_owned(),
        storage_gib: 20,
        database_name: "mate".to_owned(),
        credentials: environment.arn("secretsmanager", "secret:credentials"),
        multi_az: false,
        deletion_protection: false,
        backup_days: 7,
        subnet_group: environment.db_subnet_group.clone(),
        security_group: environment.security_groups["rds"].clone(),
        parameter_group: None,
        key: None,
        max_storage_gib: None,
        monitoring_seconds: 0,
        monitoring_role: None,
        performance_insights: false,
    };
    CreateDatabase {
        name: name.to_owned(),
        desired,
        username: "mate".to_owned(),
        password: Confidential("correcthorsebatterystaple".to_owned()),
        tags: BTreeMap::new(),
    }
}
