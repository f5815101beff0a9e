//! EFS: access points.

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::access_point::AccessPoint;
use domain::kind::file_system::LifeCycle;
use domain::kind::plain::{Progress, Shown};
use domain::observed::Observed;
use domain::ports::{Call, CreateAccessPoint, Reply};

use super::environment::Environment;
use super::file_systems::FileSystems;
use super::shelf::{Shelf, Thing};
use super::turn::{Answer, Refused, Transition, Turn};

/// By id.
#[derive(Debug, Clone)]
pub(super) struct AccessPoints(pub(super) Shelf<AccessPoint>);

impl AccessPoints {
    pub(super) fn new() -> Self {
        Self(Shelf::new(Detail::EfsAccessPoint))
    }

    /// Reads. None: the call is none about access points.
    pub(super) fn read(&self, call: &Call, turn: &Turn) -> Option<Answer<Reply>> {
        let Call::DescribeAccessPoint(request) = call else { return None };
        let is_it = |point: &Thing<AccessPoint>| {
            point.shown.properties.file_system == request.file_system && point.token.as_deref() == Some(&request.token)
        };
        Some(Ok(Reply::DescribeAccessPoint(self.0.find(is_it).map(|point| self.0.view(point, turn.now)))))
    }

    /// Effects. None: the call is none about access points.
    pub(super) fn change(
        &mut self,
        call: &Call,
        systems: &FileSystems,
        environment: &Environment,
        turn: &mut Turn,
    ) -> Option<Answer<Reply>> {
        Some(match call {
            Call::CreateAccessPoint(request) => self.create(request, systems, environment, turn).map(Reply::CreateAccessPoint),
            Call::DeleteAccessPoint(request) => self.delete(&request.id, turn).map(Reply::DeleteAccessPoint),
            // An access point is tagged as a file system is, by its id.
            Call::TagFileSystem(request) if self.0.tag(&request.id, &request.tags) => Ok(Reply::TagFileSystem(())),
            _ => return None,
        })
    }

    fn create(
        &mut self,
        request: &CreateAccessPoint,
        systems: &FileSystems,
        environment: &Environment,
        turn: &mut Turn,
    ) -> Answer<Observed> {
        if let Some(known) = self.0.find(|point| point.token.as_deref() == Some(&request.token)) {
            return Err(Refused::fact("efs_access_point_token", Cause::AlreadyExists, &[("id", &known.shown.id)]));
        }
        let system = &request.desired.file_system;
        match systems.0.get(system).map(|system| system.life) {
            None => return Err(Refused::new(Cause::NotFound, format!("FileSystemNotFound: File system '{system}' does not exist."))),
            Some(LifeCycle::Available) => {}
            Some(life) => {
                let names = [("id", system.as_str()), ("state", super::file_systems::state(life))];
                return Err(Refused::fact("efs_access_point_before_available", Cause::InvalidState, &names));
            }
        }
        let id = turn.hex("fsap-", 17);
        let wait = turn.takes("efs-access-point", "create", &request.token);
        turn.later(wait, Transition::AccessPointCreated { id: id.clone() });
        let arn = environment.arn("elasticfilesystem", &format!("access-point/{id}"));
        let mut tags = request.tags.clone();
        tags.insert("Name".to_owned(), request.name.clone());
        let shown = Shown { progress: Progress::Working("creating".to_owned()), ..Shown::done(id, request.desired.clone()) };
        Ok(self.0.put(Thing { name: request.name.clone(), token: Some(request.token.clone()), arn, tags, shown }, turn.now))
    }

    fn delete(&mut self, id: &str, turn: &mut Turn) -> Answer<()> {
        let missing = || Refused::new(Cause::NotFound, format!("AccessPointNotFound: Access point '{id}' does not exist."));
        let point = self.0.get_mut(id).ok_or_else(missing)?;
        if point.shown.progress != Progress::Leaving {
            point.shown.progress = Progress::Leaving;
            let wait = turn.takes("efs-access-point", "delete", id);
            turn.later(wait, Transition::AccessPointGone { id: id.to_owned() });
        }
        Ok(())
    }

    pub(super) fn becomes(&mut self, transition: &Transition) {
        match transition {
            Transition::AccessPointCreated { id } => {
                self.0.becomes_done(id);
            }
            Transition::AccessPointGone { id } => {
                self.0.take(id);
            }
            _ => {}
        }
    }
}
