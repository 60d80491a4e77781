//! Takes any bytes for each of the files that plan-run reads beside plans, and holds what comes out against what must be true of
//! it. Shared by the fuzz targets and the suite.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plan_run::config::{self, Config, MAX_BYTES, Place, parse_env_file};
use plan_run::diagnostic::{Diagnostics, render};
use plan_run::event::{End, Event, Happening, Output};
use plan_run::host::RealHost;
use plan_run::journal::{self, Journal};
use plan_run::outline;
use plan_run::report::{self, RunReport, Verdict};
use plan_run::source::{Source, Span};
use plan_run::trust::Lock;

/// The most that what was read of some bytes may need for each of them: an alias says a value again in two.
const GROWTH: usize = 1000;

/// Bytes as `plan-run.yaml`.
///
/// # Panics
/// When something is untrue that must be true of every configuration. So do the others here.
pub fn configuration(bytes: &[u8]) {
    let Ok(source) = Source::decode("plan-run.yaml", bytes) else { return };
    let source = Arc::new(source);
    let whole = Span::new(0, source.text().len());
    is_sound(&source, whole, Place::File);
}

/// Bytes as the front matter of a plan.
pub fn front_matter(bytes: &[u8]) {
    let plan = b"# Plan\n\n## Stage 1: A\n\n### Validation\n\n- [ ] `true`\n- [ ] `false`\n";
    let Ok(source) = Source::decode("plan.md", &[b"---\nplan-run:\n", bytes, b"\n---\n", plan].concat()) else {
        return;
    };
    let source = Arc::new(source);
    let outline = outline::read(&source, &mut Diagnostics::default());
    if let Some(front) = outline.front_matter {
        is_sound(&source, front.body, Place::FrontMatter);
    }
    super::reading::is_sound(&super::reading::read(source.text().as_bytes()));
}

fn is_sound(source: &Arc<Source>, body: Span, place: Place) {
    let read = || {
        let mut diagnostics = Diagnostics::default();
        (config::parse(source, body, place, &mut diagnostics), diagnostics)
    };
    let (config, diagnostics) = read();
    points_into(source, &diagnostics);
    let length = source.slice(body).len();
    assert!(length <= MAX_BYTES || config == Config::default(), "more than is read was read");
    let variables = config.env.iter().chain(config.stages.iter().flat_map(|(_, stage)| &stage.env));
    can_be_given(variables);
    // A value that says another one again many times is refused before it is taken apart.
    let needed = format!("{config:?}").len();
    assert!(needed <= 100_000 + GROWTH * length, "{length} bytes became {needed}");
    assert_eq!(read().0, config, "twice the same");
}

/// Bytes as a file of variables.
pub fn variables(bytes: &[u8]) {
    let Ok(source) = Source::decode(".env", bytes) else { return };
    let source = Arc::new(source);
    let (mut diagnostics, mut variables) = (Diagnostics::default(), BTreeMap::new());
    parse_env_file(&source, &mut variables, &mut diagnostics);
    points_into(&source, &diagnostics);
    can_be_given(variables.iter());
    // What was read, written with quotes, is read as the same.
    let written: String = variables
        .iter()
        .filter(|(_, value)| !value.contains('\''))
        .map(|(name, value)| format!("{name}='{value}'\n"))
        .collect();
    let again = Arc::new(Source::from_text(".env", written));
    let (mut diagnostics, mut read) = (Diagnostics::default(), BTreeMap::new());
    parse_env_file(&again, &mut read, &mut diagnostics);
    variables.retain(|_, value| !value.contains('\''));
    assert_eq!((read, diagnostics.has_errors()), (variables, false));
}

/// Bytes as `plan-run.lock`.
pub fn lock(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Lock::read(text) {
        Err(wrong) => {
            assert!((1..=text.lines().count()).contains(&wrong.line) && !wrong.why.is_empty(), "{wrong}");
        }
        Ok(lock) => {
            let written = lock.text();
            assert_eq!(super::steering::steering(&written), [], "{written}");
            let again = Lock::read(&written).expect("what was written is read");
            assert_eq!(again.text(), written);
            // Written once are those that stand there twice.
            assert!(lock.approvals().iter().all(|one| again.approvals().iter().any(|other| other.hash == one.hash)));
            assert!(again.approvals().iter().all(|one| lock.approvals().contains(one)));
        }
    }
}

