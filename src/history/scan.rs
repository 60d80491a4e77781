//! The file beside the runs as far as it can be read before it is known which checks are asked about.
//!
//! It is read before the first command starts, and takes about as long as a short plan. So it is read in a thread of its own
//! while the plan is. Must not know what its lines say.

use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::thread::JoinHandle;

use super::file::{History, LINES, place};
use super::line::Line;
use super::usual::RUNS;
use crate::host::Host;
use crate::journal::Runs;
use crate::roster::Roster;
use crate::text::json_line;

/// More than the reading of a line needs, in bytes.
const STACK: usize = 256 * 1024;

/// Has what is kept of earlier runs read while something else is done.
pub struct Ahead {
    runs: Runs,
    /// `None` where no thread was to be had.
    thread: Option<JoinHandle<Scan>>,
}

impl Ahead {
    /// Begins to read what is kept beside some runs of plans with these paths.
    pub fn start(runs: &Runs, plans: Vec<String>, nightly: bool, host: &'static dyn Host) -> Self {
        let own = runs.clone();
        let read = move || Scan::new(&own, plans, depth(nightly), host);
        let thread = std::thread::Builder::new().name("history".to_owned()).stack_size(STACK).spawn(read).ok();
        Self { runs: runs.clone(), thread }
    }

    /// What was read of the plans of a roster. What is damaged is told, a line each, and passed over.
    pub fn finish(self, roster: &Roster, host: &dyn Host) -> (History, Vec<String>) {
        match self.thread.and_then(|thread| thread.join().ok()) {
            Some(scan) => History::of(scan, roster, |_| true, host),
            None => History::read(&self.runs, roster, host),
        }
    }
}

/// How many runs of a plan say how its checks usually end: a night is held against all that is kept.
pub(super) fn depth(nightly: bool) -> usize {
    if nightly { LINES } else { RUNS }
}

/// What was found in the file.
pub(super) struct Scan {
    pub(super) runs: Runs,
    pub(super) path: PathBuf,
    pub(super) bytes: io::Result<Vec<u8>>,
    /// The paths of the plans that were looked for, if any were.
    plans: Option<Vec<String>>,
    /// Their lines, the newest first.
    pub(super) near: Vec<Near>,
    /// The lines that are none; they count from 0.
    pub(super) damaged: Vec<usize>,
    /// The newest run of which the file speaks, of whatever plan.
    pub(super) newest: String,
}

/// A line that seems to be of a plan that is wanted.
pub(super) struct Near {
    run: Option<Range<usize>>,
    /// Which of the plans.
    pub(super) plan: usize,
    /// Counts from 0.
    pub(super) index: usize,
    pub(super) bytes: Range<usize>,
    /// What it says, where it was taken apart already.
    pub(super) line: Option<Line<'static>>,
}

impl Scan {
    /// Reads the file beside some runs, looks for plans with these paths, and takes so many lines of each apart.
    pub(super) fn new(runs: &Runs, plans: Vec<String>, most: usize, host: &dyn Host) -> Self {
        let path = place(runs.folder());
        let bytes = host.read(&path);
        let mut scan = Self {
            runs: runs.clone(),
            path,
            bytes,
            plans: None,
            near: Vec::new(),
            damaged: Vec::new(),
            newest: String::new(),
        };
        let mut left = vec![most; plans.len()];
        scan.look_for(plans);
        let Ok(bytes) = &scan.bytes else { return scan };
        for near in &mut scan.near {
            let left = &mut left[near.plan];
            if *left > 0 {
                *left -= 1;
                near.line = Line::read(&bytes[near.bytes.clone()]).ok().map(Line::into_owned);
            }
        }
        scan
    }

    /// Looks for the lines of plans, unless these are those that were looked for before.
    pub(super) fn look_for(&mut self, plans: Vec<String>) {
        let Ok(bytes) = &self.bytes else { return };
        if self.plans.as_ref() == Some(&plans) {
            return;
        }
        (self.near, self.damaged) = (Vec::new(), Vec::new());
        let wanted: Vec<String> = plans.iter().map(|path| json_line(path).trim_end().to_owned()).collect();
        self.plans = Some(plans);
        let ends = memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]);
        let lines = ends.scan(0, |start, end| Some(std::mem::replace(start, end + 1)..end));
        let mut newest = "";
        for (index, place) in lines.enumerate() {
            let line = &bytes[place.clone()];
            if line.trim_ascii().is_empty() {
                continue;
            }
            let run = run_of(line).map(|run| place.start + run.start..place.start + run.end);
            newest = name(bytes, run.as_ref()).map_or(newest, |run| newest.max(run));
            if !(line.starts_with(b"{") && line.trim_ascii_end().ends_with(b"}")) {
                self.damaged.push(index);
                continue;
            }
            // Most lines are of other plans, and looking for a name is much cheaper than taking a line apart.
            let plan = wanted.iter().position(|quoted| memchr::memmem::find(line, quoted.as_bytes()).is_some());
            self.near.extend(plan.map(|plan| Near { run, plan, index, bytes: place, line: None }));
        }
        self.newest = newest.to_owned();
        // The newest first; joined files may have lines twice.
        let key = |near: &Near| (name(bytes, near.run.as_ref()), near.plan, near.index);
        self.near.sort_by(|a, b| key(b).cmp(&key(a)));
        self.near.dedup_by(|a, b| bytes[a.bytes.clone()] == bytes[b.bytes.clone()]);
    }
}

/// Where the name of a line's run stands in the line, found without taking that apart.
fn run_of(line: &[u8]) -> Option<Range<usize>> {
    let name = b"\"run\":\"";
    let start = memchr::memmem::find(line, name)? + name.len();
    let length = line[start..].iter().position(|&byte| byte == b'"')?;
    Some(start..start + length)
}

/// The name of a run.
fn name<'b>(bytes: &'b [u8], place: Option<&Range<usize>>) -> Option<&'b str> {
    std::str::from_utf8(&bytes[place?.clone()]).ok()
}
