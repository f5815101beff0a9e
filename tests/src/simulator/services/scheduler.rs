//! Brings each service's tasks to what the service asks for: level-triggered, minimum healthy 100 %, maximum 200 %.

use domain::kind::service::{Rollout, ServiceLife};
use jiff::SignedDuration;

use super::super::file_systems::FileSystems;
use super::super::secrets::Secrets;
use super::super::task_definitions::TaskDefinitions;
use super::super::turn::{Transition, Turn};
use super::{Deployment, Service, Services, Task, TaskState};

/// "The service scheduler … incrementally slow[s] down": its times are not published; the local cloud has the same.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html>
const HOLD: SignedDuration = SignedDuration::from_secs(10);

/// The circuit breaker's threshold: half of the desired count, but at least 3 and at most 200 failed starts.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html>
fn breaks_at(desired: u32) -> u32 {
    desired.div_ceil(2).clamp(3, 200)
}

/// What a task needs in order to start.
pub(in super::super) struct Surroundings<'a> {
    pub(in super::super) definitions: &'a TaskDefinitions,
    pub(in super::super) secrets: &'a Secrets,
    pub(in super::super) file_systems: &'a FileSystems,
}

impl Surroundings<'_> {
    /// Whether all that the revision refers to is there.
    pub(in super::super) fn can_start(&self, revision: &str, turn: &Turn) -> bool {
        // arn:…:secret:NAME:KEY:STAGE:VERSION
        let arn = |from: &str| from.split(':').take(7).collect::<Vec<_>>().join(":");
        let readable = |from: &String| self.secrets.find(&arn(from), turn.now).is_some_and(|secret| !secret.is_in_recovery());
        self.definitions.find(revision).is_some_and(|revision| {
            !self.definitions.is_spoilt(&revision.content.image)
                && revision.content.secrets.values().all(readable)
                && revision.content.mounts.values().all(|mount| self.file_systems.is_mountable(&mount.file_system))
        })
    }
}

impl Services {
    fn of(&mut self, number: u64) -> Option<(String, &mut Service)> {
        self.0.iter_mut().find(|(_, service)| service.number == number).map(|(name, service)| (name.clone(), service))
    }

    pub(in super::super) fn becomes(&mut self, transition: &Transition, around: &Surroundings<'_>, turn: &mut Turn) {
        let number = match transition {
            Transition::TaskStarted { service, .. }
            | Transition::TaskStopped { service, .. }
            | Transition::HoldEnds { service }
            | Transition::SteadyChecked { service, .. }
            | Transition::ServiceDrained { service } => *service,
            _ => return,
        };
        let Some((name, service)) = self.of(number) else {
            return;
        };
        match transition {
            Transition::TaskStarted { task, .. } => service.started(*task, around, turn),
            Transition::TaskStopped { task, .. } => service.tasks.retain(|known| known.number != *task),
            Transition::HoldEnds { .. } => service.deployments.iter_mut().for_each(|deployment| deployment.held = false),
            Transition::SteadyChecked { check, .. } => service.checked(*check, turn),
            Transition::ServiceDrained { .. } => service.life = ServiceLife::Inactive,
            _ => {}
        }
        service.converge(&name, turn);
    }
}

impl Service {
    /// Starts and stops what is due now; the rest comes with the tasks' own changes.
    pub(super) fn converge(&mut self, name: &str, turn: &mut Turn) {
        match self.life {
            ServiceLife::Inactive | ServiceLife::NoImage => {}
            ServiceLife::Draining => self.drain(name, turn),
            ServiceLife::Active => {
                self.stop_surplus(name, turn);
                self.start_missing(name, turn);
                self.settle(name, turn);
            }
        }
    }

    fn primary_number(&self) -> Option<u64> {
        self.primary().map(|primary| primary.number)
    }

    fn start_missing(&mut self, name: &str, turn: &mut Turn) {
        let Some(primary) = self.primary().filter(|primary| primary.rollout != Rollout::Failed && !primary.held) else {
            return;
        };
        let deployment = primary.number;
        let own = self.tasks.iter().filter(|task| task.deployment == deployment && task.state != TaskState::Stopping).count();
        let desired = self.desired_count as usize;
        let most = desired * usize::from(self.settings.maximum_percent) / 100;
        let room = most.saturating_sub(self.tasks.len());
        for _ in 0..desired.saturating_sub(own).min(room) {
            self.launched += 1;
            let task = Task { number: turn.unique(), ordinal: self.launched, deployment, state: TaskState::Starting };
            let wait = turn.takes("ecs-task", "start", &format!("{name}/{}", task.ordinal));
            turn.later(wait, Transition::TaskStarted { service: self.number, task: task.number });
            self.tasks.push(task);
        }
    }

