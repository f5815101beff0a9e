use super::*;

fn columns() -> Columns {
    Columns { time: None, service: None, service_scale: 1.0, service_seconds: 2.0, count: None, sort: false }
}

/// Reads `text` from a file of its own.
fn reads(name: &str, text: &str, columns: &Columns) -> Result<Vec<(u64, u64)>, String> {
    let file = std::env::temp_dir().join(format!("backtest-{}-{name}.csv", std::process::id()));
    std::fs::write(&file, text).expect("a temporary file");
    let trace = read(&file, columns);
    std::fs::remove_file(&file).expect("it was written");
    let pairs = |trace: Trace| trace.arrivals.iter().map(|arrival| (arrival.at, arrival.service)).collect();
    trace.map(pairs).map_err(|fault| fault.to_string().replace(&file.display().to_string(), "FILE"))
}

#[test]
fn rows_are_arrivals_whatever_the_form_of_their_time() {
    let check = |name, text, columns, expected: &[(u64, u64)]| assert_eq!(reads(name, text, &columns), Ok(expected.to_vec()));
    check("civil", "TIMESTAMP,x\n2023-11-16 18:17:03.9799600,1\n2023-11-16 18:17:05.5,2\n", columns(), &[(0, 2_000), (1_520, 2_000)]);
    check("zoned", "x,Time\n1,2023-11-16T18:17:03Z\n1,2023-11-16T19:17:04+01:00\n", columns(), &[(0, 2_000), (1_000, 2_000)]);
    let scaled = Columns { service: Some("tokens".into()), service_scale: 0.02, ..columns() };
    check("scaled", "t,tokens\n0.5,50\n2,0\n", scaled, &[(0, 1_000), (1_500, 1)]);
    let named = Columns { time: Some("when".into()), sort: true, ..columns() };
    check("sorted", "when\n9\n5\n7\n", named, &[(0, 2_000), (2_000, 2_000), (4_000, 2_000)]);
}

#[test]
fn counts_are_spread_over_their_interval() {
    let counted = Columns { count: Some("n".into()), ..columns() };
    let got = reads("counts", "time,n\n0,2\n10,0\n20,4\n", &counted);
    assert_eq!(got, Ok([0, 5_000, 20_000, 22_500, 25_000, 27_500].map(|at| (at, 2_000)).to_vec()));
    assert_eq!(
        reads("one", "time,n\n0,2\n", &counted),
        Err("FILE: counts per interval need at least two rows, for the interval is the time between them".into())
    );
}

#[test]
fn what_is_wrong_is_said_with_its_place_and_what_to_do() {
    let check = |name, text, columns, expected: &str| {
        let fault = reads(name, text, &columns).expect_err("it is wrong");
        assert!(fault.contains(expected), "{fault}");
    };
    check("no-time", "a,b\n1,2\n", columns(), "no column timestamp; it has a, b; name one with --time-column");
    let service = Columns { service: Some("tokens".into()), ..columns() };
    check("no-service", "t,b\n1,2\n", service.clone(), "no column tokens; it has t, b; name one with --service-column");
    check("unordered", "t\n1\n3\n2\n", columns(), "line 4: comes before the line above it; sort the file, or add --sort");
    check("negative", "t\n-1\n3\n", columns(), "line 2: \"-1\" in column t is not a time");
    check("negative-service", "t,tokens\n1,2\n3,-4\n", service, "line 3: \"-4\" in column tokens is not a number that is not negative");
    check("words", "t\nsoon\n", columns(), "\"soon\" in column t is not a time");
    check("empty", "t\n", columns(), "is empty");
    check("moment", "t\n4\n4\n", columns(), "at one moment");
    check("no-file-header", "", columns(), "no column timestamp");
}
