//! Which resources an owner has, of which kinds and after which others: what is known of a graph before anything of it stands.

use std::collections::BTreeSet;

use super::{Blueprint, Template};
use crate::order::Specification;
use crate::resolve::referred;
use crate::resource::ResourceId;
use crate::tenant::Owner;

/// A resource that an owner is to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// Its id.
    pub id: ResourceId,
    /// Its kind.
    pub kind: String,
    /// What it is made after: what the blueprint names, and what its properties refer to.
    pub after: BTreeSet<ResourceId>,
}

impl Blueprint {
    /// The resources of `owner` as `specification` wants it; no name is made, so that neither base nor account need be known.
    pub fn outline(&self, owner: &Owner, specification: &Specification) -> Vec<Outline> {
        let environment = owner.environment().as_str();
        let wanted: Vec<&Template> =
            self.layer(owner).resources.iter().filter(|template| template.only.admits(environment, specification)).collect();
        let known: BTreeSet<&ResourceId> = wanted.iter().map(|template| &template.id).collect();
        let outline = |template: &&Template| {
            let properties = self.properties(template, specification.tier.as_deref(), environment);
            let properties = serde_json::to_value(properties).unwrap_or_default();
            let after = template.after.iter().cloned().chain(referred(&properties)).filter(|id| known.contains(id));
            Outline { id: template.id.clone(), kind: template.kind.clone(), after: after.collect() }
        };
        wanted.iter().map(outline).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = include_str!("../../../../tests/blueprints/small.toml");

    #[test]
    fn what_a_property_refers_to_comes_before_it_and_the_base_is_left_out() {
        let small = Blueprint::load("small.toml", SMALL).unwrap();
        let specification = Specification {
            blueprint: "small".into(),
            tier: Some("trial".into()),
            image: None,
            apply: None,
            options: Default::default(),
            observe_only: false,
        };
        let outline = small.outline(&"tenant#dev#demo".parse().unwrap(), &specification);
        let after = |id: &str| {
            let found = outline.iter().find(|outline| outline.id.0 == id).unwrap();
            found.after.iter().map(|id| id.0.as_str()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!((after("db-credentials"), after("database")), (String::new(), "db-credentials".to_owned()));
        assert_eq!(after("django"), "database db-credentials django-secret tenant-data");
    }
}
