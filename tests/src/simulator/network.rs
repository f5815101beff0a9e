//! EC2: VPCs, subnets, gateways, routes, flow logs and security groups.

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::network::{ElasticIp, FlowLog, InternetGateway, NatGateway, RouteTable, SecurityGroup, Subnet, Vpc};
use domain::kind::plain::{Progress, Shown};
use domain::observed::Observed;
use domain::ports::{
    AllocateAddress, AuthorizeSecurityGroupIngress, CreateFlowLogs, CreateInternetGateway, CreateNatGateway, CreateRouteTable,
    CreateSecurityGroup, CreateSubnet, CreateVpc, RevokeSecurityGroupIngress,
};
use domain::resource::Tags;

use super::environment::Environment;
use super::shelf::{Shelf, Thing, repeated};
use super::turn::{Answer, Refused, Transition, Turn};

#[derive(Debug, Clone)]
pub(super) struct Network {
    pub(super) vpcs: Shelf<Vpc>,
    pub(super) subnets: Shelf<Subnet>,
    pub(super) internet_gateways: Shelf<InternetGateway>,
    pub(super) addresses: Shelf<ElasticIp>,
    pub(super) nat_gateways: Shelf<NatGateway>,
    pub(super) route_tables: Shelf<RouteTable>,
    pub(super) flow_logs: Shelf<FlowLog>,
    pub(super) groups: Shelf<SecurityGroup>,
}

/// AWS's code for what is not there, by the beginning of its id.
fn missing(id: &str) -> Refused {
    let code = match id.split('-').next() {
        Some("vpc") => "InvalidVpcID.NotFound",
        Some("subnet") => "InvalidSubnetID.NotFound",
        Some("igw") => "InvalidInternetGatewayID.NotFound",
        Some("eipalloc") => "InvalidAllocationID.NotFound",
        Some("nat") => "NatGatewayNotFound",
        Some("rtb") => "InvalidRouteTableID.NotFound",
        Some("rtbassoc") => "InvalidAssociationID.NotFound",
        Some("fl") => "InvalidFlowLogId.NotFound",
        _ => "InvalidGroup.NotFound",
    };
    Refused::new(Cause::NotFound, format!("{code}: {id} does not exist"))
}

fn in_use(fact: &str, id: &str) -> Refused {
    Refused::fact(fact, Cause::InvalidState, &[("id", id)])
}

fn thing<T>(id: String, name: String, tags: Tags, properties: T) -> Thing<T> {
    // EC2 tells no ARN of what it makes; the id stands in for it, as with the SDK's client.
    Thing { name, token: None, arn: id.clone(), tags, shown: Shown::done(id, properties) }
}

impl Network {
    /// What the fixture declares, as nobody's.
    pub(super) fn of(environment: &Environment) -> Self {
        let mut network = Self {
            vpcs: Shelf::new(Detail::Vpc),
            subnets: Shelf::new(Detail::Subnet),
            internet_gateways: Shelf::new(Detail::InternetGateway),
            addresses: Shelf::new(Detail::ElasticIp),
            nat_gateways: Shelf::new(Detail::NatGateway),
            route_tables: Shelf::new(Detail::RouteTable),
            flow_logs: Shelf::new(Detail::FlowLog),
            groups: Shelf::new(Detail::SecurityGroup),
        };
        let now = jiff::Timestamp::UNIX_EPOCH;
        let vpc = environment.outputs()["vpc.id"].clone();
        let properties = Vpc { cidr: "10.0.0.0/16".into(), dns_hostnames: true };
        network.vpcs.put(thing(vpc.clone(), "given".into(), Tags::new(), properties), now);
        for subnet in environment.private_subnets.iter().chain(&environment.public_subnets) {
            let properties = Subnet { vpc: vpc.clone(), cidr: String::new(), zone: subnet.availability_zone.clone() };
            network.subnets.put(thing(subnet.id.clone(), subnet.id.clone(), Tags::new(), properties), now);
        }
        for (name, id) in &environment.security_groups {
            let properties = SecurityGroup { vpc: vpc.clone(), ingress: Default::default() };
            network.groups.put(thing(id.clone(), name.clone(), Tags::new(), properties), now);
        }
        network
    }

