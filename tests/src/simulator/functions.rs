//! Lambda: functions with their policies, and the network interfaces that outlive them.

mod checks;
mod interfaces;
mod permissions;

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::functions::Function;
use domain::kind::plain::{Progress, Shown};
use domain::observed::Observed;
use domain::ports::{Call, CreateFunction, PutFunctionConcurrency, Reply, UpdateFunctionConfiguration};
use domain::resource::Tags;
use jiff::Timestamp;
use serde_json::json;

use super::environment::{Environment, OWN_FUNCTION};
use super::grounds::Grounds;
use super::network::Network;
use super::shelf::{Shelf, Thing};
use super::turn::{Answer, Refused, Transition, Turn};
use interfaces::Interfaces;
use permissions::Permissions;

/// How Lambda's own words begin for what takes time.
const CREATING: &str = "being created";
/// See [`CREATING`].
const UPDATING: &str = "being updated";

/// What functions stand on.
pub(super) struct Footing<'a> {
    pub(super) grounds: &'a Grounds,
    pub(super) network: &'a Network,
}

/// By name. Of a function here `code_of` is the build that it runs.
#[derive(Debug, Clone)]
pub(super) struct Functions {
    functions: Shelf<Function>,
    permissions: Permissions,
    interfaces: Interfaces,
    builds: u32,
}

fn missing(name: &str) -> Refused {
    Refused::new(Cause::NotFound, format!("ResourceNotFoundException: Function not found: {name}"))
}

impl Functions {
    /// The stack's own function, as nobody's.
    pub(super) fn of(environment: &Environment) -> Self {
        let mut functions = Self {
            functions: Shelf::new(Detail::LambdaFunction),
            permissions: Permissions::default(),
            interfaces: Interfaces::default(),
            builds: 0,
        };
        functions.deploy(OWN_FUNCTION, environment);
        functions
    }

    /// Another build of one of the stack's own functions.
    pub(super) fn deploy(&mut self, name: &str, environment: &Environment) {
        self.builds += 1;
        let own = json!({ "code_of": format!("build {}", self.builds), "role": "", "memory_mib": 256, "timeout_seconds": 30, "subnets": [],
            "security_group": "", "log_group": "" });
        let own: Function = serde_json::from_value(own).expect("a function has these properties");
        let arn = environment.arn("lambda", &format!("function:{name}"));
        let shown = Shown::done(name, own).giving("name", name);
        self.functions.put(Thing { name: name.to_owned(), token: None, arn, tags: Tags::new(), shown }, Timestamp::UNIX_EPOCH);
    }

    /// A line each, for the census.
    pub(super) fn lines(&self) -> Vec<String> {
        let lines = self.functions.lines("function").into_iter().chain(self.permissions.lines());
        lines.chain(self.interfaces.lines()).collect()
    }

    pub(super) fn tags(&self) -> impl Iterator<Item = &Tags> {
        self.functions.all().map(|one| &one.tags)
    }

    /// All that stands, with its ARN.
    pub(super) fn tagged(&self) -> impl Iterator<Item = (&String, &Tags)> {
        self.functions.all().map(|one| (&one.arn, &one.tags))
    }

    /// Whether a network interface is in the subnet or the group `id`, also one of a function that is gone.
    pub(super) fn are_in(&self, id: &str) -> bool {
        self.interfaces.are_in(id)
    }

    /// Reads. None: the call is none of Lambda's.
    pub(super) fn read(&self, call: &Call, turn: &Turn) -> Option<Answer<Reply>> {
        Some(Ok(match call {
            Call::GetFunction(request) => {
                Reply::GetFunction(self.functions.get(&request.name).map(|one| self.functions.view(one, turn.now)))
            }
            Call::GetFunctionPolicy(request) => Reply::GetFunctionPolicy(self.permissions.policy(&request.name)),
            Call::DescribeFunctionInterfaces(request) => Reply::DescribeFunctionInterfaces(self.interfaces.ids_in(&request.security_group)),
            _ => return None,
        }))
    }

    /// Effects. None: the call is none of Lambda's.
    pub(super) fn change(
        &mut self,
        call: &Call,
        footing: &Footing<'_>,
        environment: &Environment,
        turn: &mut Turn,
    ) -> Option<Answer<Reply>> {
        Some(match call {
            Call::CreateFunction(request) => self.create(request, footing, environment, turn).map(Reply::CreateFunction),
            Call::UpdateFunctionCode(request) => self.update_code(&request.name, &request.code_of, turn).map(Reply::UpdateFunctionCode),
            Call::UpdateFunctionConfiguration(request) => self.configure(request, footing, turn).map(Reply::UpdateFunctionConfiguration),
            Call::PutFunctionConcurrency(request) => self.reserve(request).map(Reply::PutFunctionConcurrency),
            Call::DeleteFunctionConcurrency(request) => {
                self.function(&request.name).map(|one| one.shown.properties.concurrency = None).map(Reply::DeleteFunctionConcurrency)
            }
            Call::AddPermission(request) => {
                let known = self.function(&request.name).map(|_| ());
                known.and_then(|()| self.permissions.add(request)).map(Reply::AddPermission)
            }
            Call::RemovePermission(request) => self.permissions.remove(&request.name, &request.statement).map(Reply::RemovePermission),
            Call::DeleteFunction(request) => self.delete(&request.name, turn).map(Reply::DeleteFunction),
            Call::TagFunction(request) => super::grounds::tag(&mut self.functions, &request.arn, &request.tags).map(Reply::TagFunction),
            _ => return None,
        })
    }