    /// Tasks of former deployments go as those of the new one run, and those above the desired count.
    fn stop_surplus(&mut self, name: &str, turn: &mut Turn) {
        let primary = self.primary_number();
        // ECS rounds the least up, and the most down (API reference, DeploymentConfiguration).
        let least = (self.desired_count * u32::from(self.settings.minimum_percent)).div_ceil(100);
        let mut spare = self.count(TaskState::Running).saturating_sub(least);
        let mut own = self.tasks.iter().filter(|task| Some(task.deployment) == primary && task.state != TaskState::Stopping).count();
        let mut due = Vec::new();
        for task in &self.tasks {
            let former = Some(task.deployment) != primary;
            let surplus = !former && own > self.desired_count as usize;
            let may = match task.state {
                TaskState::Stopping => false,
                TaskState::Starting => former || surplus,
                TaskState::Running => (former || surplus) && spare > 0,
            };
            if may {
                spare -= u32::from(task.state == TaskState::Running);
                own -= usize::from(!former);
                due.push(task.number);
            }
        }
        due.into_iter().for_each(|task| self.stop(name, task, turn));
    }

    fn stop(&mut self, name: &str, number: u64, turn: &mut Turn) {
        let Some(task) = self.tasks.iter_mut().find(|task| task.number == number) else {
            return;
        };
        task.state = TaskState::Stopping;
        let wait = turn.takes("ecs-task", "stop", &format!("{name}/{}", task.ordinal));
        turn.later(wait, Transition::TaskStopped { service: self.number, task: number });
    }

    fn drain(&mut self, name: &str, turn: &mut Turn) {
        let live: Vec<_> = self.tasks.iter().filter(|task| task.state != TaskState::Stopping).map(|task| task.number).collect();
        live.into_iter().for_each(|task| self.stop(name, task, turn));
        // The check doubles as the mark that its end is under way.
        if self.tasks.is_empty() && self.check != Some(0) {
            self.check = Some(0);
            let wait = turn.takes("ecs-service", "drain", name);
            turn.later(wait, Transition::ServiceDrained { service: self.number });
        }
    }

    /// A task runs, unless it misses something: then ECS tries again, until the circuit breaker ends the deployment.
    fn started(&mut self, number: u64, around: &Surroundings<'_>, turn: &mut Turn) {
        let Some(task) = self.tasks.iter_mut().find(|task| task.number == number && task.state == TaskState::Starting) else {
            return;
        };
        let deployment = self.deployments.iter_mut().find(|deployment| deployment.number == task.deployment);
        let ready = deployment.as_ref().is_some_and(|deployment| around.can_start(&deployment.revision, turn));
        if ready {
            task.state = TaskState::Running;
            return;
        }
        self.tasks.retain(|task| task.number != number);
        let breaks_at = breaks_at(self.desired_count);
        let Some(deployment) = self.deployments.first_mut().filter(|deployment| deployment.rollout == Rollout::InProgress) else {
            return;
        };
        deployment.failures += 1;
        if deployment.failures >= breaks_at {
            self.fail(turn);
        } else {
            deployment.held = true;
            turn.later(HOLD, Transition::HoldEnds { service: self.number });
        }
    }

    /// With rollback on, the last completed revision becomes PRIMARY again; without one the deployment stays failed.
    fn fail(&mut self, turn: &mut Turn) {
        turn.tell(&self.arn);
        self.deployments[0].rollout = Rollout::Failed;
        if let Some(former) = self.completed.clone().filter(|former| former.number != self.deployments[0].number) {
            self.deployments.retain(|deployment| deployment.number != former.number);
            self.deployments.insert(0, Deployment { rollout: Rollout::InProgress, ..former });
        }
    }

    fn is_as_wanted(&self) -> bool {
        let primary = self.primary_number();
        let running = |task: &Task| Some(task.deployment) == primary && task.state == TaskState::Running;
        self.primary().is_some_and(|primary| primary.rollout != Rollout::Failed)
            && self.tasks.len() == self.desired_count as usize
            && self.tasks.iter().all(running)
    }

    /// Once the tasks are as wanted, and still are after AWS's pause, the service is steady.
    fn settle(&mut self, name: &str, turn: &mut Turn) {
        if !self.is_as_wanted() {
            (self.steady, self.check) = (false, None);
        } else if !self.steady && self.check.is_none() {
            let check = turn.unique();
            self.check = Some(check);
            let wait = turn.takes("ecs-service", "steady", name);
            turn.later(wait, Transition::SteadyChecked { service: self.number, check });
        }
    }

    fn checked(&mut self, check: u64, turn: &mut Turn) {
        if self.check != Some(check) || self.life != ServiceLife::Active || !self.is_as_wanted() {
            return;
        }
        (self.steady, self.check) = (true, None);
        let primary = &mut self.deployments[0];
        if primary.rollout == Rollout::InProgress {
            primary.rollout = Rollout::Completed;
            self.completed = Some(primary.clone());
            self.deployments.truncate(1);
            turn.tell(&self.arn);
        }
        turn.tell(&self.arn);
    }
}
