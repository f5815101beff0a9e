//! A text message by SNS, in one part.
//!
//! It has no link to answer by: a token has some 500 characters, so that the link alone would be four parts, each of them paid for, and it
//! would lie open on locked phones and with carriers. Instead it names the command that answers; who is told by SMS is told by another
//! channel too, which has the link.

use super::super::notice::Notice;
use super::email::ascii;
use super::story::headline;
use super::text::{MORE_ASCII, cut_as, line};

/// Characters of one part. 160 of GSM 03.38 would do; SNS documents 140 for ASCII, and all of ours are in both alphabets.
const PART: usize = 140;
/// Characters of the incident's id.
const ID: usize = 40;

/// What is published to a phone number.
pub fn text(notice: &Notice) -> String {
    let end = end(notice);
    cut_as(&headline(notice, true), PART - end.len(), MORE_ASCII, gsm, str::len) + &end
}

/// Whom it concerns, since when, and how to answer: at most 108 characters, which leaves the title its room.
fn end(notice: &Notice) -> String {
    let whom = match &notice.tenants[..] {
        [] => String::new(),
        [only] => format!(". Tenant {}", only.id),
        many => format!(". {} tenants", many.len()),
    };
    let since = format!("{whom}{}", notice.since.strftime(". Since %H:%MZ"));
    let id = cut_as(&line(&notice.incident), ID, MORE_ASCII, gsm, str::len);
    if notice.what.is_asking() { format!("{since}. Answer: caretaker ack {id}") } else { since }
}

/// A character in ASCII that takes one place in GSM 03.38, where some take two and the backtick is missing.
fn gsm(letter: char) -> Option<&'static str> {
    match letter {
        '[' | '{' => Some("("),
        ']' | '}' => Some(")"),
        '\\' | '|' => Some("/"),
        '~' => Some("-"),
        '^' | '`' => Some("'"),
        letter => ascii(letter),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::notice::What;
    use super::super::testing::{TOKEN, notice};
    use super::super::tests::check_sms;
    use super::*;

    fn sent(notice: &Notice) -> String {
        let text = text(notice);
        check_sms(&text).expect("a text message");
        text
    }

    #[test]
    fn one_part_says_how_bad_what_where_since_when_and_how_to_answer() {
        let few = Notice { tenants: notice().tenants[..1].to_vec(), ..notice() };
        let expected = "CRITICAL prod: RDS failover in us-east-1a. Tenant t-0. Since 02:14Z. \
                        Answer: caretaker ack 01KAN7Z3Q0000000000000000A";
        assert_eq!(sent(&few), expected);
        let expected = "CRITICAL prod: RDS failover in us-east-1a. 31 tenants. Since 02:14Z. \
                        Answer: caretaker ack 01KAN7Z3Q0000000000000000A";
        assert_eq!(sent(&notice()), expected);
        assert!(!sent(&notice()).contains(TOKEN));
        let over = Notice { what: What::Resolved, tenants: vec![], ..notice() };
        assert_eq!(sent(&over), "Resolved, prod: RDS failover in us-east-1a. Since 02:14Z");
    }

    #[test]
    fn it_is_cut_at_its_limit() {
        let check = |title: usize, expected: &str| {
            let text = sent(&Notice { title: "x".repeat(title), tenants: vec![], ..notice() });
            assert_eq!((text.len(), text.contains(expected)), (PART, true), "{text}");
        };
        // 140 − 15 of "CRITICAL prod: " − 64 of the end.
        check(61, &"x".repeat(61));
        check(62, &format!("{}...", "x".repeat(58)));
    }

    #[test]
    fn what_would_take_two_places_or_another_alphabet_is_written_otherwise() {
        let title = "[a] {b} \\c| ~d^ `é` €🔥";
        assert!(sent(&Notice { title: title.into(), tenants: vec![], ..notice() }).contains("(a) (b) /c/ -d' '?' ??"));
    }
}
