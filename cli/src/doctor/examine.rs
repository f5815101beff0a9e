//! What signs mean. Pure.

use std::collections::BTreeSet;

use aws_adapters::operator::Subscription;
use domain::failure::{CallError, Cause};
use domain::paging::routes::Routes;

use super::{Finding, Health, Signs};

/// What `signs` mean for those who are to be told by `routes`.
pub fn examine(routes: &Routes, signs: &Signs) -> Vec<Finding> {
    let mut findings: Vec<_> = signs.topics.iter().flat_map(|(name, found)| topic(name, found)).collect();
    findings.extend(receivers(routes, signs.keys.as_ref()));
    findings.extend(signs.sandbox.as_ref().map(sandbox));
    findings.push(links(&signs.answer_url));
    findings.push(dead_letters(&signs.dead_letters));
    let why = "the newest beat is a figure in CloudWatch, and is not looked at here".to_owned();
    let advice = "the alarm PagingSilence tells of its silence by the operators' topic".to_owned();
    findings.push(Finding { what: "heartbeat".to_owned(), health: Health::Skipped, why, advice });
    findings
}

fn well(what: &str, why: impl Into<String>) -> Finding {
    Finding { what: what.to_owned(), health: Health::Well, why: why.into(), advice: String::new() }
}

fn ill(what: &str, why: impl Into<String>, advice: impl Into<String>) -> Finding {
    Finding { what: what.to_owned(), health: Health::Ill, why: why.into(), advice: advice.into() }
}

/// AWS did not say, and why.
fn unseen(what: &str, error: &CallError) -> Finding {
    let advice = match error.cause {
        Cause::Denied => "check the credentials and that your role has this right",
        Cause::NotFound => "check AWS_REGION and --stack, and deploy the stack if it is not there",
        _ => "try again; check AWS_REGION, AWS_ENDPOINT_URL and the network",
    };
    Finding { what: what.to_owned(), health: Health::Unseen, why: error.to_string(), advice: advice.to_owned() }
}

fn topic(name: &str, found: &Result<Option<Vec<Subscription>>, CallError>) -> Vec<Finding> {
    let what = format!("topic {name}");
    let subscriptions = match found {
        Err(error) => return vec![unseen(&what, error)],
        Ok(None) => return vec![ill(&what, "there is no such topic", "check AWS_REGION and --stack, and deploy the stack")],
        Ok(Some(subscriptions)) => subscriptions,
    };
    let pending = subscriptions.iter().filter(|subscription| subscription.is_pending).map(|subscription| {
        let who = format!("the subscription of {} by {} is not confirmed", subscription.endpoint, subscription.protocol);
        ill(&what, who, "follow the link in the mail that AWS has sent, or subscribe again if that is older than two days")
    });
    let confirmed = subscriptions.iter().filter(|subscription| !subscription.is_pending).count();
    let all = match confirmed {
        0 => ill(&what, "it has no confirmed subscription, so that nobody hears of it", "subscribe somebody: aws sns subscribe"),
        1 => well(&what, "1 subscription is confirmed"),
        many => well(&what, format!("{many} subscriptions are confirmed")),
    };
    pending.chain([all]).collect()
}

fn receivers(routes: &Routes, keys: Option<&Result<BTreeSet<String>, CallError>>) -> Vec<Finding> {
    let keys = match keys {
        Some(Ok(keys)) => keys,
        Some(Err(error)) => return vec![unseen("keys of receivers", error)],
        None => {
            let advice = "give --receivers-secret with the stack's output ReceiversSecretArn".to_owned();
            let why = "it is not said which secret has them".to_owned();
            return vec![Finding { what: "keys of receivers".to_owned(), health: Health::Skipped, why, advice }];
        }
    };
    let of = |receiver: &domain::paging::routes::Receiver| {
        let (what, key) = (format!("receiver {}", receiver.id), receiver.secret()?);
        Some(match keys.contains(key) {
            true => well(&what, format!("the secret has the key {key:?}")),
            false => ill(&what, format!("the secret lacks the key {key:?}"), "put it there: aws secretsmanager put-secret-value"),
        })
    };
    routes.receivers().iter().filter_map(of).collect()
}

fn sandbox(found: &Result<bool, CallError>) -> Finding {
    match found {
        Ok(false) => well("text messages", "the account may send them to any number"),
        Ok(true) => ill(
            "text messages",
            "the account is in the SMS sandbox: only numbers that were verified are reached",
            "verify the number, or ask AWS to move the account out of the sandbox (SNS, Text messaging)",
        ),
        Err(error) => unseen("text messages", error),
    }
}

