//! The straight line from a batch of messages to who is told.

use std::collections::{BTreeMap, BTreeSet};

use domain::paging::desk::partition;
use domain::paging::signal::Signal;
use domain::ports::Cloud;
use domain::tenant::{EnvironmentName, Owner};
use futures::future::join_all;
use runtime::batch::Message as Record;
use runtime::record::{Handled, dead_letter, give_back};
use runtime::start::chain;

use crate::Problem;
use crate::cases::{beat, postpone};
use crate::deliver::deliver;
use crate::desk::work;
use crate::event::{Message, read};
use crate::office::Office;
use crate::order::{Done, Order, of_none};
use crate::whose::{Households, whose};

/// Where a message leads.
enum Leads {
    /// To a desk.
    Desk(String, Order),
    /// To a receiver.
    Receiver(String),
    /// Nowhere: all of it is done.
    Done(Done),
}

/// Handles the records of a batch, or a bare event; what becomes of each. What leads to one desk is done there together.
pub async fn handle(cloud: &impl Cloud, office: &Office, records: &[Record]) -> Vec<Handled> {
    let (known, begun) = (Households::default(), cloud.now());
    let mut handled: Vec<Option<Handled>> = records.iter().map(|_| None).collect();
    let (mut desks, mut receivers) = (BTreeMap::<String, Vec<(usize, Order)>>::new(), BTreeMap::<String, Vec<usize>>::new());
    let leads = join_all(records.iter().map(|record| leads(cloud, office, &known, record))).await;
    for (n, lead) in leads.into_iter().enumerate() {
        match lead {
            Ok(Leads::Desk(desk, order)) => desks.entry(desk).or_default().push((n, order)),
            Ok(Leads::Receiver(receiver)) => receivers.entry(receiver).or_default().push(n),
            Ok(Leads::Done(done)) => handled[n] = Some(Handled::Done(done.decision(None))),
            Err(Fault::Never(reason)) => handled[n] = Some(dead_letter(cloud, &records[n], "malformed", &reason, of_none).await),
            Err(Fault::Now(problem)) => handled[n] = Some(give_back(cloud, &records[n], chain(&problem), of_none).await),
        }
    }
    let mut told = BTreeSet::new();
    for (desk, orders) in desks {
        told.extend(at_desk(cloud, office, &known, records, &mut handled, &desk, orders).await);
    }
    for receiver in told {
        receivers.entry(receiver).or_default();
    }
    // Side by side: one that does not answer keeps no other waiting.
    let outcomes = join_all(receivers.keys().map(|receiver| deliver(cloud, office, receiver, begun))).await;
    for ((receiver, asked), outcome) in receivers.iter().zip(outcomes) {
        for (n, done) in to_receiver(cloud, records, receiver, outcome, asked).await {
            handled[n] = Some(done);
        }
    }
    handled.into_iter().flatten().collect()
}

/// Why a message leads nowhere.
enum Fault {
    /// It never will.
    Never(String),
    /// Something is out of order now.
    Now(Problem),
}

async fn leads(cloud: &impl Cloud, office: &Office, known: &Households, record: &Record) -> Result<Leads, Fault> {
    let message = read(&record.body, cloud.now()).map_err(|error| Fault::Never(chain(&error)))?;
    let of = |environment: EnvironmentName| partition(Some(&environment));
    match message {
        Message::Signal(signal) => of_signal(cloud, office, known, signal).await.map_err(Fault::Now),
        Message::Unless(signal, wait) => postpone(cloud, &signal, wait).await.map(Leads::Done).map_err(Fault::Now),
        Message::Look(look) => Ok(Leads::Desk(look.desk, Order::Look)),
        Message::Deliver(deliver) => Ok(Leads::Receiver(deliver.receiver)),
        Message::Acknowledgement(answer) if answer.given_back => Ok(Leads::Desk(answer.desk, Order::GiveBack(answer.incident, answer.by))),
        Message::Acknowledgement(answer) => Ok(Leads::Desk(answer.desk, Order::Acknowledge(answer.incident, answer.by))),
        Message::Silence(environment, silence) => Ok(Leads::Desk(of(environment), Order::Silence(silence))),
        Message::Unsilence(environment, id) => Ok(Leads::Desk(of(environment), Order::Unsilence(id))),
        Message::Pulse => Ok(Leads::Desk(partition(None), Order::Pulse)),
        Message::Beat => beat(cloud, office).await.map(Leads::Done).map_err(Fault::Now),
        Message::Ignored(why) => Ok(Leads::Done(Done::ignored(why))),
    }
}

async fn of_signal(cloud: &impl Cloud, office: &Office, known: &Households, signal: Box<Signal>) -> Result<Leads, Problem> {
    let Some(whose) = whose(cloud, office, known, &signal).await? else {
        let why = format!("{} is nobody's here, and the routes do not ask for it", signal.name);
        return Ok(Leads::Done(Done::ignored(why).by(&signal, None)));
    };
    let desk = partition(whose.subject.owner.as_ref().map(Owner::environment));
    Ok(Leads::Desk(desk, Order::Take(Box::new((*signal, whose)))))
}

/// The receivers for whom something waits now.
async fn at_desk(
    cloud: &impl Cloud,
    office: &Office,
    known: &Households,
    records: &[Record],
    handled: &mut [Option<Handled>],
    desk: &str,
    orders: Vec<(usize, Order)>,
) -> BTreeSet<String> {
    let (places, orders): (Vec<usize>, Vec<Order>) = orders.into_iter().unzip();
    match work(cloud, office, known, desk, &orders).await {
        Ok(worked) => {
            for (n, done) in places.into_iter().zip(worked.done) {
                handled[n] = Some(Handled::Done(done.decision(Some(desk))));
            }
            worked.receivers
        }
        Err(problem) => {
            for n in places {
                handled[n] = Some(give_back(cloud, &records[n], chain(&problem), of_none).await);
            }
            BTreeSet::new()
        }
    }
}

/// What was asked for by these records. What cannot be delivered now is due again by a message that is on its way already.
async fn to_receiver(
    cloud: &impl Cloud,
    records: &[Record],
    receiver: &str,
    outcome: Result<u32, Problem>,
    asked: &[usize],
) -> Vec<(usize, Handled)> {
    if let Err(problem) = &outcome {
        tracing::warn!(receiver, error = %chain(problem), "nothing could be delivered now");
    }
    let mut handled = Vec::new();
    for n in asked {
        let done = |sent| Done::new("delivered", format!("{receiver} has taken {sent}"));
        handled.push(match &outcome {
            Ok(sent) => (*n, Handled::Done(done(sent).decision(None))),
            Err(problem) => (*n, give_back(cloud, &records[*n], chain(problem), of_none).await),
        });
    }
    handled
}
