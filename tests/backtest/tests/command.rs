//! The command as it is typed.

use std::process::{Command, Output};

fn backtest(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_backtest")).args(arguments).output().expect("the command runs")
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_trace_that_was_generated_is_replayed_the_same_each_time() {
    let folder = std::env::temp_dir().join(format!("backtest-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let path = |name: &str| folder.join(name).display().to_string();
    let trace = path("silence.csv");
    assert!(backtest(&["generate", "silence", &trace, "--hours", "2"]).status.success());
    let replay = |out: &str| {
        let columns = ["--trace", &trace, "--service-column", "service_seconds", "--max-workers", "6"];
        let output = backtest(&[&columns[..], &["--json", "--out", out, "--svg", &path("chart.svg")]].concat());
        assert!(output.status.success(), "{}", told(&output));
        output.stdout
    };
    let (first, second) = (replay(&path("one.json")), replay(&path("two.json")));
    assert_eq!(first, second);
    assert_eq!(std::fs::read(path("one.json")).expect("it was written"), first);
    assert!(std::fs::read_to_string(path("chart.svg")).is_ok_and(|chart| chart.contains("<svg") && chart.contains("clairvoyant")));
    std::fs::remove_dir_all(&folder).expect("it was made");
    let report: serde_json::Value = serde_json::from_slice(&first).expect("JSON");
    let scalers = report["traces"][0]["scalers"].as_array().expect("scalers");
    let names: Vec<_> = scalers.iter().filter_map(|row| row["name"].as_str()).collect();
    assert_eq!(names, ["caretaker", "caretaker, tuned", "KEDA", "HPA", "target tracking", "static", "clairvoyant"]);
    for row in scalers {
        let (hours, bound) = (row["figures"]["worker_hours"].as_f64(), row["clairvoyant_bound_worker_hours"].as_f64());
        assert!(hours >= bound, "{} is below what is needed in any case: {hours:?} < {bound:?}", row["name"]);
    }
}

#[test]
fn what_can_not_be_done_is_said() {
    let check = |arguments: &[&str], expected: &str| {
        let output = backtest(arguments);
        assert!(!output.status.success() && told(&output).contains(expected), "{}", told(&output));
    };
    check(&[], "nothing to replay: give --trace FILE or --synthetic SHAPE");
    check(&["--trace", "no/such.csv"], "cannot read no/such.csv: is it a CSV file with a header row?");
    check(&["--synthetic", "noise"], "daily, bursts, ramps, silence");
}
