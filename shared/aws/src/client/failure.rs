//! The SDK's errors as failures of the port, by AWS's error codes. The request is never part of one.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use domain::failure::{CallError, Cause};

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
        SdkError::ServiceError(service) => {
            format!("{}: {}", service.err().code().unwrap_or("(no code)"), service.err().message().unwrap_or("(no message)"))
        }
        // The SDK's own words for what it could not send are in the causes: no region, no credentials, connection refused.
        other => std::iter::successors(Some(other as &dyn std::error::Error), |error| error.source())
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(": "),
    };
    CallError::new(operation, cause, message)
}

/// AWS's codes by what they call for. Suffixes `Fault` and `Exception` differ between protocols.
fn of_code(code: &str, message: &str, status: u16) -> Cause {
    let bare = code.trim_end_matches("Exception").trim_end_matches("Fault");
    match bare {
        "ResourceNotFound"
        | "DBInstanceNotFound"
        | "DBSnapshotNotFound"
        | "FileSystemNotFound"
        | "MountTargetNotFound"
        | "ServiceNotFound"
        | "TargetNotFound" => Cause::NotFound,
        "ResourceExists" | "DBInstanceAlreadyExists" | "DBSnapshotAlreadyExists" | "FileSystemAlreadyExists" | "MountTargetConflict" => {
            Cause::AlreadyExists
        }
        "InvalidDBInstanceState"
        | "IncorrectFileSystemLifeCycleState"
        | "FileSystemInUse"
        | "ServiceNotActive"
        | "InvalidDBSnapshotState"
        | "DependencyTimeout"
        | "UpdateInProgress" => Cause::InvalidState,
        "ConditionalCheckFailed" | "TransactionConflict" => Cause::ConditionFailed,
        "Throttling"
        | "Throttled"
        | "TooManyRequests"
        | "RequestLimitExceeded"
        | "ProvisionedThroughputExceeded"
        | "ThrottledException"
        | "RequestThrottled" => Cause::Throttled,
        "InstanceQuotaExceeded"
        | "StorageQuotaExceeded"
        | "LimitExceeded"
        | "FileSystemLimitExceeded"
        | "SnapshotQuotaExceeded"
        | "NetworkInterfaceLimitExceeded"
        | "DBInstanceQuotaExceeded" => Cause::Quota,
        "AccessDenied" | "UnauthorizedOperation" | "NotAuthorized" | "ExpiredToken" | "UnrecognizedClient" | "InvalidClientTokenId" => {
            Cause::Denied
        }
        "InvalidParameter" | "InvalidParameterCombination" | "InvalidRequest" | "Client" => of_message(message),
        _ if code.contains("Throttl") => Cause::Throttled,
        _ if status >= 500 => Cause::Unavailable,
        _ => Cause::InvalidRequest,
    }
}

/// ECS and Secrets Manager say with one code what is wrong for ever and what is only too early.
fn of_message(message: &str) -> Cause {
    let has = |text: &str| message.to_lowercase().contains(text);
    if has("draining") || has("being optimized") || has("scheduled for deletion") || has("marked for deletion") || has("unable to assume") {
        Cause::InvalidState
    } else if has("not idempotent") || has("already exists") {
        Cause::AlreadyExists
    } else if has("unable to describe task definition") {
        Cause::NotFound
    } else {
        Cause::InvalidRequest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_call_for_the_right_conduct() {
        let check = |code: &str, message: &str, status, expected| assert_eq!(of_code(code, message, status), expected, "{code} {message}");
        check("ThrottlingException", "Rate exceeded", 400, Cause::Throttled);
        check("Throttling", "Rate exceeded", 400, Cause::Throttled);
        check("InvalidDBInstanceState", "", 400, Cause::InvalidState);
        check("DBInstanceAlreadyExists", "", 400, Cause::AlreadyExists);
        check("InstanceQuotaExceeded", "", 400, Cause::Quota);
        check("InvalidParameterException", "Unable to Start a service that is still Draining.", 400, Cause::InvalidState);
        check("InvalidParameterException", "Creation of service was not idempotent.", 400, Cause::AlreadyExists);
        check("InvalidParameterException", "cpu must be a number", 400, Cause::InvalidRequest);
        check("InvalidRequestException", "a secret with this name is already scheduled for deletion", 400, Cause::InvalidState);
        check("ServerException", "", 500, Cause::Unavailable);
        check("AccessDeniedException", "", 400, Cause::Denied);
    }
}