    /// The tags of all that stands.
    pub(super) fn tags(&self) -> impl Iterator<Item = &Tags> {
        let gateways = self.internet_gateways.all().map(|one| &one.tags).chain(self.nat_gateways.all().map(|one| &one.tags));
        let places = self.vpcs.all().map(|one| &one.tags).chain(self.subnets.all().map(|one| &one.tags));
        let ways = self.route_tables.all().map(|one| &one.tags).chain(self.flow_logs.all().map(|one| &one.tags));
        let rest = self.addresses.all().map(|one| &one.tags).chain(self.groups.all().map(|one| &one.tags));
        places.chain(gateways).chain(ways).chain(rest)
    }

    /// All that stands, with its ARN.
    pub(super) fn tagged(&self) -> impl Iterator<Item = (&String, &Tags)> {
        fn of<T: Clone + serde::Serialize>(shelf: &Shelf<T>) -> impl Iterator<Item = (&String, &Tags)> {
            shelf.all().map(|one| (&one.arn, &one.tags))
        }
        let gateways = of(&self.internet_gateways).chain(of(&self.nat_gateways)).chain(of(&self.addresses));
        let ways = of(&self.route_tables).chain(of(&self.flow_logs)).chain(of(&self.groups));
        of(&self.vpcs).chain(of(&self.subnets)).chain(gateways).chain(ways)
    }

    /// The zone of a subnet that stands.
    pub(super) fn zone(&self, subnet: &str) -> Option<&str> {
        self.subnets.get(subnet).map(|subnet| subnet.shown.properties.zone.as_str())
    }

    pub(super) fn has_group(&self, id: &str) -> bool {
        self.groups.get(id).is_some()
    }

    fn need_vpc(&self, vpc: &str) -> Answer<()> {
        self.vpcs.get(vpc).map(|_| ()).ok_or_else(|| missing(vpc))
    }

    pub(super) fn create_vpc(&mut self, request: CreateVpc, turn: &mut Turn) -> Observed {
        let id = turn.hex("vpc-", 17);
        let properties = Vpc { dns_hostnames: false, ..request.desired };
        let cidr = properties.cidr.clone();
        let mut made = thing(id, request.name, request.tags, properties);
        made.shown = made.shown.giving("cidr", cidr);
        self.vpcs.put(made, turn.now)
    }

    pub(super) fn set_dns(&mut self, id: &str, on: bool) -> Answer<()> {
        let vpc = self.vpcs.get_mut(id).ok_or_else(|| missing(id))?;
        vpc.shown.properties.dns_hostnames = on;
        Ok(())
    }

    /// Whether anything that stands names `id`; `elsewhere` are other services' things.
    fn is_used(&self, id: &str, elsewhere: bool) -> bool {
        elsewhere
            || self.subnets.mentions(id)
            || self.internet_gateways.mentions(id)
            || self.nat_gateways.mentions(id)
            || self.route_tables.mentions(id)
            || self.groups.mentions(id)
    }

    pub(super) fn delete_vpc(&mut self, id: &str) -> Answer<()> {
        self.need_vpc(id)?;
        if self.is_used(id, false) {
            return Err(in_use("ec2_vpc_in_use", id));
        }
        self.vpcs.take(id);
        Ok(())
    }

    pub(super) fn create_subnet(&mut self, request: CreateSubnet, turn: &mut Turn) -> Answer<Observed> {
        self.need_vpc(&request.desired.vpc)?;
        let id = turn.hex("subnet-", 17);
        Ok(self.subnets.put(thing(id, request.name, request.tags, request.desired), turn.now))
    }

