//! The requests of an SBT-AWS control plane.

use std::collections::BTreeSet;

use domain::order::{Order, Specification, Wish, WishOrder};
use domain::plan::Fate;
use domain::tenant::{EnvironmentName, Owner, TenantId};
use runtime::wire::Envelope;

use super::{BadEvent, Message};

/// What SBT-AWS's requests leave open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SbtDefaults {
    /// The environment of its tenants.
    pub environment: EnvironmentName,
    /// Their blueprint.
    pub blueprint: String,
}

fn name(detail_type: &str) -> &str {
    detail_type.strip_prefix("sbt_aws_").unwrap_or(detail_type)
}

/// Whether a detail-type is one of SBT-AWS's requests that concern us.
pub(super) fn is_request(detail_type: &str) -> bool {
    matches!(name(detail_type), "onboardingRequest" | "offboardingRequest")
}

/// SBT-AWS's requests have neither a version nor an environment: the first is the envelope's time, the second a setting.
///
/// # Errors
/// See [`BadEvent`].
pub(super) fn request(envelope: &Envelope, sbt: Option<&SbtDefaults>) -> Result<Message, BadEvent> {
    let Some(defaults) = sbt else {
        return Ok(Message::Ignored("SBT requests are not accepted here: SBT_ENVIRONMENT and SBT_BLUEPRINT are not set".into()));
    };
    let tenant: TenantId = serde_json::from_value(envelope.detail["tenantName"].clone()).map_err(BadEvent::Unnamed)?;
    let owner = Owner::tenant(defaults.environment.clone(), tenant);
    let version = envelope.time.and_then(|time| u64::try_from(time.as_millisecond()).ok());
    let Some(version) = version else {
        let reason = "the envelope has no time".to_owned();
        return Err(BadEvent::Refused { owner, version: 0, event_id: envelope.id.clone(), reason });
    };
    let wish = if name(&envelope.detail_type) == "offboardingRequest" {
        Wish::Gone(Fate::KeepData)
    } else {
        let tier = envelope.detail["tier"].as_str().map(str::to_lowercase);
        Wish::Stands(Specification {
            blueprint: defaults.blueprint.clone(),
            tier,
            image: None,
            apply: None,
            options: BTreeSet::new(),
            observe_only: false,
        })
    };
    Ok(Message::Order(Order::Wish(WishOrder { owner, version, wish, dry_run: false, event_id: envelope.id.clone() })))
}