/// Bytes as the journal of a run.
pub fn journal(bytes: &[u8]) {
    let folder = Path::new("/no/such/run");
    let Ok(journal) = journal::read(folder, bytes) else { return };
    for (number, event) in (1..).zip(&journal.events) {
        assert_eq!(event.number, number);
        if let Happening::CheckEnded { end, .. } | Happening::AttemptEnded { end, .. } = &event.what {
            end.output.iter().for_each(|output| lies_in(folder, output));
        }
    }
    let whole = report::fold(&journal);
    let verdict = Verdict::of(&whole, &[]);
    assert!(verdict != Verdict::Holds || journal.has_ended() && journal.problems.is_empty(), "green by half a journal");
    is_told(&whole, verdict);
    let twice = report::merge(vec![report::fold(&journal), whole]);
    is_told(&twice, Verdict::of(&twice, &[]));
    // What is written of it is read as the same, but for fractions of times.
    if let Some(written) = written(&journal) {
        let again = self::written(&written).expect("what could be written once can be again");
        assert_eq!(written.roster, journal.roster);
        assert_eq!(written.events.len(), journal.events.len());
        assert_eq!((again.roster, again.events), (written.roster, written.events));
    }
}

/// A journal that was written anew, and read again.
fn written(journal: &Journal) -> Option<Journal> {
    let folder = std::env::temp_dir().join(format!("plan-run-journals-{}", std::process::id()));
    let folder = folder.join(format!("{:?}", std::thread::current().id()));
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    let file = folder.join(journal::EVENTS);
    let moved = |event: &Event| {
        let mut event = event.clone();
        if let Happening::CheckEnded { end: End { output: Some(output), .. }, .. }
        | Happening::AttemptEnded { end: End { output: Some(output), .. }, .. } = &mut event.what
        {
            let inside = output.path.strip_prefix(&journal.folder).map(Path::to_path_buf);
            output.path = folder.join(inside.unwrap_or_else(|_| PathBuf::from("x")));
        }
        event
    };
    let write = || {
        let mut writer = journal::Writer::create(&folder, &journal.roster, &RealHost)?;
        journal.events.iter().map(moved).try_for_each(|event| writer.hear(&event))?;
        writer.settle()
    };
    let done: std::io::Result<()> = write();
    let bytes = std::fs::read(&file);
    _ = std::fs::remove_file(&file);
    _ = std::fs::remove_dir(&folder);
    _ = folder.parent().map(std::fs::remove_dir);
    done.ok()?;
    Some(journal::read(&folder, &bytes.expect("it was written")).expect("what was written is read"))
}

/// All reports of a run can be written, whatever stands in it, and are of their kind.
fn is_told(report: &RunReport, verdict: Verdict) {
    let read = |_: &Path, _: u64, length: u64| Ok(vec![b'x'; length.min(1000) as usize]);
    let written = |write: &dyn Fn(&mut dyn std::io::Write) -> std::io::Result<()>| {
        let mut out = Vec::new();
        write(&mut out).expect("memory takes everything");
        String::from_utf8(out).expect("UTF-8")
    };
    let json = written(&|out| report::json(report, &read, 1000, out));
    let ctrf = written(&|out| report::ctrf(report, &read, 1000, out));
    for text in [&json, &ctrf] {
        serde_json::from_str::<serde_json::Value>(text).expect("JSON");
    }
    let others = [
        json,
        ctrf,
        written(&|out| report::junit(report, &read, 1000, out)),
        written(&|out| report::html(report, &read, 1000, out)),
        report::markdown(report, &read, None, 100_000).expect("it is read"),
        report::closing(report, verdict, false, false),
        report::annotations(report, &read, Some("")),
        report::step_outputs(report, verdict, &[]),
    ];
    for text in others {
        assert_eq!(super::steering::steering(&text.replace("\r\n", "\n")), [], "{text}");
    }
}

fn lies_in(folder: &Path, output: &Output) {
    let inside = output.path.strip_prefix(folder).expect("it lies in the run's folder");
    let is_plain = |part: std::path::Component<'_>| matches!(part, std::path::Component::Normal(_));
    assert!(inside.components().all(is_plain), "{}", inside.display());
}

/// Every place lies in the text, and what is shown of it steers no terminal.
fn points_into(source: &Source, diagnostics: &Diagnostics) {
    for diagnostic in diagnostics.all() {
        assert!(!diagnostic.message.is_empty());
        for label in &diagnostic.labels {
            assert!(source.text().get(label.span.range()).is_some(), "{:?} lies outside", label.span);
        }
    }
    let shown = render::full(diagnostics, false);
    assert_eq!(super::steering::steering(&shown), [], "{shown}");
}

/// Variables are such as a program can be given.
fn can_be_given<'v>(variables: impl Iterator<Item = (&'v String, &'v String)>) {
    for (name, value) in variables {
        assert!(!name.is_empty() && !name.contains(['=', '\0', '\n']), "{name:?} is no name");
        assert!(!value.contains('\0'), "{name} has a NUL");
    }
}
