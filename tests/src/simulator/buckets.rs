//! AWS's token buckets, and the names by which its documentation calls the operations.

use crate::facts::facts;
use jiff::Timestamp;

/// AWS's service and operation of a call of the port.
pub(super) fn aws_name(call: &str) -> (&str, &str) {
    let (service, operation) = call.split_once('.').unwrap_or(("", call));
    let operation = match operation {
        "DescribeDatabase" => "DescribeDBInstances",
        "DescribeDatabases" => "DescribeDBInstances",
        "DescribeSnapshot" => "DescribeDBSnapshots",
        "CreateDatabase" => "CreateDBInstance",
        "ModifyDatabase" => "ModifyDBInstance",
        "DeleteDatabase" => "DeleteDBInstance",
        "DeleteSnapshot" => "DeleteDBSnapshot",
        "TagDatabase" => "AddTagsToResource",
        "DescribeService" => "DescribeServices",
        "DescribeFileSystem" => "DescribeFileSystems",
        "DescribeLoadBalancer" => "DescribeLoadBalancers",
        "DescribeTargetGroup" => "DescribeTargetGroups",
        "DescribeBalancingTags" => "DescribeTags",
        "TagBalancing" => "AddTags",
        "TagService" | "TagSecret" | "TagFileSystem" => "TagResource",
        "DescribeAccessPoint" => "DescribeAccessPoints",
        "ListKeyTags" => "ListResourceTags",
        "FindTopic" => "ListTopics",
        "ListTopicTags" => "ListTagsForResource",
        "SetTopicKey" | "SetTopicPolicy" => "SetTopicAttributes",
        "TagKey" | "TagTopic" => "TagResource",
        "GetFunctionPolicy" => "GetPolicy",
        "DescribeFunctionInterfaces" => "DescribeNetworkInterfaces",
        "PutTarget" => "PutTargets",
        "ListRuleTags" => "ListTagsForResource",
        "TagFunction" | "TagRule" => "TagResource",
        "ListCertificateTags" => "ListTagsForCertificate",
        same => same,
    };
    let service = match service {
        "elasticfilesystem" => "efs",
        "elasticloadbalancing" => "elbv2",
        same => same,
    };
    (service, operation)
}

/// How full each bucket of the facts is.
#[derive(Debug, Clone, Default)]
pub(super) struct Buckets(Vec<Option<Level>>);

#[derive(Debug, Clone, Copy)]
struct Level {
    tokens: f64,
    at: Timestamp,
}

impl Buckets {
    /// Takes a token of each bucket that the call falls under. False: one is empty, and none is taken.
    pub(super) fn take(&mut self, call: &str, now: Timestamp) -> bool {
        let (service, operation) = aws_name(call);
        let rows = &facts().buckets;
        self.0.resize(rows.len(), None);
        let concerned = |index: &usize| {
            rows[*index].service == service && rows[*index].operations.iter().any(|known| known == "*" || known == operation)
        };
        let concerned: Vec<_> = (0..rows.len()).filter(concerned).collect();
        for index in &concerned {
            let row = &rows[*index];
            let level = self.0[*index].unwrap_or(Level { tokens: row.burst, at: now });
            let refilled = level.tokens + now.duration_since(level.at).as_secs_f64() * row.per_second;
            self.0[*index] = Some(Level { tokens: refilled.min(row.burst), at: now });
        }
        let full = concerned.iter().all(|index| self.0[*index].is_some_and(|level| level.tokens >= 1.0));
        if full {
            for index in concerned {
                self.0[index] = self.0[index].map(|level| Level { tokens: level.tokens - 1.0, ..level });
            }
        }
        full
    }
}
