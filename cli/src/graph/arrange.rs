//! Where everything in a picture is: columns from left to right, few crossings, arrows that run around boxes.

mod routes;

use std::collections::BTreeMap;

use dugong::graphlib::{Graph, GraphOptions};
use dugong::{EdgeLabel, GraphLabel, LayoutError, NodeLabel, RankDir, layout};

use routes::{curves, route};

use super::text::{bold_width, small_width};
use super::{Node, Picture};
use crate::paint::cut;

/// Three lines of text.
pub(super) const BOX_HEIGHT: f64 = 56.0;
/// Left and right of a box's text.
const PADDING: f64 = 26.0;
/// The sign before a standing.
const SIGN: f64 = 15.0;
/// Characters of a standing: enough to know where to look; the tooltip and `status` say the rest.
const LONGEST: usize = 34;
/// Between two boxes of a column.
const BOXES: f64 = 14.0;
/// Between an arrow that runs through a column and what is next to it.
const ARROWS: f64 = 10.0;
/// Between two columns.
const COLUMNS: f64 = 56.0;

/// A box, or a place that an arrow runs through.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placed {
    /// Left.
    pub x: f64,
    /// Top.
    pub y: f64,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
}

/// An arrow.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// From what is made first, by id.
    pub from: String,
    /// To what is made after it, by id.
    pub to: String,
    /// The ends of its level parts: it begins at the first, is level between the second and the third, and so on, and ends at the last.
    pub points: Vec<(f64, f64)>,
}

/// Where everything is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Arrangement {
    /// Of all boxes and arrows.
    pub width: f64,
    /// Of all boxes and arrows.
    pub height: f64,
    /// By id.
    pub boxes: BTreeMap<String, Placed>,
    /// Those that do not follow from others.
    pub curves: Vec<Curve>,
}

/// A column's left and right.
type Column = (f64, f64);

/// Finds a place for everything.
///
/// # Errors
/// The layout has failed.
pub fn arrange(picture: &Picture) -> Result<Arrangement, LayoutError> {
    if picture.nodes.is_empty() {
        return Ok(Arrangement::default());
    }
    let needs = picture.needs();
    let direct = needs.direct();
    let mut graph = prepared(picture, &direct);
    layout(&mut graph)?;
    let columns = columns(picture, &graph);
    let boxes = boxes(picture, &graph, &columns);
    let curves = curves(&boxes, direct.iter().map(|(from, to)| route(from, to, &graph, &columns, &boxes)).collect());
    let (width, height) = (graph.graph().width, graph.graph().height);
    Ok(Arrangement { width, height, boxes, curves })
}

type Layout = Graph<NodeLabel, EdgeLabel, GraphLabel>;

fn prepared(picture: &Picture, direct: &[(&str, &str)]) -> Layout {
    let mut graph = Layout::new(GraphOptions { compound: true, ..GraphOptions::default() });
    let (nodesep, edgesep, ranksep) = (BOXES, ARROWS, COLUMNS);
    graph.set_graph(GraphLabel { rankdir: RankDir::LR, nodesep, edgesep, ranksep, ..GraphLabel::default() });
    for node in &picture.nodes {
        graph.set_node(node.id.clone(), NodeLabel { width: width(node), height: BOX_HEIGHT, ..NodeLabel::default() });
    }
    for (from, to) in direct {
        graph.set_edge_with_label(*from, *to, EdgeLabel { weight: 1.0, ..EdgeLabel::default() });
    }
    graph
}

fn width(node: &Node) -> f64 {
    PADDING + bold_width(&node.id).max(small_width(&node.kind)).max(SIGN + small_width(&said(node)))
}

/// How a resource stands, as far as there is room.
pub(super) fn said(node: &Node) -> String {
    let word = node.look.word();
    cut(&if node.why.is_empty() { word.to_owned() } else { format!("{word}: {}", node.why) }, LONGEST)
}

/// The middle of `node`.
fn middle(graph: &Layout, node: &str) -> (f64, f64) {
    graph.node(node).map_or((0.0, 0.0), |label| (label.x.unwrap_or(0.0), label.y.unwrap_or(0.0)))
}

/// The columns by their middle, each as wide as its widest box.
fn columns(picture: &Picture, graph: &Layout) -> BTreeMap<i64, Column> {
    let mut columns: BTreeMap<i64, Column> = BTreeMap::new();
    for node in &picture.nodes {
        let (x, half) = (middle(graph, &node.id).0, width(node) / 2.0);
        let column = columns.entry(x.round() as i64).or_insert((x, x));
        *column = (column.0.min(x - half), column.1.max(x + half));
    }
    columns
}

