//! Application Auto Scaling: targets of ECS services, their policies, and the bounds at work. Nothing is measured, so no policy acts.

use std::collections::{BTreeMap, BTreeSet};

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::plain::Shown;
use domain::kind::scaling::{Metric, ScalableTarget};
use domain::ports::{BoundsView, Call, PutScalingPolicy, RegisterScalableTarget, Reply};
use domain::resource::Tags;
use domain::scaling::limits::{Bounds, Suspended};

use super::environment::Environment;
use super::services::Services;
use super::shelf::{Shelf, Thing};
use super::turn::{Answer, Refused, Turn};

/// By `CLUSTER/SERVICE`, and those of which nothing may be moved. The policies of a target stand in its properties under their whole names.
#[derive(Debug, Clone)]
pub(super) struct Scaling(pub(super) Shelf<ScalableTarget>, BTreeSet<String>);

impl Default for Scaling {
    fn default() -> Self {
        Self(Shelf::new(Detail::ScalableTarget), BTreeSet::new())
    }
}

fn id(cluster: &str, service: &str) -> String {
    format!("{cluster}/{service}")
}

fn missing(cluster: &str, service: &str) -> Refused {
    Refused::fact("autoscaling_target_missing", Cause::NotFound, &[("id", &format!("service/{cluster}/{service}"))])
}

impl Scaling {
    /// Reads. None: the call is none of this service's.
    pub(super) fn read(&self, call: &Call, turn: &Turn) -> Option<Answer<Reply>> {
        Some(match call {
            Call::DescribeScalableTarget(request) => {
                let target = self.0.get(&id(&request.cluster, &request.service));
                Ok(Reply::DescribeScalableTarget(target.map(|target| {
                    let mut observed = self.0.view(target, turn.now);
                    observed.tags = Tags::new();
                    if let Detail::ScalableTarget(seen) = &mut observed.detail {
                        seen.properties.policies.clear();
                        seen.id.clone_from(&observed.arn);
                    }
                    observed
                })))
            }
            Call::DescribeBounds(request) => {
                let id = id(&request.cluster, &request.service);
                let bounds = |target: &Thing<ScalableTarget>| {
                    let (min, max) = (target.shown.properties.min, target.shown.properties.max);
                    BoundsView {
                        bounds: Bounds { min, max },
                        suspended: if self.1.contains(&id) { Suspended::ALL } else { Suspended::default() },
                    }
                };
                Ok(Reply::DescribeBounds(self.0.get(&id).map(bounds)))
            }
            Call::ListTargetTags(request) => match self.0.find(|target| target.arn == request.arn) {
                Some(target) => Ok(Reply::ListTargetTags(target.tags.clone())),
                None => Err(Refused::fact("autoscaling_resource_unknown", Cause::NotFound, &[("arn", &request.arn)])),
            },
            Call::DescribeScalingPolicies(request) => {
                let target = self.0.get(&id(&request.cluster, &request.service));
                Ok(Reply::DescribeScalingPolicies(target.map_or_else(BTreeMap::new, |target| target.shown.properties.policies.clone())))
            }
            _ => return None,
        })
    }

    /// Whether anything of a target may be moved: remediation's order, or a person's.
    pub(super) fn suspend(&mut self, cluster: &str, service: &str, suspended: bool) {
        let id = id(cluster, service);
        if suspended {
            self.1.insert(id);
        } else {
            self.1.remove(&id);
        }
    }

