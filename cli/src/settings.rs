//! Where Caretaker's own things are: from flags, from the environment, or by the names that its stack gives them.

use aws_adapters::client::{AwsCloud, ClientSettings, config};
use aws_adapters::operator::{Operator, SdkConfig};
use clap::Args;
use domain::failure::CallError;

use crate::exit::CliError;

/// The names that template.yaml fixes; the bus has the same one in every stack.
const BUS: &str = "caretaker";

/// Flags that say where things are. What is not said follows from the stack's name, as template.yaml has it.
#[derive(Debug, Clone, Args)]
pub struct Places {
    /// Name of the CloudFormation stack; what the flags below do not say has the name that the stack gives it
    #[arg(long, global = true, env = "CARETAKER_STACK", default_value = "caretaker", help_heading = "Where things are")]
    pub stack: String,
    /// Table of the ledger [STACK-ledger]
    #[arg(long, global = true, env = "LEDGER_TABLE", hide_env_values = true, help_heading = "Where things are")]
    pub ledger_table: Option<String>,
    /// Table of what is remembered of pools of workers [STACK-scaling]
    #[arg(long, global = true, env = "SCALING_TABLE", hide_env_values = true, help_heading = "Where things are")]
    pub scaling_table: Option<String>,
    /// Table of what is remembered of services that failed [STACK-remediation]
    #[arg(long, global = true, env = "REMEDIATION_TABLE", hide_env_values = true, help_heading = "Where things are")]
    pub remediation_table: Option<String>,
    /// Table of incidents [STACK-paging]
    #[arg(long, global = true, env = "PAGING_TABLE", hide_env_values = true, help_heading = "Where things are")]
    pub paging_table: Option<String>,
    /// Bus that orders are put on [caretaker]
    #[arg(long, global = true, env = "BUS_NAME", hide_env_values = true, help_heading = "Where things are")]
    pub bus: Option<String>,
    /// URL of the tenant queue, where dead letters are redriven to [of STACK-tenants]
    #[arg(long, global = true, env = "TENANT_QUEUE_URL", hide_env_values = true, help_heading = "Where things are")]
    pub queue_url: Option<String>,
    /// URL of the dead letters of the tenant queue [of STACK-tenants-dlq]
    #[arg(long, global = true, env = "TENANT_DLQ_URL", hide_env_values = true, help_heading = "Where things are")]
    pub dlq_url: Option<String>,
    /// URL of what EventBridge, the Scheduler or SNS could not hand over [of STACK-undelivered-dlq]
    #[arg(long, global = true, env = "UNDELIVERED_DLQ_URL", hide_env_values = true, help_heading = "Where things are")]
    pub undelivered_url: Option<String>,
}

/// The queues that hold dead letters, and the one they go back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queues {
    /// Where redriven letters go.
    pub tenants: String,
    /// What can never succeed.
    pub dead: String,
    /// What was never handed over.
    pub undelivered: String,
}

impl Places {
    /// The ledger's table.
    pub fn ledger_table(&self) -> String {
        said(self.ledger_table.as_ref()).unwrap_or_else(|| format!("{}-ledger", self.stack))
    }

    /// The table of what is remembered of pools of workers.
    fn scaling_table(&self) -> String {
        said(self.scaling_table.as_ref()).unwrap_or_else(|| format!("{}-scaling", self.stack))
    }

    /// The table of what is remembered of services that failed.
    fn remediation_table(&self) -> String {
        said(self.remediation_table.as_ref()).unwrap_or_else(|| format!("{}-remediation", self.stack))
    }

    /// The table of incidents.
    fn paging_table(&self) -> String {
        said(self.paging_table.as_ref()).unwrap_or_else(|| format!("{}-paging", self.stack))
    }

    /// The topic of the alarms on Caretaker itself.
    pub fn operator_topic(&self) -> String {
        format!("{}-operators", self.stack)
    }

    /// The topic that incidents are mailed by.
    pub fn alert_topic(&self) -> String {
        format!("{}-alerts", self.stack)
    }

    /// The queue of what nobody could be told.
    pub fn paging_dead_letters(&self) -> String {
        format!("{}-paging-dlq", self.stack)
    }

    /// The function that links lead to.
    pub fn answer_function(&self) -> String {
        format!("{}-answer-link", self.stack)
    }

