//! What a thing stands on, derived from the items that MATE's own blueprint leads to.

use jiff::Timestamp;

use super::*;
use crate::kind::KINDS;
use crate::order::Wish;
use crate::plan::{Change, Fate};

mod house;

use house::{BASE, House, TENANT, arn, life};

fn ids(names: &[&str]) -> BTreeSet<ResourceId> {
    names.iter().map(|name| ResourceId::from(*name)).collect()
}

/// What the application's containers are given, or wait for, of what may fail.
const APPLICATION: [&str; 6] = ["database", "db-credentials", "django-secret", "redis", "redis-auth", "tenant-data"];

#[test]
fn a_thing_stands_on_all_that_may_fail_and_that_it_needs() {
    let check = |owner: &str, id: &str, about: &[&str], stands_on: &[&str]| {
        let subject = House::new(owner).subject(id);
        assert_eq!((subject.about, subject.stands_on), (ids(about), ids(stands_on)), "{owner} {id}");
    };
    // Services, by a chain of references and of `after`: what only carries words, rights or rules is none of it.
    check(TENANT, "django", &["django"], &APPLICATION);
    check(TENANT, "celery", &["celery"], &APPLICATION);
    check(TENANT, "beat", &["beat"], &APPLICATION);
    check(TENANT, "migrate", &["migrate"], &APPLICATION);
    // Stores, by the secret that they were made with.
    check(TENANT, "database", &["database"], &["db-credentials"]);
    check(TENANT, "redis", &["redis"], &["redis-auth"]);
    check(TENANT, "tenant-data", &["tenant-data"], &[]);
    check(TENANT, "data-access", &["data-access"], &["tenant-data"]);
    // What leads to a service is about the service, if it leads to one.
    check(TENANT, "load-balancer", &["django"], &APPLICATION);
    check(TENANT, "web-targets", &["django"], &APPLICATION);
    check(TENANT, "https", &["django"], &APPLICATION);
    check(TENANT, "http", &["http"], &[]);
    // An alarm is about what it watches.
    check(TENANT, "database-connections", &["database"], &["db-credentials"]);
    check(TENANT, "redis-memory", &["redis"], &["redis-auth"]);
    check(TENANT, "task-failures", &["django"], &APPLICATION);
    check(TENANT, "balancer-errors", &["django"], &APPLICATION);
    check(TENANT, "unhealthy-targets", &["django"], &APPLICATION);
    // What stands on a service stands on all that this stands on.
    let pool: Vec<_> = APPLICATION.into_iter().chain(["celery"]).collect();
    check(TENANT, "celery-pool", &["celery-pool"], &pool);
    // The base.
    check(BASE, "key", &["key"], &[]);
    check(BASE, "models", &["models"], &["key"]);
    check(BASE, "private-routes-b", &["private-routes-b"], &["nat-a"]);
    check(BASE, "sampler-rule", &["sampler-rule"], &["key", "sampler-function"]);
}

#[test]
fn an_alarm_that_watches_nothing_is_about_itself() {
    let mut house = House::new(TENANT);
    house.record("task-failures").resource.after.clear();
    let subject = house.subject("task-failures");
    assert_eq!((subject.about.clone(), subject.stands_on.clone()), (ids(&["task-failures"]), ids(&[])));
    assert!(subject.is_origin() && subject.service.is_none());
}

#[test]
fn what_a_blueprint_says_of_an_alarm_is_known() {
    let subject = House::new(TENANT).subject("unhealthy-targets");
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        (subject.owner.map(|owner| owner.to_string()), subject.tier, subject.blueprint),
        (text(TENANT), text("trial"), text("mate"))
    );
    assert_eq!((subject.resource, subject.kind), (Some("unhealthy-targets".into()), text("cloudwatch-alarm")));
    assert_eq!((subject.service, subject.dashboard), (text("mate-demo-dev-django"), text("mate-demo-dev")));
    assert_eq!(subject.severity, Some(Severity::Warning));
    let base = House::new(BASE).subject("models");
    assert_eq!((base.tier, base.service, base.dashboard, base.severity), (None, None, None, None));
}

#[test]
fn a_signal_is_of_whom_it_names() {
    let household = House::new(TENANT).read();
    let check = |about: About, expected: Option<(Option<&str>, Option<&str>)>| {
        let found = household.subject(&about).map(|subject| (subject.service, subject.resource.map(|id| id.0)));
        let text = |text: Option<&str>| text.map(str::to_owned);
        assert_eq!(found, expected.map(|(service, resource)| (text(service), text(resource))), "{about:?}");
    };
    let of = |owner: &str, service: Option<&str>| About::Owned(owner.parse().expect("an owner"), service.map(str::to_owned));
    let django = Some("mate-demo-dev-django");
    check(About::Arn(arn("django")), Some((django, Some("django"))));
    check(About::Arn(arn("nothing-of-ours")), None);
    // By its name on AWS, or by its id in the blueprint.
    check(of(TENANT, django), Some((django, Some("django"))));
    check(of(TENANT, Some("django")), Some((django, Some("django"))));
    check(of(TENANT, Some("gone")), Some((Some("gone"), None)));
    check(of(TENANT, None), Some((None, None)));
    check(of("tenant#dev#other", django), None);
    check(of(BASE, None), None);
    check(About::Account, None);
}

