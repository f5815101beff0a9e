//! Demand and workers over time, a panel per scaler.

use plotters::coord::Shift;
use plotters::prelude::*;

use crate::elasticity::demand;
use crate::report::{Judged, Row};
use crate::settings::Settings;
use crate::steps::Steps;
use crate::trace::Trace;

/// Pixels.
const WIDTH: u32 = 1_100;
/// Pixels, of a panel.
const HEIGHT: u32 = 150;
const DEMAND: RGBColor = RGBColor(0xb0, 0xb7, 0xc3);
const SERVING: RGBColor = RGBColor(0x1f, 0x6f, 0xb4);
const PAID: RGBColor = RGBColor(0xe0, 0x7b, 0x39);

/// Why nothing could be drawn.
pub type Undrawn = DrawingAreaErrorKind<std::io::Error>;

/// An SVG of the second halves of `judged`, which belong to `traces` in order.
///
/// # Errors
/// If the drawing library refuses.
pub fn draw(traces: &[Trace], judged: &[Judged], settings: &Settings) -> Result<String, Undrawn> {
    let rows: Vec<(&Trace, &Row)> =
        traces.iter().zip(judged).flat_map(|(trace, one)| one.scalers.iter().map(move |row| (trace, row))).collect();
    let mut image = String::new();
    {
        let area = SVGBackend::with_string(&mut image, (WIDTH, HEIGHT * rows.len().max(1) as u32)).into_drawing_area();
        area.fill(&WHITE)?;
        for (panel, (trace, row)) in area.split_evenly((rows.len().max(1), 1)).iter().zip(&rows) {
            draw_panel(panel, trace, row, settings)?;
        }
        area.present()?;
    }
    Ok(image)
}

fn draw_panel(panel: &DrawingArea<SVGBackend<'_>, Shift>, trace: &Trace, row: &Row, settings: &Settings) -> Result<(), Undrawn> {
    let (from, to) = (trace.middle(), trace.span() + settings.objective);
    let demand = demand(trace, settings, to);
    let begins = from - row.begins;
    let most = demand.most(from, to).max(row.run.paid.most(begins, to - row.begins)) + 1;
    let minutes = |at: u64| at as f64 / 6e4;
    let caption = format!(
        "{} – {}: p95 {:.0} s, {:.2} worker-hours; grey: demand, blue: serving, orange: paid",
        trace.name, row.name, row.figures.waits.p95_seconds, row.figures.worker_hours
    );
    let mut chart = ChartBuilder::on(panel)
        .caption(caption, ("sans-serif", 13))
        .margin(6)
        .x_label_area_size(22)
        .y_label_area_size(34)
        .build_cartesian_2d(minutes(from)..minutes(to), 0.0..f64::from(most))?;
    chart.configure_mesh().disable_x_mesh().y_labels(4).x_label_formatter(&|minute| format!("{minute:.0} min")).draw()?;
    let line = |steps: &Steps, shift: u64| {
        outline(steps, from - shift, to - shift).into_iter().map(move |(at, count)| (minutes(at + shift), count))
    };
    chart.draw_series(AreaSeries::new(line(&demand, 0), 0.0, DEMAND.mix(0.6)))?;
    chart.draw_series(LineSeries::new(line(&row.run.paid, row.begins), &PAID))?;
    chart.draw_series(LineSeries::new(line(&row.run.serving, row.begins), &SERVING))?;
    Ok(())
}

/// The corners of a step function between two moments, in milliseconds.
fn outline(steps: &Steps, from: u64, to: u64) -> Vec<(u64, f64)> {
    let mut corners = vec![(from, f64::from(steps.at(from)))];
    for (at, count) in steps.points().iter().filter(|(at, _)| (from + 1..to).contains(at)) {
        let before = corners.last().map_or(0.0, |(_, count)| *count);
        corners.extend([(*at, before), (*at, f64::from(*count))]);
    }
    corners.push((to, f64::from(steps.at(to))));
    corners
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_has_two_corners() {
        let mut steps = Steps::default();
        for (at, count) in [(0, 1), (10, 3), (30, 2)] {
            steps.set(at, count);
        }
        assert_eq!(outline(&steps, 5, 20), [(5, 1.0), (10, 1.0), (10, 3.0), (20, 3.0)]);
    }
}
