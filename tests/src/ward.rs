//! A tenant whose tasks fail: the shipped `remediate-task` beside the reconciler, with its reminders, in virtual time.

use domain::kind::service::TaskDefinition;
use domain::ports::{DescribeService, DescribeTaskDefinition, Operation, RegisterTaskDefinition, UpdateService};
use domain::remediation::memory::Memory;
use domain::resource::Tags;
use domain::tenant::Owner;
use domain::wake::Pace;
use jiff::SignedDuration;
use remediate_task::handler::handle;
use runtime::batch::Message;
use runtime::record::Handled;
use serde_json::{Value, json};

use crate::executor::task::Handle;
use crate::scenario::Scenario;
use crate::simulator::Environment;

/// The cluster of all services.
pub const CLUSTER: &str = "mate-dev";

/// A scenario whose tasks fail.
pub struct Ward {
    /// What it goes on in.
    pub scenario: Scenario,
}

/// What became of a message: decision, reason, and what it follows from.
pub type Told = (&'static str, String, Value);

/// The name of the service of `tenant`.
pub fn service(tenant: &str) -> String {
    format!("mate-{tenant}-dev-django")
}

/// The ARN of the service of `tenant`.
pub fn arn(tenant: &str) -> String {
    Environment::dev().arn("ecs", &format!("service/{CLUSTER}/{}", service(tenant)))
}

impl Ward {
    /// The tenant `demo`, ready, and nothing was heard of it yet.
    pub fn unheard(tier: &str) -> Self {
        let scenario = Scenario::default();
        scenario.want(tier, 1);
        scenario.rest();
        Self { scenario }
    }

    /// The tenant `demo`, ready, its image known as one that runs.
    pub fn with(tier: &str) -> Self {
        let ward = Self::unheard(tier);
        ward.steady("demo");
        // It is no new release any more.
        ward.wait(7_200);
        ward
    }

    /// So many tenants beside `demo`: `other0` and on.
    pub fn with_others(count: usize) -> Self {
        let ward = Self::with("trial");
        for n in 0..count {
            ward.scenario.tell("tenant-created", json!({ "tenant": format!("other{n}"), "tier": "trial", "version": 1 }));
        }
        ward.scenario.rest();
        (0..count).for_each(|n| assert_eq!(ward.scenario.heard(&format!("other{n}")), ["tenant-ready 1"], "{n}"));
        (0..count).for_each(|n| drop(ward.steady(&format!("other{n}"))));
        ward.wait(7_200);
        ward
    }

    /// Hands `bodies` to the function as one batch, in an invocation of its own.
    pub fn begin(&self, bodies: &[String]) -> Handle<Vec<Handled>> {
        let cloud = self.scenario.simulator.invoke(SignedDuration::from_secs(30));
        let records: Vec<_> = bodies.iter().map(|body| Message { body: body.clone(), receipt: None, receives: 1 }).collect();
        self.scenario.executor.spawn(async move { handle(&cloud, Pace::AWS, &records).await })
    }

    /// Hands `bodies` to the function as one batch; what became of each. None: it crashed.
    ///
    /// # Panics
    /// If it does not come to an end.
    pub fn hand(&self, bodies: &[String]) -> Option<Vec<Told>> {
        let task = self.begin(bodies);
        assert!(self.scenario.executor.run_until(|| task.end().is_some()), "the function comes to an end");
        let handled = task.take()?;
        let told = handled.iter().map(Handled::decision);
        Some(told.map(|decision| (decision.decision, decision.reason.clone(), decision.inputs.clone())).collect())
    }

    /// Hands one message to the function.
    ///
    /// # Panics
    /// If it crashed.
    pub fn tell(&self, body: &Value) -> Told {
        self.hand(&[body.to_string()]).expect("it did not crash").remove(0)
    }

    /// Lets so many seconds pass, in which the function gets its reminders.
    pub fn wait(&self, seconds: i64) -> Vec<Told> {
        let (end, mut told) = (self.scenario.executor.now() + SignedDuration::from_secs(seconds), Vec::new());
        while self.scenario.executor.now() < end {
            let due = self.scenario.simulator.take_reminders();
            told.extend(due.iter().filter_map(|body| self.hand(std::slice::from_ref(body))).flatten());
            self.scenario.executor.run_for(SignedDuration::from_secs(1));
        }
        told
    }

    // Events

    /// The stop of the task `id` of `tenant`, which it has just come to, with `change` in its detail.
    pub fn stop(&self, tenant: &str, id: &str, change: Value) -> Value {
        let text = include_str!("../../events/ecs-task-stopped.json").replace("000000000000", &Environment::dev().account);
        let mut event: Value = serde_json::from_str(&text).expect("the file is JSON");
        let now = self.scenario.executor.now();
        let detail = event["detail"].as_object_mut().expect("an object");
        detail["taskArn"] = json!(Environment::dev().arn("ecs", &format!("task/{CLUSTER}/{id}")));
        detail["taskDefinitionArn"] = json!(self.primary(tenant));
        detail["group"] = json!(format!("service:{}", service(tenant)));
        for (field, seconds) in [("createdAt", 30), ("startedAt", 20), ("stoppingAt", 3), ("stoppedAt", 0)] {
            detail[field] = json!(now - SignedDuration::from_secs(seconds));
        }
        detail.extend(change.as_object().expect("an object").clone());
        event["id"] = json!(format!("event-{id}"));
        event
    }

    /// ECS says that the service of `tenant` is steady.
    pub fn steady(&self, tenant: &str) -> Told {
        self.tell(&json!({ "id": "e", "source": "aws.ecs", "detail-type": "ECS Service Action", "time": self.scenario.executor.now(),
            "resources": [arn(tenant)], "detail": { "eventType": "INFO", "eventName": "SERVICE_STEADY_STATE" } }))
    }

    /// A release by CI/CD: the same with another image.
    ///
    /// # Panics
    /// If ECS refuses it.
    pub fn release(&self, tenant: &str, image: &str) {
        let content = TaskDefinition { image: image.into(), ..self.runs(tenant) };
        let register = RegisterTaskDefinition { content, tags: Tags::new() };
        let simulator = &self.scenario.simulator;
        let arn = RegisterTaskDefinition::of(simulator.by_hand(register).expect("it is taken")).expect("an ARN");
        let update = UpdateService { cluster: CLUSTER.into(), name: service(tenant), task_definition: arn, settings: None };
        simulator.by_hand(update).expect("it is taken");
    }

    // Sights

    /// The ARN of the revision that the service of `tenant` runs.
    ///
    /// # Panics
    /// If there is no such service.
    pub fn primary(&self, tenant: &str) -> String {
        let describe = DescribeService { cluster: CLUSTER.into(), name: service(tenant) };
        let view = DescribeService::of(self.scenario.simulator.by_hand(describe).expect("it answers")).flatten();
        view.and_then(|view| view.primary).expect("it stands")
    }

    /// What the service of `tenant` runs.
    ///
    /// # Panics
    /// If there is no such service.
    pub fn runs(&self, tenant: &str) -> TaskDefinition {
        let describe = DescribeTaskDefinition { id: self.primary(tenant) };
        let view = DescribeTaskDefinition::of(self.scenario.simulator.by_hand(describe).expect("it answers")).flatten();
        view.expect("it stands").content
    }

    /// What is remembered of the service of `tenant`.
    ///
    /// # Panics
    /// If it cannot be read.
    pub fn memory(&self, tenant: &str) -> Memory {
        let owner: Owner = format!("tenant#dev#{tenant}").parse().expect("an owner");
        let items = self.scenario.simulator.ledger(&Memory::partition(&owner));
        let item = items.iter().find(|item| item.key == service(tenant));
        item.map_or_else(Memory::default, |item| item.read().expect("it is ours"))
    }

    /// The overrides of `tenant`, by sort key.
    pub fn overrides(&self, tenant: &str) -> Vec<String> {
        let items = self.scenario.simulator.ledger(&format!("tenant#dev#{tenant}"));
        items.into_iter().map(|item| item.key).filter(|key| key.starts_with("override#")).collect()
    }

    /// The incidents that were told, as `opened warning dev/demo/mate-demo-dev-django/out-of-memory`.
    ///
    /// # Panics
    /// If one is not as the contract has it.
    pub fn incidents(&self) -> Vec<String> {
        let told = self.scenario.simulator.announced().into_iter().filter(|(_, entry)| entry.source == domain::incident::SOURCE);
        told.map(|(_, entry)| {
            let detail: Value = serde_json::from_str(&entry.detail).expect("JSON");
            let word = entry.detail_type.trim_start_matches("incident-").to_owned();
            format!("{word} {} {}", detail["severity"].as_str().expect("a severity"), detail["dedupKey"].as_str().expect("a key"))
        })
        .collect()
    }
}
