use proptest::prelude::*;
use serde_json::json;

use super::super::claims::Purpose;
use super::super::testing::{at, claims, keys, proposal};
use super::*;

fn any_claims() -> impl Strategy<Value = Claims> {
    let purpose = prop_oneof![Just(Purpose::Approve), Just(Purpose::Acknowledge)];
    let owner = prop_oneof![Just("tenant#dev#demo"), Just("environment#prod")];
    let text = || ".{0,40}";
    (purpose, owner, text(), text(), "[0-9a-f]{64}", text(), 1_001_i64..4_000_000_000).prop_map(
        |(purpose, owner, subject, id, digest, recipient, expires)| Claims {
            purpose,
            owner: owner.parse().expect("an owner"),
            subject,
            id,
            digest,
            recipient,
            expires: at(expires),
        },
    )
}

proptest! {
    #[test]
    fn signed_claims_come_back_as_they_were(claims in any_claims()) {
        let keys = keys("a", None);
        let token = sign(&claims, &keys);
        prop_assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)), "{token}");
        prop_assert_eq!(verify(&token, &keys, at(1_000)), Ok(claims));
    }

    #[test]
    fn a_token_with_any_bit_flipped_is_refused(claims in any_claims(), place in any::<prop::sample::Index>(), bit in 0..7_u32) {
        let keys = keys("a", Some("b"));
        let mut token = sign(&claims, &keys).into_bytes();
        let place = place.index(token.len());
        token[place] ^= 1 << bit;
        let token = String::from_utf8(token).expect("seven bits are ASCII");
        let refused = verify(&token, &keys, at(1_000)).expect_err("it is another token");
        prop_assert!(matches!(refused, Refusal::Malformed | Refusal::UnknownKey | Refusal::Forged), "{refused}");
    }

    #[test]
    fn no_other_key_believes_a_token(claims in any_claims()) {
        let token = sign(&claims, &keys("a", Some("b")));
        prop_assert_eq!(verify(&token, &keys("b", Some("c")), at(1_000)), Err(Refusal::UnknownKey));
        prop_assert_eq!(verify(&token, &keys("b", Some("a")), at(1_000)), Ok(claims));
    }

    #[test]
    fn any_text_is_refused(text in ".{0,300}") {
        prop_assert!(verify(&text, &keys("a", None), at(1_000)).is_err());
    }
}

/// `json` under the signature of the key `a`.
fn signed(json: &serde_json::Value) -> String {
    let payload = URL_SAFE_NO_PAD.encode(json.to_string());
    let code = mac(&keys("a", None).current, &payload).finalize().into_bytes();
    format!("{payload}.{}", URL_SAFE_NO_PAD.encode(code))
}

#[test]
fn what_is_refused_says_why() {
    let (keys, claims) = (keys("a", None), claims(&proposal("")));
    let good = sign(&claims, &keys);
    let (payload, code) = good.split_once('.').expect("two parts");
    let check = |token: &str, expected: Result<(), Refusal>| assert_eq!(verify(token, &keys, at(1_000)).map(|_| ()), expected, "{token}");
    check(&good, Ok(()));
    check("", Err(Refusal::Malformed));
    // A link that was cut.
    check(&good[..100], Err(Refusal::Malformed));
    check(payload, Err(Refusal::Malformed));
    check(&good[..good.len() - 4], Err(Refusal::Forged));
    check(&format!("{payload}."), Err(Refusal::Forged));
    check(&format!("{good}.{code}"), Err(Refusal::Malformed));
    check(&format!("{good}="), Err(Refusal::Malformed));
    check(&format!("{}.{code}", URL_SAFE_NO_PAD.encode("{}")), Err(Refusal::Malformed));
    check(&"a".repeat(LONGEST), Err(Refusal::Malformed));
    check(&"a".repeat(LONGEST + 1), Err(Refusal::TooLong));
    // Signed by us, and of another form: of newer code, or for another use of the key.
    let id = &keys.current.id;
    check(&signed(&json!({ "v": 2, "key": id })), Err(Refusal::Malformed));
    check(&signed(&json!({ "v": 1, "key": id })), Err(Refusal::Malformed));
    check(&signed(&json!({ "v": 1, "key": "00000000" })), Err(Refusal::UnknownKey));
}

#[test]
fn the_code_of_one_token_is_no_code_for_another() {
    let (keys, one) = (keys("a", None), claims(&proposal("")));
    let swap = |other: Claims| {
        let (other, one) = (sign(&other, &keys), sign(&one, &keys));
        let spliced = format!("{}.{}", other.split_once('.').expect("two parts").0, one.split_once('.').expect("two parts").1);
        verify(&spliced, &keys, at(1_000))
    };
    assert_eq!(swap(one.clone()), Ok(one.clone()));
    for other in [
        Claims { recipient: "eve@example.com".into(), ..one.clone() },
        Claims { digest: "0".repeat(64), ..one.clone() },
        Claims { expires: at(9_000_000), ..one.clone() },
        Claims { purpose: Purpose::Acknowledge, ..one.clone() },
    ] {
        assert_eq!(swap(other), Err(Refusal::Forged));
    }
}

#[test]
fn a_token_is_good_until_it_expires() {
    let (keys, claims) = (keys("a", None), claims(&proposal("")));
    let token = sign(&claims, &keys);
    let check = |second, expected: Result<(), Refusal>| assert_eq!(verify(&token, &keys, at(second)).map(|_| ()), expected);
    check(15_399, Ok(()));
    check(15_400, Err(Refusal::Expired { at: at(15_400) }));
    check(99_999, Err(Refusal::Expired { at: at(15_400) }));
}

#[test]
fn a_token_of_earlier_code_is_still_believed() {
    // Links are on their way during a deploy. This code was made by other means: `openssl dgst -sha256 -hmac`.
    let payload = "eyJ2IjoxLCJrZXkiOiIzYmEzZjVmNCIsInB1cnBvc2UiOiJhcHByb3ZlIiwib3duZXIiOiJ0ZW5hbnQjZGV2I2RlbW8iLCJzdWJqZWN0IjoibWF0ZS1\
        kZW1vLWRldi1kamFuZ28iLCJpZCI6IjAxSiIsImRpZ2VzdCI6ImU4YjMwMTE0MjRjNTAwMDllMTZlMWY2OWIxZWY2MGQ2ZDM1ODQ4M2FmNDAxOGE2NDBiYzliMzAzNjVhOTkz\
        OGQiLCJyZWNpcGllbnQiOiJhZGFAZXhhbXBsZS5jb20iLCJleHBpcmVzIjoiMTk3MC0wMS0wMVQwNDoxNjo0MFoifQ";
    let token = format!("{payload}.4fM1YxZOnVQkOCzPbmELknQ5Nq29uH-SbFIbesMnmUY");
    assert_eq!(verify(&token, &keys("a", None), at(1_000)), Ok(claims(&proposal(""))));
}