    /// `elsewhere`: a network interface of another service stands in it.
    pub(super) fn delete_subnet(&mut self, id: &str, elsewhere: bool) -> Answer<()> {
        self.subnets.get(id).ok_or_else(|| missing(id))?;
        // A route table is no obstacle: its association goes with the subnet.
        if elsewhere || self.nat_gateways.mentions(id) {
            return Err(in_use("ec2_subnet_in_use", id));
        }
        self.subnets.take(id);
        Ok(())
    }

    pub(super) fn create_internet_gateway(&mut self, request: CreateInternetGateway, turn: &mut Turn) -> Observed {
        let id = turn.hex("igw-", 17);
        self.internet_gateways.put(thing(id, request.name, request.tags, InternetGateway { vpc: String::new() }), turn.now)
    }

    pub(super) fn attach(&mut self, id: &str, vpc: &str) -> Answer<()> {
        self.need_vpc(vpc)?;
        let gateway = self.internet_gateways.get_mut(id).ok_or_else(|| missing(id))?;
        if !gateway.shown.properties.vpc.is_empty() {
            return Err(Refused::fact("ec2_gateway_attached", Cause::AlreadyExists, &[("id", id), ("vpc", vpc)]));
        }
        vpc.clone_into(&mut gateway.shown.properties.vpc);
        Ok(())
    }

    pub(super) fn detach(&mut self, id: &str, vpc: &str) -> Answer<()> {
        let public = self.nat_gateways.all().any(|nat| self.subnets.get(&nat.shown.properties.subnet).is_some());
        let gateway = self.internet_gateways.get_mut(id).ok_or_else(|| missing(id))?;
        if gateway.shown.properties.vpc != vpc {
            return Err(Refused::new(Cause::NotFound, format!("Gateway.NotAttached: {id} is not attached to {vpc}")));
        }
        if public {
            return Err(in_use("ec2_gateway_has_addresses", vpc));
        }
        gateway.shown.properties.vpc.clear();
        Ok(())
    }

    pub(super) fn delete_internet_gateway(&mut self, id: &str) -> Answer<()> {
        let gateway = self.internet_gateways.get(id).ok_or_else(|| missing(id))?;
        if !gateway.shown.properties.vpc.is_empty() {
            return Err(in_use("ec2_gateway_in_use", id));
        }
        self.internet_gateways.take(id);
        Ok(())
    }

    pub(super) fn allocate(&mut self, request: AllocateAddress, turn: &mut Turn) -> Observed {
        let id = turn.hex("eipalloc-", 17);
        let mut made = thing(id, request.name, request.tags, ElasticIp {});
        let number = self.addresses.len() + 1;
        made.shown = made.shown.giving("address", format!("203.0.113.{number}"));
        self.addresses.put(made, turn.now)
    }

    pub(super) fn release(&mut self, id: &str) -> Answer<()> {
        self.addresses.get(id).ok_or_else(|| missing(id))?;
        if self.nat_gateways.mentions(id) {
            return Err(in_use("ec2_address_in_use", id));
        }
        self.addresses.take(id);
        Ok(())
    }

    pub(super) fn create_nat_gateway(&mut self, request: CreateNatGateway, turn: &mut Turn) -> Answer<Observed> {
        if let Some(repeat) = repeated(&self.nat_gateways, &request.token, &request.desired, turn.now, mismatch) {
            return repeat;
        }
        self.subnets.get(&request.desired.subnet).ok_or_else(|| missing(&request.desired.subnet))?;
        self.addresses.get(&request.desired.address).ok_or_else(|| missing(&request.desired.address))?;
        let id = turn.hex("nat-", 17);
        let wait = turn.takes("nat-gateway", "create", &request.name);
        turn.later(wait, Transition::NatGatewayCreated { id: id.clone() });
        let mut made = thing(id, request.name, request.tags, request.desired);
        (made.token, made.shown.progress) = (Some(request.token), Progress::Working("pending".into()));
        Ok(self.nat_gateways.put(made, turn.now))
    }

