//! Examples, whole and damaged.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

/// What an example says.
pub(in crate::paging) fn example(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// What was published to a topic in an example.
pub(in crate::paging) fn message(text: &str) -> Value {
    example(example(text)["Message"].as_str().expect("a message"))
}

/// What may become of a member.
#[derive(Debug, Clone)]
pub(in crate::paging) enum Damage {
    Becomes(Value),
    Is(Loss),
}

/// What may be lost.
#[derive(Debug, Clone, Copy)]
pub(in crate::paging) enum Loss {
    Gone,
    Cut(usize),
}

/// A place of a value, and what becomes of it.
pub(in crate::paging) fn damage() -> impl Strategy<Value = (Index, Damage)> {
    let values = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(|is| json!(is)),
        any::<i64>().prop_map(|number| json!(number)),
        any::<f64>().prop_map(|number| json!(number)),
        ".{0,40}".prop_map(|text| json!(text)),
        Just(json!("\u{202e}<script>`x`</script>é日本".repeat(5_000))),
        Just(json!([])),
        Just(json!([[], 1, "x", null, {}, { "arn": 1, "value": [], "name": {} }])),
        Just(json!({ "value": 1, "timestamp": [], "k": { "k": "v" } })),
    ];
    let kinds =
        prop_oneof![values.prop_map(Damage::Becomes), Just(Damage::Is(Loss::Gone)), (0_usize..60).prop_map(|at| Damage::Is(Loss::Cut(at)))];
    (any::<Index>(), kinds)
}

/// `value` with one of its members damaged.
pub(in crate::paging) fn damaged(mut value: Value, (index, damage): &(Index, Damage)) -> Value {
    let mut places = Vec::new();
    collect(&value, String::new(), &mut places);
    let place = &places[index.index(places.len())];
    match damage {
        Damage::Becomes(other) => *value.pointer_mut(place).expect("a place") = other.clone(),
        Damage::Is(Loss::Gone) => remove(&mut value, place),
        Damage::Is(Loss::Cut(at)) => {
            let member = value.pointer_mut(place).expect("a place");
            *member = json!(member.as_str().map_or_else(|| member.to_string(), str::to_owned).chars().take(*at).collect::<String>());
        }
    }
    value
}

fn collect(value: &Value, at: String, places: &mut Vec<String>) {
    let step = |name: &str| format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
    match value {
        Value::Object(members) => members.iter().for_each(|(name, member)| collect(member, step(name), places)),
        Value::Array(members) => members.iter().enumerate().for_each(|(place, member)| collect(member, step(&place.to_string()), places)),
        _ => {}
    }
    places.push(at);
}

fn remove(value: &mut Value, place: &str) {
    let Some((parent, name)) = place.rsplit_once('/') else { return *value = Value::Null };
    match value.pointer_mut(parent) {
        Some(Value::Object(members)) => drop(members.remove(&name.replace("~1", "/").replace("~0", "~"))),
        Some(Value::Array(members)) => drop(members.remove(name.parse().expect("a place"))),
        _ => {}
    }
}
