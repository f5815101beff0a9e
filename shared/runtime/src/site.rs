//! Where a function runs: account and region, from its own ARN; and what the stack made there for what the function makes.

use domain::resolve::{STACK, Site};
use thiserror::Error;

/// The ARN is none of a function.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("{0:?} is no ARN of a function")]
pub struct BadArn(String);

/// The settings that the [`STACK`]'s words stand for, in their order.
pub const SETTINGS: [&str; STACK.len()] =
    ["ROLE_BOUNDARY", "CACHE_EVENTS_TOPIC", "LEDGER_TABLE", "SCALING_QUEUE_URL", "SCALING_QUEUE_ARN", "SAMPLER_FUNCTION"];

/// The site of the function `arn` (`arn:aws:lambda:REGION:ACCOUNT:function:NAME`), with the values of the [`SETTINGS`].
///
/// # Errors
/// It is not of this form.
pub fn site(arn: &str, settings: &[String; STACK.len()]) -> Result<Site, BadArn> {
    match arn.splitn(6, ':').collect::<Vec<_>>()[..] {
        ["arn", _, "lambda", region, account, _] if !region.is_empty() && !account.is_empty() => Ok(Site {
            account: account.to_owned(),
            region: region.to_owned(),
            stack: STACK.into_iter().map(str::to_owned).zip(settings.iter().cloned()).collect(),
        }),
        _ => Err(BadArn(arn.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_and_region_are_read_from_the_arn() {
        let settings = ["b", "t", "l", "q", "a", "s"].map(str::to_owned);
        let site = |arn| site(arn, &settings);
        let words = [
            ("boundary", "b"),
            ("cache_events", "t"),
            ("ledger", "l"),
            ("scaling_queue", "q"),
            ("scaling_queue_arn", "a"),
            ("sampler", "s"),
        ];
        let stack = words.map(|(word, text)| (word.to_owned(), text.to_owned())).into();
        let expected = Site { account: "123456789012".into(), region: "eu-west-1".into(), stack };
        assert_eq!(site("arn:aws:lambda:eu-west-1:123456789012:function:provision-tenant"), Ok(expected.clone()));
        assert_eq!(site("arn:aws:lambda:eu-west-1:123456789012:function:provision-tenant:live"), Ok(expected));
        assert!(site("").is_err() && site("arn:aws:sqs:eu-west-1:1:q").is_err());
    }
}
