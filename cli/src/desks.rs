//! Reading the desks of paging: incidents, silences, and what is told of them.

use std::collections::BTreeSet;

use domain::ledger::{BadItem, Item};
use domain::paging::delivery::{Delivery, Outbox};
use domain::paging::desk::{Desk, Line, desk_of, incident_key, partition, past, silences, timeline};
use domain::paging::id::environment_of;
use domain::paging::incident::{Incident, Stage};
use domain::paging::silence::Silence;
use domain::ports::{Cloud, ReadItem, ReadOwner, send};
use domain::tenant::EnvironmentName;
use futures::future::try_join_all;

use crate::exit::CliError;
use crate::read::Ledger;

/// The desk of an environment, with its silences.
#[derive(Debug, Clone, Default)]
pub struct AtDesk {
    /// Of which; none: what is of no environment.
    pub environment: Option<EnvironmentName>,
    /// What is open, and what was heard lately.
    pub desk: Desk,
    /// What a person wants to hear nothing of, those that ended within a day too.
    pub silences: Vec<Silence>,
}

/// An incident, and the desk that it is on or was on.
#[derive(Debug, Clone)]
pub struct Found {
    /// The incident.
    pub incident: Incident,
    /// Its desk.
    pub at: AtDesk,
}

impl<C: Cloud> Ledger<C> {
    /// The desk of `environment`; none: of what is of no environment.
    ///
    /// # Errors
    /// The table of incidents did not answer, or is of newer code.
    pub async fn desk(&self, environment: Option<&EnvironmentName>) -> Result<AtDesk, CliError> {
        let what = environment.map_or_else(|| "of no environment".to_owned(), ToString::to_string);
        self.open(&partition(environment), format!("reading the incidents of {what}"), environment.cloned()).await
    }

    async fn open(&self, partition: &str, what: String, environment: Option<EnvironmentName>) -> Result<AtDesk, CliError> {
        let read = |items: &[Item]| Ok::<_, BadItem>((Desk::read(items)?, silences(items)?));
        let (desk, silences) = self.read(partition.to_owned(), what, read).await?;
        Ok(AtDesk { environment, desk, silences })
    }

    /// The desk of `environment`; without it those of all environments that the ledger knows, and the one of none.
    ///
    /// # Errors
    /// As [`Self::desk`], or the ledger did not answer.
    pub async fn desks(&self, environment: Option<&EnvironmentName>) -> Result<Vec<AtDesk>, CliError> {
        if environment.is_some() {
            return Ok(vec![self.desk(environment).await?]);
        }
        let known: Vec<EnvironmentName> = self.environments().await?.iter().filter_map(|view| view.environment.parse().ok()).collect();
        try_join_all(known.iter().map(Some).chain([None]).map(|environment| self.desk(environment))).await
    }

    /// The incidents of a desk that are over, as far back as they are kept.
    ///
    /// # Errors
    /// As [`Self::desk`].
    pub async fn past(&self, environment: Option<&EnvironmentName>) -> Result<Vec<Incident>, CliError> {
        let what = "reading the incidents that are over".to_owned();
        self.read(past(&partition(environment)), what, |items| items.iter().map(Item::read).collect()).await
    }

    /// The incident `id`, open or over.
    ///
    /// # Errors
    /// As [`Self::desk`].
    pub async fn incident(&self, id: &str) -> Result<Option<Found>, CliError> {
        let (desk, what) = (desk_of(id), format!("reading the incident {id}"));
        let at = self.open(&desk, what.clone(), environment_of(id)).await?;
        if let Some(incident) = at.desk.incidents.get(id).cloned() {
            return Ok(Some(Found { incident, at }));
        }
        let read = send(&self.cloud, ReadItem { owner: past(&desk), key: incident_key(id) }).await;
        let item = read.map_err(|source| CliError::Call { what: what.clone(), source })?;
        let incident = item.map(|item| item.read()).transpose().map_err(|source| CliError::Remembered { what, source })?;
        Ok(incident.map(|incident| Found { incident, at }))
    }

    /// What has happened in the incident `id`, oldest first.
    ///
    /// # Errors
    /// As [`Self::desk`].
    pub async fn timeline(&self, id: &str) -> Result<Vec<Line>, CliError> {
        let what = format!("reading the timeline of the incident {id}");
        let mut lines: Vec<Line> = self.read(timeline(id), what, |items| items.iter().map(Item::read).collect()).await?;
        // The sort keys have moments with and without fractions of a second, which do not sort as texts.
        lines.sort_by_key(|line| line.at);
        Ok(lines)
    }

    /// What waits for `receivers` and is of the incident `id`.
    ///
    /// # Errors
    /// As [`Self::desk`].
    pub async fn waiting(&self, id: &str, receivers: &BTreeSet<String>) -> Result<Vec<Delivery>, CliError> {
        let outbox = |receiver: &String| {
            let what = format!("reading what waits for {receiver}");
            self.read(Delivery::partition(receiver), what, Outbox::read)
        };
        let outboxes = try_join_all(receivers.iter().map(outbox)).await?;
        Ok(outboxes.into_iter().flat_map(|outbox| outbox.waiting).filter(|delivery| delivery.notice.incident == id).collect())
    }

    async fn read<T>(&self, owner: String, what: String, read: impl FnOnce(&[Item]) -> Result<T, BadItem>) -> Result<T, CliError> {
        let items = send(&self.cloud, ReadOwner { owner }).await;
        let items = items.map_err(|source| CliError::Call { what: what.clone(), source })?;
        read(&items).map_err(|source| CliError::Remembered { what, source })
    }
}

impl Found {
    /// The incident that has taken it in, if one has.
    pub fn home(&self) -> Option<&Incident> {
        match &self.incident.stage {
            Stage::Merged { .. } => self.at.desk.incidents.get(self.at.desk.home(&self.incident.id)),
            _ => None,
        }
    }
}
