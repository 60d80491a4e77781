//! Where reports go, and the writing of them: what `run`, `report` and `merge` share.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::thread::ScopedJoinHandle;

use super::args::{AnnotationsArg, ReportFiles};
use super::report_folder;
use super::settings::{Refusal, Settings};
use super::workflow::{self, step_output, step_summary};
use crate::host::Host;
use crate::report::{self, ReadPart, RunReport, Verdict};

/// The most bytes of a summary where nothing is said of it: GitHub drops one of more than a MiB, whatever stands in it,
/// and other steps may want to add to it.
const SUMMARY_LIMIT: u64 = 900 * 1024;

/// The most bytes that a report keeps of one check's output, where nothing else is asked for.
const MOST_OUTPUT: u64 = 64 * 1024;

/// Reports of no more checks than this are written before a thread for each of them would be there.
const FEW: usize = 200;

/// Writes a report piece by piece, with at most so many bytes of each output.
pub(super) type Streamed = fn(&RunReport, &ReadPart<'_>, u64, &mut dyn io::Write) -> io::Result<()>;

/// The reports that are to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Targets {
    /// Where the JUnit report goes.
    pub junit: Option<PathBuf>,
    /// Where the page goes.
    pub html: Option<PathBuf>,
    /// Where the report in the Common Test Report Format goes.
    pub ctrf: Option<PathBuf>,
    /// Where the JSON report goes.
    pub json: Option<PathBuf>,
    /// What later steps of a workflow are told is added there.
    pub step_outputs: Option<PathBuf>,
    /// The journal that the reports are made of, if there is one.
    pub events: Option<PathBuf>,
    /// The folder for reports of each plan and of all of them.
    pub folder: Option<PathBuf>,
    /// Where the summary goes.
    pub summary: Option<SummaryFile>,
    /// The most bytes of the summary's file.
    pub summary_limit: u64,
    /// What a plan's path is appended to for a link.
    pub links: Option<String>,
    /// Whether annotations are printed.
    pub annotations: bool,
    /// What a plan's path is appended to for an annotation; `None` where that would name no file of the repository.
    pub below: Option<String>,
    /// The most bytes that a report keeps of one check's output.
    pub max_output: u64,
}

/// A Markdown summary to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryFile {
    /// Where.
    pub path: PathBuf,
    /// Whether it is added to what is there.
    pub append: bool,
}

impl Targets {
    /// What was typed. `annotations` is what holds where nothing was typed of them.
    ///
    /// # Errors
    /// When two reports name the same file, or none is named for what later steps are told and there is no workflow.
    pub fn gather(
        files: &ReportFiles,
        annotations: AnnotationsArg,
        settings: &Settings,
        host: &dyn Host,
    ) -> Result<Self, Refusal> {
        let here = &settings.here;
        let target = |path: &Path| if path == Path::new("-") { PathBuf::from("/dev/stdout") } else { here.join(path) };
        let step_summary = step_summary(host);
        let below = workflow::below(settings, host);
        let step_outputs = match &files.github_output {
            Some(Some(path)) => Some(target(path)),
            Some(None) => Some(step_output(host).ok_or_else(|| {
                Refusal::Usage(
                    "--github-output: GITHUB_OUTPUT is not set; name a file: --github-output=FILE".to_owned(),
                )
            })?),
            None => None,
        };
        let targets = Self {
            junit: files.junit.as_deref().map(target),
            html: files.html.as_deref().map(target),
            ctrf: files.ctrf.as_deref().map(target),
            json: files.json.as_deref().map(target),
            folder: files.report_dir.as_deref().map(|folder| here.join(folder)),
            step_outputs,
            events: None,
            // What earlier steps wrote there is not ours to replace, even if the file was named.
            summary: files
                .summary
                .as_deref()
                .map(target)
                .map(|path| SummaryFile { append: Some(&path) == step_summary.as_ref(), path }),
            summary_limit: files.summary_limit.unwrap_or(SUMMARY_LIMIT),
            links: workflow::links(below.as_deref(), host),
            annotations: match files.annotations.unwrap_or(annotations) {
                AnnotationsArg::Auto => workflow::is_workflow(host),
                AnnotationsArg::Always => true,
                AnnotationsArg::Never => false,
            },
            below,
            max_output: files.max_output.unwrap_or(MOST_OUTPUT),
        };
        targets.are_apart()?;
        Ok(targets)
    }

