//! Posts to receivers outside AWS, over the SDK's own HTTP stack, which follows no redirect. Their URLs are credentials: they are in no log
//! and no error.

use std::convert::Infallible;
use std::net::IpAddr;
use std::time::Duration;

use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime::client::dns::TokioDnsResolver;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::timeout::TimeoutConfig;
use domain::failure::{CallError, Cause};
use domain::paging::address::{Forbidden, Target, allowed, target};
use domain::ports::{Answered, Call, Confidential, Post, Reply};

use super::{AwsCloud, unknown};

/// So long a receiver has to answer.
const TIME: Duration = Duration::from_secs(5);
/// So many bytes of an answer are read on.
const ANSWER: usize = 2_048;

/// Looks names up once, and hands out no address that may not be connected to: what is connected to is what was looked at.
#[derive(Debug, Clone)]
struct Guard {
    local: bool,
    names: TokioDnsResolver,
}

impl ResolveDns for Guard {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move {
            let found = self.names.resolve_dns(name).await?;
            let checked: Result<Vec<IpAddr>, Forbidden> = found.into_iter().map(|ip| allowed(ip, self.local).map(|()| ip)).collect();
            checked.map_err(ResolveDnsError::new)
        })
    }
}

/// What posts go over.
pub(super) fn client(local: bool) -> SharedHttpClient {
    let guard = Guard { local, names: TokioDnsResolver::new() };
    Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build_with_resolver(guard)
}

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    match call {
        Call::Post(Post { url, headers, body }) => post(cloud, &url, headers, body).await.map(Reply::Post),
        call => Err(unknown(call.name())),
    }
}

async fn post(cloud: &AwsCloud, url: &Confidential, headers: Vec<(String, String)>, body: Confidential) -> Result<Answered, CallError> {
    let refused = |why: Forbidden| CallError::new("web.Post", Cause::InvalidRequest, why.to_string());
    // Nothing of the text itself goes on: it may be read in another way than it was checked.
    let Target { origin, path } = target(&url.0, cloud.settings.local_receivers).map_err(refused)?;
    let post = Operation::builder()
        .service_name("receiver")
        .operation_name("Post")
        .endpoint_url(&origin)
        .no_auth()
        .no_retry()
        .http_client(cloud.web.clone())
        .timeout_config(TimeoutConfig::builder().operation_timeout(TIME).build())
        .serializer(move |(): ()| request(&path.0, &headers, &body))
        .deserializer(|response| Ok::<_, OrchestratorError<Infallible>>(read(response)))
        .build();
    post.invoke(()).await.map_err(|error| failed(&error))
}

fn request(
    path: &str,
    headers: &[(String, String)],
    body: &Confidential,
) -> Result<HttpRequest, aws_smithy_runtime_api::box_error::BoxError> {
    let mut request = HttpRequest::new(SdkBody::from(body.0.as_str()));
    request.set_method("POST")?;
    request.set_uri(path)?;
    for (name, value) in headers {
        request.headers_mut().try_insert(name.clone(), value.clone())?;
    }
    Ok(request)
}

/// Every status is an answer: what it means is decided elsewhere.
fn read(response: &HttpResponse) -> Answered {
    let body = response.body().bytes().unwrap_or_default();
    Answered {
        status: response.status().as_u16(),
        retry_after: response.headers().get("retry-after").map(str::to_owned),
        body: String::from_utf8_lossy(&body[..body.len().min(ANSWER)]).into_owned(),
    }
}

/// Without the SDK's own words, which may name the URL.
fn failed(error: &SdkError<Infallible, HttpResponse>) -> CallError {
    let mut causes = std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source());
    let forbidden = causes.find_map(|error| error.downcast_ref::<Forbidden>());
    let (cause, why) = match (error, forbidden) {
        (_, Some(forbidden)) => (Cause::InvalidRequest, forbidden.to_string()),
        (SdkError::TimeoutError(_), None) => (Cause::TimedOut, format!("the receiver has not answered within {} s", TIME.as_secs())),
        (SdkError::DispatchFailure(failure), None) if failure.is_timeout() => (Cause::TimedOut, "no connection in time".to_owned()),
        _ => (Cause::Unavailable, "the receiver cannot be reached".to_owned()),
    };
    CallError::new("web.Post", cause, why)
}
