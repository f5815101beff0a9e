//! Wire to domain: the request that a function URL hands on (payload format 2.0).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::answering::PARAMETER;
use domain::ports::Confidential;
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

/// Bytes of the longest query or body that is looked at: a token of 2 KB, percent-encoded or in base64, and its name.
pub const LONGEST: usize = 4 * 1024;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// How.
    pub method: Method,
    /// By which right.
    pub token: Confidential,
}

/// How something is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// To see it.
    Get,
    /// To have it done.
    Post,
}

/// Why a request is not looked at any further. It quotes nothing of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BadRequest {
    /// A function URL hands on nothing like it.
    #[error("the event is no request of a function URL")]
    NotHttp,
    /// Neither GET nor POST.
    #[error("the method is neither GET nor POST")]
    Method,
    /// Over [`LONGEST`].
    #[error("query or body have more than {LONGEST} bytes")]
    TooLong,
    /// Its body is no base64, though it should be.
    #[error("the body cannot be read")]
    Malformed,
    /// It has none.
    #[error("the request has no token")]
    NoToken,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    request_context: Context,
    raw_query_string: Option<String>,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

#[derive(Deserialize)]
struct Context {
    http: Http,
}

#[derive(Deserialize)]
struct Http {
    method: String,
}

/// Reads a request: the token of a link's query, or of the page's form.
///
/// # Errors
/// See [`BadRequest`].
pub fn read(event: &Value) -> Result<Request, BadRequest> {
    let wire = Wire::deserialize(event).map_err(|_| BadRequest::NotHttp)?;
    match wire.request_context.http.method.as_str() {
        "GET" => request(Method::Get, &bounded(wire.raw_query_string)?),
        "POST" => request(Method::Post, &body(bounded(wire.body)?, wire.is_base64_encoded)?),
        _ => Err(BadRequest::Method),
    }
}

/// Query and form are written alike.
fn request(method: Method, form: &[u8]) -> Result<Request, BadRequest> {
    let token = form_urlencoded::parse(form).find(|(name, token)| name == PARAMETER && !token.is_empty());
    let (_, token) = token.ok_or(BadRequest::NoToken)?;
    Ok(Request { method, token: Confidential(token.into_owned()) })
}

fn bounded(text: Option<String>) -> Result<Vec<u8>, BadRequest> {
    match text.unwrap_or_default() {
        text if text.len() > LONGEST => Err(BadRequest::TooLong),
        text => Ok(text.into_bytes()),
    }
}

fn body(body: Vec<u8>, is_base64: bool) -> Result<Vec<u8>, BadRequest> {
    if is_base64 { STANDARD.decode(body).map_err(|_| BadRequest::Malformed) } else { Ok(body) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(method: &str, change: Value) -> Result<(Method, String), BadRequest> {
        let mut event = json!({ "version": "2.0", "rawPath": "/", "requestContext": { "http": { "method": method } } });
        event.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        read(&event).map(|request| (request.method, request.token.0))
    }

    #[test]
    fn the_token_comes_by_the_query_of_get_and_the_form_of_post() {
        let check = |method, change: Value, expected: Method| assert_eq!(of(method, change), Ok((expected, "a-_.b".to_owned())));
        check("GET", json!({ "rawQueryString": "t=a-_.b" }), Method::Get);
        check("GET", json!({ "rawQueryString": "utm=x&t=a%2D_.b&t=c", "body": null, "isBase64Encoded": false }), Method::Get);
        check("POST", json!({ "body": "t=a-_.b", "isBase64Encoded": false }), Method::Post);
        // As function URLs hand on what browsers send.
        check("POST", json!({ "rawQueryString": "", "body": STANDARD.encode("t=a-_.b"), "isBase64Encoded": true }), Method::Post);
    }

    #[test]
    fn what_is_refused_says_why() {
        let check = |method, change: Value, expected: BadRequest| assert_eq!(of(method, change), Err(expected));
        for method in ["HEAD", "PUT", "DELETE", "OPTIONS", "get", ""] {
            check(method, json!({ "rawQueryString": "t=a" }), BadRequest::Method);
        }
        check("GET", json!({}), BadRequest::NoToken);
        check("GET", json!({ "rawQueryString": "t=" }), BadRequest::NoToken);
        check("GET", json!({ "rawQueryString": "x=a", "body": "t=a" }), BadRequest::NoToken);
        // A link's query is none of the button's.
        check("POST", json!({ "rawQueryString": "t=a" }), BadRequest::NoToken);
        check("POST", json!({ "body": "%%%", "isBase64Encoded": true }), BadRequest::Malformed);
        check("POST", json!({ "body": "t=".to_owned() + &"a".repeat(LONGEST) }), BadRequest::TooLong);
        check("GET", json!({ "rawQueryString": "t=".to_owned() + &"a".repeat(LONGEST) }), BadRequest::TooLong);
        check("GET", json!({ "rawQueryString": 7 }), BadRequest::NotHttp);
        assert_eq!(read(&json!({ "Records": [] })), Err(BadRequest::NotHttp));
    }

    #[test]
    fn the_examples_are_requests() {
        let example = |text: &str| read(&serde_json::from_str(text).expect("it is JSON")).expect("it is one");
        let (get, post) =
            (example(include_str!("../../../events/answer-link-get.json")), example(include_str!("../../../events/answer-link-post.json")));
        assert_eq!((get.method, post.method), (Method::Get, Method::Post));
        assert_eq!(get.token, post.token);
        assert!(!format!("{get:?}").contains(&get.token.0));
    }
}
