//! A subject that is decided upon: how it is known, how it stands, and what is common to its environment.

use domain::ports::{Cloud, DescribeService, DescribeTaskDefinition, ServiceView, send};
use domain::remediation::brake::Common;
use domain::remediation::known::{Known, Sight, Unfit};
use domain::remediation::story::About;
use domain::wake::Pace;
use jiff::Timestamp;

use crate::ledger::{Problem, Remembered, common, remembered};

/// A subject that is decided upon.
pub(crate) struct Case<'a, C> {
    pub(crate) cloud: &'a C,
    pub(crate) known: &'a Known,
    /// None: it is a one-off task.
    pub(crate) view: Option<ServiceView>,
    pub(crate) common: Common,
    pub(crate) pace: Pace,
    pub(crate) now: Timestamp,
}

impl<'a, C: Cloud> Case<'a, C> {
    /// Reads all that decisions about `known` follow from, and what is remembered of it.
    pub(crate) async fn open(cloud: &'a C, known: &'a Known, pace: Pace) -> Result<Result<(Self, Remembered), Unfit>, Problem> {
        let (owner, now) = (&known.owner, cloud.now());
        let reads =
            async { futures::try_join!(remembered(cloud, owner, known.name()), common(cloud, owner.environment()), seen(cloud, known)) };
        let (remembered, common, view) = reads.await?;
        Ok(view.map(|view| (Self { cloud, known, view, common, pace, now }, remembered)))
    }

    /// Whom it is of.
    pub(crate) fn about(&self) -> About<'_> {
        let running = self.view.as_ref().map(|view| view.seen.running_count);
        About { owner: &self.known.owner, subject: self.known.name(), running }
    }

    /// The definition that the service runs by now.
    pub(crate) async fn sight(&self) -> Result<Sight, Problem> {
        let primary = self.view.as_ref().and_then(|view| view.primary.clone());
        let definition = match primary {
            Some(id) => send(self.cloud, DescribeTaskDefinition { id }).await?.map(|view| view.content),
            None => None,
        };
        Ok(Sight { definition, created_at: None })
    }
}

/// The service as ECS shows it; none: it is a one-off task.
async fn seen(cloud: &impl Cloud, known: &Known) -> Result<Result<Option<ServiceView>, Unfit>, Problem> {
    let Some(service) = known.service() else { return Ok(Ok(None)) };
    let view = send(cloud, DescribeService { cluster: service.cluster.clone(), name: known.name().to_owned() }).await?;
    Ok(known.check(view.as_ref()).map(|()| view))
}
