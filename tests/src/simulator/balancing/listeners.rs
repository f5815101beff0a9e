//! Target groups and listeners: each stands at once.

use domain::failure::Cause;
use domain::kind::listeners::{Listener, ListenerAction, TargetGroup};
use domain::observed::Observed;
use domain::ports::{CreateListener, CreateTargetGroup, ModifyTargetGroup};
use domain::resource::Tags;

use super::super::environment::Environment;
use super::super::shelf::Thing;
use super::super::turn::{Answer, Refused, Turn};
use super::{Balancing, missing, thing};

/// What AWS sets by itself (ALB user guide, "Target group attributes").
const DEREGISTRATION_SECONDS: u32 = 300;

/// What is known of the certificate that a listener asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Certificate {
    /// None is asked for.
    Unneeded,
    /// There is none of this ARN.
    Missing,
    /// It is not issued yet.
    Pending,
    /// It may be used.
    Issued,
}

fn as_created(properties: &TargetGroup) -> TargetGroup {
    TargetGroup { deregistration_seconds: DEREGISTRATION_SECONDS, ..properties.clone() }
}

/// The group that requests are sent to.
fn target(listener: &Listener) -> Option<&str> {
    match &listener.action {
        ListenerAction::Forward(group) => Some(group),
        ListenerAction::Redirect(_) => None,
    }
}

impl Balancing {
    pub(super) fn listeners_of<'a>(&'a self, balancer: &'a str) -> impl Iterator<Item = &'a Thing<Listener>> {
        self.listeners.all().filter(move |one| one.shown.properties.load_balancer == balancer)
    }

    pub(super) fn describe_group(&self, name: &str, turn: &Turn) -> Option<Observed> {
        let mut bare = self.target_groups.find(|one| one.name == name)?.clone();
        bare.tags = Tags::new();
        bare.shown.properties.deregistration_seconds = 0;
        Some(self.target_groups.view(&bare, turn.now))
    }

    pub(super) fn deregistration(&self, arn: &str) -> Answer<u32> {
        let group = self.target_groups.get(arn).ok_or_else(|| missing("TargetGroupNotFound", arn))?;
        Ok(group.shown.properties.deregistration_seconds)
    }

    pub(super) fn create_group(&mut self, request: CreateTargetGroup, environment: &Environment, turn: &mut Turn) -> Answer<Observed> {
        let wanted = as_created(&request.desired);
        if let Some(known) = self.target_groups.find(|one| one.name == request.name) {
            let same = as_created(&known.shown.properties) == wanted && known.tags == request.tags;
            let other = || Refused::fact("elb_target_group_exists", Cause::AlreadyExists, &[("name", &request.name)]);
            return if same { Ok(self.target_groups.view(known, turn.now)) } else { Err(other()) };
        }
        let suffix = format!("targetgroup/{}/{}", request.name, turn.hex("", 16));
        let mut made = thing(environment.arn("elasticloadbalancing", &suffix), request.name, request.tags, wanted);
        made.shown = made.shown.giving("suffix", suffix);
        Ok(self.target_groups.put(made, turn.now))
    }

    fn group(&mut self, arn: &str) -> Answer<&mut TargetGroup> {
        let group = self.target_groups.get_mut(arn).ok_or_else(|| missing("TargetGroupNotFound", arn))?;
        Ok(&mut group.shown.properties)
    }

    pub(super) fn modify_group(&mut self, request: ModifyTargetGroup) -> Answer<()> {
        let group = self.group(&request.arn)?;
        *group = TargetGroup {
            vpc: group.vpc.clone(),
            port: group.port,
            protocol: group.protocol.clone(),
            deregistration_seconds: group.deregistration_seconds,
            ..request.desired
        };
        Ok(())
    }

    pub(super) fn set_deregistration(&mut self, arn: &str, seconds: u32) -> Answer<()> {
        self.group(arn)?.deregistration_seconds = seconds;
        Ok(())
    }

    pub(super) fn delete_group(&mut self, arn: &str) -> Answer<()> {
        if self.listeners.all().any(|one| target(&one.shown.properties) == Some(arn)) {
            return Err(Refused::fact("elb_target_group_in_use", Cause::InvalidState, &[("arn", arn)]));
        }
        self.target_groups.take(arn).map(|_| ()).ok_or_else(|| missing("TargetGroupNotFound", arn))
    }

