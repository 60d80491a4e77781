//! The file that is kept beside the runs: read at the start of a run, a few lines longer at its end.
//!
//! It says more than the runs that are kept, and is much smaller. Losing it costs nothing but knowledge.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};

use super::before::before;
use super::line::{Line, Recorder, SCHEMA, Sample, check_id};
use super::scan::{Near, Scan, depth};
use super::usual::{Past, Usual};
use crate::host::Host;
use crate::journal::{self, EVENTS, Runs};
use crate::roster::{Before, Roster};
use crate::text::json_line;

/// Name of the file; in a folder of runs one that a glob of all of them passes over.
const NAME: &str = "history";
const NAME_INSIDE: &str = ".history";
/// How many lines are kept of each plan.
pub(super) const LINES: usize = 20;
/// The most that is kept, in bytes.
const MOST: usize = 8 << 20;
/// How many runs that the file does not know are looked up in their journals, and how long these may be.
const JOURNALS: usize = 5;
const JOURNAL: u64 = 8 << 20;

/// What is kept of earlier runs.
#[derive(Debug)]
pub struct History {
    path: PathBuf,
    runs: Runs,
    /// What was found in journals, when there was no file.
    lines: Vec<Line<'static>>,
    past: Past,
    /// How each check of the roster ended before, and the run that counts as the last night.
    before: (Option<String>, Vec<Vec<Option<Before>>>),
    /// How many lines could not be read.
    damaged: usize,
    /// How many lines there are of these plans.
    count: usize,
    bytes: usize,
    /// The newest run of which the file speaks, of whatever plan.
    newest: String,
    /// Whether the file was there.
    found: bool,
}

impl History {
    /// Reads what is kept beside some runs of the plans of a roster. What is damaged is told, a line each, and passed
    /// over.
    pub fn read(runs: &Runs, roster: &Roster, host: &dyn Host) -> (Self, Vec<String>) {
        Self::read_if(runs, roster, |_| true, host)
    }

    /// What earlier runs of other commits than the roster's say of its checks. Those of the same commit may still be
    /// going on beside this one, and what all of them must see alike cannot depend on how far the others are. What is
    /// damaged is told, a line each.
    pub fn of_other_commits(runs: &Runs, roster: &Roster, host: &dyn Host) -> (Past, Vec<String>) {
        let is_other = |line: &Line<'_>| roster.commit.is_none() || line.commit.as_deref() != roster.commit.as_deref();
        let (mut history, told) = Self::read_if(runs, roster, is_other, host);
        (history.take_past(), told)
    }

    fn read_if(
        runs: &Runs,
        roster: &Roster,
        counts: impl Fn(&Line<'_>) -> bool,
        host: &dyn Host,
    ) -> (Self, Vec<String>) {
        Self::of(Scan::new(runs, paths(roster), 0, host), roster, counts, host)
    }

    /// What a scan says of the checks of a roster.
    pub(super) fn of(
        mut scan: Scan,
        roster: &Roster,
        counts: impl Fn(&Line<'_>) -> bool,
        host: &dyn Host,
    ) -> (Self, Vec<String>) {
        scan.look_for(paths(roster));
        let Scan { runs, path, bytes, near, mut damaged, newest, .. } = scan;
        let mut history = Self {
            path,
            runs,
            lines: Vec::new(),
            past: Past::default(),
            before: (None, Vec::new()),
            damaged: 0,
            count: near.len(),
            bytes: 0,
            newest,
            found: false,
        };
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                history.lines = history.unknown_runs(roster.run.as_deref(), host);
                let lines = newest_first(history.lines.iter().filter(|line| counts(line)).collect());
                history.before = if roster.nightly { before(&lines, roster) } else { (None, Vec::new()) };
                history.past = past(&lines, roster);
                return (history, Vec::new());
            }
            Err(error) => {
                let problem =
                    format!("cannot read {}: {error}; how long checks take is not known", shown(&history.path));
                return (history, vec![problem]);
            }
        };
        history.found = true;
        history.bytes = bytes.len();
        // For each plan, how many more samples are enough: as many as the runs that count give when all its checks run.
        // However long the file is, no more is taken apart.
        let depth = depth(roster.nightly);
        let mut enough: Vec<usize> = roster.plans.iter().map(|plan| plan.checks.len().saturating_mul(depth)).collect();
        let mut read: Vec<Line<'_>> = Vec::new();
        for Near { plan, index, bytes: place, line, .. } in near {
            let enough = &mut enough[plan];
            if *enough == 0 {
                continue;
            }
            match line.map_or_else(|| Line::read(&bytes[place]), Ok) {
                Ok(line) if !counts(&line) => {}
                Ok(line) => {
                    *enough = enough.saturating_sub(line.checks.len());
                    read.extend(Some(line).filter(|line| line.schema == SCHEMA));
                }
                Err(_) => damaged.push(index),
            }
        }
        history.damaged = damaged.len();
        let first_damaged = damaged.iter().min().map(|index| index + 1);
        let told = first_damaged.map(|line| {
            let file = shown(&history.path);
            match history.damaged - 1 {
                0 => format!("line {line} of {file} cannot be read and is passed over"),
                more => format!("line {line} and {more} more of {file} cannot be read and are passed over"),
            }
        });
        let lines = newest_first(read.iter().collect());
        history.before = if roster.nightly { before(&lines, roster) } else { (None, Vec::new()) };
        history.past = past(&lines, roster);
        (history, told.into_iter().collect())
    }

