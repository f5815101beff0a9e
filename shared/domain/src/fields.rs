//! Members of the JSON objects that services of AWS send. One of another type than expected is as if it were absent.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

/// No form of a moment has more bytes, stray blanks among them.
const LONGEST_MOMENT: usize = 80;
/// Seconds since 1970 stay below this until the year 5138; milliseconds have been above it since 1973.
const MILLISECONDS: f64 = 1e11;

/// One object, or none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields<'a>(Option<&'a Map<String, Value>>);

impl<'a> Fields<'a> {
    /// Of `value`, if it is an object.
    pub(crate) fn of(value: &'a Value) -> Self {
        Self(value.as_object())
    }

    /// Of `value`; none: it is no object.
    pub(crate) fn read(value: &'a Value) -> Option<Self> {
        value.as_object().map(|members| Self(Some(members)))
    }

    /// Whether there is such an object at all.
    pub(crate) fn is_there(self) -> bool {
        self.0.is_some()
    }

    /// The member `name`, which is camelCase, or the same in PascalCase as SNS has it, unless it is null.
    pub(crate) fn value(self, name: &str) -> Option<&'a Value> {
        let found = self.0?.get(name).or_else(|| self.0?.get(&pascal(name)));
        found.filter(|value| !value.is_null())
    }

    /// The object `name`, empty if there is none.
    pub(crate) fn object(self, name: &str) -> Self {
        Self(self.value(name).and_then(Value::as_object))
    }

    /// What the list `name` holds.
    pub(crate) fn list(self, name: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
        self.value(name).and_then(Value::as_array).into_iter().flatten()
    }

    /// The objects in it.
    pub(crate) fn objects(self, name: &str) -> impl Iterator<Item = Fields<'a>> + use<'a> {
        self.list(name).filter_map(Fields::read)
    }

    /// A text that says something.
    pub(crate) fn text(self, name: &str) -> Option<&'a str> {
        self.value(name)?.as_str().map(str::trim).filter(|text| !text.is_empty())
    }

    /// The same, to keep.
    pub(crate) fn owned(self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    /// The texts in a list.
    pub(crate) fn texts(self, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.list(name).filter_map(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
    }

    /// A number, or a text of one.
    pub(crate) fn number(self, name: &str) -> Option<f64> {
        let number = match self.value(name)? {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number.filter(|number: &f64| number.is_finite())
    }

    /// A whole number, or a text of one.
    pub(crate) fn whole(self, name: &str) -> Option<i64> {
        match self.value(name)? {
            Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// The same, if it is not negative.
    pub(crate) fn count(self, name: &str) -> Option<u64> {
        self.whole(name)?.try_into().ok()
    }

    /// A moment in any form that [`moment`] knows.
    pub(crate) fn time(self, name: &str) -> Option<Timestamp> {
        moment(self.value(name)?.as_str()?)
    }

    /// The same, or seconds or milliseconds since 1970, as Step Functions has them.
    pub(crate) fn time_or_count(self, name: &str) -> Option<Timestamp> {
        match self.value(name)? {
            Value::Number(number) => since_1970(number.as_f64()?),
            _ => self.time(name),
        }
    }

    /// Whether it is true, or a text that says so.
    pub(crate) fn flag(self, name: &str) -> bool {
        match self.value(name) {
            Some(Value::Bool(is)) => *is,
            Some(Value::String(text)) => text.trim().eq_ignore_ascii_case("true"),
            _ => false,
        }
    }

    /// An object, or a text that holds one as JSON.
    pub(crate) fn embedded(self, name: &str) -> Option<Value> {
        match self.value(name)? {
            Value::String(text) => serde_json::from_str(text).ok(),
            other => Some(other.clone()),
        }
    }

    /// A map of texts, or a list of objects with `key` (or `name`) and `value`.
    pub(crate) fn pairs(self, name: &str) -> Vec<(&'a str, &'a str)> {
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

fn whole(number: f64) -> Option<i64> {
    // 2⁵³: beyond it a float no longer holds every whole number.
    let holds = number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0;
    holds.then_some(number as i64)
}

fn since_1970(number: f64) -> Option<Timestamp> {
    let milliseconds = if number.abs() < MILLISECONDS { number * 1000.0 } else { number };
    Timestamp::from_millisecond(whole(milliseconds.round())?).ok()
}

/// A moment, to the millisecond: ISO with `Z` or `+0000`, with blanks in it or without; without an offset, which is UTC; or RFC 1123.
pub(crate) fn moment(text: &str) -> Option<Timestamp> {
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
mod tests;
