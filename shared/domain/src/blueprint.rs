//! The blueprint: data that says which resources a tenant has, per tier and environment.
//!
//! ```toml
//! schema = 1
//! name = "mate"
//! reserved_ids = ["django", "celery"]
//!
//! [[tenant.resource]]
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

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use thiserror::Error;
use toml::Table;

mod schema;

pub use schema::schema;

use crate::resource::ResourceId;

/// How a table looks to a JSON schema.
type Json = serde_json::Map<String, serde_json::Value>;

/// The schema that this code reads.
pub const SCHEMA: u32 = 1;

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
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// In any order; dependencies sort them.
    #[serde(rename = "resource")]
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
    /// Whether its loss loses data.
    #[serde(default)]
    pub protects_data: bool,
    /// By kind.
    #[serde(default)]
    #[schemars(with = "Json")]
    pub properties: Table,
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

    /// USD a month while the resources `standing` stand.
    pub fn monthly_usd(&self, tier: Option<&str>, standing: impl Fn(&ResourceId) -> bool) -> f64 {
        let lines = self.costs.get(tier.unwrap_or("all"));
        lines.into_iter().flat_map(BTreeMap::values).filter(|cost| cost.of.iter().any(&standing)).map(|cost| cost.usd_month).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MATE: &str = include_str!("../../../blueprints/mate.toml");

    #[test]
    fn the_shipped_blueprint_is_accepted() {
        let mate = Blueprint::load("mate.toml", MATE).unwrap();
        assert_eq!(mate.monthly_usd(Some("standard"), |_| true), 80.0);
    }

    #[test]
    fn a_bad_blueprint_is_refused_with_file_key_and_reason() {
        let check = |from: &str, to: &str, expected: &str| {
            assert!(MATE.contains(from), "{from}");
            let refused = Blueprint::load("mate.toml", &MATE.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(refused.starts_with("blueprint mate.toml is refused at ") && refused.contains(expected), "{refused}");
        };
        check("schema = 1", "schema = 9", "schema: is 9");
        check("storage_gib = 20", "storage_gb = 20", "storage_gb");
        check("kind = \"secret\"", "kind = \"sekret\"", "\"sekret\" is unknown");
        check("db-credentials:username", "db-credential:username", "db-credential, which is not there");
        check("mate-{tenant}-{environment}-data", "mate-{tenant}-data", "must contain {tenant} and {environment}");
        check("mate-{tenant}-{environment}-data", "mate-{tenant}-{environment}-{tier}", "unknown placeholder \"tier\"");
        check("[tiers.standard]\ndatabase", "[tiers.standard]\ndatabse", "tiers.standard.databse");
        check("of = [\"django\"]", "of = [\"djngo\"]", "costs.");
        check("after = [\"database\"]", "after = [\"database\", \"django\"]", "in a circle");
        check("class = \"db.t4g.micro\", ", "", "missing field `class`");
        check("[[tenant.resource]]\nid = \"django-secret\"", "[[tenant.resource]]\nid = \"db-credentials\"", "stands twice");
    }
}
