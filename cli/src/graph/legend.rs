//! What signs, colours and arrows mean, and how many resources stand so.

use svg::node::element::{Group, Path, Rectangle, Text};

use super::draw::{FAINT, INK};
use super::text::SMALL;
use super::{Look, Picture};

/// Of one entry.
const ENTRY: f64 = 104.0;
/// Of all of it.
pub(super) const WIDTH: f64 = ENTRY * 6.0;

/// The sign of a look, with its middle there.
pub(super) fn sign(look: Look, x: f64, y: f64) -> Path {
    let path = Path::new().set("d", look.sign()).set("transform", format!("translate({x} {y})"));
    path.set("fill", "none").set("stroke", look.colours().ink).set("stroke-width", 1.7).set("stroke-linecap", "round")
}

/// The legend.
pub(super) fn legend(picture: &Picture) -> Group {
    let entries = Look::ALL.into_iter().enumerate().fold(Group::new(), |group, (n, look)| {
        let number = picture.nodes.iter().filter(|node| node.look == look).count();
        group.add(entry(look, number).set("transform", format!("translate({} 0)", ENTRY * n as f64)))
    });
    let arrow = Path::new().set("d", "M0-4H24M24-4l-6-3.5v7z").set("fill", FAINT).set("stroke", FAINT);
    let said = Text::new("points to what is made after it; arrows that follow from others are left out");
    let arrows = Group::new().set("transform", "translate(0 28)").add(arrow);
    entries.add(arrows.add(said.set("x", 34).set("font-size", SMALL).set("fill", FAINT)))
}

fn entry(look: Look, number: usize) -> Group {
    let colours = look.colours();
    let card = Rectangle::new().set("y", -14).set("width", 22).set("height", 20).set("rx", 4);
    let card = card.set("fill", colours.tint).set("stroke", colours.hue);
    let card = if look == Look::Gone { card.set("stroke-dasharray", "4 3") } else { card };
    let words = Text::new(format!("{number} {}", look.word())).set("x", 29).set("font-size", SMALL + 1.0).set("fill", INK);
    Group::new().add(card).add(sign(look, 11.0, -4.0)).add(words)
}
