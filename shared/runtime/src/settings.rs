//! Settings from environment variables: all that are missing or bad are reported at once, by name.

use thiserror::Error;

/// The settings that are missing or bad.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("settings are missing or bad: {}", .0.join("; "))]
pub struct BadSettings(Vec<String>);

/// Reads variables and remembers each fault until the end.
pub struct Reader<F> {
    variable: F,
    faults: Vec<String>,
}

impl<F: Fn(&str) -> Option<String>> Reader<F> {
    /// Reads with `variable`, which is `std::env::var` outside tests.
    pub fn new(variable: F) -> Self {
        Self { variable, faults: Vec::new() }
    }

    /// A variable that must be there and not empty.
    pub fn required(&mut self, name: &str) -> String {
        match (self.variable)(name) {
            Some(value) if !value.is_empty() => value,
            _ => {
                self.faults.push(format!("{name} is not set"));
                String::new()
            }
        }
    }

    /// A variable that may be absent or empty.
    pub fn optional(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }

    /// `settings`, unless something was wrong.
    ///
    /// # Errors
    /// Every fault so far.
    pub fn finish<T>(self, settings: T) -> Result<T, BadSettings> {
        if self.faults.is_empty() { Ok(settings) } else { Err(BadSettings(self.faults)) }
    }
}

/// Where the functions' shared things are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// `LEDGER_TABLE`
    pub ledger_table: String,
    /// `BUS_NAME`
    pub bus_name: String,
    /// `TENANT_QUEUE_URL`
    pub tenant_queue_url: String,
    /// `TENANT_DLQ_URL`
    pub tenant_dlq_url: String,
}

impl Places {
    /// Reads them, and what one function needs beside them.
    ///
    /// # Errors
    /// All that are missing.
    pub fn read<const N: usize>(variable: impl Fn(&str) -> Option<String>, also: [&str; N]) -> Result<(Self, [String; N]), BadSettings> {
        let mut reader = Reader::new(variable);
        let places = Self {
            ledger_table: reader.required("LEDGER_TABLE"),
            bus_name: reader.required("BUS_NAME"),
            tenant_queue_url: reader.required("TENANT_QUEUE_URL"),
            tenant_dlq_url: reader.required("TENANT_DLQ_URL"),
        };
        let also = also.map(|name| reader.required(name));
        reader.finish((places, also))
    }
}

/// The environment of the process.
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_missing_settings_are_reported_at_once_by_name() {
        let error = Places::read(|name| (name == "BUS_NAME").then(|| "caretaker".to_owned()), ["ROLE_BOUNDARY"]).unwrap_err().to_string();
        let missing = ["LEDGER_TABLE", "TENANT_QUEUE_URL", "TENANT_DLQ_URL", "ROLE_BOUNDARY"].map(|name| format!("{name} is not set"));
        assert_eq!(error, format!("settings are missing or bad: {}", missing.join("; ")));
    }
}
