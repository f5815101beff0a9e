//! Ids that people read out on the phone: an incident's and a silence's.

use jiff::Timestamp;

use crate::tenant::EnvironmentName;

/// Crockford's: no letter looks like a number.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 25 bits of minutes and 35 of chance, five bits to a character.
const LENGTH: usize = (25 + 35) / 5;

/// The id of an incident that is opened at `now`: it names its environment, sorts by time, and is short enough to be said.
pub fn incident(environment: Option<&EnvironmentName>, now: Timestamp, entropy: u128) -> String {
    let word = word(now, entropy);
    environment.map_or(word.clone(), |environment| format!("{environment}-{word}"))
}

/// An id made at `now`.
pub fn word(now: Timestamp, entropy: u128) -> String {
    let minutes = u128::try_from(now.as_second() / 60).unwrap_or_default();
    // 25 bits of minutes last until 2033 before they begin anew, and 35 of chance tell the incidents of a minute apart.
    let number = ((minutes & 0x1ff_ffff) << 35) | (entropy & 0x7_ffff_ffff);
    let letter = |place: usize| char::from(ALPHABET[usize::try_from((number >> (5 * place)) & 31).unwrap_or_default()]);
    (0..LENGTH).rev().map(letter).collect()
}

/// Whether `text` may be an incident's id. A tenant's id of twelve characters may look like one that names no environment.
pub fn is_incident(text: &str) -> bool {
    let word = match text.rsplit_once('-') {
        Some((environment, word)) => environment.parse::<EnvironmentName>().ok().map(|_| word),
        None => Some(text),
    };
    word.is_some_and(|word| word.len() == LENGTH && word.bytes().all(|letter| ALPHABET.contains(&letter)))
}

/// The environment that the incident `id` is of; none: it is of no environment.
pub fn environment_of(id: &str) -> Option<EnvironmentName> {
    id.rsplit_once('-').and_then(|(environment, _)| environment.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    #[test]
    fn an_id_names_its_environment_and_sorts_by_time() {
        let prod: EnvironmentName = "prod".parse().expect("a name");
        let id = |time: &str, entropy| incident(Some(&prod), at(time), entropy);
        let (first, second) = (id("2026-11-21T02:00:00Z", u128::MAX), id("2026-11-21T02:01:00Z", 0));
        assert!(first < second && first.starts_with("prod-") && first.len() == 17, "{first} {second}");
        assert_eq!((environment_of(&first), environment_of(&word(at("2026-11-21T02:00:00Z"), 7))), (Some(prod), None));
    }

    #[test]
    fn an_incident_is_told_from_a_tenant_by_its_id() {
        let check = |text: &str, expected| assert_eq!(is_incident(text), expected, "{text}");
        check(&word(at("2026-11-21T02:00:00Z"), 12_345), true);
        check("prod-0k3c9v4a7d2f", true);
        check("0k3c9v4a7d2f", true);
        // A tenant may be called so.
        check("peterandbeth", true);
        // There is no l, i, o or u.
        check("prod-0k3c9v4a7d2l", false);
        check("moon-0k3c9v4a7d2f", false);
        check("prod-0k3c9v4a7d2", false);
        check("demo", false);
        check("prod", false);
        check("", false);
    }
}
