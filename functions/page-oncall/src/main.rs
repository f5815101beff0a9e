//! Wiring only.

use std::rc::Rc;

use domain::ports::Cloud;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use page_oncall::ALIVE;
use page_oncall::handler::handle;
use page_oncall::office::{Office, Places};
use runtime::batch::answer;
use runtime::metric::count;
use runtime::routes;
use runtime::settings::{Part, environment};
use runtime::start::{chain, start};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let names = ["RECEIVERS_SECRET", "ANSWER_KEY_SECRET", "ALERTS_TOPIC", "RUNBOOKS_URL", "PAGERDUTY_URL", "AWS_REGION"];
    let (cloud, [receivers, answer_key, alerts_topic, runbooks, pagerduty, region]) =
        start(Part::Paging, names).await.map_err(|error| chain(&error))?;
    let answer_url = environment("ANSWER_URL").unwrap_or_default();
    let places = Places { receivers, answer_key, answer_url, alerts_topic, runbooks, pagerduty, region };
    let routes = routes::load().map_err(|error| chain(&error))?;
    let shared = Rc::new((cloud, Office::new(routes, places)));
    run(service_fn(move |event: LambdaEvent<Value>| {
        let shared = Rc::clone(&shared);
        async move {
            let (cloud, office) = shared.as_ref();
            let told = async |records: &[_]| {
                let handled = handle(cloud, office, records).await;
                if handled.iter().any(|handled| handled.decision().decision == ALIVE) {
                    count("PagerBeats", &environment("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default(), cloud.now());
                }
                handled
            };
            Ok::<_, Error>(answer(event.payload, told).await?)
        }
    }))
    .await
}
