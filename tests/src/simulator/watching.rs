//! CloudWatch: alarms and dashboards, each under its name, at once.

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::plain::Shown;
use domain::kind::watching::{Alarm, Dashboard};
use domain::observed::Observed;
use domain::ports::{Call, Reply};
use domain::resource::Tags;
use serde::Serialize;

use super::environment::Environment;
use super::shelf::{Shelf, Thing};
use super::turn::{Answer, Refused, Turn};

#[derive(Debug, Clone)]
pub(super) struct Watching {
    alarms: Shelf<Alarm>,
    dashboards: Shelf<Dashboard>,
}

impl Watching {
    pub(super) fn new() -> Self {
        Self { alarms: Shelf::new(Detail::CloudwatchAlarm), dashboards: Shelf::new(Detail::CloudwatchDashboard) }
    }

    /// A line each, for the census.
    pub(super) fn lines(&self) -> Vec<String> {
        [self.alarms.lines("alarm"), self.dashboards.lines("dashboard")].concat()
    }

    pub(super) fn tags(&self) -> impl Iterator<Item = &Tags> {
        self.alarms.all().map(|one| &one.tags).chain(self.dashboards.all().map(|one| &one.tags))
    }

    /// Reads. None: the call is none of this service's.
    pub(super) fn read(&self, call: &Call, turn: &Turn) -> Option<Answer<Reply>> {
        let untagged = |observed: Observed| Observed { tags: Tags::new(), ..observed };
        Some(Ok(match call {
            Call::DescribeAlarm(request) => {
                Reply::DescribeAlarm(self.alarms.get(&request.name).map(|one| untagged(self.alarms.view(one, turn.now))))
            }
            Call::GetDashboard(request) => {
                Reply::GetDashboard(self.dashboards.get(&request.name).map(|one| untagged(self.dashboards.view(one, turn.now))))
            }
            Call::ListWatchTags(request) => {
                let tags = tags_of(&self.alarms, &request.arn).or_else(|| tags_of(&self.dashboards, &request.arn));
                return Some(tags.map(Reply::ListWatchTags).ok_or_else(|| missing(&request.arn)));
            }
            _ => return None,
        }))
    }

    /// Effects. None: the call is none of this service's.
    pub(super) fn change(&mut self, call: &Call, environment: &Environment, turn: &Turn) -> Option<Answer<Reply>> {
        Some(match call {
            Call::PutMetricAlarm(request) => {
                let arn = environment.arn("cloudwatch", &format!("alarm:{}", request.name));
                // Its severity is a tag.
                let properties = Alarm { severity: String::new(), ..request.desired.clone() };
                put(&mut self.alarms, &request.name, arn, &properties, &request.tags, turn);
                Ok(Reply::PutMetricAlarm(()))
            }
            // A name that is not there is no error.
            Call::DeleteAlarm(request) => {
                self.alarms.take(&request.name);
                Ok(Reply::DeleteAlarm(()))
            }
            Call::PutDashboard(request) => {
                let arn = format!("arn:aws:cloudwatch::{}:dashboard/{}", environment.account, request.name);
                put(&mut self.dashboards, &request.name, arn, &request.desired, &request.tags, turn);
                Ok(Reply::PutDashboard(()))
            }
            Call::DeleteDashboard(request) => match self.dashboards.take(&request.name) {
                Some(_) => Ok(Reply::DeleteDashboard(())),
                None => Err(Refused::fact("cloudwatch_dashboard_missing", Cause::NotFound, &[("name", &request.name)])),
            },
            Call::TagWatch(request) => {
                let tagged = tag(&mut self.alarms, &request.arn, &request.tags) || tag(&mut self.dashboards, &request.arn, &request.tags);
                tagged.then_some(Reply::TagWatch(())).ok_or_else(|| missing(&request.arn))
            }
            _ => return None,
        })
    }
}

/// What stands is replaced, and keeps its tags.
fn put<T: Clone + Serialize>(shelf: &mut Shelf<T>, name: &str, arn: String, properties: &T, tags: &Tags, turn: &Turn) {
    let tags = shelf.get(name).map_or_else(|| tags.clone(), |known| known.tags.clone());
    let shown = Shown::done(name, properties.clone()).giving("name", name);
    shelf.put(Thing { name: name.to_owned(), token: None, arn, tags, shown }, turn.now);
}

fn tags_of<T: Clone + Serialize>(shelf: &Shelf<T>, arn: &str) -> Option<Tags> {
    shelf.find(|thing| thing.arn == arn).map(|thing| thing.tags.clone())
}

fn tag<T: Clone + Serialize>(shelf: &mut Shelf<T>, arn: &str, tags: &Tags) -> bool {
    let id = shelf.find(|thing| thing.arn == arn).map(|thing| thing.shown.id.clone());
    id.is_some_and(|id| shelf.tag(&id, tags))
}

fn missing(arn: &str) -> Refused {
    Refused::new(Cause::NotFound, format!("ResourceNotFoundException: {arn} does not exist"))
}
