//! Where a function runs: account and region, from its own ARN; and what the stack made there for what the function makes.

use domain::resolve::Site;
use thiserror::Error;

/// The ARN is none of a function.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("{0:?} is no ARN of a function")]
pub struct BadArn(String);

/// The site of the function `arn` (`arn:aws:lambda:REGION:ACCOUNT:function:NAME`), whose roles are bounded by the policy `boundary`,
/// and whose caches tell the topic `cache_events`.
///
/// # Errors
/// It is not of this form.
pub fn site(arn: &str, boundary: &str, cache_events: &str) -> Result<Site, BadArn> {
    match arn.splitn(6, ':').collect::<Vec<_>>()[..] {
        ["arn", _, "lambda", region, account, _] if !region.is_empty() && !account.is_empty() => Ok(Site {
            account: account.to_owned(),
            region: region.to_owned(),
            boundary: boundary.to_owned(),
            cache_events: cache_events.to_owned(),
        }),
        _ => Err(BadArn(arn.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_and_region_are_read_from_the_arn() {
        let site = |arn| site(arn, "b", "t");
        let expected = Site { account: "123456789012".into(), region: "eu-west-1".into(), boundary: "b".into(), cache_events: "t".into() };
        assert_eq!(site("arn:aws:lambda:eu-west-1:123456789012:function:provision-tenant"), Ok(expected.clone()));
        assert_eq!(site("arn:aws:lambda:eu-west-1:123456789012:function:provision-tenant:live"), Ok(expected));
        assert!(site("").is_err() && site("arn:aws:sqs:eu-west-1:1:q").is_err());
    }
}
