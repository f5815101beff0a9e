//! The calls of Elastic Load Balancing, and what they meet of other services.

use domain::ports::{Call, Reply};

use super::super::aws::Aws;
use super::super::environment::Environment;
use super::super::turn::{Answer, Turn};
use super::listeners::Certificate;

impl Aws {
    /// What load balancers, target groups and listeners show. None: the call is not a look at one.
    pub(in super::super) fn read_balancing(&self, call: &Call, turn: &Turn) -> Option<Answer<Reply>> {
        let balancing = &self.balancing;
        Some(match call {
            Call::DescribeLoadBalancer(request) => Ok(Reply::DescribeLoadBalancer(balancing.describe(&request.name, turn))),
            Call::DescribeLoadBalancerAttributes(request) => balancing.attributes(&request.arn).map(Reply::DescribeLoadBalancerAttributes),
            Call::DescribeBalancingTags(request) => {
                let all = request.arns.iter().map(|arn| Ok((arn.clone(), balancing.tags_of(arn)?)));
                all.collect::<Answer<_>>().map(Reply::DescribeBalancingTags)
            }
            Call::DescribeTargetGroup(request) => Ok(Reply::DescribeTargetGroup(balancing.describe_group(&request.name, turn))),
            Call::DescribeTargetGroupAttributes(request) => {
                balancing.deregistration(&request.arn).map(Reply::DescribeTargetGroupAttributes)
            }
            Call::DescribeListeners(request) => Ok(Reply::DescribeListeners(balancing.describe_listeners(&request.load_balancer, turn))),
            _ => return None,
        })
    }

    /// Does what a call asks. None: the call is none of this service's effects.
    pub(in super::super) fn change_balancing(&mut self, call: Call, environment: &Environment, turn: &mut Turn) -> Option<Answer<Reply>> {
        let certificate = self.certificate(&call);
        let takes_logs = matches!(&call, Call::ModifyLoadBalancerAttributes(request)
            if request.attributes.access_logs.as_ref().is_some_and(|logs| self.takes_logs(&logs.bucket)));
        let balancing = &mut self.balancing;
        Some(match call {
            Call::CreateLoadBalancer(request) => balancing.create(request, environment, &self.network, turn).map(Reply::CreateLoadBalancer),
            Call::SetSubnets(request) => {
                let set = balancing.balancer(&request.arn).map(|one| one.shown.properties.subnets = request.subnets);
                set.map(Reply::SetSubnets)
            }
            Call::SetSecurityGroups(request) => {
                let set = balancing.balancer(&request.arn).map(|one| one.shown.properties.security_groups = request.security_groups);
                set.map(Reply::SetSecurityGroups)
            }
            Call::ModifyLoadBalancerAttributes(request) => {
                let set = balancing.set_attributes(&request.arn, request.attributes, takes_logs);
                set.map(Reply::ModifyLoadBalancerAttributes)
            }
            Call::DeleteLoadBalancer(request) => {
                let deleted = balancing.delete(&request.arn, turn).map(Reply::DeleteLoadBalancer);
                if deleted.is_ok() {
                    self.firewall.forget(&request.arn);
                }
                deleted
            }
            Call::CreateTargetGroup(request) => balancing.create_group(request, environment, turn).map(Reply::CreateTargetGroup),
            Call::ModifyTargetGroup(request) => balancing.modify_group(request).map(Reply::ModifyTargetGroup),
            Call::ModifyTargetGroupAttributes(request) => {
                let set = balancing.set_deregistration(&request.arn, request.deregistration_seconds);
                set.map(Reply::ModifyTargetGroupAttributes)
            }
            Call::DeleteTargetGroup(request) => balancing.delete_group(&request.arn).map(Reply::DeleteTargetGroup),
            Call::CreateListener(request) => balancing.create_listener(request, certificate, turn).map(Reply::CreateListener),
            Call::ModifyListener(request) => {
                balancing.modify_listener(&request.arn, request.desired, certificate).map(Reply::ModifyListener)
            }
            Call::DeleteListener(request) => balancing.delete_listener(&request.arn).map(Reply::DeleteListener),
            Call::TagBalancing(request) => balancing.tag(&request.arn, &request.tags).map(Reply::TagBalancing),
            _ => return None,
        })
    }

    /// What is known of the certificate that a listener asks for.
    fn certificate(&self, call: &Call) -> Certificate {
        let asked = match call {
            Call::CreateListener(request) => request.desired.certificate.as_deref(),
            Call::ModifyListener(request) => request.desired.certificate.as_deref(),
            _ => None,
        };
        match asked.map(|arn| self.is_issued(arn)) {
            None => Certificate::Unneeded,
            Some(None) => Certificate::Missing,
            Some(Some(false)) => Certificate::Pending,
            Some(Some(true)) => Certificate::Issued,
        }
    }

    /// Whether a certificate may be used; none: there is none of this ARN.
    fn is_issued(&self, arn: &str) -> Option<bool> {
        self.naming.is_issued(arn)
    }

    /// Whether a bucket is there and its policy lets load balancers write.
    fn takes_logs(&self, bucket: &str) -> bool {
        self.storage.takes_logs(bucket)
    }
}
