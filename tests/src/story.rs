//! What a tenant goes through in `make demo` between its making and its end: a burst of tasks, a lack of memory, a database's failover.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::game_day::{Day, OOM};
use crate::on_call::OnCall;
use crate::stage::StageError;
use crate::tenancy::Tenancy;

/// Tasks of the burst, and the seconds that each takes: 500 s of work, of which one worker does some 330 s within the blueprint's objective.
const BURST: (u64, &str) = (1_000, "0.5");
/// How long any part may take.
const PATIENCE: Duration = Duration::from_secs(180);
/// From one look to the next.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// The alarms that a database's failover sets off.
const DEPENDENT: [&str; 4] = ["unhealthy-targets", "balancer-5xx", "task-failures", "database-connections"];

/// What happens, told as it does.
pub struct Story<'a> {
    /// Whose.
    pub tenancy: &'a Tenancy,
    /// Who hears of it.
    pub on_call: OnCall<'a>,
    began: Instant,
}

/// What was seen of the workers and of the repair.
#[derive(Debug, Default)]
struct Work {
    desired: u64,
    running: u64,
    ended: u64,
    scaled_seconds: Option<f64>,
    words: Vec<String>,
    proven_seconds: Option<f64>,
    proof: String,
}

impl<'a> Story<'a> {
    /// Of the tenant `demo`.
    pub fn of(tenancy: &'a Tenancy, on_call: OnCall<'a>) -> Self {
        Self { tenancy, on_call, began: Instant::now() }
    }

    fn tell(&self, what: &str) {
        #[allow(clippy::print_stdout, reason = "it is for people to read")]
        {
            println!("{:>5} s  {what}", self.began.elapsed().as_secs());
        }
    }

    fn service(&self, of: &str) -> String {
        self.on_call.alarm_name("demo", of)
    }

    /// A burst of tasks, and meanwhile a task of Django that is out of memory: more workers, and a repair that is proven. Figures, and
    /// whether all came about.
    ///
    /// # Errors
    /// AWS, the tool or a program of the tenant's fails.
    pub fn work_and_repair(&mut self) -> Result<(Value, bool), StageError> {
        self.began = Instant::now();
        let (mut eye, since) = (self.tenancy.eye()?, Timestamp::now().as_millisecond());
        self.tenancy.program("publish.py", &["short", &BURST.0.to_string(), BURST.1])?;
        self.tell(&format!("{} tasks of {} s lie in the queue of one worker", BURST.0, BURST.1));
        // The sampler comes once a minute; its next moment is now.
        let rule = format!("mate-{}-sample-queues", self.on_call.environment);
        self.tenancy.stage.cloud.control("POST", "events/fire", &json!({ "rule": rule }))?;
        self.run_out_of_memory()?;
        let (mut work, end) = (Work { desired: 1, ..Work::default() }, Instant::now() + PATIENCE);
        while !work.is_done() && Instant::now() < end {
            std::thread::park_timeout(LOOK_EVERY);
            work.ended = eye.look()["tasks_ended"].as_u64().unwrap_or(0);
            self.look_at_workers(&mut work)?;
            self.look_at_repair(&mut work, since)?;
        }
        self.tell(&format!("{} of {} tasks are done, {} workers run and go on with the rest", work.ended, BURST.0, work.running));
        let figures = json!({ "tasks": BURST.0, "tasks_ended": work.ended, "workers_wanted": work.desired, "workers": work.running,
            "scaled_seconds": work.scaled_seconds, "decisions": work.words, "proven_seconds": work.proven_seconds, "proof": work.proof });
        Ok((figures, work.is_done()))
    }

    fn run_out_of_memory(&self) -> Result<(), StageError> {
        let service = self.service("django");
        let order = json!({ "cluster": format!("mate-{}", self.on_call.environment), "service": service,
            "stopCode": "EssentialContainerExited", "stoppedReason": "Essential container in task exited",
            "containers": [{ "name": "django", "exitCode": 137, "reason": OOM }] });
        self.tenancy.stage.cloud.control("POST", "ecs/stop-task", &order)?;
        self.tell(&format!("a task of {service} is killed: it is out of memory"));
        Ok(())
    }

