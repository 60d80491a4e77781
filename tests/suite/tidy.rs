//! The rules of this repository, each a test. A rule is a function from a file to complaints, and is shown to complain.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::rust_code::{code_only, has_words, paths};

/// The rooms and their ranks: a room may name only rooms of a smaller rank, and itself.
const RANKS: &[(&str, u32)] = &[
    ("text", 0),
    ("host", 0),
    ("source", 1),
    ("diagnostic", 2),
    ("config", 3),
    ("outline", 3),
    ("dialect", 4),
    ("plan", 5),
    ("graph", 6),
    ("select", 7),
    ("prove", 9),
    ("touched", 10),
    ("outcome", 8),
    ("event", 9),
    ("roster", 9),
    ("journal", 10),
    ("edit", 10),
    ("history", 11),
    ("cache", 11),
    ("lint", 11),
    ("scaffold", 11),
    ("trust", 11),
    ("shards", 12),
    ("run", 12),
    ("report", 12),
    ("standing", 13),
    ("cli", 14),
];

/// What a room may name in spite of its rank: room, start of the path, reason.
const RANK_EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("dialect", "crate::plan::Kind", "what a check is has one name from the reading to the report"),
    ("dialect", "crate::plan::Expect", "the plan keeps an expectation as it was read"),
    ("dialect", "crate::plan::StatusRule", "part of an expectation"),
    ("dialect", "crate::plan::OutputRule", "part of an expectation"),
    ("select", "crate::outcome::Skip", "the reason for not running a check is also how it ends"),
];

/// How often a file does what the compiler cannot check, and tests that go through each of these places.
const UNSAFE: &[(&str, usize, &[&str])] = &[
    ("src/host/worktree.rs", 1, &["prove_ends::the_tree_goes_also_when_the_program_is_killed"]),
    (
        "src/run/os_unix.rs",
        4,
        &[
            "captured::what_a_command_needed_is_told_however_it_was_started",
            "guardian::a_guardian_holds_nothing_of_the_caller_and_ends_with_the_run",
        ],
    ),
    ("src/run/sandbox/filter.rs", 1, &["sandbox_escapes::no_attempt_gets_out_of_the_sandbox"]),
    (
        "src/run/sandbox/spaces.rs",
        7,
        &[
            "sandbox::the_network_is_refused_and_the_loopback_is_not",
            "sandbox_escapes::no_attempt_gets_out_of_the_sandbox",
        ],
    ),
    (
        "src/run/spawn.rs",
        8,
        &[
            "started::a_process_finds_the_same_however_it_is_started",
            "exec_contract::a_signal_to_the_program_is_an_interrupt",
            "guardian::a_guardian_holds_nothing_of_the_caller_and_ends_with_the_run",
        ],
    ),
];

/// Crates that only one file may name, or one folder.
const ONE_FILE_CRATES: &[(&str, &str)] = &[
    ("annotate_snippets", "src/diagnostic/render/full.rs"),
    ("clap", "src/cli/args/"),
    ("clap_complete", "src/cli/completion/candidates.rs"),
    ("clap_mangen", "src/cli/cmd_man.rs"),
    ("duct", "src/run/exec_duct/start.rs"),
    ("indicatif", "src/report/live_bars.rs"),
    ("junit_report", "src/report/junit/suites.rs"),
    ("landlock", "src/run/sandbox/fence.rs"),
    ("notify", "src/cli/watch.rs"),
    ("pulldown_cmark", "src/outline/parse.rs"),
    ("serde_yaml", "src/config/yaml.rs"),
];

/// Modules of the standard library that reach the world outside.
const WORLD: &[&str] = &["std::fs", "std::env", "std::process"];

