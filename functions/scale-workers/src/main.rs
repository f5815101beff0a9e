//! Wiring only.

use std::rc::Rc;

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use runtime::batch::answer;
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
            Ok::<_, Error>(answer(event.payload, async |records| handle(cloud, fleet, records).await).await?)
        }
    }))
    .await
}
