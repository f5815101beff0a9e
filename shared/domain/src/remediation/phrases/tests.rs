use super::*;

#[test]
fn phrases_are_written_as_texts_are_compared() {
    let tables = [pull::ROWS, container::ROWS, container::CREATION, general::ROWS, general::HOSTS, resources::NOT_FOUND];
    for (parts, ..) in tables.into_iter().flatten() {
        for part in parts.iter().filter(|part| ![super::super::text::BEGIN, super::super::text::END].contains(part)) {
            assert_eq!(Words::of(part).iter().collect::<Vec<_>>().join(" "), *part);
        }
    }
    for (name, _) in CATEGORIES {
        assert_eq!(Words::of(name).iter().collect::<Vec<_>>(), [*name]);
    }
}

#[test]
fn no_row_is_hidden_by_one_before_it() {
    for rows in [pull::ROWS, container::ROWS, container::CREATION, general::ROWS, general::HOSTS, resources::NOT_FOUND] {
        for (parts, cause, _) in rows {
            let text: String = parts.iter().filter(|part| part.len() > 1).map(|part| format!("{part} ")).collect();
            assert_eq!(first(rows, &Words::of(&text)).map(|found| found.cause).as_ref(), Some(cause), "{text}");
        }
    }
}

#[test]
fn a_category_is_the_first_word_or_one_that_nothing_else_is_called() {
    let check = |text: &str, expected: Option<Cause>| assert_eq!(find(text).map(|found| found.cause), expected, "{text}");
    check("InternalError: x", Some(Cause::PlatformFault));
    check("TaskFailedToStart: InternalError: x", Some(Cause::PlatformFault));
    check("it said InternalError: x", None);
    check("stopped (OutOfMemoryError)", Some(Cause::OutOfMemory));
    check("CannotStartContainerError: InternalError: permission denied", Some(Cause::BadCommand));
    check("TaskFailedToStart", None);
    check("", None);
}
