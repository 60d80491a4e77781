//! A folder with the reports of a run: of each plan, of all of them, and an index.
//!
//! Must not know what a report says.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::reports::{Options, write_streamed};
use crate::host::Host;
use crate::report::{self, Index, RunReport};

/// Where the reports of single plans are.
const PLANS: &str = "plans";

/// The index for programs; it is written last, so that what it names is there.
pub(super) const INDEX: &str = "index.json";

/// Writes all of it; gives what went wrong.
pub(super) fn write(folder: &Path, report: &RunReport, options: &Options<'_>, host: &dyn Host) -> Vec<String> {
    let mut failures = Vec::new();
    let mut note = |path: &Path, written: io::Result<()>| {
        if let Err(error) = written {
            failures.push(format!("cannot write {}: {error}", path.display()));
        }
    };
    let earlier = of_earlier(folder, host);
    let mut both = |at: &Path, junit: &str, summary: &str, report: &RunReport| {
        let path = at.join(junit);
        note(&path, write_streamed(&path, report, report::junit, options, host));
        let path = at.join(summary);
        note(&path, options.markdown(report, host).and_then(|text| host.write(&path, text.as_bytes())));
    };
    let mut index = Index::default();
    let mut files = BTreeSet::new();
    let plans = folder.join(PLANS);
    // One plan after the other, so that no more than one is there twice.
    for filed in report::filed(report) {
        let Some(plan) = report::of_plan(report, &filed.path) else { continue };
        let names = [format!("{}.xml", filed.stem), format!("{}.md", filed.stem)];
        both(&plans, &names[0], &names[1], &plan);
        files.extend(names.map(|name| plans.join(name)));
        index.add(&filed, &plan);
    }
    both(folder, "junit.xml", "summary.md", report);
    let path = folder.join("report.json");
    note(&path, write_streamed(&path, report, report::json, options, host));
    let path = folder.join("index.md");
    note(&path, host.write(&path, index.markdown(report).as_bytes()));
    // What is told of a plan that is gone would be taken for a part of this run.
    for path in earlier.difference(&files) {
        if host.exists(path) {
            note(path, host.remove_file(path));
        }
    }
    let path = folder.join(INDEX);
    note(&path, host.write(&path, index.json(report).as_bytes()));
    failures
}

/// The files of single plans that an earlier run left here, by its index.
fn of_earlier(folder: &Path, host: &dyn Host) -> BTreeSet<PathBuf> {
    let index = host.read(&folder.join(INDEX)).ok();
    let index: Value = index.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    let plans = index["plans"].as_array().into_iter().flatten();
    let named = plans.flat_map(|plan| [&plan["junit"], &plan["summary"]]).filter_map(Value::as_str);
    // Nothing else in the folder, or outside of it, is ours to remove.
    let inside = named.filter_map(|name| name.strip_prefix("plans/")).filter(|name| !name.contains(['/', '\\']));
    inside
        .filter(|name| name.ends_with(".xml") || name.ends_with(".md"))
        .map(|name| folder.join(PLANS).join(name))
        .collect()
}
