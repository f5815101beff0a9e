//! `caretaker retry`, `pause`, `resume`: orders about what the operator sees in the ledger. `approve` and `override clear` are others.

use aws_adapters::operator::Operator;
use domain::tenant::Owner;
use provision_tenant::book::Book;
pub(crate) use provision_tenant::event::SCHEMA;
use serde_json::{Value, json};

use crate::event_file::{Event, parse};
use crate::exit::CliError;

/// The detail-type of orders that only operators give.
const DETAIL_TYPE: &str = "tenant-privileged";

/// The event that orders `action` of `provision-tenant`.
///
/// # Errors
/// There is no life to act on.
pub fn order(action: &str, owner: &Owner, book: &Book) -> Result<Event, CliError> {
    parse("the order", &detail(action, owner, book)?.to_string(), Some(DETAIL_TYPE), false)
}

/// What every order of `action` says: it is for the version and the life that `book` shows, and refused if they have changed meanwhile.
///
/// # Errors
/// There is no life to act on.
pub fn detail(action: &str, owner: &Owner, book: &Book) -> Result<Value, CliError> {
    let intent = book.intent.as_ref();
    let Some((version, incarnation)) = intent.and_then(|intent| Some((intent.version, intent.incarnation?))) else {
        return Err(CliError::Usage(format!("{owner} was never created: there is nothing to {action}")));
    };
    Ok(json!({
        "schema": SCHEMA,
        "action": action,
        "tenant": owner.tenant_id(),
        "environment": owner.environment(),
        "version": version,
        "incarnation": incarnation,
    }))
}

/// Puts the order `detail` on `bus`; the reply is the event's id.
///
/// # Errors
/// It was not put.
pub async fn put(operator: &Operator, bus: &str, detail: &Value) -> Result<String, CliError> {
    let put = operator.put_order(bus, DETAIL_TYPE, &detail.to_string()).await;
    put.map_err(|source| CliError::Call { what: format!("putting the event on the bus {bus}"), source })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{book, life, owner};

    #[test]
    fn the_order_names_the_version_and_the_life_that_were_seen() {
        let event = order("retry", &owner(), &book(3, 5)).unwrap();
        assert_eq!(event.detail_type, "tenant-privileged");
        assert_eq!((&event.detail["version"], &event.detail["incarnation"]), (&json!(3), &json!(life(1))));
        assert!(order("retry", &owner(), &Book::default()).is_err());
    }
}