    /// Effects; the call itself comes back if it is none of this service's.
    pub(super) fn change(
        &mut self,
        call: Call,
        services: &mut Services,
        environment: &Environment,
        turn: &mut Turn,
    ) -> Result<Answer<Reply>, Box<Call>> {
        Ok(match call {
            Call::RegisterScalableTarget(request) => self.register(request, services, environment, turn).map(Reply::RegisterScalableTarget),
            Call::SuspendScaling(request) => {
                let known = self.target(&request.cluster, &request.service).map(|_| ());
                known.map(|()| {
                    self.suspend(&request.cluster, &request.service, request.suspended);
                    Reply::SuspendScaling(())
                })
            }
            Call::PutScalingPolicy(request) => self.put(request).map(Reply::PutScalingPolicy),
            Call::DeleteScalingPolicy(request) => {
                self.target(&request.cluster, &request.service).and_then(|target| match target.policies.remove(&request.name) {
                    Some(_) => Ok(Reply::DeleteScalingPolicy(())),
                    None => Err(Refused::fact("autoscaling_policy_missing", Cause::NotFound, &[("name", &request.name)])),
                })
            }
            Call::DeregisterScalableTarget(request) => match self.0.take(&id(&request.cluster, &request.service)) {
                Some(_) => Ok(Reply::DeregisterScalableTarget(())),
                None => Err(missing(&request.cluster, &request.service)),
            },
            Call::TagScalableTarget(request) => {
                let id = self.0.find(|target| target.arn == request.arn).map(|target| target.shown.id.clone());
                match id.filter(|id| self.0.tag(id, &request.tags)) {
                    Some(_) => Ok(Reply::TagScalableTarget(())),
                    None => Err(Refused::fact("autoscaling_resource_unknown", Cause::NotFound, &[("arn", &request.arn)])),
                }
            }
            other => return Err(Box::new(other)),
        })
    }

    fn target(&mut self, cluster: &str, service: &str) -> Answer<&mut ScalableTarget> {
        let target = self.0.get_mut(&id(cluster, service)).ok_or_else(|| missing(cluster, service))?;
        Ok(&mut target.shown.properties)
    }

    fn register(
        &mut self,
        request: RegisterScalableTarget,
        services: &mut Services,
        environment: &Environment,
        turn: &mut Turn,
    ) -> Answer<String> {
        let RegisterScalableTarget { desired, tags } = request;
        let id = id(&desired.cluster, &desired.service);
        let Some(count) = services.count_of(&desired.service).filter(|_| desired.cluster == environment.cluster) else {
            return Err(Refused::fact("autoscaling_service_missing", Cause::InvalidState, &[("id", &format!("service/{id}"))]));
        };
        if !tags.is_empty() && self.0.get(&id).is_some() {
            return Err(Refused::fact("autoscaling_target_tagged", Cause::AlreadyExists, &[]));
        }
        if desired.max < desired.min {
            return Err(Refused::fact("autoscaling_bounds_crossed", Cause::InvalidRequest, &[]));
        }
        let within = count.clamp(desired.min, desired.max);
        if within != count {
            services.set_desired_count(&desired.service, within, turn);
        }
        if let Some(target) = self.0.get_mut(&id) {
            (target.shown.properties.min, target.shown.properties.max) = (desired.min, desired.max);
            return Ok(target.arn.clone());
        }
        let arn = environment.arn("application-autoscaling", &format!("scalable-target/{}", turn.hex("", 32)));
        let properties = ScalableTarget { policies: BTreeMap::new(), ..desired };
        self.0.put(Thing { name: id.clone(), token: None, arn: arn.clone(), tags, shown: Shown::done(id, properties) }, turn.now);
        Ok(arn)
    }

    fn put(&mut self, request: PutScalingPolicy) -> Answer<()> {
        let target = self.target(&request.cluster, &request.service)?;
        if (request.policy.metric == Metric::Requests) != request.policy.resource_label.is_some() {
            let metric = format!("{:?}", request.policy.metric);
            return Err(Refused::fact("autoscaling_label_wrong", Cause::InvalidRequest, &[("metric", &metric)]));
        }
        target.policies.insert(request.name, request.policy);
        Ok(())
    }

    /// A service that is deleted takes its target along.
    pub(super) fn service_deleted(&mut self, cluster: &str, service: &str) {
        self.0.take(&id(cluster, service));
    }
}
