use super::*;
use crate::ledger::{Condition, Item, Write};

// Invariant: what is kept is what was there.

#[test]
fn items_are_the_desk_and_changes_are_few() {
    let mut bench = Bench::new();
    let before = bench.desk.clone();
    bench.fire("a", of("demo", "web", &WEB), 0);
    let writes = bench.desk.writes(&before, "paging#dev", at(0));
    let items = writes.iter().filter_map(|write| match write {
        Write::Put(item, _) if item.owner == "paging#dev" => Some(item.clone()),
        _ => None,
    });
    let read = Desk::read(&items.collect::<Vec<_>>()).expect("they are ours");
    assert_eq!((read.revision, &read.heard, &read.incidents), (1, &bench.desk.heard, &bench.desk.incidents));
    assert_eq!(writes.len(), 4, "the desk, the source, the incident, a line of its timeline");
    assert_eq!(read.writes(&read, "paging#dev", at(0)), []);
    let mut after = read.clone();
    assert_eq!(after.acknowledge("i1", "ada", at(1)), Ok(()));
    assert_eq!(after.writes(&read, "paging#dev", at(1)).len(), 3);
}

#[test]
fn an_incident_of_older_code_is_read_without_what_is_kept_no_more() {
    let opened = Incident::open("dev-1".into(), Severity::Critical, at(20), at(0));
    let mut item = Item::new("paging#dev", &incident_key("dev-1"), &opened);
    item.attributes.insert("recovered".into(), serde_json::json!(["a source"]));
    let read = Desk::read(&[item]).expect("it is ours");
    assert_eq!(read.incidents.get("dev-1"), Some(&opened));
}

#[test]
fn lines_of_one_moment_are_told_apart_by_their_marks_and_go_in_time() {
    let line = Line { incident: "dev-1".into(), at: at(0), text: "told first".into() };
    let check = |mark: &str| {
        let Write::Put(item, Condition::Always) = line.write(mark) else { panic!("it is put, whatever is there") };
        assert_eq!((item.owner.as_str(), &item.key), ("timeline#dev-1", &format!("{}#{mark}", at(0))));
        assert_eq!(item.attributes["expiresAt"], at(90 * 24 * 3_600).as_second());
        assert_eq!(item.read::<Line>().expect("it is ours"), line);
    };
    check("000#7");
    check("9#dev-1-opened-1000000000");
}
