//! Outputs of a workflow's step, read as its runner reads them.

use std::collections::BTreeMap;

/// Reads outputs: `NAME=VALUE`, or `NAME<<END` and lines up to `END`. A name comes once.
pub fn read_outputs(text: &str) -> BTreeMap<String, String> {
    let mut outputs = BTreeMap::new();
    // It takes a carriage return for the end of a line, too.
    let mut lines = text.split(['\n', '\r']);
    while let Some(line) = lines.next().filter(|line| !line.is_empty()) {
        let equals = line.find('=').unwrap_or(usize::MAX);
        let (name, value) = match line.find("<<").filter(|&at| at < equals) {
            Some(at) => {
                let value: Vec<&str> = lines.by_ref().take_while(|value| *value != &line[at + 2..]).collect();
                (&line[..at], value.join("\n"))
            }
            None => (&line[..equals], line[equals + 1..].to_owned()),
        };
        assert_eq!(outputs.insert(name.to_owned(), value), None, "{name} comes twice:\n{text}");
    }
    outputs
}