    /// The same, with the summary of a workflow's step where none was asked for.
    #[must_use]
    pub fn with_step_summary(mut self, host: &dyn Host) -> Self {
        if self.summary.is_none() {
            self.summary = step_summary(host).map(|path| SummaryFile { path, append: true });
        }
        self
    }

    /// Each report: the option that names it, what to call it, and where it goes.
    pub fn each(&self) -> impl Iterator<Item = (&'static str, &'static str, &Path)> {
        let summary = self.summary.as_ref().map(|summary| ("--summary", "the summary", summary.path.as_path()));
        let outputs = self.step_outputs.as_deref().map(|path| ("--github-output", "the outputs of the step", path));
        self.streamed().map(|(option, what, path, _)| (option, what, path)).chain(summary).chain(outputs)
    }

    /// The reports that are written piece by piece, each with what writes it.
    fn streamed(&self) -> impl Iterator<Item = (&'static str, &'static str, &Path, Streamed)> {
        let all: [(_, _, _, Streamed); 4] = [
            ("--junit", "the JUnit report", &self.junit, report::junit),
            ("--html", "the HTML page", &self.html, report::html),
            ("--ctrf", "the CTRF report", &self.ctrf, report::ctrf),
            ("--json", "the JSON report", &self.json, report::json),
        ];
        let asked = |(option, what, path, write)| {
            let path: &Option<PathBuf> = path;
            path.as_deref().map(|path| (option, what, path, write))
        };
        all.into_iter().filter_map(asked)
    }

    fn are_apart(&self) -> Result<(), Refusal> {
        let all: Vec<_> = self.each().collect();
        for (index, (option, _, path)) in all.iter().enumerate() {
            let twin = all[..index].iter().find(|(_, _, other)| other == path && !path.starts_with("/dev"));
            if let Some((other, _, _)) = twin {
                return Err(Refusal::Usage(format!("{other} and {option} name the same file, {}", path.display())));
            }
        }
        Ok(())
    }

    /// Finds out before anything is done whether the reports could be written. `undone` says what was left for that.
    ///
    /// # Errors
    /// The first one that could not.
    pub fn check(&self, undone: &str, host: &dyn Host) -> Result<(), Refusal> {
        for (_, what, path) in self.each() {
            host.check_writable(path).map_err(|error| {
                Refusal::Report(format!("cannot write {what} to {}: {error}; {undone}", path.display()))
            })?;
        }
        if let Some(folder) = &self.folder {
            // The folder of single reports is made, too, and a file may stand where it should be.
            for path in [folder.join(report_folder::INDEX), folder.join("plans").join("plan.xml")] {
                host.check_writable(&path).map_err(|error| {
                    Refusal::Report(format!("cannot write reports into {}: {error}; {undone}", folder.display()))
                })?;
            }
        }
        Ok(())
    }

    /// Whether a report goes to standard output, where other words would spoil it.
    #[must_use]
    pub fn use_stdout(&self) -> bool {
        self.each().any(|(_, _, path)| is_stdout(path))
    }

    /// The annotations of a run, as lines for a workflow's log; none where they are not wanted.
    #[must_use]
    pub fn annotations(&self, report: &RunReport, host: &dyn Host) -> String {
        if !self.annotations {
            return String::new();
        }
        report::annotations(report, &|path, start, len| host.read_part(path, start, len), self.below.as_deref())
    }

    /// Adds what later steps of a workflow can ask for to their file, if that is wanted; gives what went wrong.
    ///
    /// # Errors
    /// When the file does not take it.
    pub fn tell_steps(&self, report: &RunReport, verdict: Verdict, host: &dyn Host) -> Result<(), String> {
        let Some(target) = &self.step_outputs else { return Ok(()) };
        let folder = self.events.as_deref().and_then(Path::parent);
        let files = [("junit", self.junit.as_deref()), ("events", self.events.as_deref()), ("run", folder)];
        // An output that is not there reads as an empty one.
        let files = files.map(|(name, path)| (name, path.map(|path| path.display().to_string()).unwrap_or_default()));
        let lines = report::step_outputs(report, verdict, &files);
        host.append(target, lines.as_bytes())
            .map_err(|error| format!("cannot write the outputs of the step to {}: {error}", target.display()))
    }

