//! The keys as this process knows them.

use domain::answering::claims::Claims;
use domain::answering::keys::Keys;
use domain::answering::token::{Refusal, verify};
use domain::ports::{Cloud, Confidential, GetSecretValue, send};
use jiff::SignedDuration;
use runtime::kept::Kept;
use serde_json::Value;

use crate::reply::Problem;

/// A key that is not known has them read anew, after so long at the earliest: anybody can name one.
const FRESH: SignedDuration = SignedDuration::from_mins(1);

/// The keys of a secret, read when they are needed first.
pub struct Ring {
    secret: String,
    keys: Kept<Keys>,
    signers: Kept<Vec<Confidential>>,
}

impl Ring {
    /// Of the secret of this name or ARN.
    pub fn new(secret: String) -> Self {
        Self { secret, keys: Kept::fresh_for(FRESH), signers: Kept::fresh_for(FRESH) }
    }

    /// What `token` claims.
    ///
    /// # Errors
    /// It is not believed, or the keys could not be read.
    pub async fn verify(&self, cloud: &impl Cloud, token: &Confidential) -> Result<Claims, Problem> {
        let now = cloud.now();
        let Some(known) = self.keys.last() else {
            return Ok(verify(&token.0, &self.read(cloud).await?, now)?);
        };
        match verify(&token.0, &known, now) {
            Err(Refusal::UnknownKey) if !self.keys.is_fresh(now) => {
                // A read that fails counts as well.
                self.keys.put_off(now);
                Ok(verify(&token.0, &self.read(cloud).await?, now)?)
            }
            outcome => Ok(outcome?),
        }
    }

    /// The secrets that PagerDuty signs with, the current and the one before it: `pagerduty` and `pagerduty_previous` of the same secret.
    ///
    /// # Errors
    /// They could not be read.
    pub async fn webhooks(&self, cloud: &impl Cloud) -> Result<Vec<Confidential>, Problem> {
        let read = async { Ok::<_, Problem>(signers(&send(cloud, GetSecretValue { id: self.secret.clone() }).await?)) };
        self.signers.get(cloud.now(), read).await
    }

    async fn read(&self, cloud: &impl Cloud) -> Result<Keys, Problem> {
        let read = async { Ok::<_, Problem>(Keys::read(&send(cloud, GetSecretValue { id: self.secret.clone() }).await?.0)?) };
        self.keys.renew(cloud.now(), read).await
    }
}

fn signers(secret: &Confidential) -> Vec<Confidential> {
    let fields: Value = serde_json::from_str(&secret.0).unwrap_or_default();
    let found = ["pagerduty", "pagerduty_previous"].map(|name| fields[name].as_str().map(|secret| Confidential(secret.to_owned())));
    found.into_iter().flatten().collect()
}
