//! The report for eyes.

use comfy_table::{CellAlignment, Table, presets};

use super::{Judged, Row};

const HEADER: [&str; 19] = [
    "", "p50 s", "p95 s", "p99 s", "misses", "worker-h", "start", "busy", "idle", "/bound", "/plan", "θU %", "θO %", "τU %", "τO %", "υ %",
    "ε", "changes", "chosen",
];

/// A trace's scalers, a line each.
pub fn table(judged: &Judged) -> String {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN);
    table.set_header(HEADER);
    for row in &judged.scalers {
        table.add_row(cells(row));
    }
    for column in table.column_iter_mut().skip(1).take(HEADER.len() - 2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let title = format!(
        "{}: {} tasks in {:.2} h, {:.2} s each; the second half is judged",
        judged.trace, judged.tasks_count, judged.span_hours, judged.mean_service_seconds
    );
    format!("{title}\n{table}\nε is over {}, the best tuned rival that scales.\n", judged.best_rival)
}

fn cells(row: &Row) -> Vec<String> {
    let (figures, elasticity) = (&row.figures, &row.figures.elasticity);
    let ratio = |ratio: Option<f64>| ratio.map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}"));
    let misses = 100.0 * figures.objective_misses_count as f64 / figures.tasks_count.max(1) as f64;
    vec![
        row.name.clone(),
        format!("{:.1}", figures.waits.p50_seconds),
        format!("{:.1}", figures.waits.p95_seconds),
        format!("{:.1}", figures.waits.p99_seconds),
        format!("{misses:.1} %"),
        format!("{:.3}", figures.worker_hours),
        format!("{:.3}", figures.starting_worker_hours),
        format!("{:.3}", figures.busy_worker_hours),
        format!("{:.3}", figures.idle_worker_hours),
        format!("{:.2}", row.over_clairvoyant_bound_ratio),
        ratio(row.over_clairvoyant_plan_ratio),
        format!("{:.1}", elasticity.accuracy_under_percent),
        format!("{:.1}", elasticity.accuracy_over_percent),
        format!("{:.1}", elasticity.timeshare_under_percent),
        format!("{:.1}", elasticity.timeshare_over_percent),
        format!("{:.1}", elasticity.instability_percent),
        ratio(row.elastic_speedup_over_best_rival_ratio),
        figures.changes_count.to_string(),
        row.parameters.as_ref().map(ToString::to_string).unwrap_or_default(),
    ]
}
