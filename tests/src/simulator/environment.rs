//! The Ready environment that everything stands in: the same fixture as the local cloud's.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use domain::ledger::{Item, SCHEMA, STATE, TENANTS};
use domain::settle::{Phase, State};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::facts::local;

/// A function of Caretaker's own stack, whose code others may run.
pub const OWN_FUNCTION: &str = "caretaker-sample-queues";

/// `local/fixtures/environment-dev.json`.
#[derive(Debug, Clone, Deserialize)]
pub struct Environment {
    /// `dev`
    pub environment: String,
    /// `mate`
    pub blueprint: String,
    /// Twelve digits.
    pub account: String,
    /// `us-east-1`
    pub region: String,
    vpc: Value,
    /// Public, for the hosts of tenants.
    pub hosted_zone: HostedZone,
    /// Three, one in each zone.
    pub private_subnets: Vec<Subnet>,
    /// Three, one in each zone.
    pub public_subnets: Vec<Subnet>,
    /// By short name: `ecs`, `rds`, `efs`.
    pub security_groups: BTreeMap<String, String>,
    /// The ECS cluster.
    pub cluster: String,
    /// The role's name.
    pub execution_role: String,
    /// Over the private subnets.
    pub db_subnet_group: String,
}

/// A subnet.
#[derive(Debug, Clone, Deserialize)]
pub struct Subnet {
    /// `subnet-…`
    pub id: String,
    /// Where it lies.
    pub availability_zone: String,
}

/// A hosted zone.
#[derive(Debug, Clone, Deserialize)]
pub struct HostedZone {
    /// `Z…`
    pub id: String,
    /// Its name.
    pub domain: String,
}

impl Environment {
    /// The committed fixture.
    pub fn dev() -> Self {
        static DEV: OnceLock<Environment> = OnceLock::new();
        DEV.get_or_init(Self::read).clone()
    }

    fn read() -> Self {
        let path = local("fixtures/environment-dev.json");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{} cannot be read: {error}", path.display()));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The ARN of a thing of it.
    pub fn arn(&self, service: &str, rest: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{rest}", self.region, self.account)
    }

    /// The role that pulls images and reads secrets.
    pub fn execution_role_arn(&self) -> String {
        format!("arn:aws:iam::{}:role/{}", self.account, self.execution_role)
    }

    /// What it gives its tenants, `id.output`, as the local cloud's fixture does.
    pub fn outputs(&self) -> BTreeMap<String, String> {
        let zones = ["a", "b", "c"];
        let subnets = |word: &'static str, subnets: &[Subnet]| {
            let each = zones.iter().zip(subnets.to_vec());
            each.map(move |(zone, subnet)| (format!("{word}-{zone}.id"), subnet.id)).collect::<Vec<_>>()
        };
        let mut outputs = BTreeMap::from([
            ("vpc.id".to_owned(), self.vpc["id"].as_str().unwrap_or_default().to_owned()),
            ("cluster.name".to_owned(), self.cluster.clone()),
            ("cluster.arn".to_owned(), self.arn("ecs", &format!("cluster/{}", self.cluster))),
            ("execution.arn".to_owned(), self.execution_role_arn()),
            ("database-subnets.name".to_owned(), self.db_subnet_group.clone()),
        ]);
        outputs.extend(subnets("private", &self.private_subnets));
        outputs.extend(subnets("public", &self.public_subnets));
        outputs.extend(self.security_groups.iter().map(|(name, id)| (format!("{name}.id"), id.clone())));
        outputs
    }

    /// The ledger items that declare that the environment stands and takes tenants in, as the local cloud puts them.
    pub fn ledger_items(&self) -> [Item; 2] {
        let item = |key: &str, attributes: Value| Item {
            owner: format!("environment#{}", self.environment),
            key: key.to_owned(),
            attributes: attributes.as_object().cloned().unwrap_or_else(Map::new),
        };
        let at = jiff::Timestamp::UNIX_EPOCH;
        let state = State { outputs: self.outputs(), stood: true, ..State::new(Phase::Ready, 0, 0, at) };
        [
            item(STATE, serde_json::to_value(state).expect("a state serializes")),
            item(TENANTS, json!({ "schema": SCHEMA, "open": true, "count": 0 })),
        ]
    }
}
