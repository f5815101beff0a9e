//! The check of a blueprint at load: whatever can be wrong with it is said with its key.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Base, Ground, Life, STACK, Site, Unresolvable, resolve};
use crate::blueprint::{Blueprint, GIVEN, Layer, SCHEMA, SETTINGS, Template};
use crate::graph::Graph;
use crate::kind::output_names;
use crate::order::Specification;
use crate::tenant::{ENVIRONMENTS, Incarnation, Owner};
use crate::words::{BadPattern, references};

type Fault = (String, String);

/// What every kind gives.
const ALWAYS: [&str; 2] = ["arn", "name"];

/// Resolves `blueprint` for every tier and environment, with and without each option, on a stand-in base,
/// so that a fault shows at load and not at a customer.
pub(crate) fn check(blueprint: &Blueprint) -> Result<(), Fault> {
    if blueprint.schema != SCHEMA {
        return Err(("schema".into(), format!("is {}, this code reads {SCHEMA}", blueprint.schema)));
    }
    known_ids(blueprint)?;
    named(blueprint, &blueprint.base, "base", "{environment}")?;
    named(blueprint, &blueprint.tenant, "tenant", "{tenant} and {environment}")?;
    let base = stand_in(blueprint);
    for environment in ENVIRONMENTS {
        let Ok(name) = environment.parse() else { unreachable!("it is one of the environments") };
        if !blueprint.base.resources.is_empty() {
            check_one(blueprint, None, &Owner::Environment(name), &base)?;
        }
    }
    let tiers: Vec<Option<&String>> = if blueprint.tiers.is_empty() { vec![None] } else { blueprint.tiers.keys().map(Some).collect() };
    for (tier, environment) in tiers.into_iter().flat_map(|tier| ENVIRONMENTS.map(|environment| (tier, environment))) {
        let (Ok(tenant), Ok(environment)) = ("a-tenant-of-20-chars".parse(), environment.parse()) else {
            unreachable!("both words are legal")
        };
        check_one(blueprint, tier, &Owner::tenant(environment, tenant), &base)?;
    }
    Ok(())
}

fn check_one(blueprint: &Blueprint, tier: Option<&String>, owner: &Owner, base: &Base) -> Result<(), Fault> {
    let layer = if owner.tenant_id().is_some() { "tenant" } else { "base" };
    for options in [BTreeSet::new(), blueprint.layer(owner).options.clone()] {
        let key = || format!("{layer}.resource (tier {}, environment {})", tier.map_or("none", String::as_str), owner.environment());
        let specification = Specification {
            blueprint: blueprint.name.clone(),
            tier: tier.cloned(),
            image: None,
            apply: None,
            options,
            observe_only: false,
        };
        let graph = try_one(blueprint, &specification, owner, base).map_err(|error| (key(), chain(&error)))?;
        known_outputs(&graph).map_err(|reason| (key(), reason))?;
    }
    Ok(())
}

fn try_one(blueprint: &Blueprint, specification: &Specification, owner: &Owner, base: &Base) -> Result<Graph, Unresolvable> {
    let stack = STACK.map(|word| (word.to_owned(), format!("arn:aws:x:us-east-1:123456789012:{word}"))).into();
    let site = Site { account: "123456789012".into(), region: "us-east-1".into(), stack };
    let life = Life { owner, incarnation: Incarnation::mint(0, 0) };
    resolve(blueprint, specification, Ground { site: &site, base }, life, &BTreeMap::new())
}

/// All that a base of this blueprint can give.
fn stand_in(blueprint: &Blueprint) -> Base {
    let outputs = |template: &Template| {
        let names = output_names(&template.kind).iter().chain(&ALWAYS);
        names.map(|name| (format!("{}.{name}", template.id), format!("{}-{name}", template.id))).collect::<Vec<_>>()
    };
    blueprint.base.resources.iter().flat_map(outputs).collect()
}

