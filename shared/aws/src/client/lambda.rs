//! Functions of Lambda. The code of one is fetched from another's, as part of the call that needs it.

mod code;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_lambda::operation::create_function::CreateFunctionOutput;
use aws_sdk_lambda::operation::get_function::GetFunctionOutput;
use aws_sdk_lambda::types::{Environment, FunctionCode, FunctionConfiguration, LastUpdateStatus, LoggingConfig, Runtime, State, VpcConfig};
use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::functions::Function;
use domain::kind::plain::{Progress, Shown};
use domain::observed::Observed;
use domain::ports::{
    AddPermission, Call, Cloud, CreateFunction, DeleteFunction, DeleteFunctionConcurrency, GetFunction, GetFunctionPolicy,
    PutFunctionConcurrency, RemovePermission, Reply, TagFunction, UpdateFunctionCode, UpdateFunctionConfiguration,
};
use domain::resource::Tags;

use super::failure::failure;
use super::{AwsCloud, unknown};

/// What a binary that brings its own runtime is called in its package (Lambda developer guide, "Building Rust functions").
const HANDLER: &str = "bootstrap";

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.lambda;
    match call {
        Call::GetFunction(GetFunction { name: function }) => match get(cloud, name, &function).await {
            Err(error) if error.cause == Cause::NotFound => Ok(Reply::GetFunction(None)),
            found => Ok(Reply::GetFunction(Some(observed(cloud, name, &found?)?))),
        },
        Call::GetFunctionPolicy(GetFunctionPolicy { name: function }) => {
            match client.get_policy().function_name(function).send().await.map_err(|error| failure(name, &error)) {
                Err(error) if error.cause == Cause::NotFound => Ok(Reply::GetFunctionPolicy(None)),
                Err(error) => Err(error),
                Ok(output) => read_policy(name, output.policy().unwrap_or_default()).map(|policy| Reply::GetFunctionPolicy(Some(policy))),
            }
        }
        Call::CreateFunction(request) => create(cloud, name, request).await.map(Reply::CreateFunction),
        Call::UpdateFunctionCode(UpdateFunctionCode { name: function, code_of }) => {
            let code = code::of(cloud, name, &code_of).await?;
            let request = client.update_function_code().function_name(function).zip_file(code.package);
            let outcome = request.set_architectures(Some(code.architectures)).send().await;
            outcome.map(|_| Reply::UpdateFunctionCode(())).map_err(|error| failure(name, &error))
        }
        Call::UpdateFunctionConfiguration(UpdateFunctionConfiguration { name: function, desired }) => {
            let request = client.update_function_configuration().function_name(function).runtime(Runtime::Providedal2023).handler(HANDLER);
            let request = request.role(&desired.role).memory_size(number(desired.memory_mib)).timeout(number(desired.timeout_seconds));
            let request = request.environment(environment(&desired)).vpc_config(network(&desired)).logging_config(logging(&desired));
            request.send().await.map(|_| Reply::UpdateFunctionConfiguration(())).map_err(|error| failure(name, &error))
        }
        Call::DeleteFunction(DeleteFunction { name: function }) => {
            let outcome = client.delete_function().function_name(function).send().await;
            outcome.map(|_| Reply::DeleteFunction(())).map_err(|error| failure(name, &error))
        }
        Call::TagFunction(TagFunction { arn, tags }) => {
            let outcome = client.tag_resource().resource(arn).set_tags(Some(tags.into_iter().collect())).send().await;
            outcome.map(|_| Reply::TagFunction(())).map_err(|error| failure(name, &error))
        }
        call => bounds(cloud, call).await,
    }
}

/// How often it runs at once, and who may call it.
async fn bounds(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.lambda;
    match call {
        Call::PutFunctionConcurrency(PutFunctionConcurrency { name: function, concurrency }) => {
            let request = client.put_function_concurrency().function_name(function).reserved_concurrent_executions(number(concurrency));
            request.send().await.map(|_| Reply::PutFunctionConcurrency(())).map_err(|error| failure(name, &error))
        }
        Call::DeleteFunctionConcurrency(DeleteFunctionConcurrency { name: function }) => {
            let outcome = client.delete_function_concurrency().function_name(function).send().await;
            outcome.map(|_| Reply::DeleteFunctionConcurrency(())).map_err(|error| failure(name, &error))
        }
        Call::AddPermission(AddPermission { name: function, statement, rule }) => {
            let request = client.add_permission().function_name(function).statement_id(statement).action("lambda:InvokeFunction");
            let outcome = request.principal("events.amazonaws.com").source_arn(rule).send().await;
            outcome.map(|_| Reply::AddPermission(())).map_err(|error| failure(name, &error))
        }
        Call::RemovePermission(RemovePermission { name: function, statement }) => {
            let outcome = client.remove_permission().function_name(function).statement_id(statement).send().await;
            outcome.map(|_| Reply::RemovePermission(())).map_err(|error| failure(name, &error))
        }
        call => Err(unknown(call.name())),
    }
}

async fn get(cloud: &AwsCloud, operation: &str, function: &str) -> Result<GetFunctionOutput, CallError> {
    cloud.lambda.get_function().function_name(function).send().await.map_err(|error| failure(operation, &error))
}

