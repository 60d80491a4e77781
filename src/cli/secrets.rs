//! Which variables hold secrets, by their names.
//!
//! Must not know what is done about them.

use super::settings::Settings;
use crate::config::Config;
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
    let is_secret = |name: &str| {
        let upper = name.to_uppercase();
        ENDS.iter().any(|end| upper.ends_with(end)) || masked.iter().any(|masked| masked == name)
    };
    variables.into_iter().filter(|(name, _)| is_secret(name)).map(|(_, value)| value.clone()).collect()
}
