//! Wiring only.

use std::rc::Rc;

use domain::wake::Pace;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use remediate_task::handler::handle;
use runtime::batch::answer;
use runtime::settings::{Part, environment};
use runtime::start::{chain, start};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let (cloud, []) = start(Part::Remediation, []).await.map_err(|error| chain(&error))?;
    let pace = Pace::read(environment("PACE_PERCENT").as_deref())?;
    let cloud = Rc::new(cloud);
    run(service_fn(move |event: LambdaEvent<Value>| {
        let cloud = Rc::clone(&cloud);
        async move { Ok::<_, Error>(answer(event.payload, async |records| handle(cloud.as_ref(), pace, records).await).await?) }
    }))
    .await
}
