//! `caretaker replay`: logged decisions, made again from their inputs.

use std::fmt::Write;
use std::path::Path;

use domain::scaling::decide::decide;
use domain::scaling::memory::Last;
use serde_json::{Value, json};

use crate::event_file::load;
use crate::exit::{CliError, Exit, Report};

/// Makes each decision of scale-workers in `file` again, `-` for standard input: a log, or what `explain --json` prints.
///
/// # Errors
/// The file cannot be read, or holds no decision.
pub fn replay(file: &Path) -> Result<Report, CliError> {
    let found = decisions(&load(file)?);
    if found.is_empty() {
        return Err(CliError::Usage(format!("{} holds no decision of scale-workers with its inputs", file.display())));
    }
    let (mut lines, mut different) = (String::new(), 0);
    let mut rows = Vec::new();
    for Last { inputs, decision } in found {
        let again = decide(&inputs).0;
        let same = again == decision;
        different += usize::from(!same);
        let _ = writeln!(lines, "{}  {}  {decision}", inputs.now, if same { "same" } else { "DIFFERENT" });
        if !same {
            let _ = writeln!(lines, "    now: {again}");
        }
        rows.push(json!({ "at": inputs.now, "same": same, "logged": decision, "again": again }));
    }
    let _ = writeln!(lines, "{} decisions, {different} different", rows.len());
    let exit = if different == 0 { Exit::Done } else { Exit::NotAsWished };
    Ok(Report { text: lines, json: json!({ "decisions": rows, "different": different }), exit })
}

/// All decisions in `text`: one JSON document, or a log with whatever around them.
fn decisions(text: &str) -> Vec<Last> {
    let mut found = Vec::new();
    match serde_json::from_str(text) {
        Ok(document) => search(&document, &mut found),
        Err(_) => text.lines().filter_map(inputs).for_each(|inputs| search(&inputs, &mut found)),
    }
    found
}

/// What stands behind `inputs=` in a line of the function's log, as `runtime::decision` writes it; a line that is JSON itself, where Lambda
/// is set to write that.
fn inputs(line: &str) -> Option<Value> {
    let behind = line.find("inputs={").map(|at| &line[at + "inputs=".len()..]);
    let text = behind.or_else(|| line.find('{').map(|at| &line[at..]))?;
    serde_json::Deserializer::from_str(text).into_iter().next()?.ok()
}

/// JSON logs hold the inputs as text.
fn search(value: &Value, found: &mut Vec<Last>) {
    if let Ok(last) = serde_json::from_value::<Last>(value.clone()) {
        return found.push(last);
    }
    match value {
        Value::Object(fields) => fields.values().for_each(|field| search(field, found)),
        Value::Array(values) => values.iter().for_each(|value| search(value, found)),
        Value::String(text) if text.starts_with('{') => {
            if let Ok(inner) = serde_json::from_str::<Value>(text) {
                search(&inner, found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logged(desired: u32) -> Value {
        let inputs = json!({ "policy": {}, "pool": { "desired": desired, "running": 1, "bounds": { "min": 0, "max": 9 }, "deploying": false,
            "held": null, "share": null }, "reading": { "Err": "unknown" }, "history": {}, "now": "2026-11-21T02:00:00Z" });
        let inputs = serde_json::from_value(inputs).expect("they are inputs");
        let decision = decide(&inputs).0;
        json!(Last { inputs, decision })
    }

    #[test]
    fn decisions_are_found_in_logs_and_in_documents() {
        let line =
            json!({ "timestamp": "t", "fields": { "message": "decision", "function": "scale-workers", "inputs": logged(2).to_string() } });
        // As a function writes it, and as `aws logs tail --format short` shows it.
        let plain = format!(
            "INFO Lambda runtime invoke{{requestId=\"1\"}}: decision function=\"scale-workers\" reason=\"a {{ b\" inputs={}",
            logged(3)
        );
        let log = format!("START RequestId\n{line}\n{{nonsense\n{plain}\n2026-11-21T02:00:00 {plain}\n");
        assert_eq!(decisions(&log).iter().map(|last| last.inputs.pool.desired).collect::<Vec<_>>(), [2, 3, 3]);
        assert_eq!(decisions(&json!({ "pools": { "a": { "last": logged(1) }, "b": {} } }).to_string()).len(), 1);
        assert_eq!(decisions("START\nEND\n").len(), 0);
    }

    #[test]
    fn a_decision_that_comes_out_otherwise_is_told() {
        let mut other = logged(2);
        other["decision"]["outcome"] = json!({ "scale": { "from": 2, "to": 9 } });
        let file = std::env::temp_dir().join(format!("caretaker-replay-{}", std::process::id()));
        std::fs::write(&file, format!("{}\n{other}\n", logged(2))).expect("it is written");
        let report = replay(&file).expect("it holds decisions");
        let _ = std::fs::remove_file(&file);
        assert_eq!((report.exit, &report.json["different"]), (Exit::NotAsWished, &json!(1)));
        assert!(report.text.contains("DIFFERENT  from 2 to 9 workers"), "{}", report.text);
    }
}