    pub(super) fn describe_listeners(&self, balancer: &str, turn: &Turn) -> Vec<Observed> {
        let bare = |one: &Thing<Listener>| Observed { tags: Tags::new(), ..self.listeners.view(one, turn.now) };
        self.listeners_of(balancer).map(bare).collect()
    }

    fn check_listener(&self, desired: &Listener, certificate: Certificate) -> Answer<()> {
        let arn = desired.certificate.as_deref().unwrap_or_default();
        match certificate {
            Certificate::Missing => return Err(Refused::fact("elb_certificate_missing", Cause::NotFound, &[("arn", arn)])),
            Certificate::Pending => return Err(Refused::fact("elb_certificate_not_issued", Cause::InvalidState, &[("arn", arn)])),
            Certificate::Unneeded | Certificate::Issued => {}
        }
        let Some(group) = target(desired) else { return Ok(()) };
        self.target_groups.get(group).ok_or_else(|| Refused::fact("elb_target_group_missing", Cause::NotFound, &[("arn", group)]))?;
        let elsewhere = |one: &Listener| target(one) == Some(group) && one.load_balancer != desired.load_balancer;
        if self.listeners.all().any(|one| elsewhere(&one.shown.properties)) {
            return Err(Refused::fact("elb_target_group_taken", Cause::Quota, &[("arn", group)]));
        }
        Ok(())
    }

    pub(super) fn create_listener(&mut self, request: CreateListener, certificate: Certificate, turn: &mut Turn) -> Answer<Observed> {
        let desired = request.desired;
        let balancer = self.balancers.get(&desired.load_balancer);
        let balancer = balancer.ok_or_else(|| missing("LoadBalancerNotFound", &desired.load_balancer))?;
        if let Some(known) = self.listeners_of(&balancer.arn).find(|one| one.shown.properties.port == desired.port) {
            let same = known.shown.properties == desired && known.tags == request.tags;
            let other = || Refused::fact("elb_listener_exists", Cause::AlreadyExists, &[("arn", &balancer.arn)]);
            return if same { Ok(self.listeners.view(known, turn.now)) } else { Err(other()) };
        }
        self.check_listener(&desired, certificate)?;
        let arn = format!("{}/{}", balancer.arn.replace(":loadbalancer/", ":listener/"), turn.hex("", 16));
        let made = thing(arn, request.name, request.tags, desired);
        Ok(self.listeners.put(made, turn.now))
    }

    pub(super) fn modify_listener(&mut self, arn: &str, desired: Listener, certificate: Certificate) -> Answer<()> {
        let listener = self.listeners.get(arn).ok_or_else(|| missing("ListenerNotFound", arn))?;
        let balancer = listener.shown.properties.load_balancer.clone();
        let taken = |one: &Thing<Listener>| one.arn != arn && one.shown.properties.port == desired.port;
        if self.listeners_of(&balancer).any(taken) {
            return Err(Refused::fact("elb_listener_exists", Cause::AlreadyExists, &[("arn", &balancer)]));
        }
        let desired = Listener { load_balancer: balancer, ..desired };
        self.check_listener(&desired, certificate)?;
        if let Some(listener) = self.listeners.get_mut(arn) {
            listener.shown.properties = desired;
        }
        Ok(())
    }

    pub(super) fn delete_listener(&mut self, arn: &str) -> Answer<()> {
        self.listeners.take(arn).map(|_| ()).ok_or_else(|| missing("ListenerNotFound", arn))
    }

    pub(super) fn tags_of(&self, arn: &str) -> Answer<Tags> {
        let balancers = self.balancers.get(arn).map(|one| &one.tags);
        let tags = balancers.or_else(|| self.target_groups.get(arn).map(|one| &one.tags));
        let tags = tags.or_else(|| self.listeners.get(arn).map(|one| &one.tags));
        tags.cloned().ok_or_else(|| missing("LoadBalancerNotFound", arn))
    }

    pub(super) fn tag(&mut self, arn: &str, tags: &Tags) -> Answer<()> {
        let tagged = self.balancers.tag(arn, tags) || self.target_groups.tag(arn, tags) || self.listeners.tag(arn, tags);
        if tagged { Ok(()) } else { Err(missing("LoadBalancerNotFound", arn)) }
    }
}
