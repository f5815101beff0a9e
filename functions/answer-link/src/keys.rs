//! The keys as this process knows them.

use std::cell::RefCell;

use domain::answering::claims::Claims;
use domain::answering::keys::Keys;
use domain::answering::token::{Refusal, verify};
use domain::ports::{Cloud, Confidential, GetSecretValue, send};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::reply::Problem;

/// A key that is not known has them read anew, after so long at the earliest: anybody can name one.
const FRESH: SignedDuration = SignedDuration::from_mins(1);

/// The keys of a secret, read when they are needed first.
pub struct Ring {
    secret: String,
    known: RefCell<Option<Known>>,
    signers: RefCell<Option<(Timestamp, Vec<Confidential>)>>,
}

#[derive(Clone)]
struct Known {
    keys: Keys,
    /// When they were read, or were to be, last.
    at: Timestamp,
}

impl Ring {
    /// Of the secret of this name or ARN.
    pub fn new(secret: String) -> Self {
        Self { secret, known: RefCell::default(), signers: RefCell::default() }
    }

    /// What `token` claims.
    ///
    /// # Errors
    /// It is not believed, or the keys could not be read.
    pub async fn verify(&self, cloud: &impl Cloud, token: &Confidential) -> Result<Claims, Problem> {
        let now = cloud.now();
        let known = self.known.borrow().clone();
        let Some(known) = known else {
            return Ok(verify(&token.0, &self.read(cloud).await?, now)?);
        };
        match verify(&token.0, &known.keys, now) {
            Err(Refusal::UnknownKey) if now.duration_since(known.at) >= FRESH => {
                // One that fails counts as well.
                self.known.replace(Some(Known { at: now, ..known }));
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
        let known = self.signers.borrow().clone().filter(|(at, _)| cloud.now().duration_since(*at) < FRESH);
        if let Some((_, signers)) = known {
            return Ok(signers);
        }
        let value = send(cloud, GetSecretValue { id: self.secret.clone() }).await?;
        let fields: Value = serde_json::from_str(&value.0).unwrap_or_default();
        let found = ["pagerduty", "pagerduty_previous"].map(|name| fields[name].as_str().map(|secret| Confidential(secret.to_owned())));
        let signers: Vec<_> = found.into_iter().flatten().collect();
        self.signers.replace(Some((cloud.now(), signers.clone())));
        Ok(signers)
    }

    async fn read(&self, cloud: &impl Cloud) -> Result<Keys, Problem> {
        let value = send(cloud, GetSecretValue { id: self.secret.clone() }).await?;
        let keys = Keys::read(&value.0)?;
        self.known.replace(Some(Known { keys: keys.clone(), at: cloud.now() }));
        Ok(keys)
    }
}
