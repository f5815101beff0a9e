//! Wiring only.

use std::sync::Arc;

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use runtime::settings::Part;
use runtime::start::{chain, start};
use serde_json::Value;
use sweep_tenants::handler::handle;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let (cloud, []) = start(Part::Tenants, []).await.map_err(|error| chain(&error))?;
    let cloud = Arc::new(cloud);
    run(service_fn(move |_: LambdaEvent<Value>| {
        let cloud = Arc::clone(&cloud);
        async move {
            let decision = handle(cloud.as_ref()).await.map_err(|error| chain(&error))?;
            decision.log();
            Ok::<_, Error>(serde_json::to_value(decision)?)
        }
    }))
    .await
}
