//! Whose the thing of a signal is, by the ledger, and how its owner stands.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use domain::incident::Severity;
use domain::paging::alarm::ours::severity_of_name;
use domain::paging::labels::{Label, Labels};
use domain::paging::signal::{About, Producer, Signal};
use domain::paging::subject::{Household, Subject};
use domain::ports::{Cloud, FindOwners, ReadOwner, send};
use domain::tenant::Owner;

use crate::Problem;
use crate::office::Office;

/// Whose a signal is.
pub(crate) struct Whose {
    /// Whom and what it is of.
    pub(crate) subject: Subject,
    /// How much it matters.
    pub(crate) severity: Severity,
}

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
    if let Some(subject) = known.subject(cloud, &signal.about).await? {
        let severity = subject.severity.or(signal.severity).or_else(|| of_name(signal)).unwrap_or(Severity::Warning);
        return Ok(Some(Whose { subject, severity }));
    }
    let About::Arn(arn) = &signal.about else { return Ok(None) };
    let listed = office.routes.shared(&signal.name, arn).or_else(|| office.routes.foreign(&signal.name, arn));
    Ok(listed.map(|listed| {
        let labels = listed.labels(Labels::default());
        let severity = listed.severity.or(signal.severity).or_else(|| of_name(signal)).unwrap_or(Severity::Warning);
        Whose { subject: of_labels(&labels), severity }
    }))
}

fn of_name(signal: &Signal) -> Option<Severity> {
    severity_of_name(&signal.name).filter(|_| signal.producer == Producer::Alarm)
}

/// What the routes say of an alarm that no record names.
fn of_labels(labels: &Labels) -> Subject {
    let text = |label| Some(labels.text(label)).filter(|text| !text.is_empty());
    let environment = text(Label::Environment).and_then(|name| name.parse().ok());
    let tenant = text(Label::Tenant).and_then(|id| id.parse().ok());
    let owner = environment.map(|environment| match tenant {
        Some(tenant) => Owner::tenant(environment, tenant),
        None => Owner::Environment(environment),
    });
    Subject { owner, service: text(Label::Service).map(str::to_owned), ..Subject::default() }
}
