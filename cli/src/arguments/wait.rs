//! Whether to wait, and how long.

use std::time::Duration;

use clap::Args;
use jiff::SignedDuration;

/// Whether to wait for the end.
#[derive(Debug, Clone, Copy, Args)]
pub struct WaitArguments {
    /// Follow the ledger until the tenant has come to rest; exit 1 if it fails
    #[arg(long)]
    pub wait: bool,
    /// How long to wait: 90s, 30m, 1h
    #[arg(long, default_value = "30m", value_parser = seconds, requires = "wait")]
    pub timeout: Duration,
}

/// Seconds as a bare number, or a friendly duration.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    if let Ok(seconds) = text.parse::<u64>() {
        return Ok(Duration::from_secs(seconds));
    }
    let span = text.parse::<SignedDuration>().map_err(|_| format!("{text:?} is no duration such as 90s, 5m or 1h"))?;
    Duration::try_from(span).map_err(|_| format!("{text:?} is negative"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        let check = |text: &str, expected: Option<u64>| assert_eq!(seconds(text).ok().map(|wait| wait.as_secs()), expected, "{text}");
        check("30", Some(30));
        check("90s", Some(90));
        check("5m", Some(300));
        check("1h30m", Some(5_400));
        check("-5m", None);
        check("soon", None);
    }
}
