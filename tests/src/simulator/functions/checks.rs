//! What Lambda refuses of settings.

use domain::failure::Cause;
use domain::kind::functions::Function;
use domain::kind::identity::Role;
use jiff::Timestamp;

use super::Footing;
use crate::simulator::grounds::Grounds;
use crate::simulator::turn::{Answer, Refused};

/// Of the account's 1,000 concurrent runs 100 stay with the functions that reserve none (Lambda developer guide, "Configuring
/// reserved concurrency").
const RESERVABLE: u32 = 1_000 - 100;

/// Variables that Lambda keeps for itself (Lambda developer guide, "Defined runtime environment variables").
const RESERVED: [&str; 18] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
];

/// What the role must be allowed so that interfaces are made and deleted by it.
const NETWORK_RIGHTS: [&str; 3] = ["CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface"];

/// Whether `desired` can be set now.
pub(super) fn settings(desired: &Function, footing: &Footing<'_>, now: Timestamp) -> Answer<()> {
    let role = footing.grounds.role_known_at(&desired.role, now).filter(|role| trusts_lambda(role));
    let role = role.ok_or_else(|| Refused::fact("lambda_role_not_assumable", Cause::InvalidState, &[]))?;
    let keys: Vec<_> = desired.environment.keys().map(String::as_str).filter(|name| RESERVED.contains(name)).collect();
    if !keys.is_empty() {
        return Err(Refused::fact("lambda_reserved_variables", Cause::InvalidRequest, &[("keys", &keys.join(", "))]));
    }
    if desired.subnets.is_empty() {
        return Ok(());
    }
    if let Some(missing) = desired.subnets.iter().find(|subnet| footing.network.zone(subnet).is_none()) {
        return Err(Refused::fact("lambda_subnet_missing", Cause::InvalidState, &[("id", missing)]));
    }
    if !footing.network.has_group(&desired.security_group) {
        return Err(Refused::fact("lambda_security_group_missing", Cause::InvalidState, &[("id", &desired.security_group)]));
    }
    match NETWORK_RIGHTS.iter().find(|action| !allows(role, action)) {
        Some(action) => Err(Refused::fact("lambda_network_rights", Cause::InvalidState, &[("action", action)])),
        None => Ok(()),
    }
}

/// Whether so many runs may be reserved in all.
pub(super) fn concurrency(reserved: u32) -> Answer<()> {
    if reserved > RESERVABLE { Err(Refused::fact("lambda_unreserved_concurrency", Cause::Quota, &[])) } else { Ok(()) }
}

/// Whether the role of this ARN stands and may delete network interfaces.
pub(super) fn may_delete_interfaces(grounds: &Grounds, role: &str) -> bool {
    grounds.role_known_at(role, Timestamp::MAX).is_some_and(|role| allows(role, "DeleteNetworkInterface"))
}

fn trusts_lambda(role: &Role) -> bool {
    role.trust.to_string().contains("\"lambda.amazonaws.com\"")
}

/// The policies of the tests name the actions in full.
fn allows(role: &Role, action: &str) -> bool {
    role.policy.to_string().contains(&format!("\"ec2:{action}\""))
}
