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
const CODES: &[(Cause, &str)] = &[
    (Cause::NotFound, "ResourceNotFound DBInstanceNotFound DBSnapshotNotFound FileSystemNotFound MountTargetNotFound"),
    // EC2 puts the kind before the code: InvalidVpcID.NotFound, InvalidGroup.Duplicate.
    (
        Cause::NotFound,
        "NotFound NotAttached NatGatewayNotFound NoSuchEntity DBSubnetGroupNotFound RepositoryNotFound ImageNotFound LifecyclePolicyNotFound ObjectNotFound",
    ),
    (
        Cause::AlreadyExists,
        "Duplicate AlreadyAssociated RouteAlreadyExists EntityAlreadyExists DBSubnetGroupAlreadyExists ResourceAlreadyExists RepositoryAlreadyExists",
    ),
    (
        Cause::InvalidState,
        "DependencyViolation InUse IncorrectState DeleteConflict InvalidDBSubnetGroupState RepositoryNotEmpty OperationAborted ClusterContainsServices ClusterContainsTasks ConcurrentUpdate",
    ),
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
    (Cause::NotFound, "AccessPointNotFound"),
    (Cause::AlreadyExists, "AlreadyExists AccessPointAlreadyExists"),
    // A key that is pending deletion or disabled, and what cannot be encrypted with it.
    (Cause::InvalidState, "KMSInvalidState Disabled EncryptionFailure DecryptionFailure ConcurrentAccess"),
    (Cause::Denied, "AuthorizationError"),
    // A group that EC2 made a moment ago is known to load balancers only after a while.
    (
        Cause::NotFound,
        "LoadBalancerNotFound TargetGroupNotFound ListenerNotFound CertificateNotFound InvalidSecurityGroup WAFNonexistentItem",
    ),
    (Cause::AlreadyExists, "DuplicateLoadBalancerName DuplicateTargetGroupName DuplicateListener WAFDuplicateItem"),
    // A certificate that is not issued yet; a lock that somebody else's change has broken.
    (Cause::InvalidState, "UnsupportedCertificate WAFAssociatedItem WAFUnavailableEntity WAFOptimisticLock"),
    (Cause::Quota, "TooManyLoadBalancers TooManyTargetGroups TooManyListeners TargetGroupAssociationLimit WAFLimitsExceeded"),
    (Cause::Unavailable, "WAFInternalError WAFTagOperation WAFTagOperationInternalError"),
    (Cause::NotFound, "NoSuchHostedZone"),
    // Another change of the same hosted zone is not through yet.
    (Cause::Throttled, "PriorRequestNotComplete"),
    (Cause::InvalidState, "RequestInProgress ConcurrentModification"),
    (
        Cause::NotFound,
        "ReplicationGroupNotFound CacheClusterNotFound SnapshotNotFound CacheParameterGroupNotFound CacheSubnetGroupNotFound DBParameterGroupNotFound",
    ),
    (
        Cause::AlreadyExists,
        "ReplicationGroupAlreadyExists SnapshotAlreadyExists CacheParameterGroupAlreadyExists CacheSubnetGroupAlreadyExists DBParameterGroupAlreadyExists",
    ),
    (
        Cause::InvalidState,
        "InvalidReplicationGroupState InvalidCacheClusterState InvalidSnapshotState InvalidCacheParameterGroupState CacheSubnetGroupInUse InvalidDBParameterGroupState",
    ),
    (Cause::Quota, "NodeQuotaForCustomerExceeded NodeQuotaForClusterExceeded ClusterQuotaForCustomerExceeded"),
    (Cause::Unavailable, "InsufficientCacheClusterCapacity"),
    // S3 and CloudWatch: some codes end with Error.
    (Cause::NotFound, "NoSuchBucket NoSuchUpload DashboardNotFoundError"),
    (Cause::AlreadyExists, "BucketAlreadyExists BucketAlreadyOwnedByYou"),
    (Cause::Quota, "CodeStorageExceeded"),
    (Cause::InvalidState, "BucketNotEmpty InvalidBucketState InvalidResourceState"),
];

/// Codes for what is wrong for ever and what is only too early, which the message tells.
const TOLD_BY_MESSAGE: &[&str] = &[
    "Client",
    "InvalidConfigurationRequest",
    "InvalidParameter",
    "InvalidParameterCombination",
    "InvalidParameterValue",
    "InvalidRequest",
    "InvalidSubnet",
    "MalformedPolicyDocument",
    "ResourceConflict",
    "Validation",
];

