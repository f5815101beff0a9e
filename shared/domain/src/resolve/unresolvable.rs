//! Why a specification makes no graph.

use thiserror::Error;

use crate::graph::BadGraph;
use crate::resource::ResourceId;
use crate::tenant::TenantId;
use crate::words::BadPattern;

/// Why a specification makes no graph.
#[derive(Debug, Error)]
pub enum Unresolvable {
    /// The intent names a blueprint that these functions do not have any more.
    #[error("blueprint {0:?} is not deployed any more")]
    Unknown(String),
    /// No size of this name.
    #[error("blueprint {blueprint} has no tier {tier:?}; it has {known}")]
    Tier {
        /// The blueprint.
        blueprint: String,
        /// As asked.
        tier: String,
        /// As there are.
        known: String,
    },
    /// A size is needed, or none is allowed.
    #[error("blueprint {blueprint} {}", if *.has_tiers { "needs a tier" } else { "has no tiers" })]
    TierPresence {
        /// The blueprint.
        blueprint: String,
        /// Whether it has sizes.
        has_tiers: bool,
    },
    /// The id would clash with a name of the blueprint.
    #[error("tenant id {0} is reserved by blueprint {1}")]
    Reserved(TenantId, String),
    /// An option that the blueprint does not have.
    #[error("blueprint {0} has no option {1}")]
    Option(String, String),
    /// A property is wrong.
    #[error("resource {id}: {reason}")]
    Property {
        /// The resource.
        id: ResourceId,
        /// What is wrong.
        reason: String,
    },
    /// A name, a tag or a property cannot be made.
    #[error("resource {id} cannot be filled in")]
    Pattern {
        /// The resource.
        id: ResourceId,
        /// Why.
        #[source]
        source: BadPattern,
    },
    /// The resources are no graph.
    #[error("the resources make no graph")]
    Graph(#[from] BadGraph),
}

impl Unresolvable {
    /// Whether it is only that the base does not give yet what the blueprint asks of it.
    pub fn awaits_base(&self) -> bool {
        matches!(self, Self::Pattern { source: BadPattern::NotInBase(_), .. })
    }
}
