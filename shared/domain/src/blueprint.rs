//! The blueprint: data that says which resources a tenant has, per tier and environment.
//!
//! ```toml
//! schema = 1
//! name = "mate"
//! reserved_ids = ["django", "celery"]
//!
//! [[base.resource]]                # what an environment has
//! id = "vpc"
//! kind = "vpc"
//! name = "mate-{environment}"
//! properties = { cidr = "10.0.0.0/16" }
//!
//! [[tenant.resource]]              # what a tenant has
//! id = "database"
//! kind = "rds-instance"
//! name = "mate-{tenant}-{environment}"
//! protects_data = true
//! properties = { class = "db.t4g.micro", … }
//!
//! [tiers.standard.database]        # overrides properties by resource id
//! class = "db.t4g.medium"
//!
//! [costs.standard]
//! rds = { usd_month = 30, of = ["database"] }
//! ```

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;
use thiserror::Error;
use toml::Table;

mod outline;
mod schema;

pub use outline::Outline;
pub use schema::schema;

use crate::order::Specification;
use crate::resource::ResourceId;
use crate::tenant::Owner;

/// How a table looks to a JSON schema.
type Json = serde_json::Map<String, serde_json::Value>;

/// The schema that this code reads.
pub const SCHEMA: u32 = 1;

/// The key of an environment's own settings among its overrides; no resource has this id.
pub const SETTINGS: &str = "settings";
/// The key of what stands already in an environment; no resource has this id.
pub const GIVEN: &str = "given";

/// A blueprint as read; its properties are checked by [`Blueprint::load`] for every tier and environment.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Blueprint {
    /// [`SCHEMA`]
    pub schema: u32,
    /// The system's name.
    pub name: String,
    /// Ids that no tenant may have, since names would clash.
    #[serde(default)]
    pub reserved_ids: Vec<String>,
    /// Cost-allocation tags; placeholders are filled in.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// Words that patterns may use, beside those that are always there; `environments.X.settings` override them.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
    /// What a base gives that stands already and is none of ours, `id.output`; `environments.X.given` override it.
    #[serde(default)]
    pub given: BTreeMap<String, String>,
    /// What an environment has.
    #[serde(default)]
    pub base: Layer,
    /// What a tenant has.
    pub tenant: Layer,
    /// Sizes: properties by resource id. Empty: the blueprint has no sizes.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, BTreeMap<String, Json>>")]
    pub tiers: BTreeMap<String, BTreeMap<String, Table>>,
    /// Properties by resource id, where an environment differs.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, BTreeMap<String, Json>>")]
    pub environments: BTreeMap<String, BTreeMap<String, Table>>,
    /// Monthly costs by tier and line.
    #[serde(default)]
    pub costs: BTreeMap<String, BTreeMap<String, Cost>>,
}

/// The resources of one layer.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// Options that can be bought, such as `hipaa`.
    #[serde(default)]
    pub options: BTreeSet<String>,
    /// In any order; dependencies sort them.
    #[serde(default, rename = "resource")]
    pub resources: Vec<Template>,
}

/// A resource before names and sizes are filled in.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Unique in its layer.
    pub id: ResourceId,
    /// Its kind, such as `rds-instance`.
    pub kind: String,
    /// The pattern of its name.
    pub name: String,
    /// What must be ready before it, beside what its properties refer to.
    #[serde(default)]
    pub after: Vec<ResourceId>,
    /// Where it is to be; left out: everywhere.
    #[serde(default)]
    pub only: Only,
    /// Whether its loss loses data.
    #[serde(default)]
    pub protects_data: bool,
    /// By kind.
    #[serde(default)]
    #[schemars(with = "Json")]
    pub properties: Table,
}

/// Where a resource is to be. What is left out does not restrict it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Only {
    /// In these environments.
    #[serde(default)]
    pub environments: Option<BTreeSet<String>>,
    /// In these tiers.
    #[serde(default)]
    pub tiers: Option<BTreeSet<String>>,
    /// With this option.
    #[serde(default)]
    pub option: Option<String>,
}

impl Only {
    /// Whether it is to be in this environment, for this specification.
    pub fn admits(&self, environment: &str, specification: &Specification) -> bool {
        let within = |words: &Option<BTreeSet<String>>, word: Option<&str>| {
            words.as_ref().is_none_or(|words| word.is_some_and(|word| words.contains(word)))
        };
        within(&self.environments, Some(environment))
            && within(&self.tiers, specification.tier.as_deref())
            && self.option.as_ref().is_none_or(|option| specification.options.contains(option))
    }
}

/// A line of the monthly bill.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// USD a month.
    pub usd_month: f64,
    /// It is due while any of these stands.
    pub of: Vec<ResourceId>,
}

/// Why a blueprint is refused.
#[derive(Debug, Error)]
#[error("blueprint {file} is refused at {key}: {reason}")]
pub struct BadBlueprint {
    /// The file.
    pub file: String,
    /// The key.
    pub key: String,
    /// What is wrong with it.
    pub reason: String,
}

