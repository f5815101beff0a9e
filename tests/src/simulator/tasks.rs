//! One-off ECS tasks: they start, work, exit, and are forgotten after an hour.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use domain::failure::Cause;
use domain::ports::{ListTasks, RunTask, StopTask, TaskView};
use jiff::{SignedDuration, Timestamp};

use super::environment::Environment;
use super::services::Surroundings;
use super::turn::{Answer, Refused, Transition, Turn};

/// "Stopped tasks are only available for about an hour": ECS API reference, DescribeTasks.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(1);

#[derive(Debug, Clone)]
struct Task {
    number: u64,
    family: String,
    asked: RunTask,
    state: State,
    exit_code: Option<i32>,
    reason: String,
    stopped_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Starting,
    Running,
    Stopping,
    Stopped,
}

/// By ARN; what the next tasks of a family exit with; images that are in no repository.
#[derive(Debug, Clone, Default)]
pub(super) struct Tasks {
    tasks: BTreeMap<String, Task>,
    exits: BTreeMap<String, VecDeque<i32>>,
    missing_images: BTreeSet<String>,
}

impl Tasks {
    /// Has the next task of `family` exit with `code`; without, it is 0.
    pub(super) fn will_exit(&mut self, family: &str, code: i32) {
        self.exits.entry(family.to_owned()).or_default().push_back(code);
    }

    /// Takes an image (`REPOSITORY:TAG`) out of its repository, or puts it there.
    pub(super) fn set_image(&mut self, image: &str, is_there: bool) {
        if is_there {
            self.missing_images.remove(image);
        } else {
            self.missing_images.insert(image.to_owned());
        }
    }

    pub(super) fn has_image(&self, repository: &str, tag: &str) -> bool {
        // The tag `missing` is never there.
        tag != "missing" && !self.missing_images.contains(&format!("{repository}:{tag}"))
    }

    pub(super) fn run(&mut self, request: RunTask, revision: (String, String), place: &Environment, turn: &mut Turn) -> Answer<String> {
        let (arn, family) = revision;
        let same_token = |task: &&Task| task.asked.token == request.token && task.asked.cluster == request.cluster;
        if let Some(known) = self.tasks.values().find(same_token) {
            let same = known.asked == request;
            let of = self.tasks.iter().find(|(_, task)| task.number == known.number).map(|(arn, _)| arn.clone());
            return match of {
                Some(arn) if same => Ok(arn),
                _ => Err(Refused::fact("ecs_run_task_token_other_parameters", Cause::InvalidRequest, &[])),
            };
        }
        let (number, start) = (turn.unique(), turn.takes("ecs-task", "start", &family));
        let id = place.arn("ecs", &format!("task/{}/{number:032x}", request.cluster));
        let asked = RunTask { task_definition: arn, ..request };
        turn.later(start, Transition::OneOffStarted { task: number });
        let task = Task { number, family, asked, state: State::Starting, exit_code: None, reason: String::new(), stopped_at: None };
        self.tasks.insert(id.clone(), task);
        Ok(id)
    }

    pub(super) fn list(&self, request: &ListTasks, now: Timestamp) -> Vec<String> {
        let shown = |task: &Task| {
            task.asked.cluster == request.cluster
                && task.family == request.family
                && matches!(task.state, State::Stopping | State::Stopped) == request.stopped
                && task.stopped_at.is_none_or(|at| now.duration_since(at) < REMEMBERED)
        };
        self.tasks.iter().filter(|(_, task)| shown(task)).map(|(arn, _)| arn.clone()).collect()
    }

    pub(super) fn describe(&self, arns: &[String]) -> Vec<TaskView> {
        let view = |arn: &String| {
            let task = self.tasks.get(arn)?;
            let status = match task.state {
                State::Starting => "PENDING",
                State::Running => "RUNNING",
                State::Stopping => "STOPPING",
                State::Stopped => "STOPPED",
            };
            let (revision, reason) = (task.asked.task_definition.clone(), task.reason.clone());
            Some(TaskView { arn: arn.clone(), revision, status: status.to_owned(), exit_code: task.exit_code, reason })
        };
        arns.iter().filter_map(view).collect()
    }

    pub(super) fn stop(&mut self, request: &StopTask, turn: &mut Turn) -> Answer<()> {
        let task = self.tasks.get_mut(&request.task);
        let task =
            task.ok_or_else(|| Refused::new(Cause::InvalidRequest, "InvalidParameterException: The referenced task was not found."))?;
        if matches!(task.state, State::Starting | State::Running) {
            task.end(None, &request.reason, turn);
        }
        Ok(())
    }

    pub(super) fn becomes(&mut self, transition: &Transition, around: &Surroundings<'_>, turn: &mut Turn) {
        let (Transition::OneOffStarted { task: number }
        | Transition::OneOffExits { task: number }
        | Transition::OneOffStopped { task: number }) = transition
        else {
            return;
        };
        let Some(task) = self.tasks.values_mut().find(|task| task.number == *number) else { return };
        match (transition, task.state) {
            (Transition::OneOffStarted { .. }, State::Starting) if around.can_start(&task.asked.task_definition, turn) => {
                task.state = State::Running;
                let wait = turn.takes("ecs-task", "run", &task.family);
                turn.later(wait, Transition::OneOffExits { task: task.number });
            }
            (Transition::OneOffStarted { .. }, State::Starting) => task.end(None, "ResourceInitializationError", turn),
            (Transition::OneOffExits { .. }, State::Running) => {
                let code = self.exits.get_mut(&task.family).and_then(VecDeque::pop_front).unwrap_or(0);
                task.end(Some(code), "Essential container in task exited", turn);
            }
            (Transition::OneOffStopped { .. }, State::Stopping) => {
                (task.state, task.stopped_at) = (State::Stopped, Some(turn.now));
                turn.tell(&task.asked.task_definition);
            }
            _ => {}
        }
    }

    /// A line each, for the census: what works.
    pub(super) fn lines(&self) -> Vec<String> {
        let at_work = self.tasks.values().filter(|task| task.state != State::Stopped);
        at_work.map(|task| format!("task of {} {:?}", task.family, task.state)).collect()
    }
}

impl Task {
    fn end(&mut self, exit_code: Option<i32>, reason: &str, turn: &mut Turn) {
        (self.state, self.exit_code, self.reason) = (State::Stopping, exit_code, reason.to_owned());
        let wait = turn.takes("ecs-task", "stop", &self.family);
        turn.later(wait, Transition::OneOffStopped { task: self.number });
    }
}
