//! What the pools of an environment claim of its vCPUs, read anew once in a while.

use std::cell::RefCell;
use std::collections::HashMap;

use domain::kind::workers::Registered;
use domain::ledger::{BadItem, Item};
use domain::ports::{Cloud, ReadOwner, send};
use domain::scaling::fleet::{Claimed, partition};
use domain::tenant::EnvironmentName;
use jiff::{SignedDuration, Timestamp};

use crate::pool::Problem;

/// Claims are read anew after so long: a thousand pools are some 200 KB, which each sample of each pool need not cost.
const FRESH: SignedDuration = SignedDuration::from_secs(10);

/// The claims of environments, as this instance of the function knows them.
#[derive(Default)]
pub struct Fleet(RefCell<HashMap<EnvironmentName, Seen>>);

#[derive(Clone)]
struct Seen {
    at: Timestamp,
    claims: Vec<Claimed>,
}

impl Fleet {
    /// What is claimed where `pool` stands; nothing, if it shares none of that.
    ///
    /// # Errors
    /// The table did not answer, or holds what this code does not know.
    pub async fn claims(&self, cloud: &impl Cloud, pool: &Registered) -> Result<Vec<Claimed>, Problem> {
        if pool.pool.vcpus.is_none() {
            return Ok(Vec::new());
        }
        let (environment, now) = (pool.owner.environment(), cloud.now());
        if let Some(seen) = self.0.borrow().get(environment).filter(|seen| now.duration_since(seen.at) < FRESH) {
            return Ok(seen.claims.clone());
        }
        let items = send(cloud, ReadOwner { owner: partition(environment) }).await?;
        let claims = items.iter().map(Item::read).collect::<Result<Vec<Claimed>, BadItem>>()?;
        self.0.borrow_mut().insert(environment.clone(), Seen { at: now, claims: claims.clone() });
        Ok(claims)
    }

    /// This instance knows at once what `pool` has `claimed`, after it was written.
    pub fn note(&self, pool: &Registered, claimed: Claimed) {
        if let Some(seen) = self.0.borrow_mut().get_mut(pool.owner.environment()) {
            seen.claims.retain(|before| before.pool != claimed.pool);
            seen.claims.push(claimed);
        }
    }
}
