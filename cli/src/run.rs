//! The rim: from the command line to a verb, and from what it has to say to the terminal and the exit code.

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use aws_adapters::client::AwsCloud;
use clap::Parser;
use domain::ports::Cloud;
use jiff::Timestamp;

use crate::arguments::{
    AckArguments, ApproveArguments, Arguments, BlueprintVerb, DlqVerb, EventArguments, OverrideVerb, PrivilegedArguments, RoutesVerb,
    SilenceVerb, Verb, WaitArguments,
};
use crate::consent::Consent;
use crate::event_file::{Event, build, load, parse};
use crate::exit::{CliError, Exit, Report};
use crate::paint::Paint;
use crate::read::Ledger;
use crate::settings::Places;
use crate::{
    ack, apply, approve, blueprint, dlq, doctor, explain, graph, incidents, overrides, plan, privileged, replay, routes, silence, status,
};

/// Runs the tool with the arguments of the process.
pub async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let json = arguments.json;
    let exit = match run(arguments, Paint::of_stdout()).await {
        Ok(report) => {
            let text = if json { format!("{:#}\n", report.json) } else { report.text };
            // A reader that has gone away (`| head`) wants no more; that is no failure.
            let _ = std::io::stdout().write_all(text.as_bytes());
            report.exit
        }
        Err(error) => {
            let line = if json { error.json().to_string() } else { format!("caretaker: {}", error.line()) };
            let _ = writeln!(std::io::stderr(), "{line}");
            error.exit()
        }
    };
    ExitCode::from(exit_code(exit))
}

fn exit_code(exit: Exit) -> u8 {
    exit as u8
}

async fn run(arguments: Arguments, paint: Paint) -> Result<Report, CliError> {
    let Arguments { verb, json: silent, places } = arguments;
    match verb {
        Verb::Status { tenant: None, environment } => status::all(&ledger(&places).await?, environment.as_ref(), paint).await,
        Verb::Status { tenant: Some(tenant), environment } => {
            status::one(&ledger(&places).await?, &tenant, environment.as_ref(), paint).await
        }
        Verb::Graph { tenant, environment, output } => {
            graph::graph(&ledger(&places).await?, tenant.as_ref(), environment.as_ref(), output.as_deref()).await
        }
        Verb::Plan { event, timeout } => {
            let ledger = ledger(&places).await?;
            let event = read_event(&ledger, &event, true).await?;
            plan::plan(&ledger, &places.operator().await?, &places.bus(), &event, timeout, paint, silent).await
        }
        Verb::Apply { event, skip_blueprint_check, wait } => {
            let ledger = ledger(&places).await?;
            let event = read_event(&ledger, &event, false).await?;
            if !skip_blueprint_check {
                apply::possible(&event)?;
            }
            put(&places, &ledger, &event, wait, paint, silent).await
        }
        Verb::Explain { explained, environment } => {
            explain::whichever(&ledger(&places).await?, &explained, environment.as_ref(), Timestamp::now()).await
        }
        Verb::Replay { file } => replay::replay(&file),
        Verb::Retry(order) => privileged("retry", &places, &order, paint, silent).await,
        Verb::Pause(order) => privileged("pause", &places, &order, paint, silent).await,
        Verb::Resume(order) => privileged("resume", &places, &order, paint, silent).await,
        Verb::Approve(arguments) => approve(&places, &arguments, silent).await,
        Verb::Override { act } => overrides(&places, &act, paint, silent).await,
        Verb::Incidents { environment, all } => incidents::incidents(&ledger(&places).await?, environment.as_ref(), all, paint).await,
        Verb::Ack(arguments) => acknowledge(&places, &arguments, silent).await,
        Verb::Silence { act } => silences(&places, &act, paint, silent).await,
        Verb::Routes { act: RoutesVerb::Check { file } } => routes::check(file.as_deref(), paint),
        Verb::Routes { act: RoutesVerb::Schema } => Ok(routes::schema()),
        Verb::Routes { act: RoutesVerb::Test(arguments) } => routes::test(&arguments, Timestamp::now()),
        Verb::Doctor(arguments) => doctor::doctor(&places.operator().await?, &places, &arguments, paint).await,
        Verb::Dlq { act } => dead_letters(&places, act, paint).await,
        Verb::Blueprint { act: BlueprintVerb::Check { file } } => blueprint::check(&file, paint),
        Verb::Blueprint { act: BlueprintVerb::Schema } => Ok(blueprint::schema()),
    }
}

