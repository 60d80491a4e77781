//! A document that is open in the editor, and what was read in it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::app;
use super::super::args::{self, Parsed};
use super::super::cmd_explain::{self, Decision};
use super::super::cmd_lint;
use super::super::console::Console;
use super::super::locate::{self, Located};
use super::super::settings::{PlanFile, Settings, Terminals};
use super::positions;
use crate::host::Host;
use crate::lint::Finding;
use crate::plan::Plan;
use crate::source::Source;

/// An open document. Its text is the editor's; the file may say something else.
pub(super) struct Document {
    /// Its address.
    pub(super) uri: String,
    /// The number that the editor gives to its text, if it does.
    pub(super) version: Option<i64>,
    /// Whether what was found in it has yet to be told.
    pub(super) is_dirty: bool,
    place: Place,
    /// What is in it.
    pub(super) read: Read,
}

/// Where a document belongs.
struct Place {
    settings: Settings,
    file: PlanFile,
    /// Whether plan-run would take it for a plan without being told.
    is_found: bool,
    /// Whether there is such a file.
    is_file: bool,
}

/// What was read in a text.
pub(super) struct Read {
    /// The text.
    pub(super) source: Arc<Source>,
    /// Its stages and checks.
    pub(super) plan: Arc<Plan>,
    /// What explain says of its lines.
    pub(super) decisions: Vec<Decision>,
    /// What lint finds.
    pub(super) findings: Vec<Finding>,
}

impl Document {
    /// A document with its text; `None` where its configuration is in error or its text is too large.
    pub(super) fn open(
        uri: String,
        version: Option<i64>,
        text: &str,
        console: &Console,
        host: &dyn Host,
    ) -> Option<Self> {
        let place = Place::of(&uri, host)?;
        let read = place.read(text, console, host)?;
        Some(Self { uri, version, is_dirty: true, place, read })
    }

    /// Takes over a new text.
    pub(super) fn change(&mut self, version: Option<i64>, text: &str, console: &Console, host: &dyn Host) {
        if let Some(read) = self.place.read(text, console, host) {
            self.read = read;
        }
        self.version = version;
        self.is_dirty = true;
    }

    /// Looks again at what is around it: its configuration, and the files that it speaks of.
    pub(super) fn look_again(&mut self, console: &Console, host: &dyn Host) {
        if let Some(place) = Place::of(&self.uri, host) {
            self.place = place;
        }
        let source = Arc::clone(&self.read.source);
        self.read = self.place.read_source(source, console, host);
        self.is_dirty = true;
    }

    /// What would be found in the document if it had another text.
    pub(super) fn findings_with(&self, text: &str, console: &Console, host: &dyn Host) -> Vec<Finding> {
        let source = Arc::new(Source::from_text(self.read.source.name(), text));
        let Place { settings, file, .. } = &self.place;
        cmd_lint::find(&source, file, settings, console, host).1
    }

    /// Whether it is a plan: by its place, by what its author says to plan-run, or by a form that is no other text's.
    /// An editor opens every Markdown file, and a README is not to be told that it lacks stages.
    pub(super) fn is_plan(&self) -> bool {
        let plan = &self.read.plan;
        self.place.is_found
            || !plan.directed.is_empty()
            || plan.dialect != "freeform" && plan.stages.iter().filter(|stage| !stage.checks.is_empty()).count() >= 2
    }

    /// Whether it is a file, whatever stands in it.
    pub(super) fn is_saved_somewhere(&self) -> bool {
        self.place.is_file
    }

    /// Whether its file says the same as the editor.
    pub(super) fn is_saved(&self, host: &dyn Host) -> bool {
        let file = app::decode(&self.place.file, host);
        file.is_ok_and(|file| file.text() == self.read.source.text())
    }

    /// The root of its repository.
    pub(super) fn repository(&self) -> &Path {
        &self.place.file.located.repository
    }

    /// Its own file.
    pub(super) fn file(&self) -> &Path {
        &self.place.file.located.path
    }
}

impl Place {
    fn of(uri: &str, host: &dyn Host) -> Option<Self> {
        let path = positions::path(uri).unwrap_or_else(|| PathBuf::from("untitled.md"));
        let gather = |verb: &str, words: &[&Path]| {
            let words = words.iter().map(|word| word.as_os_str().to_owned());
            match args::parse(["plan-run", verb].map(OsString::from).into_iter().chain(words)) {
                Parsed::Args(args) => Settings::gather(&args, Terminals::default(), host).ok(),
                Parsed::Say { .. } => None,
            }
        };
        let named = gather("list", &[&path]).and_then(|settings| Some((settings.plans.first()?.clone(), settings)));
        let (file, settings) = match named {
            Some(named) => named,
            // It was never saved.
            None => {
                let settings = gather("report", &[])?;
                let folder = path.parent().unwrap_or(Path::new("/"));
                let repository = locate::repository(folder, host).unwrap_or_else(|| settings.here.clone());
                let shown = path.strip_prefix(&repository).unwrap_or(&path).to_string_lossy().into_owned();
                let located = Located { path: settings.here.join(&path), shown, repository };
                (PlanFile { located, config: Arc::clone(&settings.config), dialect: None }, settings)
            }
        };
        let is_found = settings.found(&file, host).contains(&file.located.path);
        let is_file = host.exists(&file.located.path);
        Some(Self { settings, file, is_found, is_file })
    }

    fn read(&self, text: &str, console: &Console, host: &dyn Host) -> Option<Read> {
        let source = Source::decode(self.file.located.shown.as_str(), text.as_bytes()).ok()?;
        Some(self.read_source(Arc::new(source), console, host))
    }

    fn read_source(&self, source: Arc<Source>, console: &Console, host: &dyn Host) -> Read {
        let (_, findings) = cmd_lint::find(&source, &self.file, &self.settings, console, host);
        let plan = Arc::new(app::understand(&source, &self.file).plan);
        let decisions = cmd_explain::decisions(&plan);
        Read { source, plan, decisions, findings }
    }
}
