//! Wiring only.

use std::rc::Rc;

use answer_link::handler::handle;
use answer_link::keys::Ring;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use runtime::settings::Part;
use runtime::start::{chain, start};
use serde_json::Value;
use tracing::dispatcher::get_default;
use tracing::instrument::WithSubscriber;
use tracing::subscriber::NoSubscriber;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let (cloud, [secret]) = start(Part::Answers, ["ANSWER_KEY_SECRET"]).await.map_err(|error| chain(&error))?;
    let shared = Rc::new((cloud, Ring::new(secret)));
    let log = get_default(Clone::clone);
    // At the level TRACE the runtime logs each event as it comes, and these have tokens: only the handler is heard.
    run(service_fn(move |event: LambdaEvent<Value>| {
        let (shared, log) = (Rc::clone(&shared), log.clone());
        let answer = async move {
            let (cloud, ring) = shared.as_ref();
            let (response, decision) = handle(cloud, ring, &event.payload).await;
            decision.log();
            Ok::<_, Error>(serde_json::to_value(response)?)
        };
        answer.with_subscriber(log)
    }))
    .with_subscriber(NoSubscriber::new())
    .await
}
