//! What this function is set up with.

use std::cell::RefCell;
use std::collections::BTreeMap;

use domain::answering::keys::Keys;
use domain::paging::routes::Routes;
use domain::ports::{Cloud, Confidential, GetSecretValue, send};
use jiff::{SignedDuration, Timestamp};

use crate::Problem;

/// Secrets are read anew after so long, so that a key that was rotated counts soon.
const FRESH: SignedDuration = SignedDuration::from_mins(5);

/// What this function is set up with, and the secrets as it knows them.
pub struct Office {
    /// Who is told of what.
    pub routes: Routes,
    /// Where things are.
    pub places: Places,
    receivers: RefCell<Option<(Timestamp, BTreeMap<String, Confidential>)>>,
    keys: RefCell<Option<(Timestamp, Keys)>>,
}

/// Where things are.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// The name of the secret with the receivers' keys.
    pub receivers: String,
    /// The name of the secret with the key of links.
    pub answer_key: String,
    /// Where `answer-link` is served; empty: links are not offered.
    pub answer_url: String,
    /// The topic of alerts, for `{alerts_topic}` of the routes.
    pub alerts_topic: String,
    /// What the runbooks' addresses begin with.
    pub runbooks: String,
    /// Where PagerDuty takes events.
    pub pagerduty: String,
    /// The Region, for links to the console.
    pub region: String,
}

impl Office {
    /// With nothing read yet.
    pub fn new(routes: Routes, places: Places) -> Self {
        Self { routes, places, receivers: RefCell::default(), keys: RefCell::default() }
    }

    /// What the secret of receivers has under `name`; none: nothing.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn receiver(&self, cloud: &impl Cloud, name: &str) -> Result<Option<Confidential>, Problem> {
        let known = self.receivers.borrow().clone().filter(|(at, _)| cloud.now().duration_since(*at) < FRESH);
        if let Some((_, known)) = known {
            return Ok(known.get(name).cloned());
        }
        let value = send(cloud, GetSecretValue { id: self.places.receivers.clone() }).await?;
        let read: BTreeMap<String, String> = serde_json::from_str(&value.0).map_err(|_| Problem::Receivers)?;
        let read: BTreeMap<_, _> = read.into_iter().map(|(name, value)| (name, Confidential(value))).collect();
        let found = read.get(name).filter(|value| !value.0.is_empty()).cloned();
        self.receivers.replace(Some((cloud.now(), read)));
        Ok(found)
    }

    /// The key that links are signed with.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn keys(&self, cloud: &impl Cloud) -> Result<Keys, Problem> {
        let known = self.keys.borrow().clone().filter(|(at, _)| cloud.now().duration_since(*at) < FRESH);
        if let Some((_, known)) = known {
            return Ok(known);
        }
        let value = send(cloud, GetSecretValue { id: self.places.answer_key.clone() }).await?;
        let keys = Keys::read(&value.0)?;
        self.keys.replace(Some((cloud.now(), keys.clone())));
        Ok(keys)
    }
}
