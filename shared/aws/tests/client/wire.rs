//! A wire that keeps each request and gives the answers laid out before.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_adapters::client::{AwsCloud, ClientSettings};
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sqs::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use domain::failure::{CallError, Cause};
use domain::ports::{Operation, send};
use domain::resource::Tags;
use serde_json::{Map, Value, json};

/// Long enough for any answer that comes, short for the one that never does.
const ATTEMPT_TIME: Duration = Duration::from_millis(200);

/// What the wire does with a request.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// A reply with its headers.
    Reply(u16, Vec<(&'static str, String)>, String),
    /// The connection breaks.
    Broken,
    /// Nothing ever comes.
    Silence,
}

/// 200 with a JSON body.
pub(crate) fn ok(body: Value) -> Answer {
    Answer::Reply(200, Vec::new(), body.to_string())
}

/// 200 with the result of an RDS action.
pub(crate) fn xml(action: &str, result: &str) -> Answer {
    Answer::Reply(200, Vec::new(), format!("<{action}Response><{action}Result>{result}</{action}Result></{action}Response>"))
}

/// An error as the JSON services say it (DynamoDB, ECS, Secrets Manager, EventBridge).
pub(crate) fn refusal(status: u16, code: &str, message: &str) -> Answer {
    Answer::Reply(status, Vec::new(), json!({"__type": format!("com.amazonaws#{code}"), "message": message}).to_string())
}

/// An error as EFS says it.
pub(crate) fn efs_refusal(status: u16, code: &str, message: &str) -> Answer {
    Answer::Reply(status, vec![("x-amzn-errortype", code.to_owned())], json!({"ErrorCode": code, "Message": message}).to_string())
}

/// An error as S3 says it.
pub(crate) fn s3_refusal(status: u16, code: &str) -> Answer {
    Answer::Reply(status, Vec::new(), format!("<Error><Code>{code}</Code><Message>no</Message></Error>"))
}

/// An error as RDS says it.
pub(crate) fn rds_refusal(status: u16, code: &str, message: &str) -> Answer {
    let error = format!("<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>");
    Answer::Reply(status, Vec::new(), format!("<ErrorResponse>{error}<RequestId>r</RequestId></ErrorResponse>"))
}

/// A request as it went out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Request {
    /// The operation's name, or method and path where the path names it.
    pub(crate) action: String,
    /// JSON, or a form's fields as an object.
    pub(crate) body: Value,
}

/// The outcome of a call and the requests that it made.
pub(crate) struct Exchange<T> {
    pub(crate) outcome: Result<T, CallError>,
    pub(crate) requests: Vec<Request>,
}

impl<T: std::fmt::Debug> Exchange<T> {
    /// The cause of the failure that there must be.
    pub(crate) fn cause(&self) -> Cause {
        self.outcome.as_ref().expect_err("a failure").cause
    }

    /// What came back.
    pub(crate) fn reply(self) -> T {
        self.outcome.expect("a reply")
    }
}

/// Makes a call; the last answer is given again to whoever asks on.
pub(crate) fn exchange<O: Operation>(operation: O, answers: &[Answer]) -> Exchange<O::Output> {
    let wire = Wire { answers: Arc::new(Mutex::new(answers.iter().cloned().collect())), requests: Arc::default() };
    let cloud = cloud(wire.clone());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let outcome = runtime.block_on(send(&cloud, operation));
    let requests = wire.requests.lock().expect("no panic").clone();
    Exchange { outcome, requests }
}

/// The one request that a successful call makes.
pub(crate) fn request<O: Operation>(operation: O, answer: Answer) -> Request
where
    O::Output: std::fmt::Debug,
{
    let exchange = exchange(operation, &[answer]);
    exchange.outcome.expect("a reply");
    let [request] = <[Request; 1]>::try_from(exchange.requests).expect("one request");
    request
}

/// Tags from pairs.
pub(crate) fn tags(pairs: &[(&str, &str)]) -> Tags {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn cloud(wire: Wire) -> AwsCloud {
    let connector = SharedHttpConnector::new(wire);
    let client = http_client_fn(move |_: &HttpConnectorSettings, _: &RuntimeComponents| connector.clone());
    let credentials = Credentials::new("AKIDEXAMPLE", "example", None, None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(1)))
        .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT_TIME).build())
        .http_client(client)
        .build();
    let settings = ClientSettings {
        ledger_table: "ledger".into(),
        bus_name: "caretaker".into(),
        queue_url: "https://sqs.us-east-1.amazonaws.com/1/tenants".into(),
        dlq_url: "https://sqs.us-east-1.amazonaws.com/1/dead".into(),
        scaling_table: "scaling".into(),
        remediation_table: "remediation".into(),
        tenant_queue_url: "https://sqs.us-east-1.amazonaws.com/1/reconciler".into(),
        paging_table: "caretaker-paging".into(),
        paging_queue_url: "http://127.0.0.1/paging".into(),
        local_receivers: false,
    };
    AwsCloud::new(&config, settings)
}

#[derive(Debug, Clone)]
struct Wire {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.requests.lock().expect("no panic").push(recorded(&request));
        let mut answers = self.answers.lock().expect("no panic");
        let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        match answer.expect("an answer was laid out") {
            Answer::Reply(status, headers, body) => {
                let mut response = HttpResponse::new(status.try_into().expect("a status"), SdkBody::from(body));
                for (name, value) in headers {
                    response.headers_mut().insert(name, value);
                }
                HttpConnectorFuture::ready(Ok(response))
            }
            Answer::Broken => HttpConnectorFuture::ready(Err(ConnectorError::io("connection reset by peer".into()))),
            Answer::Silence => HttpConnectorFuture::new(std::future::pending()),
        }
    }
}

fn recorded(request: &HttpRequest) -> Request {
    let text = String::from_utf8(request.body().bytes().unwrap_or_default().to_vec()).expect("text");
    let (path, query) = request.uri().split_once('?').unwrap_or((request.uri(), ""));
    let path = path.splitn(4, '/').nth(3).unwrap_or_default();
    if let Some(target) = request.headers().get("x-amz-target") {
        let action = target.rsplit('.').next().unwrap_or_default().to_owned();
        return Request { action, body: serde_json::from_str(&text).expect("JSON") };
    }
    if request.headers().get("content-type") == Some("application/x-www-form-urlencoded") {
        let mut body = fields(&text);
        let action = body.remove("Action").and_then(|action| action.as_str().map(str::to_owned)).unwrap_or_default();
        body.remove("Version");
        return Request { action, body: body.into() };
    }
    if text.starts_with('<') {
        let whole = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
        return Request { action: format!("{} /{whole}", request.method()), body: Value::String(text) };
    }
    let body = serde_json::from_str(&text).unwrap_or_else(|_| fields(query).into());
    Request { action: format!("{} /{path}", request.method()), body }
}

fn fields(form: &str) -> Map<String, Value> {
    let pairs = form.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (plain(name), Value::String(plain(value)))).collect()
}

/// Undoes percent encoding.
fn plain(encoded: &str) -> String {
    let mut parts = encoded.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (hex, rest) = part.split_at(2);
        bytes.push(u8::from_str_radix(hex, 16).expect("two hex digits"));
        bytes.extend(rest.as_bytes());
    }
    String::from_utf8(bytes).expect("text")
}