/// Who may name them: file or folder, start of the path, reason.
const WORLD_EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("src/host/real.rs", "std::", "the one door to the world"),
    ("src/host/git.rs", "std::", "a part of that door: questions to git"),
    ("src/host/tree.rs", "std::", "a part of that door: git and versions of tools"),
    ("src/host/worktree.rs", "std::", "a part of that door: a working tree beside the user's"),
    ("src/main.rs", "std::process::ExitCode", "what a program returns"),
    ("src/cli/", "std::process::ExitCode", "what a program returns"),
    ("src/cli/watch.rs", "std::process::Child", "starts plan-run itself once more"),
    ("src/cli/watch.rs", "std::process::Command", "starts plan-run itself once more"),
    ("src/cli/watch.rs", "std::process::Stdio", "starts plan-run itself once more"),
    ("src/cli/watch.rs", "std::env::current_exe", "starts plan-run itself once more"),
    ("src/cli/lsp/running.rs", "std::process::Command", "starts plan-run itself for an editor"),
    ("src/cli/lsp/running.rs", "std::process::Stdio", "starts plan-run itself for an editor"),
    ("src/cli/lsp/running.rs", "std::env::current_exe", "starts plan-run itself for an editor"),
    ("src/run/capture.rs", "std::fs", "reads back what the children wrote"),
    ("src/run/jobserver.rs", "std::fs::File", "opens the ends of a pipe anew"),
    ("src/run/jobserver.rs", "std::fs::OpenOptions", "opens the ends of a pipe anew"),
    ("src/run/exec_duct/", "std::fs::File", "children write into files that the executor opens"),
    ("src/run/guardian/", "std::fs::File", "what a runner and its guardian share is a file"),
    ("src/run/guardian/guard.rs", "std::process::Command", "starts plan-run itself once more"),
    ("src/run/guardian/guard.rs", "std::process::Stdio", "starts plan-run itself once more"),
    ("src/run/own.rs", "std::env::current_exe", "tells those who start plan-run itself once more"),
    ("src/run/guardian/sweep.rs", "std::fs", "removes the folders of a run that was killed"),
    ("src/run/tidying.rs", "std::fs", "removes the folders that children got"),
    ("src/run/exec_duct/spool.rs", "std::fs::OpenOptions", "children write into files that the executor opens"),
    ("src/run/exec_duct/start.rs", "std::process::Child", "a program that cancels a command elsewhere"),
    ("src/run/exec_duct/start.rs", "std::process::Command", "tells duct what to start, with its environment"),
    ("src/run/exec_duct/start.rs", "std::process::ExitStatus", "how a child ended"),
    ("src/run/exec_duct/start.rs", "std::process::Stdio", "what a child reads"),
    ("src/run/exec_duct/scratch.rs", "std::fs", "makes and removes the folders that children get"),
    ("src/run/sandbox/order.rs", "std::fs", "hands an order to the process that enters a sandbox"),
    ("src/run/sandbox/made.rs", "std::fs", "makes what a command may write, and takes it away while nothing is in it"),
    ("src/run/sandbox/made.rs", "std::fs::DirBuilder", "makes what a command may write"),
    ("src/run/sandbox/made.rs", "std::fs::OpenOptions", "makes what a command may write"),
    ("src/run/sandbox/enter.rs", "std::fs", "the process that enters a sandbox reads its order"),
    ("src/run/sandbox/enter.rs", "std::env", "passes on some variables to the command that it becomes"),
    ("src/run/sandbox/enter.rs", "std::process::Command", "becomes the command"),
    ("src/run/sandbox/spaces.rs", "std::fs::write", "the system takes the names of users as files"),
    ("src/run/sandbox/probe.rs", "std::process::Command", "asks plan-run itself what the system can hold"),
    ("src/run/sandbox/probe.rs", "std::process::Stdio", "asks plan-run itself what the system can hold"),
    ("src/run/os_unix.rs", "std::fs", "finds programs, and what the system says of this process"),
    ("src/run/procfs.rs", "std::fs", "finds in /proc the processes that a child left behind"),
    ("src/run/os_unix.rs", "std::env", "looks programs up where the shell would"),
];

/// Rooms that only read: no process, no clock, no file.
const READING_ROOMS: &[&str] =
    &["text", "source", "diagnostic", "config", "outline", "dialect", "plan", "graph", "select", "prove"];

/// What a reading room does not name.
const OUTSIDE: &[&str] = &[
    "tokio", "duct", "nix", "tempfile", "ignore", "std::fs", "std::env", "std::process", "std::thread", "std::net",
    "std::time::Instant", "std::time::SystemTime",
];

/// The most lines that a source file has.
const MOST_LINES: usize = 600;

/// A file of the repository: its path with `/` between folders, and its text.
struct File {
    path: String,
    text: String,
}

