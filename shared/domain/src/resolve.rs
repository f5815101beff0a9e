//! From what a tenant should be to its resource graph: every name, tag and token is decided here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

mod check;
mod property;

pub(crate) use check::check;
use property::desired;

use crate::blueprint::{Blueprint, Template};
use crate::graph::{BadGraph, Graph};
use crate::kind::Desired;
use crate::ledger::Record;
use crate::name::{BadPattern, NameContext, fill, fit};
use crate::order::Specification;
use crate::resource::{BLUEPRINT_TAG, INCARNATION_TAG, OWNER_TAG, Place, Resource, Tags, token};
use crate::tenant::{EnvironmentName, Incarnation, Owner, TenantId};

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
