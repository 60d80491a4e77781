//! Which checks are in quarantine today, and what is odd about the entries.
//!
//! Must not know what becomes of a check.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use time::OffsetDateTime;

use super::cmd_run::Chosen;
use super::settings::{ConfigFile, Settings};
use crate::config::Quarantine;
use crate::diagnostic::{Diagnostics, codes};
use crate::host::Host;
use crate::plan::{Plan, Quarantined, day, means, quarantined};
use crate::text::nearest;

/// Notes for each check what the quarantine says of it; says which entries have expired, and which are for nothing.
pub(super) fn apply(chosen: &mut Chosen, settings: &Settings, host: &dyn Host) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    let today = OffsetDateTime::from(host.now()).date();
    let mut configs: Vec<&Arc<ConfigFile>> = Vec::new();
    for (selected, origin) in chosen.selection.plans.iter_mut().zip(&chosen.origins) {
        let config = &origin.file.config;
        if config.config.quarantine.is_empty() {
            continue;
        }
        if !configs.iter().any(|known| Arc::ptr_eq(known, config)) {
            configs.push(config);
        }
        let entries = quarantined(&selected.plan, &config.config.quarantine);
        let said = |entry: Option<&Quarantine>| entry.map(|entry| Quarantined::of(entry, today));
        selected.quarantine = entries.iter().map(|entry| said(*entry)).collect();
        for entry in entries.into_iter().flatten().filter(|entry| entry.expires < today) {
            let Quarantine { check, owner, expires, expires_at, .. } = entry;
            let problem = codes::expired_quarantine(&check.source, *expires_at, &check.name, owner, &day(*expires));
            // An entry for a stage is for each of its checks.
            if !diagnostics.all().contains(&problem) {
                diagnostics.push(problem);
            }
        }
    }
    // A plan that cannot be read may have what an entry is for.
    if chosen.broken.is_empty() {
        let whole = Whole { settings, host, known: None };
        configs.into_iter().fold(whole, |whole, config| whole.unknown(chosen, config, &mut diagnostics));
    }
    diagnostics
}

/// Knows whether a run is of all plans that there are.
struct Whole<'a> {
    settings: &'a Settings,
    host: &'a dyn Host,
    /// Looked for when it is wanted: it means a walk through all folders.
    known: Option<bool>,
}

impl Whole<'_> {
    /// Says which entries of a configuration are for nothing.
    fn unknown(mut self, chosen: &Chosen, config: &Arc<ConfigFile>, diagnostics: &mut Diagnostics) -> Self {
        let of_config = chosen.selection.plans.iter().zip(&chosen.origins);
        let plans: Vec<&Plan> = of_config
            .filter(|(_, origin)| Arc::ptr_eq(&origin.file.config, config))
            .map(|(selected, _)| &*selected.plan)
            .collect();
        for entry in &config.config.quarantine {
            if plans.iter().any(|plan| means(entry, plan)) {
                continue;
            }
            let named = &entry.check;
            let (missing, among): (String, Vec<&Plan>) = match named.name.rsplit_once('#') {
                Some((path, name)) => match plans.iter().find(|plan| plan.source.name() == path) {
                    Some(plan) => (format!("{path} has no check and no stage `{name}`"), vec![*plan]),
                    None if self.host.exists(&config.folder.join(path)) => continue,
                    None => (format!("there is no file {path}"), Vec::new()),
                },
                None if self.is_all(chosen) => {
                    (format!("no plan has a check or a stage `{}`", named.name), plans.clone())
                }
                None => continue,
            };
            let labels = among.iter().flat_map(|plan| &plan.checks).map(|check| check.label.as_str());
            let name = named.name.rsplit('#').next().unwrap_or_default();
            let near = nearest(name, labels);
            diagnostics.push(codes::unknown_quarantine(&named.source, named.span, &named.name, &missing, near));
        }
        self
    }

    fn is_all(&mut self, chosen: &Chosen) -> bool {
        let Self { settings, host, known } = self;
        *known.get_or_insert_with(|| {
            let real = |path: &PathBuf| host.canonicalize(path).unwrap_or_else(|_| path.clone());
            let run: BTreeSet<PathBuf> = chosen.origins.iter().map(|origin| real(&origin.file.located.path)).collect();
            let first = chosen.origins.first();
            first.is_some_and(|first| settings.found(&first.file, *host).iter().all(|path| run.contains(&real(path))))
        })
    }
}