fn file(path: &str, text: &str) -> File {
    File { path: path.to_owned(), text: text.to_owned() }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All text files of the repository that git does not ignore, by path.
fn repository() -> Vec<File> {
    let mut files: Vec<File> = ignore::WalkBuilder::new(root())
        .hidden(false)
        .require_git(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build()
        .map(|entry| entry.expect("the repository can be read").into_path())
        .filter(|path| path.is_file())
        .filter_map(|path| {
            let text = std::fs::read_to_string(&path).ok()?;
            Some(File { path: shown(&path), text })
        })
        .collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(files.iter().any(|file| file.path == "src/lib.rs"), "the repository is here");
    files
}

/// The paths that git knows; `None` where this is no checkout.
fn tracked() -> Option<BTreeSet<String>> {
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output().ok()?;
    let listed = String::from_utf8(listed.stdout).ok()?;
    let paths: BTreeSet<String> = listed.split('\0').map(str::to_owned).collect();
    paths.contains("Cargo.toml").then_some(paths)
}

fn shown(path: &Path) -> String {
    let parts = path.strip_prefix(root()).unwrap_or(path).components();
    parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn is_source(file: &File) -> bool {
    file.path.starts_with("src/") && is_rust(file)
}

fn is_rust(file: &File) -> bool {
    Path::new(&file.path).extension().is_some_and(|extension| extension == "rs")
}

/// The room of a source file; `None` for `main.rs` and `lib.rs`.
fn room(path: &str) -> Option<&str> {
    let name = path.strip_prefix("src/")?;
    let name = name.split('/').next().unwrap_or(name).trim_end_matches(".rs");
    (!matches!(name, "main" | "lib")).then_some(name)
}

/// Runs a rule over the files that it is about.
fn check(about: impl Fn(&File) -> bool, rule: impl Fn(&File) -> Vec<String>) {
    let complaints: Vec<String> = repository()
        .iter()
        .filter(|file| about(file))
        .flat_map(|file| rule(file).into_iter().map(|what| format!("{}: {what}", file.path)))
        .collect();
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

fn is_below(path: &str, start: &str) -> bool {
    path == start || path.strip_prefix(start).is_some_and(|rest| rest.starts_with("::") || start.ends_with("::"))
}

fn opens_with_purpose(file: &File) -> Vec<String> {
    let first = file.text.lines().next().unwrap_or_default();
    if first.starts_with("//! ") { Vec::new() } else { vec!["does not open with its purpose".to_owned()] }
}

#[test]
fn every_module_opens_with_its_purpose() {
    assert_eq!(opens_with_purpose(&file("src/x.rs", "use a;\n//! late")).len(), 1);
    check(is_rust, opens_with_purpose);
}

fn names_only_earlier_rooms(file: &File) -> Vec<String> {
    let Some(own) = room(&file.path) else { return Vec::new() };
    let rank = |name: &str| RANKS.iter().find(|(room, _)| *room == name).map(|(_, rank)| *rank);
    let Some(own_rank) = rank(own) else { return vec![format!("`{own}` has no rank")] };
    // How many steps up lead to the room itself.
    let depth = file.path.matches('/').count() - 1 - usize::from(file.path.ends_with("/mod.rs"));
    let mut complaints = Vec::new();
    for path in paths(&code_only(&file.text)) {
        let mut parts = path.split("::");
        let first = parts.next().unwrap_or_default();
        if first == "plan_run" {
            complaints.push(format!("`{path}`: a room is named from `crate`"));
        } else if first == "super" {
            let ups = path.split("::").take_while(|part| *part == "super").count();
            if ups > depth {
                complaints.push(format!("`{path}` leaves the room"));
            }
        } else if first == "crate" {
            let other = parts.next().unwrap_or_default();
            let allowed = RANK_EXCEPTIONS.iter().any(|(room, start, _)| *room == own && is_below(&path, start));
            if other != own && !allowed && rank(other).is_none_or(|rank| rank >= own_rank) {
                complaints.push(format!("`{path}`: `{own}` may not name `{other}`"));
            }
        }
    }
    complaints
}

#[test]
fn rooms_name_only_earlier_rooms() {
    let complaints = |path, text| names_only_earlier_rooms(&file(path, text)).len();
    assert_eq!(complaints("src/run/exec.rs", "use crate::{event::Event, report::Tally};"), 1);
    assert_eq!(complaints("src/graph.rs", "fn f() -> crate::cli::Args {}"), 1);
    assert_eq!(complaints("src/graph.rs", "use super::select;"), 1);
    assert_eq!(complaints("src/run/exec.rs", "use super::super::report;"), 1);
    assert_eq!(complaints("src/run/mod.rs", "use super::report;"), 1);
    assert_eq!(complaints("src/diagnostic/render/full.rs", "use super::super::codes; use super::x;"), 0);
    assert_eq!(complaints("src/dialect/model.rs", "use crate::plan::{Expect, Plan};"), 1);
    assert_eq!(complaints("src/cellar.rs", ""), 1);
    assert_eq!(complaints("src/plan/model.rs", "use plan_run::cli;"), 1);
    assert_eq!(complaints("src/plan/model.rs", "use super::resolve; use crate::plan::x; // crate::cli"), 0);
    check(is_source, names_only_earlier_rooms);
}

fn is_home(home: &str, path: &str) -> bool {
    path == home || home.ends_with('/') && path.starts_with(home)
}

fn names_no_foreign_crate(file: &File) -> Vec<String> {
    let paths = paths(&code_only(&file.text));
    let foreign = ONE_FILE_CRATES
        .iter()
        .filter(|(name, home)| !is_home(home, &file.path) && paths.iter().any(|path| is_below(path, name)));
    foreign.map(|(name, home)| format!("`{name}` is named in {home} only")).collect()
}

#[test]
fn each_heavy_crate_is_named_in_one_file() {
    assert_eq!(names_no_foreign_crate(&file("src/run/dispatch.rs", "duct::cmd!(\"x\")")).len(), 1);
    assert_eq!(names_no_foreign_crate(&file("src/cli/app.rs", "use clap::Parser;")).len(), 1);
    assert_eq!(names_no_foreign_crate(&file("src/cli/args/verbs.rs", "use clap::Parser;")).len(), 0);
    assert_eq!(names_no_foreign_crate(&file("src/run/exec_duct/start.rs", "use duct::Handle;")).len(), 0);
    assert_eq!(names_no_foreign_crate(&file("src/run/mod.rs", "use exec_duct::DuctExec; // duct::x")).len(), 0);
    check(is_source, names_no_foreign_crate);
    let missing: Vec<_> = ONE_FILE_CRATES.iter().filter(|(_, home)| !root().join(home).exists()).collect();
    assert!(missing.is_empty(), "the list speaks of files that are gone: {missing:?}");
}

fn reaches_no_world(file: &File) -> Vec<String> {
    let reaches = |path: &String| WORLD.iter().any(|module| is_below(path, module));
    let allowed = |path: &String| {
        WORLD_EXCEPTIONS.iter().any(|(place, start, _)| file.path.starts_with(place) && is_below(path, start))
    };
    let paths = paths(&code_only(&file.text)).into_iter().filter(|path| reaches(path) && !allowed(path));
    paths.map(|path| format!("`{path}`: files, environment and processes are reached through `host`")).collect()
}

#[test]
fn the_world_is_reached_through_the_host() {
    assert_eq!(reaches_no_world(&file("src/cli/app.rs", "use std::{env, io};")).len(), 1);
    assert_eq!(reaches_no_world(&file("src/report/junit.rs", "std::fs::write(a, b);")).len(), 1);
    assert_eq!(reaches_no_world(&file("src/cli/mod.rs", "use std::process::ExitCode;")).len(), 0);
    assert_eq!(reaches_no_world(&file("src/host/real.rs", "use std::fs;")).len(), 0);
    check(is_source, reaches_no_world);
}

fn only_reads(file: &File) -> Vec<String> {
    let outside = |path: &String| OUTSIDE.iter().any(|name| is_below(path, name));
    paths(&code_only(&file.text)).into_iter().filter(outside).map(|path| format!("names `{path}`")).collect()
}

#[test]
fn reading_rooms_know_no_clock_and_no_process() {
    assert_eq!(only_reads(&file("src/graph.rs", "use std::time::{Duration, Instant};")).len(), 1);
    assert_eq!(only_reads(&file("src/plan/model.rs", "tokio::spawn(x)")).len(), 1);
    assert_eq!(only_reads(&file("src/plan/model.rs", "use std::time::Duration;")).len(), 0);
    check(|file| is_source(file) && room(&file.path).is_some_and(|room| READING_ROOMS.contains(&room)), only_reads);
}

fn has_nothing_unfinished(file: &File) -> Vec<String> {
    let code = code_only(&file.text);
    let mut complaints = Vec::new();
    for word in ["todo", "unimplemented", "dbg"] {
        if has_words(&code, &[word, "!"]) {
            complaints.push(format!("`{word}!` is left in it"));
        }
    }
    if has_words(&code, &["#", "[", "ignore"]) {
        complaints.push("a test is ignored".to_owned());
    }
    let is_test = has_words(&code, &["#", "[", "test", "]"]) || has_words(&code, &["cfg", "(", "test", ")"]);
    if file.path.starts_with("src/") && is_test {
        complaints.push("tests stand below `tests`".to_owned());
    }
    complaints
}

#[test]
fn nothing_is_left_unfinished() {
    let complaints = |path, text| has_nothing_unfinished(&file(path, text)).len();
    assert_eq!(complaints("src/x.rs", "todo!(); unimplemented!(); dbg!(1)"), 3);
    assert_eq!(complaints("src/x.rs", "#[cfg(test)]\nmod tests { #[test] fn a() {} }"), 1);
    assert_eq!(complaints("tests/x.rs", "#[test]\n#[ignore]\nfn a() {}"), 1);
    assert_eq!(complaints("tests/x.rs", "#[test]\nfn a() { \"todo!()\"; } // #[ignore]"), 0);
    check(is_rust, has_nothing_unfinished);
}

fn is_short(file: &File) -> Vec<String> {
    let lines = file.text.lines().count();
    if lines > MOST_LINES { vec![format!("has {lines} lines; split it")] } else { Vec::new() }
}

#[test]
fn source_files_are_short() {
    assert_eq!(is_short(&file("src/x.rs", &"\n".repeat(MOST_LINES + 1))).len(), 1);
    check(is_source, is_short);
}

fn only_lists(file: &File) -> Vec<String> {
    // The trait is the room: everything else in it is one of its forms.
    let allowed: &[&str] = if file.path == "src/host/mod.rs" { &["trait", "fn"] } else { &[] };
    let code = code_only(&file.text);
    let words = ["fn", "struct", "enum", "trait", "impl", "const", "static", "type", "macro_rules"];
    let found = words.iter().filter(|word| !allowed.contains(word) && has_words(&code, &[word]));
    found.map(|word| format!("has `{word}`, but holds only documentation, modules and names")).collect()
}

#[test]
fn mod_files_only_list() {
    assert_eq!(only_lists(&file("src/run/mod.rs", "mod a;\npub use a::b;\nfn c() {}")).len(), 1);
    assert_eq!(only_lists(&file("src/run/mod.rs", "//! impl\n#[cfg(unix)]\nmod a;\npub use a::b;")).len(), 0);
    check(|file| is_source(file) && file.path.ends_with("/mod.rs"), only_lists);
}

/// Rust files of a folder that its list of modules does not name.
fn unlisted(list: &str, names: &[&str]) -> Vec<String> {
    let code = code_only(list);
    let missing = names.iter().filter(|name| !has_words(&code, &["mod", name, ";"]));
    missing.map(|name| (*name).to_owned()).collect()
}

#[test]
fn no_test_file_is_forgotten() {
    assert_eq!(unlisted("mod a;\n// mod b;", &["a", "b"]), ["b"]);
    let files = repository();
    for (list, folder) in [("tests/suite/main.rs", "tests/suite/"), ("tests/support/mod.rs", "tests/support/")] {
        let own = files.iter().find(|file| file.path == list).expect("the list is there");
        let names: Vec<&str> = files
            .iter()
            .filter(|file| file.path != list && is_rust(file))
            .filter_map(|file| file.path.strip_prefix(folder))
            .map(|name| name.split('/').next().unwrap_or(name).trim_end_matches(".rs"))
            .collect();
        assert_eq!(unlisted(&own.text, &names), Vec::<String>::new(), "{list} does not name every file beside it");
    }
}

/// How often a file does what the compiler cannot check.
fn unsafe_places(text: &str) -> usize {
    code_only(text)
        .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .filter(|word| *word == "unsafe")
        .count()
}

#[test]
fn what_the_compiler_cannot_check_is_listed_with_its_tests() {
    assert_eq!(
        unsafe_places("unsafe { a() } // unsafe\n#[expect(unsafe_code, reason = \"unsafe\")] unsafe fn b() {}"),
        2
    );
    let files = repository();
    let text = |path: &str| files.iter().find(|file| file.path == path).map(|file| file.text.as_str());
    let found: Vec<(&str, usize)> = files
        .iter()
        .filter(|file| is_source(file) && is_rust(file))
        .map(|file| (file.path.as_str(), unsafe_places(&file.text)))
        .filter(|(_, count)| *count > 0)
        .collect();
    let listed: Vec<(&str, usize)> = UNSAFE.iter().map(|&(path, count, _)| (path, count)).collect();
    assert_eq!(found, listed, "the list has what is there, in order");
    for test in UNSAFE.iter().flat_map(|(_, _, tests)| *tests) {
        let (module, name) = test.split_once("::").expect("a module and a test");
        let text = text(&format!("tests/suite/{module}.rs")).unwrap_or_default();
        assert!(text.contains(&format!("#[test]\nfn {name}()")), "there is no test {test}");
    }
}

fn names_no_machine(file: &File) -> Vec<String> {
    // Written in two parts, so that this file does not complain of itself.
    let mut places: Vec<String> =
        ["/ho|me/", "/ro|ot/", "/Use|rs/"].iter().map(|place| place.replace('|', "")).collect();
    places.push(root().display().to_string());
    let found = file.text.lines().enumerate().filter(|(_, line)| {
        places.iter().any(|place| {
            let at = line.find(place.as_str());
            // `docs/home/x` is a path of a repository, not of a machine.
            at.is_some_and(|at| !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-*}".contains(c)))
        })
    });
    found.map(|(index, line)| format!("line {} names a place on one machine: {}", index + 1, line.trim())).collect()
}

#[test]
fn no_file_names_a_place_on_one_machine() {
    let home = ["", "home", "me", "plan"].join("/");
    assert_eq!(names_no_machine(&file("README.md", &format!("cd {home}"))).len(), 1);
    assert_eq!(names_no_machine(&file("README.md", &format!("see docs{home}"))).len(), 0);
    // A log that someone left beside the code is their own affair.
    let tracked = tracked();
    check(|file| tracked.as_ref().is_none_or(|paths| paths.contains(&file.path)), names_no_machine);
}

fn pins_its_actions(file: &File) -> Vec<String> {
    let used = file.text.lines().filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("uses:"));
    let loose = used.map(str::trim).filter(|action| {
        let hash = action.split([' ', '#']).next().unwrap_or_default().split_once('@').map_or("", |(_, hash)| hash);
        let pinned = hash.len() == 40 && hash.chars().all(|c| c.is_ascii_hexdigit());
        !pinned && !action.starts_with("./")
    });
    loose.map(|action| format!("`{action}` is not pinned by its full hash")).collect()
}

#[test]
fn workflows_pin_their_actions() {
    assert_eq!(pins_its_actions(&file("a.yml", "  - uses: actions/checkout@v4\n")).len(), 1);
    assert_eq!(pins_its_actions(&file("a.yml", "uses: ./\n")).len(), 0);
    check(|file| file.path.ends_with(".yml"), pins_its_actions);
}

/// Targets of links in a Markdown text that are files of the repository.
fn linked_files(text: &str) -> Vec<&str> {
    let mut targets = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("](") {
        rest = &rest[at + 2..];
        let Some(end) = rest.find(')') else { break };
        let target = rest[..end].split('#').next().unwrap_or_default();
        if !target.is_empty() && !target.contains("://") {
            targets.push(target);
        }
    }
    targets
}

#[test]
fn links_lead_somewhere() {
    assert_eq!(linked_files("[a](b.md#c) [d](https://e.org) [f](#g)"), ["b.md"]);
    let prose = |file: &File| file.path.ends_with(".md") && !file.path.starts_with("tests/");
    check(prose, |file| {
        let folder: PathBuf = root().join(&file.path).parent().expect("a file has a folder").to_owned();
        let dead = linked_files(&file.text).into_iter().filter(|target| !folder.join(target).exists());
        dead.map(|target| format!("links to {target}, which is not there")).collect()
    });
}

#[test]
fn source_is_read_without_comments_and_literals() {
    let text = "a /* b /* c */ d */ e // f\n\"g\\\"h\" i r#\"j\"k\"# l 'm' n<'o> '\\'' b\"p\" q";
    let words = code_only(text).split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(words, "a e i l n<'o> b q");
}

#[test]
fn paths_are_written_out() {
    let code = "use std::{fs::{self, File}, io as o}; use a; pub use super::b::*; fn f() -> c::d::E { crate::x::y() }
        impl Iterator<Item = u8> + use<'_>; extern crate z;";
    let expected = ["std::fs", "std::fs::File", "std::io", "a", "super::b::*", "c::d::E", "crate::x::y", "z"];
    assert_eq!(paths(code), expected);
}
