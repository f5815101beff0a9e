//! Who is told outside AWS: PagerDuty, Slack, webhooks, topics, phones. They keep what they take, and fail when they are told to.

use domain::failure::Cause;
use domain::ports::{Answered, Call, Post, Publish, PublishText, Reply};
use jiff::Timestamp;

use super::turn::{Answer, Refused};

/// What a receiver has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// When.
    pub at: Timestamp,
    /// URL, topic or number.
    pub to: String,
    /// The subject of a mail.
    pub subject: String,
    /// The body.
    pub body: String,
    /// The headers of a post.
    pub headers: Vec<(String, String)>,
}

/// What becomes of posts for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stoppage {
    /// Receivers whose URL or topic contains this.
    pub of: String,
    /// Until then.
    pub until: Timestamp,
    /// The status that is answered; none: nothing.
    pub status: Option<u16>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Receivers {
    pub(super) letters: Vec<Letter>,
    pub(super) outages: Vec<Stoppage>,
}

impl Receivers {
    pub(super) fn take(&mut self, call: &Call, now: Timestamp) -> Answer<Reply> {
        let letter = letter(call, now);
        let outage = self.outages.iter().find(|outage| now < outage.until && letter.to.contains(&outage.of)).cloned();
        let silent = || Refused::new(Cause::TimedOut, "the receiver has not answered within 5 s");
        match (call, outage) {
            (Call::Post(_), Some(Stoppage { status: Some(status), .. })) => Ok(Reply::Post(Answered { status, ..Answered::default() })),
            (_, Some(Stoppage { status: Some(_), .. })) => Err(Refused::new(Cause::Unavailable, "InternalError: SNS cannot now")),
            (_, Some(Stoppage { status: None, .. })) => Err(silent()),
            (Call::Post(_), None) => {
                let (status, body) = if letter.to.contains("slack") { (200, "ok") } else { (202, "") };
                self.letters.push(letter);
                Ok(Reply::Post(Answered { status, retry_after: None, body: body.to_owned() }))
            }
            (Call::Publish(_), None) => {
                self.letters.push(letter);
                Ok(Reply::Publish(()))
            }
            (_, None) => {
                self.letters.push(letter);
                Ok(Reply::PublishText(()))
            }
        }
    }
}

fn letter(call: &Call, at: Timestamp) -> Letter {
    let of = |to: &str, subject: &str, body: &str, headers: &[(String, String)]| Letter {
        at,
        to: to.to_owned(),
        subject: subject.to_owned(),
        body: body.to_owned(),
        headers: headers.to_vec(),
    };
    match call {
        Call::Post(Post { url, headers, body }) => of(&url.0, "", &body.0, headers),
        Call::Publish(Publish { topic, subject, message }) => of(topic, subject, &message.0, &[]),
        Call::PublishText(PublishText { phone, message }) => of(&phone.0, "", &message.0, &[]),
        other => unreachable!("{} tells nobody", other.name()),
    }
}
