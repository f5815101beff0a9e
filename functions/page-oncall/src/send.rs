//! One try: a notice is handed to a receiver, and what it answers is read.

use domain::answering::PARAMETER;
use domain::answering::claims::{Claims, Purpose};
use domain::answering::token::sign;
use domain::failure::{CallError, Cause};
use domain::paging::channel::Channel;
use domain::paging::delivery::Delivery;
use domain::paging::desk::partition;
use domain::paging::notice::Notice;
use domain::paging::render::{Post as Rendered, email, pagerduty, slack, sms, webhook};
use domain::paging::reply::{self, Fault, Outcome, Reply, Why};
use domain::paging::routes::Means;
use domain::ports::{Answered, Cloud, Confidential, Post, Publish, PublishText, send};
use domain::tenant::Owner;
use jiff::SignedDuration;

use crate::Problem;
use crate::office::Office;

/// A link to acknowledge is good for so long: an incident of which nobody has heard for a day is told anew, with a new link.
const LINK: SignedDuration = SignedDuration::from_hours(24);
/// What the routes write for the stack's own topic.
const ALERTS_TOPIC: &str = "{alerts_topic}";

/// Hands `delivery` to its receiver.
///
/// # Errors
/// The secrets cannot be read.
pub(crate) async fn try_once(cloud: &impl Cloud, office: &Office, delivery: &Delivery) -> Result<Outcome, Problem> {
    let Some(receiver) = office.routes.receiver(&delivery.receiver) else { return Ok(unknown("the routes know no such receiver")) };
    let notice = with_links(cloud, office, &delivery.notice).await?;
    let secret = match receiver.secret() {
        Some(name) => match office.receiver(cloud, name).await? {
            Some(secret) => secret,
            None => return Ok(unknown("the secret of receivers has nothing for it")),
        },
        None => Confidential(String::new()),
    };
    match &receiver.means {
        Means::PagerDuty { .. } => {
            let url = Confidential(office.places.pagerduty.clone());
            Ok(post(cloud, Channel::PagerDuty, url, pagerduty::event(&notice, &secret)).await)
        }
        Means::Slack { .. } => Ok(post(cloud, Channel::Slack, secret, slack::message(&notice)).await),
        Means::Webhook { secret: name } => {
            let keys = [
                office.receiver(cloud, &format!("{name}-signing")).await?,
                office.receiver(cloud, &format!("{name}-signing-previous")).await?,
            ];
            let keys: Vec<_> = keys.into_iter().flatten().collect();
            Ok(post(cloud, Channel::Webhook, secret, webhook::post(&notice, &keys)).await)
        }
        Means::Email { topic } => {
            let mail = email::mail(&notice);
            let topic = if topic == ALERTS_TOPIC { office.places.alerts_topic.clone() } else { topic.clone() };
            Ok(published(send(cloud, Publish { topic, subject: mail.subject, message: mail.body }).await))
        }
        Means::Sms { .. } => {
            let message = Confidential(sms::text(&notice));
            Ok(published(send(cloud, PublishText { phone: secret, message }).await))
        }
        Means::Dashboard {} => Ok(Outcome::Delivered),
    }
}

fn unknown(said: &str) -> Outcome {
    Outcome::Never { why: Why::Refused { status: 0, said: said.to_owned() } }
}

fn published(outcome: Result<(), CallError>) -> Outcome {
    match outcome {
        Ok(()) => reply::published(Ok(())),
        Err(error) => reply::published(Err(&error)),
    }
}

async fn post(cloud: &impl Cloud, channel: Channel, url: Confidential, rendered: Rendered) -> Outcome {
    let headers = rendered.headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    match send(cloud, Post { url, headers, body: rendered.body }).await {
        Ok(Answered { status, retry_after, body }) => {
            reply::of(channel, Reply { status, retry_after: retry_after.as_deref(), body: &body }, cloud.now())
        }
        Err(error) => reply::silence(match error.cause {
            Cause::TimedOut => Fault::TimedOut,
            Cause::InvalidRequest => Fault::Forbidden,
            _ => Fault::Unreachable,
        }),
    }
}

/// Links are made as a notice is sent: nothing that is kept has one.
async fn with_links(cloud: &impl Cloud, office: &Office, notice: &Notice) -> Result<Notice, Problem> {
    let mut notice = notice.clone();
    let Some(environment) = notice.environment.clone().filter(|_| notice.what.is_asking() && !office.places.answer_url.is_empty()) else {
        return Ok(notice);
    };
    let keys = office.keys(cloud).await?;
    let link = |claims: &Claims| Confidential(format!("{}?{PARAMETER}={}", office.places.answer_url, sign(claims, &keys)));
    let acknowledge = Claims {
        purpose: Purpose::Acknowledge,
        owner: Owner::Environment(environment.clone()),
        subject: partition(Some(&environment)),
        id: notice.incident.clone(),
        digest: domain::remediation::story::digest(&notice.incident),
        recipient: notice.recipient.clone(),
        expires: cloud.now() + LINK,
    };
    notice.links.acknowledge = Some(link(&acknowledge));
    notice.links.approve = approval(&notice).map(|claims| link(&claims));
    Ok(notice)
}

/// What the recipient may approve of, if remediation asks for it.
fn approval(notice: &Notice) -> Option<Claims> {
    let proposal = notice.proposal.as_ref()?;
    Some(Claims {
        purpose: Purpose::Approve,
        owner: proposal.owner.clone(),
        subject: proposal.subject.clone(),
        id: proposal.id.clone(),
        digest: proposal.digest.clone(),
        recipient: notice.recipient.clone(),
        expires: proposal.expires,
    })
}