fn links(found: &Result<Option<String>, CallError>) -> Finding {
    match found {
        Ok(Some(url)) => well("links", format!("they lead to {url}")),
        Ok(None) => ill(
            "links",
            "answer-link has no address, so that nobody can answer by a link",
            "deploy the stack again; until then answer by caretaker ack and caretaker approve",
        ),
        Err(error) => unseen("links", error),
    }
}

fn dead_letters(found: &Result<u64, CallError>) -> Finding {
    match found {
        Ok(0) => well("dead letters of paging", "there are none"),
        Ok(count) => ill(
            "dead letters of paging",
            format!("there are {count}: of each somebody was to be told, and may not have been"),
            "read them with aws sqs receive-message, tell people, and see docs/runbooks/dead-letters.md",
        ),
        Err(error) => unseen("dead letters of paging", error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subscription(endpoint: &str, is_pending: bool) -> Subscription {
        Subscription { protocol: "email".into(), endpoint: endpoint.into(), is_pending }
    }

    fn denied() -> CallError {
        CallError::new("sns.ListTopics", Cause::Denied, "AuthorizationError: no")
    }

    fn healthy() -> Signs {
        let keys = BTreeSet::from(["pagerduty", "slack", "sms"].map(str::to_owned));
        Signs {
            topics: vec![("caretaker-operators".into(), Ok(Some(vec![subscription("ops@example.com", false)])))],
            keys: Some(Ok(keys)),
            sandbox: Some(Ok(false)),
            answer_url: Ok(Some("https://answers.example.com/".into())),
            dead_letters: Ok(0),
        }
    }

    /// What is neither well nor skipped.
    fn wrong(signs: &Signs) -> Vec<String> {
        let routes = runtime::routes::load().unwrap();
        let findings = examine(&routes, signs).into_iter().filter(|finding| !matches!(finding.health, Health::Well | Health::Skipped));
        findings.map(|finding| format!("{}: {}", finding.what, finding.why)).collect()
    }

    #[test]
    fn what_would_keep_somebody_from_being_told_is_found() {
        let check = |change: &dyn Fn(&mut Signs), expected: &[&str]| {
            let mut signs = healthy();
            change(&mut signs);
            assert_eq!(wrong(&signs), expected);
        };
        let topic = |subscriptions: Vec<Subscription>| vec![("alerts".to_owned(), Ok(Some(subscriptions)))];
        check(&|_| {}, &[]);
        let pending = "topic alerts: the subscription of a@example.com by email is not confirmed";
        let nobody = "topic alerts: it has no confirmed subscription, so that nobody hears of it";
        check(&|signs| signs.topics = topic(vec![subscription("a@example.com", true)]), &[pending, nobody]);
        check(&|signs| signs.topics = topic(vec![subscription("a@example.com", true), subscription("b@example.com", false)]), &[pending]);
        check(&|signs| signs.topics = topic(Vec::new()), &[nobody]);
        check(&|signs| signs.topics = vec![("alerts".into(), Ok(None))], &["topic alerts: there is no such topic"]);
        let slack_alone = || Some(Ok(BTreeSet::from(["slack".to_owned()])));
        let lacks = ["receiver pagerduty: the secret lacks the key \"pagerduty\"", "receiver sms: the secret lacks the key \"sms\""];
        check(&|signs| signs.keys = slack_alone(), &lacks);
        // It is said that it was not looked at.
        check(&|signs| signs.keys = None, &[]);
        let sandbox = "text messages: the account is in the SMS sandbox: only numbers that were verified are reached";
        check(&|signs| signs.sandbox = Some(Ok(true)), &[sandbox]);
        let no_links = "links: answer-link has no address, so that nobody can answer by a link";
        check(&|signs| signs.answer_url = Ok(None), &[no_links]);
        let dead = "dead letters of paging: there are 2: of each somebody was to be told, and may not have been";
        check(&|signs| signs.dead_letters = Ok(2), &[dead]);
    }

    #[test]
    fn what_aws_does_not_say_is_not_taken_for_well() {
        let signs = Signs {
            topics: vec![("alerts".into(), Err(denied()))],
            keys: Some(Err(denied())),
            sandbox: Some(Err(denied())),
            answer_url: Err(denied()),
            dead_letters: Err(denied()),
        };
        assert_eq!(wrong(&signs).len(), 5);
    }
}
