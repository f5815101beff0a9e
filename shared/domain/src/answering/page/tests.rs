use proptest::prelude::*;

use super::super::testing::{at, claims, owner, proposal};
use super::*;
use crate::remediation::cause::Cause;
use crate::remediation::remedy::Remedy;

/// Of everything that others can write: texts of AWS and of applications, names of services, addresses of people.
fn filled_with(text: &str) -> [String; 4] {
    let mut proposal = proposal(text);
    proposal.fault.cause = Cause::Unrecognised { text: text.to_owned() };
    proposal.remedy = Remedy::Rollback { bad: text.to_owned(), good: text.to_owned() };
    let claims = Claims::approve(&owner(), text, &proposal, text);
    let approved = Over::Approved { by: Some(text.to_owned()), at: at(1_000) };
    [question(&claims, &proposal, text), done(&claims, &proposal), over(&approved), refused(text)]
}

/// Tags and their attributes, by the rules of HTML for text and quoted values, which are all that these pages have.
fn markup(page: &str) -> Vec<String> {
    let tags = page.split('<').skip(1).map(|rest| rest.split_once('>').expect("a tag ends").0);
    let shape = |tag: &str| tag.split('"').step_by(2).collect::<Vec<_>>().join("\"\"");
    tags.map(shape).collect()
}

proptest! {
    #[test]
    fn no_text_becomes_markup(text in r#"[<>"'&/=! a-z\u{0}\u{feff}\u{202e}]{1,40}"#) {
        for (filled, plain) in filled_with(&text).iter().zip(filled_with("x")) {
            prop_assert_eq!(markup(filled), markup(&plain), "{}", filled);
        }
    }
}

#[test]
fn what_others_have_written_is_shown_as_text() {
    let check = |text: &str, expected: &str| {
        for page in filled_with(text) {
            assert!(!page.contains(text) && page.contains(expected), "{page}");
        }
    };
    check("<script>alert(1)</script>", "&#60;script&#62;alert(1)&#60;/script&#62;");
    check(r#""><img src=x>"#, "&#34;&#62;&#60;img src=x&#62;");
    check("' onclick='x", "&#39; onclick=&#39;x");
    check("&lt;b&gt;", "&#38;lt;b&#38;gt;");
}

/// What is between head and end, which are the same in all.
fn content(page: &str) -> &str {
    page.split_once("<main>").and_then(|(_, rest)| rest.split_once("</main>")).expect("a page has one").0.trim()
}

#[test]
fn a_question_shows_what_would_be_done_and_why_and_does_it_by_a_button() {
    let proposal = proposal("Exit code 137 & no OOM.");
    insta::assert_snapshot!(content(&question(&claims(&proposal), &proposal, "a.b")), @r#"
    <h1>May Caretaker start its tasks anew?</h1>
    <dl>
    <dt>Of</dt>
    <dd><strong>mate-demo-dev-django</strong> of the tenant demo in dev</dd>
    <dt>Because</dt>
    <dd>It was killed from outside; memory is not known to be why. The scheduler replaces it; count how often. This is likely: it is what usually is behind it.</dd>
    <dt>What was seen</dt>
    <dd><ul>
    <li>Exit code 137 &#38; no OOM.</li>
    </ul></dd>
    <dt>Asked at</dt>
    <dd>1970-01-01 00:16 UTC</dd>
    <dt>Until</dt>
    <dd>1970-01-01 04:16 UTC</dd>
    <dt>You answer as</dt>
    <dd>ada@example.com</dd>
    </dl>
    <form method="post" action="?">
    <input type="hidden" name="t" value="a.b">
    <button type="submit">Approve</button>
    </form>
    <p>Nothing is done before you press the button. If it is not to be done, close this page.</p>
    "#);
}

#[test]
fn a_notice_says_what_became_of_it() {
    let proposal = proposal("");
    insta::assert_snapshot!(content(&done(&claims(&proposal), &proposal)), @r"
    <h1>Approved</h1>
    <p>Caretaker is told to start its tasks anew: mate-demo-dev-django of the tenant demo in dev, by the word of ada@example.com.</p>
    <p>What comes of it is told where you were asked. You can close this page.</p>
    ");
}

#[test]
fn every_no_has_a_sentence() {
    let check = |page: String, title: &str, expected: &str| {
        assert!(page.contains(&format!("<h1>{title}</h1>")) && page.contains(expected), "{page}");
    };
    let refusal = |refusal: Refusal| refused(&refusal.sentence());
    let title = "This link is not taken";
    check(refusal(Refusal::TooLong), title, "not whole");
    check(refusal(Refusal::Malformed), title, "not whole");
    check(refusal(Refusal::UnknownKey), title, "a key that is not in use any more");
    check(refusal(Refusal::Forged), title, "changed on its way");
    check(refusal(Refusal::Expired { at: at(15_400) }), title, "until 1970-01-01 04:16 UTC");
    let title = "This is over";
    check(over(&Over::Approved { by: Some("bob".into()), at: at(1_000) }), title, "approved of by bob at 1970-01-01 00:16 UTC");
    check(over(&Over::Approved { by: None, at: at(1_000) }), title, "approved of at 1970-01-01 00:16 UTC");
    check(over(&Over::Gone), title, "not proposed any more");
    check(over(&Over::Changed), title, "has changed since you were asked");
    check(over(&Over::Ended { at: at(15_400) }), title, "until 1970-01-01 04:16 UTC");
    check(later(), "Not now", "try again");
}

#[test]
fn pages_load_nothing_and_their_style_is_the_one_that_the_policy_allows() {
    let [kind, (name, policy), ..] = headers();
    assert_eq!(kind, ("content-type", "text/html; charset=utf-8".to_owned()));
    assert_eq!(name, "content-security-policy");
    let proposal = proposal("");
    for page in [question(&claims(&proposal), &proposal, "a.b"), refused("x")] {
        let style = page.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>")).expect("a style").0;
        let hash = STANDARD.encode(Sha256::digest(style));
        assert!(policy.contains(&format!("style-src 'sha256-{hash}';")), "{policy}");
        for loading in ["src=", "href=", "url(", "@import", "<script", "style=", "http"] {
            assert!(!page.contains(loading), "{loading} in {page}");
        }
    }
}
