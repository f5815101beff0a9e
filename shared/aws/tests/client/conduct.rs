//! What the client does when AWS does not answer, and what nobody may hear.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use domain::failure::{CallError, Cause};
use domain::ports::{
    Confidential, CreateFileSystem, CreateMountTarget, CreateSecret, DeleteSecret, DescribeSecret, GetRandomPassword, GetSecretValue,
    Operation, ReadItem, RegisterTaskDefinition, SendMessage, WriteItems,
};
use serde_json::json;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::wire::{Answer, exchange, ok, refusal, tags};

/// How often the SDK sends a read or a call that is safe to repeat (its standard mode).
const ATTEMPTS: usize = 3;

const SECRET: &str = "hunter2hunter2";

fn create() -> CreateSecret {
    let value = Confidential(json!({"password": SECRET}).to_string());
    CreateSecret { name: "mate/demo".into(), token: "0123456789abcdef0123456789abcdef".into(), value, key: None, tags: tags(&[]) }
}

fn sent<O: Operation>(operation: O) -> usize
where
    O::Output: Debug,
{
    let exchange = exchange(operation, &[refusal(503, "ServiceUnavailable", "try later")]);
    assert_eq!(exchange.cause(), Cause::Unavailable);
    exchange.requests.len()
}

#[test]
fn a_create_is_sent_once_and_what_is_safe_to_repeat_three_times() {
    assert_eq!(sent(create()), 1);
    assert_eq!(sent(CreateFileSystem { token: "t".into(), name: "n".into(), key: None, tags: tags(&[]) }), 1);
    assert_eq!(sent(CreateMountTarget { file_system: "fs-1".into(), subnet: "subnet-1".into(), security_group: "sg-1".into() }), 1);
    assert_eq!(sent(RegisterTaskDefinition { content: plain_definition(), tags: tags(&[]) }), 1);
    assert_eq!(sent(DescribeSecret { id: "x".into() }), ATTEMPTS);
    assert_eq!(sent(DeleteSecret { id: "x".into(), recovery_days: None }), ATTEMPTS);
    assert_eq!(sent(SendMessage { body: "{}".into(), delay_seconds: 0 }), ATTEMPTS);
}

fn plain_definition() -> domain::kind::service::TaskDefinition {
    domain::kind::service::TaskDefinition {
        family: "web".into(),
        cpu: 256,
        memory_mib: 512,
        image: "i".into(),
        execution_role: "r".into(),
        ..domain::kind::service::TaskDefinition::default()
    }
}

#[test]
fn a_repeated_transaction_carries_the_token_of_the_first() {
    let delete = domain::ledger::Write::Delete { owner: "o".into(), key: "k".into() };
    let exchange = exchange(WriteItems { writes: vec![delete] }, &[Answer::Broken, ok(json!({}))]);
    let [first, second] = &exchange.requests[..] else { panic!("two attempts, not {}", exchange.requests.len()) };
    assert_eq!(first, second);
    assert_eq!(exchange.reply(), ());
}

#[test]
fn silence_is_a_time_out_and_a_broken_connection_says_what_broke() {
    let silent = exchange(create(), &[Answer::Silence]);
    assert_eq!((silent.cause(), silent.requests.len()), (Cause::TimedOut, 1));
    let broken: CallError = exchange(create(), &[Answer::Broken]).outcome.expect_err("it broke");
    assert_eq!((broken.cause, broken.operation.as_str()), (Cause::Unavailable, "secretsmanager.CreateSecret"));
    assert!(broken.message.contains("connection reset by peer"), "{broken}");
}

#[test]
fn a_reply_that_is_no_reply_is_unavailable() {
    let page = Answer::Reply(200, Vec::new(), "<html>captive portal</html>".into());
    assert_eq!(exchange(DescribeSecret { id: "x".into() }, &[page]).cause(), Cause::Unavailable);
}

#[test]
fn an_error_has_awss_code_and_words_but_never_the_secret() {
    let quoting = refusal(400, "InvalidParameterException", &format!("Value '{SECRET}' at 'secretString' is invalid"));
    let error = exchange(create(), &[quoting]).outcome.expect_err("a refusal");
    assert_eq!(error.message, "InvalidParameterException: Value '(confidential)' at 'secretString' is invalid");
}

/// Writes down all that is said at any level.
#[derive(Clone, Default)]
struct Ear(Arc<Mutex<String>>);

impl tracing::field::Visit for Ear {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn Debug) {
        self.0.lock().expect("no panic").push_str(&format!("{field}={value:?}\n"));
    }
}

impl Subscriber for Ear {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut self.clone());
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// Everything that is logged while a call is made.
fn heard<O: Operation>(operation: O, answer: Answer) -> String
where
    O::Output: Debug,
{
    let ear = Ear::default();
    let outcome = tracing::subscriber::with_default(ear.clone(), || exchange(operation, &[answer]).outcome.map(|_| ()));
    let text = ear.0.lock().expect("no panic").clone();
    assert!(text.contains(O::NAME), "the call itself is told: {outcome:?}");
    text
}

#[test]
fn no_log_of_any_level_shows_a_secret() {
    // Shows that this ear would hear it: the SDK logs the reply of a call that is not kept quiet.
    let item = ok(json!({"Item": {"pk": {"S": "o"}, "sk": {"S": "k"}, "a": {"S": SECRET}}}));
    assert!(heard(ReadItem { owner: "o".into(), key: "k".into() }, item).contains(SECRET));
    let silent = |text: String| assert!(!text.contains(SECRET), "{text}");
    silent(heard(create(), ok(json!({"ARN": "arn"}))));
    silent(heard(create(), refusal(400, "InvalidParameterException", SECRET)));
    silent(heard(GetSecretValue { id: "x".into() }, ok(json!({"SecretString": SECRET}))));
    silent(heard(GetRandomPassword { length: 14 }, ok(json!({"RandomPassword": SECRET}))));
}
