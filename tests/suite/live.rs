//! Tests of what is told while a run goes on, as plain lines and as bars.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use plan_run::event::{CheckRef, End, Event, Happening, Leftover, Slow, StageRef};
use plan_run::outcome::{Outcome, Skip};
use plan_run::plan::{CheckId, Kind, StageId};
use plan_run::report::{LiveBars, LivePlain, Reporter};
use plan_run::roster::Roster;
use plan_run::select::Selection;
use plan_run::text::clean;

use crate::support::plans::Sketch;
use crate::support::real::FOR_EVER;
use crate::support::reports::{
    CHECK, Log, Outputs, Stages, assert_snapshot, ended, events, first, selection, snapshot,
};

/// What a reporter of plain lines writes.
fn plain(selection: &Selection, happenings: Vec<Happening>, outputs: &Outputs, colour: bool) -> String {
    let log = Log::default();
    let outputs = outputs.clone();
    let read = move |path: &Path, start, len| outputs.part(path, start, len);
    let mut live = LivePlain::new(Box::new(log.clone()), Box::new(read), colour);
    for event in events(happenings) {
        live.hear(&Roster::of(selection, Vec::new()), &event).expect("the log takes everything");
    }
    log.text()
}

/// A run in which something of every kind happens, for the live reporters.
fn eventful(outputs: &mut Outputs) -> (Selection, Vec<Happening>) {
    let stages: Stages<'_> = &[
        (
            "1",
            "Build ##[error]x",
            &[],
            &[(CHECK, "make"), (CHECK, "! grep x y"), (Kind::Red, "make red"), (CHECK, "rm -r /")],
        ),
        ("2", "Deploy", &[0], &[(CHECK, "ship it"), (Kind::Manual, "look")]),
    ];
    let selection = selection(&[("docs/plan.md", stages)], "rm -r /");
    let mut bytes: Vec<u8> = (1..=30).flat_map(|number| format!("line {number}\n").into_bytes()).collect();
    bytes.extend_from_slice(b"::error::x\n\x1b[2Jy ##[set-env]\r\n\n");
    let output = outputs.add("grep", &bytes);
    let happenings = vec![
        Happening::StageStarted(StageRef { plan: 0, stage: StageId(0) }),
        Happening::CheckStarted(first(0)),
        ended(first(0), Outcome::Passed),
        Happening::CheckStarted(first(1)),
        Happening::CheckEnded {
            check: first(1),
            end: End {
                took: Duration::from_secs(2),
                output: Some(output),
                leftover: vec![Leftover { process: Some(4711), command: "sleep 600".to_owned() }],
                warnings: vec!["has a warning".to_owned()],
                ..End::without_run(Outcome::Failed { status: 1, expected: None })
            },
        },
        ended(first(2), Outcome::Skipped(Skip::Red)),
        ended(first(3), Outcome::Skipped(Skip::HeldBack { why: "deletes".to_owned() })),
        Happening::StageEnded(StageRef { plan: 0, stage: StageId(0) }),
        Happening::Interrupted { times: 1 },
        ended(first(4), Outcome::Skipped(Skip::Blocked { by: "1".to_owned() })),
        ended(first(5), Outcome::Skipped(Skip::Manual)),
    ];
    (selection, happenings)
}

#[test]
fn plain_lines() {
    let mut outputs = Outputs::default();
    let (selection, happenings) = eventful(&mut outputs);
    let text = plain(&selection, happenings.clone(), &outputs, false);
    assert_snapshot("plain.txt", &text);
    for line in text.lines() {
        assert!(!line.trim_start().starts_with("::") && !line.contains("##["), "a runner would obey {line:?}");
    }
    let coloured = plain(&selection, happenings, &outputs, true);
    assert_eq!(clean(coloured.as_bytes()), text, "colour is all that differs");
    assert_ne!(coloured, text);
}

