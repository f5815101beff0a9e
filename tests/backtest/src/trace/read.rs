//! Traces from CSV: a row per arrival, or a row per interval with a count.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::{Arrival, Trace, Unfit};

/// Which columns say what.
#[derive(Debug, Clone, PartialEq)]
pub struct Columns {
    /// When. None: the first of [`TIMES`] that is there.
    pub time: Option<String>,
    /// How long a task takes, times `service_scale`. None: all take `service_seconds`.
    pub service: Option<String>,
    /// Seconds per unit of the service column.
    pub service_scale: f64,
    /// Where there is no service column, in seconds.
    pub service_seconds: f64,
    /// How many arrive in the interval that begins at the row's time; they are spread evenly over it. None: each row is one arrival.
    pub count: Option<String>,
    /// Whether rows may be out of order.
    pub sort: bool,
}

/// Columns that are taken for the time, in any case of letters.
pub const TIMES: [&str; 6] = ["timestamp", "time", "arrived_at", "arrival", "datetime", "t"];

/// Why a file can not be read as a trace.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The file itself.
    #[error("cannot read {file}: is it a CSV file with a header row?")]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        source: csv::Error,
    },
    /// A column that is not there.
    #[error("{file} has no column {wanted}; it has {}; name one with {option}", .has.join(", "))]
    Column {
        /// Which file.
        file: PathBuf,
        /// What was looked for.
        wanted: String,
        /// What is there.
        has: Vec<String>,
        /// What names another.
        option: &'static str,
    },
    /// A field that says nothing.
    #[error("{file}, line {line}: {field:?} in column {column} is not {expected}")]
    Field {
        /// Which file.
        file: PathBuf,
        /// Counted from 1, with the header.
        line: u64,
        /// What stands there.
        field: String,
        /// Where.
        column: String,
        /// What should.
        expected: &'static str,
    },
    /// Time that goes back.
    #[error("{file}, line {line}: comes before the line above it; sort the file, or add --sort")]
    Unordered {
        /// Which file.
        file: PathBuf,
        /// Counted from 1, with the header.
        line: u64,
    },
    /// One interval has no end.
    #[error("{file}: counts per interval need at least two rows, for the interval is the time between them")]
    NoInterval {
        /// Which file.
        file: PathBuf,
    },
    /// It can be read and not be replayed.
    #[error(transparent)]
    Unfit(#[from] Unfit),
}

/// A row as it is read.
struct Row {
    /// In milliseconds since the Unix epoch, or since whatever the file counts from.
    at: f64,
    /// In milliseconds.
    service: u64,
    count: u64,
}

/// Reads `file`.
///
/// # Errors
/// If a column is missing, a field is not what it should be, times go back, or there is too little to judge by.
pub fn read(file: &Path, columns: &Columns) -> Result<Trace, Unreadable> {
    let failed = |source| Unreadable::File { file: file.to_owned(), source };
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(file).map_err(failed)?;
    let header: Vec<String> = reader.headers().map_err(failed)?.iter().map(str::to_owned).collect();
    let fields = Fields::find(file, columns, &header)?;
    let mut rows = Vec::new();
    for record in reader.records() {
        rows.push(fields.row(&record.map_err(failed)?)?);
    }
    if columns.sort {
        rows.sort_by(|one, other| one.at.total_cmp(&other.at));
    } else if let Some(place) = rows.windows(2).position(|pair| pair[1].at < pair[0].at) {
        // The header is line 1.
        return Err(Unreadable::Unordered { file: file.to_owned(), line: place as u64 + 3 });
    }
    let name = file.file_stem().map_or_else(|| "trace".to_owned(), |stem| stem.to_string_lossy().into_owned());
    let arrivals = if columns.count.is_some() { spread(file, &rows)? } else { each(&rows) };
    Ok(Trace::new(&name, arrivals)?)
}

fn since(rows: &[Row], at: f64) -> u64 {
    (at - rows.first().map_or(0.0, |first| first.at)).round() as u64
}

