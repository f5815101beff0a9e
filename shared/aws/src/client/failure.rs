//! The SDK's errors as failures of the port, by AWS's error codes. The request is never part of one.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use domain::failure::{CallError, Cause};
use serde_json::Value;

/// The failure that `error` of `operation` is.
pub(super) fn failure<E: ProvideErrorMetadata + std::error::Error + 'static>(
    operation: &str,
    error: &SdkError<E, HttpResponse>,
) -> CallError {
    let cause = match error {
        SdkError::ServiceError(service) => {
            let status = service.raw().status().as_u16();
            of_code(service.err().code().unwrap_or_default(), service.err().message().unwrap_or_default(), status)
        }
        SdkError::TimeoutError(_) => Cause::TimedOut,
        SdkError::ConstructionFailure(_) => Cause::InvalidRequest,
        SdkError::DispatchFailure(dispatch) if dispatch.is_timeout() => Cause::TimedOut,
        // The connection broke: before or after the effect is not known.
        _ => Cause::Unavailable,
    };
    let message = match error {
        SdkError::ServiceError(service) if service.err().code().is_some() => {
            format!("{}: {}", service.err().code().unwrap_or_default(), service.err().message().unwrap_or("(no message)"))
        }
        // The SDK's own words for what it could not send or read are in the causes: no region, no credentials, connection refused.
        other => std::iter::successors(Some(other as &dyn std::error::Error), |error| error.source())
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(": "),
    };
    CallError::new(operation, cause, message)
}

