//! Queues on SQS, as Celery uses them there.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use domain::failure::CallError;
use domain::kind::workers::Sqs;
use domain::ports::{Cloud, CountMessages, FindQueue, OldestMessageAge, send};
use domain::scaling::sample::QueueDepth;
use futures::future::try_join_all;
use jiff::Timestamp;
use thiserror::Error;

use crate::broker::unknown;

/// Why the queues of a pool are not known.
#[derive(Debug, Error)]
pub enum SqsError {
    /// SQS or CloudWatch did not answer.
    #[error("a queue was not read")]
    Call(#[from] CallError),
    /// Nobody has made it, or another account.
    #[error("there is no queue {0}")]
    Missing(String),
}

/// URLs by the names of queues: they never change while a queue lives.
#[derive(Default)]
pub struct Urls(RefCell<HashMap<String, String>>);

/// Looks at `queues`. The age of the oldest message costs a request to CloudWatch, and is asked for only where `aged`.
pub(super) async fn look(
    cloud: &impl Cloud,
    urls: &Urls,
    sqs: &Sqs,
    queues: &[String],
    aged: bool,
    now: Timestamp,
) -> Result<BTreeMap<String, QueueDepth>, SqsError> {
    let depths = queues.iter().map(|queue| depth(cloud, urls, sqs, queue, aged, now));
    Ok(try_join_all(depths).await?.into_iter().map(|depth| (depth.queue.clone(), depth)).collect())
}

async fn depth(cloud: &impl Cloud, urls: &Urls, sqs: &Sqs, queue: &str, aged: bool, now: Timestamp) -> Result<QueueDepth, SqsError> {
    let name = format!("{}{queue}", sqs.prefix);
    let url = url(cloud, urls, &name).await?;
    let counts = match send(cloud, CountMessages { url }).await {
        Ok(counts) => counts,
        Err(error) => {
            // It may have been made anew, and has another URL then.
            urls.0.borrow_mut().remove(&name);
            return Err(error.into());
        }
    };
    let waits = aged && counts.visible > 0;
    let oldest_age_seconds = if waits { send(cloud, OldestMessageAge { queue: name }).await? } else { None };
    let [ready, unacked, scheduled] = sqs.depth(&counts).map(Some);
    Ok(QueueDepth { ready, unacked, scheduled, oldest_age_seconds, ..unknown(queue, now) })
}

async fn url(cloud: &impl Cloud, urls: &Urls, name: &str) -> Result<String, SqsError> {
    if let Some(url) = urls.0.borrow().get(name) {
        return Ok(url.clone());
    }
    let found = send(cloud, FindQueue { name: name.to_owned() }).await?;
    let url = found.ok_or_else(|| SqsError::Missing(name.to_owned()))?;
    urls.0.borrow_mut().insert(name.to_owned(), url.clone());
    Ok(url)
}
