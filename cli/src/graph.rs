//! `caretaker graph`: an owner's resource graph as a picture, with how each resource stands.

mod arrange;
mod draw;
mod legend;
mod look;
mod picture;
mod text;

use std::path::Path;

use domain::ports::Cloud;
use domain::tenant::{EnvironmentName, Owner, TenantId};
use serde_json::json;

pub use arrange::{Arrangement, Curve, Placed, arrange};
pub use draw::draw;
pub use look::Look;
pub use picture::{Node, Picture, picture};

use crate::exit::{CliError, Exit, Report};
use crate::read::Ledger;

/// Draws the graph of a tenant, or of an environment if there is no tenant, to `output` or as the report's text.
///
/// # Errors
/// The owner is not known, the ledger did not answer, or the file cannot be written.
pub async fn graph<C: Cloud>(
    ledger: &Ledger<C>,
    tenant: Option<&TenantId>,
    environment: Option<&EnvironmentName>,
    output: Option<&Path>,
) -> Result<Report, CliError> {
    let (owner, book) = match (tenant, environment) {
        (Some(tenant), environment) => ledger.tenant(tenant, environment).await?,
        (None, Some(environment)) => ledger.environment(environment).await?,
        (None, None) => return Err(CliError::Usage("a graph is a tenant's or, with --environment alone, a base's".to_owned())),
    };
    let picture = picture(&owner, &book, &runtime::blueprints::load()?).ok_or_else(|| unknown(&owner))?;
    let drawn = draw(&picture, &arrange(&picture)?);
    let text = match output {
        None => drawn,
        Some(file) => written(file, &drawn, &picture)?,
    };
    Ok(Report { text, json: json!({ "file": output, "picture": picture }), exit: Exit::Done })
}

fn unknown(owner: &Owner) -> CliError {
    CliError::NoEnvironment(owner.environment().to_string())
}

fn written(file: &Path, drawn: &str, picture: &Picture) -> Result<String, CliError> {
    std::fs::write(file, drawn).map_err(|source| CliError::Unwritten { path: file.to_owned(), source })?;
    Ok(format!("{}: {}, {}\n", file.display(), picture.title, crate::paint::count(picture.nodes.len() as u64, "resource")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{Shelf, busy_book};

    fn ledger() -> Ledger<Shelf> {
        Ledger { cloud: Shelf::new(vec![busy_book()]), table: "caretaker-ledger".into() }
    }

    #[tokio::test]
    async fn a_picture_goes_to_the_terminal_or_to_a_file() {
        let (tenant, environment) = ("demo".parse().unwrap(), "dev".parse().unwrap());
        let shown = graph(&ledger(), Some(&tenant), Some(&environment), None).await.unwrap();
        let file = std::env::temp_dir().join(format!("caretaker-graph-{}.svg", std::process::id()));
        let said = graph(&ledger(), Some(&tenant), Some(&environment), Some(&file)).await.unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), shown.text);
        assert!(said.text.ends_with("demo in dev, 4 resources\n"), "{}", said.text);
        std::fs::remove_file(&file).unwrap();
        let nowhere = graph(&ledger(), Some(&tenant), Some(&environment), Some(Path::new("/no/such/folder/x.svg"))).await;
        assert!(matches!(nowhere, Err(CliError::Unwritten { .. })));
    }

    #[tokio::test]
    async fn an_environment_alone_means_its_base() {
        let shown = graph(&ledger(), None, Some(&"dev".parse().unwrap()), None).await.unwrap();
        assert_eq!(shown.json["picture"]["title"], "the base dev");
    }
}
