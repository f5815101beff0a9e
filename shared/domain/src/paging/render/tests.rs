//! What each API refuses, written from its documentation and not from the code, and notices of all sorts held against it.

use serde_json::Value;

use super::super::notice::{DedupKey, LikelyCause, Links, Members, Notice, What};
use super::testing::notice;
use super::{Mail, Post, email, pagerduty, slack, sms, webhook};
use crate::ports::Confidential;

mod drawn;

/// Stands in every key.
const KEY: &str = "0123456789abcdef0123456789abcdef";

fn ensure(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}

fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str, String> {
    value[name].as_str().ok_or_else(|| format!("{name} is no text"))
}

fn characters(value: &Value, name: &str, most: usize) -> Result<(), String> {
    let found = text(value, name)?;
    ensure(!found.is_empty(), || format!("{name} is empty"))?;
    ensure(found.encode_utf16().count() <= most, || format!("{name} has more than {most} characters"))
}

fn known(value: &Value, names: &[&str]) -> Result<(), String> {
    let object = value.as_object().ok_or("no object")?;
    object.keys().find(|name| !names.contains(&name.as_str())).map_or(Ok(()), |name| Err(format!("{name} is not known")))
}

/// Events API v2.
pub(super) fn check_pagerduty(event: &Value) -> Result<(), String> {
    ensure(event.to_string().len() <= 512_000, || "over 512 KB".into())?;
    known(event, &["routing_key", "event_action", "dedup_key", "payload", "client", "client_url", "links", "images"])?;
    ensure(text(event, "routing_key")?.len() == 32, || "a routing key has 32 characters".into())?;
    ensure(matches!(text(event, "dedup_key")?.len(), 1..=255), || "a dedup key has up to 255 bytes".into())?;
    if !["trigger", "acknowledge", "resolve"].contains(&text(event, "event_action")?) {
        return Err("no such action".into());
    }
    if event["event_action"] != "trigger" {
        return Ok(());
    }
    let payload = &event["payload"];
    known(payload, &["summary", "source", "severity", "timestamp", "component", "group", "class", "custom_details"])?;
    characters(payload, "summary", 1024)?;
    characters(payload, "source", 255)?;
    ensure(["critical", "error", "warning", "info"].contains(&text(payload, "severity")?), || "no such severity".into())?;
    text(payload, "timestamp")?.parse::<jiff::Timestamp>().map_err(|error| error.to_string())?;
    ensure(payload["custom_details"].is_object(), || "the details are no object".into())?;
    for link in event["links"].as_array().into_iter().flatten() {
        known(link, &["href", "text"])?;
        ensure(text(link, "href")?.starts_with("http"), || "a link is none".into())?;
    }
    Ok(())
}

/// Block Kit, by an incoming webhook.
pub(super) fn check_slack(message: &Value) -> Result<(), String> {
    characters(message, "text", 40_000)?;
    check_escaped(text(message, "text")?)?;
    let blocks = message["blocks"].as_array().ok_or("no blocks")?;
    ensure(matches!(blocks.len(), 1..=50), || "up to 50 blocks".into())?;
    ensure(message["blocks"].to_string().encode_utf16().count() <= 13_200, || "msg_blocks_too_long".into())?;
    blocks.iter().try_for_each(check_block)
}

fn check_block(block: &Value) -> Result<(), String> {
    match text(block, "type")? {
        "header" => check_text(&block["text"], 150),
        "section" => check_text(&block["text"], 3000),
        "actions" => {
            let elements = block["elements"].as_array().ok_or("no elements")?;
            ensure(matches!(elements.len(), 1..=25), || "up to 25 elements".into())?;
            elements.iter().try_for_each(|button| {
                known(button, &["type", "text", "url", "style"])?;
                characters(button, "url", 3000)?;
                check_text(&button["text"], 75)
            })
        }
        other => Err(format!("no such block: {other}")),
    }
}

fn check_text(object: &Value, most: usize) -> Result<(), String> {
    ensure(object["type"] == "plain_text", || "foreign text is plain".into())?;
    characters(object, "text", most)?;
    check_escaped(text(object, "text")?)
}

/// No `<` or `>`, and each `&` begins one of the three entities.
fn check_escaped(text: &str) -> Result<(), String> {
    let is_whole = |rest: &str| ["amp;", "lt;", "gt;"].iter().any(|entity| rest.starts_with(entity));
    ensure(!text.contains(['<', '>']), || format!("markup: {text}"))?;
    ensure(text.split('&').skip(1).all(is_whole), || format!("a broken entity: {text}"))
}

/// Publish to a topic.
pub(super) fn check_mail(mail: &Mail) -> Result<(), String> {
    let Mail { subject, body } = mail;
    ensure(matches!(subject.len(), 1..=99), || "a subject has less than 100 characters".into())?;
    ensure(subject.bytes().all(|byte| (0x20..0x7f).contains(&byte)), || "a subject is ASCII in one line".into())?;
    ensure(subject.as_bytes()[0].is_ascii_graphic(), || "a subject begins with a letter, number or punctuation mark".into())?;
    ensure(matches!(subject.len() + body.0.len(), 1..=262_144), || "over 256 KB".into())?;
    ensure(!body.0.contains(|letter: char| letter.is_control() && letter != '\n'), || "control characters".into())
}

