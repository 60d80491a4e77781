//! Which variables hold secrets, by their names.
//!
//! Must not know what is done about them.

use super::env_files::Variables;
use super::settings::Settings;
use crate::config::Config;
use crate::diagnostic::{Diagnostics, codes};
use crate::host::Host;
use crate::plan::Plan;

/// Ends of the names of variables whose values are secrets.
const ENDS: [&str; 4] = ["TOKEN", "SECRET", "PASSWORD", "KEY"];

/// The secrets of this process's environment, as far as names alone tell.
pub(super) fn of_environment(host: &dyn Host) -> Vec<String> {
    named(pairs(&host.variables()), &[])
}

/// The secrets of the environment and of all configuration files.
pub(super) fn of_settings(settings: &Settings, host: &dyn Host) -> Vec<String> {
    let masked = masked(settings);
    let mut secrets = named(pairs(&host.variables()), &masked);
    for file in settings.config_files() {
        secrets.extend(of_config(&file.config, &masked));
    }
    secrets
}

/// The secrets of a plan: of its front matter, and of what its stages are given.
pub(super) fn of_plan(front: &Config, plan: Option<&Plan>, settings: &Settings) -> Vec<String> {
    let masked = masked(settings);
    let mut secrets = of_config(front, &masked);
    for stage in plan.iter().flat_map(|plan| &plan.stages) {
        secrets.extend(named(&stage.env, &masked));
    }
    secrets
}

/// What looks like a secret where a problem is shown with the text around it: a configuration with a fault in it may
/// have values that nobody could read.
pub(super) fn as_written(diagnostics: &Diagnostics) -> Vec<String> {
    let mut secrets = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    let places = diagnostics.all().iter().flat_map(|diagnostic| {
        let lists_variables = diagnostic.code == codes::ENV_FILE_SYNTAX;
        diagnostic.labels.iter().map(move |label| (label, lists_variables))
    });
    for (label, lists_variables) in places {
        let name = label.source.name();
        if lists_variables {
            secrets.extend(assigned(label.source.text()));
        } else if !seen.contains(&name) {
            seen.push(name);
            secrets.extend(written(configuration(name, label.source.text())));
        }
    }
    secrets
}

/// The part of a file that is configuration: all of it, or a plan's front matter.
fn configuration<'t>(name: &str, text: &'t str) -> &'t str {
    if name.ends_with(".yaml") || name.ends_with(".yml") {
        return text;
    }
    let Some(rest) = text.strip_prefix("---\n") else { return "" };
    rest.split_once("\n---").map_or(rest, |(front, _)| front)
}

/// The values of secrets in a text with lines such as `API_TOKEN: value`, also of several lines or several on a line.
fn written(text: &str) -> Vec<String> {
    let mut secrets = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        for (at, _) in line.match_indices(':') {
            let name = line[..at].rsplit(|c: char| c.is_whitespace() || "{,".contains(c)).next().unwrap_or_default();
            if !is_secret(name.trim_matches(['"', '\'']), &[]) {
                continue;
            }
            let value = line[at + 1..].trim();
            let first = value.split([',', '}']).next().unwrap_or_default();
            let before_comment = value.split(" #").next().unwrap_or_default();
            let bare = |value: &str| value.trim().trim_matches(['"', '\'']).to_owned();
            secrets.extend([value, first, before_comment].map(bare));
            if value.starts_with(['|', '>']) {
                let depth = |line: &str| line.len() - line.trim_start().len();
                while let Some(next) = lines.next_if(|next| next.trim().is_empty() || depth(next) > depth(line)) {
                    secrets.push(next.trim().to_owned());
                }
                break;
            }
        }
    }
    secrets
}

/// The values of secrets in a text with lines such as `API_TOKEN=value`.
fn assigned(text: &str) -> Vec<String> {
    let parts = text.lines().filter_map(|line| line.split_once('='));
    let secret = parts.filter(|(name, _)| is_secret(name.trim(), &[]));
    secret.map(|(_, value)| value.trim().trim_matches(['"', '\'']).to_owned()).collect()
}

/// The secrets among the variables that files give to commands.
pub(super) fn of_variables(variables: &Variables, settings: &Settings) -> Vec<String> {
    named(variables, &masked(settings))
}

/// The names that any configuration file lists.
fn masked(settings: &Settings) -> Vec<String> {
    settings.config_files().flat_map(|file| file.config.mask.iter().cloned()).collect()
}

fn of_config(config: &Config, masked: &[String]) -> Vec<String> {
    let mut secrets = named(&config.env, masked);
    for (_, stage) in &config.stages {
        secrets.extend(named(&stage.env, masked));
    }
    secrets
}

fn pairs(variables: &[(String, String)]) -> impl Iterator<Item = (&String, &String)> {
    variables.iter().map(|(name, value)| (name, value))
}

fn named<'a>(variables: impl IntoIterator<Item = (&'a String, &'a String)>, masked: &[String]) -> Vec<String> {
    variables.into_iter().filter(|(name, _)| is_secret(name, masked)).map(|(_, value)| value.clone()).collect()
}

fn is_secret(name: &str, masked: &[String]) -> bool {
    let upper = name.to_uppercase();
    ENDS.iter().any(|end| upper.ends_with(end)) || masked.iter().any(|masked| masked == name)
}
