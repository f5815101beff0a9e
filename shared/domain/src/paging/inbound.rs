//! What receivers tell us back.

pub mod pagerduty;
