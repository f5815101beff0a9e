//! The rules of a web ACL, to and fro.

use aws_sdk_wafv2::types::{
    BlockAction, ManagedRuleGroupStatement, NoneAction, OverrideAction, RateBasedStatement, RateBasedStatementAggregateKeyType, Rule,
    RuleAction, Statement,
};
use domain::failure::CallError;
use domain::kind::firewall::WebAcl;

use super::{illegal, visibility};

/// Who keeps the rule groups.
const VENDOR: &str = "AWS";
/// The name of the rule that counts requests.
const RATE: &str = "rate-limit";

/// The limit first, which is the cheapest to check; then AWS's groups in their order.
pub(super) fn write(desired: &WebAcl) -> Result<Vec<Rule>, CallError> {
    let limit = desired.rate_limit.map(limit).into_iter();
    let groups = desired.managed_rules.iter().zip(1..).map(|(name, priority)| group(name, priority));
    limit.chain(groups).collect()
}

fn limit(requests: u32) -> Result<Rule, CallError> {
    let counted = RateBasedStatement::builder().limit(i64::from(requests)).aggregate_key_type(RateBasedStatementAggregateKeyType::Ip);
    let counted = counted.build().map_err(|error| illegal(&error))?;
    let blocks = RuleAction::builder().block(BlockAction::builder().build()).build();
    let rule = Rule::builder().name(RATE).priority(0).statement(Statement::builder().rate_based_statement(counted).build());
    rule.action(blocks).visibility_config(visibility(RATE)?).build().map_err(|error| illegal(&error))
}

fn group(name: &str, priority: i32) -> Result<Rule, CallError> {
    let managed = ManagedRuleGroupStatement::builder().vendor_name(VENDOR).name(name).build().map_err(|error| illegal(&error))?;
    let statement = Statement::builder().managed_rule_group_statement(managed).build();
    // The group's own actions are in force.
    let own = OverrideAction::builder().none(NoneAction::builder().build()).build();
    let rule = Rule::builder().name(name).priority(priority).statement(statement).override_action(own);
    rule.visibility_config(visibility(name)?).build().map_err(|error| illegal(&error))
}

/// What a blueprint would say of these rules. A rule that we never write shows as a group of another name, and is replaced.
pub(super) fn read(rules: &[Rule]) -> WebAcl {
    let mut rules: Vec<_> = rules.iter().collect();
    rules.sort_by_key(|rule| rule.priority());
    let (limits, groups): (Vec<_>, Vec<_>) = rules.into_iter().partition(|rule| limit_of(rule).is_some());
    WebAcl { managed_rules: groups.into_iter().map(group_of).collect(), rate_limit: limits.first().and_then(|rule| limit_of(rule)) }
}

fn limit_of(rule: &Rule) -> Option<u32> {
    let blocks = rule.action().is_some_and(|action| action.block().is_some());
    let counted = rule.statement()?.rate_based_statement().filter(|_| blocks)?;
    u32::try_from(counted.limit()).ok()
}

fn group_of(rule: &Rule) -> String {
    let managed = rule.statement().and_then(Statement::managed_rule_group_statement).filter(|group| group.vendor_name() == VENDOR);
    let in_force = rule.override_action().is_some_and(|action| action.none().is_some());
    match managed {
        Some(group) if in_force => group.name().to_owned(),
        _ => format!("another rule: {}", rule.name()),
    }
}