#[test]
fn plain_lines_name_the_plan_when_there_are_several() {
    let stages: Stages<'_> = &[("1", "One", &[], &[(CHECK, "make")])];
    let selection = selection(&[("a.md", stages), ("b.md", stages)], "");
    let second = CheckRef { plan: 1, check: CheckId(0) };
    let text = plain(
        &selection,
        vec![ended(first(0), Outcome::Passed), ended(second, Outcome::Passed)],
        &Outputs::default(),
        false,
    );
    assert_eq!(
        text,
        "run        2 plans, 2 checks to run, up to 2 at a time\npassed     a.md#1.1  make  (1.5s)\npassed     b.md#1.1  make  (1.5s)\n"
    );
}

#[test]
fn a_long_command_is_told_to_be_running() {
    let selection = selection(&[("a.md", &[("1", "One", &[], &[(CHECK, "make")])])], "");
    let log = Log::default();
    let read = |_: &Path, _: u64, _: u64| Ok(Vec::new());
    let mut live = LivePlain::new(Box::new(log.clone()), Box::new(read), false).remind_every(Duration::ZERO);
    let all = events(vec![Happening::CheckStarted(first(0)), ended(first(0), Outcome::Passed)]);
    for event in &all[..2] {
        live.hear(&Roster::of(&selection, Vec::new()), event).expect("the log takes it");
    }
    live.tick(&Roster::of(&selection, Vec::new())).expect("the log takes it");
    assert!(log.text().contains("\nrunning    1.1  make  (for 0."), "{}", log.text());
    live.hear(&Roster::of(&selection, Vec::new()), &all[2]).expect("the log takes it");
    let before = log.text();
    live.tick(&Roster::of(&selection, Vec::new())).expect("the log takes it");
    assert_eq!(log.text(), before, "nothing runs any more");
}

#[test]
fn a_reader_who_left_is_no_failure_but_a_full_disk_is() {
    let selection = selection(&[("a.md", &[("1", "One", &[], &[(CHECK, "make")])])], "");
    let start = &events(Vec::new())[0];
    let tell = |kind| {
        let log = Log { refuses: Some(kind), ..Log::default() };
        LivePlain::new(Box::new(log), Box::new(|_: &Path, _, _| Ok(Vec::new())), false)
            .hear(&Roster::of(&selection, Vec::new()), start)
    };
    assert_eq!(tell(io::ErrorKind::BrokenPipe), Ok(()));
    assert_eq!(
        tell(io::ErrorKind::StorageFull),
        Err("cannot write the progress of the run: no storage space".to_owned())
    );
}

/// A terminal of 60 columns that keeps what is drawn, or one that was closed.
#[derive(Clone, Debug, Default)]
struct Screen {
    drawn: Arc<std::sync::Mutex<String>>,
    closed: bool,
}

impl Screen {
    fn put(&self, text: &str) -> io::Result<()> {
        if self.closed {
            return Err(io::Error::from_raw_os_error(5));
        }
        self.drawn.lock().expect("no test panics while it draws").push_str(text);
        Ok(())
    }
}

impl indicatif::TermLike for Screen {
    fn width(&self) -> u16 {
        60
    }
    fn move_cursor_up(&self, _: usize) -> io::Result<()> {
        self.put("")
    }
    fn move_cursor_down(&self, _: usize) -> io::Result<()> {
        self.put("")
    }
    fn move_cursor_right(&self, _: usize) -> io::Result<()> {
        self.put("")
    }
    fn move_cursor_left(&self, _: usize) -> io::Result<()> {
        self.put("")
    }
    fn write_line(&self, text: &str) -> io::Result<()> {
        self.put(&format!("{text}\n"))
    }
    fn write_str(&self, text: &str) -> io::Result<()> {
        self.put(text)
    }
    fn clear_line(&self) -> io::Result<()> {
        self.put("")
    }
    fn flush(&self) -> io::Result<()> {
        self.put("")
    }
}

/// What bars draw and print.
fn bars(screen: &Screen, log: &Log) -> Result<(), String> {
    let mut outputs = Outputs::default();
    let (selection, happenings) = eventful(&mut outputs);
    let read = move |path: &Path, start, len| outputs.part(path, start, len);
    let target = indicatif::ProgressDrawTarget::term_like(Box::new(screen.clone()));
    let mut live = LiveBars::new(target, Box::new(log.clone()), Box::new(read), false);
    for event in events(happenings) {
        live.hear(&Roster::of(&selection, Vec::new()), &event)?;
        live.tick(&Roster::of(&selection, Vec::new()))?;
    }
    Ok(())
}