async fn create(cloud: &AwsCloud, operation: &str, request: CreateFunction) -> Result<Observed, CallError> {
    let CreateFunction { name, desired, tags } = request;
    let code = code::of(cloud, operation, &desired.code_of).await?;
    let call = cloud.lambda.create_function().function_name(&name).runtime(Runtime::Providedal2023).handler(HANDLER);
    let call = call.code(FunctionCode::builder().zip_file(code.package).build()).set_architectures(Some(code.architectures));
    let call = call.role(&desired.role).memory_size(number(desired.memory_mib)).timeout(number(desired.timeout_seconds));
    let call = call.environment(environment(&desired)).vpc_config(network(&desired)).logging_config(logging(&desired));
    let output = call.set_tags(Some(tags.clone().into_iter().collect())).send().await.map_err(|error| failure(operation, &error))?;
    Ok(made(cloud, &name, desired, tags, &output))
}

fn made(cloud: &AwsCloud, name: &str, desired: Function, tags: Tags, output: &CreateFunctionOutput) -> Observed {
    let properties = Function { concurrency: None, invoked_by: None, ..desired };
    let progress = match output.state() {
        Some(State::Active) => Progress::Done,
        _ => Progress::Working("being created".into()),
    };
    let shown = Shown { progress, ..Shown::done(name, properties).giving("name", name) };
    let arn = output.function_arn().unwrap_or_default().to_owned();
    Observed { arn, tags, at: cloud.now(), detail: Detail::LambdaFunction(shown) }
}

/// What Lambda leaves out because it may not look at it is not absent.
fn observed(cloud: &AwsCloud, operation: &str, output: &GetFunctionOutput) -> Result<Observed, CallError> {
    let denied = |what: &str, why: &str| Err(CallError::new(operation, Cause::Denied, format!("{what} cannot be read: {why}")));
    let Some(settings) = output.configuration() else {
        return Err(CallError::new(operation, Cause::Unavailable, "the reply has no configuration"));
    };
    if let Some(error) = output.tags_error() {
        return denied("tags", error.message());
    }
    if let Some(error) = settings.environment().and_then(|environment| environment.error()) {
        return denied("the environment", error.message().unwrap_or_default());
    }
    let reserved = output.concurrency().and_then(|concurrency| concurrency.reserved_concurrent_executions());
    let properties = Function { concurrency: reserved.and_then(|number| u32::try_from(number).ok()), ..properties(settings) };
    let name = settings.function_name().unwrap_or_default();
    let shown = Shown { progress: progress(settings), ..Shown::done(name, properties).giving("name", name) };
    let tags = output.tags().map(sorted).unwrap_or_default();
    let arn = settings.function_arn().unwrap_or_default().to_owned();
    Ok(Observed { arn, tags, at: cloud.now(), detail: Detail::LambdaFunction(shown) })
}

/// All that the configuration itself shows.
fn properties(settings: &FunctionConfiguration) -> Function {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let count = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok()).unwrap_or(0);
    let network = settings.vpc_config();
    let groups = network.map(|network| network.security_group_ids().join(",")).unwrap_or_default();
    Function {
        code_of: text(settings.code_sha256()),
        role: text(settings.role()),
        memory_mib: count(settings.memory_size()),
        timeout_seconds: count(settings.timeout()),
        environment: settings.environment().and_then(|environment| environment.variables()).map(sorted).unwrap_or_default(),
        subnets: network.map(|network| network.subnet_ids().iter().cloned().collect::<BTreeSet<_>>()).unwrap_or_default(),
        security_group: groups,
        concurrency: None,
        log_group: text(settings.logging_config().and_then(|logging| logging.log_group())),
        invoked_by: None,
    }
}

/// A function that has long been idle is `Inactive`, and wakes at its next call: it is as usable as an active one.
fn progress(settings: &FunctionConfiguration) -> Progress {
    let why = |reason: Option<&str>, code: Option<&str>| format!("{}: {}", code.unwrap_or("no code"), reason.unwrap_or("no reason"));
    match (settings.state(), settings.last_update_status()) {
        (Some(State::Pending), _) => Progress::Working("being created".into()),
        (Some(State::Failed), _) => Progress::Failed(why(settings.state_reason(), settings.state_reason_code().map(|code| code.as_str()))),
        (_, Some(LastUpdateStatus::InProgress)) => Progress::Working("being updated".into()),
        (_, Some(LastUpdateStatus::Failed)) => {
            let code = settings.last_update_status_reason_code().map(|code| code.as_str());
            Progress::Failed(why(settings.last_update_status_reason(), code))
        }
        _ => Progress::Done,
    }
}

fn environment(desired: &Function) -> Environment {
    Environment::builder().set_variables(Some(desired.environment.clone().into_iter().collect())).build()
}

/// Without subnets it is in no VPC, and then in no group.
fn network(desired: &Function) -> VpcConfig {
    let subnets: Vec<_> = desired.subnets.iter().cloned().collect();
    let groups = subnets.first().map(|_| desired.security_group.clone()).into_iter().collect();
    VpcConfig::builder().set_subnet_ids(Some(subnets)).set_security_group_ids(Some(groups)).build()
}

fn logging(desired: &Function) -> LoggingConfig {
    LoggingConfig::builder().log_group(&desired.log_group).build()
}

fn read_policy(operation: &str, text: &str) -> Result<serde_json::Value, CallError> {
    serde_json::from_str(text).map_err(|error| CallError::new(operation, Cause::Unavailable, format!("the policy is no JSON: {error}")))
}

fn sorted(map: &HashMap<String, String>) -> BTreeMap<String, String> {
    map.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn number(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
