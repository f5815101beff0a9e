//! `caretaker silence`: what a person wants to hear nothing of, until when and why.

use std::collections::BTreeMap;

use aws_adapters::operator::Operator;
use domain::paging::desk::Desk;
use domain::paging::id::word;
use domain::paging::labels::Label;
use domain::paging::matcher::{BadMatchers, Matchers, Written};
use domain::paging::silence::Silence;
use domain::ports::Cloud;
use domain::tenant::EnvironmentName;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::ack::by;
use crate::arguments::{AddSilence, EndSilence};
use crate::consent::{Consent, NotOrdered};
use crate::desks::AtDesk;
use crate::exit::{CliError, Exit, Report};
use crate::incidents::tame;
use crate::paint::{Cell, Paint, cell, relative, table};
use crate::privileged::{self, SCHEMA};
use crate::read::Ledger;

const HEADINGS: [&str; 6] = ["SILENCE", "ENV", "MATCHES", "UNTIL", "BY", "REASON"];

/// The silences that stand.
///
/// # Errors
/// The ledger or the table of incidents did not answer.
pub async fn list<C: Cloud>(ledger: &Ledger<C>, environment: Option<&EnvironmentName>, paint: Paint) -> Result<Report, CliError> {
    let now = ledger.cloud.now();
    let desks = ledger.desks(environment).await?;
    let standing = standing(&desks, now);
    let of = |(at, silence): &(&AtDesk, &Silence)| {
        let mut view = json!(silence);
        view["environment"] = json!(at.environment);
        view["mutes"] = json!(muted(&at.desk, silence, now).into_iter().map(|(id, _)| id).collect::<Vec<_>>());
        view
    };
    let views: Vec<Value> = standing.iter().map(of).collect();
    Ok(Report { text: render(&standing, now, paint), json: json!({ "silences": views }), exit: Exit::Done })
}

/// Shows what the silence would mute, asks for consent, and puts the order.
///
/// # Errors
/// It says too much or nothing; nobody agrees; the table of incidents or the bus did not answer.
pub async fn add<C: Cloud>(
    ledger: &Ledger<C>,
    operator: &Operator,
    bus: &str,
    arguments: &AddSilence,
    consent: Consent,
) -> Result<Report, CliError> {
    let (now, entropy) = (ledger.cloud.now(), ledger.cloud.entropy());
    let silence = made(arguments, now, entropy)?;
    let refused = |source| CliError::NotOrdered { owner: format!("silence in {}", arguments.environment), source };
    silence.check(now).map_err(|bad| refused(NotOrdered::BadSilence(bad)))?;
    let at = ledger.desk(Some(&arguments.environment)).await?;
    consent.show(&told(&at, &silence, now));
    consent.ask("Be silent about it?").map_err(refused)?;
    let event = privileged::put(operator, bus, &order(&arguments.environment, json!(silence), &silence.by, "silence")).await?;
    let text = format!("sent the silence {} as event {event}\nend it by: caretaker silence end {}\n", silence.id, silence.id);
    Ok(Report { text, json: json!({ "eventId": event, "silence": silence }), exit: Exit::Done })
}

/// Shows what would be told again, asks for consent, and puts the order to end the silence.
///
/// # Errors
/// There is none such; nobody agrees; the tables or the bus did not answer.
pub async fn end<C: Cloud>(
    ledger: &Ledger<C>,
    operator: &Operator,
    bus: &str,
    arguments: &EndSilence,
    consent: Consent,
) -> Result<Report, CliError> {
    let now = ledger.cloud.now();
    let refused = |source| CliError::NotOrdered { owner: format!("silence {}", arguments.id), source };
    let desks = ledger.desks(arguments.environment.as_ref()).await?;
    let chosen = standing(&desks, now).into_iter().find(|(_, silence)| silence.id == arguments.id);
    let missing = || refused(NotOrdered::NoSilence(arguments.id.clone()));
    let (at, silence) = chosen.ok_or_else(missing)?;
    // Only an environment's desk has any.
    let environment = at.environment.as_ref().ok_or_else(missing)?;
    consent.show(&told(at, silence, now));
    consent.ask("End it?").map_err(refused)?;
    let event = privileged::put(operator, bus, &order(environment, json!(silence.id), by(&arguments.by), "unsilence")).await?;
    let text = format!("sent the end of the silence {} as event {event}\nsee what stands: caretaker silence list\n", silence.id);
    Ok(Report { text, json: json!({ "eventId": event, "ended": silence }), exit: Exit::Done })
}

