//! Wiring only.

use std::sync::Arc;

use domain::wake::Pace;
use jiff::{SignedDuration, Timestamp};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use provision_tenant::event::SbtDefaults;
use provision_tenant::handler::{Context, Invocation, handle};
use runtime::batch::{Arrival, failures};
use runtime::record::Handled;
use runtime::settings::{Part, environment};
use runtime::site::{SETTINGS, site};
use runtime::start::{StartError, chain, start};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let (cloud, made) = start(Part::Tenants, SETTINGS).await.map_err(|error| chain(&error))?;
    let blueprints = runtime::blueprints::load().map_err(StartError::from).map_err(|error| chain(&error))?;
    let sbt = environment("SBT_ENVIRONMENT").zip(environment("SBT_BLUEPRINT"));
    let sbt = sbt.and_then(|(name, blueprint)| Some(SbtDefaults { environment: name.parse().ok()?, blueprint }));
    let pace = Pace::read(environment("PACE_PERCENT").as_deref())?;
    let shared = Arc::new((cloud, Context { blueprints, sbt, pace }, made));
    run(service_fn(move |event: LambdaEvent<Value>| {
        let shared = Arc::clone(&shared);
        async move {
            let (cloud, context, made) = shared.as_ref();
            let deadline = Timestamp::UNIX_EPOCH + SignedDuration::from_millis(event.context.deadline.cast_signed());
            let site = site(&event.context.invoked_function_arn, made)?;
            let invocation = Invocation { id: event.context.request_id, deadline, site };
            let mut again = Vec::new();
            match Arrival::read(event.payload) {
                Arrival::Bare(message) => match handle(cloud, context, &invocation, &message).await {
                    Handled::Done(decision) | Handled::Again(decision) => {
                        decision.log();
                        Ok(serde_json::to_value(decision)?)
                    }
                },
                Arrival::Batch(records) => {
                    for (id, message) in records {
                        match handle(cloud, context, &invocation, &message).await {
                            Handled::Done(decision) => decision.log(),
                            Handled::Again(decision) => {
                                decision.log();
                                again.push(id);
                            }
                        }
                    }
                    Ok::<_, Error>(serde_json::to_value(failures(again))?)
                }
            }
        }
    }))
    .await
}