impl Blueprint {
    /// Reads and checks a blueprint.
    ///
    /// # Errors
    /// The first fault, with file, key and reason.
    pub fn load(file: &str, text: &str) -> Result<Self, BadBlueprint> {
        let refuse = |key: &str, reason: String| BadBlueprint { file: file.to_owned(), key: key.to_owned(), reason };
        let blueprint: Self = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
            refuse(&format!("line {line}"), error.message().to_owned())
        })?;
        crate::resolve::check(&blueprint).map_err(|(key, reason)| refuse(&key, reason))?;
        Ok(blueprint)
    }

    /// The properties of `template` in a tier and an environment: the environment's override the tier's, which override its own.
    pub fn properties(&self, template: &Template, tier: Option<&str>, environment: &str) -> Table {
        let of = |layers: &BTreeMap<String, BTreeMap<String, Table>>, name: &str| {
            layers.get(name).and_then(|by_id| by_id.get(&template.id.0)).cloned()
        };
        let mut properties = template.properties.clone();
        properties.extend(tier.and_then(|tier| of(&self.tiers, tier)).unwrap_or_default());
        properties.extend(of(&self.environments, environment).unwrap_or_default());
        properties
    }

    /// The words that are an environment's own.
    pub fn settings(&self, environment: &str) -> BTreeMap<String, String> {
        self.overridden(&self.settings, SETTINGS, environment)
    }

    /// What stands already in an environment, `id.output`.
    pub fn given(&self, environment: &str) -> BTreeMap<String, String> {
        self.overridden(&self.given, GIVEN, environment)
    }

    fn overridden(&self, texts: &BTreeMap<String, String>, key: &str, environment: &str) -> BTreeMap<String, String> {
        let mut texts = texts.clone();
        let overrides = self.environments.get(environment).and_then(|by_id| by_id.get(key));
        let text = |value: &toml::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        texts.extend(overrides.into_iter().flatten().map(|(key, value)| (key.clone(), text(value))));
        texts
    }

    /// The layer of a tenant, or of an environment.
    pub fn layer(&self, owner: &Owner) -> &Layer {
        if owner.tenant_id().is_some() { &self.tenant } else { &self.base }
    }

    /// USD a month while the resources `standing` stand.
    pub fn monthly_usd(&self, tier: Option<&str>, standing: impl Fn(&ResourceId) -> bool) -> f64 {
        let lines = self.costs.get(tier.unwrap_or("all"));
        lines.into_iter().flat_map(BTreeMap::values).filter(|cost| cost.of.iter().any(&standing)).map(|cost| cost.usd_month).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = include_str!("../../../tests/blueprints/small.toml");

    #[test]
    fn a_cost_is_due_while_any_of_its_resources_stands() {
        let small = Blueprint::load("small.toml", SMALL).unwrap();
        assert_eq!(small.monthly_usd(Some("standard"), |_| true), 80.0);
        assert_eq!(small.monthly_usd(Some("standard"), |id| id.0 != "database"), 50.0);
    }

    #[test]
    fn a_bad_blueprint_is_refused_with_file_key_and_reason() {
        let check = |from: &str, to: &str, expected: &str| {
            assert!(SMALL.contains(from), "{from}");
            let refused = Blueprint::load("small.toml", &SMALL.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(refused.starts_with("blueprint small.toml is refused at ") && refused.contains(expected), "{refused}");
        };
        check("schema = 1", "schema = 9", "schema: is 9");
        check("storage_gib = 20", "storage_gb = 20", "storage_gb");
        check("kind = \"secret\"", "kind = \"sekret\"", "\"sekret\" is unknown");
        check("{db-credentials.arn}:username", "{db-credential.arn}:username", "db-credential, which is not there");
        check("{db-credentials.arn}:username", "{db-credentials.arm}:username", "db-credentials gives no \"arm\"; it gives arn, name");
        check("{base.rds.id}", "{base.rdz.id}", "the base gives no \"rdz.id\"");
        check("mate-{tenant}-{environment}-data", "mate-{tenant}-data", "must contain {tenant} and {environment}");
        check("mate-{tenant}-{environment}-data", "mate-{tenant}-{environment}-{tier}", "unknown placeholder \"tier\"");
        check("[tiers.standard]\ndatabase", "[tiers.standard]\ndatabse", "tiers.standard.databse");
        check("of = [\"django\"]", "of = [\"djngo\"]", "costs.");
        check("after = [\"database\"]", "after = [\"database\", \"django\"]", "in a circle");
        check("class = \"db.t4g.micro\", ", "", "missing field `class`");
        check("[[tenant.resource]]\nid = \"django-secret\"", "[[tenant.resource]]\nid = \"db-credentials\"", "stands twice");
    }
}
