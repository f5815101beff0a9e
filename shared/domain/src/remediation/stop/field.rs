//! Members of a JSON object that may be named and typed in more than one way.

use jiff::Timestamp;
use serde_json::{Map, Value};

/// Seconds since 1970 stay below this until the year 5138; milliseconds have been above it since 1973.
const MILLISECONDS: f64 = 1e11;

/// One object of an event. Step Functions names its members in PascalCase.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a>(pub(crate) &'a Map<String, Value>);

impl<'a> Fields<'a> {
    /// The member `name`, which is camelCase, unless it is null.
    pub(crate) fn value(self, name: &str) -> Option<&'a Value> {
        let found = self.0.get(name).or_else(|| self.0.get(&pascal(name)));
        found.filter(|value| !value.is_null())
    }

    /// A text that says something.
    pub(crate) fn text(self, name: &str) -> Option<&'a str> {
        self.value(name)?.as_str().map(str::trim).filter(|text| !text.is_empty())
    }

    /// The same, to keep.
    pub(crate) fn owned(self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    /// A whole number, or a text of one.
    pub(crate) fn number(self, name: &str) -> Option<i64> {
        match self.value(name)? {
            Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// The same, if it is not negative.
    pub(crate) fn count(self, name: &str) -> Option<u64> {
        self.number(name)?.try_into().ok()
    }

    /// A moment: ISO text (blanks in it do not count), or seconds or milliseconds since 1970.
    pub(crate) fn time(self, name: &str) -> Option<Timestamp> {
        match self.value(name)? {
            Value::String(text) => text.split_whitespace().collect::<String>().parse().ok(),
            Value::Number(number) => since_1970(number.as_f64()?),
            _ => None,
        }
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
