//! The files that a call is about: its plans, and the configuration of each of them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::args::VERBS;
use super::super::locate::{self, Located, NotFound};
use super::call::{ConfigFile, Refusal};
use crate::config::{self, Config, Place};
use crate::diagnostic::{Diagnostics, codes};
use crate::host::Host;
use crate::lint::check_levels;
use crate::source::{MOST_READ, Source, Span};
use crate::text::{clean_line, nearest, plural};

/// The configuration files that were read, by folder.
pub(super) struct Configs {
    pub(super) here: PathBuf,
    pub(super) explicit: Option<Arc<ConfigFile>>,
    pub(super) read: Vec<Arc<ConfigFile>>,
    pub(super) diagnostics: Diagnostics,
}

impl Configs {
    /// The configuration that holds for a repository.
    pub(super) fn of(&mut self, repository: &Path, host: &dyn Host) -> Result<Arc<ConfigFile>, Refusal> {
        if let Some(explicit) = &self.explicit {
            return Ok(Arc::clone(explicit));
        }
        if let Some(read) = self.read.iter().find(|file| file.folder == repository) {
            return Ok(Arc::clone(read));
        }
        let path = repository.join(config::FILE_NAME);
        let refuse = |why: &str| {
            let shown = path.display();
            Err(Refusal::Usage(format!("cannot read the configuration {shown}: it {why}")))
        };
        if host.is_special(&path) {
            return refuse("is no regular file");
        }
        if locate::leads_out(&path, repository, host) {
            return refuse("is a link that leads out of the repository; name it with --config if it is meant");
        }
        let file = if host.exists(&path) {
            self.open(&path, path.strip_prefix(&self.here).unwrap_or(&path), host)?
        } else {
            Arc::new(ConfigFile { folder: repository.to_path_buf(), config: Config::default() })
        };
        self.read.push(Arc::clone(&file));
        Ok(file)
    }

    pub(super) fn open(&mut self, path: &Path, shown: &Path, host: &dyn Host) -> Result<Arc<ConfigFile>, Refusal> {
        let shown = shown.display().to_string();
        let refuse = |why: String| Refusal::Usage(format!("cannot read the configuration {shown}: {why}"));
        let bytes = host.read_part(path, 0, MOST_READ).map_err(|error| refuse(error.to_string()))?;
        let source = Source::decode(shown.as_str(), &bytes).map_err(|error| refuse(error.to_string()))?;
        let source = Arc::new(source);
        if let Some(at) = source.decoding().invalid_at {
            self.diagnostics.push(codes::not_utf8(&source, Span::new(at, at)));
        }
        let body = Span::new(0, source.text().len());
        let config = config::parse(&source, body, Place::File, &mut self.diagnostics);
        check_levels(&config, &mut self.diagnostics);
        let folder = path.parent().unwrap_or(Path::new("/"));
        let folder = host.canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
        Ok(Arc::new(ConfigFile { folder, config }))
    }
}

/// The files to read, and whether the user did not name them.
pub(super) fn find(
    words: &[PathBuf],
    config: &ConfigFile,
    here: &Path,
    home: &Path,
    host: &dyn Host,
) -> Result<(Vec<PathBuf>, bool), Refusal> {
    let mut files = Vec::new();
    if !words.is_empty() {
        for word in words {
            files.extend(locate::expand(word, here, host).map_err(|problem| refusal(problem, here))?);
        }
        return Ok((files, false));
    }
    let globs = &config.config.plans;
    if !globs.is_empty() {
        for glob in globs {
            match locate::expand(Path::new(glob), &config.folder, host) {
                Ok(found) => files.extend(found),
                // One glob may well be for plans that are still to come.
                Err(NotFound::Nothing(_) | NotFound::EmptyDirectory(_)) => {}
                Err(NotFound::Refused(why)) => return Err(Refusal::Usage(why)),
            }
        }
        if files.is_empty() {
            return Err(Refusal::NothingFound(format!(
                "no plan found: nothing in {} matches `plans` of the configuration: {}",
                config.folder.display(),
                globs.join(", ")
            )));
        }
        return Ok((files, true));
    }
    let files = locate::in_usual_places(home, host).map_err(Refusal::Usage)?;
    if files.is_empty() {
        return Err(Refusal::NothingFound(format!("no plan found in {}{}", home.display(), looked_for())));
    }
    Ok((files, true))
}

fn refusal(problem: NotFound, here: &Path) -> Refusal {
    match problem {
        NotFound::Nothing(name) => {
            let verb = nearest(&name, VERBS.iter().copied());
            let hint =
                verb.map(|verb| format!("; did you mean the verb `{verb}`, which goes first?")).unwrap_or_default();
            Refusal::Usage(format!("no file matches `{name}` (looked for from {}){hint}", here.display()))
        }
        NotFound::EmptyDirectory(name) => {
            Refusal::NothingFound(format!("no plan found in the directory `{name}`{}", looked_for()))
        }
        NotFound::Refused(why) => Refusal::Usage(why),
    }
}

fn looked_for() -> String {
    format!(
        "; looked for:\n  {}\nname a plan, or set `plans` in {}",
        locate::USUAL_PLACES.join("\n  "),
        config::FILE_NAME
    )
}

pub(super) fn found(plans: &[Located]) -> String {
    let names: Vec<String> = plans.iter().map(|plan| clean_line(&plan.shown)).collect();
    format!("found {}: {}", plural(plans.len(), "plan"), names.join(", "))
}
