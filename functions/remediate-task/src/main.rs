//! Wiring only.

use std::rc::Rc;

use domain::remediation::attempt::Pace;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use remediate_task::handler::handle;
use runtime::batch::{Arrival, failures};
use runtime::record::Handled;
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
        async move {
            let (ids, records): (Vec<_>, Vec<_>) = match Arrival::read(event.payload) {
                Arrival::Batch(records) => records.into_iter().unzip(),
                Arrival::Bare(message) => (Vec::new(), vec![message]),
            };
            let handled = handle(cloud.as_ref(), pace, &records).await;
            handled.iter().for_each(|handled| handled.decision().log());
            if ids.is_empty() {
                return Ok::<_, Error>(serde_json::to_value(handled.first().map(Handled::decision))?);
            }
            let again = ids.into_iter().zip(&handled).filter(|(_, handled)| matches!(handled, Handled::Again(_)));
            Ok(serde_json::to_value(failures(again.map(|(id, _)| id).collect()))?)
        }
    }))
    .await
}
