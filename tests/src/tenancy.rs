//! A tenant of MATE on the local cloud, with a real broker and the programs of its application.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::eye::{Eye, folder, path, program};
use crate::local_cloud::{Profile, root};
use crate::stage::{Stage, StageError};

/// The tenant, of the tier enterprise, and all that it stands on.
#[derive(Debug)]
pub struct Tenancy {
    /// Where it stands.
    pub stage: Stage,
    /// Where its tasks are counted.
    counts: PathBuf,
    environment: &'static str,
}

/// What stands behind the tasks of its workers.
#[derive(Debug, Clone, Copy)]
pub enum Workers<'a> {
    /// Celery, with these variables besides its task definition's.
    Real(&'a [(&'a str, &'a str)]),
    /// Nothing: tasks of ECS are counted, and those of Celery wait for ever.
    Absent,
}

impl Tenancy {
    /// Deploys the functions that were built last, by the shipped template, and has the base and the tenant made. `name` is that of its
    /// folder in `.local`.
    ///
    /// # Errors
    /// See [`StageError`].
    pub fn stand(name: &str, workers: Workers<'_>) -> Result<Self, StageError> {
        let target = std::env::var("CARGO_TARGET_DIR").map_or_else(|_| root().join("target"), PathBuf::from);
        let stage = Stage::set(Profile::Instant, name, &target.join("lambda"))?;
        let tenancy = Self::of(stage, name, "dev")?;
        let file = tenancy.stage.event("environment-created", &json!({}))?;
        tenancy.stage.run(&["apply", "-f", &file, "--wait", "--timeout", "15m"])?;
        tenancy.stage.push_images()?;
        if let Workers::Real(variables) = workers {
            tenancy.employ(variables)?;
        }
        let file = tenancy.stage.event("tenant-created", &json!({ "tier": "enterprise" }))?;
        match tenancy.stage.show(&["apply", "-f", &file, "--wait", "--timeout", "15m"])? {
            0 => Ok(tenancy),
            code => Err(StageError::Answer("apply".to_owned(), format!("it ended with {code}"))),
        }
    }

    /// The tenant `demo` of `environment` on a stage of yours, which has it made after this. Groups of ElastiCache get brokers from now on.
    ///
    /// # Errors
    /// The control call failed, or there is no room to count tasks.
    pub fn of(stage: Stage, name: &str, environment: &'static str) -> Result<Self, StageError> {
        stage.cloud.control("POST", "elasticache/brokers", &json!({ "enabled": true }))?;
        let counts = root().join(".local").join(format!("{name}-{}", std::process::id())).join("counts");
        std::fs::create_dir_all(&counts)?;
        Ok(Self { counts: counts.canonicalize()?, stage, environment })
    }

    /// The service of its workers.
    fn service(&self) -> String {
        format!("mate-demo-{}-celery", self.environment)
    }

    /// From now on tasks of its workers are processes of Celery, with these variables besides their definition's.
    ///
    /// # Errors
    /// The control call failed.
    pub fn employ(&self, variables: &[(&str, &str)]) -> Result<(), StageError> {
        let python = root().join(".tools/venv/bin/python");
        let mut environment = json!({ "PYTHONPATH": path(), "HOME": "/tmp", "DEMO_COUNTS": self.counts });
        for (name, value) in variables {
            environment[*name] = json!(value);
        }
        let command = json!([python, "-m", "celery", "-A", "mate", "worker", "--loglevel", "INFO"]);
        let order =
            json!({ "service": self.service(), "container": "celery", "command": command, "cwd": folder(), "environment": environment });
        self.stage.cloud.control("POST", "ecs/processes", &order)?;
        Ok(())
    }

    /// What a program of the tenant's needs: the cloud, and whom to trust.
    fn environment(&self) -> Result<Vec<(&'static str, String)>, StageError> {
        let brokers = self.stage.cloud.control("GET", "elasticache/brokers", &Value::Null)?;
        let mut environment = self.stage.environment();
        environment.push(("AWS_DEFAULT_REGION", "us-east-1".to_owned()));
        environment.push(("TENANT_GROUP", format!("mate-demo-{}", self.environment)));
        environment.push(("DEMO_COUNTS", self.counts.to_string_lossy().into_owned()));
        environment.push(("SSL_CERT_FILE", brokers["ca"].as_str().unwrap_or_default().to_owned()));
        Ok(environment)
    }

    /// Runs a program of the tenant's to its end.
    ///
    /// # Errors
    /// It cannot be run, or has failed: what it said.
    pub fn program(&self, name: &str, arguments: &[&str]) -> Result<(), StageError> {
        let output = program(name, &self.environment()?).args(arguments).output()?;
        let said = || StageError::Answer(name.to_owned(), String::from_utf8_lossy(&output.stderr).into_owned());
        output.status.success().then_some(()).ok_or_else(said)
    }

    /// Begins to look at its broker and its counts.
    ///
    /// # Errors
    /// The program cannot be run.
    pub fn eye(&self) -> Result<Eye, StageError> {
        Ok(Eye::open(&self.environment()?)?)
    }

    /// Workers that run.
    ///
    /// # Errors
    /// The control call failed.
    pub fn running(&self) -> Result<u64, StageError> {
        self.workers(|worker| worker["exitCode"].is_null())
    }

    /// Workers that have ended.
    ///
    /// # Errors
    /// The control call failed.
    pub fn stopped(&self) -> Result<u64, StageError> {
        self.workers(|worker| !worker["exitCode"].is_null())
    }

    fn workers(&self, counts: impl Fn(&Value) -> bool) -> Result<u64, StageError> {
        let processes = self.stage.cloud.control("GET", "ecs/processes", &Value::Null)?;
        let service = self.service();
        let all = processes["processes"].as_array().into_iter().flatten();
        Ok(all.filter(|one| one["service"] == service.as_str() && counts(one)).count() as u64)
    }

    /// The pool of workers as `caretaker explain` tells of it.
    ///
    /// # Errors
    /// The tool cannot be run, or gives no JSON.
    pub fn pool(&self) -> Result<Value, StageError> {
        let (_, answer) = self.stage.ask(&["explain", "demo", "--environment", self.environment])?;
        Ok(answer.pointer(&format!("/pools/{}", self.service())).cloned().unwrap_or_default())
    }
}
