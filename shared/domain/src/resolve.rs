//! From what an owner should be to its resource graph: every name, tag and token is decided here.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

mod check;
mod present;
mod unresolvable;
mod wanted;

pub(crate) use check::check;
use present::{Present, name_of};
pub use unresolvable::Unresolvable;
pub use wanted::{Wanted, resolve_intent};

use crate::blueprint::{Blueprint, GIVEN, Template};
use crate::graph::Graph;
use crate::kind::{Desired, name_rule};
use crate::ledger::Record;
use crate::name::fit;
use crate::order::{Apply, Specification};
use crate::resource::{BLUEPRINT_TAG, INCARNATION_TAG, OWNER_TAG, Place, RESOURCE_TAG, Resource, ResourceId, Tags, token};
use crate::tenant::{Incarnation, Owner};
use crate::words::{BadPattern, Words, each_text, redirect, references};

/// The image's tag where the event names none.
const DEFAULT_IMAGE: &str = "latest";

/// Where everything stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// AWS account.
    pub account: String,
    /// AWS region.
    pub region: String,
    /// What our own stack has there for what blueprints make, by the [`STACK`]'s words.
    pub stack: BTreeMap<String, String>,
}

/// The words for what our own stack has: the ARN of what bounds roles, the ARN of ElastiCache's topic, the ledger's table, URL and ARN of
/// the scaling queue, and the function whose code samplers run.
pub const STACK: [&str; 6] = ["boundary", "cache_events", "ledger", "scaling_queue", "scaling_queue_arn", "sampler"];

/// What the base gives its tenants, `id.output`. Nothing for a base itself.
pub type Base = BTreeMap<String, String>;

/// For whom a graph is resolved.
#[derive(Debug, Clone, Copy)]
pub struct Life<'a> {
    /// The owner.
    pub owner: &'a Owner,
    /// Its life.
    pub incarnation: Incarnation,
}

/// What a graph is resolved on.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// Where.
    pub site: &'a Site,
    /// What the environment gives.
    pub base: &'a Base,
}

/// The graph of an owner. Names and tokens that `records` hold stay as they are, whatever the blueprint says by now.
///
/// # Errors
/// Why there is none.
pub fn resolve(
    blueprint: &Blueprint,
    specification: &Specification,
    ground: Ground<'_>,
    life: Life<'_>,
    records: &BTreeMap<Place, Record>,
) -> Result<Graph, Unresolvable> {
    admit(blueprint, specification, life.owner)?;
    if life.owner.tenant_id().is_none() && blueprint.base.resources.is_empty() {
        return Ok(Graph::of_nothing());
    }
    let environment = life.owner.environment().as_str();
    let words = words(blueprint, specification, ground, life)?;
    let present = Present::new(life, records);
    let wanted = blueprint.layer(life.owner).resources.iter().filter(|template| template.only.admits(environment, specification));
    let resources = wanted.map(|template| resource(blueprint, template, specification, &words, &present));
    Ok(Graph::new(resources.collect::<Result<_, Unresolvable>>()?)?)
}

