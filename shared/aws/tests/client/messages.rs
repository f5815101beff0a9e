use domain::failure::Cause;
use domain::ports::{
    ChangeVisibility, CountMessages, Entry, FindQueue, MessageCounts, PutEvents, SendDeadLetter, SendMessage, SendMessages,
};
use serde_json::{Value, json};

use crate::wire::{Answer, exchange, ok, request};

/// SQS sends an MD5 of the body, which the SDK does not ask for.
fn taken() -> Answer {
    ok(json!({"MessageId": "m"}))
}

#[test]
fn a_message_goes_to_the_tenant_queue_with_its_delay() {
    let sent = request(SendMessage { body: "{}".into(), delay_seconds: 900 }, taken());
    assert_eq!(sent.action, "SendMessage");
    assert_eq!(sent.body, json!({"QueueUrl": "https://sqs.us-east-1.amazonaws.com/1/tenants", "MessageBody": "{}", "DelaySeconds": 900}));
}

#[test]
fn each_of_several_messages_has_its_own_outcome() {
    let failed = json!([{"Id": "1", "SenderFault": false, "Code": "InternalError", "Message": "try again"}]);
    let answer = ok(json!({"Successful": [{"Id": "0", "MessageId": "m", "MD5OfMessageBody": "x"}], "Failed": failed}));
    let exchange = exchange(SendMessages { bodies: vec!["{}".into(), "[]".into()] }, &[answer]);
    let entries = json!([{"Id": "0", "MessageBody": "{}"}, {"Id": "1", "MessageBody": "[]"}]);
    let sent = &exchange.requests[0];
    assert_eq!((sent.action.as_str(), &sent.body["Entries"]), ("SendMessageBatch", &entries));
    assert_eq!(exchange.reply(), [Ok(()), Err("InternalError: try again".to_owned())]);
}

#[test]
fn a_queue_of_others_is_counted_and_nothing_is_made_up() {
    let url = "https://sqs.us-east-1.amazonaws.com/1/celery";
    let found = exchange(FindQueue { name: "celery".into() }, &[ok(json!({ "QueueUrl": url }))]);
    assert_eq!((found.requests[0].action.as_str(), &found.requests[0].body), ("GetQueueUrl", &json!({ "QueueName": "celery" })));
    assert_eq!(found.reply().as_deref(), Some(url));
    let mut attributes = json!({ "ApproximateNumberOfMessages": "7", "ApproximateNumberOfMessagesNotVisible": "2",
        "ApproximateNumberOfMessagesDelayed": "1" });
    let count = || CountMessages { url: url.into() };
    let counted = exchange(count(), &[ok(json!({ "Attributes": attributes }))]);
    assert_eq!(counted.requests[0].body["QueueUrl"], url);
    assert_eq!(counted.reply(), MessageCounts { visible: 7, in_flight: 2, delayed: 1 });
    attributes.as_object_mut().expect("an object").remove("ApproximateNumberOfMessagesNotVisible");
    assert_eq!(exchange(count(), &[ok(json!({ "Attributes": attributes }))]).cause(), Cause::Unavailable, "what is missing is not zero");
}

#[test]
fn a_message_can_come_back_sooner() {
    let sent = request(ChangeVisibility { receipt: "r".into(), seconds: 0 }, ok(json!({})));
    let url = "https://sqs.us-east-1.amazonaws.com/1/tenants";
    assert_eq!(
        (sent.action.as_str(), sent.body),
        ("ChangeMessageVisibility", json!({"QueueUrl": url, "ReceiptHandle": "r", "VisibilityTimeout": 0}))
    );
}

#[test]
fn a_dead_letter_says_why_in_words_that_sqs_takes() {
    let check = |cause: &str, expected: &str| {
        let sent = request(SendDeadLetter { body: "x".into(), reason: "malformed".into(), cause: cause.into() }, taken());
        assert_eq!(sent.body["QueueUrl"], "https://sqs.us-east-1.amazonaws.com/1/dead");
        let attribute = |text: &str| json!({"DataType": "String", "StringValue": text});
        assert_eq!(sent.body["MessageAttributes"], json!({"reason": attribute("malformed"), "cause": attribute(expected)}));
    };
    check("no JSON", "no JSON");
    check("", "(none)"); // SQS refuses an empty value
    check("it says \u{0}\u{1b}[31m and\ttab", "it says \u{fffd}\u{fffd}[31m and\ttab"); // and what XML has not
    check("not a character: \u{ffff}", "not a character: \u{fffd}");
    check(&"é".repeat(2_000), &"é".repeat(1_000));
}

#[test]
fn a_queue_that_is_not_there_is_not_found() {
    let headers = vec![("x-amzn-query-error", "AWS.SimpleQueueService.NonExistentQueue;Sender".to_owned())];
    let body = json!({"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "The specified queue does not exist."});
    let answer = Answer::Reply(400, headers, body.to_string());
    assert_eq!(exchange(SendMessage { body: "{}".into(), delay_seconds: 0 }, &[answer]).cause(), Cause::NotFound);
}

#[test]
fn each_announcement_has_its_own_outcome() {
    let entry = || Entry {
        source: "caretaker.answers",
        detail_type: "tenant-ready".into(),
        detail: "{}".into(),
        resources: vec!["tenant/dev/demo".into()],
    };
    let reply = json!({"FailedEntryCount": 1, "Entries": [
        {"EventId": "1"}, {"ErrorCode": "ThrottlingException", "ErrorMessage": "Rate exceeded"},
    ]});
    let exchange = exchange(PutEvents { entries: vec![entry(), entry()] }, &[ok(reply)]);
    let expected = json!({"EventBusName": "caretaker", "Source": "caretaker.answers", "DetailType": "tenant-ready", "Detail": "{}", "Resources": ["tenant/dev/demo"]});
    assert_eq!(exchange.requests[0].body["Entries"], Value::from(vec![expected.clone(), expected]));
    assert_eq!(exchange.reply(), [Ok(()), Err("ThrottlingException: Rate exceeded".to_owned())]);
}
