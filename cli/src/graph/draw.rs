//! The picture as SVG. It brings its own background, so that it reads on a light page and on a dark one.
//!
//! Text of the ledger stands between tags only, never in attributes, and the library escapes it there.

use svg::Document;
use svg::node::element::{Description, Group, Line, Path, Rectangle, Text, Title};

use super::arrange::{Arrangement, Curve, Placed, said};
use super::legend;
use super::text::{BIG, FONTS, SMALL, legal, small_width};
use super::{Node, Picture};

/// Around everything.
const MARGIN: f64 = 28.0;
/// Title and facts.
const HEAD: f64 = 74.0;
/// The legend.
const FOOT: f64 = 68.0;

pub(super) const PAPER: &str = "#ffffff";
pub(super) const INK: &str = "#1f2328";
pub(super) const FAINT: &str = "#59636e";
const ARROW: &str = "#8c959f";

/// The picture of `picture`, arranged so.
pub fn draw(picture: &Picture, arranged: &Arrangement) -> String {
    let facts = picture.facts.join("  ·  ");
    let width = arranged.width.max(legend::WIDTH).max(small_width(&facts) * BIG / SMALL).ceil() + 2.0 * MARGIN;
    let height = arranged.height.ceil() + HEAD + FOOT + 2.0 * MARGIN;
    let graph = Group::new().set("transform", format!("translate({MARGIN} {})", MARGIN + HEAD)).add(arrows(&arranged.curves));
    let graph = picture
        .nodes
        .iter()
        .filter_map(|node| Some((node, arranged.boxes.get(&node.id)?)))
        .fold(graph, |graph, (node, placed)| graph.add(resource(node, placed)));
    let document = Document::new()
        .set("viewBox", (0.0, 0.0, width, height))
        .set("role", "img")
        .set("font-family", FONTS)
        .add(Title::new(legal(&picture.title)))
        .add(Description::new().add(svg::node::Text::new(legal(&described(picture)))))
        .add(background(width, height))
        .add(head(picture, &facts))
        .add(graph)
        .add(legend::legend(picture).set("transform", format!("translate({MARGIN} {})", height - MARGIN - 28.0)));
    format!("{document}\n")
}

/// What a screen reader says.
fn described(picture: &Picture) -> String {
    let resources = picture.nodes.iter().map(|node| format!("{}: {}", node.id, node.sentence));
    format!("{}. {}", picture.facts.join(", "), resources.collect::<Vec<_>>().join("; "))
}

fn background(width: f64, height: f64) -> Rectangle {
    let whole = Rectangle::new().set("x", 0.5).set("y", 0.5).set("width", width - 1.0).set("height", height - 1.0);
    whole.set("rx", 10).set("fill", PAPER).set("stroke", "#d1d9e0")
}

fn head(picture: &Picture, facts: &str) -> Group {
    let title = Text::new(legal(&picture.title)).set("y", 22).set("font-size", 22).set("font-weight", 600).set("fill", INK);
    let facts = Text::new(legal(facts)).set("y", 46).set("font-size", BIG).set("fill", FAINT);
    Group::new().set("transform", format!("translate({MARGIN} {MARGIN})")).add(title).add(facts)
}

fn arrows(curves: &[Curve]) -> Group {
    let lines = Group::new().set("fill", "none").set("stroke", ARROW).set("stroke-width", 1.3);
    let lines = curves.iter().fold(lines, |lines, curve| lines.add(Path::new().set("d", way(&curve.points))));
    let heads = Group::new().set("fill", ARROW);
    let heads = curves
        .iter()
        .filter_map(|curve| curve.points.last())
        .fold(heads, |heads, (x, y)| heads.add(Path::new().set("d", format!("M{} {}l-7-3.5v7z", short(*x), short(*y)))));
    Group::new().add(lines).add(heads)
}

