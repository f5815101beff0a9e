//! Colours, tables and words: how text is laid out, apart from what it says.

use std::io::IsTerminal;

use domain::settle::Phase;
use jiff::{SignedDuration, Timestamp};

/// Puts colours on words, or leaves them plain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paint {
    coloured: bool,
}

/// What a colour means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As it should be, made.
    Good,
    /// On its way, changed.
    Moving,
    /// Stuck, removed.
    Bad,
    /// Beside the point.
    Faint,
    /// A heading.
    Strong,
    /// Nothing in particular.
    Plain,
}

impl Paint {
    /// No colours.
    pub const PLAIN: Self = Self { coloured: false };

    /// Colours on a terminal, none with `NO_COLOR` set to anything (https://no-color.org) nor on a dumb terminal.
    pub fn of_stdout() -> Self {
        let forbidden = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self { coloured: std::io::stdout().is_terminal() && !forbidden && !dumb }
    }

    /// `text` in a tone.
    pub fn tone(self, tone: Tone, text: &str) -> String {
        // Select Graphic Rendition (ECMA-48 § 8.3.117).
        let code = match tone {
            Tone::Good => "32",
            Tone::Moving => "33",
            Tone::Bad => "31",
            Tone::Faint => "2",
            Tone::Strong => "1",
            Tone::Plain => return text.to_owned(),
        };
        if self.coloured && !text.is_empty() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// The tone of a phase.
pub fn tone(phase: Phase) -> Tone {
    match phase {
        Phase::Ready => Tone::Good,
        Phase::Failed | Phase::Degraded => Tone::Bad,
        Phase::Removed => Tone::Faint,
        Phase::AwaitingEnvironment | Phase::Working | Phase::Removing | Phase::Paused => Tone::Moving,
    }
}

/// A phase as one word.
pub fn word(phase: Phase) -> &'static str {
    match phase {
        Phase::AwaitingEnvironment => "awaiting-environment",
        Phase::Working => "working",
        Phase::Ready => "ready",
        Phase::Degraded => "degraded",
        Phase::Failed => "failed",
        Phase::Removing => "removing",
        Phase::Removed => "removed",
        Phase::Paused => "paused",
    }
}

/// A cell of a table.
pub type Cell = (Tone, String);

/// A plain cell.
pub fn cell(text: impl Into<String>) -> Cell {
    (Tone::Plain, text.into())
}

/// Rows under headings, each column as wide as its longest cell; the last column is not padded.
pub fn table(paint: Paint, indent: &str, headings: &[&str], rows: &[Vec<Cell>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].1.chars().count());
        cells.chain([headings[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<_> = (0..headings.len()).map(width).collect();
    let heading: Vec<Cell> = headings.iter().map(|text| (Tone::Faint, (*text).to_owned())).collect();
    let line = |row: &Vec<Cell>| {
        let cells = row.iter().zip(&widths).map(|((tone, text), width)| {
            let padding = " ".repeat(width - text.chars().count());
            format!("{}{padding}", paint.tone(*tone, text))
        });
        format!("{indent}{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    let headed = (!headings.iter().all(|text| text.is_empty())).then_some(&heading);
    headed.into_iter().chain(rows).map(line).collect()
}

/// A span in its largest unit: `12 s`, `3 min`, `5 h`, `2 d`.
pub fn span(span: SignedDuration) -> String {
    let seconds = span.as_secs().unsigned_abs();
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// How long ago `at` was, or in how long it is.
pub fn relative(at: Timestamp, now: Timestamp) -> String {
    let away = at.duration_since(now);
    if away.is_positive() { format!("in {}", span(away)) } else { format!("{} ago", span(away)) }
}

/// So many things of a kind whose plural ends in s.
pub fn count(number: u64, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

/// USD with cents.
pub fn usd(amount: f64) -> String {
    format!("{amount:.2} USD")
}

/// At most so many characters, the last one a sign that there are more.
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    format!("{}…", text.chars().take(most - 1).collect::<String>().trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_told_in_their_largest_unit() {
        let check = |seconds: i64, expected: &str| assert_eq!(span(SignedDuration::from_secs(seconds)), expected);
        check(0, "0 s");
        check(119, "119 s");
        check(-120, "2 min");
        check(7_200, "2 h");
        check(200_000, "2 d");
    }

    #[test]
    fn columns_are_as_wide_as_their_longest_cell_and_colours_take_no_room() {
        let rows = vec![vec![(Tone::Good, "ä".to_owned()), cell("b")], vec![cell("long"), cell("")]];
        assert_eq!(table(Paint::PLAIN, " ", &["X", "Y"], &rows), " X     Y\n ä     b\n long\n");
        let painted = table(Paint { coloured: true }, "", &["X", "Y"], &rows);
        assert!(painted.contains("\x1b[32mä\x1b[0m     b"), "{painted:?}");
    }

    #[test]
    fn long_text_is_cut_with_a_sign() {
        assert_eq!((cut("short", 5), cut("too long", 5)), ("short".to_owned(), "too…".to_owned()));
    }
}