/// A reference to an output that its kind never gives would wait for ever.
fn known_outputs(graph: &Graph) -> Result<(), String> {
    for resource in graph.resources() {
        let properties = serde_json::to_value(&resource.desired).unwrap_or_default();
        for reference in texts(&properties).into_iter().flat_map(references) {
            let Some(of) = graph.resources().iter().find(|other| other.id == reference.id) else { continue };
            let names = output_names(of.desired.kind());
            if !ALWAYS.contains(&reference.output.as_str()) && !names.contains(&reference.output.as_str()) {
                let known = ALWAYS.iter().chain(names).copied().collect::<Vec<_>>().join(", ");
                return Err(format!("resource {}: {} gives no {:?}; it gives {known}", resource.id, of.id, reference.output));
            }
        }
    }
    Ok(())
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// A name that does not tell owners apart would be shared by two.
fn named(blueprint: &Blueprint, layer: &Layer, key: &str, placeholders: &'static str) -> Result<(), Fault> {
    for template in &layer.resources {
        if [SETTINGS, GIVEN].contains(&template.id.0.as_str()) || template.id.0.contains(['.', '{', '}', '@']) {
            return Err((
                format!("{key}.resource.{}.id", template.id),
                "is no id: it is reserved or has a character of placeholders or replacements".into(),
            ));
        }
        let lacks_tenant = placeholders.contains("{tenant}") && !template.name.contains("{tenant}");
        if lacks_tenant || !tells_environments_apart(blueprint, &template.name) {
            let reason = BadPattern::NotOwned { pattern: template.name.clone(), placeholders };
            return Err((format!("{key}.resource.{}.name", template.id), reason.to_string()));
        }
    }
    Ok(())
}

/// Whether `pattern` has the environment, or a word of the settings that is another in each, such as a host name's end.
fn tells_environments_apart(blueprint: &Blueprint, pattern: &str) -> bool {
    let differs = |word: &String| {
        let values: BTreeSet<_> = ENVIRONMENTS.iter().map(|environment| blueprint.settings(environment).remove(word)).collect();
        values.len() == ENVIRONMENTS.len()
    };
    let has = |word: &&String| pattern.contains(&format!("{{{word}}}"));
    pattern.contains("{environment}") || blueprint.settings.keys().filter(has).any(differs)
}

/// Overrides, options and costs must name what exists: a misspelt one would silently do nothing.
fn known_ids(blueprint: &Blueprint) -> Result<(), Fault> {
    let in_tenant = |id: &str| blueprint.tenant.resources.iter().any(|template| template.id.0 == id);
    let in_base = |id: &str| blueprint.base.resources.iter().any(|template| template.id.0 == id);
    let unknown = |key: String| Err((key, "there is no resource of this id".to_owned()));
    for (name, id) in blueprint.tiers.iter().flat_map(|(name, by_id)| by_id.keys().map(move |id| (name, id))) {
        if !in_tenant(id) {
            return unknown(format!("tiers.{name}.{id}"));
        }
    }
    for (name, id) in blueprint.environments.iter().flat_map(|(name, by_id)| by_id.keys().map(move |id| (name, id))) {
        if !in_tenant(id) && !in_base(id) && ![SETTINGS, GIVEN].contains(&id.as_str()) {
            return unknown(format!("environments.{name}.{id}"));
        }
    }
    if let Some(name) = blueprint.environments.keys().find(|name| !ENVIRONMENTS.contains(&name.as_str())) {
        return Err((format!("environments.{name}"), "is none of dev, staging, prod".into()));
    }
    for (tier, line, cost) in blueprint.costs.iter().flat_map(|(tier, lines)| lines.iter().map(move |(line, cost)| (tier, line, cost))) {
        if !blueprint.tiers.contains_key(tier) && tier != "all" {
            return Err((format!("costs.{tier}"), "there is no tier of this name".into()));
        }
        if let Some(id) = cost.of.iter().find(|id| !in_tenant(&id.0)) {
            return unknown(format!("costs.{tier}.{line}.of.{id}"));
        }
    }
    known_options(&blueprint.base, "base").and_then(|()| known_options(&blueprint.tenant, "tenant"))
}

fn known_options(layer: &Layer, key: &str) -> Result<(), Fault> {
    let unknown = |template: &&Template| template.only.option.as_ref().is_some_and(|option| !layer.options.contains(option));
    match layer.resources.iter().find(unknown) {
        Some(template) => Err((format!("{key}.resource.{}.only.option", template.id), "the layer has no such option".into())),
        None => Ok(()),
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
