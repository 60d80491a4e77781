//! Calls the rooms in order, as far as all verbs share them.

use std::process::ExitCode;
use std::sync::Arc;

use super::args::{self, Parsed, RunArgs, Tool, Verb};
use super::console::Console;
use super::settings::{PlanFile, Refusal, Settings, Terminals};
use super::{
    cmd_approve, cmd_bisect, cmd_explain, cmd_graph, cmd_history, cmd_hook, cmd_lint, cmd_list, cmd_man, cmd_mark,
    cmd_new, cmd_next, cmd_prove, cmd_report, cmd_run, cmd_shards, cmd_status, completion, exit_code, lsp, secrets,
    watch,
};
use crate::config::{self, Config, Place};
use crate::diagnostic::render::full;
use crate::diagnostic::{Diagnostic, Diagnostics, codes};
use crate::dialect::Reading;
use crate::graph::Graph;
use crate::host::{Host, RealHost};
use crate::lint::check_levels;
use crate::outline::Outline;
use crate::plan::{self, Plan};
use crate::run::{DuctExec, GUARD, keep_vigil, sandbox};
use crate::source::{MOST_READ, Source};
use crate::{dialect, outline};

/// The world of the program; it lives as long as the program does, as those who read captured output need it to.
static HOST: RealHost = RealHost;

/// More jobs than most runs have at a time.
const MANY_JOBS: usize = 44;

/// More than it takes to read a short plan, in bytes.
const READING: usize = 1 << 20;

/// Runs the program with the words that were typed.
#[must_use]
pub fn main() -> ExitCode {
    // Before anything else: it is to be there at once, and small.
    if RealHost::arguments().nth(1).is_some_and(|word| word.as_encoded_bytes() == GUARD.to_bytes()) {
        keep_vigil();
        return ExitCode::SUCCESS;
    }
    let words: Vec<_> = RealHost::arguments().collect();
    if let Some(status) = sandbox::serve(&words) {
        return ExitCode::from(status);
    }
    std::panic::set_hook(Box::new(|panic| {
        let payload = panic.payload();
        let text = payload.downcast_ref::<&str>().copied();
        let words = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message");
        let place = panic.location().map(|place| format!(" at {place}")).unwrap_or_default();
        let mut console = Console::new(Terminals::default());
        console.complain(&format!(
            "internal error: {words}{place}\nThis is a bug in plan-run, and nothing is known about the plan."
        ));
        console.unfence();
        // A panic must never end with a status that means something else.
        RealHost::exit(exit_code::INTERNAL);
    }));
    let (stdout, stderr) = RealHost::terminals();
    let mut console = Console::new(Terminals { stdout, stderr });
    let code = start(&mut console, &HOST);
    console.unfence();
    ExitCode::from(code)
}

fn start(console: &mut Console, host: &'static dyn Host) -> u8 {
    if args::asks_for_a_run(RealHost::arguments()) {
        get_ready();
    }
    console.hide(secrets::of_environment(host));
    let args = match args::parse(RealHost::arguments()) {
        Parsed::Args(args) => args,
        Parsed::Say { coloured, plain, error } => {
            let terminal = if error { console.terminals.stderr } else { console.terminals.stdout };
            let text = if terminal && host.env("NO_COLOR").is_none() { coloured } else { plain };
            if error {
                console.say(&text);
                return exit_code::WRONG_USE;
            }
            return done(console, &text, exit_code::HOLDS);
        }
    };
    if let Verb::Tool(tool) = &args.verb {
        // It works wherever it is asked for, whatever a configuration says there.
        return use_tool(tool, console, host);
    }
    let settings = match Settings::gather(&args, console.terminals, host) {
        Ok(settings) => settings,
        Err(Refusal::NothingFound(line)) if matches!(&args.verb, Verb::Hook(_)) => {
            // A branch without plans can be pushed.
            console.complain(line.lines().next().unwrap_or_default());
            return exit_code::HOLDS;
        }
        Err(refusal) => return refuse(console, &refusal, console.terminals.stderr && host.env("NO_COLOR").is_none()),
    };
    console.hide(secrets::of_settings(&settings, host));
    for note in &settings.notes {
        console.complain(note);
    }
    console.say(&full(&settings.diagnostics, settings.colour_stderr));
    match &args.verb {
        Verb::Run(run) if run.watch => watch::watch(&settings, console, host),
        Verb::Run(run) => cmd_run::run(run, &settings, console, host),
        Verb::Nightly(run) => {
            let run = RunArgs { nightly: true, ..(**run).clone() };
            cmd_run::run(&run, &settings, console, host)
        }
        Verb::Explain(explain) => cmd_explain::explain(explain, &explain.split().1, &settings, console, host),
        Verb::Prove(prove) => cmd_prove::prove(prove, &settings, console, host),
        Verb::List(list) => cmd_list::list(list, &settings, console, host),
        Verb::Lint(lint) => cmd_lint::lint(lint, &settings, console, host),
        Verb::Graph(graph) => cmd_graph::graph(graph, &settings, console, host),
        Verb::Status(status) => cmd_status::status(status, &settings, console, host),
        Verb::Next(next) => cmd_next::next(next, &settings, console, host),
        Verb::Mark(mark) => cmd_mark::mark(mark, &settings, console, host),
        Verb::History(history) => cmd_history::history(history, &settings, console, host),
        Verb::Report(report) => cmd_report::report(report, &settings, console, host),
        Verb::New(new) => cmd_new::new(new, &settings, console, host),
        Verb::Approve(approve) => cmd_approve::approve(approve, &settings, console, host),
        Verb::Shards(shards) => cmd_shards::shards(shards, &settings, console, host),
        Verb::Merge(merge) => cmd_report::merge(merge, &settings, console, host),
        Verb::Bisect(bisect) => cmd_bisect::bisect(bisect, &settings, console, host),
        Verb::Hook(hook) => cmd_hook::hook(hook, &settings, console, host),
        Verb::Tool(tool) => use_tool(tool, console, host),
    }
}