/// Whether `owner` may stand as `specification` says, before anything is looked at.
///
/// # Errors
/// Why not.
pub fn admit(blueprint: &Blueprint, specification: &Specification, owner: &Owner) -> Result<(), Unresolvable> {
    let name = || blueprint.name.clone();
    if let Some(option) = specification.options.difference(&blueprint.layer(owner).options).next() {
        return Err(Unresolvable::Option(name(), option.clone()));
    }
    let Some(tenant) = owner.tenant_id() else {
        return Ok(());
    };
    if blueprint.reserved_ids.iter().any(|id| id == tenant.as_str()) {
        return Err(Unresolvable::Reserved(tenant.clone(), name()));
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

fn words(blueprint: &Blueprint, specification: &Specification, ground: Ground<'_>, life: Life<'_>) -> Result<Words, Unresolvable> {
    let environment = life.owner.environment().as_str();
    let mut words = blueprint.settings(environment);
    let mut set = |word: &str, text: &str| words.insert(word.to_owned(), text.to_owned());
    set("environment", environment);
    set("incarnation", &life.incarnation.to_string());
    set("account", &ground.site.account);
    set("region", &ground.site.region);
    ground.site.stack.iter().for_each(|(word, text)| {
        set(word, text);
    });
    let Some(tenant) = life.owner.tenant_id() else {
        return Ok(Words::new(words));
    };
    set("tenant", tenant.as_str());
    set("image", specification.image.as_deref().unwrap_or(DEFAULT_IMAGE));
    let words = Words::new(words);
    let unfilled = |source| Unresolvable::Pattern { id: GIVEN.into(), source };
    let given = blueprint.given(environment).into_iter().map(|(output, pattern)| Ok((output, words.name(&pattern).map_err(unfilled)?)));
    let mut base = given.collect::<Result<Base, Unresolvable>>()?;
    base.extend(ground.base.clone());
    Ok(words.on(base))
}

fn resource(
    blueprint: &Blueprint,
    template: &Template,
    specification: &Specification,
    words: &Words,
    present: &Present<'_>,
) -> Result<Resource, Unresolvable> {
    let (life, id) = (present.life, present.id(&template.id));
    let record = present.records.get(&Place { incarnation: life.incarnation, id: id.clone() });
    let unfilled = |source| Unresolvable::Pattern { id: template.id.clone(), source };
    let environment = life.owner.environment();
    let properties = blueprint.properties(template, specification.tier.as_deref(), environment.as_str());
    let fault = |reason| Unresolvable::Property { id: template.id.clone(), reason };
    let properties = serde_json::to_value(properties).map_err(|error| fault(error.to_string()))?;
    let properties = each_text(properties, &|text| words.fill(text).map(|text| redirect(&text, &|id| present.id(id)))).map_err(unfilled)?;
    let referred = referred(&properties);
    let desired = Desired::read(&template.kind, properties).map_err(fault)?;
    let (name, token) = match (record, name_rule(&template.kind)) {
        (Some(record), _) => (record.resource.name.clone(), record.resource.token.clone()),
        (None, Some(rule)) => {
            (fit(&name_of(&id, template), words, rule).map_err(unfilled)?, token(life.incarnation, &id, &desired.fixed()))
        }
        (None, None) => return Err(fault(format!("kind {:?} is unknown", template.kind))),
    };
    let apply = specification.apply.unwrap_or(if environment.is_production() { Apply::Window } else { Apply::Now });
    Ok(Resource {
        tags: tags(blueprint, &id, words, life).map_err(unfilled)?,
        id,
        owner: life.owner.clone(),
        incarnation: life.incarnation,
        name,
        token,
        refers: !referred.is_empty(),
        after: template.after.iter().map(|id| present.id(id)).chain(referred).collect(),
        protects_data: template.protects_data,
        apply,
        desired,
    })
}

fn tags(blueprint: &Blueprint, id: &ResourceId, words: &Words, life: Life<'_>) -> Result<Tags, BadPattern> {
    let mut tags = Tags::from([
        (OWNER_TAG.to_owned(), life.owner.tag()),
        (INCARNATION_TAG.to_owned(), life.incarnation.to_string()),
        (BLUEPRINT_TAG.to_owned(), blueprint.name.clone()),
        (RESOURCE_TAG.to_owned(), id.0.clone()),
    ]);
    // A tag of tenants, such as `Tenant`, is none of the base.
    for (key, pattern) in &blueprint.tags {
        if life.owner.tenant_id().is_some() || !pattern.contains("{tenant}") {
            tags.insert(key.clone(), words.name(pattern)?);
        }
    }
    Ok(tags)
}

/// What texts in `properties` refer to.
pub(crate) fn referred(properties: &Value) -> BTreeSet<ResourceId> {
    match properties {
        Value::String(text) => references(text).into_iter().map(|reference| reference.id).collect(),
        Value::Array(values) => values.iter().flat_map(referred).collect(),
        Value::Object(fields) => fields.values().flat_map(referred).collect(),
        _ => BTreeSet::new(),
    }
}
