//! ECS services: their operations. How their tasks converge is the scheduler's.

use std::collections::BTreeMap;

use domain::failure::Cause;
use domain::kind::service::{Rollout, Service as Wanted, ServiceLife, ServiceSeen, Settings};
use domain::ports::{CreateService, ServiceView, TargetView, UpdateService};
use domain::resource::Tags;
use jiff::Timestamp;

use super::environment::Environment;
use super::task_definitions::TaskDefinitions;
use super::turn::{Answer, Refused, Turn};

mod scheduler;
pub(super) use scheduler::Surroundings;

#[derive(Debug, Clone)]
pub(super) struct Service {
    /// Tells it from a later one of the same name.
    number: u64,
    pub(super) arn: String,
    pub(super) tags: Tags,
    token: String,
    /// With what it was created: a repeat must ask for the same.
    asked: (String, Wanted),
    settings: Settings,
    pub(super) life: ServiceLife,
    pub(super) desired_count: u32,
    /// The first is PRIMARY.
    pub(super) deployments: Vec<Deployment>,
    /// The last deployment that was completed, for a rollback.
    completed: Option<Deployment>,
    tasks: Vec<Task>,
    /// Tasks that were ever started.
    launched: u32,
    steady: bool,
    check: Option<u64>,
}

#[derive(Debug, Clone)]
pub(super) struct Deployment {
    number: u64,
    since: Timestamp,
    pub(super) revision: String,
    pub(super) rollout: Rollout,
    failures: u32,
    /// No start of a task until the hold ends.
    held: bool,
}

#[derive(Debug, Clone)]
struct Task {
    number: u64,
    /// The how many-th of its service: its durations follow from it, whatever else has happened.
    ordinal: u32,
    deployment: u64,
    state: TaskState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TaskState {
    Starting,
    Running,
    Stopping,
}

/// By name: the environment has one cluster.
#[derive(Debug, Clone, Default)]
pub(super) struct Services(pub(super) BTreeMap<String, Service>);

impl Services {
    /// Whether a task may have its network interface in the subnet or the group `id`.
    pub(super) fn are_in(&self, id: &str) -> bool {
        let standing = self.0.values().filter(|service| service.life != ServiceLife::Inactive);
        standing.map(|service| &service.settings).any(|settings| settings.security_group == id || settings.subnets.contains(id))
    }
}

fn missing() -> Refused {
    Refused::new(Cause::NotFound, "ServiceNotFoundException: Service not found.")
}

impl Services {
    /// An INACTIVE service is shown for a while, or not: it counts as gone.
    pub(super) fn describe(&self, name: &str) -> Option<ServiceView> {
        self.0.get(name).filter(|service| service.life != ServiceLife::Inactive).map(Service::view)
    }

    pub(super) fn create(
        &mut self,
        request: CreateService,
        definitions: &TaskDefinitions,
        place: &Environment,
        turn: &mut Turn,
    ) -> Answer<ServiceView> {
        let CreateService { name, token, task_definition, desired, tags } = request;
        let asked = (task_definition, desired);
        match self.0.get(&name).filter(|existing| existing.life != ServiceLife::Inactive) {
            Some(existing) if existing.life == ServiceLife::Draining => {
                return Err(Refused::fact("ecs_service_draining", Cause::InvalidState, &[]));
            }
            Some(existing) if existing.token == token && existing.asked == asked => return Ok(existing.view()),
            Some(_) => return Err(Refused::fact("ecs_service_exists", Cause::AlreadyExists, &[])),
            None => {}
        }
        let revision = definitions.usable(&asked.0)?.arn.clone();
        let service = Service {
            number: turn.unique(),
            arn: place.arn("ecs", &format!("service/{}/{name}", asked.1.cluster)),
            tags,
            token,
            life: ServiceLife::Active,
            desired_count: asked.1.initial_count,
            deployments: vec![Deployment::new(revision, turn)],
            completed: None,
            tasks: Vec::new(),
            launched: 0,
            steady: false,
            check: None,
            settings: asked.1.settings(),
            asked,
        };
        let view = service.view();
        self.0.entry(name.clone()).insert_entry(service).get_mut().converge(&name, turn);
        Ok(view)
    }

    pub(super) fn update(&mut self, request: UpdateService, definitions: &TaskDefinitions, turn: &mut Turn) -> Answer<ServiceView> {
        let name = &request.name;
        let service = self.0.get_mut(name).ok_or_else(missing)?;
        if service.life != ServiceLife::Active {
            return Err(Refused::fact("ecs_service_not_active", Cause::InvalidState, &[]));
        }
        let revision = definitions.usable(&request.task_definition)?.arn.clone();
        // Deployments follow from a change of where tasks stand or are reached.
        let redeploys = |now: &Settings| {
            (&now.subnets, &now.security_group, &now.target)
                != (&service.settings.subnets, &service.settings.security_group, &service.settings.target)
        };
        let moved = request.settings.as_ref().is_some_and(redeploys);
        if let Some(settings) = request.settings {
            service.settings = settings;
        }
        // The same revision without forceNewDeployment makes no deployment.
        if moved || service.primary().is_none_or(|primary| primary.revision != revision) {
            service.deployments.insert(0, Deployment::new(revision, turn));
            service.converge(name, turn);
        }
        Ok(service.view())
    }

