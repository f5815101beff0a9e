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

/// What a function needs of the shared things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// It works on the tenant queue, or sends to it.
    Tenants,
    /// It sends samples to the scaling queue.
    Samples,
    /// It works on the scaling queue.
    Scaling,
    /// It works on the remediation queue, and wakes the reconciler.
    Remediation,
    /// It works on the paging queue.
    Paging,
    /// It takes people's answers to the queues of remediation and paging, and has nothing to do with the ledger.
    Answers,
}

/// Where the functions' shared things are. What its part does not need is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// `LEDGER_TABLE`
    pub ledger_table: String,
    /// `BUS_NAME`
    pub bus_name: String,
    /// `TENANT_QUEUE_URL`, `SCALING_QUEUE_URL`, `REMEDIATION_QUEUE_URL` or `PAGING_QUEUE_URL`: the one that the function works on or for.
    pub queue_url: String,
    /// `TENANT_DLQ_URL`, `SCALING_DLQ_URL`, `REMEDIATION_DLQ_URL` or `PAGING_DLQ_URL`
    pub dlq_url: String,
    /// `SCALING_TABLE`
    pub scaling_table: String,
    /// `REMEDIATION_TABLE`
    pub remediation_table: String,
    /// `TENANT_QUEUE_URL`, of a function that works on another queue.
    pub tenant_queue_url: String,
    /// `PAGING_TABLE`
    pub paging_table: String,
    /// `PAGING_QUEUE_URL`, of a function that works on another queue.
    pub paging_queue_url: String,
}

impl Places {
    /// Reads what `part` needs, and what one function needs beside it.
    ///
    /// # Errors
    /// All that are missing.
    pub fn read<const N: usize>(
        variable: impl Fn(&str) -> Option<String>,
        part: Part,
        also: [&str; N],
    ) -> Result<(Self, [String; N]), BadSettings> {
        let mut reader = Reader::new(variable);
        let ledger_table = if part == Part::Answers { String::new() } else { reader.required("LEDGER_TABLE") };
        let places = match part {
            Part::Tenants => Self {
                bus_name: reader.required("BUS_NAME"),
                queue_url: reader.required("TENANT_QUEUE_URL"),
                dlq_url: reader.required("TENANT_DLQ_URL"),
                ..Self::default()
            },
            Part::Samples => Self { queue_url: reader.required("SCALING_QUEUE_URL"), ..Self::default() },
            Part::Scaling => Self {
                bus_name: reader.required("BUS_NAME"),
                queue_url: reader.required("SCALING_QUEUE_URL"),
                dlq_url: reader.required("SCALING_DLQ_URL"),
                scaling_table: reader.required("SCALING_TABLE"),
                ..Self::default()
            },
            Part::Remediation => Self {
                bus_name: reader.required("BUS_NAME"),
                queue_url: reader.required("REMEDIATION_QUEUE_URL"),
                dlq_url: reader.required("REMEDIATION_DLQ_URL"),
                remediation_table: reader.required("REMEDIATION_TABLE"),
                tenant_queue_url: reader.required("TENANT_QUEUE_URL"),
                ..Self::default()
            },
            Part::Paging => Self {
                queue_url: reader.required("PAGING_QUEUE_URL"),
                dlq_url: reader.required("PAGING_DLQ_URL"),
                paging_table: reader.required("PAGING_TABLE"),
                ..Self::default()
            },
            Part::Answers => Self {
                queue_url: reader.required("REMEDIATION_QUEUE_URL"),
                remediation_table: reader.required("REMEDIATION_TABLE"),
                paging_queue_url: reader.required("PAGING_QUEUE_URL"),
                paging_table: reader.required("PAGING_TABLE"),
                ..Self::default()
            },
        };
        let also = also.map(|name| reader.required(name));
        reader.finish((Self { ledger_table, ..places }, also))
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
        let error = Places::read(|name| (name == "BUS_NAME").then(|| "caretaker".to_owned()), Part::Tenants, ["ROLE_BOUNDARY"]);
        let error = error.unwrap_err().to_string();
        let missing = ["LEDGER_TABLE", "TENANT_QUEUE_URL", "TENANT_DLQ_URL", "ROLE_BOUNDARY"].map(|name| format!("{name} is not set"));
        assert_eq!(error, format!("settings are missing or bad: {}", missing.join("; ")));
    }

    #[test]
    fn who_takes_answers_needs_no_ledger() {
        let error = Places::read(|_| None, Part::Answers, ["ANSWER_KEY_SECRET"]).unwrap_err().to_string();
        let missing = ["REMEDIATION_QUEUE_URL", "REMEDIATION_TABLE", "PAGING_QUEUE_URL", "PAGING_TABLE", "ANSWER_KEY_SECRET"];
        let missing = missing.map(|name| format!("{name} is not set"));
        assert_eq!(error, format!("settings are missing or bad: {}", missing.join("; ")));
    }
}
