//! The blueprints that ship with the functions. They are compiled in: a change of a blueprint is a deploy.

use domain::blueprint::{BadBlueprint, Blueprint};

const SHIPPED: [(&str, &str); 1] = [("blueprints/mate.toml", include_str!("../../../blueprints/mate.toml"))];

/// All blueprints, checked.
///
/// # Errors
/// The first fault, with file, key and reason.
pub fn load() -> Result<Vec<Blueprint>, BadBlueprint> {
    SHIPPED.iter().map(|(file, text)| Blueprint::load(file, text)).collect()
}
