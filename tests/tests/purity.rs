//! Invariant: the rules depend on nothing that could surprise them.

use std::process::Command;

use scenarios::local_cloud::root;

#[test]
fn domain_depends_on_no_sdk_runtime_http_or_randomness() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--package", "domain", "--edges", "normal", "--prefix", "none", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let tree = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(tree.contains("jiff"), "{tree}{}", String::from_utf8_lossy(&output.stderr));
    let forbidden =
        |line: &&str| ["aws-", "tokio", "reqwest", "hyper", "getrandom", "tracing", "chrono"].iter().any(|name| line.starts_with(name));
    assert_eq!(tree.lines().filter(forbidden).collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn domain_names_no_clock_environment_or_randomness() {
    let mut folders = vec![root().join("shared/domain/src")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the folder is there").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("source is text");
            let named = ["SystemTime::now", "Timestamp::now", "Zoned::now", "env::var", "rand::", "Ulid::new", "Instant::now"];
            found.extend(named.iter().filter(|word| text.contains(**word)).map(|word| format!("{} names {word}", path.display())));
        }
    }
    assert_eq!(found, Vec::<String>::new());
}