    /// All tasks anew, of the revision that it has.
    pub(super) fn force(&mut self, name: &str, turn: &mut Turn) -> Answer<()> {
        let service = self.0.get_mut(name).ok_or_else(missing)?;
        let primary = service.primary().filter(|_| service.life == ServiceLife::Active);
        let revision = primary.ok_or_else(|| Refused::fact("ecs_service_not_active", Cause::InvalidState, &[]))?.revision.clone();
        service.deployments.insert(0, Deployment::new(revision, turn));
        service.converge(name, turn);
        Ok(())
    }

    /// What is registered with a target group: tasks that run answer.
    pub(super) fn targets(&self, group: &str) -> Vec<TargetView> {
        let of_group = |service: &&Service| service.settings.target.as_ref().is_some_and(|target| target.group == group);
        let running = self.0.values().filter(of_group).map(|service| service.count(TaskState::Running)).sum::<u32>();
        (0..running).map(|_| TargetView { state: "healthy".to_owned(), reason: None }).collect()
    }

    /// A count of its own: bounds of Auto Scaling bind Auto Scaling alone.
    pub(super) fn count(&mut self, name: &str, count: u32, turn: &mut Turn) -> Answer<()> {
        self.0.get(name).ok_or_else(missing)?;
        match self.set_desired_count(name, count, turn) {
            true => Ok(()),
            false => Err(Refused::fact("ecs_service_not_active", Cause::InvalidState, &[])),
        }
    }

    /// All its tasks end by themselves; the scheduler replaces them.
    pub(super) fn end_tasks(&mut self, name: &str, turn: &mut Turn) {
        if let Some(service) = self.0.get_mut(name) {
            service.tasks.clear();
            service.converge(name, turn);
        }
    }

    /// How many tasks an active service wants.
    pub(super) fn count_of(&self, name: &str) -> Option<u32> {
        self.0.get(name).filter(|service| service.life == ServiceLife::Active).map(|service| service.desired_count)
    }

    /// Somebody else's change, such as Auto Scaling's.
    pub(super) fn set_desired_count(&mut self, name: &str, count: u32, turn: &mut Turn) -> bool {
        let Some(service) = self.0.get_mut(name).filter(|service| service.life == ServiceLife::Active) else {
            return false;
        };
        service.desired_count = count;
        service.converge(name, turn);
        true
    }

    pub(super) fn delete(&mut self, name: &str, turn: &mut Turn) -> Answer<ServiceView> {
        let service = self.0.get_mut(name).ok_or_else(missing)?;
        if service.life == ServiceLife::Inactive {
            return Err(Refused::fact("ecs_service_not_active", Cause::InvalidState, &[]));
        }
        service.life = ServiceLife::Draining;
        service.desired_count = 0;
        service.converge(name, turn);
        Ok(service.view())
    }

    pub(super) fn active(&self) -> usize {
        self.0.values().filter(|service| service.life == ServiceLife::Active).count()
    }

    pub(super) fn tag(&mut self, arn: &str, tags: Tags) -> Answer<()> {
        let service = self.0.values_mut().find(|service| service.arn == arn && service.life != ServiceLife::Inactive);
        service.ok_or_else(missing)?.tags.extend(tags);
        Ok(())
    }
}

impl Deployment {
    fn new(revision: String, turn: &mut Turn) -> Self {
        Self { number: turn.unique(), since: turn.now, revision, rollout: Rollout::InProgress, failures: 0, held: false }
    }
}

impl Service {
    pub(super) fn primary(&self) -> Option<&Deployment> {
        self.deployments.first()
    }

    fn count(&self, state: TaskState) -> u32 {
        u32::try_from(self.tasks.iter().filter(|task| task.state == state).count()).unwrap_or(u32::MAX)
    }

    fn view(&self) -> ServiceView {
        let seen = ServiceSeen {
            life: self.life,
            desired_count: self.desired_count,
            running_count: self.count(TaskState::Running),
            rollout: self.primary().map_or(Rollout::Completed, |primary| primary.rollout),
            primary: None,
            revisions: Vec::new(),
            settings: self.settings.clone(),
        };
        let primary = self.primary().map(|primary| primary.revision.clone());
        let deployed_at = self.primary().map(|primary| primary.since);
        let has_failed = self.deployments.iter().skip(1).any(|deployment| deployment.rollout == Rollout::Failed);
        let rolls_back = has_failed && seen.rollout == Rollout::InProgress;
        ServiceView { arn: self.arn.clone(), tags: self.tags.clone(), seen, primary, deployed_at, rolls_back }
    }
}
