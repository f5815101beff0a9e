//! A resource for the tables of the kinds.

use std::collections::BTreeSet;

use super::Desired;
use crate::order::Apply;
use crate::resource::{Resource, Tags};
use crate::tenant::{Incarnation, Owner};

/// A resource named `thing`, of nobody in particular.
pub(crate) fn resource(desired: Desired, protects_data: bool) -> Resource {
    Resource {
        id: "thing".into(),
        owner: "environment#dev".parse::<Owner>().unwrap_or_else(|error| panic!("{error}")),
        incarnation: Incarnation::mint(0, 0),
        name: "thing".into(),
        token: "token".into(),
        tags: Tags::new(),
        after: BTreeSet::new(),
        refers: false,
        apply: Apply::Now,
        protects_data,
        desired,
    }
}