    pub(super) fn delete_nat_gateway(&mut self, id: &str, turn: &mut Turn) -> Answer<()> {
        let name = self.nat_gateways.get(id).ok_or_else(|| missing(id))?.name.clone();
        let wait = turn.takes("nat-gateway", "delete", &name);
        turn.later(wait, Transition::NatGatewayGone { id: id.to_owned() });
        if let Some(gateway) = self.nat_gateways.get_mut(id) {
            gateway.shown.progress = Progress::Leaving;
        }
        Ok(())
    }

    pub(super) fn create_flow_logs(&mut self, request: CreateFlowLogs, turn: &mut Turn) -> Answer<Observed> {
        if let Some(repeat) = repeated(&self.flow_logs, &request.token, &request.desired, turn.now, mismatch) {
            return repeat;
        }
        self.need_vpc(&request.desired.vpc)?;
        let mut made = thing(turn.hex("fl-", 17), request.name, request.tags, request.desired);
        made.token = Some(request.token);
        Ok(self.flow_logs.put(made, turn.now))
    }

    pub(super) fn delete_flow_logs(&mut self, id: &str) -> Answer<()> {
        self.flow_logs.take(id).map(|_| ()).ok_or_else(|| missing(id))
    }

    pub(super) fn create_group(&mut self, request: CreateSecurityGroup, turn: &mut Turn) -> Answer<Observed> {
        self.need_vpc(&request.vpc)?;
        if self.groups.find(|group| group.name == request.name && group.shown.properties.vpc == request.vpc).is_some() {
            let names = [("name", request.name.as_str()), ("vpc", request.vpc.as_str())];
            return Err(Refused::fact("ec2_group_duplicate", Cause::AlreadyExists, &names));
        }
        let id = turn.hex("sg-", 17);
        let properties = SecurityGroup { vpc: request.vpc, ingress: Default::default() };
        Ok(self.groups.put(thing(id, request.name, request.tags, properties), turn.now))
    }

    pub(super) fn authorize(&mut self, request: &AuthorizeSecurityGroupIngress) -> Answer<()> {
        let from = request.ingress.iter().find(|ingress| ingress.cidr().is_none() && !self.has_group(&ingress.from));
        if let Some(from) = from {
            return Err(missing(&from.from));
        }
        let group = self.groups.get_mut(&request.id).ok_or_else(|| missing(&request.id))?;
        let open = &mut group.shown.properties.ingress;
        if request.ingress.iter().any(|ingress| open.contains(ingress)) {
            return Err(Refused::fact("ec2_permission_duplicate", Cause::AlreadyExists, &[]));
        }
        open.extend(request.ingress.iter().cloned());
        Ok(())
    }

    pub(super) fn revoke(&mut self, request: &RevokeSecurityGroupIngress) -> Answer<()> {
        let group = self.groups.get_mut(&request.id).ok_or_else(|| missing(&request.id))?;
        group.shown.properties.ingress.retain(|ingress| !request.ingress.contains(ingress));
        Ok(())
    }

    /// `elsewhere`: a network interface of another service is in it.
    pub(super) fn delete_group(&mut self, id: &str, elsewhere: bool) -> Answer<()> {
        self.groups.get(id).ok_or_else(|| missing(id))?;
        if elsewhere || self.groups.mentions(id) {
            return Err(in_use("ec2_group_in_use", id));
        }
        self.groups.take(id);
        Ok(())
    }

    pub(super) fn tag(&mut self, id: &str, tags: &Tags) -> Answer<()> {
        let tagged = self.vpcs.tag(id, tags)
            || self.subnets.tag(id, tags)
            || self.internet_gateways.tag(id, tags)
            || self.addresses.tag(id, tags)
            || self.nat_gateways.tag(id, tags)
            || self.route_tables.tag(id, tags)
            || self.flow_logs.tag(id, tags)
            || self.groups.tag(id, tags);
        if tagged { Ok(()) } else { Err(missing(id)) }
    }

