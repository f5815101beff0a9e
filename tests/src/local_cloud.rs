//! The local cloud as a child process: started on a free port, deployed to by the real `sam`, ended with the value.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

/// Boot takes half a second on an idle machine; this is for a busy one.
const BOOT_TIME: Duration = Duration::from_secs(60);
/// How often the ready file is looked for.
const BOOT_POLL: Duration = Duration::from_millis(50);

/// Why the local cloud does not do what is asked.
#[derive(Debug, Error)]
pub enum LocalCloudError {
    /// The tools are not installed.
    #[error("{0} is not there: run `make tools`")]
    NoTools(PathBuf),
    /// It cannot be started.
    #[error("the local cloud could not be started")]
    Start(#[source] io::Error),
    /// It is not up in time.
    #[error("the local cloud was not ready within {BOOT_TIME:?}; its log is {0}")]
    NotReady(PathBuf),
    /// A command of it failed.
    #[error("`caretaker_local {command}` failed: {output}")]
    Command {
        /// The command.
        command: String,
        /// What it printed.
        output: String,
    },
    /// A control call failed.
    #[error("the control call {0} failed")]
    Control(String, #[source] Box<ureq::Error>),
    /// Not what was expected.
    #[error("the local cloud's answer to {0} cannot be read")]
    Answer(String, #[source] serde_json::Error),
}

/// How fast AWS's durations pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Everything at once.
    Instant,
    /// A twentieth of AWS's time.
    Fast,
}

/// A call that reached the local cloud.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LoggedCall {
    /// Its number.
    pub seq: u64,
    /// The function that made it, if one did.
    pub function: Option<String>,
    /// As AWS signs it.
    pub service: String,
    /// As AWS names it.
    pub operation: String,
    /// Best effort.
    pub resource: Option<String>,
    /// Whether it changes anything.
    pub mutating: bool,
}

/// A running local cloud.
#[derive(Debug)]
pub struct LocalCloud {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub endpoint: String,
    state: PathBuf,
}

#[derive(Deserialize)]
struct Ready {
    endpoint: String,
}

/// The repository's root.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

impl LocalCloud {
    /// Starts one, with its log and state in `state`.
    ///
    /// # Errors
    /// See [`LocalCloudError`].
    pub fn start(profile: Profile, state: &Path) -> Result<Self, LocalCloudError> {
        std::fs::create_dir_all(state).map_err(LocalCloudError::Start)?;
        let state = state.canonicalize().map_err(LocalCloudError::Start)?;
        let (ready_file, log_file) = (state.join("ready.json"), state.join("local-cloud.log"));
        let _ = std::fs::remove_file(&ready_file);
        let log = std::fs::File::create(&log_file).map_err(LocalCloudError::Start)?;
        let profile = if profile == Profile::Instant { "instant" } else { "fast" };
        let mut command = python()?;
        command.args(["-m", "caretaker_local", "serve", "--port", "0", "--profile", profile, "--state-dir"]).arg(&state);
        command.arg("--ready-file").arg(&ready_file).stdin(Stdio::null());
        command.stderr(log.try_clone().map_err(LocalCloudError::Start)?).stdout(log);
        let child = command.spawn().map_err(LocalCloudError::Start)?;
        let mut cloud = Self { child, endpoint: String::new(), state };
        cloud.endpoint = await_ready(&ready_file, &log_file)?;
        Ok(cloud)
    }

    /// Deploys the shipped template with the binaries in `binaries` and these `parameters`, `NAME=VALUE`; the stack's outputs.
    ///
    /// # Errors
    /// `sam deploy` failed.
    pub fn deploy(&self, binaries: &Path, parameters: &[&str]) -> Result<BTreeMap<String, String>, LocalCloudError> {
        let build = self.state.join("build");
        let arguments = ["deploy", "--endpoint", &self.endpoint, "--build-dir"];
        let parameters = parameters.iter().flat_map(|parameter| ["--parameter", parameter]);
        self.run(&arguments, |command| command.arg(&build).arg("--binaries").arg(binaries).args(parameters))
    }

    /// Puts the committed fixture's Ready environment into the ledger `table`.
    ///
    /// # Errors
    /// The command failed.
    pub fn put_environment(&self, table: &str) -> Result<Value, LocalCloudError> {
        let arguments = ["environment", "--endpoint", &self.endpoint, "--fixture", "local/fixtures/environment-dev.json", "--table", table];
        self.run(&arguments, |command| command)
    }

