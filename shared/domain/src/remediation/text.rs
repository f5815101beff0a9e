//! Texts of AWS, held against phrases and brought to one form.
//!
//! A text may be cut (at 255 or 1,024 characters), punctuated otherwise, and it names ids, Regions and accounts.
//! So it is compared by its words alone, and names that tenants choose are taken out before.

use std::sync::LazyLock;

use regex_lite::Regex;

/// The words of a text, in lower case, with one space before and after each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words(String);

/// As the first part of a phrase: the text begins with the next one.
pub(super) const BEGIN: &str = "^";
/// As the last part of a phrase: nothing follows the one before.
pub(super) const END: &str = "$";
/// A squeezed phrase of fewer characters could stand in the middle of other words.
const SQUEEZED_AT_LEAST: usize = 9;
/// Texts are cut at 255 characters and later; before that, two of one fault are alike in length too, but for their names.
const NORMALISED: usize = 160;

/// ARNs, addresses of the web, image names, and ids of EC2 and EFS: 8 hexadecimal digits, or 17 since 2016.
const NAMES: &str = r"(?ix) \barn:aws[^\s]* | https?://[^\s]* | \b[a-z0-9.-]+\.[a-z]{2,}/[^\s]*
    | \b(i|eni|subnet|sg|vpc|fs|fsap)-[0-9a-f]{8}([0-9a-f]{9})?\b";

impl Words {
    /// Of `text`, without ARNs, addresses of the web, image names and ids.
    pub fn of(text: &str) -> Self {
        static FOUND: LazyLock<Regex> = LazyLock::new(|| pattern(NAMES));
        let text = FOUND.replace_all(text, |found: &regex_lite::Captures<'_>| {
            // What ends a name ends the sentence too.
            let end = found[0].chars().last().filter(|end| !end.is_alphanumeric());
            format!(" {} ", end.map(String::from).unwrap_or_default())
        });
        let text = text.replace(['\'', '’', '`'], "").to_lowercase();
        let words: Vec<_> = text.split(|one: char| !one.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        Self(if words.is_empty() { " ".to_owned() } else { format!(" {} ", words.join(" ")) })
    }

    /// The words themselves.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split_whitespace()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }

    /// Without `phrase`, where it is found first; none if it is not.
    pub(super) fn without(&self, phrase: &str) -> Option<Self> {
        let (before, after) = self.0.split_once(&format!(" {phrase} "))?;
        Some(Self(format!("{before} {after}")))
    }

    /// What follows the first word, if that is `word`.
    pub(super) fn after(&self, word: &str) -> Option<Self> {
        self.0.strip_prefix(&format!(" {word} ")).map(|rest| Self(format!(" {rest}")))
    }

    /// Whether `parts`, words in lower case, stand in it one after the other. A first part [`BEGIN`] and a last one [`END`] hold the
    /// others to the ends of the text.
    pub(super) fn have(&self, parts: &[&str]) -> bool {
        in_order(&self.0, parts, |part| format!(" {part} ")) || self.have_squeezed(parts)
    }

    /// Whether they are those of `phrase`, or of its beginning, cut anywhere.
    pub(super) fn are_or_are_cut_from(&self, phrase: &str) -> bool {
        !self.is_empty() && phrase.starts_with(self.0.trim())
    }

    /// The same where punctuation between words was lost.
    fn have_squeezed(&self, parts: &[&str]) -> bool {
        let squeeze = |part: &str| part.replace(' ', "");
        let is_long = |part: &&str| [BEGIN, END].contains(part) || squeeze(part).len() >= SQUEEZED_AT_LEAST;
        parts.iter().all(is_long) && in_order(&squeeze(&self.0), parts, squeeze)
    }
}

fn in_order(text: &str, parts: &[&str], form: impl Fn(&str) -> String) -> bool {
    let (parts, is_anchored) = parts.strip_prefix(&[BEGIN]).map_or((parts, false), |parts| (parts, true));
    let (parts, is_whole) = parts.strip_suffix(&[END]).map_or((parts, false), |parts| (parts, true));
    let mut rest = text;
    for (place, part) in parts.iter().enumerate() {
        let part = form(part);
        let Some(at) = rest.find(&part).filter(|at| *at == 0 || place > 0 || !is_anchored) else { return false };
        // The space that ends one part may begin the next.
        rest = &rest[at + part.trim_end().len()..];
    }
    !is_whole || rest.trim().is_empty()
}

