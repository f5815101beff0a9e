//! The routes of paging that ship with the functions. They are compiled in: a change of them is a deploy.

use domain::paging::routes::{BadRoutes, Routes};

const SHIPPED: (&str, &str) = ("paging/routes.toml", include_str!("../../../paging/routes.toml"));

/// The routes, checked.
///
/// # Errors
/// The first fault, with file, key and reason.
pub fn load() -> Result<Routes, BadRoutes> {
    Routes::load(SHIPPED.0, SHIPPED.1)
}
