//! A local cloud with Caretaker deployed on it, worked with as an operator does: by the `caretaker` tool as it ships.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use thiserror::Error;

use crate::local_cloud::{LocalCloud, LocalCloudError, LoggedCall, Profile, root};

/// Why something on the stage does not go as it should.
#[derive(Debug, Error)]
pub enum StageError {
    /// The local cloud.
    #[error(transparent)]
    Cloud(#[from] LocalCloudError),
    /// The tool cannot be run.
    #[error("{0} cannot be run")]
    Tool(PathBuf, #[source] std::io::Error),
    /// The tool's answer.
    #[error("`caretaker {0}` gave no answer: {1}")]
    Answer(String, String),
    /// There is no room for pictures.
    #[error("the folder {0} cannot be made")]
    Picture(PathBuf, #[source] std::io::Error),
    /// Which points to take makes no sense.
    #[error("CRASH_EVERY is no whole number from 1 on")]
    Sample(#[source] std::num::ParseIntError),
    /// What was found cannot be noted.
    #[error("the notes of a run cannot be read or written")]
    Notes(#[from] std::io::Error),
    /// An event cannot be read or written.
    #[error("the event file {0} cannot be used")]
    Event(PathBuf, #[source] std::io::Error),
}

/// How often the stage looks on while the tool follows an event.
const LOOK_EVERY: Duration = Duration::from_millis(400);

/// The stage.
#[derive(Debug)]
pub struct Stage {
    /// Where everything runs.
    pub cloud: LocalCloud,
    /// Of the stack.
    pub outputs: BTreeMap<String, String>,
    tool: PathBuf,
    state: PathBuf,
}

/// The folder with the binaries that were built with this program.
///
/// # Panics
/// If the program does not know its own path.
pub fn binaries() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_else(|error| panic!("this program's own path is not known: {error}"));
    let folder = program.parent().unwrap_or(Path::new(".")).to_owned();
    // Tests lie in `deps` beside the binaries.
    if folder.ends_with("deps") { folder.parent().unwrap_or(&folder).to_owned() } else { folder }
}

impl Stage {
    /// Starts a local cloud with a hosted zone, deploys `functions` by the shipped template.
    ///
    /// # Errors
    /// See [`StageError`].
    pub fn set(profile: Profile, name: &str, functions: &Path) -> Result<Self, StageError> {
        Self::set_with(profile, name, functions, &[])
    }

    /// The same with `parameters` of the template, `NAME=VALUE`.
    ///
    /// # Errors
    /// See [`StageError`].
    pub fn set_with(profile: Profile, name: &str, functions: &Path, parameters: &[&str]) -> Result<Self, StageError> {
        let state = root().join(".local").join(format!("{name}-{}", std::process::id()));
        let cloud = LocalCloud::start(profile, &state)?;
        let outputs = cloud.deploy(functions, parameters)?;
        let stage = Self { cloud, outputs, tool: binaries().join("caretaker"), state };
        stage.cloud.control("POST", "zone", &json!({ "domain": "mate.sociant.ai" }))?;
        Ok(stage)
    }

    /// Pushes the images of MATE that the events name, as its pipeline does.
    ///
    /// # Errors
    /// The control call failed.
    pub fn push_images(&self) -> Result<(), StageError> {
        self.push_images_to("dev")
    }

    /// The same for another environment.
    ///
    /// # Errors
    /// The control call failed.
    pub fn push_images_to(&self, environment: &str) -> Result<(), StageError> {
        let repositories = ["django", "celery", "beat"].map(|of| format!("mate-{of}-{environment}"));
        self.cloud.control("POST", "images", &json!({ "repositories": repositories, "tag": "dev-f539de6" }))?;
        Ok(())
    }

    /// An output of the stack; empty if there is none.
    pub fn output(&self, name: &str) -> &str {
        self.outputs.get(name).map_or("", String::as_str)
    }

    /// What the tool needs to find this stage.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let places = [
            ("LEDGER_TABLE", "LedgerTable"),
            ("REMEDIATION_TABLE", "RemediationTableName"),
            ("BUS_NAME", "BusName"),
            ("TENANT_QUEUE_URL", "TenantQueueUrl"),
            ("TENANT_DLQ_URL", "TenantDlqUrl"),
        ];
        let places = places.map(|(variable, output)| (variable, self.output(output).to_owned()));
        self.cloud.environment().into_iter().chain(places).collect()
    }

    fn tool(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.tool);
        command.args(arguments).envs(self.environment()).stdin(Stdio::null()).current_dir(root());
        command
    }

    /// Runs the tool with its output on this terminal; its exit code.
    ///
    /// # Errors
    /// It cannot be run.
    pub fn show(&self, arguments: &[&str]) -> Result<i32, StageError> {
        let status = self.tool(arguments).status().map_err(|error| StageError::Tool(self.tool.clone(), error))?;
        Ok(status.code().unwrap_or(-1))
    }

    /// Runs the tool with its output on this terminal, and meanwhile looks on, about twice a second; its exit code.
    ///
    /// # Errors
    /// It cannot be run, or a look failed.
    pub fn show_while(&self, arguments: &[&str], mut look: impl FnMut() -> Result<(), StageError>) -> Result<i32, StageError> {
        let unrunnable = |error| StageError::Tool(self.tool.clone(), error);
        let mut child = self.tool(arguments).spawn().map_err(unrunnable)?;
        loop {
            let ended = child.try_wait().map_err(unrunnable)?;
            // Until the first pass the tool knows nobody of that name.
            match look() {
                Err(StageError::Answer(..)) | Ok(()) => {}
                other => other?,
            }
            if let Some(status) = ended {
                return Ok(status.code().unwrap_or(-1));
            }
            std::thread::park_timeout(LOOK_EVERY);
        }
    }

    /// Runs the tool and catches its output.
    ///
    /// # Errors
    /// It cannot be run.
    pub fn run(&self, arguments: &[&str]) -> Result<Output, StageError> {
        self.tool(arguments).output().map_err(|error| StageError::Tool(self.tool.clone(), error))
    }

    /// Runs the tool with `--json`; its exit code and answer.
    ///
    /// # Errors
    /// It cannot be run, or gives no JSON.
    pub fn ask(&self, arguments: &[&str]) -> Result<(i32, Value), StageError> {
        let output = self.run(&[arguments, &["--json"]].concat())?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let unreadable = || StageError::Answer(arguments.join(" "), text(&output.stdout) + &text(&output.stderr));
        let answer = serde_json::from_slice(&output.stdout).map_err(|_| unreadable())?;
        Ok((output.status.code().unwrap_or(-1), answer))
    }

    /// Has the tool draw the owner that `owner` names on its command line; the picture is `target/demo/NAME.svg`.
    ///
    /// # Errors
    /// It cannot be run, or has drawn nothing.
    pub fn draw(&self, owner: &[&str], name: &str) -> Result<PathBuf, StageError> {
        let folder = root().join("target/demo");
        std::fs::create_dir_all(&folder).map_err(|error| StageError::Picture(folder.clone(), error))?;
        let file = folder.join(format!("{name}.svg"));
        let target = file.to_string_lossy().into_owned();
        let mut arguments = vec!["graph"];
        arguments.extend(owner);
        arguments.extend(["--output", target.as_str()]);
        let output = self.run(&arguments)?;
        let said = || String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(file) } else { Err(StageError::Answer(format!("graph {}", owner.join(" ")), said())) }
    }

    /// A file with the event `name` of `events/`, with some fields of its detail changed.
    ///
    /// # Errors
    /// It cannot be read or written.
    pub fn event(&self, name: &str, changes: &Value) -> Result<String, StageError> {
        let source = root().join("events").join(format!("{name}.json"));
        let text = std::fs::read_to_string(&source).map_err(|error| StageError::Event(source.clone(), error))?;
        let mut event: Value = serde_json::from_str(&text).unwrap_or_else(|_| json!({}));
        if let (Some(detail), Some(changes)) = (event["detail"].as_object_mut(), changes.as_object()) {
            detail.extend(changes.clone());
        }
        let target = self.state.join(format!("{name}-{}.json", changes["tenant"].as_str().unwrap_or("demo")));
        std::fs::write(&target, event.to_string()).map_err(|error| StageError::Event(target.clone(), error))?;
        Ok(target.to_string_lossy().into_owned())
    }

    /// The number of the newest call so far.
    ///
    /// # Errors
    /// The control call failed.
    pub fn mark(&self) -> Result<u64, StageError> {
        Ok(self.cloud.control("GET", "calls?since=18446744073709551615", &Value::Null)?["last"].as_u64().unwrap_or(0))
    }

    /// The calls of our functions since `mark`, by `service.Operation`.
    ///
    /// # Errors
    /// The control call failed.
    pub fn calls_by_action(&self, mark: u64) -> Result<BTreeMap<String, u64>, StageError> {
        let mut counts = BTreeMap::new();
        for call in self.calls(mark)? {
            *counts.entry(format!("{}.{}", call.service, call.operation)).or_default() += 1;
        }
        Ok(counts)
    }

    /// The calls of our functions since `mark`.
    ///
    /// # Errors
    /// The control call failed.
    pub fn calls(&self, mark: u64) -> Result<Vec<LoggedCall>, StageError> {
        let calls = self.cloud.calls(mark, None)?;
        Ok(calls.into_iter().filter(|call| call.function.is_some()).collect())
    }

    /// Whether a call changes AWS beyond Caretaker's own ledger and queue.
    pub fn changes_aws(call: &LoggedCall) -> bool {
        call.mutating && !matches!(call.service.as_str(), "dynamodb" | "sqs" | "events")
    }
}
