//! Elastic Load Balancing: load balancers, which take minutes to be made and linger when they go.

mod calls;
mod listeners;

use std::collections::{BTreeMap, BTreeSet};

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::balancing::{BalancerAttributes, LoadBalancer, LoadBalancerSeen};
use domain::kind::listeners::{Listener, TargetGroup};
use domain::kind::plain::{Progress, Shown};
use domain::observed::Observed;
use domain::ports::CreateLoadBalancer;
use domain::resource::Tags;

use super::environment::Environment;
use super::network::Network;
use super::shelf::{Shelf, Thing};
use super::turn::{Answer, Refused, Transition, Turn};

/// The hosted zone of all load balancers of us-east-1 (AWS general reference, "Elastic Load Balancing endpoints").
const ZONE: &str = "Z35SXDOTRQ7X7K";
/// What AWS sets by itself (ALB user guide, "Load balancer attributes").
const IDLE_SECONDS: u32 = 60;

/// All by ARN.
#[derive(Debug, Clone)]
pub(super) struct Balancing {
    balancers: Shelf<LoadBalancer>,
    /// Those that drop malformed header fields.
    dropping: BTreeSet<String>,
    /// Those that are deleted, and whose network interfaces still stand.
    lingering: BTreeMap<String, LoadBalancer>,
    target_groups: Shelf<TargetGroup>,
    listeners: Shelf<Listener>,
}

fn missing(code: &str, arn: &str) -> Refused {
    Refused::new(Cause::NotFound, format!("{code}: '{arn}' not found"))
}

fn thing<T>(arn: String, name: String, tags: Tags, properties: T) -> Thing<T> {
    Thing { name, token: None, arn: arn.clone(), tags, shown: Shown::done(arn, properties) }
}

/// Letters, digits and hyphens, none at the ends, and not what AWS calls its own.
fn check_name(name: &str) -> Answer<()> {
    let word = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let legal = word && (1..=32).contains(&name.len()) && !name.starts_with('-') && !name.ends_with('-') && !name.starts_with("internal-");
    if legal { Ok(()) } else { Err(Refused::fact("elb_balancer_name", Cause::InvalidRequest, &[("name", name)])) }
}

fn check_place(desired: &LoadBalancer, network: &Network) -> Answer<()> {
    let unknown = desired.subnets.iter().find(|subnet| network.zone(subnet).is_none());
    if let Some(subnet) = unknown {
        return Err(Refused::new(Cause::InvalidRequest, format!("SubnetNotFound: The subnet ID '{subnet}' is not valid")));
    }
    if let Some(group) = desired.security_groups.iter().find(|group| !network.has_group(group)) {
        return Err(missing("InvalidSecurityGroup", group));
    }
    let zones: BTreeSet<_> = desired.subnets.iter().filter_map(|subnet| network.zone(subnet)).collect();
    if zones.len() < 2 {
        return Err(Refused::fact("elb_one_zone", Cause::InvalidRequest, &[]));
    }
    Ok(())
}

/// What a create asks for of all that a load balancer has.
fn as_created(properties: &LoadBalancer) -> LoadBalancer {
    LoadBalancer { access_logs: None, web_acl: None, idle_seconds: IDLE_SECONDS, deletion_protection: false, ..properties.clone() }
}

impl Balancing {
    pub(super) fn new() -> Self {
        Self {
            balancers: Shelf::new(|shown| Detail::LoadBalancer(LoadBalancerSeen { shown, drops_invalid_headers: false })),
            dropping: BTreeSet::new(),
            lingering: BTreeMap::new(),
            target_groups: Shelf::new(Detail::TargetGroup),
            listeners: Shelf::new(Detail::Listener),
        }
    }

    /// A line each, for the census.
    pub(super) fn lines(&self) -> Vec<String> {
        let dropping = self.dropping.iter().map(|arn| format!("load-balancer {arn} drops invalid headers")).collect();
        let shelves = [self.balancers.lines("load-balancer"), self.target_groups.lines("target-group"), self.listeners.lines("listener")];
        [shelves.concat(), dropping].concat()
    }

    /// ARNs, each with the name that stands for it.
    pub(super) fn names(&self) -> Vec<(String, String)> {
        let given = |kind: &str, name: &str, gives: &BTreeMap<String, String>| {
            gives.iter().filter(|(gift, _)| *gift != "zone").map(|(gift, text)| (text.clone(), format!("<{kind} {name} {gift}>"))).collect()
        };
        let balancers: Vec<Vec<_>> = self.balancers.all().map(|one| given("load-balancer", &one.name, &one.shown.gives)).collect();
        let groups: Vec<Vec<_>> = self.target_groups.all().map(|one| given("target-group", &one.name, &one.shown.gives)).collect();
        let ids = [self.balancers.names("load-balancer"), self.target_groups.names("target-group"), self.listeners.names("listener")];
        [ids.concat(), balancers.concat(), groups.concat()].concat()
    }

    /// The tags of all that stands.
    pub(super) fn tags(&self) -> impl Iterator<Item = &Tags> {
        let fronts = self.balancers.all().map(|one| &one.tags).chain(self.listeners.all().map(|one| &one.tags));
        fronts.chain(self.target_groups.all().map(|one| &one.tags))
    }

