//! Domain to wire: pages, and each "no", as responses of a function URL (payload format 2.0).

use std::collections::BTreeMap;

use domain::answering::keys::BadKeys;
use domain::answering::matter::Over;
use domain::answering::page;
use domain::answering::token::Refusal;
use domain::failure::CallError;
use domain::ledger::BadItem;
use domain::paging::inbound::pagerduty::Refusal as Refused;
use serde::Serialize;
use thiserror::Error;

use crate::event::BadRequest;

/// What goes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// As HTTP has it.
    pub status_code: u16,
    /// By name, in lower case.
    pub headers: BTreeMap<&'static str, String>,
    /// A page.
    pub body: String,
    /// Never.
    pub is_base64_encoded: bool,
}

impl Response {
    /// `page`, with the headers of all pages.
    pub fn new(status_code: u16, page: String) -> Self {
        Self { status_code, headers: page::headers().into(), body: page, is_base64_encoded: false }
    }
}

/// Why an answer was not taken.
#[derive(Debug, Error)]
pub enum Problem {
    /// It is nothing that could be one.
    #[error("the request is refused")]
    Request(#[from] BadRequest),
    /// It is not believed.
    #[error("the token is refused")]
    Token(#[from] Refusal),
    /// There is nothing to answer any more.
    #[error("it is over")]
    Over(#[from] Over),
    /// What says that it is PagerDuty's is not believed.
    #[error("the webhook is refused")]
    Webhook(#[from] Refused),
    /// AWS did not answer.
    #[error("a call failed")]
    Call(#[from] CallError),
    /// Nothing can be believed.
    #[error("the keys were not read")]
    Keys(#[from] BadKeys),
    /// Written by newer code, or not what it should be.
    #[error("an item was not read")]
    Item(#[from] BadItem),
}

impl Problem {
    /// In a word, for the log.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Request(_) | Self::Token(_) | Self::Webhook(_) => "refused",
            Self::Over(_) => "over",
            Self::Call(_) | Self::Keys(_) | Self::Item(_) => "failed",
        }
    }

    /// For whoever has asked.
    pub fn response(&self) -> Response {
        let mut response = Response::new(self.status(), self.page());
        if let Self::Request(BadRequest::Method) = self {
            response.headers.insert("allow", "GET, POST".to_owned());
        }
        response
    }

    fn status(&self) -> u16 {
        match self {
            Self::Request(BadRequest::Method) => 405,
            Self::Request(BadRequest::TooLong) => 413,
            Self::Request(_) | Self::Token(Refusal::TooLong | Refusal::Malformed) => 400,
            Self::Token(Refusal::UnknownKey | Refusal::Forged) => 403,
            Self::Webhook(Refused::TooLong) => 413,
            Self::Webhook(Refused::Malformed) => 400,
            Self::Webhook(_) => 401,
            Self::Token(Refusal::Expired { .. }) | Self::Over(_) => 410,
            Self::Call(_) | Self::Keys(_) | Self::Item(_) => 503,
        }
    }

    fn page(&self) -> String {
        match self {
            Self::Request(BadRequest::NoToken) => page::refused("It has no token. Open it from the message itself."),
            Self::Request(_) => page::refused("It is none that Caretaker makes."),
            Self::Token(refusal) => page::refused(&refusal.sentence()),
            Self::Webhook(refused) => page::refused(&refused.to_string()),
            Self::Over(over) => page::over(over),
            Self::Call(_) | Self::Keys(_) | Self::Item(_) => page::later(),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::failure::Cause;
    use domain::paging::desk;

    use super::*;

    #[test]
    fn every_no_has_a_status_a_word_and_a_page() {
        let check = |problem: Problem, status: u16, word: &str, expected: &str| {
            let response = problem.response();
            assert_eq!((response.status_code, problem.word()), (status, word), "{problem:?}");
            assert!(response.body.contains(expected), "{}", response.body);
            assert_eq!(response.headers.get("cache-control").map(String::as_str), Some("no-store"));
            assert_eq!(response.headers.contains_key("allow"), status == 405);
        };
        check(BadRequest::Method.into(), 405, "refused", "none that Caretaker makes");
        check(BadRequest::TooLong.into(), 413, "refused", "none that Caretaker makes");
        check(BadRequest::NotHttp.into(), 400, "refused", "none that Caretaker makes");
        check(BadRequest::Malformed.into(), 400, "refused", "none that Caretaker makes");
        check(BadRequest::NoToken.into(), 400, "refused", "has no token");
        check(Refusal::TooLong.into(), 400, "refused", "not whole");
        check(Refusal::Malformed.into(), 400, "refused", "not whole");
        check(Refusal::UnknownKey.into(), 403, "refused", "not in use any more");
        check(Refusal::Forged.into(), 403, "refused", "changed on its way");
        check(Refusal::Expired { at: jiff::Timestamp::UNIX_EPOCH }.into(), 410, "refused", "until 1970-01-01 00:00 UTC");
        check(Refused::TooLong.into(), 413, "refused", "not taken");
        check(Refused::Malformed.into(), 400, "refused", "no event of PagerDuty");
        check(Refused::Unsigned.into(), 401, "refused", "not signed");
        check(Refused::Forged.into(), 401, "refused", "signature is wrong");
        check(Refused::Late { at: jiff::Timestamp::UNIX_EPOCH }.into(), 401, "refused", "too long ago");
        check(Over::Gone.into(), 410, "over", "This is over");
        check(Over::Incident(desk::Over::Unknown).into(), 410, "over", "No such incident is open");
        check(BadKeys::Malformed.into(), 503, "failed", "try again");
        check(CallError::new("x", Cause::Throttled, "<secret>").into(), 503, "failed", "try again");
    }

    #[test]
    fn a_response_is_one_that_function_urls_take() {
        let response = serde_json::to_value(Response::new(200, "page".to_owned())).expect("it serializes");
        assert_eq!(response["statusCode"], 200);
        assert_eq!(response["isBase64Encoded"], false);
        assert_eq!(response["body"], "page");
        assert_eq!(response["headers"]["referrer-policy"], "no-referrer");
    }
}
