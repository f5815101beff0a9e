//! `template.yaml` keeps the rules, and each rule is seen to fail on a copy that breaks it.

mod actions;
mod delivery;
mod functions;
mod mutations;
mod read;
mod rights;
mod rules;

use mutations::MUTATIONS;
use read::Template;
use rules::{RULES, broken};

#[test]
fn shipped_template_keeps_every_rule() {
    let template = Template::shipped();
    for (name, rule) in RULES {
        assert_eq!(broken(*rule, &template), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn every_rule_fails_on_a_template_that_breaks_it() {
    for (name, rule) in RULES {
        let own: Vec<_> = MUTATIONS.iter().filter(|m| m.breaks == *name).collect();
        assert!(!own.is_empty(), "no mutation shows that {name} can fail");
        for mutation in own {
            let copy = mutation.applied_to(Template::shipped());
            assert!(!broken(*rule, &copy).is_empty(), "{name} does not see {}", mutation.at);
        }
    }
}

#[test]
fn every_mutation_names_a_rule() {
    for mutation in MUTATIONS {
        assert!(RULES.iter().any(|(name, _)| mutation.breaks == *name), "{}", mutation.breaks);
    }
}

#[test]
fn short_forms_are_read_as_their_long_forms() {
    let template = Template::parse("a: !GetAtt Queue.Arn\nb: !Sub x-${Y}\nc: !If [D, !Ref E, 7]\n");
    let expected = serde_json::json!({
        "a": { "Fn::GetAtt": ["Queue", "Arn"] },
        "b": { "Fn::Sub": "x-${Y}" },
        "c": { "Fn::If": ["D", { "Ref": "E" }, 7] },
    });
    assert_eq!(template.0, expected);
}
