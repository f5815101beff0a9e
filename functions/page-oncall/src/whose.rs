//! Whose the thing of a signal is, by the ledger, and how its owner stands.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use domain::paging::signal::{About, Signal};
use domain::paging::subject::{Household, Subject};
use domain::paging::whose::Whose;
use domain::ports::{Cloud, FindOwners, ReadOwner, send};
use domain::tenant::Owner;

use crate::Problem;
use crate::office::Office;

/// The owners of an invocation, each read once.
#[derive(Default)]
pub(crate) struct Households(RefCell<BTreeMap<Owner, Rc<Household>>>);

impl Households {
    /// The owner as the ledger has it.
    pub(crate) async fn get(&self, cloud: &impl Cloud, owner: &Owner) -> Result<Rc<Household>, Problem> {
        if let Some(known) = self.0.borrow().get(owner) {
            return Ok(Rc::clone(known));
        }
        let items = send(cloud, ReadOwner { owner: owner.to_string() }).await?;
        let household = Rc::new(Household::read(owner, &items)?);
        self.0.borrow_mut().insert(owner.clone(), Rc::clone(&household));
        Ok(household)
    }

    async fn subject(&self, cloud: &impl Cloud, about: &About) -> Result<Option<Subject>, Problem> {
        match about {
            About::Account => Ok(Some(Subject::default())),
            About::Owned(owner, _) => Ok(self.get(cloud, owner).await?.subject(about)),
            About::Arn(arn) => {
                for key in send(cloud, FindOwners { arn: arn.clone() }).await? {
                    let owner: Owner = key.parse().map_err(|_| Problem::Owner(key.clone()))?;
                    if let Some(subject) = self.get(cloud, &owner).await?.subject(about) {
                        return Ok(Some(subject));
                    }
                }
                Ok(None)
            }
        }
    }
}

/// Whose `signal` is; none: nobody's, and the routes do not ask for it.
pub(crate) async fn whose(cloud: &impl Cloud, office: &Office, known: &Households, signal: &Signal) -> Result<Option<Whose>, Problem> {
    Ok(match known.subject(cloud, &signal.about).await? {
        Some(subject) => Some(Whose::known(subject, signal)),
        None => Whose::listed(&office.routes, signal),
    })
}