    /// What stands, by owner's tag and kind, with tenants and lives taken out of the names.
    ///
    /// # Errors
    /// The command failed.
    pub fn world(&self) -> Result<BTreeMap<String, Value>, LocalCloudError> {
        self.run(&["world", "--endpoint", &self.endpoint], |command| command)
    }

    fn run<T: for<'de> Deserialize<'de>>(
        &self,
        arguments: &[&str],
        more: impl FnOnce(&mut Command) -> &mut Command,
    ) -> Result<T, LocalCloudError> {
        let mut command = python()?;
        command.args(["-m", "caretaker_local"]).args(arguments);
        let output = more(&mut command).output().map_err(LocalCloudError::Start)?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if !output.status.success() {
            let output = text(&output.stderr) + &text(&output.stdout);
            return Err(LocalCloudError::Command { command: arguments[0].to_owned(), output });
        }
        serde_json::from_slice(&output.stdout).map_err(|error| LocalCloudError::Answer(arguments[0].to_owned(), error))
    }

    /// The calls after number `since`; with `owner` only those of invocations that concern it.
    ///
    /// # Errors
    /// The control call failed.
    pub fn calls(&self, since: u64, owner: Option<&str>) -> Result<Vec<LoggedCall>, LocalCloudError> {
        let path = format!("calls?since={since}{}", owner.map(|owner| format!("&owner={}", owner.replace('#', "%23"))).unwrap_or_default());
        let mut answer = self.control("GET", &path, &Value::Null)?;
        serde_json::from_value(answer["calls"].take()).map_err(|error| LocalCloudError::Answer(path, error))
    }

    /// Orders a fault; see local/README.md for its fields.
    ///
    /// # Errors
    /// The control call failed.
    pub fn add_fault(&self, fault: &Value) -> Result<u64, LocalCloudError> {
        let answer = self.control("POST", "faults", fault)?;
        Ok(answer["id"].as_u64().unwrap_or_default())
    }

    /// A control call.
    ///
    /// # Errors
    /// It failed.
    pub fn control(&self, method: &str, path: &str, body: &Value) -> Result<Value, LocalCloudError> {
        exchange(&format!("{}/_caretaker/", self.endpoint), method, path, body)
    }

    /// What `aws` and the SDK need to find this cloud.
    pub fn environment(&self) -> [(&'static str, String); 4] {
        [
            ("AWS_ENDPOINT_URL", self.endpoint.clone()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "123456789012".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
        ]
    }

    /// Leaves it running after this value is gone.
    pub fn keep(self) -> (String, u32) {
        let kept = (self.endpoint.clone(), self.child.id());
        std::mem::forget(self);
        kept
    }
}

impl Drop for LocalCloud {
    fn drop(&mut self) {
        // SIGTERM, so that it ends its functions' processes too; it is our own child.
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

/// Sends JSON to `path` below `base`, and reads the JSON that comes back.
pub(crate) fn exchange(base: &str, method: &str, path: &str, body: &Value) -> Result<Value, LocalCloudError> {
    let url = format!("{base}{path}");
    let failed = |error| LocalCloudError::Control(format!("{method} {path}"), Box::new(error));
    let mut response = match method {
        "GET" => ureq::get(&url).call(),
        "DELETE" => ureq::delete(&url).call(),
        _ => ureq::post(&url).send_json(body),
    }
    .map_err(failed)?;
    let text = response.body_mut().with_config().limit(1 << 30).read_to_string().map_err(failed)?;
    serde_json::from_str(&text).map_err(|error| LocalCloudError::Answer(path.to_owned(), error))
}

pub(crate) fn python() -> Result<Command, LocalCloudError> {
    let python = root().join(".tools/venv/bin/python");
    if !python.exists() {
        return Err(LocalCloudError::NoTools(python));
    }
    let mut command = Command::new(python);
    command.current_dir(root()).env("PYTHONPATH", root().join("local"));
    Ok(command)
}

pub(crate) fn await_ready(ready_file: &Path, log_file: &Path) -> Result<String, LocalCloudError> {
    let began = Instant::now();
    while began.elapsed() < BOOT_TIME {
        if let Ok(text) = std::fs::read_to_string(ready_file)
            && let Ok(ready) = serde_json::from_str::<Ready>(&text)
        {
            return Ok(ready.endpoint);
        }
        std::thread::park_timeout(BOOT_POLL);
    }
    Err(LocalCloudError::NotReady(log_file.to_owned()))
}
