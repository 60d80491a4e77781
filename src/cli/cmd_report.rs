//! The verbs `report` and `merge`: reports from the journals of runs that are over.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::args::{AnnotationsArg, MergeArgs, ReportArgs};
use super::console::Console;
use super::reports::Targets;
use super::settings::{Refusal, Settings};
use super::{app, exit_code};
use crate::host::Host;
use crate::journal::{self, Journal, Runs};
use crate::report::{self, RunReport, Verdict};
use crate::source::MOST_READ;
use crate::text::plural;

/// Makes reports of one run.
pub(super) fn report(args: &ReportArgs, settings: &Settings, console: &mut Console, host: &dyn Host) -> u8 {
    console.fence_in_workflow(host);
    let runs = settings.runs(args.runs.as_deref());
    let made = journal(&runs, args.run.as_deref(), &settings.here, host).and_then(|found| {
        let mut targets = Targets::gather(&args.files, AnnotationsArg::Never, settings, host)?;
        targets.check("no report was written", host)?;
        found.warn(console);
        targets.events = Some(found.events);
        Ok((report::fold(&found.journal), targets))
    });
    match made {
        Ok((report, targets)) => tell(report, &targets, settings, console, host),
        Err(refusal) => app::refuse(console, &refusal, settings.colour_stderr),
    }
}

/// Makes one report of several runs.
pub(super) fn merge(args: &MergeArgs, settings: &Settings, console: &mut Console, host: &dyn Host) -> u8 {
    console.fence_in_workflow(host);
    let runs = settings.runs(args.runs.as_deref());
    let mut made = || {
        let targets = Targets::gather(&args.files, AnnotationsArg::Never, settings, host)?.with_step_summary(host);
        targets.check("no report was written", host)?;
        let mut reports: Vec<RunReport> = Vec::new();
        for name in &args.merged {
            let found = journal(&runs, Some(name), &settings.here, host)?;
            found.warn(console);
            let report = report::fold(&found.journal);
            if report.run.is_some() && reports.iter().any(|other| other.run == report.run) {
                return Err(Refusal::Usage(format!("the run `{name}` is named twice")));
            }
            reports.push(report);
        }
        Ok((report::merge(reports), targets))
    };
    let made = made();
    match made {
        Ok((report, targets)) => tell(report, &targets, settings, console, host),
        Err(refusal) => app::refuse(console, &refusal, settings.colour_stderr),
    }
}

/// A journal, and what its file says beside what stands in it.
pub(super) struct Found {
    /// The journal.
    pub(super) journal: Journal,
    /// Its file.
    pub(super) events: PathBuf,
    /// The file, if a runner that is alive still writes to it.
    pub(super) under_way: Option<PathBuf>,
}

impl Found {
    /// Says so of a run that goes on: what is told of it is not the end.
    fn warn(&self, console: &mut Console) {
        if let Some(events) = &self.under_way {
            let events = events.display();
            console
                .complain(&format!("the run of {events} is still under way; what has not ended counts as interrupted"));
        }
    }
}

/// Reads the journal of a run that is named by its name, folder or journal.
pub(super) fn journal(runs: &Runs, name: Option<&str>, here: &Path, host: &dyn Host) -> Result<Found, Refusal> {
    let (folder, events) =
        runs.find(name, here, host).map_err(|unknown| Refusal::Usage(format!("{unknown}; run a plan first")))?;
    let shown = events.display();
    // Asked before the file is read, so that an end in between is not missed: then the journal itself has it.
    let held = host.is_held(&events);
    let bytes = host
        .read_part(&events, 0, MOST_READ)
        .map_err(|error| Refusal::Usage(format!("cannot read the journal {shown}: {error}")))?;
    if bytes.len() as u64 == MOST_READ {
        return Err(Refusal::Usage(format!("the journal {shown} is larger than a journal can be")));
    }
    let journal = journal::read(&folder, &bytes).map_err(|why| Refusal::Usage(format!("{shown} {why}")))?;
    let under_way = (held && !journal.has_ended()).then(|| events.clone());
    Ok(Found { journal, events, under_way })
}

/// Tells of a run that is over. Its outputs may have stayed where it ran.
fn tell(mut report: RunReport, targets: &Targets, settings: &Settings, console: &mut Console, host: &dyn Host) -> u8 {
    let mut there: BTreeMap<PathBuf, bool> = BTreeMap::new();
    let mut missing = 0;
    for output in report.outputs_mut() {
        // Of a command that wrote nothing there is no file.
        let path = output.as_ref().filter(|output| !output.is_empty()).map(|output| output.path.clone());
        if let Some(path) = path
            && !*there.entry(path).or_insert_with_key(|path| is_output(path, host))
        {
            *output = None;
            missing += 1;
        }
    }
    if missing > 0 {
        let checks = plural(missing, "check");
        console.complain(&format!("the output of {checks} is not kept beside the journal; the reports go without it"));
    }
    conclude(&report, targets, Vec::new(), settings, console, host)
}

/// Whether a file is one that a run wrote: it makes no links, by which the folder of a run that comes from elsewhere could bring
/// any file of this machine into a report.
fn is_output(path: &Path, host: &dyn Host) -> bool {
    let through_link = host.is_link(path) || path.parent().is_some_and(|folder| host.is_link(folder));
    host.exists(path) && !through_link && !host.is_special(path)
}

/// Writes the reports, tells the verdict and gives the exit code. `failures` is what had already gone wrong in telling
/// of the run.
pub(super) fn conclude(
    report: &RunReport,
    targets: &Targets,
    mut failures: Vec<String>,
    settings: &Settings,
    console: &mut Console,
    host: &dyn Host,
) -> u8 {
    failures.extend(targets.write(report, host));
    for failure in &failures {
        console.complain(failure);
    }
    let mut verdict = Verdict::of(report, &failures);
    let closing = |verdict, colour| report::closing(report, verdict, settings.brief, colour);
    // A report on standard output is data that the closing words would spoil.
    if targets.use_stdout() {
        console.say(&closing(verdict, settings.colour_stderr));
    } else if let Err(why) = console.data(&closing(verdict, settings.colour_stdout)) {
        failures.push(why.clone());
        verdict = Verdict::of(report, &failures);
        console.complain(&why);
        console.say(&closing(verdict, settings.colour_stderr));
    }
    if let Err(why) = targets.tell_steps(report, verdict, host) {
        failures.push(why.clone());
        verdict = Verdict::of(report, &failures);
        console.complain(&why);
    }
    // Behind the fence around all that was told, where the workflow's runner heeds it.
    console.unfence();
    console.order(&targets.annotations(report, host), targets.use_stdout());
    exit_code::of(verdict)
}
