//! The table of all tenants.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::paint::{Cell, Paint, Tone, cell, count, cut, relative, span, table, tone, word};
use crate::read::EnvironmentView;
use crate::view::Overview;

/// Characters of the last column: enough to know where to look, and `status TENANT` says the rest.
const LONGEST_WHY: usize = 72;

const HEADINGS: [&str; 10] = ["TENANT", "ENV", "PHASE", "TIER", "VERSION", "LAST LOOK", "NEXT LOOK", "MOVING FOR", "USD/MONTH", "WHY"];

/// The environments, the table, and a line that sums it up.
pub fn render(environments: &[EnvironmentView], tenants: &[Overview], now: Timestamp, paint: Paint) -> String {
    let environment = |view: &EnvironmentView| {
        format!(
            "{} {}: {}, blueprint {}, {}\n",
            paint.tone(Tone::Faint, "environment"),
            view.environment,
            view.phase,
            view.blueprint,
            count(view.tenants, "tenant")
        )
    };
    let bases: String = environments.iter().map(environment).collect();
    if tenants.is_empty() {
        return format!("{bases}no tenants\n");
    }
    let rows: Vec<_> = tenants.iter().map(|tenant| row(tenant, now)).collect();
    let gap = if bases.is_empty() { "" } else { "\n" };
    format!("{bases}{gap}{}\n{}\n", table(paint, "", &HEADINGS, &rows), summary(tenants))
}

fn row(tenant: &Overview, now: Timestamp) -> Vec<Cell> {
    let or_dash = |text: Option<String>| cell(text.unwrap_or_else(|| "-".to_owned()));
    vec![
        (Tone::Strong, tenant.tenant.clone()),
        cell(&*tenant.environment),
        (tone(tenant.phase), word(tenant.phase).to_owned()),
        or_dash(tenant.specification.as_ref().and_then(|specification| specification.tier.clone())),
        cell(tenant.version.to_string()),
        or_dash(tenant.looked_at.map(|at| relative(at, now))),
        or_dash(tenant.next_look_at.map(|at| relative(at, now))),
        or_dash(tenant.moving_since.map(|since| span(now.duration_since(since)))),
        cell(format!("{:.2}", tenant.monthly_usd)),
        (Tone::Faint, cut(tenant.why.as_deref().unwrap_or_default(), LONGEST_WHY)),
    ]
}

fn summary(tenants: &[Overview]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for tenant in tenants {
        *counts.entry(word(tenant.phase)).or_default() += 1;
    }
    let counts: Vec<_> = counts.iter().map(|(phase, count)| format!("{count} {phase}")).collect();
    let total: f64 = tenants.iter().map(|tenant| tenant.monthly_usd).sum();
    format!("{}: {}; {total:.2} USD a month", count(tenants.len() as u64, "tenant"), counts.join(", "))
}

#[cfg(test)]
mod tests {
    use domain::settle::Phase;
    use provision_tenant::book::Book;

    use super::*;
    use crate::samples::{book, busy_book, moment, owner, state};
    use crate::view::overview;

    #[test]
    fn the_table_says_who_is_not_ready_and_why() {
        let ready = Book { state: Some(state(1, 1, Phase::Ready)), ..book(1, 1) };
        let removed = Book { state: Some(domain::settle::State { monthly_usd: 0.0, ..state(1, 1, Phase::Removed) }), ..book(1, 1) };
        let books = [busy_book(), ready, removed, book(3, 5)];
        let tenants: Vec<_> = books.iter().filter_map(|book| overview(&owner(), book)).collect();
        let dev = EnvironmentView { environment: "dev".into(), phase: "ready".into(), blueprint: "mate".into(), tenants: 4 };
        insta::assert_snapshot!(render(&[dev], &tenants, moment(90), Paint::PLAIN));
    }

    #[test]
    fn an_empty_ledger_has_no_table() {
        assert_eq!(render(&[], &[], moment(0), Paint::PLAIN), "no tenants\n");
    }
}