/// A plan that has what every plan has. With more in it, more of the program would be in memory than many a plan needs.
const SAMPLE: &str = "# Implementation Plan: Sample

## Stage 1: First

### Validation

- [ ] `true`
";

/// Has a plan read that nobody needs, while it is found out what is wanted: tables of words are made, and parts of the program
/// come into memory, when they are needed first, which takes longer than to read many stages after that.
fn get_ready() {
    // While there is one thread.
    DuctExec::make_room(MANY_JOBS);
    let read = || {
        let Ok(source) = Source::decode("sample", SAMPLE.as_bytes()).map(Arc::new) else { return };
        let mut diagnostics = Diagnostics::default();
        let outline = outline::read(&source, &mut diagnostics);
        let reading = dialect::read(&source, &outline, None, &[], &mut diagnostics);
        let _ = Graph::build(&plan::resolve(&source, reading, &[], &mut diagnostics), &mut diagnostics);
    };
    // Without the thread it only takes longer.
    drop(std::thread::Builder::new().name("ready".to_owned()).stack_size(READING).spawn(read));
}

fn use_tool(tool: &Tool, console: &mut Console, host: &'static dyn Host) -> u8 {
    match tool {
        Tool::Completions(completions) => completion::completions(completions, console),
        Tool::Man(man) => cmd_man::man(man, console, host),
        Tool::Lsp => lsp::serve(console, host),
        Tool::Complete(asked) => completion::complete(asked, console, host),
    }
}

/// Says why nothing is done; gives the exit code.
pub(super) fn refuse(console: &mut Console, refusal: &Refusal, colour: bool) -> u8 {
    match refusal {
        Refusal::Usage(line) => {
            console.complain(line);
            exit_code::WRONG_USE
        }
        Refusal::Config(diagnostics) => {
            console.hide(secrets::as_written(diagnostics));
            console.say(&full(diagnostics, colour));
            exit_code::WRONG_USE
        }
        Refusal::NothingFound(line) => {
            console.complain(line);
            exit_code::NOTHING_RAN
        }
        Refusal::Report(line) => {
            console.complain(line);
            exit_code::INTERNAL
        }
    }
}

/// Writes the program's data and gives the exit code, which is another one if the data cannot be written.
pub(super) fn done(console: &mut Console, text: &str, code: u8) -> u8 {
    match console.data(text) {
        Ok(()) => code,
        Err(why) => {
            console.complain(&why);
            exit_code::INTERNAL
        }
    }
}

/// A plan as far as it could be read.
pub(super) struct Loaded {
    /// The plan, unless its file could not be read.
    pub(super) plan: Option<Arc<Plan>>,
    /// The order of its stages, unless they wait for each other.
    pub(super) graph: Option<Graph>,
    /// What its front matter says.
    pub(super) front: Config,
    /// What is wrong with it.
    pub(super) diagnostics: Diagnostics,
}

