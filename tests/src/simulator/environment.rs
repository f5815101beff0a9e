//! The Ready environment that everything stands in: the same fixture as the local cloud's.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use domain::ledger::Item;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::facts::local;

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

    /// The zone of a subnet that stands.
    pub(super) fn zone(&self, subnet: &str) -> Option<&str> {
        let all = self.private_subnets.iter().chain(&self.public_subnets);
        all.into_iter().find(|known| known.id == subnet).map(|known| known.availability_zone.as_str())
    }

    pub(super) fn has_security_group(&self, id: &str) -> bool {
        self.security_groups.values().any(|known| known == id)
    }

    pub(super) fn arn(&self, service: &str, rest: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{rest}", self.region, self.account)
    }

    /// The role that pulls images and reads secrets.
    pub fn execution_role_arn(&self) -> String {
        format!("arn:aws:iam::{}:role/{}", self.account, self.execution_role)
    }

    /// The ledger item that declares the environment ready, as the local cloud puts it.
    pub fn ledger_item(&self) -> Item {
        let ids = |subnets: &[Subnet]| subnets.iter().map(|subnet| subnet.id.clone()).collect::<Vec<_>>();
        let outputs = json!({
            "vpc": self.vpc["id"],
            "private_subnets": ids(&self.private_subnets),
            "public_subnets": ids(&self.public_subnets),
            "security_groups": self.security_groups,
            "cluster": self.cluster,
            "cluster_arn": self.arn("ecs", &format!("cluster/{}", self.cluster)),
            "execution_role_arn": self.execution_role_arn(),
            "db_subnet_group": self.db_subnet_group,
            "region": self.region,
            "account": self.account,
        });
        let attributes = json!({
            "schema": 1, "blueprint": self.blueprint, "phase": "ready", "tenants": 0, "outputs": outputs.to_string(),
        });
        Item {
            owner: format!("environment#{}", self.environment),
            key: "intent".to_owned(),
            attributes: attributes.as_object().cloned().unwrap_or_else(Map::new),
        }
    }
}
