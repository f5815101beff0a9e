//! Record sets, from and to the wire.

use aws_sdk_route53::types::{AliasTarget, Change, ChangeAction, ResourceRecord, ResourceRecordSet, RrType};
use aws_smithy_types::error::operation::BuildError;
use domain::kind::naming::{RecordAction, RecordChange, RecordSet, Target};

/// A name as we write it: without the last dot, in lower case.
pub(super) fn bare(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

pub(super) fn read(set: &ResourceRecordSet) -> RecordSet {
    RecordSet { name: bare(set.name()), record_type: set.r#type().as_str().to_owned(), target: target(set) }
}

fn target(set: &ResourceRecordSet) -> Target {
    let routed = set.set_identifier().is_some() || set.traffic_policy_instance_id().is_some() || set.health_check_id().is_some();
    match (set.alias_target(), set.ttl()) {
        _ if routed => Target::Routed,
        (Some(alias), _) => {
            Target::Alias { dns: bare(alias.dns_name()), zone: alias.hosted_zone_id().to_owned(), health: alias.evaluate_target_health() }
        }
        (None, ttl) => Target::Values {
            ttl: ttl.and_then(|ttl| u32::try_from(ttl).ok()).unwrap_or_default(),
            values: set.resource_records().iter().map(|record| record.value().to_owned()).collect(),
        },
    }
}

pub(super) fn write(change: RecordChange) -> Result<Change, BuildError> {
    let action = match change.action {
        RecordAction::Create => ChangeAction::Create,
        RecordAction::Upsert => ChangeAction::Upsert,
        RecordAction::Delete => ChangeAction::Delete,
    };
    Change::builder().action(action).resource_record_set(written(change.set)?).build()
}

fn written(set: RecordSet) -> Result<ResourceRecordSet, BuildError> {
    let request = ResourceRecordSet::builder().name(set.name).r#type(RrType::from(set.record_type.as_str()));
    let request = match set.target {
        Target::Alias { dns, zone, health } => {
            request.alias_target(AliasTarget::builder().dns_name(dns).hosted_zone_id(zone).evaluate_target_health(health).build()?)
        }
        Target::Values { ttl, values } => {
            let records = values.into_iter().map(|value| ResourceRecord::builder().value(value).build());
            request.ttl(i64::from(ttl)).set_resource_records(Some(records.collect::<Result<_, _>>()?))
        }
        // None is ever written: the kinds leave such a set alone.
        Target::Routed => request,
    };
    request.build()
}
