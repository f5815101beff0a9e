//! From what a tenant should be to its resource graph: every name, tag and token is decided here.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use toml::Table;

use crate::blueprint::{Blueprint, SCHEMA, Template};
use crate::graph::{BadGraph, Graph};
use crate::kind::Desired;
use crate::kind::database::{Database, DatabaseProperties};
use crate::kind::file_system::{FileSystem, FileSystemProperties};
use crate::kind::secret::Secret;
use crate::kind::service::{SecretField, Service, ServiceProperties};
use crate::ledger::Record;
use crate::name::{BadPattern, NameContext, fill, fit};
use crate::order::{Apply, Specification};
use crate::resource::{BLUEPRINT_TAG, INCARNATION_TAG, OWNER_TAG, Place, Resource, Tags, token};
use crate::tenant::{ENVIRONMENTS, EnvironmentName, Incarnation, Owner, TenantId};

/// What an environment gives its tenants to stand on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    /// AWS account.
    pub account: String,
    /// AWS region.
    pub region: String,
    /// One per zone.
    pub private_subnets: Vec<String>,
    /// Ids by name: `ecs`, `rds`, `efs`.
    pub security_groups: BTreeMap<String, String>,
    /// The ECS cluster's name.
    pub cluster: String,
    /// Pulls images, reads secrets.
    pub execution_role_arn: String,
    /// RDS subnet group.
    pub db_subnet_group: String,
}