pub(super) fn of_code(code: &str, message: &str, status: u16) -> Cause {
    // SQS and KMS put their names before the code.
    let last = code.rsplit('.').next().unwrap_or(code);
    let bare = last.trim_end_matches("Exception").trim_end_matches("Fault");
    let known = CODES.iter().find(|(_, codes)| codes.split(' ').any(|code| code == bare));
    match (known, bare) {
        (Some((cause, _)), _) => *cause,
        (_, code) if TOLD_BY_MESSAGE.contains(&code) => of_message(message),
        // Of a load balancer: the protection may be lifted; an account that may have none is another matter.
        (_, "OperationNotPermitted") if message.contains("deletion protection") => Cause::InvalidState,
        (_, "OperationNotPermitted") => Cause::Denied,
        (_, "InvalidChangeBatch") => of_batch(message),
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

/// With one code ECS, RDS, Secrets Manager, Application Auto Scaling and Lambda say what is wrong for ever and what is only too early.
fn of_message(message: &str) -> Cause {
    const TOO_EARLY: &[&str] = &[
        "still draining",
        "being optimized",
        "scheduled for deletion",
        "marked for deletion",
        "unable to assume",
        // A role that was made a moment ago, in a policy of KMS or SNS.
        "invalid principals",
        "principalnotfound",
        // Application Auto Scaling does not see a new service at once.
        "ecs service doesn't exist",
        // Of load balancers: a bucket's policy, or a subnet's way out, is not known everywhere yet.
        "s3bucket",
        "no internet gateway",
        // RDS says so of a role that is seconds old (pulumi/pulumi#5628).
        "does not include the required permissions",
        "cannot be assumed",
        "contains recovery points",
        "selections must be deleted",
        // Of functions: another change is under way, the role's policy or a new group is not known everywhere yet.
        "cannot be performed at this time",
        "execution role does not have permissions",
        "invalidgroup.notfound",
        "invalidsubnetid.notfound",
        // Of rules.
        "since it has targets",
    ];
    let message = message.to_lowercase();
    let has = |text: &str| message.contains(text);
    if TOO_EARLY.iter().any(|text| has(text)) {
        Cause::InvalidState
    } else if [
        "not idempotent",
        "already exists with different",
        "tried to tag already exists",
        "already exist: ",
        "provided already exists",
    ]
    .iter()
    .any(|text| has(text))
    {
        Cause::AlreadyExists
    } else if has("unable to describe task definition") {
        Cause::NotFound
    } else if has("unreservedconcurrentexecution") {
        // So many of the account's runs stay with the functions that reserve none.
        Cause::Quota
    } else if has("too many concurrent attempts") || has("rate exceeded") {
        // RegisterTaskDefinition of one family twice at once.
        Cause::Throttled
    } else {
        Cause::InvalidRequest
    }
}

/// With one code Route 53 says what is wrong with a batch of changes: "Tried to create resource record set [name='a.b.', type='A']
/// but it already exists", "Tried to delete … but it was not found", "… but the values provided do not match the current values".
pub(super) fn of_batch(message: &str) -> Cause {
    let has = |text: &str| message.contains(text);
    // What stands in a zone beside a CNAME is refused because that "already exists in zone": another fault.
    if has("but it already exists") {
        Cause::AlreadyExists
    } else if has("but it was not found") {
        Cause::NotFound
    } else if has("do not match") {
        Cause::InvalidState
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
        check("ValidationException", "ECS service doesn't exist: service/mate-dev/web", 400, Cause::InvalidState);
        check("ValidationException", "The scalable target that you tried to tag already exists.", 400, Cause::AlreadyExists);
        check("ValidationException", "Maximum capacity cannot be less than minimum capacity", 400, Cause::InvalidRequest);
        check("TransactionInProgressException", "", 400, Cause::Unavailable);
        let busy = "The operation cannot be performed at this time. An update is in progress for resource: arn:aws:lambda:…";
        check("ResourceConflictException", busy, 409, Cause::InvalidState);
        check("ResourceConflictException", "Function already exist: mate-dev-sampler", 409, Cause::AlreadyExists);
        check("ResourceConflictException", "The statement id (a) provided already exists.", 409, Cause::AlreadyExists);
        check("InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda.", 400, Cause::InvalidState);
        let rights = "The provided execution role does not have permissions to call CreateNetworkInterface on EC2";
        check("InvalidParameterValueException", rights, 400, Cause::InvalidState);
        let keys = "Lambda was unable to configure your environment variables because […] contains reserved keys";
        check("InvalidParameterValueException", keys, 400, Cause::InvalidRequest);
        let reserved = "ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum";
        check("InvalidParameterValueException", reserved, 400, Cause::Quota);
        check("ValidationException", "Rule can't be deleted since it has targets.", 400, Cause::InvalidState);
        check("ValidationException", "Parameter ScheduleExpression is not valid.", 400, Cause::InvalidRequest);
        check("IdempotentParameterMismatchException", "", 400, Cause::InvalidRequest);
        check("DependencyTimeout", "", 504, Cause::Unavailable);
        let denied = "Access Denied for bucket: logs. Please check S3bucket permission";
        check("InvalidConfigurationRequest", denied, 400, Cause::InvalidState); // until its policy is known everywhere
        check("InvalidSubnet", "VPC vpc-1 has no internet gateway", 400, Cause::InvalidState);
        check("InvalidConfigurationRequest", "The redirect loops", 400, Cause::InvalidRequest);
        check("OperationNotPermitted", "it cannot be deleted because deletion protection is enabled", 400, Cause::InvalidState);
        check("OperationNotPermitted", "This AWS account currently does not support creating load balancers.", 400, Cause::Denied);
        check("WAFUnavailableEntityException", "AWS WAF couldn’t retrieve the resource. Retry your request.", 400, Cause::InvalidState);
        check("WAFOptimisticLockException", "", 400, Cause::InvalidState);
        check("WAFLimitsExceededException", "", 400, Cause::Quota);
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
