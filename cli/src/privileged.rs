//! `caretaker retry`, `pause`, `resume`: orders about what the operator sees in the ledger.

use domain::tenant::Owner;
use provision_tenant::book::Book;
use provision_tenant::event::SCHEMA;
use serde_json::json;

use crate::event_file::{Event, parse};
use crate::exit::CliError;

/// The event that orders `action` for the version and the life that `book` shows: the function refuses it if they have changed meanwhile.
///
/// # Errors
/// There is no life to act on.
pub fn order(action: &str, owner: &Owner, book: &Book) -> Result<Event, CliError> {
    let intent = book.intent.as_ref();
    let Some((version, incarnation)) = intent.and_then(|intent| Some((intent.version, intent.incarnation?))) else {
        return Err(CliError::Usage(format!("{owner} was never created: there is nothing to {action}")));
    };
    let detail = json!({
        "schema": SCHEMA,
        "action": action,
        "tenant": owner.tenant_id(),
        "environment": owner.environment(),
        "version": version,
        "incarnation": incarnation,
    });
    parse("the order", &detail.to_string(), Some("tenant-privileged"), false)
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