fn each(rows: &[Row]) -> Vec<Arrival> {
    rows.iter().map(|row| Arrival { at: since(rows, row.at), service: row.service }).collect()
}

/// The tasks of an interval come evenly over it; the last one is as long as the one before it.
fn spread(file: &Path, rows: &[Row]) -> Result<Vec<Arrival>, Unreadable> {
    let [.., before, last] = rows else { return Err(Unreadable::NoInterval { file: file.to_owned() }) };
    let end = last.at + (last.at - before.at);
    let ends = rows.iter().skip(1).map(|row| row.at).chain([end]);
    let tasks = rows.iter().zip(ends).flat_map(|(row, end)| {
        let every = (end - row.at) / row.count.max(1) as f64;
        (0..row.count).map(move |n| Arrival { at: since(rows, row.at + every * n as f64), service: row.service })
    });
    Ok(tasks.collect())
}

/// Where in a row stands what.
struct Fields<'a> {
    file: &'a Path,
    columns: &'a Columns,
    header: &'a [String],
    time: usize,
    service: Option<usize>,
    count: Option<usize>,
}

impl<'a> Fields<'a> {
    fn find(file: &'a Path, columns: &'a Columns, header: &'a [String]) -> Result<Self, Unreadable> {
        let place = |name: &str| header.iter().position(|column| column.eq_ignore_ascii_case(name));
        let named = |wanted: &str, option| {
            let missing = || Unreadable::Column { file: file.to_owned(), wanted: wanted.to_owned(), has: header.to_vec(), option };
            place(wanted).ok_or_else(missing)
        };
        let time = match &columns.time {
            Some(name) => named(name, "--time-column")?,
            None => match TIMES.iter().find_map(|name| place(name)) {
                Some(place) => place,
                None => named(TIMES[0], "--time-column")?,
            },
        };
        let service = columns.service.as_deref().map(|name| named(name, "--service-column")).transpose()?;
        let count = columns.count.as_deref().map(|name| named(name, "--count-column")).transpose()?;
        Ok(Self { file, columns, header, time, service, count })
    }

    fn row(&self, record: &csv::StringRecord) -> Result<Row, Unreadable> {
        let at = self.read(record, self.time, "a time: RFC 3339, YYYY-MM-DD HH:MM:SS (UTC), or seconds from 0 on", moment)?;
        let positive = |text: &str| text.parse::<f64>().ok().filter(|number| *number >= 0.0 && number.is_finite());
        let service = match self.service {
            Some(column) => self.read(record, column, "a number that is not negative", positive)? * self.columns.service_scale,
            None => self.columns.service_seconds,
        };
        let count = match self.count {
            Some(column) => self.read(record, column, "a whole number that is not negative", |text| text.parse().ok())?,
            None => 1,
        };
        Ok(Row { at, service: (service * 1e3).round() as u64, count })
    }

    fn read<T>(
        &self,
        record: &csv::StringRecord,
        column: usize,
        expected: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, Unreadable> {
        let field = record.get(column).unwrap_or_default();
        let line = record.position().map_or(0, csv::Position::line);
        let bad = || Unreadable::Field {
            file: self.file.to_owned(),
            line,
            field: field.to_owned(),
            column: self.header[column].clone(),
            expected,
        };
        parse(field).ok_or_else(bad)
    }
}

/// Milliseconds since the Unix epoch, or since 0 for plain seconds.
fn moment(text: &str) -> Option<f64> {
    if let Ok(seconds) = text.parse::<f64>() {
        return (seconds >= 0.0 && seconds.is_finite()).then_some(seconds * 1e3);
    }
    let utc = |civil: DateTime| civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    let at = text.parse::<Timestamp>().ok().or_else(|| text.parse::<DateTime>().ok().and_then(utc))?;
    Some(at.as_nanosecond() as f64 / 1e6)
}

#[cfg(test)]
mod tests;