    /// Writes the reports; gives what went wrong. One that fails keeps no other from being written.
    #[must_use]
    pub fn write(&self, report: &RunReport, host: &dyn Host) -> Vec<String> {
        let mut tasks: Vec<Task<'_>> = Vec::new();
        for (_, what, path, write) in self.streamed() {
            let write = move || {
                let read = |path: &Path, start, len| host.read_part(path, start, len);
                host.write_with(path, &mut |out| write(report, &read, self.max_output, out))
            };
            tasks.push(Task { what, path, write: Box::new(write) });
        }
        if let Some(summary) = &self.summary {
            let write = move || self.summarise(summary, report, host);
            tasks.push(Task { what: "the summary", path: &summary.path, write: Box::new(write) });
        }
        // What goes into the same pipe must not be mixed.
        let shared = |task: &Task<'_>| task.path.starts_with("/dev") || task.path.starts_with("/proc");
        let apart = report.checks().nth(FEW).is_some() && !tasks.iter().any(shared);
        let written = if apart { side_by_side(&tasks) } else { tasks.iter().map(|task| (task.write)()).collect() };
        let mut failures = Vec::new();
        for (Task { what, path, .. }, written) in tasks.iter().zip(written) {
            match written {
                Ok(()) => {}
                // Whoever read standard output has seen enough, which says nothing about the plan.
                Err(error) if error.kind() == ErrorKind::BrokenPipe && is_stdout(path) => {}
                Err(error) => failures.push(format!("cannot write {what} to {}: {error}", path.display())),
            }
        }
        if let Some(folder) = &self.folder {
            let limit = usize::try_from(self.summary_limit).unwrap_or(usize::MAX);
            let options = Options { max_output: self.max_output, links: self.links.as_deref(), limit };
            failures.extend(report_folder::write(folder, report, &options, host));
        }
        failures
    }

    fn summarise(&self, file: &SummaryFile, report: &RunReport, host: &dyn Host) -> io::Result<()> {
        let SummaryFile { path, append } = file;
        let read = |path: &Path, start, len| host.read_part(path, start, len);
        let there = if *append { host.read(path).map_or(0, |bytes| bytes.len() as u64) } else { 0 };
        let limit = usize::try_from(self.summary_limit.saturating_sub(there)).unwrap_or(usize::MAX);
        let text = report::markdown(report, &read, self.links.as_deref(), limit)?;
        if *append { host.append(path, text.as_bytes()) } else { host.write(path, text.as_bytes()) }
    }
}

/// A report to be written.
struct Task<'a> {
    /// What to call it.
    what: &'static str,
    /// Where it goes.
    path: &'a Path,
    write: Box<dyn Fn() -> io::Result<()> + Sync + 'a>,
}

/// Writes each report in a thread of its own, the first one in this.
fn side_by_side(tasks: &[Task<'_>]) -> Vec<io::Result<()>> {
    let Some((first, others)) = tasks.split_first() else { return Vec::new() };
    std::thread::scope(|scope| {
        let mut begun = Vec::new();
        for task in others {
            begun.push(std::thread::Builder::new().name("report".to_owned()).spawn_scoped(scope, &task.write));
        }
        let mut written = vec![(first.write)()];
        for (task, begun) in others.iter().zip(begun) {
            written.push(match begun.map(ScopedJoinHandle::join) {
                Ok(Ok(written)) => written,
                Ok(Err(panic)) => std::panic::resume_unwind(panic),
                // Without a thread it has to wait for its turn.
                Err(_) => (task.write)(),
            });
        }
        written
    })
}

/// What holds for every report of a folder.
pub(super) struct Options<'a> {
    /// The most bytes that a report keeps of one check's output.
    max_output: u64,
    /// What a plan's path is appended to for a link.
    links: Option<&'a str>,
    /// The most bytes of a summary.
    limit: usize,
}

impl Options<'_> {
    /// A run as Markdown.
    pub(super) fn markdown(&self, report: &RunReport, host: &dyn Host) -> io::Result<String> {
        report::markdown(report, &|path, start, len| host.read_part(path, start, len), self.links, self.limit)
    }
}

/// Writes a report piece by piece.
pub(super) fn write_streamed(
    path: &Path,
    report: &RunReport,
    write: Streamed,
    options: &Options<'_>,
    host: &dyn Host,
) -> io::Result<()> {
    let read = |path: &Path, start, len| host.read_part(path, start, len);
    host.write_with(path, &mut |out| write(report, &read, options.max_output, out))
}

fn is_stdout(path: &Path) -> bool {
    path == Path::new("/dev/stdout")
}
