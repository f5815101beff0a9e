//! From an intent to what should stand.

use std::collections::BTreeMap;

use super::{Ground, Life, Unresolvable, resolve};
use crate::blueprint::Blueprint;
use crate::intent::Intent;
use crate::ledger::Record;
use crate::plan::Aim;
use crate::remediation::overlay::{Override, lay};
use crate::resource::Place;
use crate::tenant::Owner;

/// What an intent wants, and what that costs.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// What should stand, and what should go.
    pub aim: Aim,
    /// USD a month of what should stand.
    pub monthly_usd: f64,
}

/// What `intent` wants of `owner`, by the one of `blueprints` that it names, with `overrides` laid over it.
///
/// # Errors
/// Why there is no graph. A deletion needs none, and always succeeds.
pub fn resolve_intent(
    blueprints: &[Blueprint],
    intent: &Intent,
    owner: &Owner,
    ground: Ground<'_>,
    records: &BTreeMap<Place, Record>,
    overrides: &[Override],
) -> Result<Wanted, Unresolvable> {
    let Some((specification, incarnation)) = intent.stands() else {
        return Ok(Wanted { aim: Aim::new(intent, None), monthly_usd: 0.0 });
    };
    let blueprint = blueprints.iter().find(|blueprint| blueprint.name == specification.blueprint);
    let blueprint = blueprint.ok_or_else(|| Unresolvable::Unknown(specification.blueprint.clone()))?;
    let graph = resolve(blueprint, specification, ground, Life { owner, incarnation }, records)?.with(|resource| lay(resource, overrides));
    let monthly_usd = blueprint.monthly_usd(specification.tier.as_deref(), |id| graph.has_any(id));
    Ok(Wanted { aim: Aim::new(intent, Some(graph)), monthly_usd })
}