    fn look_at_workers(&self, work: &mut Work) -> Result<(), StageError> {
        let pool = self.tenancy.pool()?;
        let (desired, running) = (pool.pointer("/history/left").and_then(Value::as_u64).unwrap_or(1), self.tenancy.running()?);
        if desired != work.desired {
            self.tell(&format!("workers: {} to {desired} are wanted", work.desired));
        }
        if running != work.running {
            self.tell(&format!("workers: {running} run, {} tasks are done", work.ended));
        }
        (work.desired, work.running) = (desired, running);
        if desired > 1 && running > 1 {
            work.scaled_seconds.get_or_insert_with(|| self.began.elapsed().as_secs_f64());
        }
        Ok(())
    }

    fn look_at_repair(&self, work: &mut Work, since: i64) -> Result<(), StageError> {
        let service = self.service("django");
        let decisions = Day(&self.tenancy.stage).decisions(since)?;
        let ours: Vec<_> = decisions.into_iter().filter(|decision| decision.inputs["service"] == service.as_str()).collect();
        for decision in ours.iter().skip(work.words.len()) {
            self.tell(&format!("repair: {}: {}", decision.word, decision.reason));
            if decision.word == "proven" {
                work.proven_seconds = Some(self.began.elapsed().as_secs_f64());
                work.proof.clone_from(&decision.reason);
            }
        }
        if ours.len() > work.words.len() {
            work.words = ours.into_iter().map(|decision| decision.word).collect();
        }
        Ok(())
    }

    /// The database fails over, and all that stands on it is at fault: one page, which somebody acknowledges, and then it is over.
    /// Figures, and whether it was one.
    ///
    /// # Errors
    /// AWS or a control call fails.
    pub fn fail_over(&mut self) -> Result<(Value, bool), StageError> {
        self.began = Instant::now();
        let (on_call, marker) = (self.on_call, format!("mate-demo-{}", self.on_call.environment));
        for alarm in DEPENDENT {
            on_call.alarm(&on_call.alarm_name("demo", alarm), "ALARM", None)?;
        }
        on_call.database("demo", "RDS-EVENT-0013", Timestamp::now())?;
        self.tell(&format!("{} alarms go off, and RDS says last that the database fails over", DEPENDENT.len()));
        self.until(|| Ok(on_call.sight(&marker)?.pages > 0))?;
        let paged_seconds = self.began.elapsed().as_secs_f64();
        let page = on_call.receivers.seen()?.incidents.into_iter().find(|call| call.title.contains(&marker));
        let title = page.map(|call| call.title).unwrap_or_default();
        self.tell(&format!("PagerDuty calls somebody: {title}"));
        let status = on_call.acknowledge(&marker, "ada")?;
        self.tell(&format!("ada acknowledges it in PagerDuty, whose webhook is answered with {status}"));
        self.until(|| self.is_told("acknowledge"))?;
        for alarm in DEPENDENT {
            on_call.alarm(&on_call.alarm_name("demo", alarm), "OK", None)?;
        }
        on_call.database("demo", "RDS-EVENT-0049", Timestamp::now())?;
        self.until(|| Ok(on_call.sight(&marker)?.resolved > 0))?;
        let sight = on_call.sight(&marker)?;
        self.tell(&format!("it is over, and so PagerDuty says; pages in all: {}", sight.pages));
        let figures = json!({ "signals": DEPENDENT.len() + 1, "pages": sight.pages, "resolved": sight.resolved, "title": title,
            "paged_seconds": paged_seconds, "webhook_status": status });
        Ok((figures, (sight.pages, sight.resolved, status) == (1, 1, 200)))
    }

    /// Whether Caretaker has told PagerDuty this of an incident.
    fn is_told(&self, action: &str) -> Result<bool, StageError> {
        let seen = self.on_call.receivers.seen()?;
        Ok(seen.messages.iter().any(|message| message.accepted && message.body["event_action"] == action))
    }

    fn until(&self, mut done: impl FnMut() -> Result<bool, StageError>) -> Result<(), StageError> {
        let end = Instant::now() + PATIENCE;
        while !done()? {
            if Instant::now() > end {
                return Err(StageError::Answer("the demo".to_owned(), "people did not see what was waited for".to_owned()));
            }
            std::thread::park_timeout(LOOK_EVERY);
        }
        Ok(())
    }
}

impl Work {
    fn is_done(&self) -> bool {
        self.scaled_seconds.is_some() && self.proven_seconds.is_some()
    }
}
