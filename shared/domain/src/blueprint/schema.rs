//! The JSON schema of blueprints, made from the types that read them, for editors and reviewers.

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::Blueprint;
use crate::kind::schemas;

/// The JSON schema (draft 2020-12) of a blueprint. [`Blueprint::load`] checks more: names, references, every tier and environment.
pub fn schema() -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let kinds = schemas(&mut generator);
    let mut root = generator.into_root_schema_for::<Blueprint>().to_value();
    let definitions = &mut root["$defs"];
    for (_, properties) in &kinds {
        let reference = properties.as_value()["$ref"].as_str().unwrap_or_default();
        let name = reference.rsplit('/').next().unwrap_or_default();
        // A resource's own properties need not be whole: tiers and environments add theirs.
        if let Some(definition) = definitions[name].as_object_mut() {
            definition.remove("required");
        }
    }
    let template = &mut definitions["Template"];
    template["properties"]["kind"]["enum"] = kinds.iter().map(|(kind, _)| *kind).collect();
    template["allOf"] = kinds.iter().map(|(kind, properties)| of_kind(kind, properties.as_value())).collect();
    root
}

fn of_kind(kind: &str, properties: &Value) -> Value {
    json!({
        "if": { "properties": { "kind": { "const": kind } } },
        "then": { "properties": { "properties": properties } },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_schema_is_that_of_the_types() {
        let committed: Value = serde_json::from_str(include_str!("../../../../blueprints/schema.json")).unwrap();
        assert_eq!(committed, schema(), "make bless writes it anew");
    }

    #[test]
    fn every_kind_that_can_be_resolved_has_its_properties_in_it() {
        let schema = schema();
        let kinds = schema["$defs"]["Template"]["properties"]["kind"]["enum"].as_array().unwrap();
        let mate = Blueprint::load("mate.toml", include_str!("../../../../blueprints/mate.toml")).unwrap();
        for template in &mate.tenant.resources {
            assert!(kinds.contains(&json!(template.kind)), "{}", template.kind);
            let branches = schema["$defs"]["Template"]["allOf"].as_array().unwrap();
            let branch = branches.iter().find(|branch| branch["if"]["properties"]["kind"]["const"] == template.kind.as_str()).unwrap();
            let reference = branch["then"]["properties"]["properties"]["$ref"].as_str().unwrap();
            let definition = &schema["$defs"][reference.rsplit('/').next().unwrap()];
            for key in template.properties.keys() {
                assert!(definition["properties"].get(key).is_some(), "{} {key}", template.kind);
            }
            assert!(definition.get("required").is_none() && definition["additionalProperties"] == json!(false), "{}", template.kind);
        }
    }
}