/// Why a specification makes no graph.
#[derive(Debug, Error)]
pub enum Unresolvable {
    /// No size of this name.
    #[error("blueprint {blueprint} has no tier {tier:?}; it has {known}")]
    Tier {
        /// The blueprint.
        blueprint: String,
        /// As asked.
        tier: String,
        /// As there are.
        known: String,
    },
    /// A size is needed, or none is allowed.
    #[error("blueprint {blueprint} {}", if *.has_tiers { "needs a tier" } else { "has no tiers" })]
    TierPresence {
        /// The blueprint.
        blueprint: String,
        /// Whether it has sizes.
        has_tiers: bool,
    },
    /// The id would clash with a name of the blueprint.
    #[error("tenant id {0} is reserved by blueprint {1}")]
    Reserved(TenantId, String),
    /// An option that the blueprint does not have yet.
    #[error("blueprint {0} has no option {1}")]
    Option(String, &'static str),
    /// A property is wrong.
    #[error("resource {id}: {reason}")]
    Property {
        /// The resource.
        id: String,
        /// What is wrong.
        reason: String,
    },
    /// A name cannot be made.
    #[error("resource {id} cannot be named")]
    Name {
        /// The resource.
        id: String,
        /// Why.
        #[source]
        source: BadPattern,
    },
    /// The resources are no graph.
    #[error("the resources make no graph")]
    Graph(#[from] BadGraph),
}

/// For whom a graph is resolved.
#[derive(Debug, Clone, Copy)]
pub struct Life<'a> {
    /// The environment.
    pub environment: &'a EnvironmentName,
    /// The tenant.
    pub tenant: &'a TenantId,
    /// Its life.
    pub incarnation: Incarnation,
}

/// The graph of a tenant. Names and tokens that `records` hold stay as they are, whatever the blueprint says by now.
///
/// # Errors
/// Why there is none.
pub fn resolve(
    blueprint: &Blueprint,
    specification: &Specification,
    base: &Base,
    life: Life<'_>,
    records: &BTreeMap<Place, Record>,
) -> Result<Graph, Unresolvable> {
    let tier = specification.tier.as_deref();
    admit(blueprint, specification, life.tenant)?;
    let resources = blueprint.tenant.resources.iter().map(|template| {
        let properties = blueprint.properties(template, tier, life.environment.as_str());
        let desired = desired(template, properties, specification, base, life.environment)?;
        let place = Place { incarnation: life.incarnation, id: template.id.clone() };
        resource(blueprint, template, desired, life, records.get(&place))
    });
    Ok(Graph::new(resources.collect::<Result<_, Unresolvable>>()?)?)
}

/// Whether `tenant` may stand as `specification` says, before anything is looked at.
///
/// # Errors
/// Why not.
pub fn admit(blueprint: &Blueprint, specification: &Specification, tenant: &TenantId) -> Result<(), Unresolvable> {
    let name = || blueprint.name.clone();
    if blueprint.reserved_ids.iter().any(|id| id == tenant.as_str()) {
        return Err(Unresolvable::Reserved(tenant.clone(), name()));
    }
    if specification.hipaa {
        return Err(Unresolvable::Option(name(), "hipaa"));
    }
    match &specification.tier {
        Some(tier) if !blueprint.tiers.contains_key(tier) && !blueprint.tiers.is_empty() => {
            let known = blueprint.tiers.keys().cloned().collect::<Vec<_>>().join(", ");
            Err(Unresolvable::Tier { blueprint: name(), tier: tier.clone(), known })
        }
        tier if tier.is_some() == blueprint.tiers.is_empty() => {
            Err(Unresolvable::TierPresence { blueprint: name(), has_tiers: !blueprint.tiers.is_empty() })
        }
        _ => Ok(()),
    }
}

fn resource(
    blueprint: &Blueprint,
    template: &Template,
    desired: Desired,
    life: Life<'_>,
    record: Option<&Record>,
) -> Result<Resource, Unresolvable> {
    let context = NameContext { tenant: Some(life.tenant), environment: life.environment, incarnation: life.incarnation };
    let unnamed = |source| Unresolvable::Name { id: template.id.0.clone(), source };
    let (name, token) = match record {
        Some(record) => (record.resource.name.clone(), record.resource.token.clone()),
        None => {
            (fit(&template.name, context, desired.name_rule()).map_err(unnamed)?, token(life.incarnation, &template.id, &desired.fixed()))
        }
    };
    let owner = Owner::tenant(life.environment.clone(), life.tenant.clone());
    let mut tags = Tags::from([
        (OWNER_TAG.to_owned(), owner.tag()),
        (INCARNATION_TAG.to_owned(), life.incarnation.to_string()),
        (BLUEPRINT_TAG.to_owned(), blueprint.name.clone()),
    ]);
    for (key, pattern) in &blueprint.tags {
        tags.insert(key.clone(), fill(pattern, context).map_err(unnamed)?);
    }
    Ok(Resource {
        id: template.id.clone(),
        owner,
        incarnation: life.incarnation,
        name,
        token,
        tags,
        after: template.after.clone(),
        protects_data: template.protects_data,
        desired,
    })
}

fn desired(
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

/// Resolves `blueprint` for every tier and environment on a stand-in base, so that a fault shows at load and not at a customer.
pub(crate) fn check(blueprint: &Blueprint) -> Result<(), (String, String)> {
    if blueprint.schema != SCHEMA {
        return Err(("schema".into(), format!("is {}, this code reads {SCHEMA}", blueprint.schema)));
    }
    known_ids(blueprint)?;
    for template in &blueprint.tenant.resources {
        if !template.name.contains("{tenant}") || !template.name.contains("{environment}") {
            return Err((format!("tenant.resource.{}.name", template.id), BadPattern::NotOwned(template.name.clone()).to_string()));
        }
    }
    let tiers: Vec<Option<&String>> = if blueprint.tiers.is_empty() { vec![None] } else { blueprint.tiers.keys().map(Some).collect() };
    for tier in tiers {
        for environment in ENVIRONMENTS {
            let key = format!("tenant.resource (tier {}, environment {environment})", tier.map_or("none", String::as_str));
            check_one(blueprint, tier, environment).map_err(|error| (key, chain(&error)))?;
        }
    }
    Ok(())
}

fn check_one(blueprint: &Blueprint, tier: Option<&String>, environment: &str) -> Result<Graph, Unresolvable> {
    let group = |name: &str| (name.to_owned(), "sg-0".to_owned());
    let base = Base {
        account: "0".into(),
        region: "us-east-1".into(),
        private_subnets: vec!["subnet-0".into()],
        security_groups: ["ecs", "rds", "efs"].map(group).into(),
        cluster: "c".into(),
        execution_role_arn: "r".into(),
        db_subnet_group: "g".into(),
    };
    let specification = Specification { blueprint: blueprint.name.clone(), tier: tier.cloned(), image: None, apply: None, hipaa: false };
    let (Ok(tenant), Ok(environment)) = ("a-tenant-of-20-chars".parse(), environment.parse()) else { unreachable!("both words are legal") };
    let life = Life { environment: &environment, tenant: &tenant, incarnation: Incarnation::mint(0, 0) };
    resolve(blueprint, &specification, &base, life, &BTreeMap::new())
}

/// Overrides and costs must name resources that exist: a misspelt one would silently do nothing.
fn known_ids(blueprint: &Blueprint) -> Result<(), (String, String)> {
    let known = |id: &str| blueprint.tenant.resources.iter().any(|template| template.id.0 == id);
    let unknown = |key: String| Err((key, "there is no resource of this id".to_owned()));
    for (section, layers) in [("tiers", &blueprint.tiers), ("environments", &blueprint.environments)] {
        for (name, id) in layers.iter().flat_map(|(name, by_id)| by_id.keys().map(move |id| (name, id))) {
            if !known(id) {
                return unknown(format!("{section}.{name}.{id}"));
            }
        }
    }
    if let Some(name) = blueprint.environments.keys().find(|name| !ENVIRONMENTS.contains(&name.as_str())) {
        return Err((format!("environments.{name}"), "is none of dev, staging, prod".into()));
    }
    for (tier, line, cost) in blueprint.costs.iter().flat_map(|(tier, lines)| lines.iter().map(move |(line, cost)| (tier, line, cost))) {
        if !blueprint.tiers.contains_key(tier) && tier != "all" {
            return Err((format!("costs.{tier}"), "there is no tier of this name".into()));
        }
        if let Some(id) = cost.of.iter().find(|id| !known(&id.0)) {
            return unknown(format!("costs.{tier}.{line}.of.{id}"));
        }
    }
    Ok(())
}

fn chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
