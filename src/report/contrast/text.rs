//! The table and the answer, for terminals and logs alike.

use super::{Contrast, PlanContrast, RedReport, Side, Standing};
use crate::report::closing::row;
use crate::report::lines::{Paint, paint, paint_of, safe};
use crate::report::{CheckReport, Verdict, wording};
use crate::text::{columns, fit, plural};

/// The most files that are named.
const MOST_FILES: usize = 10;

/// The most columns of a command.
const COMMAND_COLUMNS: usize = 100;

/// How much of a commit's name is shown.
const SHORT: usize = 12;

/// What is said of tests that pass without the work.
const VACUOUS_HELP: &str = "A vacuous test shows nothing of the work. If the test itself is in a file that was not brought in, such as a unit \
     test beside the code, name that file with --tests.";

/// What the runs show, ending with a line break.
#[must_use]
pub fn contrast_text(contrast: &Contrast, verdict: Verdict, colour: bool) -> String {
    let short = contrast.base.commit.get(..SHORT).unwrap_or(&contrast.base.commit);
    let mut out = format!("\nbefore the work: {} ({})\n", safe(short), safe(&contrast.base.what));
    out.push_str(&files(contrast));
    for plan in &contrast.plans {
        out.push('\n');
        table(&mut out, plan, colour);
    }
    if contrast.red().any(|red| red.standing == Standing::Vacuous) {
        out.push_str(&format!("\n{VACUOUS_HELP}\n"));
    }
    out.push_str(&format!("\n{}: {}\n", paint(shout(verdict), paint_of(verdict), colour), sentence(contrast, verdict)));
    out
}

fn files(contrast: &Contrast) -> String {
    if contrast.files.brought.is_empty() {
        return "no test file was brought in\n".to_owned();
    }
    let named: Vec<String> = contrast.files.brought.iter().take(MOST_FILES).map(|path| safe(path)).collect();
    let more = contrast.files.brought.len() - named.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("brought in {}: {}{more}\n", plural(contrast.files.brought.len(), "test file"), named.join(", "))
}

fn table(out: &mut String, plan: &PlanContrast, colour: bool) {
    let place = |check: &CheckReport| (safe(&check.label), format!("{}:{}", safe(&plan.path), check.line));
    let all = plan.red.iter().map(|red| &red.here).chain(&plan.failing).map(place);
    let (labels, places): (Vec<String>, Vec<String>) = all.unzip();
    let width = |words: &[String]| words.iter().map(|word| columns(word)).max().unwrap_or(0);
    let (label_width, place_width) = (width(&labels), width(&places));
    let mut line = |word: &str, colour_of: Paint, check: &CheckReport, notes: &[String]| {
        let (label, place) = place(check);
        let gaps = [label_width - columns(&label), place_width - columns(&place)].map(|gap| " ".repeat(gap));
        let called = fit(&safe(&wording::called(check)), COMMAND_COLUMNS);
        row(out, word, colour_of, colour, &format!("{label}{}  {place}{}  {called}", gaps[0], gaps[1]));
        notes.iter().for_each(|note| row(out, "", Paint::Dim, colour, &safe(note)));
    };
    for red in &plan.red {
        let (word, colour_of) = match red.standing {
            Standing::Proven => ("proven", Paint::Green),
            Standing::Vacuous => ("VACUOUS", Paint::Red),
            Standing::OtherReason => ("OTHER", Paint::Red),
            Standing::FailsHere => ("FAILS", Paint::Red),
            Standing::NotRun { .. } => ("not run", Paint::Yellow),
            Standing::LeftOut => ("left out", Paint::Yellow),
        };
        line(word, colour_of, &red.here, &notes(red));
    }
    for check in &plan.failing {
        line("FAILS", Paint::Red, check, &[format!("with the work: {}", wording::reason(&check.outcome))]);
    }
}

/// What is said of a red check beside its standing.
fn notes(red: &RedReport) -> Vec<String> {
    let before = format!("before the work: {}", wording::reason(&red.there.outcome));
    let with = format!("with the work: {}", wording::reason(&red.here.outcome));
    let mut notes = match red.standing {
        Standing::Proven => Vec::new(),
        Standing::Vacuous => vec!["passes before the work as well".to_owned()],
        Standing::OtherReason | Standing::NotRun { side: Side::There } | Standing::LeftOut => vec![before],
        Standing::FailsHere if red.there.outcome.is_green() => {
            vec!["before the work: fails, as it must".to_owned(), with]
        }
        Standing::FailsHere => vec![before, with],
        Standing::NotRun { side: Side::Here } => vec![with],
    };
    let wants_file =
        matches!(red.standing, Standing::Proven | Standing::OtherReason | Standing::NotRun { side: Side::There });
    if wants_file && !red.absent.is_empty() {
        let (be, it) = if red.absent.len() == 1 { ("is", "it is") } else { ("are", "one of them is") };
        let files = red.absent.join(", ");
        notes.push(format!("{files} {be} not there before the work; if {it} the test, bring it with --tests"));
    }
    notes
}

fn shout(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Holds => "PROVEN",
        Verdict::Fails | Verdict::UnprovenClaims => "NOT PROVEN",
        Verdict::Interrupted
        | Verdict::Internal
        | Verdict::BrokenPlan
        | Verdict::ExpiredQuarantine
        | Verdict::NothingRan
        | Verdict::NothingClaimed
        | Verdict::NothingTouched
        | Verdict::EmptyShard => wording::shout(verdict),
    }
}

/// The verdict in one sentence without a full stop.
fn sentence(contrast: &Contrast, verdict: Verdict) -> String {
    match verdict {
        Verdict::Interrupted => "Interrupted before every check had ended".to_owned(),
        Verdict::Internal => "The runs cannot be relied on".to_owned(),
        Verdict::BrokenPlan => "A plan cannot be run".to_owned(),
        Verdict::ExpiredQuarantine => "A quarantine has expired".to_owned(),
        Verdict::NothingRan | Verdict::EmptyShard => "Nothing was run, so nothing is proven".to_owned(),
        Verdict::NothingClaimed => "Nothing is claimed as done yet, so nothing was run".to_owned(),
        Verdict::NothingTouched => "What changed touches no plan, so nothing was run".to_owned(),
        Verdict::Holds | Verdict::Fails | Verdict::UnprovenClaims => {
            let count = |wanted: &str| contrast.red().filter(|red| red.standing.word() == wanted).count();
            let all = contrast.red().count() - count("left-out");
            let proven = count("proven");
            let be = if all == 1 || proven == 1 { "is" } else { "are" };
            let mut parts = vec![format!("{proven} of {} {be} proven", plural(all, "red check"))];
            let named = [
                ("vacuous", "vacuous"),
                ("other-reason", "failed for another reason"),
                ("fails-here", "failing with the work"),
                ("not-run", "not run"),
                ("left-out", "left out"),
            ];
            let others = named.map(|(word, shown)| (count(word), shown)).into_iter().filter(|(count, _)| *count > 0);
            parts.extend(others.map(|(count, shown)| format!("{count} {shown}")));
            let failing: usize = contrast.plans.iter().map(|plan| plan.failing.len()).sum();
            if failing > 0 {
                parts.push(format!("{} not holding with the work", plural(failing, "other check")));
            }
            parts.join(", ")
        }
    }
}
