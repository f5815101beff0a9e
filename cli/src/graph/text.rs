//! Text in a picture: how wide it is, and what XML allows of it.

/// The size of ids, in units of the picture.
pub(super) const BIG: f64 = 13.0;
/// The size of kinds and standings.
pub(super) const SMALL: f64 = 11.0;

/// What there is on most systems.
pub(super) const FONTS: &str = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'DejaVu Sans', sans-serif";

/// A character's usual width over the font's size: of the widest of these fonts, lower-case text in bold and in regular.
const BOLD: f64 = 0.655;
const REGULAR: f64 = 0.585;

/// The room that an id takes.
pub(super) fn bold_width(text: &str) -> f64 {
    text.chars().count() as f64 * BIG * BOLD
}

/// The room that a kind or a standing takes.
pub(super) fn small_width(text: &str) -> f64 {
    text.chars().count() as f64 * SMALL * REGULAR
}

/// `text` on one line, without what no XML may hold (XML 1.0 § 2.2), not even escaped.
pub(super) fn legal(text: &str) -> String {
    let legal = |c: char| match c {
        '\t' | '\n' | '\r' => ' ',
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        other => other,
    };
    text.chars().map(legal).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_xml_may_hold_is_replaced() {
        assert_eq!(legal("a\u{0}b\nc <d> \u{1b}[31m"), "a\u{fffd}b c <d> \u{fffd}[31m");
    }
}
