//! The local cloud shows what we rely on of AWS, through the SDK client as it ships.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::Duration;

use aws_adapters::client::{AwsCloud, ClientSettings, config};
use futures::future::join_all;
use scenarios::conformance::{Deed, Ground, NAMES, show};
use scenarios::local_cloud::{LocalCloud, Profile, root};
use scenarios::simulator::Environment;
use serde_json::{Value, json};

/// The profile `fast`: a second here is so many of AWS's.
const SPEED: f64 = 20.0;

/// Functions that change the buckets or quotas of the whole cloud: one at a time, after all others.
const ALONE: [&str; 2] = ["throttle", "_quota_"];

/// What is not shown yet, and where the fault lies. What is repaired must leave this list.
const NOT_YET: [(&str, &str); 0] = [];

struct OnLocalCloud {
    aws: AwsCloud,
    environment: Environment,
    endpoint: String,
    prefix: String,
    names: Cell<usize>,
}

impl OnLocalCloud {
    async fn of(name: &str, number: usize) -> Self {
        let setting = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is set by the test that starts this one"));
        let settings = ClientSettings {
            ledger_table: setting("CONFORMANCE_TABLE"),
            bus_name: setting("CONFORMANCE_BUS"),
            queue_url: setting("CONFORMANCE_QUEUE"),
            dlq_url: setting("CONFORMANCE_DLQ"),
            ..ClientSettings::default()
        };
        let aws = AwsCloud::new(&config().await, settings);
        let prefix = format!("{}{number}", &name[..1]);
        Self { aws, environment: Environment::dev(), endpoint: setting("AWS_ENDPOINT_URL"), prefix, names: Cell::new(0) }
    }

    fn control(&self, path: &str, body: &Value) {
        let answer = ureq::post(format!("{}/_caretaker/{path}", self.endpoint)).send_json(body);
        answer.unwrap_or_else(|error| panic!("{path}: {error}"));
    }

    /// A call that no client of ours makes, as `account`; nobody checks its signature.
    fn put(&self, account: &str, service: &str, path: &str, body: &str) {
        let scope = format!("{account}/20261121/{}/{service}/aws4_request", self.environment.region);
        let signed = format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0");
        let answer = ureq::put(format!("{}/{path}", self.endpoint)).header("authorization", signed).send(body);
        answer.unwrap_or_else(|error| panic!("{path}: {error}"));
    }
}

impl Ground for OnLocalCloud {
    type Aws = AwsCloud;

    fn aws(&self) -> &AwsCloud {
        &self.aws
    }

    fn environment(&self) -> &Environment {
        &self.environment
    }

    fn name(&self, stem: &str) -> String {
        self.names.set(self.names.get() + 1);
        format!("{stem}-{}-{}", self.prefix, self.names.get())
    }

    async fn elapse(&self, seconds: u32) {
        tokio::time::sleep(Duration::from_secs_f64(f64::from(seconds) / SPEED)).await;
    }

    async fn throttle(&self, on: bool) {
        self.control("throttling", &json!({"enabled": on}));
    }

    async fn exhaust(&self, operation: &str, on: bool) {
        self.control("quotas", &json!({ operation: on.then_some(0) }));
    }

    async fn open_maintenance_window(&self, database: &str) {
        self.control("rds/maintenance-window", &json!({"instance": database}));
    }

    async fn open_cache_window(&self, group: &str) {
        self.control("elasticache/maintenance-window", &json!({"group": group}));
    }

    async fn others(&self, deed: Deed<'_>) {
        let own = &self.environment.account;
        match deed {
            Deed::WriteObject { bucket, key } => self.put(own, "s3", &format!("{bucket}/{key}"), "bytes"),
            Deed::TakeBucketName(name) => self.put("999999999999", "s3", name, ""),
            Deed::BackUp(vault) => {
                let resource = self.environment.arn("elasticfilesystem", "file-system/fs-1");
                let job = json!({"BackupVaultName": vault, "ResourceArn": resource, "IamRoleArn": self.environment.execution_role_arn()});
                self.put(own, "backup", "backup-jobs", &job.to_string());
            }
        }
    }
}

/// Tries to show each name; those that are not shown, with the reason.
async fn show_all(names: Vec<(usize, &'static str)>) -> BTreeMap<&'static str, String> {
    let one = async |(number, name): (usize, &'static str)| {
        let shown = tokio::task::LocalSet::new();
        let task = shown.spawn_local(async move {
            let ground = OnLocalCloud::of(name, number).await;
            show(name, &ground).await;
        });
        match shown.run_until(task).await {
            Ok(()) => None,
            Err(error) => Some((name, error.to_string())),
        }
    };
    join_all(names.into_iter().map(one)).await.into_iter().flatten().collect()
}

#[test]
#[ignore = "started by the_local_cloud_shows_what_the_simulator_shows, with the cloud's environment"]
fn through_the_sdk() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (alone, together): (Vec<_>, Vec<_>) =
        NAMES.iter().copied().enumerate().partition(|(_, name)| ALONE.iter().any(|part| name.contains(part)));
    let mut failed = runtime.block_on(show_all(together));
    for one in alone {
        failed.extend(runtime.block_on(show_all(vec![one])));
    }
    let repaired: Vec<_> = NOT_YET.iter().filter(|(name, _)| failed.remove(name).is_none()).collect();
    assert!(failed.is_empty(), "not shown: {failed:#?}");
    assert!(repaired.is_empty(), "shown by now: {repaired:#?}");
}

/// A command's output, which must be a success.
fn output(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}\n{}", text(&output.stdout), text(&output.stderr));
    output
}

#[test]
fn the_local_cloud_shows_what_the_simulator_shows() {
    let state = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("conformance-local-cloud");
    let cloud = LocalCloud::start(Profile::Fast, &state).expect("the local cloud starts");
    let prepare = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance_local_cloud/prepare.py");
    let mut python = Command::new(root().join(".tools/venv/bin/python"));
    let prepared = output(python.arg(prepare).envs(cloud.environment()).env("AWS_DEFAULT_REGION", "us-east-1"));
    let names: Value = serde_json::from_slice(&prepared.stdout).expect("names as JSON");
    let name = |key: &str| names[key].as_str().unwrap_or_default().to_owned();
    cloud.put_environment(&name("table")).expect("the environment is put");
    let me = std::env::current_exe().expect("this test's own path");
    output(
        Command::new(me)
            .args(["--exact", "through_the_sdk", "--ignored", "--nocapture"])
            .envs(cloud.environment())
            .env("CONFORMANCE_TABLE", name("table"))
            .env("CONFORMANCE_BUS", name("bus"))
            .env("CONFORMANCE_QUEUE", name("queue"))
            .env("CONFORMANCE_DLQ", name("dlq")),
    );
}
