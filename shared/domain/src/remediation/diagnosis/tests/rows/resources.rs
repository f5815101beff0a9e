//! What a task needs before it starts: network, secrets, logs, file systems.

use super::*;

pub(super) fn resources() -> Vec<Row> {
    let of = "ResourceInitializationError";
    let denied = "AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/x/y is not authorized to perform:";
    vec![
        start(of, "ResourceInitializationError: unable to pull secrets or registry auth", Cause::AccessUnclear),
        start(of, &format!("{AUTH} pull command failed: : signal: killed"), Cause::SecretsUnreachable),
        start(
            of,
            &format!(
                "{AUTH} execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret {SECRET} from secrets manager: {denied} secretsmanager:GetSecretValue on resource: {SECRET} because no identity-based policy allows the action"
            ),
            Cause::SecretDenied,
        ),
        start(
            of,
            &format!(
                "{AUTH} execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret {SECRET} from secrets manager: AccessDeniedException: Access to KMS is not allowed"
            ),
            Cause::SecretDenied,
        ),
        start(
            of,
            &format!(
                "{AUTH} execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 1 time(s): {denied} ecr:GetAuthorizationToken on resource: *"
            ),
            Cause::PullDenied,
        ),
        start(
            of,
            &format!(
                "{AUTH} The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. RequestError: send request failed caused by: Post \"https://api.ecr.us-east-1.amazonaws.com/\": dial tcp 10.0.1.7:443: i/o timeout"
            ),
            Cause::RegistryUnreachable,
        ),
        start(
            of,
            &format!(
                "{AUTH} execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): retrieved secret from Secrets Manager did not contain json key password"
            ),
            Cause::SecretIncomplete,
        ),
        start(
            of,
            "ResourceInitializationError: The task cannot pull secrets from AWS Systems Manager Parameter Store. There is a connection issue between the task and AWS Systems Manager Parameter Store. Check your task network connection.",
            Cause::SecretsUnreachable,
        ),
        start(
            of,
            &format!(
                "ResourceInitializationError: The task can't pull the secret '{SECRET}' from AWS Secrets Manager. Check whether the secret exists in the specified Region."
            ),
            Cause::SecretMissing,
        ),
        start(
            of,
            &format!(
                "{AUTH} execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret {SECRET} from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret."
            ),
            Cause::SecretMissing,
        ),
        start(
            of,
            &format!(
                "{AUTH} execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 5 time(s): RequestCanceled: request context canceled caused by: context deadline exceeded"
            ),
            Cause::SecretsUnreachable,
        ),
        start(
            of,
            "ResourceInitializationError: failed to validate logger args: The task cannot find the Amazon CloudWatch log group defined in the task definition.",
            Cause::LogGroupMissing,
        ),
        start(
            of,
            "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : /ecs/mate-acme-dev",
            Cause::LogGroupMissing,
        ),
        start(of, "ResourceInitializationError: failed to initialize logging driver", Cause::AccessUnclear),
        start(of, "ResourceInitializationError: failed to validate logger args", Cause::AccessUnclear),
        start(of, "ResourceInitializationError: failed to validate logger args: : signal: killed", Cause::LogsUnreachable),
        start(
            of,
            "ResourceInitializationError: failed to initialize logging driver: failed to create Cloudwatch log stream: RequestError: send request failed caused by: Post \"https://logs.us-east-1.amazonaws.com/\": dial tcp 52.94.1.2:443: i/o timeout",
            Cause::LogsUnreachable,
        ),
        start(
            of,
            &format!(
                "ResourceInitializationError: failed to initialize logging driver: failed to create Cloudwatch log stream: {denied} logs:CreateLogStream"
            ),
            Cause::LogsDenied,
        ),
        start(
            of,
            &format!(
                "{EFS} Failed to resolve \"fs-0a1b2c3d.efs.us-east-1.amazonaws.com\" - check that your file system ID is correct, and ensure that the VPC has an EFS mount target for this file system ID."
            ),
            Cause::MountTargetMissing,
        ),
        start(
            of,
            &format!("{EFS} mount.nfs4: Connection reset by peer : unsuccessful EFS utils command execution; code: 32"),
            Cause::FileSystemUnreachable,
        ),
        start(
            of,
            &format!(
                "{EFS} Mount attempt 1/3 failed due to timeout after 15 sec, wait 0 sec before next attempt. b'mount.nfs4: timed out: mount attempt 1/3 killed'"
            ),
            Cause::FileSystemUnreachable,
        ),
        start(
            of,
            &format!(
                "{EFS} b'mount.nfs4: mounting 127.0.0.1:/uploads failed, reason given by server: No such file or directory' : unsuccessful EFS utils command execution; code: 32"
            ),
            Cause::FileSystemPathMissing,
        ),
        start(
            of,
            &format!(
                "{EFS} b'mount.nfs4: access denied by server while mounting 127.0.0.1:/' : unsuccessful EFS utils command execution; code: 32"
            ),
            Cause::FileSystemDenied,
        ),
    ]
}
