//! Ids, secrets, topics, and what refers to what.

use std::collections::BTreeSet;

use super::{Checked, Fault, Receiver, Routes, refuse, unless};
use crate::paging::channel::Channel;
use crate::paging::routes::receiver::Means;

/// An id has at most so many characters.
const ID: usize = 40;
/// A word of a secret's key has at most so many characters, and the whole so many digits: routing keys, tokens and numbers have more.
const SECRET_WORD: usize = 16;
const SECRET_DIGITS: usize = 4;
/// What stands for the stack's own topic of alerts.
const ALERTS_TOPIC: &str = "{alerts_topic}";

pub(super) fn check(routes: &Routes) -> Checked {
    ids(routes)?;
    routes.receivers.iter().try_for_each(|receiver| self::receiver(routes, receiver))?;
    people(routes)
}

fn ids(routes: &Routes) -> Checked {
    // A target names either, so that both share their ids.
    let receivers = routes.receivers.iter().map(|one| ("receiver", &one.id));
    unique(receivers.chain(routes.people.iter().map(|one| ("person", &one.id))))?;
    unique(routes.schedules.iter().map(|one| ("schedule", &one.id)))?;
    unique(routes.policies.iter().map(|one| ("policy", &one.id)))?;
    unique(routes.routes.iter().map(|one| ("route", &one.id)))?;
    unique(routes.inhibit.iter().map(|one| ("inhibit", &one.id)))?;
    unique(routes.maintenance.iter().map(|one| ("maintenance", &one.id)))
}

fn unique<'a>(ids: impl Iterator<Item = (&'static str, &'a String)>) -> Checked {
    let mut known = BTreeSet::new();
    for (what, id) in ids {
        let key = || format!("{what}.{}", id.chars().take(ID).collect::<String>());
        unless(!is_id(id), key, || Fault::Id(id.chars().take(ID).collect()))?;
        unless(!known.insert(id), key, || Fault::Twice)?;
    }
    Ok(())
}

fn is_id(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.len() <= ID
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn receiver(routes: &Routes, receiver: &Receiver) -> Checked {
    let key = |what: &str| format!("receiver.{}.{what}", receiver.id);
    unless(receiver.secret().is_some_and(|text| !is_key(text)), || key("secret"), || Fault::Secret)?;
    if let Means::Email { topic } = &receiver.means {
        unless(!is_topic(topic), || key("topic"), || Fault::Topic)?;
    }
    let Some(fallback) = &receiver.fallback else { return Ok(()) };
    unless(routes.receiver(fallback).is_none(), || key("fallback"), || unknown("receiver", fallback))?;
    match circle(routes, receiver) {
        Some(path) => refuse(key("fallback"), Fault::Circle(path.join(" to "))),
        None => Ok(()),
    }
}

/// The way from `receiver` by fallbacks back to one that was there before.
fn circle<'a>(routes: &'a Routes, receiver: &'a Receiver) -> Option<Vec<&'a str>> {
    let mut path = vec![receiver.id.as_str()];
    let mut last = receiver;
    while let Some(next) = last.fallback.as_deref().and_then(|id| routes.receiver(id)) {
        let is_known = path.contains(&next.id.as_str());
        path.push(&next.id);
        if is_known {
            return Some(path);
        }
        last = next;
    }
    None
}

/// Whether `text` can be a key's name, and not what it holds.
fn is_key(text: &str) -> bool {
    let is_word = |word: &str| !word.is_empty() && word.len() <= SECRET_WORD;
    is_id(&text.replace('_', "-"))
        && text.split(['-', '_']).all(is_word)
        && text.bytes().filter(u8::is_ascii_digit).count() <= SECRET_DIGITS
}

fn is_topic(text: &str) -> bool {
    let parts: Vec<_> = text.split(':').collect();
    let is_arn = matches!(parts[..], ["arn", partition, "sns", region, account, name]
        if partition.starts_with("aws") && !region.is_empty() && account.len() == 12 && !name.is_empty());
    is_arn || text == ALERTS_TOPIC
}

fn people(routes: &Routes) -> Checked {
    for person in &routes.people {
        let key = || format!("person.{}.receivers", person.id);
        let Some(first) = person.receivers.first() else { return refuse(key(), Fault::Nobody) };
        let is_known = |id: &&String| routes.receiver(id).is_some();
        if let Some(id) = person.receivers.iter().find(|id| !is_known(id)) {
            return refuse(key(), unknown("receiver", id));
        }
        let channel = routes.receiver(first).map_or(Channel::Dashboard, Receiver::channel);
        unless(!channel.is_enough(), key, || Fault::NotFirst)?;
    }
    Ok(())
}

pub(super) fn unknown(what: &'static str, id: &str) -> Fault {
    Fault::Unknown { what, id: id.chars().take(80).collect() }
}
