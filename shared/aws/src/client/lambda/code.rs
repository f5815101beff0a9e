//! The package of a function's code: Lambda tells a presigned URL of it, good for ten minutes, which is fetched over the SDK's
//! own HTTP stack. The URL is a credential: it is in no log and no error.

use std::convert::Infallible;

use aws_sdk_lambda::types::Architecture;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::Blob;
use aws_smithy_types::timeout::TimeoutConfig;
use domain::failure::{CallError, Cause};

use super::get;
use crate::client::{ATTEMPT_TIME, AwsCloud};

/// What a function is made of.
pub(super) struct Code {
    /// The zip.
    pub(super) package: Blob,
    /// What it is built for.
    pub(super) architectures: Vec<Architecture>,
}

/// That of the function of this name.
///
/// # Errors
/// There is no such function, or its package cannot be fetched.
pub(super) async fn of(cloud: &AwsCloud, operation: &str, function: &str) -> Result<Code, CallError> {
    let found = get(cloud, operation, function).await.map_err(|error| match error.cause {
        // Not the function that is to be made or changed, which may well be there or not.
        Cause::NotFound => wrong(operation, format!("function {function} of code_of does not exist: name one of the stack's")),
        _ => error,
    })?;
    let location = found.code().and_then(|code| code.location());
    let location = location.ok_or_else(|| wrong(operation, format!("function {function} of code_of has no package of its own")))?;
    let package = fetch(cloud, operation, function, location).await?;
    let architectures = found.configuration().map(|settings| settings.architectures().to_vec()).unwrap_or_default();
    Ok(Code { package, architectures })
}

fn wrong(operation: &str, message: String) -> CallError {
    CallError::new(operation, Cause::InvalidRequest, message)
}

async fn fetch(cloud: &AwsCloud, operation: &str, function: &str, location: &str) -> Result<Blob, CallError> {
    let (host, path) = split(location).ok_or_else(|| wrong(operation, format!("the place of the code of {function} is no URL")))?;
    let path = path.to_owned();
    let mut download = Operation::builder()
        .service_name("lambda-code")
        .operation_name("Fetch")
        .endpoint_url(host)
        .no_auth()
        .no_retry()
        .timeout_config(TimeoutConfig::builder().operation_timeout(ATTEMPT_TIME).build());
    if let Some(client) = cloud.http.clone() {
        download = download.http_client(client);
    }
    let download = download.serializer(move |(): ()| Ok(HttpRequest::get(&path)?)).deserializer(read).build();
    download.invoke(()).await.map_err(|error| failed(operation, function, &error))
}

/// Scheme and host, and the rest.
fn split(url: &str) -> Option<(&str, &str)> {
    let host = url.find("://")? + 3;
    let path = host + url[host..].find('/')?;
    Some(url.split_at(path))
}

/// The body of a success; any other answer is left to [`failed`], which tells its status alone.
fn read(response: &HttpResponse) -> Result<Blob, OrchestratorError<Infallible>> {
    match (response.status().is_success(), response.body().bytes()) {
        (true, Some(bytes)) => Ok(Blob::new(bytes)),
        _ => Err(OrchestratorError::other("no package")),
    }
}

/// Without the SDK's own words, which name the URL.
fn failed(operation: &str, function: &str, error: &SdkError<Infallible, HttpResponse>) -> CallError {
    let (cause, why) = match error {
        SdkError::TimeoutError(_) => (Cause::TimedOut, "no answer in time".to_owned()),
        SdkError::ResponseError(response) => (Cause::Unavailable, format!("status {}", response.raw().status().as_u16())),
        _ => (Cause::Unavailable, "the connection broke".to_owned()),
    };
    CallError::new(operation, cause, format!("the code of {function} could not be fetched: {why}"))
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_url_is_split_before_its_path() {
        let check = |url: &str, expected: Option<(&str, &str)>| assert_eq!(split(url), expected, "{url}");
        check(
            "https://bucket.s3.amazonaws.com/code/a?X-Amz-Signature=1%2F2",
            Some(("https://bucket.s3.amazonaws.com", "/code/a?X-Amz-Signature=1%2F2")),
        );
        check("http://127.0.0.1:4566/code", Some(("http://127.0.0.1:4566", "/code")));
        check("https://bucket.s3.amazonaws.com", None);
        check("bucket/code", None);
    }
}
