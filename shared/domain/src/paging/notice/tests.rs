use super::*;

#[test]
fn a_key_is_its_text_unless_that_is_not_fit() {
    let check = |text: String, expected: &str| assert_eq!(DedupKey::of(&text).as_str(), expected);
    check("prod/acme/web/out-of-memory".into(), "prod/acme/web/out-of-memory");
    check("k".repeat(255), &"k".repeat(255));
    check("k".repeat(256), &format!("{}-ce16fe78208a4e93", "k".repeat(238)));
    // Nothing stands for it but its hash.
    check(String::new(), "-e3b0c44298fc1c14");
    check("a\u{0}b".into(), "ab-59b271ae1bbcb1d3");
}

#[test]
fn long_keys_stay_apart_and_are_cut_between_characters() {
    let (one, other) = (format!("{}1", "é".repeat(200)), format!("{}2", "é".repeat(200)));
    assert_ne!(DedupKey::of(&one), DedupKey::of(&other));
    assert!(DedupKey::of(&one).as_str().len() <= LONGEST_KEY);
    // What is a key stays the same key.
    assert_eq!(DedupKey::of(DedupKey::of(&one).as_str()), DedupKey::of(&one));
}

#[test]
fn a_notice_is_kept_without_the_links_that_carry_a_token() {
    let notice = crate::paging::render::testing::notice();
    let kept = serde_json::to_string(&notice).expect("it is JSON");
    assert!(!kept.contains(crate::paging::render::testing::TOKEN), "{kept}");
    let read: Notice = serde_json::from_str(&kept).expect("a notice");
    assert_eq!((&read.links.acknowledge, &read.links.runbook), (&None, &notice.links.runbook));
    assert!(!format!("{notice:?}").contains(crate::paging::render::testing::TOKEN));
}
