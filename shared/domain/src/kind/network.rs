//! The network of an environment: VPC, subnets, gateways, routes, flow logs, and security groups of all owners.
//!
//! EC2 gives neither a name nor (but for NAT gateways, route tables and flow logs) a token at creation:
//! they are looked up by their tags before they are made.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::plain::plain;
use crate::name::NameRule;

/// The `Name` tag: up to 256 characters (EC2 user guide, "Tag restrictions").
const TAG: NameRule = NameRule { longest: 256, also: "/_+=.@:", double_hyphen: true };

/// EC2: the name of a security group has up to 255 characters (API reference, CreateSecurityGroup).
const GROUP: NameRule = NameRule { longest: 255, also: "._/:@", double_hyphen: true };

/// A VPC, with DNS names for what stands in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Vpc {
    /// Its addresses.
    pub cidr: String,
    /// Whether what stands in it gets DNS names; EFS is mounted by one.
    #[serde(default = "yes")]
    pub dns_hostnames: bool,
}
plain!(Vpc: "vpc", name: TAG, creates: 2 s, changes: 2 s, fixed: ["cidr"], outputs: ["id", "cidr"]);

fn yes() -> bool {
    true
}

/// A subnet in one zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subnet {
    /// `vpc-…`
    pub vpc: String,
    /// Its part of the VPC's addresses.
    pub cidr: String,
    /// Such as `us-east-1a`.
    pub zone: String,
}
plain!(Subnet: "subnet", name: TAG, creates: 2 s, changes: 2 s, fixed: ["vpc", "cidr", "zone"], outputs: ["id"]);

/// The way from a VPC to the internet and back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InternetGateway {
    /// What it is attached to; empty: to nothing yet.
    pub vpc: String,
}
plain!(InternetGateway: "internet-gateway", name: TAG, creates: 2 s, changes: 2 s, fixed: [], outputs: ["id"]);

/// A fixed public address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ElasticIp {}
plain!(ElasticIp: "elastic-ip", name: TAG, creates: 2 s, changes: 2 s, fixed: [], outputs: ["id", "address"]);

/// The way out of private subnets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NatGateway {
    /// A public subnet.
    pub subnet: String,
    /// The elastic IP's allocation, `eipalloc-…`.
    pub address: String,
}
// The median of 8 public Terraform logs, 85 to 125 s.
plain!(NatGateway: "nat-gateway", name: TAG, creates: 106 s, changes: 106 s, fixed: ["subnet", "address"], outputs: ["id"]);

/// Where packets of its subnets go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RouteTable {
    /// `vpc-…`
    pub vpc: String,
    /// Gateways (`igw-…`, `nat-…`) by destination, beside the VPC's own.
    pub routes: BTreeMap<String, String>,
    /// The subnets that it is for.
    pub subnets: BTreeSet<String>,
}
plain!(RouteTable: "route-table", name: TAG, creates: 2 s, changes: 2 s, fixed: ["vpc"], outputs: ["id"]);

/// Records of the connections in a VPC, in a log group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FlowLog {
    /// `vpc-…`
    pub vpc: String,
    /// The log group's name.
    pub log_group: String,
    /// The ARN of the role that writes it.
    pub role: String,
}
plain!(FlowLog: "flow-log", name: TAG, creates: 2 s, changes: 2 s, fixed: ["vpc", "log_group", "role"] replaceable, outputs: ["id"]);

/// Who may connect to what. Everything may go out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecurityGroup {
    /// `vpc-…`
    pub vpc: String,
    /// TCP ports that are open, and to whom. None: nothing connects to it.
    #[serde(default)]
    pub ingress: BTreeSet<Ingress>,
}
plain!(SecurityGroup: "security-group", name: GROUP, creates: 2 s, changes: 2 s, fixed: ["vpc"], outputs: ["id"]);

/// An open port.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ingress {
    /// TCP.
    pub port: u16,
    /// A group (`sg-…`), a CIDR, or `internet`.
    pub from: String,
}

impl Ingress {
    /// The addresses that it is open to; none: to a group.
    pub fn cidr(&self) -> Option<&str> {
        match self.from.as_str() {
            INTERNET => Some(EVERYWHERE),
            group if group.starts_with("sg-") => None,
            cidr => Some(cidr),
        }
    }

    /// As AWS shows it.
    pub fn of_cidr(port: u16, cidr: &str) -> Self {
        Self { port, from: if cidr == EVERYWHERE { INTERNET.to_owned() } else { cidr.to_owned() } }
    }
}

const INTERNET: &str = "internet";
const EVERYWHERE: &str = "0.0.0.0/0";
