//! SQS and EventBridge.

use domain::failure::Cause;
use domain::ports::{CountMessages, Entry, FindQueue, OldestMessageAge, PutEvents, SendMessage};

use super::ground::{Ground, does, refuses};

fn entries(count: usize) -> Vec<Entry> {
    let entry = |number| Entry {
        source: domain::answer::SOURCE,
        detail_type: "conformance".to_owned(),
        detail: format!(r#"{{"schema":1,"number":{number}}}"#),
        resources: vec!["tenant/dev/conformance".to_owned()],
    };
    (0..count).map(entry).collect()
}

pub(super) async fn a_delay_beyond_fifteen_minutes_is_refused<G: Ground>(ground: &G) {
    refuses(ground, SendMessage { body: "{}".to_owned(), delay_seconds: 901 }, Cause::InvalidRequest).await;
}

pub(super) async fn each_entry_of_an_announcement_has_its_outcome<G: Ground>(ground: &G) {
    let outcomes = does(ground, PutEvents { entries: entries(3) }).await;
    assert_eq!(outcomes, [Ok(()), Ok(()), Ok(())]);
}

pub(super) async fn an_announcement_has_at_most_ten_entries<G: Ground>(ground: &G) {
    refuses(ground, PutEvents { entries: entries(11) }, Cause::InvalidRequest).await;
}

pub(super) async fn a_queue_that_is_not_there_is_told_apart_from_an_empty_one<G: Ground>(ground: &G) {
    let queue = ground.name("nobodys");
    assert_eq!(does(ground, FindQueue { name: queue.clone() }).await, None);
    let url = format!("https://sqs.us-east-1.amazonaws.com/{}/{queue}", ground.environment().account);
    refuses(ground, CountMessages { url }, Cause::NotFound).await;
    assert_eq!(does(ground, OldestMessageAge { queue }).await, None, "a metric without values is no zero");
}
