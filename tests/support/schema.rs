//! Checks JSON against the schemas of this repository, more strictly than others have to.

use std::collections::BTreeSet;
use std::path::Path;

use jsonschema::Validator;
use serde_json::Value;

/// A schema of `schema/`, with which nothing may be said that it does not describe.
pub struct Schema {
    validator: Validator,
    properties: BTreeSet<String>,
}

impl Schema {
    /// Reads one.
    pub fn read(name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema").join(name);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut schema: Value = serde_json::from_str(&text).expect("a schema is JSON");
        let mut properties = BTreeSet::new();
        close(&mut schema, &mut properties);
        let validator = jsonschema::draft202012::new(&schema).expect("it is a schema");
        Self { validator, properties }
    }

    /// Complains unless the value is as the schema says.
    pub fn check(&self, value: &Value) {
        let problems: Vec<String> =
            self.validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(problems.is_empty(), "{}\n{value:#}", problems.join("\n"));
    }

    /// Whether the value is as the schema says.
    pub fn takes(&self, value: &Value) -> bool {
        self.validator.is_valid(value)
    }

    /// Properties that the schema describes and none of the values has.
    pub fn unused(&self, values: &[Value]) -> Vec<&str> {
        let mut used = BTreeSet::new();
        values.iter().for_each(|value| keys(value, &mut used));
        self.properties.iter().filter(|name| !used.contains(*name)).map(String::as_str).collect()
    }
}

/// Forbids what an object of the schema does not describe, so that nothing is written that nobody could know of.
fn close(schema: &mut Value, properties: &mut BTreeSet<String>) {
    match schema {
        Value::Object(map) => {
            let is_object = map.get("type").is_some_and(|kind| kind == "object") || map.contains_key("required");
            if let (true, Some(Value::Object(own))) = (is_object, map.get("properties")) {
                properties.extend(own.keys().cloned());
                map.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
            map.values_mut().for_each(|value| close(value, properties));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| close(value, properties)),
        _ => {}
    }
}

fn keys(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            found.extend(map.keys().cloned());
            map.values().for_each(|value| keys(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| keys(value, found)),
        _ => {}
    }
}
