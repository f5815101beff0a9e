//! Reading the ledger.

use domain::answer::Answer;
use domain::ledger::ANSWER_PREFIX;
use domain::ports::{Cloud, ListOwners, ReadItem, send};
use domain::tenant::{ENVIRONMENTS, EnvironmentName, Owner, TenantId};
use futures::StreamExt;
use provision_tenant::book::{BadBook, Book, open};
use serde::Serialize;

use crate::exit::CliError;
use crate::paint::word;

/// Owners read at the same time: enough to hide the latency, few enough not to crowd out the functions.
const AT_ONCE: usize = 8;

/// The ledger, with the name that errors show.
#[derive(Debug, Clone)]
pub struct Ledger<C> {
    /// Who reads it.
    pub cloud: C,
    /// Its table.
    pub table: String,
}

/// An environment in a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentView {
    /// Its name.
    pub environment: String,
    /// How it stands.
    pub phase: String,
    /// Its blueprint.
    pub blueprint: String,
    /// Tenants that stand on it.
    pub tenants: u64,
}

impl<C: Cloud> Ledger<C> {
    fn error(&self, source: BadBook) -> CliError {
        CliError::Ledger { table: self.table.clone(), source: Box::new(source) }
    }

    /// What is known of `owner`.
    ///
    /// # Errors
    /// The ledger did not answer, or is of newer code.
    pub async fn book(&self, owner: &Owner) -> Result<Book, CliError> {
        open(&self.cloud, owner).await.map_err(|error| self.error(error))
    }

    /// All tenants with what is known of them, in the order of the ledger's index.
    ///
    /// # Errors
    /// As [`Self::book`].
    pub async fn tenants(&self) -> Result<Vec<(Owner, Book)>, CliError> {
        let owners = self.owners().await?;
        let tenants = owners.into_iter().filter(|owner| owner.tenant_id().is_some());
        let books = futures::stream::iter(tenants.map(|owner| async move { self.book(&owner).await.map(|book| (owner, book)) }));
        books.buffered(AT_ONCE).collect::<Vec<_>>().await.into_iter().collect()
    }

    async fn owners(&self) -> Result<Vec<Owner>, CliError> {
        let (mut owners, mut after) = (Vec::new(), None);
        loop {
            let what = || format!("listing the owners in the ledger {}", self.table);
            let page = send(&self.cloud, ListOwners { after }).await.map_err(|source| CliError::Call { what: what(), source })?;
            owners.extend(page.0.iter().filter_map(|key| key.parse::<Owner>().ok()));
            match page.1 {
                Some(next) => after = Some(next),
                None => return Ok(owners),
            }
        }
    }

    /// What is known of the environment `name`.
    ///
    /// # Errors
    /// It is not known, or the ledger did not answer.
    pub async fn environment(&self, name: &EnvironmentName) -> Result<(Owner, Book), CliError> {
        let owner = Owner::Environment(name.clone());
        match self.book(&owner).await? {
            book if book.intent.is_none() => Err(CliError::NoEnvironment(name.to_string())),
            book => Ok((owner, book)),
        }
    }

    /// The environments that the ledger knows.
    ///
    /// # Errors
    /// The ledger did not answer.
    pub async fn environments(&self) -> Result<Vec<EnvironmentView>, CliError> {
        let mut views = Vec::new();
        for environment in ENVIRONMENTS.iter().filter_map(|name| name.parse::<EnvironmentName>().ok()) {
            let book = self.book(&Owner::Environment(environment.clone())).await?;
            if book.intent.is_none() && book.state.is_none() {
                continue;
            }
            let blueprint =
                book.intent.as_ref().and_then(|intent| intent.stands()).map(|(specification, _)| specification.blueprint.clone());
            views.push(EnvironmentView {
                environment: environment.to_string(),
                phase: book.state.as_ref().map_or("new", |state| word(state.phase)).to_owned(),
                blueprint: blueprint.unwrap_or_else(|| "none".to_owned()),
                tenants: u64::try_from(book.tenants.count).unwrap_or(0),
            });
        }
        Ok(views)
    }

    /// The tenant `id`, in `environment` or in the only one that knows it.
    ///
    /// # Errors
    /// None or several know it, or the ledger did not answer.
    pub async fn tenant(&self, id: &TenantId, environment: Option<&EnvironmentName>) -> Result<(Owner, Book), CliError> {
        let mut found = Vec::new();
        let all = ENVIRONMENTS.iter().filter_map(|name| name.parse::<EnvironmentName>().ok());
        for candidate in all.filter(|candidate| environment.is_none_or(|wanted| wanted == candidate)) {
            let owner = Owner::tenant(candidate, id.clone());
            let book = self.book(&owner).await?;
            if book.intent.is_some() {
                found.push((owner, book));
            }
        }
        let names: Vec<_> = found.iter().map(|(owner, _)| owner.environment().to_string()).collect();
        match (found.pop(), found.is_empty()) {
            (Some(only), true) => Ok(only),
            (Some(_), false) => Err(CliError::Usage(format!("tenant {id} stands in {}: say which by --environment", names.join(" and ")))),
            (None, _) => {
                let place = environment.map_or_else(|| ENVIRONMENTS.join(", "), ToString::to_string);
                Err(CliError::NoTenant { tenant: id.to_string(), place })
            }
        }
    }
}

/// What the function answered to the event `id`, if that changed nothing: a dry run or a refusal.
///
/// # Errors
/// The ledger did not answer, or is of newer code.
pub async fn kept(cloud: &impl Cloud, owner: &Owner, id: &str) -> Result<Option<Answer>, BadBook> {
    let read = ReadItem { owner: owner.to_string(), key: format!("{ANSWER_PREFIX}{id}") };
    let item = send(cloud, read).await.map_err(|call| BadBook::Call(owner.clone(), call))?;
    item.map(|item| item.read().map_err(|source| BadBook::Item(owner.clone(), source))).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;
    use crate::samples::{Shelf, book};

    /// The shelf shows the same book for every owner.
    async fn looked_up(known: bool, environment: Option<&str>) -> Result<(Owner, Book), CliError> {
        let shelf = Shelf::new(vec![if known { book(1, 1) } else { Book::default() }]);
        let ledger = Ledger { cloud: shelf, table: "caretaker-ledger".into() };
        let environment = environment.map(|name| name.parse().unwrap());
        ledger.tenant(&"demo".parse().unwrap(), environment.as_ref()).await
    }

    #[tokio::test]
    async fn a_tenant_is_found_where_it_stands_unless_there_are_several() {
        let (owner, _) = looked_up(true, Some("staging")).await.unwrap();
        assert_eq!(owner.to_string(), "tenant#staging#demo");
        let several = looked_up(true, None).await.unwrap_err();
        assert!(several.exit() == Exit::Usage && several.line().contains("stands in dev and staging and prod"), "{}", several.line());
        let nobody = looked_up(false, Some("dev")).await.unwrap_err();
        assert!(nobody.exit() == Exit::NotFound && nobody.line().contains("tenant demo in dev;"), "{}", nobody.line());
    }
}