#[test]
fn bars_show_what_runs_and_print_what_fails() {
    let (screen, log) = (Screen::default(), Log::default());
    bars(&screen, &log).expect("the terminal takes everything");
    let drawn = screen.drawn.lock().expect("no test panics while it draws").clone();
    assert!(drawn.contains("1 Build ## [error]x  ! grep x y"), "{drawn}");
    assert!(drawn.contains(" 2/6 checks, 1 failed  "), "{drawn}");
    assert!(drawn.contains(" 1/6 checks, 1 running  "), "{drawn}");
    let printed = snapshot("plain.txt");
    let printed = printed.lines();
    let expected: Vec<&str> = printed.skip(3).collect();
    assert_eq!(log.text().lines().collect::<Vec<_>>(), expected, "as in a log, but for what needs no line");
}

#[test]
fn bars_outlive_their_terminal() {
    let screen = Screen { closed: true, ..Screen::default() };
    let log = Log { refuses: Some(io::ErrorKind::BrokenPipe), ..Log::default() };
    assert_eq!(bars(&screen, &log), Ok(()));
}

#[test]
fn the_counts_stay_on_the_terminal_however_much_runs() {
    let mut sketch = Sketch::new("plan.md", Path::new("/"));
    for number in 1..=40 {
        sketch = sketch.stage(&format!("s{number}"), &[]).run("true");
    }
    let selection = sketch.selection();
    let screen = Screen::default();
    let target = indicatif::ProgressDrawTarget::term_like(Box::new(screen.clone()));
    let read = |_: &Path, _, _| Ok(Vec::new());
    let mut live = LiveBars::new(target, Box::new(Log::default()), Box::new(read), false);
    let started = |number: u32| Happening::CheckStarted(CheckRef { plan: 0, check: CheckId(number) });
    // The run goes on.
    let still = |event: &Event| event.what != Happening::RunEnded;
    for event in events((0..40).map(started).collect()).into_iter().filter(still) {
        live.hear(&Roster::of(&selection, Vec::new()), &event).expect("the terminal takes everything");
    }
    let drawn = || screen.drawn.lock().expect("no test panics while it draws").clone();
    let began = std::time::Instant::now();
    // Bars are not drawn at every tick.
    while !drawn().rsplit_once("s16").is_some_and(|(_, after)| after.contains("0/40 checks, 40 running")) {
        assert!(began.elapsed() < FOR_EVER, "the bars and the counts are never seen together: {}", drawn());
        live.tick(&Roster::of(&selection, Vec::new())).expect("the terminal takes everything");
    }
    assert!(!drawn().contains("s17"), "{}", drawn());
}

#[test]
fn the_bar_of_a_slow_check_is_marked() {
    let stages: Stages<'_> = &[("1", "Build", &[], &[(CHECK, "make")])];
    let selection = selection(&[("docs/plan.md", stages)], "");
    let screen = Screen::default();
    let target = indicatif::ProgressDrawTarget::term_like(Box::new(screen.clone()));
    let read = |_: &Path, _, _| Ok(Vec::new());
    let mut live = LiveBars::new(target, Box::new(Log::default()), Box::new(read), false);
    let slow = Slow { after: std::time::Duration::from_secs(60), usual: None };
    let told = vec![Happening::CheckStarted(first(0)), Happening::CheckSlow { check: first(0), slow }];
    let still = |event: &Event| event.what != Happening::RunEnded;
    for event in events(told).into_iter().filter(still) {
        live.hear(&Roster::of(&selection, Vec::new()), &event).expect("the terminal takes everything");
    }
    let drawn = || screen.drawn.lock().expect("no test panics while it draws").clone();
    let began = std::time::Instant::now();
    // Bars are not drawn at every tick.
    while !drawn().contains("slow  1 Build  make") {
        assert!(began.elapsed() < FOR_EVER, "the mark is never seen: {}", drawn());
        live.tick(&Roster::of(&selection, Vec::new())).expect("the terminal takes everything");
    }
}