/// One part of GSM 03.38 or ASCII, without characters that take two places.
pub(super) fn check_sms(text: &str) -> Result<(), String> {
    ensure(matches!(text.len(), 1..=140), || "not one part".into())?;
    let is_basic = |byte: u8| (0x20..0x7f).contains(&byte) && !b"[]{}\\|^~`".contains(&byte);
    ensure(text.bytes().all(is_basic), || format!("not of the alphabet: {text}"))
}

/// A form of ours.
pub(super) fn check_webhook(post: &Post) -> Result<(), String> {
    let body: Value = serde_json::from_str(&post.body.0).map_err(|error| error.to_string())?;
    ensure(post.body.0.len() <= 262_144, || "over 256 KB".into())?;
    ensure(body["schema"] == 1, || "no schema".into())?;
    let is_safe = |value: &str| value.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    ensure(post.headers.iter().all(|(_, value)| is_safe(value)), || "a header is broken".into())
}

/// All that is rendered of `notice`, if each channel takes it.
fn rendered(notice: &Notice) -> Result<[String; 5], String> {
    let key = Confidential(KEY.into());
    let json = |post: &Post| serde_json::from_str(&post.body.0).map_err(|error| error.to_string());
    let (event, message) = (pagerduty::event(notice, &key), slack::message(notice));
    check_pagerduty(&json(&event)?)?;
    check_slack(&json(&message)?)?;
    let (mail, text, post) = (email::mail(notice), sms::text(notice), webhook::post(notice, &[key]));
    check_mail(&mail)?;
    check_sms(&text)?;
    check_webhook(&post)?;
    Ok([event.body.0, text, message.body.0, mail.subject + &mail.body.0, post.body.0])
}

/// What somebody who can name an alarm might write.
const HOSTILE: [&str; 14] = [
    "",
    "\0",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "<!channel> <!here> <@U123> <#C123> <!subteam^S1>",
    "<https://evil.example|Acknowledge>",
    "@channel @here @everyone",
    "```\n*bold*\n```> quote",
    "a\r\nSubject: b\r\n\r\nc",
    "\u{202e}txt.exe\u{2066}\u{2069}",
    "👩\u{200d}👩\u{200d}👧\u{200d}👦🏽🇩🇪",
    "& &amp; &lt; &#60; &amp",
    "\"}],\"blocks\":[{\"type\":\"",
    "%0d%0a%00 ${jndi:ldap://x} {{7*7}}",
    "\u{feff}\u{e0041}\u{200b}",
];

#[test]
fn hostile_texts_are_harmless_on_every_channel() {
    for text in HOSTILE {
        for text in [text.to_owned(), text.repeat(100_000 / text.len().max(1))] {
            let many = vec![text.clone(); 3];
            let hostile = Notice {
                title: text.clone(),
                what: What::Acknowledged { by: text.clone() },
                key: DedupKey::of(&text),
                incident: text.clone(),
                delivery: text.clone(),
                recipient: text.clone(),
                cause: Some(LikelyCause { what: text.clone(), explains: text.clone() }),
                members: Members { count: 5, first: many.clone() },
                services: many.clone(),
                evidence: many.clone(),
                tried: many.clone(),
                notes: many,
                ..notice()
            };
            for what in [What::Opened, What::Resolved, hostile.what.clone(), What::SilenceEnded { ended: text.clone() }] {
                let told = rendered(&Notice { what, ..hostile.clone() });
                assert!(told.is_ok(), "{told:?} of {:?}", text.chars().take(80).collect::<String>());
            }
        }
    }
}

#[test]
fn nothing_at_all_is_still_a_message() {
    let empty = Notice {
        title: String::new(),
        environment: None,
        tenants: vec![],
        services: vec![],
        cause: None,
        members: Members::default(),
        evidence: vec![],
        tried: vec![],
        notes: vec![],
        proposal: None,
        links: Links::default(),
        ..notice()
    };
    rendered(&empty).expect("all take it");
}

#[test]
fn a_thousand_tenants_are_told_by_every_channel() {
    let tenants: Vec<_> = (0..1000).map(|number| super::testing::tenant(number, Some("trial"))).collect();
    let told = rendered(&Notice { tenants, ..notice() }).expect("all take it");
    assert!(told.iter().all(|told| told.contains("1000")), "{told:?}");
}

#[test]
fn what_is_said_on_the_first_line_stands_on_every_channel() {
    for told in rendered(&notice()).expect("all take it") {
        assert!(told.contains("CRITICAL prod: RDS failover in us-east-1a") || told.contains("RDS failover in us-east-1a"), "{told}");
    }
}
