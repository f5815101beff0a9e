//! What a long run has come to so far, a line for each point: a rerun of the same code goes on where the last one was stopped.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use serde_json::{Value, json};

use crate::local_cloud::root;
use crate::random::hash;

/// The notes of a run under `target/bench`.
#[derive(Debug)]
pub struct Notes {
    /// What tells this code and blueprint from others.
    pub code: String,
    folder: PathBuf,
    name: String,
    done: Mutex<(File, BTreeMap<String, Value>)>,
}

impl Notes {
    /// The notes of the run `name`, with what was noted of the same code before.
    ///
    /// # Errors
    /// The file cannot be read or made, or git does not say which code this is.
    pub fn open(name: &str) -> io::Result<Self> {
        let folder = root().join("target/bench");
        std::fs::create_dir_all(&folder)?;
        let (file, code) = (folder.join(format!("{name}.jsonl")), code()?);
        let done = read(&file, &code)?;
        let file = OpenOptions::new().create(true).append(true).open(&file)?;
        Ok(Self { code, folder, name: name.to_owned(), done: Mutex::new((file, done)) })
    }

    /// What is noted under `key`.
    ///
    /// # Panics
    /// If another thread panicked while it noted something; so do all that follow.
    pub fn get(&self, key: &str) -> Option<Value> {
        self.done.lock().expect("no thread panics while it writes").1.get(key).cloned()
    }

    /// Notes `row` under `key`; the number of rows.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn note(&self, key: &str, row: Value) -> io::Result<usize> {
        let (file, done) = &mut *self.done.lock().expect("no thread panics while it writes");
        writeln!(file, "{}", json!({ "code": self.code, "name": key, "row": row }))?;
        done.insert(key.to_owned(), row);
        Ok(done.len())
    }

    /// All rows.
    pub fn rows(&self) -> Vec<Value> {
        self.done.lock().expect("no thread panics while it writes").1.values().cloned().collect()
    }

    /// Writes `figures`, and of which code they are, to `target/bench/NAME.json`.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn report(&self, mut figures: Value) -> io::Result<()> {
        figures["code"] = json!(self.code);
        std::fs::write(self.folder.join(format!("{}.json", self.name)), serde_json::to_string_pretty(&figures)?)
    }
}

/// The commit, what has been changed since, and the blueprint.
fn code() -> io::Result<String> {
    let git = |arguments: &[&str]| Command::new("git").args(arguments).current_dir(root()).output();
    let commit = String::from_utf8_lossy(&git(&["rev-parse", "--short=12", "HEAD"])?.stdout).trim().to_owned();
    let changed = hash(&String::from_utf8_lossy(&git(&["diff", "HEAD"])?.stdout));
    let blueprint = hash(&std::fs::read_to_string(root().join("blueprints/mate.toml"))?);
    Ok(format!("{commit}-{changed:016x}-{blueprint:016x}"))
}

/// The rows of a former run of the same code. A line that was cut off by its end is none.
fn read(file: &Path, code: &str) -> io::Result<BTreeMap<String, Value>> {
    if !file.exists() {
        return Ok(BTreeMap::new());
    }
    let mut done = BTreeMap::new();
    for line in BufReader::new(File::open(file)?).lines() {
        let row: Value = serde_json::from_str(&line?).unwrap_or_default();
        if let (true, Some(name)) = (row["code"] == code, row["name"].as_str()) {
            done.insert(name.to_owned(), row["row"].clone());
        }
    }
    Ok(done)
}
