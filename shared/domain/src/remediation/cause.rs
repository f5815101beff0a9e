//! What a stop means: one variant per conduct that differs.

use serde::{Deserialize, Serialize};

mod sentence;

/// What can be said of a cause besides its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trait {
    /// Nothing has failed: the stop was wanted.
    Benign,
    /// Many tenants may have it at once: image, secret, network, capacity, database.
    Shared,
    /// The same may succeed within minutes, and nothing needs to be changed for it.
    Transient,
}
use Trait::{Benign, Shared, Transient};

/// The enum and, for each variant without data, its id and traits.
macro_rules! causes {
    ($($(#[doc = $doc:literal])+ $name:ident = $id:literal $traits:tt)+) => {
        /// Why a task stopped. [`std::fmt::Display`] says it to people, with what to do.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Cause {
            $($(#[doc = $doc])+ $name,)+
            /// We stopped it ourselves.
            OwnAct {
                /// The attempt's id, as the ledger knows it.
                attempt: String,
            },
            /// No rule knows the text. Nothing is done but to tell of it, once per text.
            Unrecognised {
                /// What it said, without what differs between two stops of one fault; see [`super::text::normalise`].
                text: String,
            },
        }

        impl Cause {
            /// All but those that carry data.
            pub const PLAIN: &[Self] = &[$(Self::$name),+];

            fn entry(&self) -> (&'static str, &'static [Trait]) {
                match self {
                    $(Self::$name => ($id, &$traits),)+
                    Self::OwnAct { .. } => ("own-act", &[Benign]),
                    Self::Unrecognised { .. } => ("unrecognised", &[]),
                }
            }
        }
    };
}

causes! {
    /// The service's scheduler took it away: scale-in, a deployment, rebalancing of zones.
    ScalingActivity = "scaling-activity" [Benign]
    /// A person or a tool called `StopTask`.
    StoppedByUser = "stopped-by-user" [Benign]
    /// A one-off task is done: exit code 0.
    CompletedRun = "completed-run" [Benign]
    /// It ended at SIGTERM, in good order: 143.
    Terminated = "terminated" [Benign]
    /// It was told to stop before its image was pulled.
    StoppedBeforeStart = "stopped-before-start" [Benign]
    /// Its stop was wanted, and it did not end within the stop time-out: killed, and no lack of memory.
    SlowDrain = "slow-drain" []

    /// Spot capacity was taken back, or there is none.
    SpotReclaimed = "spot-reclaimed" [Shared, Transient]
    /// AWS patches what is below it. A one-off task is not replaced.
    TaskRetirement = "task-retirement" [Shared]
    /// No capacity for it right now.
    NoCapacity = "no-capacity" [Shared, Transient]
    /// No host can ever take it as it is asked for.
    PlacementImpossible = "placement-impossible" []
    /// The subnet has no free address.
    SubnetFull = "subnet-full" [Shared]
    /// The host takes no further network interface.
    InterfaceLimit = "interface-limit" []
    /// A quota of the account is reached.
    QuotaReached = "quota-reached" [Shared]
    /// Its host is gone, is broken or is not heard of.
    HostFault = "host-fault" [Transient]

    /// Network interface or storage did not come in time.
    SlowProvisioning = "slow-provisioning" [Shared, Transient]
    /// The platform or its agent failed.
    PlatformFault = "platform-fault" [Transient]
    /// The container runtime did not bring it to run, or to stop, in time.
    RuntimeStuck = "runtime-stuck" [Transient]
    /// It could not be stopped: it may still run.
    StopUnconfirmed = "stop-unconfirmed" []
    /// Task definition and launch type or capacity provider do not fit.
    StrategyMismatch = "strategy-mismatch" []
    /// A volume could not be made or mounted.
    VolumeFailed = "volume-failed" []

    /// A secret or parameter does not exist, or is marked for deletion.
    SecretMissing = "secret-missing" [Shared]
    /// The secret stands, without the key that the definition names.
    SecretIncomplete = "secret-incomplete" [Shared]
    /// The execution role may not read a secret, or not use its key.
    SecretDenied = "secret-denied" [Shared]
    /// No way through the network to secrets, parameters or environment files.
    SecretsUnreachable = "secrets-unreachable" [Shared]
    /// What it needs to start could not be had, and the text does not say whether network, role or the thing itself.
    AccessUnclear = "access-unclear" [Shared]
    /// The log group of its definition does not exist.
    LogGroupMissing = "log-group-missing" []
    /// The execution role may not write logs.
    LogsDenied = "logs-denied" []
    /// No way through the network to CloudWatch Logs.
    LogsUnreachable = "logs-unreachable" [Shared]

    /// The file system has no mount target in the zone, or its name does not resolve.
    MountTargetMissing = "mount-target-missing" [Shared]
    /// The mount target does not answer: port 2049 closed, or EFS busy.
    FileSystemUnreachable = "file-system-unreachable" [Shared]
    /// The directory or access point does not exist.
    FileSystemPathMissing = "file-system-path-missing" []
    /// The file system's policy, or the task role, forbids the mount.
    FileSystemDenied = "file-system-denied" []

    /// The pull broke off: a blip of the network.
    PullInterrupted = "pull-interrupted" [Shared, Transient]
    /// No way through the network to the registry, or to the layers behind it.
    RegistryUnreachable = "registry-unreachable" [Shared]
    /// The tag or digest is not in the repository.
    ImageMissing = "image-missing" [Shared]
    /// The repository is not there: name, Region or account are wrong.
    RepositoryMissing = "repository-missing" [Shared]
    /// The registry refuses: role, repository policy, or credentials.
    PullDenied = "pull-denied" [Shared]
    /// The registry counts pulls, and there were too many.
    PullRateLimited = "pull-rate-limited" [Shared]
    /// The image's configuration cannot be had: a rate limit, or no route to S3.
    LayerUnreadable = "layer-unreadable" [Shared]
    /// S3 refuses the layers: the policy of its endpoint.
    LayerBlocked = "layer-blocked" [Shared]
    /// The image does not fit on the task's disk.
    DiskFull = "disk-full" []
    /// The image is for another processor.
    WrongArchitecture = "wrong-architecture" [Shared]

    /// Memory ran out.
    OutOfMemory = "out-of-memory" []
    /// The application gave up, with an exit code of its own.
    ApplicationError = "application-error" []
    /// The command cannot be run as it is written.
    BadCommand = "bad-command" []
    /// A service's container ended with exit code 0: it will do so again.
    CleanExit = "clean-exit" []
    /// Native code crashed.
    NativeCrash = "native-crash" []
    /// Killed from outside, and neither memory nor a stop that was wanted is known to be behind it.
    Killed = "killed" []
    /// An exit code that says nothing: 255, or out of range.
    ExitOutOfRange = "exit-out-of-range" []

    /// The load balancer's health checks failed.
    UnhealthyTarget = "unhealthy-target" []
    /// The container's own health check failed.
    UnhealthyContainer = "unhealthy-container" [Shared]
    /// Health checks failed before it could have been ready.
    StartTooSlow = "start-too-slow" []

    /// It failed right after a secret that it reads was rotated: secrets are read at the start of a task only.
    CredentialsRotated = "credentials-rotated" [Shared]
    /// It failed while its database was failing over.
    DatabaseFailover = "database-failover" [Shared, Transient]
}

impl Cause {
    /// A stable name for keys of incidents, budgets and names of runbooks.
    pub fn id(&self) -> &'static str {
        self.entry().0
    }

    /// Whether the stop was wanted, and nothing has failed.
    pub fn is_benign(&self) -> bool {
        self.has(Benign)
    }

    /// Whether many tenants may have it at once, so that nobody acts before it is known how many do.
    pub fn may_be_shared(&self) -> bool {
        self.has(Shared)
    }

    /// Whether the same may succeed within minutes though nothing is changed.
    pub fn is_transient(&self) -> bool {
        self.has(Transient)
    }

    /// Whether it may follow from something else that has happened: the application failed, or was found unhealthy.
    pub fn may_follow(&self) -> bool {
        matches!(self, Self::ApplicationError | Self::UnhealthyTarget | Self::UnhealthyContainer)
    }

    fn has(&self, one: Trait) -> bool {
        self.entry().1.contains(&one)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_different_words_and_stay_the_ledgers_names() {
        let ids: BTreeSet<_> = Cause::PLAIN.iter().map(Cause::id).collect();
        assert_eq!(ids.len(), Cause::PLAIN.len());
        for cause in Cause::PLAIN {
            // The ledger's name and the id are one.
            assert_eq!(serde_json::to_value(cause).unwrap(), cause.id());
        }
    }

    #[test]
    fn what_is_benign_is_neither_shared_nor_to_be_tried_again() {
        for cause in Cause::PLAIN {
            assert!(!(cause.is_benign() && (cause.may_be_shared() || cause.is_transient())), "{cause:?}");
        }
    }

    #[test]
    fn every_sentence_ends_and_says_more_than_the_id() {
        for cause in Cause::PLAIN {
            let said = cause.to_string();
            assert!(said.ends_with('.') && said.len() > cause.id().len() + 10, "{cause:?}: {said}");
        }
        assert!(Cause::Unrecognised { text: "the # of <arn>".into() }.to_string().contains("the # of <arn>"));
        assert!(Cause::OwnAct { attempt: "01J".into() }.to_string().contains("01J"));
    }
}
