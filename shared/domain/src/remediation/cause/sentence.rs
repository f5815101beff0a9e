//! Causes in words, for people: what it is, and what to do.

use std::fmt;

use super::Cause;

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OwnAct { attempt } => write!(f, "Caretaker stopped it itself, as attempt {attempt}. Nothing is to be done."),
            Self::Unrecognised { text } => {
                write!(f, "No rule knows this text: {text:?}. Look at the task, and add a rule if it comes again.")
            }
            plain => f.write_str(plain.sentence()),
        }
    }
}

impl Cause {
    fn sentence(&self) -> &'static str {
        match self {
            Self::OwnAct { .. } | Self::Unrecognised { .. } => "",
            Self::ScalingActivity => "The service was scaled in, rebalanced or deployed. Nothing is to be done.",
            Self::StoppedByUser => "A person or a tool stopped it. CloudTrail has who; nothing is to be done.",
            Self::CompletedRun => "The one-off task is done. Nothing is to be done.",
            Self::Terminated => "It ended at SIGTERM, in good order. Nothing is to be done.",
            Self::StoppedBeforeStart => "It was told to stop before its image was pulled. Nothing is to be done.",
            Self::SlowDrain => "It did not end within its stop time-out and was killed. Let it handle SIGTERM, or raise stopTimeout.",
            Self::SpotReclaimed => "Spot capacity was taken back. See that it is replaced; keep a base of on-demand tasks.",
            Self::TaskRetirement => "AWS retires what is below it. Services replace it; a one-off task must be started again.",
            Self::NoCapacity => "There is no capacity for it right now. Wait and try again; more zones help.",
            Self::PlacementImpossible => "No host can take it as it is asked for. Mend its constraints, GPUs, ports or cluster.",
            Self::SubnetFull => "The subnet has no free address. Add a subnet, or free network interfaces.",
            Self::InterfaceLimit => "The host takes no further network interface. Use a larger instance, or trunking.",
            Self::QuotaReached => "A quota of the account is reached. Have it raised; trying again does not help.",
            Self::HostFault => "Its host is gone or broken. The scheduler places it elsewhere.",
            Self::SlowProvisioning => "Its network interface or storage did not come in time. Try again after a while.",
            Self::PlatformFault => "The platform failed. Try again; open a case with AWS if it comes again.",
            Self::RuntimeStuck => "The container runtime hung. Try again, and look at the stop time-out.",
            Self::StopUnconfirmed => "It could not be stopped. Make sure that it is gone: it may still work on tasks.",
            Self::StrategyMismatch => "Task definition and compute strategy do not fit. Mend one of them.",
            Self::VolumeFailed => "A volume could not be mounted. Mend the volume or its definition.",
            Self::SecretMissing => "A secret or parameter does not exist. Restore it, or mend its ARN.",
            Self::SecretIncomplete => "The secret lacks the key that the definition names. Put it in, or mend the definition.",
            Self::SecretDenied => "The execution role may not read a secret. Look at its policy, the secret's, and kms:Decrypt.",
            Self::SecretsUnreachable => "Secrets cannot be reached. Look at NAT or VPC endpoints, and at port 443.",
            Self::AccessUnclear => {
                "It could not get what it needs to start. Look, in this order: the thing exists, role, key, route, port 443."
            }
            Self::LogGroupMissing => "Its log group does not exist. Create it.",
            Self::LogsDenied => "The execution role may not write logs. Mend its policy.",
            Self::LogsUnreachable => "CloudWatch Logs cannot be reached. Look at NAT or the logs endpoint.",
            Self::MountTargetMissing => "The file system does not resolve. Make a mount target in each zone; switch DNS of the VPC on.",
            Self::FileSystemUnreachable => "The mount target does not answer. Open port 2049, and try again once.",
            Self::FileSystemPathMissing => "The directory does not exist on the file system. Make the access point.",
            Self::FileSystemDenied => "The file system forbids the mount. Mend its policy or the task role.",
            Self::PullInterrupted => "The pull broke off. Try again, a few times.",
            Self::RegistryUnreachable => "The registry cannot be reached. Look at NAT, endpoints (ECR, S3), groups and DNS.",
            Self::ImageMissing => "The image is not in its repository. Go back to the last revision that ran; never delete images in use.",
            Self::RepositoryMissing => "The repository is not there. Mend name, Region or account in the definition.",
            Self::PullDenied => "The registry refuses the pull. Look at the execution role, the repository's policy, or the credentials.",
            Self::PullRateLimited => "Too many pulls. Wait for hours, not minutes; log in, or use a pull-through cache.",
            Self::LayerUnreadable => {
                "The image's configuration cannot be had. Look at rate limits and at the S3 endpoint; wait before trying again."
            }
            Self::LayerBlocked => "S3 refuses the image's layers. Mend the policy of the S3 endpoint.",
            Self::DiskFull => "The image does not fit on the task's disk. Raise ephemeralStorage (20 GiB unless set, 200 at most).",
            Self::WrongArchitecture => "The image is for another processor. Go back, and build it for the task's platform.",
            Self::OutOfMemory => "Memory ran out. Give it more, within bounds; look for a leak if that does not last.",
            Self::ApplicationError => "The application gave up. Go back if the revision is new; else look at what it depends on.",
            Self::BadCommand => "Its command cannot be run. Go back to the last revision; starting it again does not help.",
            Self::CleanExit => "Its process ended by itself, as if done. A service must not end: mend its command.",
            Self::NativeCrash => "Native code crashed. Go back to the last revision.",
            Self::Killed => "It was killed from outside; memory is not known to be why. The scheduler replaces it; count how often.",
            Self::ExitOutOfRange => "Its exit code says nothing. The scheduler replaces it; look at its logs if it comes again.",
            Self::UnhealthyTarget => {
                "The load balancer found it unhealthy. Look at path, port, groups and load; go back if the revision is new."
            }
            Self::UnhealthyContainer => "Its own health check failed. Look at what it depends on, then at the check.",
            Self::StartTooSlow => "It was found unhealthy before it could be ready. Raise healthCheckGracePeriodSeconds.",
            Self::CredentialsRotated => "It failed right after a secret was rotated. Deploy anew, so that tasks read it again.",
            Self::DatabaseFailover => "Its database was failing over. Wait until that is done.",
        }
    }
}