    pub(super) fn becomes(&mut self, transition: &Transition) {
        match transition {
            Transition::NatGatewayCreated { id } => {
                self.nat_gateways.becomes_done(id);
            }
            Transition::NatGatewayGone { id } => {
                self.nat_gateways.take(id);
            }
            _ => {}
        }
    }
}

fn mismatch() -> Refused {
    Refused::fact("ec2_token_mismatch", Cause::InvalidRequest, &[])
}

impl Network {
    pub(super) fn create_route_table(&mut self, request: CreateRouteTable, turn: &mut Turn) -> Answer<Observed> {
        if let Some(known) = self.route_tables.find(|table| table.token.as_deref() == Some(&request.token)) {
            return Ok(self.route_tables.view(known, turn.now));
        }
        self.need_vpc(&request.vpc)?;
        let properties = RouteTable { vpc: request.vpc, routes: Default::default(), subnets: Default::default() };
        let mut made = thing(turn.hex("rtb-", 17), request.name, request.tags, properties);
        made.token = Some(request.token);
        Ok(self.route_tables.put(made, turn.now))
    }

    /// A new route, or a changed one.
    pub(super) fn route(&mut self, table: &str, destination: &str, target: &str, replaces: bool) -> Answer<()> {
        if self.internet_gateways.get(target).is_none() && self.nat_gateways.get(target).is_none() {
            return Err(missing(target));
        }
        let routes = &mut self.route_tables.get_mut(table).ok_or_else(|| missing(table))?.shown.properties.routes;
        match (routes.contains_key(destination), replaces) {
            (true, false) => return Err(Refused::fact("ec2_route_exists", Cause::AlreadyExists, &[("destination", destination)])),
            (false, true) => {
                return Err(Refused::new(Cause::InvalidRequest, format!("InvalidParameterValue: There is no route {destination}")));
            }
            _ => {}
        }
        routes.insert(destination.to_owned(), target.to_owned());
        Ok(())
    }

    pub(super) fn delete_route(&mut self, table: &str, destination: &str) -> Answer<()> {
        let table = self.route_tables.get_mut(table).ok_or_else(|| missing(table))?;
        let gone = table.shown.properties.routes.remove(destination);
        gone.map(|_| ()).ok_or_else(|| Refused::new(Cause::NotFound, "InvalidRoute.NotFound: no route with that destination"))
    }

    pub(super) fn associate(&mut self, table: &str, subnet: &str, turn: &mut Turn) -> Answer<String> {
        self.subnets.get(subnet).ok_or_else(|| missing(subnet))?;
        let table = self.route_tables.get_mut(table).ok_or_else(|| missing(table))?;
        // Associated again, it is the same association.
        let association = table.shown.gives.get(subnet).cloned().unwrap_or_else(|| turn.hex("rtbassoc-", 17));
        table.shown.properties.subnets.insert(subnet.to_owned());
        table.shown.gives.insert(subnet.to_owned(), association.clone());
        Ok(association)
    }

    pub(super) fn disassociate(&mut self, association: &str) -> Answer<()> {
        let holder = self.route_tables.find(|table| table.shown.gives.values().any(|known| known == association));
        let id = holder.map(|table| table.shown.id.clone()).ok_or_else(|| missing(association))?;
        let Some(table) = self.route_tables.get_mut(&id) else { return Ok(()) };
        table.shown.gives.retain(|_, known| known != association);
        let left = table.shown.gives.clone();
        table.shown.properties.subnets.retain(|subnet| left.contains_key(subnet));
        Ok(())
    }

    pub(super) fn delete_route_table(&mut self, id: &str) -> Answer<()> {
        let table = self.route_tables.get(id).ok_or_else(|| missing(id))?;
        if !table.shown.properties.subnets.is_empty() {
            return Err(in_use("ec2_route_table_in_use", id));
        }
        self.route_tables.take(id);
        Ok(())
    }
}
