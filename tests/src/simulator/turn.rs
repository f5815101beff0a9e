//! One act of AWS: what it knows of the moment, and what it sets in motion.

use jiff::{SignedDuration, Timestamp};

use crate::facts::facts;
use domain::failure::{CallError, Cause};

/// Something that will happen by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Transition {
    FileSystemCreated {
        id: String,
    },
    FileSystemGone {
        id: String,
    },
    MountTargetCreated {
        id: String,
    },
    MountTargetGone {
        id: String,
    },
    NatGatewayCreated {
        id: String,
    },
    NatGatewayGone {
        id: String,
    },
    /// The host stands; the first backup begins.
    DatabaseCreated {
        life: u64,
    },
    DatabaseAvailable {
        life: u64,
    },
    DatabaseModified {
        life: u64,
    },
    DatabaseOptimized {
        life: u64,
    },
    DatabaseGone {
        life: u64,
    },
    /// With the instance that goes afterwards.
    SnapshotTaken {
        name: String,
        of: u64,
    },
    TaskStarted {
        service: u64,
        task: u64,
    },
    TaskStopped {
        service: u64,
        task: u64,
    },
    HoldEnds {
        service: u64,
    },
    SteadyChecked {
        service: u64,
        check: u64,
    },
    ServiceDrained {
        service: u64,
    },
    OneOffStarted {
        task: u64,
    },
    OneOffExits {
        task: u64,
    },
    OneOffStopped {
        task: u64,
    },
    AccessPointCreated {
        id: String,
    },
    AccessPointGone {
        id: String,
    },
    LoadBalancerActive {
        arn: String,
    },
    LoadBalancerInterfacesGone {
        arn: String,
    },
    /// It says by which records it wants proof.
    CertificateDescribed {
        arn: String,
    },
    /// Its records have been seen.
    CertificateIssued {
        arn: String,
    },
    CacheCreated {
        life: u64,
    },
    CacheModified {
        life: u64,
    },
    CacheGone {
        life: u64,
    },
    /// With the group that goes afterwards.
    CacheSnapshotTaken {
        name: String,
        of: u64,
    },
    RecoveryPointGone {
        arn: String,
    },
    FunctionReady {
        name: String,
    },
    FunctionInterfaceGone {
        subnet: String,
        group: String,
    },
}

/// What AWS tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Something has happened to what has this ARN, or this name of an image: a rule of the default bus hands it on.
    Resource(String),
    /// ElastiCache has published to a topic.
    Cache {
        /// The topic's ARN.
        topic: String,
        /// Such as `CreateReplicationGroupComplete`.
        event: &'static str,
        /// Of the group, or of a node.
        id: String,
    },
}

/// A phase whose duration was sampled.
#[derive(Debug, Clone, PartialEq)]
pub struct Sampled {
    /// The resource's name.
    pub subject: String,
    /// Such as `rds-instance`.
    pub kind: &'static str,
    /// Such as `create`.
    pub phase: &'static str,
    /// When it began.
    pub began: Timestamp,
    /// How long it takes.
    pub takes: SignedDuration,
}

/// One act.
pub(super) struct Turn {
    pub(super) now: Timestamp,
    seed: u64,
    count: u64,
    pub(super) later: Vec<(SignedDuration, Transition)>,
    /// What AWS tells of.
    pub(super) events: Vec<Told>,
    pub(super) sampled: Vec<Sampled>,
}

impl Turn {
    /// `count` is a number that no other act has.
    pub(super) fn new(now: Timestamp, seed: u64, count: u64) -> Self {
        Self { now, seed, count: count * 1_000, later: Vec::new(), events: Vec::new(), sampled: Vec::new() }
    }

    /// A number that nothing else has.
    pub(super) fn unique(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    /// So many hex digits that nothing else has.
    pub(super) fn hex(&mut self, prefix: &str, digits: usize) -> String {
        let number = self.unique();
        let text = format!("{:016x}{:016x}", crate::random::hash(&format!("{}:{number}", self.seed)), number);
        format!("{prefix}{}", &text[..digits])
    }

    /// A sample of a phase's duration. With seed 0 it is the local cloud's.
    pub(super) fn takes(&mut self, kind: &'static str, phase: &'static str, subject: &str) -> SignedDuration {
        let sample = if self.seed == 0 { subject.to_owned() } else { format!("{}:{subject}", self.seed) };
        let takes = facts().duration(kind, phase, &sample);
        self.sampled.push(Sampled { subject: subject.to_owned(), kind, phase, began: self.now, takes });
        takes
    }

    pub(super) fn later(&mut self, wait: SignedDuration, transition: Transition) {
        self.later.push((wait, transition));
    }

    pub(super) fn tell(&mut self, arn: &str) {
        self.events.push(Told::Resource(arn.to_owned()));
    }

    pub(super) fn publish(&mut self, topic: &str, event: &'static str, id: &str) {
        self.events.push(Told::Cache { topic: topic.to_owned(), event, id: id.to_owned() });
    }
}

/// A call that AWS does not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) cause: Cause,
    message: String,
}

/// The outcome of a call.
pub(super) type Answer<T> = Result<T, Refused>;

impl Refused {
    /// A refusal that the facts do not list.
    pub(super) fn new(cause: Cause, message: impl Into<String>) -> Self {
        Self { cause, message: message.into() }
    }

    /// A refusal of the facts, with the names of its message filled in.
    pub(super) fn fact(id: &str, cause: Cause, names: &[(&str, &str)]) -> Self {
        let fact = facts().refusal(id);
        let message = names.iter().fold(fact.message.clone(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value));
        Self::new(cause, format!("{}: {message}", fact.code))
    }

    pub(super) fn of(self, operation: &str) -> CallError {
        CallError::new(operation, self.cause, self.message)
    }
}
