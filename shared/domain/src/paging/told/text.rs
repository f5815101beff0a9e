//! Texts that others write, made fit to show. Whoever names an alarm chooses its texts, so they are cut and hold nothing that is not seen.

/// Characters of a title: the line of a message that is read on a lock screen.
pub(in crate::paging) const TITLE: usize = 200;
/// Characters of a cause: CloudWatch's own limit of descriptions (PutMetricAlarm, `AlarmDescription`).
pub(in crate::paging) const CAUSE: usize = 1024;
/// Characters of a line of evidence.
pub(in crate::paging) const EVIDENCE: usize = 500;
/// Lines of evidence.
pub(in crate::paging) const LINES: usize = 12;
/// Characters of a name: CloudWatch's own limit of alarms' names (PutMetricAlarm, `AlarmName`).
pub(in crate::paging) const NAME: usize = 255;
/// Characters of a word of AWS that is not known here.
pub(in crate::paging) const WORD: usize = 60;

/// `text` in one line of at most `longest` characters.
pub(in crate::paging) fn line(text: &str, longest: usize) -> String {
    fit(text.split(is_gap), " ", longest)
}

/// `text` with its line breaks, each of them single, in at most `longest` characters.
pub(in crate::paging) fn prose(text: &str, longest: usize) -> String {
    // A line is not longer than the whole, so that what is cut off is never read.
    fit(text.split(is_break).map(|part| line(part, longest)), "\n", longest)
}

/// Parts that show something, with `between` in between. One character is the mark of what was cut off.
fn fit<T: AsRef<str>>(parts: impl Iterator<Item = T>, between: &str, longest: usize) -> String {
    let mut whole = String::new();
    let mut count = 0;
    for part in parts {
        let mut seen = part.as_ref().chars().filter(|one| !one.is_control() && !is_hidden(*one)).peekable();
        if seen.peek().is_none() {
            continue;
        }
        let between = if count > 0 { between } else { "" };
        for one in between.chars().chain(seen) {
            if count == longest {
                whole.pop();
                return whole.trim_end().to_owned() + "…";
            }
            whole.push(one);
            count += 1;
        }
    }
    whole
}

fn is_break(one: char) -> bool {
    // Unicode's own separators of lines and paragraphs.
    matches!(one, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

fn is_gap(one: char) -> bool {
    one.is_whitespace() || is_break(one)
}

/// Format characters of Unicode that change how others are read: some turn the direction of what follows, so that a text reads as another.
/// Joiners and variation selectors stay: emoji and scripts need them.
pub(in crate::paging) fn is_hidden(one: char) -> bool {
    matches!(one,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// A number as people write it: without the noise of sums of floats.
pub(in crate::paging) fn number(value: f64) -> String {
    let size = value.abs();
    // Between these, three decimals say enough; beyond, the exponent does.
    if value != 0.0 && !(0.001..1e15).contains(&size) {
        return format!("{value:e}");
    }
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_at_characters_and_show_all_they_hold() {
        let check = |text: &str, longest, expected: &str| assert_eq!(line(text, longest), expected, "{text:?}");
        check("all is well", 20, "all is well");
        check(" a\n\n b\tc\r\n", 20, "a b c");
        check("twelve chars", 12, "twelve chars");
        check("thirteen char", 12, "thirteen ch…");
        check("日本語のテキスト", 4, "日本語…");
        check("cut at a gap", 8, "cut at…");
        // Controls, and a text that would read backwards.
        check("a\u{0}b\u{1b}[31mc\u{202e}txt.exe", 20, "ab[31mctxt.exe");
        check("a\u{200b}b\u{2060}c 👩\u{200d}🔧", 20, "abc 👩\u{200d}🔧");
        check("\u{2028}\u{feff}\u{7} ", 20, "");
        check("", 0, "");
        check("x", 0, "…");
    }

    #[test]
    fn line_breaks_of_prose_stay() {
        let check = |text: &str, longest, expected: &str| assert_eq!(prose(text, longest), expected, "{text:?}");
        check("one\r\n\r\n  two  \u{2028}three", 50, "one\ntwo\nthree");
        check("one\ntwo", 5, "one…");
        check("<b>`x`</b>", 50, "<b>`x`</b>");
    }

    #[test]
    fn what_is_huge_is_cut() {
        let huge = "é<&*`".repeat(20_000);
        assert_eq!(line(&huge, CAUSE).chars().count(), CAUSE);
        assert_eq!(prose(&huge, CAUSE).chars().count(), CAUSE);
    }

    #[test]
    fn numbers_are_written_as_people_do() {
        let check = |value, expected: &str| assert_eq!(number(value), expected);
        check(80.0, "80");
        check(-0.5, "-0.5");
        check(99.501_602_296_934_34, "99.502");
        check(0.0, "0");
        check(10_000_000_000.0, "10000000000");
        check(0.000_02, "2e-5");
        check(1e300, "1e300");
    }
}
