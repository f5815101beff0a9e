//! Wiring only.

use std::rc::Rc;

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use runtime::batch::{Arrival, failures};
use runtime::record::Handled;
use runtime::settings::Part;
use runtime::start::{chain, start};
use scale_workers::fleet::Fleet;
use scale_workers::handler::handle;
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let (cloud, []) = start(Part::Scaling, []).await.map_err(|error| chain(&error))?;
    let shared = Rc::new((cloud, Fleet::default()));
    run(service_fn(move |event: LambdaEvent<Value>| {
        let shared = Rc::clone(&shared);
        async move {
            let (cloud, fleet) = shared.as_ref();
            let (ids, records): (Vec<_>, Vec<_>) = match Arrival::read(event.payload) {
                Arrival::Batch(records) => records.into_iter().unzip(),
                Arrival::Bare(message) => (Vec::new(), vec![message]),
            };
            let handled = handle(cloud, fleet, &records).await;
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