    /// What is known of each check of the roster for which it was read.
    pub fn take_past(&mut self) -> Past {
        std::mem::take(&mut self.past)
    }

    /// How each check of the roster ended before, and the run that counts as the last night; nothing where the roster is not
    /// of a night.
    pub fn take_before(&mut self) -> (Option<String>, Vec<Vec<Option<Before>>>) {
        std::mem::take(&mut self.before)
    }

    /// Adds a run that is over, and earlier ones that could not add themselves.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add(self, recorder: &Recorder, roster: &Roster, host: &dyn Host) -> io::Result<()> {
        // Through a link, another file would be written to, and what it holds be lost as damaged.
        if host.is_link(&self.path) || host.is_special(&self.path) {
            return Err(io::Error::other(format!("{} is no regular file", shown(&self.path))));
        }
        let mut new = if self.found { Vec::new() } else { self.lines.clone() };
        if self.found {
            new.extend(self.unknown_runs(roster.run.as_deref(), host));
        }
        new.extend(recorder.lines(roster));
        if new.is_empty() && self.damaged == 0 {
            return Ok(());
        }
        let mut text = String::new();
        for line in &new {
            text.push_str(&json_line(line));
        }
        let many = self.count > 2 * LINES * roster.plans.len() || self.bytes + text.len() > MOST;
        if self.damaged == 0 && !many {
            // One write, so that runs that end at the same time do not mix their lines.
            return host.append(&self.path, text.as_bytes());
        }
        let mut whole = host.read(&self.path).unwrap_or_default();
        if !whole.is_empty() && !whole.ends_with(b"\n") {
            whole.push(b'\n');
        }
        whole.extend_from_slice(text.as_bytes());
        host.write(&self.path, &kept(&whole))
    }

    /// The lines of runs of which the file says nothing, as far as these are few: the runner was killed, or was of an
    /// earlier version. Those before the oldest that are known are left alone.
    fn unknown_runs(&self, own: Option<&str>, host: &dyn Host) -> Vec<Line<'static>> {
        let names = self.runs.names(host);
        let newest = self.newest.as_str();
        let unknown = names.iter().rev().map(String::as_str).filter(|&name| name > newest && own != Some(name));
        let mut lines = Vec::new();
        for name in unknown.take(JOURNALS) {
            let folder = self.runs.folder().join(name);
            let events = folder.join(EVENTS);
            if host.is_held(&events) {
                continue;
            }
            let Ok(bytes) = host.read_part(&events, 0, JOURNAL) else { continue };
            let Ok(journal) = journal::read(&folder, &bytes) else { continue };
            let mut recorder = Recorder::default();
            journal.events.iter().for_each(|event| recorder.hear(event));
            lines.extend(recorder.lines(&journal.roster));
        }
        lines
    }
}

/// The paths of a roster's plans.
fn paths(roster: &Roster) -> Vec<String> {
    roster.plans.iter().map(|plan| plan.path.clone()).collect()
}

/// Lines with the newest first; joined files may have lines twice.
pub(super) fn newest_first<'l, 'a>(mut lines: Vec<&'l Line<'a>>) -> Vec<&'l Line<'a>> {
    lines.sort_by(|a, b| (&b.run, &b.plan).cmp(&(&a.run, &a.plan)));
    lines.dedup_by(|a, b| (&a.run, &a.plan) == (&b.run, &b.plan));
    lines
}

/// What lines say of each check of a roster.
fn past(lines: &[&Line<'_>], roster: &Roster) -> Past {
    if lines.is_empty() {
        return Past::default();
    }
    let plans = roster.plans.iter().map(|plan| {
        let mut samples: HashMap<&str, Vec<&Sample<'_>>> = HashMap::new();
        for sample in lines.iter().filter(|line| line.plan == plan.path).flat_map(|line| &line.checks) {
            samples.entry(&sample.id).or_default().push(sample);
        }
        let usual = plan.checks.iter().map(|check| {
            let id = check_id(check)?;
            Usual::of(samples.get(id.as_str())?.iter().copied())
        });
        usual.collect()
    });
    Past { plans: plans.collect() }
}

/// The lines of a file that are kept: the newest of each plan that can be read, and those of other versions.
fn kept(bytes: &[u8]) -> Vec<u8> {
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    let mut lines: Vec<&[u8]> = Vec::new();
    let mut total = 0;
    for line in bytes.split(|&byte| byte == b'\n').rev() {
        let Ok(head) = serde_json::from_slice::<Head>(line) else { continue };
        let seen = count.entry(head.plan).or_default();
        if *seen < LINES && total + line.len() <= MOST / 2 {
            *seen += 1;
            total += line.len() + 1;
            lines.push(line);
        }
    }
    let mut text = Vec::with_capacity(total);
    for line in lines.into_iter().rev() {
        text.extend_from_slice(line);
        text.push(b'\n');
    }
    text
}

/// What every version of a line has.
#[derive(serde::Deserialize)]
struct Head {
    plan: String,
}

/// Beside the usual folder of runs; inside of one that the user chose, whose neighbours are not ours.
pub(super) fn place(runs: &Path) -> PathBuf {
    match runs.parent() {
        Some(home) if runs.ends_with(".plan-run/runs") => home.join(NAME),
        _ => runs.join(NAME_INSIDE),
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
