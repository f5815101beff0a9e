//! What a test sets: faults, quotas, messages, and what others do on AWS.

use domain::failure::CallError;
use domain::ledger::Write;
use domain::ports::{Call, Reply};
use jiff::Timestamp;

use super::Simulator;
use super::faults::{Aim, Faults, Strike};
use super::receivers::{Letter, Stoppage};
use super::turn::Told;

impl Simulator {
    /// Calls and events take their time; without it (as at first) calls are instant, and schedules alone decide who goes on.
    pub fn with_latency(&self) {
        self.0.has_latency.set(true);
    }

    /// The log holds all of each request from now on; without it, only what the call is about.
    pub fn keep_requests(&self) {
        self.0.keeps_requests.set(true);
    }

    /// Durations and chances are those of `seed` from now on.
    pub fn reseed(&self, seed: u64) {
        self.world_mut().reseed(seed);
    }

    /// The faults from now on.
    pub fn set_faults(&self, faults: Faults) {
        self.world_mut().faults = faults;
    }

    /// Something happens once, at the aimed call.
    pub fn strike(&self, aim: Aim, strike: Strike) {
        self.world_mut().strikes.add(aim, strike);
    }

    /// Strikes that have not met their call: a test that meant them has not tested what it says.
    pub fn unmet_strikes(&self) -> usize {
        self.world().strikes.left()
    }

    /// At most so many more of what a create makes than stand now, by AWS's names: `rds.CreateDBInstance`. None: no limit.
    pub fn set_quota(&self, operation: &str, more: Option<usize>) {
        let now = self.0.executor.now();
        self.world_mut().set_quota(operation, more, now);
    }

    /// Has `hook` called with each event of AWS, on its arrival.
    pub fn on_aws_event(&self, hook: impl FnMut(Timestamp, &Told) + 'static) {
        self.0.hook.replace(Some(Box::new(hook)));
    }

    /// Puts a message on the tenant queue.
    pub fn send(&self, body: impl Into<String>, delay_seconds: u16) {
        let now = self.0.executor.now();
        self.world_mut().queue.send(body.into(), delay_seconds, now).unwrap_or_else(|refused| panic!("{refused:?}"));
        self.look();
    }

    /// Writes to the ledger as somebody else would. Panics if a condition does not hold.
    pub fn write_ledger(&self, writes: &[Write]) {
        self.world_mut().ledger.write(writes).unwrap_or_else(|refused| panic!("{refused:?}"));
    }

    /// A change of AWS that Caretaker does not make: by hand, or by another system. It is in no log.
    ///
    /// # Errors
    /// As AWS refuses it.
    pub fn by_hand(&self, call: impl Into<Call>) -> Result<Reply, CallError> {
        self.act(call.into(), false)
    }

    /// Somebody puts another value in place of a secret's. Panics if there is none.
    pub fn rotate_secret(&self, id: &str) {
        let now = self.0.executor.now();
        self.world_mut().aws.secrets.rotate(id, now).unwrap_or_else(|refused| panic!("{refused:?}"));
    }

    /// No task of this image comes up from now on.
    pub fn spoil_image(&self, image: &str) {
        self.world_mut().aws.definitions.spoil(image);
    }

    /// All tasks of a service end by themselves.
    pub fn end_tasks(&self, service: &str) {
        self.change(|world, turn| world.aws.services.end_tasks(service, turn));
    }

    /// What receivers have taken.
    pub fn letters(&self) -> Vec<Letter> {
        self.world().receivers.letters.clone()
    }

    /// Receivers fail as `outage` says.
    pub fn strike_receivers(&self, outage: Stoppage) {
        self.world_mut().receivers.outages.push(outage);
    }

    /// The messages of remediation's queue.
    pub fn reminders(&self) -> Vec<String> {
        self.world().reminders.iter().map(|(_, body)| body.clone()).collect()
    }

    /// Takes the messages of remediation's queue that can be received by now.
    pub fn take_reminders(&self) -> Vec<String> {
        let now = self.0.executor.now();
        let reminders = &mut self.world_mut().reminders;
        let (due, later) = std::mem::take(reminders).into_iter().partition::<Vec<_>, _>(|(at, _)| *at <= now);
        *reminders = later;
        due.into_iter().map(|(_, body)| body).collect()
    }

    /// The weekly maintenance window of a database. False: nothing was owed to it.
    pub fn open_maintenance_window(&self, name: &str) -> bool {
        self.change(|world, turn| world.aws.databases.open_maintenance_window(name, turn))
    }

    /// The weekly maintenance window of a replication group. False: nothing was owed to it.
    pub fn open_cache_window(&self, name: &str) -> bool {
        self.change(|world, turn| world.aws.caches.open_maintenance_window(name, turn))
    }

    /// The next one-off task of `family` exits with `code`; those of which nothing is said exit with 0.
    pub fn task_will_exit(&self, family: &str, code: i32) {
        self.world_mut().aws.tasks.will_exit(family, code);
    }

    /// Takes the image `REPOSITORY:TAG` out of its repository.
    pub fn withhold_image(&self, image: &str) {
        self.world_mut().aws.tasks.set_image(image, false);
    }

    /// The pipeline pushes the image `REPOSITORY:TAG`, and ECR tells of it.
    pub fn push_image(&self, image: &str) {
        let place = self.world().environment.clone();
        let uri = format!("{}.dkr.ecr.{}.amazonaws.com/{image}", place.account, place.region);
        self.change(|world, turn| {
            world.aws.tasks.set_image(image, true);
            turn.tell(&uri);
        });
    }

    /// Whether the hosted zone's parent names its servers, as it does at first: without that no certificate is validated.
    pub fn delegate_zone(&self, delegated: bool) {
        self.change(|world, turn| world.aws.naming.delegate(delegated, turn));
    }

    /// Somebody writes an object of so many bytes.
    pub fn write_object(&self, bucket: &str, key: &str, bytes: u64) {
        self.change(|world, turn| world.aws.storage.write(bucket, key, bytes, turn));
    }

    /// Somebody begins an upload in parts and never ends it.
    pub fn begin_upload(&self, bucket: &str, key: &str) {
        self.change(|world, turn| world.aws.storage.begin_upload(bucket, key, turn));
    }

    /// Another account makes a bucket of that name.
    pub fn take_bucket_name(&self, name: &str) {
        self.world_mut().aws.storage.take_name(name);
    }

    /// A backup job puts a recovery point into a vault, which AWS deletes by itself at `until`.
    pub fn back_up(&self, vault: &str, until: Option<Timestamp>) {
        let environment = self.world().environment.clone();
        self.change(|world, turn| world.aws.backups.back_up(vault, until, &environment, turn));
    }

    /// Another build of a function of Caretaker's own stack is deployed.
    pub fn deploy_function(&self, name: &str) {
        let environment = self.world().environment.clone();
        self.world_mut().aws.functions.deploy(name, &environment);
    }

    /// Suspends all scaling of a service, or none of it any more.
    pub fn suspend(&self, cluster: &str, service: &str, suspended: bool) {
        self.change(|world, _| world.aws.scaling.suspend(cluster, service, suspended));
    }

    /// Sets the desired count of a service, as Auto Scaling does. False: there is no such active service.
    pub fn set_desired_count(&self, service: &str, count: u32) -> bool {
        self.change(|world, turn| world.aws.services.set_desired_count(service, count, turn))
    }
}
