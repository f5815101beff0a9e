//! What this function is set up with.

use std::collections::BTreeMap;

use domain::answering::keys::Keys;
use domain::paging::routes::Routes;
use domain::ports::{Cloud, Confidential, GetSecretValue, send};
use jiff::SignedDuration;
use runtime::kept::Kept;

use crate::Problem;

/// Secrets are read anew after so long, so that a key that was rotated counts soon.
const FRESH: SignedDuration = SignedDuration::from_mins(5);

/// What this function is set up with, and the secrets as it knows them.
pub struct Office {
    /// Who is told of what.
    pub routes: Routes,
    /// Where things are.
    pub places: Places,
    receivers: Kept<BTreeMap<String, Confidential>>,
    keys: Kept<Keys>,
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
        Self { routes, places, receivers: Kept::fresh_for(FRESH), keys: Kept::fresh_for(FRESH) }
    }

    /// What the secret of receivers has under `name`; none: nothing.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn receiver(&self, cloud: &impl Cloud, name: &str) -> Result<Option<Confidential>, Problem> {
        let read = async { receivers(&send(cloud, GetSecretValue { id: self.places.receivers.clone() }).await?) };
        let known = self.receivers.get(cloud.now(), read).await?;
        Ok(known.get(name).cloned())
    }

    /// The key that links are signed with.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn keys(&self, cloud: &impl Cloud) -> Result<Keys, Problem> {
        let read = async { Ok::<_, Problem>(Keys::read(&send(cloud, GetSecretValue { id: self.places.answer_key.clone() }).await?.0)?) };
        self.keys.get(cloud.now(), read).await
    }
}

/// What the secret of receivers says. An empty text says nothing: a name may stand there before its value does.
fn receivers(secret: &Confidential) -> Result<BTreeMap<String, Confidential>, Problem> {
    let read: BTreeMap<String, String> = serde_json::from_str(&secret.0).map_err(|_| Problem::Receivers)?;
    Ok(read.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, Confidential(value))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_of_receivers_is_an_object_of_texts_of_which_empty_ones_say_nothing() {
        let check = |secret: &str, expected: Option<&[(&str, &str)]>| {
            let read = receivers(&Confidential(secret.to_owned())).ok();
            let read = read.map(|read| read.into_iter().map(|(name, value)| (name, value.0)).collect::<Vec<_>>());
            let expected = expected.map(|pairs| pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect());
            assert_eq!(read, expected, "{secret}");
        };
        check(
            r#"{ "pagerduty": "k", "slack": "https://hooks.example.com/x" }"#,
            Some(&[("pagerduty", "k"), ("slack", "https://hooks.example.com/x")]),
        );
        check(r#"{ "pagerduty": "", "slack": "s" }"#, Some(&[("slack", "s")]));
        check("{}", Some(&[]));
        check(r#"{ "pagerduty": 1 }"#, None);
        check("", None);
    }
}