#[test]
fn things_of_one_owner_are_bound_by_what_they_stand_on() {
    let house = House::new(TENANT);
    let check = |one: &str, other: &str, (explains, is_bound, may_share): (bool, bool, bool)| {
        let (first, second) = (house.subject(one), house.subject(other));
        let found = (first.explains(&second), first.is_bound(&second), first.may_share(&second));
        assert_eq!(found, (explains, is_bound, may_share), "{one} and {other}");
        assert_eq!((second.is_bound(&first), second.may_share(&first)), (is_bound, may_share), "{other} and {one}");
    };
    check("database", "django", (true, true, true));
    check("django", "database", (false, true, true));
    check("database-connections", "unhealthy-targets", (true, true, true));
    check("redis-memory", "celery", (true, true, true));
    check("db-credentials", "database", (true, true, false));
    // Both say it of the same service.
    check("task-failures", "balancer-errors", (false, true, true));
    // Neither needs the other.
    check("django", "celery", (false, false, true));
    check("database", "redis", (false, false, false));
    check("tenant-data", "redis", (false, false, false));
    let origins = ["tenant-data", "db-credentials", "database", "django"].map(|id| house.subject(id).is_origin());
    assert_eq!(origins, [true, true, false, false]);
}

#[test]
fn things_of_two_owners_are_not_bound_by_their_ids() {
    let (one, other, base) = (House::new(TENANT), House::new("tenant#dev#other"), House::new(BASE));
    for (first, second) in [
        (one.subject("database"), other.subject("django")),
        (one.subject("django"), other.subject("django")),
        (base.subject("key"), one.subject("database")),
        (Subject::default(), Subject::default()),
    ] {
        assert!(!first.explains(&second) && !first.is_bound(&second) && !first.may_share(&second), "{first:?} and {second:?}");
    }
}

#[test]
fn what_an_owner_goes_through_is_why_it_fails() {
    let check = |change: fn(&mut House), id: &str, expected: Option<Expected>| {
        let mut house = House::new(TENANT);
        let subject = house.subject(id);
        change(&mut house);
        assert_eq!(house.read().expected(&subject), expected, "{id}");
    };
    check(|_| (), "django", None);
    // Nobody has ordered it.
    check(|house| house.intent = None, "django", None);
    check(|house| house.state = None, "django", Some(Expected::Provisioned));
    check(|house| house.stand(Phase::Working, false), "django", Some(Expected::Provisioned));
    check(|house| house.stand(Phase::AwaitingEnvironment, false), "django", Some(Expected::Provisioned));
    // It goes no further by itself.
    check(|house| house.stand(Phase::Failed, false), "django", None);
    check(|house| house.stand(Phase::Working, true), "django", None);
    check(|house| house.wish(Wish::Gone(Fate::KeepData)), "django", Some(Expected::Deleted));
    check(|house| house.stand(Phase::Removing, true), "django", Some(Expected::Deleted));
    check(|house| house.stand(Phase::Removed, true), "django", Some(Expected::Deleted));
    // What is changed, and what stands on it.
    let changed = || Some(Expected::Changed("database".into()));
    check(|house| change(house.record("database")), "database", changed());
    check(|house| change(house.record("database")), "task-failures", changed());
    check(|house| change(house.record("database")), "redis-memory", None);
    // What AWS does of its own is no change of ours.
    check(|house| house.record("database").settling_since = Some(Timestamp::UNIX_EPOCH), "database", None);
    check(succeed, "task-failures", Some(Expected::Changed("database@2".into())));
}

fn change(record: &mut Record) {
    (record.settling_since, record.settling_change) = (Some(Timestamp::UNIX_EPOCH), Some(Change::Update(Vec::new())));
}

/// Another database is made in the place of the one that stands.
fn succeed(house: &mut House) {
    let mut successor = house.record("database").clone();
    (successor.resource.id, successor.arn) = ("database@2".into(), None);
    change(&mut successor);
    house.records.push(successor);
}

#[test]
fn an_owner_is_down_once_it_goes_no_further() {
    for (phase, is_down) in [(Phase::Ready, false), (Phase::Working, false), (Phase::Degraded, true), (Phase::Failed, true)] {
        let mut house = House::new(BASE);
        house.stand(phase, true);
        assert_eq!(house.read().is_down(), is_down, "{phase:?}");
    }
}

#[test]
fn things_of_a_former_life_count_once_there_is_no_present_one() {
    let mut house = House::new(TENANT);
    let mut former = house.record("database").clone();
    (former.resource.incarnation, former.arn) = (life(0), Some(arn("former-database")));
    house.records.push(former);
    let about = About::Arn(arn("former-database"));
    assert_eq!(house.read().subject(&about), None);
    house.wish(Wish::Gone(Fate::KeepData));
    let subject = house.read().subject(&about).expect("it is still there");
    assert_eq!((subject.resource, subject.blueprint), (Some("database".into()), None));
}

#[test]
fn every_kind_that_is_told_apart_exists() {
    // `ecs-service`, `cloudwatch-alarm` and `cloudwatch-dashboard` are named beside the two lists.
    let named = MAY_FAIL.into_iter().chain(LEADS).chain(["ecs-service", "cloudwatch-alarm", "cloudwatch-dashboard"]);
    let unknown: Vec<_> = named.filter(|kind| !KINDS.contains(kind)).collect();
    assert_eq!(unknown, [""; 0]);
}
