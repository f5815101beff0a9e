//! How many tenants stand on an environment. It takes tenants in while it is wanted, and may go only once none stands on it:
//! one transaction decides between a tenant's creation and the environment's deletion.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ledger::{Condition, Item, TENANTS, Write};
use crate::order::Wish;
use crate::tenant::Owner;

/// An environment's count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tenants {
    /// Whether tenants are taken in.
    pub open: bool,
    /// How many stand on it.
    pub count: i64,
}

/// The write by which the environment of `tenant` counts it in; it fails unless the environment takes tenants in.
pub fn count_in(tenant: &Owner) -> Write {
    add(tenant, 1, Condition::is("open", true))
}

/// The write by which the environment of `tenant` counts it out.
pub fn count_out(tenant: &Owner) -> Write {
    add(tenant, -1, Condition::Always)
}

fn add(tenant: &Owner, amount: i64, condition: Condition) -> Write {
    let owner = Owner::Environment(tenant.environment().clone()).to_string();
    Write::Add { owner, key: TENANTS.to_owned(), attribute: "count".to_owned(), amount, condition, expires_at: None }
}

/// The write that goes with an environment's new wish: it is opened, or closed on the condition that nobody stands on it.
pub fn door(environment: &Owner, wish: &Wish) -> Write {
    let opens = matches!(wish, Wish::Stands(_));
    let attributes = Map::from_iter([("schema".to_owned(), Value::from(crate::ledger::SCHEMA)), ("open".to_owned(), Value::from(opens))]);
    let item = Item { owner: environment.to_string(), key: TENANTS.to_owned(), attributes };
    Write::Set(item, if opens { Condition::Always } else { Condition::AbsentOrAtMost("count".to_owned(), 0) })
}
