//! The check of a blueprint at load: whatever can be wrong with it is said with its key.

use std::collections::BTreeMap;

use super::{Base, Life, Unresolvable, resolve};
use crate::blueprint::{Blueprint, SCHEMA};
use crate::graph::Graph;
use crate::name::BadPattern;
use crate::order::Specification;
use crate::tenant::{ENVIRONMENTS, Incarnation};

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