/// The silence that the command line asks for.
fn made(arguments: &AddSilence, now: Timestamp, entropy: u128) -> Result<Silence, CliError> {
    let matchers = matchers(&arguments.matchers).map_err(|bad| CliError::Usage(bad.to_string()))?;
    let length = SignedDuration::try_from(arguments.length).unwrap_or(SignedDuration::MAX);
    let ends = now.checked_add(length).map_err(|_| CliError::Usage("a silence cannot last so long".to_owned()))?;
    let (id, by) = (word(now, entropy), by(&arguments.by).to_owned());
    Ok(Silence { id, matchers, starts: now, ends, by, reason: arguments.reason.clone() })
}

/// Of one label any of its texts will do; all labels must be as they are asked for.
fn matchers(asked: &[(Label, String)]) -> Result<Matchers, BadMatchers> {
    let mut texts: BTreeMap<Label, Vec<String>> = BTreeMap::new();
    for (label, text) in asked {
        texts.entry(*label).or_default().push(text.clone());
    }
    let written = |mut texts: Vec<String>| match texts.len() {
        1 => Written::One(texts.remove(0)),
        _ => Written::Any(texts),
    };
    texts.into_iter().map(|(label, texts)| (label, written(texts))).collect::<BTreeMap<_, _>>().try_into()
}

/// What stands now, with its desk.
fn standing(desks: &[AtDesk], now: Timestamp) -> Vec<(&AtDesk, &Silence)> {
    let of = |at| AtDesk::silences_at(at, now).map(move |silence| (at, silence));
    desks.iter().flat_map(of).collect()
}

impl AtDesk {
    fn silences_at(&self, now: Timestamp) -> impl Iterator<Item = &Silence> {
        self.silences.iter().filter(move |silence| now < silence.ends)
    }
}

/// The open incidents that `silence` is about at `now`, with their titles.
fn muted(desk: &Desk, silence: &Silence, now: Timestamp) -> Vec<(String, String)> {
    let open = desk.incidents.values().filter(|incident| incident.is_open());
    let rooted = open.filter_map(|incident| Some((incident, desk.root(&incident.id)?.1)));
    let about = rooted.filter(|(incident, root)| silence.mutes(&root.labels(incident.severity), now));
    about.map(|(incident, root)| (incident.id.clone(), tame(&root.signal.title))).collect()
}

fn order(environment: &EnvironmentName, silence: Value, by: &str, action: &str) -> Value {
    json!({ "schema": SCHEMA, "action": action, "environment": environment, "silence": silence, "by": by })
}

/// What is matched, as it is asked for on the command line.
fn matching(silence: &Silence) -> String {
    let matcher = |label: Label| Some(format!("{label} is {}", silence.matchers.get(label)?));
    Label::ALL.into_iter().filter_map(matcher).collect::<Vec<_>>().join(" and ")
}

fn told(at: &AtDesk, silence: &Silence, now: Timestamp) -> String {
    let muted = muted(&at.desk, silence, now);
    let mutes: String = match muted.is_empty() {
        true => "  mutes     nothing that is open\n".to_owned(),
        false => muted.iter().map(|(id, title)| format!("  mutes     {id}: {title}\n")).collect(),
    };
    format!(
        "silence {} in {}\n  what      {}\n  until     {:.0}, {}\n  by        {}, because: {}\n{mutes}",
        silence.id,
        at.environment.as_ref().map_or("no environment", |environment| environment.as_str()),
        tame(&matching(silence)),
        silence.ends,
        relative(silence.ends, now),
        tame(&silence.by),
        tame(&silence.reason),
    )
}

fn render(standing: &[(&AtDesk, &Silence)], now: Timestamp, paint: Paint) -> String {
    if standing.is_empty() {
        return "no silence stands\n".to_owned();
    }
    let row = |(at, silence): &(&AtDesk, &Silence)| -> Vec<Cell> {
        vec![
            cell(&*silence.id),
            cell(at.environment.as_ref().map_or("-", |environment| environment.as_str())),
            cell(tame(&matching(silence))),
            cell(relative(silence.ends, now)),
            cell(tame(&silence.by)),
            cell(tame(&silence.reason)),
        ]
    };
    let rows: Vec<_> = standing.iter().map(row).collect();
    table(paint, "", &HEADINGS, &rows)
}

