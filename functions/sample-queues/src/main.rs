//! Wiring only.

use std::rc::Rc;

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use runtime::settings::Part;
use runtime::start::{chain, start};
use sample_queues::broker::Known;
use sample_queues::handler::{Run, handle};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let (cloud, settings) = start(Part::Samples, ["ENVIRONMENT", "SAMPLES", "SECONDS_BETWEEN"]).await.map_err(|error| chain(&error))?;
    let blank = Run::read(settings).map_err(|error| chain(&error))?;
    // The SDK brings its own; brokers are spoken to by the process' default.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let shared = Rc::new((cloud, Known::default(), blank));
    run(service_fn(move |event: LambdaEvent<Value>| {
        let shared = Rc::clone(&shared);
        async move {
            let (cloud, known, blank) = shared.as_ref();
            let this = Run { id: event.context.request_id, ..blank.clone() };
            #[allow(clippy::print_stdout, reason = "CloudWatch makes metrics of lines of the log that are JSON alone")]
            let decision = handle(cloud, known, &this, |line| println!("{line}")).await.map_err(|error| chain(&error))?;
            decision.log();
            Ok::<_, Error>(serde_json::to_value(decision)?)
        }
    }))
    .await
}
