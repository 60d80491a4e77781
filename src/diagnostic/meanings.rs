//! What the codes of the reader mean, for who asks: why it matters, and what to do. A row for each constructor in
//! `codes`.

use super::Severity;

/// What one code means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// The code.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What was noticed, in a few words that follow "finds".
    pub summary: &'static str,
    /// Why that matters. Markdown.
    pub why: &'static str,
    /// How to mend it. Markdown.
    pub mend: &'static str,
}

/// The meaning of a code of the reader.
#[must_use]
pub fn meaning(code: &str) -> Option<&'static Meaning> {
    MEANINGS.iter().find(|meaning| meaning.code == code)
}

const fn error(code: &'static str, summary: &'static str, why: &'static str, mend: &'static str) -> Meaning {
    Meaning { code, severity: Severity::Error, summary, why, mend }
}

const fn warning(code: &'static str, summary: &'static str, why: &'static str, mend: &'static str) -> Meaning {
    Meaning { code, severity: Severity::Warning, summary, why, mend }
}

/// All codes of the reader.
pub const MEANINGS: &[Meaning] = &[
    // The document.
    warning(
        "not-utf8",
        "bytes that are not UTF-8",
        "What cannot be decoded is shown as \u{FFFD}. A command with such bytes in it would not be the command that its \
         author wrote.",
        "Save the file as UTF-8.",
    ),
    error(
        "unclosed-fence",
        "a fence that is never closed",
        "Markdown reads everything behind it as code. Which of the stages and commands there are meant cannot be known, \
         so the plan is not run.",
        "Close the fence with a line of the same marker.",
    ),
    warning(
        "nested-fence",
        "an example with fences in it that are as long as its own",
        "Markdown ends the example at the first inner fence. plan-run reads on as its author meant it, other readers do \
         not.",
        "Give the outer fence more backticks than the inner ones.",
    ),
    warning(
        "wrapped-document",
        "a plan that stands inside a Markdown fence as a whole",
        "It is shown as code by every reader of Markdown. plan-run reads it as if the fence were not there.",
        "Take the fence out.",
    ),
    warning(
        "no-stages",
        "a plan without any stage",
        "Nothing would be run.",
        "A stage starts at a heading such as `## Stage 1: Parse the input`; a heading such as `## Verification` asks for \
         proof of the whole plan.",
    ),
    error(
        "unreadable",
        "a plan that cannot be read",
        "Nothing is known of it, so nothing can be said to hold.",
        "The message has the words of the system: the file may be missing, or not to be read by this user.",
    ),
    // The order of stages.
    error(
        "dependency-cycle",
        "stages that wait for each other",
        "None of them could ever start.",
        "Each place that says so is shown. Take one of these dependencies out.",
    ),
    warning(
        "contradicting-order",
        "two places that say different things of the order of stages",
        "The stronger one is followed: what a stage says of itself counts more than a drawing, a drawing more than words \
         elsewhere. Somebody who reads only the weaker one is misled.",
        "Say the same in both places.",
    ),
    error(
        "unknown-stage",
        "a dependency on a stage that the plan does not have",
        "Whether the stage could start is not known, so the plan is not run.",
        "Correct the name; the plan's stages are listed with it.",
    ),
    warning(
        "unclaimed-need",
        "a stage that is claimed as done while one that it needs is not, where only what is claimed is run",
        "What the stage is built on is not looked at, so less is proven than the claim says.",
        "Tick what is done in the stage that is needed, or untick the one that needs it.",
    ),
    // What commands share.
    error(
        "unknown-resource",
        "a use of a resource of which nobody says how much there is",
        "Commands that share it could not be kept apart.",
        "Say in `plan-run.yaml` how much there is: `resources: { port: 1 }`.",
    ),
    error(
        "too-little-of-resource",
        "a check that asks for more of a resource than there is",
        "It could never start.",
        "Ask for less, or say in `resources` of `plan-run.yaml` that there is more.",
    ),
    // What carries commands elsewhere.
    error(
        "unknown-launcher",
        "a launcher that is named and not described",
        "Where the command is to run is not known, and to run it here would not be what was asked for.",
        "Correct the name, describe it in `launchers` of `plan-run.yaml`, or write `local` for this machine.",
    ),
    error(
        "launchers-in-script",
        "different launchers for commands that share a shell",
        "One shell runs on one machine.",
        "Name the launcher before the block, or give the commands blocks of their own.",
    ),
    error(
        "bad-launcher",
        "a launcher that cannot run anything as it is described",
        "Its words would run something else than the command, or nothing.",
        "Each launcher has a `preset`, or a `run` with `\"{command}\"` as one of its words.",
    ),
    // The configuration.
    error(
        "config-syntax",
        "a configuration that is not YAML",
        "What it sets is not known, so nothing is run.",
        "The place where it was noticed is shown; what is wrong may stand a line before.",
    ),
    error(
        "config-too-large",
        "a configuration that is longer than any real one",
        "Reading it could take very long.",
        "Take out what is not needed.",
    ),
    error(
        "config-unknown-key",
        "a key that the configuration does not know",
        "What its author wanted to set would silently not be set.",
        "Correct the name; the known keys are listed with it.",
    ),
    error(
        "config-misplaced-key",
        "a key that stands where it cannot have an effect",
        "Some settings hold for a run and stand in `plan-run.yaml`; others hold for the lines of one plan and stand in \
         its front matter.",
        "Move it to the file that the message names.",
    ),
    error(
        "config-duplicate-key",
        "a key that is set twice",
        "It is not known which of the two was meant.",
        "Take one of them out.",
    ),
    error(
        "config-missing-key",
        "a map without a key that it needs",
        "A check may fail in quarantine only while somebody looks after it, says why, and says until when.",
        "Add the key.",
    ),
    error(
        "duplicate-quarantine",
        "a check that is put in quarantine twice",
        "It is not known which of the two days holds.",
        "Take one of the entries out.",
    ),
    warning(
        "unknown-quarantine",
        "a quarantine of something that is not there",
        "It excuses nothing now. Should a check of that name come back, it would excuse a failure that nobody has looked \
         at.",
        "Take the entry out, or name the check or the stage as `plan-run list` does.",
    ),
    error(
        "expired-quarantine",
        "a quarantine whose last day is over",
        "A quarantine is a promise to look after a check by a day. When that day is over, the check counts again, and \
         the run does not hold while the entry is there.",
        "Mend the check and take the entry out, or give it a new day and say why.",
    ),
    error(
        "config-wrong-type",
        "a value of another kind than its key takes",
        "What it should mean would be a guess.",
        "The message says what the key takes.",
    ),
    error(
        "config-bad-value",
        "a value that makes no sense",
        "What it should mean would be a guess.",
        "The message says what is wrong with it.",
    ),
    error(
        "missing-root",
        "a directory to run in that is not there",
        "No command could be started.",
        "Correct `root`, or make the directory.",
    ),
    error(
        "missing-env-file",
        "a file with variables that cannot be read",
        "Commands would run without the variables that they rely on.",
        "Make the file, or take it out of `env_file`.",
    ),
    error(
        super::codes::ENV_FILE_SYNTAX,
        "a line of a file with variables that cannot be understood",
        "Commands would run without the variable that it sets, or with a wrong one.",
        "Write `NAME=value`, `NAME='as it stands'` or `NAME=\"with ${OTHER}\"`.",
    ),
    error(
        "unknown-rule",
        "a level for a code that no rule has",
        "Nothing would be set by it.",
        "Correct the code. `plan-run lint --rules` lists all of them.",
    ),
    error(
        "fixed-level",
        "a level for something that keeps a plan from being run",
        "Such a plan contradicts itself or cannot be understood. It would not run whatever its level is.",
        "Take the level out, and mend the plan.",
    ),
    // What authors say to plan-run.
    error(
        "unknown-directive",
        "a comment to plan-run with a word that means nothing",
        "What its author wanted would silently not be done.",
        "Correct the word; the known ones are listed with it.",
    ),
    error(
        "bad-directive",
        "a comment to plan-run with a value that makes no sense",
        "What its author wanted would silently not be done.",
        "The message says what is wrong with the value.",
    ),
    warning(
        "idle-directive",
        "a comment to plan-run that changes nothing",
        "Its author believes that something is set, and it is not.",
        "Put it on the line right before the item, the block or the heading that it is about, or take it out.",
    ),
    error(
        "idle-entry",
        "an entry of `checks` that can have no effect",
        "Its author believes that something is set, and it is not.",
        "Name the line of an item, of a command, of a block's opening or of a stage's heading.",
    ),
    error(
        "ambiguous-line",
        "an entry of `checks` whose words stand on several lines",
        "It is not known which of them is meant.",
        "Name the line by its number, or copy more of its words.",
    ),
    error(
        "no-such-line",
        "an entry of `checks` that names no line of the plan",
        "The plan has changed since, or the words were copied wrongly.",
        "Copy the words from the plan as they stand there, or name the line by its number.",
    ),
    error(
        "cwd-in-script",
        "a directory for one of several commands that share a shell",
        "The command runs in the directory in which the shell is by then.",
        "Say it of the whole block, or write `cd` into the block.",
    ),
    error(
        "directives-contradict",
        "two different things that are said of one line",
        "It is not known which of them is meant.",
        "Take one of them out.",
    ),
];
