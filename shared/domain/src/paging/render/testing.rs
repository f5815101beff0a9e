//! A notice as it might be.

use super::super::notice::{Concerned, DedupKey, LikelyCause, Links, Members, Notice, What};
use crate::incident::Severity;
use crate::ports::Confidential;

/// Stands in the links by which the recipient answers.
pub(crate) const TOKEN: &str = "eyJ2IjoxLCJzZWNyZXQiOnRydWV9.c2lnbmVk";

pub(crate) fn tenant(number: usize, tier: Option<&str>) -> Concerned {
    Concerned { id: format!("t-{number}").parse().expect("a tenant"), tier: tier.map(str::to_owned) }
}

pub(crate) fn notice() -> Notice {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    Notice {
        delivery: "01KAN7Z3Q0000000000000000D/pagerduty/1".into(),
        what: What::Opened,
        incident: "01KAN7Z3Q0000000000000000A".into(),
        key: DedupKey::of("prod/database/failover"),
        severity: Severity::Critical,
        title: "RDS failover in us-east-1a".into(),
        since: "2026-11-21T02:14:00Z".parse().expect("a moment"),
        now: "2026-11-21T02:26:30Z".parse().expect("a moment"),
        environment: Some("prod".parse().expect("an environment")),
        tenants: (0..31).map(|number| tenant(number, Some(if number < 2 { "enterprise" } else { "trial" }))).collect(),
        services: texts(&["web", "worker"]),
        cause: Some(LikelyCause {
            what: "The database mate-prod fails over to us-east-1b.".into(),
            explains: "12 alarms of web and worker stand on it.".into(),
        }),
        members: Members { count: 12, first: texts(&["mate-t-0-prod-5xx", "mate-t-1-prod-5xx"]) },
        evidence: texts(&["RDS-EVENT-0013: Multi-AZ failover started."]),
        tried: texts(&["Nothing: a failover ends by itself."]),
        notes: texts(&["Told 20 s late: its group was awaited."]),
        proposal: None,
        links: Links {
            runbook: Some("https://runbooks.example/database-failover".into()),
            dashboard: Some("https://dash.example/d/1?env=prod&tab=2".into()),
            others: [("Trace".to_owned(), "https://trace.example/1".to_owned())].into(),
            acknowledge: Some(Confidential(format!("https://answer.example/?t={TOKEN}"))),
            approve: Some(Confidential(format!("https://answer.example/?t={TOKEN}2"))),
        },
        is_repeat: false,
        recipient: "primary".into(),
    }
}
