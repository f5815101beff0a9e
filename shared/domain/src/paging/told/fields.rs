//! Members of the JSON objects that services of AWS send. One of another type than expected is as if it were absent.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

/// No form of a moment has more bytes, stray blanks among them.
const LONGEST_MOMENT: usize = 80;

/// One object, or none.
#[derive(Debug, Clone, Copy)]
pub(in crate::paging) struct Fields<'a>(Option<&'a Map<String, Value>>);

impl<'a> Fields<'a> {
    /// Of `value`, if it is an object.
    pub(in crate::paging) fn of(value: &'a Value) -> Self {
        Self(value.as_object())
    }

    /// Whether there is such an object at all.
    pub(in crate::paging) fn is_there(self) -> bool {
        self.0.is_some()
    }

    /// The member `name`, which is camelCase, or the same in PascalCase as SNS has it, unless it is null.
    pub(in crate::paging) fn value(self, name: &str) -> Option<&'a Value> {
        let found = self.0?.get(name).or_else(|| self.0?.get(&pascal(name)));
        found.filter(|value| !value.is_null())
    }

    /// The object `name`, empty if there is none.
    pub(in crate::paging) fn object(self, name: &str) -> Self {
        Self(self.value(name).and_then(Value::as_object))
    }

    /// What the list `name` holds.
    pub(in crate::paging) fn list(self, name: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
        self.value(name).and_then(Value::as_array).into_iter().flatten()
    }

    /// The objects in it.
    pub(in crate::paging) fn objects(self, name: &str) -> impl Iterator<Item = Fields<'a>> + use<'a> {
        self.list(name).map(Fields::of).filter(|one| one.is_there())
    }

    /// A text that says something.
    pub(in crate::paging) fn text(self, name: &str) -> Option<&'a str> {
        self.value(name)?.as_str().map(str::trim).filter(|text| !text.is_empty())
    }

    /// The texts in a list.
    pub(in crate::paging) fn texts(self, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.list(name).filter_map(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
    }

    /// A number, or a text of one.
    pub(in crate::paging) fn number(self, name: &str) -> Option<f64> {
        let number = match self.value(name)? {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number.filter(|number: &f64| number.is_finite())
    }

    /// A whole number that is not negative, or a text of one.
    pub(in crate::paging) fn count(self, name: &str) -> Option<u64> {
        match self.value(name)? {
            Value::Number(number) => number.as_u64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// A moment in any form that [`moment`] knows.
    pub(in crate::paging) fn time(self, name: &str) -> Option<Timestamp> {
        moment(self.value(name)?.as_str()?)
    }

    /// Whether it is true, or a text that says so.
    pub(in crate::paging) fn flag(self, name: &str) -> bool {
        match self.value(name) {
            Some(Value::Bool(is)) => *is,
            Some(Value::String(text)) => text.trim().eq_ignore_ascii_case("true"),
            _ => false,
        }
    }

    /// An object, or a text that holds one as JSON.
    pub(in crate::paging) fn embedded(self, name: &str) -> Option<Value> {
        match self.value(name)? {
            Value::String(text) => serde_json::from_str(text).ok(),
            other => Some(other.clone()),
        }
    }

    /// A map of texts, or a list of objects with `key` (or `name`) and `value`.
    pub(in crate::paging) fn pairs(self, name: &str) -> Vec<(&'a str, &'a str)> {
        if let Some(map) = self.value(name).and_then(Value::as_object) {
            return map.iter().filter_map(|(key, value)| Some((key.as_str(), value.as_str()?))).collect();
        }
        self.objects(name).filter_map(|pair| Some((pair.text("key").or_else(|| pair.text("name"))?, pair.text("value")?))).collect()
    }
}

fn pascal(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

/// A moment, to the millisecond: ISO with `Z` or `+0000`, with blanks in it or without; without an offset, which is UTC; or RFC 1123.
pub(in crate::paging) fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.len() > LONGEST_MOMENT {
        return None;
    }
    let squeezed: String = text.split_whitespace().collect();
    let exact: Timestamp = squeezed.parse().ok().or_else(|| in_utc(&squeezed)).or_else(|| in_utc(text)).or_else(|| in_words(text))?;
    // One fact has the same moment by every road: not all of them tell more than milliseconds.
    Timestamp::from_millisecond(exact.as_millisecond()).ok()
}

fn in_utc(text: &str) -> Option<Timestamp> {
    Some(text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// `Fri, 27 Jan 2023 06:02:51 GMT`; the day of the week says nothing, and AWS Health has been seen to put blanks after colons.
fn in_words(text: &str) -> Option<Timestamp> {
    let date = &text[text.find(|one: char| one.is_ascii_digit())?..];
    rfc2822::DateTimeParser::new().parse_timestamp(date.replace(": ", ":")).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_moment_is_the_same_in_every_form() {
        let check = |text: &str, expected: Option<&str>| assert_eq!(moment(text), expected.and_then(|at| at.parse().ok()), "{text}");
        check("2026-11-21T02:00:40Z", Some("2026-11-21T02:00:40Z"));
        check("2026-11-21T02:00:40.989+0000", Some("2026-11-21T02:00:40.989Z"));
        check("2026-11-21T02: 00: 40.989+0000", Some("2026-11-21T02:00:40.989Z"));
        // More than milliseconds is forgotten, never rounded up.
        check("2026-11-21T02:00:40.989999Z", Some("2026-11-21T02:00:40.989Z"));
        check("2026-11-21 02:00:40.989", Some("2026-11-21T02:00:40.989Z"));
        check("2026-11-21T02:00:40", Some("2026-11-21T02:00:40Z"));
        check("2026-11-21", Some("2026-11-21T00:00:00Z"));
        check("Fri, 27 Jan 2023 06:02:51 GMT", Some("2023-01-27T06:02:51Z"));
        // Seen: no comma, blanks, and a day of the week that is wrong.
        check("Thu 15 Dec 2022 23: 25: 00 GMT", Some("2022-12-15T23:25:00Z"));
        check("Fri, 05 Apr 2023 12:00:00 GMT", Some("2023-04-05T12:00:00Z"));
        check("yesterday", None);
        check("", None);
        check(&"2".repeat(100_000), None);
    }

    #[test]
    fn members_are_found_in_both_cases_and_types() {
        let value = json!({ "a": " x ", "B": "7", "period": 86_400, "none": null, "yes": "true", "data": "{\"k\":1}",
            "map": { "k": "v", "n": 1 }, "list": [{ "name": "k", "value": "v" }, 3, { "Key": "l", "Value": "w" }] });
        let fields = Fields::of(&value);
        assert_eq!((fields.text("a"), fields.text("b"), fields.text("none"), fields.text("period")), (Some("x"), Some("7"), None, None));
        assert_eq!(
            (fields.count("b"), fields.count("period"), fields.number("b"), fields.number("a")),
            (Some(7), Some(86_400), Some(7.0), None)
        );
        assert!(fields.flag("yes") && !fields.flag("a"));
        assert_eq!(fields.embedded("data"), Some(json!({ "k": 1 })));
        assert_eq!((fields.pairs("map"), fields.pairs("list")), (vec![("k", "v")], vec![("k", "v"), ("l", "w")]));
        assert_eq!(Fields::of(&json!(3)).text("a"), None);
    }
}
