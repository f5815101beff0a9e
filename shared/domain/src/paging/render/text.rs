//! Texts that others have written, made fit to be shown, and cut where a character ends.

use super::super::told::text::is_hidden;

/// Characters that are looked at of one text: no channel shows as many.
const LOOKED_AT: usize = 4 * 1024;
/// What stands where something was cut.
pub(super) const MORE: &str = "…";
/// The same in ASCII.
pub(super) const MORE_ASCII: &str = "...";

/// `text` in one line, without what cannot be seen or turns the direction of writing, and with web addresses that nobody can click:
/// the links of a message are ours alone.
pub(super) fn line(text: &str) -> String {
    let mut line = String::new();
    for letter in text.chars().take(LOOKED_AT).filter(|letter| !is_hidden(*letter)) {
        if !letter.is_whitespace() && !letter.is_control() {
            line.push(letter);
        } else if !line.is_empty() && !line.ends_with(' ') {
            line.push(' ');
        }
    }
    line.trim_end().replace("://", "[:]//")
}

/// `text` with at most `most` characters, counted as UTF-16 does: never fewer than there are, so that whoever counts otherwise is content
/// too.
pub(super) fn cut(text: &str, most: usize) -> String {
    cut_as(text, most, MORE, |_| None, units)
}

/// `text` with at most `most` bytes.
pub(super) fn cut_bytes(text: &str, most: usize) -> String {
    cut_as(text, most, MORE, |_| None, str::len)
}

/// `text` with at most `most` of what `size` counts, each of its characters as `write` has it, or as it is. What is written for one
/// character is never cut; `more` stands where something is missing.
pub(super) fn cut_as(
    text: &str,
    most: usize,
    more: &str,
    write: impl Fn(char) -> Option<&'static str>,
    size: impl Fn(&str) -> usize,
) -> String {
    let (mut written, mut used, mut fits) = (String::new(), 0, 0);
    for letter in text.chars() {
        let mut itself = [0; 4];
        let piece = write(letter).unwrap_or_else(|| letter.encode_utf8(&mut itself));
        used += size(piece);
        if used > most {
            written.truncate(fits);
            let kept = written.trim_end_matches(|end: char| end.is_whitespace() || end == '\u{200d}');
            return if size(more) > most { String::new() } else { format!("{kept}{more}") };
        }
        written.push_str(piece);
        if used + size(more) <= most {
            fits = written.len();
        }
    }
    written
}

/// Units of UTF-16.
pub(super) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The first `most` of `texts`, each as a line with at most `longest` characters, and how many more there are.
pub(super) fn few<'a>(texts: impl ExactSizeIterator<Item = &'a String>, most: usize, longest: usize) -> Vec<String> {
    let left = texts.len().saturating_sub(most);
    let mut lines: Vec<_> = texts.take(most).map(|text| cut(&line(text), longest)).filter(|line| !line.is_empty()).collect();
    if left > 0 {
        lines.push(format!("and {left} more"));
    }
    lines
}

/// Whether `url` can stand in a message as a link: of the web, of at most `most` characters, and with none that ends a link somewhere.
pub(super) fn is_link(url: &str, most: usize) -> bool {
    let is_web = ["https://", "http://"].iter().any(|scheme| url.len() > scheme.len() && url.starts_with(scheme));
    is_web && url.len() <= most && url.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>|\"'`\\^{}".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_one_line_without_what_is_hidden() {
        let check = |text: &str, expected: &str| assert_eq!(line(text), expected, "{text:?}");
        check("plain", "plain");
        check("  a\r\n\tb\u{2028}c\u{85}d  ", "a b c d");
        check("a\u{0}b\u{7}", "a b");
        // Turns "exe.txt" round.
        check("evil\u{202e}txt.exe\u{2066}", "eviltxt.exe");
        check("a\u{200b}b\u{feff}c\u{2060}d\u{e0041}", "abcd");
        check("👩\u{200d}🔧 🌡\u{fe0f}", "👩\u{200d}🔧 🌡\u{fe0f}");
        check("see https://evil.example/x", "see https[:]//evil.example/x");
        check("", "");
        assert_eq!(line(&"x".repeat(100_000)).len(), LOOKED_AT);
    }

    #[test]
    fn a_text_is_cut_where_a_character_ends() {
        let check = |text: &str, most, expected: &str| assert_eq!(cut(text, most), expected, "{text} {most}");
        check("abcde", 5, "abcde");
        check("abcdef", 5, "abcd…");
        check("ab  ef", 5, "ab…");
        // Two units of UTF-16 each.
        check("🔥🔥", 4, "🔥🔥");
        check("🔥🔥🔥", 5, "🔥🔥…");
        check("🔥🔥🔥", 4, "🔥…");
        check("👩\u{200d}🔧x", 6, "👩\u{200d}🔧x");
        check("👩\u{200d}🔧x", 5, "👩…");
        check("abc", 1, "…");
        check("abc", 0, "");
        check("", 0, "");
        assert_eq!(cut_bytes("ééé", 6), "ééé");
        assert_eq!(cut_bytes("éééé", 7), "éé…");
    }

    #[test]
    fn few_says_how_many_are_left_out() {
        let texts: Vec<String> = ["a", "", "c\nd", "e"].map(String::from).to_vec();
        assert_eq!(few(texts.iter(), 4, 9), ["a", "c d", "e"]);
        assert_eq!(few(texts.iter(), 3, 2), ["a", "c…", "and 1 more"]);
        assert_eq!(few(texts.iter(), 0, 9), ["and 4 more"]);
    }

    #[test]
    fn links_are_of_the_web_and_end_where_they_end() {
        let check = |url: &str, expected| assert_eq!(is_link(url, 30), expected, "{url}");
        check("https://a.example/x?y=1&z#w", true);
        check("http://127.0.0.1:4000/", true);
        check("https://", false);
        check("javascript:alert(1)", false);
        check("HTTPS://a.example", false);
        check("https://a.example/|x>", false);
        check("https://a.example/<!here>", false);
        check("https://a.example/ x", false);
        check("https://a.example/é", false);
        check("https://a.example/\r\nbcc:", false);
        check("https://a.example/890123456789", true);
        check("https://a.example/8901234567890", false);
    }
}
