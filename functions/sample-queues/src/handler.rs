//! The straight line of a run: the pools, then one sample of each after the other.

use std::num::NonZeroU32;
use std::time::Duration;

use domain::failure::CallError;
use domain::kind::workers::{Registered, partition};
use domain::ledger::{BadItem, Item};
use domain::ports::{Cloud, ReadOwner, SendMessages, send};
use domain::scaling::sample::{SCHEMA, Sample};
use domain::tenant::{EnvironmentName, Owner};
use futures::stream::{self, StreamExt};
use runtime::decision::Decision;
use serde_json::{Value, json};
use thiserror::Error;

use crate::broker::{Known, sample};
use crate::metrics::line;

/// Pools that are looked at side by side. With four seconds of patience 1,000 dead brokers would take 40 s.
const AT_ONCE: usize = 100;
/// Most messages of one call (SQS, SendMessageBatch).
const BATCH: usize = 10;

/// How a run goes.
#[derive(Debug, Clone)]
pub struct Run {
    /// Lambda's request id, which tells its samples from others.
    pub id: String,
    /// Whose queues.
    pub environment: EnvironmentName,
    /// Samples of each queue.
    pub samples: u32,
    /// From the beginning of one to that of the next.
    pub every: Duration,
}

/// A setting makes no sense.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("settings are bad: {0}")]
pub struct BadRun(String);

impl Run {
    /// What all runs have in common, from the settings ENVIRONMENT, SAMPLES and SECONDS_BETWEEN.
    ///
    /// # Errors
    /// All that make no sense, by name.
    pub fn read([environment, samples, seconds]: [String; 3]) -> Result<Self, BadRun> {
        let (name, count, every) = (environment.parse(), samples.parse::<NonZeroU32>(), seconds.parse::<NonZeroU32>());
        match (name, count, every) {
            (Ok(environment), Ok(samples), Ok(every)) => {
                Ok(Self { id: String::new(), environment, samples: samples.get(), every: Duration::from_secs(every.get().into()) })
            }
            (name, count, every) => {
                let name = name.err().map(|error| format!("ENVIRONMENT: {error}"));
                let count = count.err().map(|error| format!("SAMPLES {samples:?}: {error}"));
                let every = every.err().map(|error| format!("SECONDS_BETWEEN {seconds:?}: {error}"));
                Err(BadRun([name, count, every].into_iter().flatten().collect::<Vec<_>>().join("; ")))
            }
        }
    }
}

/// Why there was no run.
#[derive(Debug, Error)]
pub enum RunError {
    /// The ledger did not answer.
    #[error("the pools of the environment were not read")]
    Pools(#[from] CallError),
    /// Written by newer code, or not what it should be.
    #[error("a pool was not read")]
    Pool(#[from] BadItem),
}

/// Takes all samples of a run. `tell` gets the metrics of the last one.
///
/// # Errors
/// See [`RunError`]. A broker that does not answer is none: its queues are told as unknown.
pub async fn handle(cloud: &impl Cloud, known: &Known, run: &Run, tell: impl Fn(Value)) -> Result<Decision, RunError> {
    let items = send(cloud, ReadOwner { owner: partition(&run.environment) }).await?;
    let pools = items.iter().map(Item::read).collect::<Result<Vec<Registered>, _>>()?;
    let mut ticks = tokio::time::interval(run.every);
    let (mut sent, mut faults) = (0, Vec::new());
    for n in 1..=run.samples {
        ticks.tick().await;
        let looks = stream::iter(&pools).map(|pool| look(cloud, known, run, n, pool)).buffer_unordered(AT_ONCE);
        let (samples, failed): (Vec<_>, Vec<_>) = looks.unzip::<_, _, Vec<_>, Vec<_>>().await;
        let samples: Vec<Sample> = samples.into_iter().flatten().collect();
        faults = failed.into_iter().flatten().collect();
        faults.extend(hand_on(cloud, &samples).await);
        sent += samples.len();
        if n == run.samples {
            samples.iter().for_each(|sample| tell(line(sample, cloud.now())));
        }
    }
    let reason = format!("{} pools, {sent} samples of queues, {} faults in the last round", pools.len(), faults.len());
    Ok(Decision {
        function: "sample-queues",
        tenant: None,
        environment: Some(run.environment.to_string()),
        subject: "all pools".to_owned(),
        decision: "sampled",
        reason,
        inputs: json!({ "pools": pools.len(), "samples": sent, "faults": faults }),
    })
}

async fn look(cloud: &impl Cloud, known: &Known, run: &Run, n: u32, pool: &Registered) -> (Vec<Sample>, Option<String>) {
    let Owner::Tenant { environment, id } = &pool.owner else { return (Vec::new(), None) };
    let look = sample(cloud, known, pool, &format!("{}/{n}/{}", run.id, pool.name), n == run.samples).await;
    let of =
        |depth| Sample { schema: SCHEMA, tenant: id.clone(), environment: environment.clone(), depth, source: "sample-queues".to_owned() };
    (look.depths.into_iter().map(of).collect(), look.fault.map(|fault| format!("{}: {fault}", pool.name)))
}

/// What could not be handed on: the next sample says it anew.
async fn hand_on(cloud: &impl Cloud, samples: &[Sample]) -> Vec<String> {
    let mut faults = Vec::new();
    for batch in samples.chunks(BATCH) {
        let bodies = batch.iter().filter_map(|sample| serde_json::to_string(sample).ok()).collect();
        match send(cloud, SendMessages { bodies }).await {
            Ok(outcomes) => faults.extend(outcomes.into_iter().filter_map(Result::err)),
            Err(error) => faults.push(error.to_string()),
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_make_no_sense_are_told_at_once_by_name() {
        let read = |settings: [&str; 3]| Run::read(settings.map(str::to_owned)).map(|run| (run.samples, run.every.as_secs()));
        assert_eq!(read(["dev", "6", "10"]), Ok((6, 10)));
        let error = read(["moon", "0", "often"]).expect_err("none makes sense").to_string();
        assert!(["ENVIRONMENT", "SAMPLES \"0\"", "SECONDS_BETWEEN \"often\""].iter().all(|part| error.contains(part)), "{error}");
    }
}