/// A matcher of the command line, `label=text`.
pub(crate) fn matcher(text: &str) -> Result<(Label, String), String> {
    let (label, wanted) = text.split_once('=').ok_or_else(|| format!("{text:?} is not of the form label=text, such as tenant=demo"))?;
    let label = label.trim().parse::<Label>().map_err(|bad| bad.to_string())?;
    Ok((label, wanted.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::samples::{moment, paging};

    fn asked(matchers: &[&str]) -> AddSilence {
        AddSilence {
            environment: "dev".parse().unwrap(),
            matchers: matchers.iter().map(|text| matcher(text).unwrap()).collect(),
            length: Duration::from_secs(7_200),
            reason: "load test".into(),
            by: "amy".into(),
            yes: false,
        }
    }

    #[test]
    fn a_matcher_is_a_label_and_what_it_must_be() {
        let check = |text: &str, expected: Option<(Label, &str)>| {
            assert_eq!(matcher(text).ok(), expected.map(|(label, text)| (label, text.to_owned())), "{text}");
        };
        check("tenant=demo", Some((Label::Tenant, "demo")));
        check("name=~mate-.*=x", Some((Label::Name, "~mate-.*=x")));
        check("tenant=", Some((Label::Tenant, "")));
        check("tennant=demo", None);
        check("demo", None);
    }

    #[test]
    fn all_labels_must_fit_and_of_one_label_any_text() {
        let check = |asked: &[&str], expected: Result<Value, &str>| {
            let asked: Vec<_> = asked.iter().map(|text| matcher(text).unwrap()).collect();
            let made = matchers(&asked).map(|matchers| json!(matchers)).map_err(|bad| bad.to_string());
            assert_eq!(made, expected.map_err(str::to_owned));
        };
        check(&["tenant=demo", "severity=warning"], Ok(json!({ "severity": "warning", "tenant": "demo" })));
        check(&["tenant=demo", "tenant=acme"], Ok(json!({ "tenant": ["demo", "acme"] })));
        let refused = "label tenant: \"!acme\" stands beside other texts: any of them would be nearly everything";
        check(&["tenant=demo", "tenant=!acme"], Err(refused));
    }

    #[test]
    fn the_order_is_what_paging_reads() {
        let silence = made(&asked(&["tenant=demo"]), moment(0), 7).unwrap();
        assert_eq!(silence.check(moment(0)), Ok(()));
        let environment: EnvironmentName = "dev".parse().unwrap();
        let order = order(&environment, json!(silence), &silence.by, "silence");
        let expected = json!({ "schema": 1, "action": "silence", "environment": "dev", "by": "amy", "silence": { "id": silence.id,
            "matchers": { "tenant": "demo" }, "starts": moment(0), "ends": moment(7_200), "by": "amy", "reason": "load test" } });
        assert_eq!(order, expected);
        assert_eq!(serde_json::from_value::<Silence>(order["silence"].clone()).unwrap(), silence);
    }

    #[test]
    fn what_would_be_muted_is_shown_before_it_is_asked_for() {
        let at = AtDesk { environment: Some("dev".parse().unwrap()), desk: paging::desk(), silences: Vec::new() };
        let check = |matchers: &[&str], expected: &[&str]| {
            let silence = made(&asked(matchers), moment(0), 7).unwrap();
            let muted: Vec<_> = muted(&at.desk, &silence, moment(0)).into_iter().map(|(id, _)| id).collect();
            assert_eq!(muted, expected, "{matchers:?}");
        };
        check(&["tenant=demo"], &[paging::DATABASE]);
        check(&["severity=warning"], &[paging::LOAD]);
        check(&["severity=~warning|critical"], &[paging::DATABASE, paging::LOAD]);
        check(&["severity=info"], &[]);
        let silence = Silence { id: "s1".into(), ..made(&asked(&["tenant=demo"]), moment(0), 7).unwrap() };
        let expected = "silence s1 in dev
  what      tenant is \"demo\"
  until     2026-11-21T04:00:00Z, in 2 h
  by        amy, because: load test
  mutes     dev-0k3c9v4a7d2f: the database is gone
";
        assert_eq!(told(&at, &silence, moment(0)), expected);
    }

    #[tokio::test]
    async fn those_that_stand_are_listed_with_what_they_mute() {
        let ledger = Ledger { cloud: paging::shelf(), table: "caretaker-ledger".into() };
        let report = list(&ledger, None, Paint::PLAIN).await.unwrap();
        assert_eq!((report.json["silences"][0]["id"].as_str(), report.json["silences"][1].is_null()), (Some("s1"), true));
        assert_eq!(report.json["silences"][0]["environment"], "dev");
        let over = standing(&[], moment(0));
        assert_eq!(render(&over, moment(0), Paint::PLAIN), "no silence stands\n");
    }

    #[test]
    fn a_silence_that_has_ended_does_not_stand() {
        let silence = Silence { ends: moment(0), ..made(&asked(&["tenant=demo"]), moment(-60), 7).unwrap() };
        let at = AtDesk { silences: vec![silence], ..AtDesk::default() };
        let desks = [at];
        assert_eq!([-1, 0].map(|second| standing(&desks, moment(second)).len()), [1, 0]);
    }
}