/// What differs between two stops of one fault, and what stands for it. The order matters: an ARN holds a Region, an account, an id.
static VARYING: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    [
        (r"arn:aws[a-z-]*:[^\s,;')\]]*", "<arn>"),
        (r"https?://[^\s,;')\]]*", "<url>"),
        (r"[a-z0-9.-]+\.[a-z]{2,}/[^\s,;')\]]*", "<image>"),
        (r"sha256:[0-9a-f]+", "<digest>"),
        (r"ecs-svc/[0-9a-z]+", "<deployment>"),
        (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "<id>"),
        (r"\b(i|eni|subnet|sg|vpc|fs|fsap|fsmt|vol|eipalloc|rtb|nat)-[0-9a-f]{6,17}\b", "<id>"),
        (r"\b[a-z]{2}(-[a-z]+)?-(north|south|east|west|central)(east|west)?-\d[a-f]?\b", "<region>"),
        (r"\b\d{1,3}(\.\d{1,3}){3}(:\d+)?\b", "<address>"),
        (r"\b[0-9a-f]*\d[0-9a-f]*[a-f][0-9a-f]*\b", "<id>"),
        (r"\b[a-z0-9]{26}\b", "<id>"),
        (r"\d+", "#"),
    ]
    .map(|(varying, word)| (pattern(varying), word))
    .into()
});

/// `text` without ids, ARNs, accounts, Regions, numbers, addresses and digests: the same fault has the same text. Lower case; long
/// ones are cut.
pub fn normalise(text: &str) -> String {
    let text = VARYING.iter().fold(text.to_lowercase(), |text, (varying, word)| varying.replace_all(&text, *word).into_owned());
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.chars().take(NORMALISED).collect::<String>().trim_end_matches(|end: char| end == '.' || end.is_whitespace()).to_owned()
}

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap_or_else(|error| panic!("{pattern} is no pattern: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_is_left_of_a_text_without_names() {
        let check = |text: &str, expected: &str| assert_eq!(Words::of(text).iter().collect::<Vec<_>>().join(" "), expected);
        check("CannotPullContainerError: dial tcp: i/o timeout", "cannotpullcontainererror dial tcp i o timeout");
        // A repository may have any name.
        check("failed to resolve ref 1.dkr.ecr.eu-west-1.amazonaws.com/not/found/eof:1: not found", "failed to resolve ref not found");
        check("secret arn:aws:secretsmanager:eu-west-1:1:secret:access-denied-x: can't", "secret cant");
        check("Get \"https://api.ecr/denied\": net/http", "get net http");
        check(" … \u{1f300} ", "");
        assert!(Words::of("...").is_empty());
    }

    #[test]
    fn phrases_are_found_in_order_at_the_bounds_of_words() {
        let check = |text: &str, parts: &[&str], expected| assert_eq!(Words::of(text).have(parts), expected, "{text} {parts:?}");
        check("failed to resolve ref x: not found", &["failed to resolve ref", "not found"], true);
        check("not found: failed to resolve ref", &["failed to resolve ref", "not found"], false);
        check("the typeof x", &["eof"], false);
        check("RESOURCE:CPU", &["resource cpu"], true);
        // The slash was lost.
        check("dial tcp iotimeout", &["i o timeout"], true);
        check("ABC", &["abc", "abc"], false);
        check("abc abc", &["abc", "abc"], true);
        check("task stopped by user", &["^", "task stopped"], true);
        check("the task stopped", &["^", "task stopped"], false);
        check("unexpected: EOF", &["eof", "$"], true);
        check("eof of it", &["eof", "$"], false);
        check("in subnet 'subnet-0123456789abcdef0'.", &["^", "in subnet", "$"], true);
        check("", &["^", "$"], true);
        check("x", &["^", "$"], false);
    }

    #[test]
    fn one_fault_has_one_text_whatever_it_names() {
        let check = |one: &str, other: &str| assert_eq!(normalise(one), normalise(other));
        check(
            "Weird fault 17 of arn:aws:ecs:us-east-1:111122223333:task/mate-dev/c13b4cb40f1f4fe4a2971f76ae5a47ad in us-east-1a.",
            "weird fault 3 of  arn:aws-cn:ecs:eu-central-1:999999999999:task/prod/0a2b4cb40f1f4fe4a2971f76ae5a47ff in eu-central-1b",
        );
        check("image a.dkr.ecr.us-east-1.amazonaws.com/x:1 10.0.0.1:443", "image b.dkr.ecr.eu-west-3.amazonaws.com/y:dev-2 10.11.0.12:80");
        check("eni-0123456789abcdef0 sha256:abcdef i-0a1b2c3d", "eni-0fedcba9876543210 sha256:012345 i-99999999");
        check("deployment ecs-svc/1234", "deployment ecs-svc/99");
        assert_ne!(normalise("one weird fault"), normalise("another weird fault"));
        assert_eq!(normalise("took 2m30s"), "took #m#s");
        assert!(normalise(&"é".repeat(1024)).chars().count() <= NORMALISED);
    }

    #[test]
    fn long_texts_that_were_cut_elsewhere_are_one() {
        let text =
            "something quite new happened while the container was about to be started, and the agent tells it at great length, ".repeat(9);
        assert_eq!(normalise(&text[..255]), normalise(&text[..1000]));
    }
}