    fn create(&mut self, request: &CreateFunction, footing: &Footing<'_>, environment: &Environment, turn: &mut Turn) -> Answer<Observed> {
        let CreateFunction { name, desired, tags } = request;
        let build = self.build(&desired.code_of)?;
        if self.functions.get(name).is_some() {
            return Err(Refused::fact("lambda_function_exists", Cause::AlreadyExists, &[("name", name)]));
        }
        checks::settings(desired, footing, turn.now)?;
        let properties = Function { code_of: build, concurrency: None, invoked_by: None, ..desired.clone() };
        self.interfaces.attach(&properties, turn);
        let shown = Shown { progress: Progress::Working(CREATING.into()), ..Shown::done(name, properties).giving("name", name) };
        let arn = environment.arn("lambda", &format!("function:{name}"));
        let mut made = self.functions.put(Thing { name: name.clone(), token: None, arn, tags: tags.clone(), shown }, turn.now);
        self.begin(name, "create", turn);
        if let Detail::LambdaFunction(seen) = &mut made.detail {
            seen.properties.code_of.clone_from(&desired.code_of);
        }
        Ok(made)
    }

    fn update_code(&mut self, name: &str, code_of: &str, turn: &mut Turn) -> Answer<()> {
        let build = self.build(code_of)?;
        self.idle(name)?.properties.code_of = build;
        self.begin(name, "update", turn);
        Ok(())
    }

    fn configure(&mut self, request: &UpdateFunctionConfiguration, footing: &Footing<'_>, turn: &mut Turn) -> Answer<()> {
        let UpdateFunctionConfiguration { name, desired } = request;
        let seen = self.idle(name)?;
        checks::settings(desired, footing, turn.now)?;
        let Function { code_of, concurrency, .. } = seen.properties.clone();
        seen.properties = Function { code_of, concurrency, invoked_by: None, ..desired.clone() };
        let properties = seen.properties.clone();
        self.interfaces.attach(&properties, turn);
        self.release(turn);
        self.begin(name, "update", turn);
        Ok(())
    }

    fn reserve(&mut self, request: &PutFunctionConcurrency) -> Answer<()> {
        let others = self.functions.all().filter(|one| one.name != request.name).filter_map(|one| one.shown.properties.concurrency);
        checks::concurrency(others.sum::<u32>() + request.concurrency)?;
        self.function(&request.name)?.shown.properties.concurrency = Some(request.concurrency);
        Ok(())
    }

    fn delete(&mut self, name: &str, turn: &mut Turn) -> Answer<()> {
        self.functions.take(name).ok_or_else(|| missing(name))?;
        self.permissions.forget(name);
        self.release(turn);
        Ok(())
    }

    /// The build that the function `code_of` runs.
    fn build(&self, code_of: &str) -> Answer<String> {
        let source = self.functions.get(code_of).map(|source| source.shown.properties.code_of.clone());
        source.ok_or_else(|| Refused::new(Cause::InvalidRequest, format!("function {code_of} of code_of does not exist")))
    }

    fn function(&mut self, name: &str) -> Answer<&mut Thing<Function>> {
        self.functions.get_mut(name).ok_or_else(|| missing(name))
    }

    /// One that takes a change now.
    fn idle(&mut self, name: &str) -> Answer<&mut Shown<Function>> {
        let function = self.function(name)?;
        match &function.shown.progress {
            Progress::Working(word) if word == CREATING => Err(Refused::fact("lambda_function_pending", Cause::InvalidState, &[])),
            Progress::Working(_) => Err(Refused::fact("lambda_update_in_progress", Cause::InvalidState, &[("arn", &function.arn)])),
            _ => Ok(&mut function.shown),
        }
    }

    fn begin(&mut self, name: &str, phase: &'static str, turn: &mut Turn) {
        let Some(function) = self.functions.get_mut(name) else { return };
        let kind = if function.shown.properties.subnets.is_empty() { "lambda-function" } else { "vpc-lambda-function" };
        if phase == "update" {
            function.shown.progress = Progress::Working(UPDATING.into());
        }
        let wait = turn.takes(kind, phase, name);
        turn.later(wait, Transition::FunctionReady { name: name.to_owned() });
    }

    /// Interfaces that no function needs any more go later.
    fn release(&mut self, turn: &mut Turn) {
        let needed: Vec<_> = self.functions.all().map(|one| one.shown.properties.clone()).collect();
        self.interfaces.release(&needed, turn);
    }

    pub(super) fn becomes(&mut self, transition: &Transition, grounds: &Grounds) {
        match transition {
            Transition::FunctionReady { name } => {
                self.functions.becomes_done(name);
            }
            Transition::FunctionInterfaceGone { subnet, group } => {
                let needed: Vec<_> = self.functions.all().map(|one| one.shown.properties.clone()).collect();
                self.interfaces.becomes_gone(subnet, group, &needed, |role| checks::may_delete_interfaces(grounds, role));
            }
            _ => {}
        }
    }
}
