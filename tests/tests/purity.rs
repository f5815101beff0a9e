//! The domain is pure: it knows no AWS, no network, no clock, no chance. What it needs of them are arguments.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use scenarios::local_cloud::root;
use serde_json::Value;

/// Packages, by the beginning of their names, that bring the outside world.
const IMPURE: [&str; 17] = [
    "aws-",
    "lambda_",
    "tokio",
    "reqwest",
    "hyper",
    "h2",
    "ureq",
    "rustls",
    "socket2",
    "mio",
    "async-std",
    "smol",
    "getrandom",
    "rand",
    "fastrand",
    "chrono",
    "tracing",
];

/// What no line of the domain may say outside its tests.
const FORBIDDEN: [&str; 16] = [
    "Timestamp::now",
    "Zoned::now",
    "SystemTime",
    "Instant::now",
    "std::env",
    "env::var",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "thread::sleep",
    "rand::",
    "Ulid::new",
    "println!",
    "log::",
    "tracing::",
];

/// The packages that `package` is made of, by name, without those that only its tests need.
fn closure(package: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        // Only what this machine builds: other platforms' packages need not be here.
        .args(["metadata", "--format-version", "1", "--locked", "--filter-platform"])
        .arg(format!("{}-unknown-linux-gnu", std::env::consts::ARCH))
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let names: BTreeMap<_, _> = list(&metadata["packages"]).iter().map(|found| (text(&found["id"]), text(&found["name"]))).collect();
    let is_normal = |found: &Value| list(&found["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
    let needs: BTreeMap<_, Vec<_>> = list(&metadata["resolve"]["nodes"])
        .iter()
        .map(|node| {
            (text(&node["id"]), list(&node["deps"]).iter().filter(|found| is_normal(found)).map(|found| text(&found["pkg"])).collect())
        })
        .collect();
    let mut left: Vec<_> = names.iter().filter(|(_, name)| *name == package).map(|(id, _)| id.clone()).collect();
    assert_eq!(left.len(), 1, "{package} is one package");
    let mut seen = BTreeSet::new();
    while let Some(id) = left.pop() {
        if seen.insert(id.clone()) {
            left.extend(needs.get(&id).into_iter().flatten().cloned());
        }
    }
    seen.iter().filter_map(|id| names.get(id).cloned()).collect()
}

fn impure(package: &str) -> Vec<String> {
    closure(package).into_iter().filter(|name| IMPURE.iter().any(|beginning| name.starts_with(beginning))).collect()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder can be read");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

/// The text before the tests, without comments.
fn production(text: &str) -> String {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

// Invariant: the domain depends on nothing that reaches outside.

#[test]
fn the_domain_depends_on_no_sdk_no_runtime_no_network_and_no_chance() {
    let all = closure("domain");
    assert!(all.contains("serde") && all.contains("jiff"), "{all:?}");
    assert_eq!(impure("domain"), [""; 0]);
}

#[test]
fn the_same_question_finds_what_the_adapters_depend_on() {
    let found = impure("aws-adapters");
    assert!(found.contains(&"tokio".to_owned()) && found.contains(&"aws-sdk-rds".to_owned()), "{found:?}");
}

// Invariant: nor does its own text.

#[test]
fn the_domain_names_no_clock_no_environment_and_no_chance() {
    let files = sources(&root().join("shared/domain/src"));
    assert!(files.len() > 20, "{files:?}");
    for file in files {
        let code = production(&std::fs::read_to_string(&file).expect("a source can be read"));
        let named: Vec<_> = FORBIDDEN.iter().filter(|word| code.contains(*word)).collect();
        assert!(named.is_empty(), "{} names {named:?}", file.display());
    }
}

// Invariant: one crate alone names the SDK.

#[test]
fn only_the_adapters_name_the_sdk() {
    let mut naming = BTreeSet::new();
    for folder in ["shared", "functions", "cli"] {
        for file in sources(&root().join(folder)).into_iter().filter(|file| file.extension().is_some_and(|ending| ending == "rs")) {
            if std::fs::read_to_string(&file).expect("a source can be read").contains("aws_sdk_") {
                naming.insert(file.strip_prefix(root()).expect("it is below").components().take(2).collect::<PathBuf>());
            }
        }
    }
    assert_eq!(naming.into_iter().collect::<Vec<_>>(), [PathBuf::from("shared/aws")]);
}