    /// Whether a network interface of a load balancer is in the subnet or the group `id`.
    pub(super) fn is_in(&self, id: &str) -> bool {
        let standing = self.balancers.all().map(|one| &one.shown.properties);
        standing.chain(self.lingering.values()).any(|one| one.subnets.contains(id) || one.security_groups.contains(id))
    }

    /// Whether it is there, and takes requests already.
    pub(super) fn is_active(&self, arn: &str) -> Option<bool> {
        self.balancers.get(arn).map(|balancer| balancer.shown.progress == Progress::Done)
    }

    fn balancer(&mut self, arn: &str) -> Answer<&mut Thing<LoadBalancer>> {
        self.balancers.get_mut(arn).ok_or_else(|| missing("LoadBalancerNotFound", arn))
    }

    /// How AWS shows one: its attributes are asked for apart.
    fn describe(&self, name: &str, turn: &Turn) -> Option<Observed> {
        let mut bare = self.balancers.find(|one| one.name == name)?.clone();
        bare.tags = Tags::new();
        bare.shown.properties = LoadBalancer { idle_seconds: 0, ..as_created(&bare.shown.properties) };
        Some(self.balancers.view(&bare, turn.now))
    }

    fn attributes(&self, arn: &str) -> Answer<BalancerAttributes> {
        let balancer = self.balancers.get(arn).ok_or_else(|| missing("LoadBalancerNotFound", arn))?;
        Ok(BalancerAttributes { drops_invalid_headers: self.dropping.contains(arn), ..balancer.shown.properties.attributes() })
    }

    fn create(&mut self, request: CreateLoadBalancer, environment: &Environment, network: &Network, turn: &mut Turn) -> Answer<Observed> {
        check_name(&request.name)?;
        let wanted = as_created(&request.desired);
        if let Some(known) = self.balancers.find(|one| one.name == request.name) {
            let same = as_created(&known.shown.properties) == wanted && known.tags == request.tags;
            let other = || Refused::fact("elb_balancer_exists", Cause::AlreadyExists, &[("name", &request.name)]);
            return if same { Ok(self.balancers.view(known, turn.now)) } else { Err(other()) };
        }
        check_place(&wanted, network)?;
        let id = turn.hex("", 16);
        let suffix = format!("app/{}/{id}", request.name);
        let arn = environment.arn("elasticloadbalancing", &format!("loadbalancer/{suffix}"));
        let wait = turn.takes("load-balancer", "create", &request.name);
        turn.later(wait, Transition::LoadBalancerActive { arn: arn.clone() });
        let dns = format!("{}-{id}.{}.elb.amazonaws.com", request.name, environment.region);
        let mut made = thing(arn, request.name, request.tags, wanted);
        made.shown = made.shown.giving("dns", dns).giving("zone", ZONE).giving("suffix", suffix);
        made.shown.progress = Progress::Working("provisioning".into());
        Ok(self.balancers.put(made, turn.now))
    }

    fn set_attributes(&mut self, arn: &str, attributes: BalancerAttributes, takes_logs: bool) -> Answer<()> {
        let balancer = self.balancer(arn)?;
        if let Some(logs) = attributes.access_logs.as_ref().filter(|_| !takes_logs) {
            return Err(Refused::fact("elb_logs_denied", Cause::InvalidState, &[("bucket", &logs.bucket)]));
        }
        let drops = attributes.drops_invalid_headers;
        let seen = LoadBalancerSeen { shown: balancer.shown.clone(), drops_invalid_headers: drops };
        balancer.shown = seen.having(attributes).shown;
        if drops {
            self.dropping.insert(arn.to_owned())
        } else {
            self.dropping.remove(arn)
        };
        Ok(())
    }

    /// Whether a listener shows the certificate.
    pub(super) fn uses_certificate(&self, arn: &str) -> bool {
        self.listeners.all().any(|one| one.shown.properties.certificate.as_deref() == Some(arn))
    }

    /// With its listeners. What is not there is no failure.
    fn delete(&mut self, arn: &str, turn: &mut Turn) -> Answer<()> {
        let Some(balancer) = self.balancers.get(arn) else { return Ok(()) };
        if balancer.shown.properties.deletion_protection {
            return Err(Refused::fact("elb_protected", Cause::InvalidState, &[("arn", arn)]));
        }
        let listeners: Vec<_> = self.listeners_of(arn).map(|one| one.arn.clone()).collect();
        for listener in listeners {
            self.listeners.take(&listener);
        }
        let Some(balancer) = self.balancers.take(arn) else { return Ok(()) };
        self.dropping.remove(arn);
        let wait = turn.takes("load-balancer", "linger", &balancer.name);
        turn.later(wait, Transition::LoadBalancerInterfacesGone { arn: arn.to_owned() });
        self.lingering.insert(arn.to_owned(), balancer.shown.properties);
        Ok(())
    }

    pub(super) fn becomes(&mut self, transition: &Transition) {
        match transition {
            Transition::LoadBalancerActive { arn } => {
                self.balancers.becomes_done(arn);
            }
            Transition::LoadBalancerInterfacesGone { arn } => {
                self.lingering.remove(arn);
            }
            _ => {}
        }
    }
}
