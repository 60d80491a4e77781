//! The variables of the files that configuration names by `env_file`.
//!
//! Must not know which of them are secrets.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::settings::{PlanFile, Refusal, Settings};
use crate::config::{Config, Named, parse_env_file};
use crate::diagnostic::{Diagnostics, codes};
use crate::host::Host;
use crate::source::{Source, Span};

/// The most that is read of a file, in bytes.
const MOST: u64 = 1024 * 1024;

/// Names and values.
pub(super) type Variables = BTreeMap<String, String>;

/// What the files say that configuration files name, by the folder of the configuration.
pub(super) struct EnvFiles(Vec<(PathBuf, Variables)>);

impl EnvFiles {
    /// Reads them, each once.
    ///
    /// # Errors
    /// When one is not there or cannot be understood.
    pub(super) fn gather(settings: &Settings, host: &dyn Host) -> Result<Self, Refusal> {
        let mut diagnostics = Diagnostics::default();
        let mut known: Vec<(PathBuf, Variables)> = Vec::new();
        for file in settings.config_files() {
            if known.iter().all(|(folder, _)| *folder != file.folder) {
                let mut variables = Variables::new();
                read(&file.config.env_files, &file.folder, &mut variables, host, &mut diagnostics);
                known.push((file.folder.clone(), variables));
            }
        }
        if diagnostics.has_errors() { Err(Refusal::Config(diagnostics)) } else { Ok(Self(known)) }
    }

    /// What holds for a plan: what its front matter names outranks what its configuration names.
    pub(super) fn of(
        &self,
        plan: &PlanFile,
        front: &Config,
        host: &dyn Host,
        diagnostics: &mut Diagnostics,
    ) -> Variables {
        let known = self.0.iter().find(|(folder, _)| *folder == plan.config.folder);
        let mut variables = known.map(|(_, variables)| variables.clone()).unwrap_or_default();
        read(&front.env_files, &plan.located.repository, &mut variables, host, diagnostics);
        variables
    }
}

fn read(named: &[Named], folder: &Path, variables: &mut Variables, host: &dyn Host, diagnostics: &mut Diagnostics) {
    for file in named {
        let path = folder.join(&file.name);
        let bytes = if host.is_special(&path) {
            Err("it is no regular file".to_owned())
        } else {
            host.read_part(&path, 0, MOST + 1).map_err(|error| error.to_string())
        };
        let decoded = bytes
            .and_then(
                |bytes| if bytes.len() as u64 > MOST { Err("it is larger than 1 MiB".to_owned()) } else { Ok(bytes) },
            )
            .and_then(|bytes| Source::decode(file.name.as_str(), &bytes).map_err(|error| error.to_string()));
        match decoded {
            Ok(source) => {
                let source = Arc::new(source);
                if let Some(at) = source.decoding().invalid_at {
                    diagnostics.push(codes::not_utf8(&source, Span::new(at, at)));
                }
                parse_env_file(&source, variables, diagnostics);
            }
            Err(why) => {
                let path = path.display().to_string();
                diagnostics.push(codes::missing_env_file(&file.source, file.span, &file.name, &path, &why));
            }
        }
    }
}
