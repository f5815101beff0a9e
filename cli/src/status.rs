//! `caretaker status`: how all tenants stand, or everything about one.

mod all;
mod one;

use domain::ports::Cloud;
use domain::settle::Phase;
use domain::tenant::{EnvironmentName, TenantId};
use serde_json::json;

pub use all::render as render_all;
pub use one::render as render_one;

use crate::exit::{CliError, Exit, Report};
use crate::paint::Paint;
use crate::read::Ledger;
use crate::view::{Overview, full, overview};

/// All tenants, of one environment or of all.
///
/// # Errors
/// The ledger did not answer.
pub async fn all<C: Cloud>(ledger: &Ledger<C>, environment: Option<&EnvironmentName>, paint: Paint) -> Result<Report, CliError> {
    let wanted = |name: &str| environment.is_none_or(|wanted| wanted.as_str() == name);
    let environments: Vec<_> = ledger.environments().await?.into_iter().filter(|view| wanted(&view.environment)).collect();
    let tenants: Vec<_> = ledger.tenants().await?.iter().filter_map(|(owner, book)| overview(owner, book)).collect();
    let tenants: Vec<_> = tenants.into_iter().filter(|tenant| wanted(&tenant.environment)).collect();
    Ok(Report {
        text: render_all(&environments, &tenants, ledger.cloud.now(), paint),
        exit: if tenants.iter().any(is_bad) { Exit::NotAsWished } else { Exit::Done },
        json: json!({ "environments": environments, "tenants": tenants }),
    })
}

/// Everything about one tenant.
///
/// # Errors
/// It is not known, or the ledger did not answer.
pub async fn one<C: Cloud>(
    ledger: &Ledger<C>,
    tenant: &TenantId,
    environment: Option<&EnvironmentName>,
    paint: Paint,
) -> Result<Report, CliError> {
    let (owner, book) = ledger.tenant(tenant, environment).await?;
    let now = ledger.cloud.now();
    let Some(view) = full(&owner, &book, now) else {
        return Err(CliError::NoTenant { tenant: tenant.to_string(), place: owner.environment().to_string() });
    };
    Ok(Report {
        text: render_one(&view, now, paint),
        exit: if is_bad(&view.overview) { Exit::NotAsWished } else { Exit::Done },
        json: json!(view),
    })
}

fn is_bad(tenant: &Overview) -> bool {
    matches!(tenant.phase, Phase::Failed | Phase::Degraded)
}
