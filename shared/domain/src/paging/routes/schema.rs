//! The JSON schema of routing files, made from the types that read them, for editors and reviewers.

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::Routes;

/// The JSON schema (draft 2020-12) of a routing file. [`Routes::load`] checks more: references, and that nothing is dropped.
pub fn schema() -> Value {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Routes>().to_value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_schema_is_that_of_the_types() {
        let committed: Value = serde_json::from_str(include_str!("../../../../../paging/schema.json")).unwrap();
        assert_eq!(committed, schema(), "make bless writes it anew");
    }
}
