//! Decisions in words, for those who read logs at night.

use std::fmt;

use super::super::recommend::By;
use super::super::sample::Unusable;
use super::words::{Blind, Clamp, Decision, Held, Hold, Outcome, Step};

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.outcome {
            Outcome::Scale { from, to } => write!(f, "from {from} to {to} workers")?,
            Outcome::Hold(hold) => write!(f, "{hold}")?,
        }
        if let Some(recommendation) = self.recommendation {
            let by = match recommendation.by {
                By::Drain => "to empty the backlog within the objective",
                By::Arrivals => "to keep up with what arrives",
                By::Tasks => "as many as have a task to do",
                By::BacklogPerTask => "by the backlog per worker",
            };
            write!(f, "; {:.2} are asked for, {by}", recommendation.workers)?;
        }
        self.clamps.iter().try_for_each(|clamp| write!(f, "; {clamp}"))
    }
}

impl fmt::Display for Clamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.by {
            Step::Busy => "some execute a task",
            Step::Activation => "the first and the last worker have rules of their own",
            Step::Window => "of the recommendations within the window the most careful counts",
            Step::Doubt => "what was read may not be all, or not be true",
            Step::Deployment => "a deployment is under way",
            Step::Rate => "no faster than the policy allows",
            Step::Suspended => "scaling in this direction is suspended",
            Step::Schedule => "a schedule is on",
            Step::Share => "others need what they share",
            Step::Bounds => "within the bounds",
            Step::Fallback => "the backlog has not been known for long",
        };
        write!(f, "{} instead of {}: {why}", self.to, self.from)
    }
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed => f.write_str("the blueprint says a fixed count"),
            Self::Held(held) => write!(f, "{held}"),
            Self::Blind(Blind::Unknown) => f.write_str("nothing could be seen of the queues"),
            Self::Blind(Blind::Unusable(unusable)) => write!(f, "{unusable}"),
            Self::AsItShould => f.write_str("the count is as it should be"),
        }
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Suspended => "scaling of the service is suspended: quarantined, or by a person",
            Self::Paused => "the tenant is paused",
            Self::Inactive => "there is no active service",
            Self::Foreign => "the service does not carry the tenant's tags",
            Self::Unbounded => "the service has no scalable target, so its bounds are not known",
            Self::TwoScalers => "somebody else moves the count as well",
        })
    }
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Future => "the sample is of a moment that has not come",
            Self::Repeated => "the sample is not newer than the last one of its queue",
            Self::Stale => "the sample is too old to act upon",
            Self::Absurd => "the sample cannot be true: more is scheduled than is held, or more waits than a broker holds",
        })
    }
}
