//! A look at all queues of one pool, which takes no longer than a run can wait.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::kind::workers::{Broker, Registered};
use domain::ports::Cloud;
use domain::scaling::sample::QueueDepth;
use jiff::Timestamp;
use runtime::start::chain;
use tokio::time::timeout;

use crate::redis::{self, Tokens};
use crate::sqs::{self, Urls};

/// A broker that has not answered within this is not known; the run goes on.
const PATIENCE: Duration = Duration::from_secs(4);

/// What was found out about brokers in earlier runs.
#[derive(Default)]
pub struct Known {
    /// Auth tokens of Redis.
    pub tokens: Tokens,
    /// URLs of queues of SQS.
    pub urls: Urls,
}

/// What a look came to: a depth for each queue of the pool, and why some of it is not known.
#[derive(Debug)]
pub struct Look {
    /// By queue, as the pool names them.
    pub depths: Vec<QueueDepth>,
    /// What went wrong.
    pub fault: Option<String>,
}

/// Looks at the queues of `pool`; where that costs extra, at the age of what waits only if `aged`. `sample_id` is of this look at this pool.
pub async fn sample(cloud: &impl Cloud, before: &Known, pool: &Registered, sample_id: &str, aged: bool) -> Look {
    let now = cloud.now();
    let queues = &pool.pool.queues;
    let look = async {
        match &pool.pool.broker {
            Broker::Redis(redis) => redis::look(cloud, &before.tokens, redis, queues, now).await.map_err(|error| chain(&error)),
            Broker::Sqs(sqs) => sqs::look(cloud, &before.urls, sqs, queues, aged, now).await.map_err(|error| chain(&error)),
        }
    };
    let seen = match timeout(PATIENCE, look).await {
        Ok(outcome) => outcome,
        Err(_) => Err(format!("the broker has not answered within {} s", PATIENCE.as_secs())),
    };
    let (mut known, fault) = match seen {
        Ok(known) => (known, None),
        Err(fault) => (BTreeMap::new(), Some(fault)),
    };
    let depths = queues.iter().map(|queue| known.remove(queue).unwrap_or_else(|| unknown(queue, now)));
    let depths = depths.map(|depth| QueueDepth { sample_id: format!("{sample_id}/{}", depth.queue), ..depth }).collect();
    Look { depths, fault }
}

/// Nothing is known of `queue`.
pub(crate) fn unknown(queue: &str, now: Timestamp) -> QueueDepth {
    QueueDepth {
        sample_id: String::new(),
        queue: queue.to_owned(),
        ready: None,
        unacked: None,
        scheduled: None,
        workers: None,
        oldest_age_seconds: None,
        run_id: None,
        stranded: None,
        evicts: None,
        observed_at: now,
    }
}
