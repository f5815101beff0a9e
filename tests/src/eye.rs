//! What a demo sees of a tenant's broker: a program of `tests/tenant` that tells a line a second.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::{io, thread};

use serde_json::Value;

use crate::local_cloud::root;

/// A program of the tenant's application, with the local cloud's `environment`.
pub fn program(name: &str, environment: &[(&'static str, String)]) -> Command {
    let mut command = Command::new(root().join(".tools/venv/bin/python"));
    command.arg(folder().join(name)).current_dir(folder()).env("PYTHONPATH", path()).stdin(Stdio::null());
    command.envs(environment.iter().map(|(variable, value)| (*variable, value.clone())));
    command
}

/// Where the application is.
pub fn folder() -> PathBuf {
    root().join("tests/tenant")
}

/// Where Python finds `caretaker_celery`.
pub fn path() -> String {
    root().join("celery").canonicalize().unwrap_or_default().to_string_lossy().into_owned()
}

/// The running program, ended with the value.
pub struct Eye {
    child: Child,
    lines: Receiver<Value>,
    last: Value,
}

impl Eye {
    /// Begins to look.
    ///
    /// # Errors
    /// The program cannot be run.
    pub fn open(environment: &[(&'static str, String)]) -> io::Result<Self> {
        let mut child = program("watch.py", environment).stdout(Stdio::piped()).spawn()?;
        let (sender, lines) = channel();
        let output = child.stdout.take().ok_or_else(|| io::Error::other("it has no output"))?;
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(serde_json::from_str(&line).unwrap_or_default()).is_err() {
                    return;
                }
            }
        });
        Ok(Self { child, lines, last: Value::Null })
    }

    /// What was told last. A broker that does not answer is told as an error, and what was seen before stays.
    pub fn look(&mut self) -> &Value {
        while let Ok(line) = self.lines.try_recv() {
            if line.get("ready").is_some() {
                self.last = line;
            }
        }
        &self.last
    }
}

impl Drop for Eye {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
