//! What a kind says of one of its resources, as it should stand or on its way out.

use super::standing::Retention;
use super::step::{Change, Difference, Removal};
use crate::resource::ResourceId;

/// What a kind says of a resource that stands and is ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// As it should be, perhaps with a note.
    InSync(Option<String>),
    /// Something is to be done.
    Act(Change),
    /// These properties cannot be changed, and one that has them can stand beside it.
    Replace(Vec<Difference>),
    /// AWS is at work on it.
    Settling(String),
    /// Something must come from outside.
    Awaits(String),
    /// AWS gave up on it.
    Broken(String),
    /// The wish cannot be met.
    Refused(String),
    /// It is not what we think.
    Conflict(String),
    /// An output of another resource is not known yet.
    Needs(ResourceId),
}

impl Judgement {
    pub(crate) fn in_sync() -> Self {
        Self::InSync(None)
    }
    pub(crate) fn in_sync_but(note: &str) -> Self {
        Self::InSync(Some(note.to_owned()))
    }
    pub(crate) fn act(change: Change) -> Self {
        Self::Act(change)
    }
    pub(crate) fn settling(why: impl Into<String>) -> Self {
        Self::Settling(why.into())
    }
    pub(crate) fn awaits(what: impl Into<String>) -> Self {
        Self::Awaits(what.into())
    }

    pub(crate) fn broken(why: impl Into<String>) -> Self {
        Self::Broken(why.into())
    }
    pub(crate) fn refused(why: impl Into<String>) -> Self {
        Self::Refused(why.into())
    }
    pub(crate) fn conflict(why: impl Into<String>) -> Self {
        Self::Conflict(why.into())
    }
    pub(crate) fn needs(resource: ResourceId) -> Self {
        Self::Needs(resource)
    }
}

/// What a kind says of a resource that shall go.
#[derive(Debug, Clone, PartialEq)]
pub enum Departure {
    /// The next act.
    Act(Removal),
    /// AWS is at work.
    Wait(String),
    /// Only a person can go on.
    Blocked(String),
    /// On purpose still there.
    Kept(Retention),
    /// Nothing of it is left.
    Gone,
}