async fn ledger(places: &Places) -> Result<Ledger<AwsCloud>, CliError> {
    Ok(Ledger { cloud: places.cloud().await?, table: places.ledger_table() })
}

async fn read_event<C: Cloud>(ledger: &Ledger<C>, arguments: &EventArguments, dry_run: bool) -> Result<Event, CliError> {
    if let Some(file) = &arguments.file {
        return parse(&file.display().to_string(), &load(file)?, arguments.detail_type.as_deref(), dry_run);
    }
    let Some(tenant) = &arguments.tenant else {
        return Err(CliError::Usage("an event comes from --file or from --tenant".to_owned()));
    };
    let (environment, intent) = match (ledger.tenant(tenant, arguments.environment.as_ref()).await, &arguments.environment) {
        (Ok((owner, book)), _) => (owner.environment().clone(), book.intent),
        (Err(CliError::NoTenant { .. }), Some(environment)) => (environment.clone(), None),
        (Err(CliError::NoTenant { .. }), None) => {
            return Err(CliError::Usage(format!("tenant {tenant} is new: name its --environment")));
        }
        (Err(error), _) => return Err(error),
    };
    build(tenant.as_str(), &environment, intent.as_ref(), &arguments.wanted(), dry_run)
}

async fn put<C: Cloud>(
    places: &Places,
    ledger: &Ledger<C>,
    event: &Event,
    wait: WaitArguments,
    paint: Paint,
    silent: bool,
) -> Result<Report, CliError> {
    let goal = apply::preflight(event, &ledger.book(event.order.owner()).await?)?;
    let timeout: Option<Duration> = wait.wait.then_some(wait.timeout);
    let showing = apply::Showing { timeout, paint, silent };
    apply::put(ledger, &places.operator().await?, &places.bus(), event, goal, showing).await
}

async fn privileged(action: &str, places: &Places, order: &PrivilegedArguments, paint: Paint, silent: bool) -> Result<Report, CliError> {
    let ledger = ledger(places).await?;
    let (owner, book) = ledger.tenant(&order.tenant, order.environment.as_ref()).await?;
    let event = privileged::order(action, &owner, &book)?;
    put(places, &ledger, &event, order.wait, paint, silent).await
}

async fn approve(places: &Places, arguments: &ApproveArguments, silent: bool) -> Result<Report, CliError> {
    let consent = Consent { given: arguments.yes, silent };
    approve::approve(&ledger(places).await?, &places.operator().await?, &places.bus(), arguments, consent).await
}

async fn overrides(places: &Places, act: &OverrideVerb, paint: Paint, silent: bool) -> Result<Report, CliError> {
    let ledger = ledger(places).await?;
    match act {
        OverrideVerb::List { tenant, environment } => overrides::list(&ledger, tenant, environment.as_ref(), paint).await,
        OverrideVerb::Clear(arguments) => {
            let consent = Consent { given: arguments.yes, silent };
            overrides::clear(&ledger, &places.operator().await?, &places.bus(), arguments, consent).await
        }
    }
}

async fn acknowledge(places: &Places, arguments: &AckArguments, silent: bool) -> Result<Report, CliError> {
    let consent = Consent { given: arguments.yes, silent };
    ack::ack(&ledger(places).await?, &places.operator().await?, &places.bus(), arguments, consent).await
}

async fn silences(places: &Places, act: &SilenceVerb, paint: Paint, silent: bool) -> Result<Report, CliError> {
    let ledger = ledger(places).await?;
    let consent = |given| Consent { given, silent };
    match act {
        SilenceVerb::List { environment } => silence::list(&ledger, environment.as_ref(), paint).await,
        SilenceVerb::Add(arguments) => {
            silence::add(&ledger, &places.operator().await?, &places.bus(), arguments, consent(arguments.yes)).await
        }
        SilenceVerb::End(arguments) => {
            silence::end(&ledger, &places.operator().await?, &places.bus(), arguments, consent(arguments.yes)).await
        }
    }
}

async fn dead_letters(places: &Places, act: DlqVerb, paint: Paint) -> Result<Report, CliError> {
    let operator = places.operator().await?;
    let queues = places.queues(&operator).await?;
    match act {
        DlqVerb::List => dlq::list(&operator, &queues, Timestamp::now(), paint).await,
        DlqVerb::Redrive { id, all: _ } => dlq::redrive(&operator, &queues, &id, paint).await,
    }
}
