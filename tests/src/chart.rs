//! What a pool of workers does over time: a live chart for the terminal, and a picture.

use std::io::IsTerminal;
use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use serde::Serialize;

/// Columns of the live chart: two minutes at a second each.
const COLUMNS: usize = 120;
/// Heights of a column.
const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Where no terminal can redraw, one line in so many moments.
const PLAIN_EVERY: usize = 15;

/// How a pool stands in one second.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Moment {
    /// Since the beginning.
    pub second: u64,
    /// Messages that wait.
    pub ready: u64,
    /// Messages that workers hold.
    pub held: u64,
    /// Workers wanted.
    pub desired: u32,
    /// Processes of workers that run.
    pub running: u32,
    /// Executions that have begun.
    pub starts: u64,
    /// Executions that have ended.
    pub ends: u64,
}

/// What happened at a moment, for the picture.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mark {
    /// Since the beginning.
    pub second: u64,
    /// What.
    pub what: String,
}

/// The live chart.
pub struct Live {
    bar: ProgressBar,
    redraws: bool,
}

impl Default for Live {
    fn default() -> Self {
        let bar = ProgressBar::new_spinner();
        let style = ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_spinner());
        bar.set_style(style);
        Self { bar, redraws: std::io::stderr().is_terminal() }
    }
}

impl Live {
    /// Shows the last of `moments`, and what happened `last`.
    pub fn show(&self, moments: &[Moment], last: &str) {
        let Some(now) = moments.last() else { return };
        let line = format!(
            "{:>4} s  {:>5} waiting {:>4} held  {:>2} workers of {:>2} wanted  {:>5} begun {:>5} ended  {last}",
            now.second, now.ready, now.held, now.running, now.desired, now.starts, now.ends
        );
        if !self.redraws {
            if moments.len() % PLAIN_EVERY == 1 {
                eprintln!("{line}");
            }
            return;
        }
        let recent = &moments[moments.len().saturating_sub(COLUMNS)..];
        let depth = sparkline(recent.iter().map(|moment| moment.ready + moment.held));
        let workers = sparkline(recent.iter().map(|moment| moment.running.into()));
        self.bar.set_message(format!("  backlog │{depth}\n  workers │{workers}\n{line}"));
        self.bar.tick();
    }

    /// Leaves the last chart on the terminal.
    pub fn end(&self) {
        if self.redraws {
            self.bar.abandon();
        }
    }
}

/// A column per value, the highest one full.
fn sparkline(values: impl Iterator<Item = u64> + Clone) -> String {
    let most = values.clone().max().unwrap_or(0).max(1);
    values.map(|value| BLOCKS[usize::try_from((value * 8).div_ceil(most)).unwrap_or(8)]).collect()
}

/// Draws backlog and workers over time with the marks, as SVG.
///
/// # Errors
/// What the drawing says.
pub fn draw(file: &Path, moments: &[Moment], marks: &[Mark]) -> Result<(), String> {
    let area = SVGBackend::new(file, (1_100, 520)).into_drawing_area();
    area.fill(&WHITE).map_err(|error| error.to_string())?;
    let (upper, lower) = area.split_vertically(320);
    let end = moments.last().map_or(1, |moment| moment.second).max(1);
    let depth = |moment: &Moment| (moment.second, moment.ready + moment.held);
    series(&upper, "tasks that wait or run", end, &[(moments.iter().map(depth).collect(), BLUE)], marks)?;
    let desired = moments.iter().map(|moment| (moment.second, u64::from(moment.desired))).collect();
    let running = moments.iter().map(|moment| (moment.second, u64::from(moment.running))).collect();
    series(&lower, "workers: wanted (red), running (green)", end, &[(desired, RED), (running, GREEN)], &[])?;
    area.present().map_err(|error| error.to_string())
}

type Line = (Vec<(u64, u64)>, RGBColor);

fn series(
    area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    title: &str,
    end: u64,
    lines: &[Line],
    marks: &[Mark],
) -> Result<(), String> {
    let most = lines.iter().flat_map(|(points, _)| points.iter().map(|(_, value)| *value)).max().unwrap_or(1).max(1);
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 16))
        .margin(10)
        .x_label_area_size(30)
        .y_label_area_size(50)
        .build_cartesian_2d(0..end, 0..most + most / 10 + 1)
        .map_err(|error| error.to_string())?;
    chart.configure_mesh().x_desc("seconds").light_line_style(TRANSPARENT).draw().map_err(|error| error.to_string())?;
    for (points, colour) in lines {
        chart.draw_series(LineSeries::new(points.iter().copied(), colour)).map_err(|error| error.to_string())?;
    }
    for (n, mark) in marks.iter().enumerate() {
        // One below the other, so that what happens close together can be read.
        let height = most - most * (n as u64 % 8) / 9;
        let at = [(mark.second, 0), (mark.second, most)];
        chart.draw_series(LineSeries::new(at, BLACK.mix(0.25))).map_err(|error| error.to_string())?;
        // What happens near the end is written before it.
        let side = if mark.second > end - end / 5 { HPos::Right } else { HPos::Left };
        let style = TextStyle::from(("sans-serif", 12).into_font()).pos(Pos::new(side, VPos::Top));
        let text = Text::new(mark.what.clone(), (mark.second, height), style);
        chart.draw_series(std::iter::once(text)).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// How long between two moments.
pub const EVERY: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_as_high_as_its_part_of_the_highest() {
        assert_eq!(sparkline([0, 1, 4, 8].into_iter()), " ▁▄█");
        assert_eq!(sparkline([0, 0].into_iter()), "  ");
    }
}