/// The failure with `secret` and the parts of its JSON object blotted out: AWS quotes what it refuses.
pub(super) fn without(error: CallError, secret: &str) -> CallError {
    let parts: Vec<String> = match serde_json::from_str(secret) {
        Ok(Value::Object(fields)) => fields.into_values().filter_map(|field| field.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    };
    let all = std::iter::once(secret).chain(parts.iter().map(String::as_str)).filter(|text| !text.is_empty());
    let message = all.fold(error.message, |message, text| message.replace(text, "(confidential)"));
    CallError { message, ..error }
}

/// AWS's codes by what they call for (each operation's "Errors" in the API references), without `Exception` and `Fault`,
/// which differ between protocols.
const CODES: [(Cause, &str); 12] = [
    (Cause::NotFound, "ResourceNotFound DBInstanceNotFound DBSnapshotNotFound FileSystemNotFound MountTargetNotFound"),
    // EC2 puts the kind before the code: InvalidVpcID.NotFound, InvalidGroup.Duplicate.
    (Cause::NotFound, "NotFound NotAttached NatGatewayNotFound"),
    (Cause::AlreadyExists, "Duplicate AlreadyAssociated RouteAlreadyExists"),
    (Cause::InvalidState, "DependencyViolation InUse IncorrectState"),
    (Cause::NotFound, "ServiceNotFound ClusterNotFound TargetNotFound NonExistentQueue QueueDoesNotExist"),
    (Cause::AlreadyExists, "ResourceExists DBInstanceAlreadyExists DBSnapshotAlreadyExists FileSystemAlreadyExists MountTargetConflict"),
    (Cause::InvalidState, "InvalidDBInstanceState InvalidDBSnapshotState IncorrectFileSystemLifeCycleState FileSystemInUse"),
    (Cause::InvalidState, "ServiceNotActive UpdateInProgress ResourceInUse"),
    (Cause::ConditionFailed, "ConditionalCheckFailed TransactionConflict"),
    (
        Cause::Throttled,
        "RequestThrottled TooManyRequests RequestLimitExceeded BandwidthLimitExceeded ProvisionedThroughputExceeded SlowDown",
    ),
    (Cause::Denied, "AccessDenied UnauthorizedOperation NotAuthorized UnrecognizedClient InvalidClientTokenId OptInRequired Blocked"),
    // No capacity at the moment, the same request still at work, or credentials that the next invocation has fresh.
    (
        Cause::Unavailable,
        "InsufficientDBInstanceCapacity InsufficientThroughputCapacity DependencyTimeout TransactionInProgress ExpiredToken InternalFailure",
    ),
];

fn of_code(code: &str, message: &str, status: u16) -> Cause {
    // SQS and KMS put their names before the code.
    let last = code.rsplit('.').next().unwrap_or(code);
    let bare = last.trim_end_matches("Exception").trim_end_matches("Fault");
    let known = CODES.iter().find(|(_, codes)| codes.split(' ').any(|code| code == bare));
    match (known, bare) {
        (Some((cause, _)), _) => *cause,
        (_, "InvalidParameter" | "InvalidParameterCombination" | "InvalidRequest" | "Client") => of_message(message),
        (_, "RequestTimeout") => Cause::TimedOut,
        // A subnet without a free address is a limit that a person has set.
        (_, "NoFreeAddressesInSubnet") => Cause::Quota,
        _ if bare.ends_with("LimitExceeded") || bare.ends_with("QuotaExceeded") => Cause::Quota,
        _ if bare.starts_with("Throttl") || status == 429 => Cause::Throttled,
        // A success that cannot be read is no refusal: something between has answered, and the effect is not known.
        _ if !(400..500).contains(&status) => Cause::Unavailable,
        _ => Cause::InvalidRequest,
    }
}

/// With one code ECS, RDS and Secrets Manager say what is wrong for ever and what is only too early.
fn of_message(message: &str) -> Cause {
    const TOO_EARLY: [&str; 5] = ["still draining", "being optimized", "scheduled for deletion", "marked for deletion", "unable to assume"];
    let message = message.to_lowercase();
    let has = |text: &str| message.contains(text);
    if TOO_EARLY.iter().any(|text| has(text)) {
        Cause::InvalidState
    } else if has("not idempotent") {
        Cause::AlreadyExists
    } else if has("unable to describe task definition") {
        Cause::NotFound
    } else if has("too many concurrent attempts") || has("rate exceeded") {
        // RegisterTaskDefinition of one family twice at once.
        Cause::Throttled
    } else {
        Cause::InvalidRequest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: &str, message: &str, status: u16, expected: Cause) {
        assert_eq!(of_code(code, message, status), expected, "{code} {message}");
    }

    #[test]
    fn a_code_is_told_whatever_the_protocol_adds_to_it() {
        check("ThrottlingException", "Rate exceeded", 400, Cause::Throttled); // JSON services
        check("Throttling", "Rate exceeded", 400, Cause::Throttled); // RDS
        check("KMS.ThrottlingException", "", 400, Cause::Throttled); // SQS, with its key
        check("SomethingNew", "", 429, Cause::Throttled);
        check("DBInstanceNotFound", "", 404, Cause::NotFound); // the code on the wire
        check("DBInstanceNotFoundFault", "", 404, Cause::NotFound); // the shape's name
        check("AWS.SimpleQueueService.NonExistentQueue", "", 400, Cause::NotFound);
        check("AccessDenied", "", 403, Cause::Denied);
        check("AccessDeniedException", "", 400, Cause::Denied);
        check("ServerException", "", 500, Cause::Unavailable);
        check("", "", 503, Cause::Unavailable); // a balancer's page
        check("", "", 200, Cause::Unavailable); // a proxy's
    }

    #[test]
    fn a_quota_is_told_from_a_rate() {
        for quota in ["InstanceQuotaExceeded", "StorageQuotaExceeded", "SnapshotQuotaExceeded", "DBInstanceAutomatedBackupQuotaExceeded"] {
            check(quota, "", 400, Cause::Quota);
        }
        for quota in ["FileSystemLimitExceeded", "NetworkInterfaceLimitExceeded", "LimitExceededException", "NoFreeAddressesInSubnet"] {
            check(quota, "", 403, Cause::Quota);
        }
        for rate in ["RequestLimitExceeded", "BandwidthLimitExceeded", "ProvisionedThroughputExceededException", "TooManyRequests"] {
            check(rate, "", 400, Cause::Throttled);
        }
    }

    #[test]
    fn what_passes_by_itself_is_told_from_what_is_wrong_for_ever() {
        check("InvalidParameterException", "Unable to Start a service that is still Draining.", 400, Cause::InvalidState);
        check("InvalidParameterException", "Unable to assume the service linked role.", 400, Cause::InvalidState);
        check("InvalidParameterException", "Creation of service was not idempotent.", 400, Cause::AlreadyExists);
        check("InvalidParameterException", "cpu must be a number", 400, Cause::InvalidRequest);
        check("ClientException", "Too many concurrent attempts to create a new revision of the specified family.", 400, Cause::Throttled);
        check("ClientException", "No Fargate configuration exists for given values.", 400, Cause::InvalidRequest);
        check("InvalidRequestException", "a secret with this name is already scheduled for deletion", 400, Cause::InvalidState);
        check("InvalidRequestException", "because it was marked for deletion", 400, Cause::InvalidState);
        check("InvalidParameterCombination", "the previous storage change is being optimized", 400, Cause::InvalidState);
        check("InvalidParameterCombination", "cannot be less than the current storage size", 400, Cause::InvalidRequest);
        check("InsufficientDBInstanceCapacity", "", 400, Cause::Unavailable);
        check("TransactionInProgressException", "", 400, Cause::Unavailable);
        check("IdempotentParameterMismatchException", "", 400, Cause::InvalidRequest);
        check("DependencyTimeout", "", 504, Cause::Unavailable);
    }

    #[test]
    fn a_refusal_that_quotes_the_secret_is_blotted_out() {
        let secret = r#"{"username":"app","password":"hunter2hunter2"}"#;
        let quoted = format!("Value '{secret}' at 'secretString' failed; hunter2hunter2 is bad");
        let error = without(CallError::new("x", Cause::InvalidRequest, quoted), secret);
        assert_eq!(error.message, "Value '(confidential)' at 'secretString' failed; (confidential) is bad");
        let plain = CallError::new("x", Cause::InvalidRequest, "no words");
        assert_eq!(without(plain.clone(), ""), plain);
    }
}
