//! The template as JSON, in CloudFormation's long form (`{"Ref": …}`, `{"Fn::GetAtt": […]}`).

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value, json};

/// A template, or a mutated copy of it.
#[derive(Clone)]
pub(crate) struct Template(pub(crate) Value);

impl Template {
    /// Reads YAML with CloudFormation's short forms.
    pub(crate) fn parse(text: &str) -> Self {
        let documents = Yaml::load_from_str(text).expect("the template is YAML");
        Self(long_form(&documents[0]))
    }

    /// The template that ships.
    pub(crate) fn shipped() -> Self {
        Self::parse(include_str!("../../../template.yaml"))
    }

    /// Logical ids and properties of all resources of a type.
    pub(crate) fn of_type<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let resources = self.0["Resources"].as_object().expect("a template has resources");
        resources.iter().filter(move |(_, r)| r["Type"] == kind).map(|(id, r)| (id.as_str(), &r["Properties"]))
    }

    /// Properties of one resource; null if there is none.
    pub(crate) fn properties(&self, id: &str) -> &Value {
        &self.0["Resources"][id]["Properties"]
    }

    /// All functions.
    pub(crate) fn functions(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.of_type("AWS::Serverless::Function")
    }

    /// The statements of the policies of the role that a function runs as.
    pub(crate) fn statements_of(&self, function: &Value) -> Vec<&Value> {
        self.statements_of_role(target(&function["Role"]).unwrap_or_default())
    }

    /// The statements of a role's own policies, and of those of the template that are attached to it.
    pub(crate) fn statements_of_role(&self, role: &str) -> Vec<&Value> {
        let own = list(&self.properties(role)["Policies"]).map(|policy| &policy["PolicyDocument"]);
        let is_attached = |policy: &&Value| list(&policy["Roles"]).any(|to| target(to) == Some(role));
        let attached = self.of_type("AWS::IAM::ManagedPolicy").map(|(_, policy)| policy).filter(is_attached);
        own.chain(attached.map(|policy| &policy["PolicyDocument"])).flat_map(|document| list(&document["Statement"])).collect()
    }
}

/// The logical id that `Ref` or `Fn::GetAtt` names.
pub(crate) fn target(value: &Value) -> Option<&str> {
    value["Ref"].as_str().or_else(|| value["Fn::GetAtt"][0].as_str())
}

/// The elements of a list, or the one value that CloudFormation and IAM take for a list of one.
pub(crate) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    let (many, one) = match value {
        Value::Array(many) => (many.as_slice(), None),
        Value::Null => (&[][..], None),
        one => (&[][..], Some(one)),
    };
    many.iter().chain(one)
}

fn long_form(node: &Yaml<'_>) -> Value {
    match node {
        Yaml::Value(scalar) => scalar_value(scalar),
        Yaml::Sequence(items) => items.iter().map(long_form).collect(),
        Yaml::Mapping(entries) => {
            let entry = |(k, v): (&Yaml<'_>, &Yaml<'_>)| (k.as_str().expect("keys are text").to_owned(), long_form(v));
            Value::Object(entries.iter().map(entry).collect::<Map<_, _>>())
        }
        Yaml::Tagged(tag, inner) => intrinsic(&tag.suffix, long_form(inner)),
        other => panic!("nothing CloudFormation reads: {other:?}"),
    }
}

fn scalar_value(scalar: &Scalar<'_>) -> Value {
    match scalar {
        Scalar::Null => Value::Null,
        Scalar::Boolean(b) => json!(b),
        Scalar::Integer(i) => json!(i),
        Scalar::FloatingPoint(f) => json!(f.into_inner()),
        Scalar::String(s) => json!(s),
    }
}

fn intrinsic(name: &str, argument: Value) -> Value {
    match (name, &argument) {
        ("Ref" | "Condition", _) => json!({ name: argument }),
        ("GetAtt", Value::String(path)) => {
            let (id, attribute) = path.split_once('.').expect("GetAtt names an attribute");
            json!({ "Fn::GetAtt": [id, attribute] })
        }
        _ => json!({ format!("Fn::{name}"): argument }),
    }
}