/// Reads all plans, and says what is wrong with them; gives them with the exit code that this asks for.
pub(super) fn load_all(settings: &Settings, console: &mut Console, host: &dyn Host) -> (Vec<Loaded>, u8) {
    let loaded: Vec<Loaded> = settings
        .plans
        .iter()
        .map(|file| {
            let loaded = load(file, settings, console, host);
            console.say(&full(&loaded.diagnostics, settings.colour_stderr));
            loaded
        })
        .collect();
    let broken = loaded.iter().any(|loaded| loaded.diagnostics.has_errors());
    (loaded, if broken { exit_code::BROKEN_PLAN } else { exit_code::HOLDS })
}

/// Reads a plan: the rooms from source to graph. What is secret in it is hidden from then on.
pub(super) fn load(file: &PlanFile, settings: &Settings, console: &Console, host: &dyn Host) -> Loaded {
    let loaded = read(file, host);
    console.hide(secrets::of_plan(&loaded.front, loaded.plan.as_deref(), settings));
    if loaded.diagnostics.has_errors() {
        console.hide(secrets::as_written(&loaded.diagnostics));
    }
    loaded
}

fn read(file: &PlanFile, host: &dyn Host) -> Loaded {
    match decode(file, host) {
        Ok(source) => {
            let Written { reading, front, mut diagnostics, .. } = written(&source, file);
            let (plan, graph) = resolve(&source, file, reading, &front, &mut diagnostics);
            Loaded { plan: Some(Arc::new(plan)), graph, front, diagnostics }
        }
        Err(problem) => {
            let mut diagnostics = Diagnostics::default();
            diagnostics.push(*problem);
            Loaded { plan: None, graph: None, front: Config::default(), diagnostics }
        }
    }
}

/// The text of a plan's file.
///
/// # Errors
/// Why there is none.
pub(super) fn decode(file: &PlanFile, host: &dyn Host) -> Result<Arc<Source>, Box<Diagnostic>> {
    let shown = &file.located.shown;
    let decoded = host
        .read_part(&file.located.path, 0, MOST_READ)
        .map_err(|error| error.to_string())
        .and_then(|bytes| Source::decode(shown.as_str(), &bytes).map_err(|error| error.to_string()));
    decoded.map(Arc::new).map_err(|why| Box::new(codes::unreadable(shown, &why)))
}

/// A text as the rooms from outline to graph have understood it.
pub(super) struct Understood<'s> {
    /// Its parts.
    pub(super) outline: Outline<'s>,
    /// What its author wrote.
    pub(super) reading: Reading,
    /// The plan.
    pub(super) plan: Plan,
    /// The order of its stages, unless they wait for each other.
    pub(super) graph: Option<Graph>,
    /// What its front matter says.
    pub(super) front: Config,
    /// What is wrong with it.
    pub(super) diagnostics: Diagnostics,
}

/// Takes the text of a plan through the rooms from outline to graph.
pub(super) fn understand<'s>(source: &'s Arc<Source>, file: &PlanFile) -> Understood<'s> {
    let Written { outline, reading, front, mut diagnostics } = written(source, file);
    let (plan, graph) = resolve(source, file, reading.clone(), &front, &mut diagnostics);
    Understood { outline, reading, plan, graph, front, diagnostics }
}

/// What stands in a text.
struct Written<'s> {
    outline: Outline<'s>,
    reading: Reading,
    front: Config,
    diagnostics: Diagnostics,
}

/// Takes the text of a plan through the rooms from outline to dialect.
fn written<'s>(source: &'s Arc<Source>, file: &PlanFile) -> Written<'s> {
    let mut diagnostics = Diagnostics::default();
    let outline = outline::read(source, &mut diagnostics);
    let front = match outline.front_matter {
        Some(front) => config::parse(source, front.body, Place::FrontMatter, &mut diagnostics),
        None => Config::default(),
    };
    check_levels(&front, &mut diagnostics);
    let reading = dialect::read(source, &outline, file.dialect, &front.lines, &mut diagnostics);
    Written { outline, reading, front, diagnostics }
}

/// Takes what stands in a plan through the rooms plan and graph.
fn resolve(
    source: &Arc<Source>,
    file: &PlanFile,
    reading: Reading,
    front: &Config,
    diagnostics: &mut Diagnostics,
) -> (Plan, Option<Graph>) {
    let plan = plan::resolve(source, reading, &[front, &file.config.config], diagnostics);
    let graph = Graph::build(&plan, diagnostics);
    (plan, graph)
}
