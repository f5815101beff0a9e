//! How a standing looks: a word, a sign and colours, so that nobody has to tell colours apart.

use domain::plan::Standing;
use serde::Serialize;

/// How a resource looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Look {
    /// As it should be.
    Ready,
    /// It will come by itself.
    Waiting,
    /// The next pass concerns it.
    Due,
    /// Only a person or a new intent can go on.
    Stuck,
    /// Stays on purpose.
    Kept,
    /// Nothing of it is left.
    Gone,
}

/// The colours of a look: the hues of Okabe and Ito, which most colour-blind people tell apart
/// (https://jfly.uni-koeln.de/color/); the ink has a contrast of at least 4.5 on the tint (WCAG 2.2, 1.4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colours {
    /// Of the border and the bar.
    pub(super) hue: &'static str,
    /// Behind the text.
    pub(super) tint: &'static str,
    /// Of sign and word.
    pub(super) ink: &'static str,
}

impl Look {
    /// All, as the legend lists them.
    pub const ALL: [Self; 6] = [Self::Ready, Self::Waiting, Self::Due, Self::Stuck, Self::Kept, Self::Gone];

    /// How a standing looks. None: a record without a report, which a pass is about to come to.
    pub fn of(standing: Option<&Standing>) -> Self {
        match standing {
            Some(Standing::Ready { .. }) => Self::Ready,
            Some(Standing::Waiting(_)) => Self::Waiting,
            Some(Standing::Due) | None => Self::Due,
            Some(Standing::Stuck(_)) => Self::Stuck,
            Some(Standing::Kept(_)) => Self::Kept,
            Some(Standing::Gone) => Self::Gone,
        }
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Waiting => "waiting",
            Self::Due => "due",
            Self::Stuck => "stuck",
            Self::Kept => "kept",
            Self::Gone => "gone",
        }
    }

    /// Its sign, as the path of an SVG within 5 units around the origin: drawn, since not every font has such signs.
    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::Ready => "M-4 0L-1 3L4-3.5",
            Self::Waiting => "M0-4.5A4.5 4.5 0 1 1-.01-4.5M0-2.5V0L2.2 1.4",
            Self::Due => "M-3-4L4 0L-3 4Z",
            Self::Stuck => "M-3.5-3.5L3.5 3.5M3.5-3.5L-3.5 3.5",
            Self::Kept => "M-4-.5H4V4.5H-4ZM-2.5-.5V-2.5A2.5 2.5 0 0 1 2.5-2.5V-.5",
            Self::Gone => "M-4 0H4",
        }
    }

    pub(super) fn colours(self) -> Colours {
        let (hue, tint, ink) = match self {
            Self::Ready => ("#009e73", "#eef8f4", "#0b5c44"),
            Self::Waiting => ("#e69f00", "#fff6df", "#7a4f00"),
            Self::Due => ("#56b4e9", "#eaf5fc", "#0b4f79"),
            Self::Stuck => ("#d55e00", "#fdebe0", "#8f3a00"),
            Self::Kept => ("#cc79a7", "#faeef5", "#7d2a57"),
            Self::Gone => ("#8a8f98", "#ffffff", "#555b66"),
        };
        Colours { hue, tint, ink }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG 2.2's relative luminance of `#rrggbb`.
    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    #[test]
    fn every_word_can_be_read_on_its_tint() {
        for look in Look::ALL {
            let colours = look.colours();
            let contrast = (luminance(colours.tint) + 0.05) / (luminance(colours.ink) + 0.05);
            assert!(contrast >= 4.5, "{look:?} {contrast}");
        }
    }

    #[test]
    fn words_and_signs_tell_looks_apart_without_colour() {
        for (n, look) in Look::ALL.into_iter().enumerate() {
            assert!(Look::ALL[..n].iter().all(|other| other.word() != look.word() && other.sign() != look.sign()), "{look:?}");
        }
    }
}
