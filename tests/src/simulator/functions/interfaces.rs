//! Network interfaces: one per subnet and group, shared by the functions that name both, and deleted minutes after the last of these.

use std::collections::BTreeMap;

use domain::kind::functions::Function;

use super::{Transition, Turn};

/// By subnet and security group.
#[derive(Debug, Clone, Default)]
pub(super) struct Interfaces(BTreeMap<(String, String), Interface>);

#[derive(Debug, Clone)]
struct Interface {
    id: String,
    /// Of the last function that named it: Lambda deletes it by that role.
    role: String,
    leaving: bool,
}

fn needs(functions: &[Function], subnet: &str, group: &str) -> bool {
    functions.iter().any(|function| function.security_group == group && function.subnets.contains(subnet))
}

impl Interfaces {
    /// What is left of functions that are gone is told by its group.
    pub(super) fn lines(&self) -> Vec<String> {
        let line = |((subnet, group), interface): (&(String, String), &Interface)| {
            format!("function-interface in {subnet} {group} {}", if interface.leaving { "leaving" } else { "attached" })
        };
        self.0.iter().map(line).collect()
    }

    pub(super) fn are_in(&self, id: &str) -> bool {
        self.0.keys().any(|(subnet, group)| subnet == id || group == id)
    }

    pub(super) fn ids_in(&self, group: &str) -> Vec<String> {
        self.0.iter().filter(|((_, of), _)| of == group).map(|(_, interface)| interface.id.clone()).collect()
    }

    /// Makes what the function needs and has not.
    pub(super) fn attach(&mut self, function: &Function, turn: &mut Turn) {
        for subnet in &function.subnets {
            let key = (subnet.clone(), function.security_group.clone());
            let interface =
                self.0.entry(key).or_insert_with(|| Interface { id: turn.hex("eni-", 17), role: String::new(), leaving: false });
            interface.role.clone_from(&function.role);
        }
    }

    /// What none of `functions` needs is deleted after a while.
    pub(super) fn release(&mut self, functions: &[Function], turn: &mut Turn) {
        for ((subnet, group), interface) in &mut self.0 {
            if !interface.leaving && !needs(functions, subnet, group) {
                interface.leaving = true;
                let wait = turn.takes("lambda-network-interface", "delete", group);
                turn.later(wait, Transition::FunctionInterfaceGone { subnet: subnet.clone(), group: group.clone() });
            }
        }
    }

    /// It is deleted, unless a function needs it again, or its role cannot do it any more: then it stays for ever.
    pub(super) fn becomes_gone(&mut self, subnet: &str, group: &str, functions: &[Function], may_delete: impl Fn(&str) -> bool) {
        let key = (subnet.to_owned(), group.to_owned());
        let Some(interface) = self.0.get_mut(&key) else { return };
        interface.leaving = false;
        if !needs(functions, subnet, group) && may_delete(&interface.role) {
            self.0.remove(&key);
        }
    }
}