    /// The bus.
    pub fn bus(&self) -> String {
        said(self.bus.as_ref()).unwrap_or_else(|| BUS.to_owned())
    }

    /// The client that reads the ledger. It makes no other call, so it knows of no queue.
    ///
    /// # Errors
    /// No region is set.
    pub async fn cloud(&self) -> Result<AwsCloud, CliError> {
        let nowhere = String::new;
        let settings = ClientSettings {
            ledger_table: self.ledger_table(),
            bus_name: self.bus(),
            queue_url: nowhere(),
            dlq_url: nowhere(),
            scaling_table: self.scaling_table(),
            remediation_table: self.remediation_table(),
            tenant_queue_url: nowhere(),
            paging_table: self.paging_table(),
            paging_queue_url: nowhere(),
            local_receivers: false,
        };
        Ok(AwsCloud::new(&in_region().await?, settings))
    }

    /// The client that puts orders and redrives.
    ///
    /// # Errors
    /// No region is set.
    pub async fn operator(&self) -> Result<Operator, CliError> {
        in_region().await.map(|config| Operator::new(&config))
    }

    /// The queues; those that no flag names are looked up by name.
    ///
    /// # Errors
    /// A queue is not there, or AWS did not say.
    pub async fn queues(&self, operator: &Operator) -> Result<Queues, CliError> {
        Ok(Queues {
            tenants: self.queue(operator, self.queue_url.as_ref(), "tenants").await?,
            dead: self.queue(operator, self.dlq_url.as_ref(), "tenants-dlq").await?,
            undelivered: self.queue(operator, self.undelivered_url.as_ref(), "undelivered-dlq").await?,
        })
    }

    async fn queue(&self, operator: &Operator, flag: Option<&String>, name: &str) -> Result<String, CliError> {
        if let Some(url) = said(flag) {
            return Ok(url);
        }
        let name = format!("{}-{name}", self.stack);
        operator.queue_url(&name).await.map_err(|source: CallError| CliError::Call { what: format!("finding the queue {name}"), source })
    }
}

/// The SDK's configuration. Without a region every call would fail with "dispatch failure", which tells nobody what to do.
async fn in_region() -> Result<SdkConfig, CliError> {
    let config = config().await;
    if config.region().is_some() { Ok(config) } else { Err(CliError::NoRegion) }
}

/// A flag or variable that is empty says nothing.
fn said(flag: Option<&String>) -> Option<String> {
    flag.filter(|text| !text.is_empty()).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = include_str!("../../template.yaml");

    /// The names are derived instead of read from the stack, so the template is held to them.
    #[test]
    fn the_template_gives_things_the_names_that_are_derived() {
        let check = |line: &str| assert!(TEMPLATE.lines().any(|of| of.trim() == line), "{line}");
        check(&format!("Name: {BUS}"));
        for name in ["ledger", "paging"] {
            check(&format!("TableName: !Sub ${{AWS::StackName}}-{name}"));
        }
        for name in ["tenants", "tenants-dlq", "undelivered-dlq", "paging-dlq"] {
            check(&format!("QueueName: !Sub ${{AWS::StackName}}-{name}"));
        }
        for name in ["operators", "alerts"] {
            check(&format!("TopicName: !Sub ${{AWS::StackName}}-{name}"));
        }
        check("FunctionName: !Sub ${AWS::StackName}-answer-link");
    }

    #[test]
    fn a_flag_goes_before_the_stack_and_an_empty_one_says_nothing() {
        let places = |table: Option<&str>| Places {
            stack: "care".into(),
            scaling_table: None,
            remediation_table: table.map(str::to_owned),
            paging_table: None,
            ledger_table: table.map(str::to_owned),
            bus: None,
            queue_url: None,
            dlq_url: None,
            undelivered_url: None,
        };
        assert_eq!(places(Some("other")).ledger_table(), "other");
        assert_eq!(places(Some("")).ledger_table(), "care-ledger");
        assert_eq!(
            [Some("other"), Some(""), None].map(|table| places(table).remediation_table()),
            ["other", "care-remediation", "care-remediation"]
        );
        assert_eq!((places(None).ledger_table(), places(None).bus()), ("care-ledger".to_owned(), "caretaker".to_owned()));
    }
}