/// Level where it must be, and curved between.
fn way(points: &[(f64, f64)]) -> String {
    let mut way = String::new();
    for pair in points.chunks(2) {
        let [(x0, y0), (x1, y1)] = pair else { continue };
        let middle = short((x0 + x1) / 2.0);
        let begin = if way.is_empty() { "M" } else { "L" };
        way +=
            &format!("{begin}{} {}C{middle} {} {middle} {} {} {}", short(*x0), short(*y0), short(*y0), short(*y1), short(*x1), short(*y1));
    }
    way
}

/// A tenth of a unit is enough, and the same on every machine.
fn short(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn resource(node: &Node, placed: &Placed) -> Group {
    let colours = node.look.colours();
    let (width, height) = (short(placed.width), placed.height);
    let card = Rectangle::new().set("width", width).set("height", height).set("rx", 6).set("fill", colours.tint).set("stroke", colours.hue);
    let card = match node.look {
        super::Look::Stuck => card.set("stroke-width", 2.5),
        super::Look::Gone => card.set("stroke-dasharray", "4 3"),
        _ => card,
    };
    let bar = Line::new().set("x1", 3).set("x2", 3).set("y1", 6).set("y2", height - 6.0).set("stroke", colours.hue);
    Group::new()
        .set("transform", format!("translate({} {})", short(placed.x), short(placed.y)))
        .add(Title::new(legal(&format!("{} ({}): {}", node.id, node.kind, node.sentence))))
        .add(card)
        .add(bar.set("stroke-width", 4).set("stroke-linecap", "round"))
        .add(Text::new(legal(&node.id)).set("x", 13).set("y", 19).set("font-size", BIG).set("font-weight", 600).set("fill", INK))
        .add(Text::new(legal(&node.kind)).set("x", 13).set("y", 33).set("font-size", SMALL).set("fill", FAINT))
        .add(legend::sign(node.look, 17.0, 44.0))
        .add(Text::new(legal(&said(node))).set("x", 27).set("y", 48).set("font-size", SMALL).set("fill", colours.ink))
}

#[cfg(test)]
mod tests {
    use super::super::{Look, arrange};
    use super::*;

    fn node(id: &str, look: Look, why: &str, needs: &[&str]) -> Node {
        let needs = needs.iter().map(|need| (*need).to_owned()).collect();
        let sentence = if why.is_empty() { look.word().to_owned() } else { format!("{}: {why}", look.word()) };
        Node { id: id.to_owned(), kind: "secret".to_owned(), look, why: why.to_owned(), sentence, needs }
    }

    fn of(nodes: Vec<Node>) -> String {
        let picture = Picture { title: "demo in dev".to_owned(), facts: vec!["working".to_owned(), "version 2".to_owned()], nodes };
        draw(&picture, &arrange(&picture).unwrap())
    }

    #[test]
    fn a_small_graph_with_every_look() {
        let nodes = vec![
            node("credentials", Look::Ready, "", &[]),
            node("database", Look::Waiting, "the database is creating", &["credentials"]),
            node("django", Look::Due, "", &["credentials", "database"]),
            node("snapshot", Look::Kept, "the snapshot mate-demo", &[]),
            node("storage", Look::Stuck, "name conflict: fs-1 carries no tag caretaker:owner", &["snapshot"]),
            node("worker", Look::Gone, "", &[]),
        ];
        insta::assert_snapshot!(of(nodes));
    }

    #[test]
    fn ids_and_reasons_may_hold_anything() {
        let drawn = of(vec![node("a<b>&\"c\"", Look::Stuck, "]]> <script>\u{0}\u{1b}[31m", &[])]);
        assert!(drawn.contains("a&lt;b&gt;&amp;\"c\"") && !drawn.contains("<script>"), "{drawn}");
        assert!(!drawn.chars().any(|c| c.is_control() && c != '\n'), "{drawn}");
    }

    #[test]
    fn an_owner_without_resources_has_a_picture_too() {
        assert!(of(Vec::new()).contains("0 ready"));
    }
}