fn boxes(picture: &Picture, graph: &Layout, columns: &BTreeMap<i64, Column>) -> BTreeMap<String, Placed> {
    let placed = |node: &Node| {
        let (x, y) = middle(graph, &node.id);
        let (left, right) = columns[&(x.round() as i64)];
        (node.id.clone(), Placed { x: left, y: y - BOX_HEIGHT / 2.0, width: right - left, height: BOX_HEIGHT })
    };
    picture.nodes.iter().map(placed).collect()
}

#[cfg(test)]
mod tests {
    use domain::order::{Specification, Wish};
    use domain::tenant::ENVIRONMENTS;
    use proptest::prelude::*;
    use provision_tenant::book::Book;

    use super::*;
    use crate::graph::{Look, picture};
    use crate::samples::book;

    fn node(id: usize, needs: &[usize]) -> Node {
        let needs = needs.iter().map(|need| format!("resource-{need}")).collect();
        let (kind, sentence) = ("security-group".to_owned(), "ready".to_owned());
        Node { id: format!("resource-{id}"), kind, look: Look::Ready, why: String::new(), sentence, needs }
    }

    fn of(nodes: Vec<Node>) -> Picture {
        Picture { title: String::new(), facts: Vec::new(), nodes }
    }

    /// Each node has one box, boxes do not touch, arrows run from left to right and through no box.
    fn assert_fine(picture: &Picture) {
        let arranged = arrange(picture).unwrap();
        assert_eq!(arranged.boxes.len(), picture.nodes.len());
        assert!(picture.nodes.iter().all(|node| arranged.boxes.contains_key(&node.id)));
        let boxes: Vec<_> = arranged.boxes.values().collect();
        let apart = |a: &Placed, b: &Placed| a.x + a.width < b.x || a.y + a.height < b.y;
        for (n, a) in boxes.iter().enumerate() {
            assert!(boxes[..n].iter().all(|b| apart(a, b) || apart(b, a)), "{a:?} touches another");
            assert!(a.x >= 0.0 && a.y >= 0.0 && a.x + a.width <= arranged.width + 1.0 && a.y + a.height <= arranged.height + 1.0, "{a:?}");
        }
        for curve in &arranged.curves {
            assert!(curve.points.windows(2).all(|pair| pair[0].0 <= pair[1].0), "{curve:?} runs back");
            let level = curve.points[1..curve.points.len() - 1].chunks(2);
            let hits = |a: &&&Placed, y: f64, x: f64| a.x < x && x < a.x + a.width && a.y < y && y < a.y + a.height;
            assert!(
                level.clone().all(|pair| !boxes.iter().any(|a| hits(&a, pair[0].1, (pair[0].0 + pair[1].0) / 2.0))),
                "{curve:?} hits a box"
            );
        }
    }

    fn specification(tier: Option<&str>, options: &[&str]) -> Specification {
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        Specification { blueprint: "mate".into(), tier: tier.map(str::to_owned), image: None, apply: None, options, observe_only: false }
    }

    #[test]
    fn everything_of_mate_has_a_place_in_every_environment_and_tier() {
        let blueprints = runtime::blueprints::load().unwrap();
        let check = |owner: String, wanted: Specification| {
            let mut book: Book = book(1, 1);
            let owner = owner.parse().unwrap();
            let expected = blueprints[0].outline(&owner, &wanted).len();
            book.intent.as_mut().unwrap().wish = Wish::Stands(wanted);
            let picture = picture(&owner, &book, &blueprints).unwrap();
            assert_eq!(picture.nodes.len(), expected);
            assert_fine(&picture);
        };
        for environment in ENVIRONMENTS {
            check(format!("environment#{environment}"), specification(None, &["cognito"]));
            for tier in ["trial", "standard", "enterprise"] {
                check(format!("tenant#{environment}#demo"), specification(Some(tier), &["hipaa"]));
            }
        }
    }

    #[test]
    fn nothing_needs_no_room() {
        assert_eq!(arrange(&of(Vec::new())).unwrap(), Arrangement::default());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_graph_has_a_place_for_everything(needs in proptest::collection::vec(proptest::collection::vec(0usize..40, 0..4), 1..40)) {
            // A resource needs earlier ones only: a circle is no graph.
            let nodes = needs.iter().enumerate().map(|(id, needs)| {
                node(id, &needs.iter().copied().filter(|need| *need < id).collect::<Vec<_>>())
            });
            assert_fine(&of(nodes.collect()));
        }
    }
}
