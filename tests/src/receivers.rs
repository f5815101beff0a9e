//! What pages are sent to, as a child process: PagerDuty and Slack as far as a pager meets them, with their rules.

use std::path::Path;
use std::process::{Child, Stdio};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::local_cloud::{LocalCloudError, await_ready, exchange, python};

/// The routing key that PagerDuty is told by: 32 characters.
const ROUTING_KEY: &str = "demo0123456789abcdef0123456789ab";
/// What PagerDuty signs its webhooks with.
pub const WEBHOOK_SECRET: &str = "demo-secret-of-pagerdutys-webhook";
/// Who reads mail.
pub const ADDRESS: &str = "oncall@example.com";

/// The running receivers, ended with the value.
#[derive(Debug)]
pub struct Receivers {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub endpoint: String,
}

/// A message that has come in.
#[derive(Debug, Clone, Deserialize)]
pub struct Message {
    /// When, in seconds since 1970.
    pub at: f64,
    /// `pagerduty` or `slack`.
    pub receiver: String,
    /// Whether it was taken.
    pub accepted: bool,
    /// What it says.
    pub body: Value,
}

/// An incident as PagerDuty has it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// The same from first to last.
    pub dedup_key: String,
    /// What people see first.
    pub title: String,
    /// `triggered`, `acknowledged` or `resolved`.
    pub status: String,
    /// How often a person was called.
    pub pages: u64,
}

/// All that has come in.
#[derive(Debug, Clone, Deserialize)]
pub struct Seen {
    /// Each message, in the order in which they came.
    pub messages: Vec<Message>,
    /// PagerDuty's incidents.
    pub incidents: Vec<Call>,
}

impl Receivers {
    /// Starts them on a free port, with their log in `folder`.
    ///
    /// # Errors
    /// They cannot be started, or are not up in time.
    pub fn start(folder: &Path) -> Result<Self, LocalCloudError> {
        std::fs::create_dir_all(folder).map_err(LocalCloudError::Start)?;
        let folder = folder.canonicalize().map_err(LocalCloudError::Start)?;
        let (ready_file, log_file) = (folder.join("receivers.json"), folder.join("receivers.log"));
        let _ = std::fs::remove_file(&ready_file);
        let log = std::fs::File::create(&log_file).map_err(LocalCloudError::Start)?;
        let mut command = python()?;
        command.args(["-m", "caretaker_local.receivers", "--port", "0", "--ready-file"]).arg(&ready_file).stdin(Stdio::null());
        command.stderr(log.try_clone().map_err(LocalCloudError::Start)?).stdout(log);
        let mut receivers = Self { child: command.spawn().map_err(LocalCloudError::Start)?, endpoint: String::new() };
        receivers.endpoint = await_ready(&ready_file, &log_file)?;
        Ok(receivers)
    }

    /// The parameters of the stack by which it tells them: `NAME=VALUE`.
    pub fn parameters(&self) -> [String; 4] {
        [
            "LocalReceivers=true".to_owned(),
            format!("PagerDutyUrl={}/pagerduty/v2/enqueue", self.endpoint),
            format!("RunbooksUrl={}/runbooks/", self.endpoint),
            format!("AlertEmail={ADDRESS}"),
        ]
    }

    /// What the secret of receivers has to hold, by the names of paging/routes.toml.
    pub fn secret(&self) -> Value {
        json!({ "pagerduty": ROUTING_KEY, "slack": format!("{}/slack/T0/B0/demo", self.endpoint), "sms": "+491701234567" })
    }

    fn control(&self, method: &str, path: &str, body: &Value) -> Result<Value, LocalCloudError> {
        exchange(&format!("{}/control/", self.endpoint), method, path, body)
    }

    /// What they have seen.
    ///
    /// # Errors
    /// The control call failed.
    pub fn seen(&self) -> Result<Seen, LocalCloudError> {
        let seen = self.control("GET", "seen", &Value::Null)?;
        serde_json::from_value(seen).map_err(|error| LocalCloudError::Answer("seen".to_owned(), error))
    }

    /// `receiver` answers with `status` from now on, and takes nothing.
    ///
    /// # Errors
    /// The control call failed.
    pub fn fail(&self, receiver: &str, status: u16) -> Result<(), LocalCloudError> {
        self.control("POST", "fail", &json!({ "receiver": receiver, "status": status })).map(drop)
    }

    /// All work again.
    ///
    /// # Errors
    /// The control call failed.
    pub fn heal(&self) -> Result<(), LocalCloudError> {
        self.control("DELETE", "fail", &Value::Null).map(drop)
    }

    /// `by` acknowledges the incident of `key` in PagerDuty, which tells `url`; what that has answered: its status.
    ///
    /// # Errors
    /// The control call failed: there is no such incident, say.
    pub fn acknowledge(&self, key: &str, by: &str, url: &str) -> Result<u64, LocalCloudError> {
        let body = json!({ "dedup_key": key, "by": by, "url": url, "secret": WEBHOOK_SECRET });
        Ok(self.control("POST", "acknowledge", &body)?["status"].as_u64().unwrap_or_default())
    }

    /// Leaves them running after this value is gone; the id of their process.
    pub fn keep(self) -> u32 {
        let id = self.child.id();
        std::mem::forget(self);
        id
    }
}

impl Drop for Receivers {
    fn drop(&mut self) {
        // Our own child, which keeps nothing.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
