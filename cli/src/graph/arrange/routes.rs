//! The ways of arrows: around boxes, and side by side where they begin and end.

use std::collections::BTreeMap;

use super::{BOX_HEIGHT, Column, Curve, Layout, Placed};

/// Between two arrows at the same side of a box, at most.
const PORTS: f64 = 9.0;

/// An arrow's way: the columns that it runs through, and how far down.
#[derive(Debug)]
pub(super) struct Route<'a> {
    from: &'a str,
    to: &'a str,
    through: Vec<(Column, f64)>,
}

/// The layout keeps a place free in each column that an arrow runs through.
pub(super) fn route<'a>(
    from: &'a str,
    to: &'a str,
    graph: &Layout,
    columns: &BTreeMap<i64, Column>,
    boxes: &BTreeMap<String, Placed>,
) -> Route<'a> {
    let between = |column: &Column| column.0 > boxes[from].x && column.1 < boxes[to].x + boxes[to].width;
    let points = graph.edge(from, to, None).map(|label| label.points.as_slice()).unwrap_or_default();
    let through = points.iter().filter_map(|point| Some((*columns.get(&(point.x.round() as i64))?, point.y)));
    Route { from, to, through: through.filter(|(column, _)| between(column)).collect() }
}

/// The arrows, each with its own place at both boxes.
pub(super) fn curves(boxes: &BTreeMap<String, Placed>, routes: Vec<Route<'_>>) -> Vec<Curve> {
    let middle = |id: &str| boxes[id].y + boxes[id].height / 2.0;
    let next = |route: &Route<'_>| route.through.first().map_or_else(|| middle(route.to), |(_, y)| *y);
    let last = |route: &Route<'_>| route.through.last().map_or_else(|| middle(route.from), |(_, y)| *y);
    let leaving = ports(&routes, |route| route.from, next);
    let arriving = ports(&routes, |route| route.to, last);
    let curve = |(n, route): (usize, &Route<'_>)| {
        let mut points = vec![(boxes[route.from].x + boxes[route.from].width, middle(route.from) + leaving[&n])];
        points.extend(route.through.iter().flat_map(|((left, right), y)| [(*left, *y), (*right, *y)]));
        points.push((boxes[route.to].x, middle(route.to) + arriving[&n]));
        Curve { from: route.from.to_owned(), to: route.to.to_owned(), points }
    };
    routes.iter().enumerate().map(curve).collect()
}

/// Where on its side of a box each arrow begins or ends, from the middle: in the order in which they come from above.
fn ports<'a>(routes: &[Route<'a>], end: impl Fn(&Route<'a>) -> &'a str, away: impl Fn(&Route<'a>) -> f64) -> BTreeMap<usize, f64> {
    let mut sides: BTreeMap<&str, Vec<(f64, usize)>> = BTreeMap::new();
    for (n, route) in routes.iter().enumerate() {
        sides.entry(end(route)).or_default().push((away(route), n));
    }
    let mut ports = BTreeMap::new();
    for side in sides.values_mut() {
        side.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let others = (side.len() - 1) as f64;
        let gap = PORTS.min((BOX_HEIGHT - 16.0) / others.max(1.0));
        ports.extend(side.iter().enumerate().map(|(at, (_, n))| (*n, (at as f64 - others / 2.0) * gap)));
    }
    ports
}
