//! The sandbox: what it lets through, what it does not, its limits, who may loosen it, and what is said of it.

use std::path::Path;
use std::sync::OnceLock;

use plan_run::run::sandbox::denied::denied;
use plan_run::run::sandbox::{Means, Rules, Spaces};

use crate::support::history::Repository;
use crate::support::space::{Finished, Space};

/// Whether this system can hold all of a sandbox. Where it cannot, that is told, and nothing about its walls can be shown.
#[expect(clippy::print_stderr, reason = "says what was not shown")]
pub(crate) fn is_whole() -> bool {
    static WHOLE: OnceLock<bool> = OnceLock::new();
    *WHOLE.get_or_init(|| {
        let done = Space::new().file("plan.md", &plan(&["true"])).run(&["run", "--sandbox=require", "plan.md"]);
        if done.status != Some(0) {
            eprintln!("this system cannot hold all of a sandbox, so that its walls are not shown: {}", done.stderr);
            assert!(done.stderr.contains("this system cannot hold commands to all of the sandbox: "), "{done:?}");
        }
        done.status == Some(0)
    })
}

fn plan(commands: &[&str]) -> String {
    let items: Vec<String> = commands.iter().map(|command| format!("```bash\n{command}\n```\n\n")).collect();
    format!("# Plan\n\n## Stage 1: Build\n\n### Validation\n\n{}", items.concat())
}

fn repository(commands: &[&str], config: &str) -> Repository {
    let repository = Repository::new();
    repository.file("plan.md", &plan(commands)).file(".gitignore", ".plan-run/\n");
    if !config.is_empty() {
        repository.file("plan-run.yaml", config);
    }
    repository.commit();
    repository
}

fn run(repository: &Repository, args: &[&str]) -> Finished {
    repository.run(&[&["run"], args, &["plan.md"]].concat())
}

#[test]
fn what_passed_without_a_sandbox_runs_again_in_one() {
    let repository = repository(&["echo x >> ran", "test -e now"], "");
    let ran = || std::fs::read_to_string(repository.root.join("ran")).unwrap_or_default().lines().count();
    assert_eq!(run(&repository, &[]).status, Some(1));
    let done = run(&repository, &["--resume"]);
    assert!(done.stdout.contains("1 passed, 1 failed"), "{done:?}");
    assert_eq!(ran(), 1, "it has passed, and is not run again");
    let done = run(&repository, &["--resume", "--sandbox"]);
    if is_whole() {
        assert!(done.stdout.contains("2 failed"), "{done:?}");
        let denied = format!("denied by the sandbox: write {}", repository.root.join("ran").display());
        assert!(done.stderr.contains(&denied), "{done:?}");
    } else {
        assert_eq!(ran(), 2, "{done:?}");
    }
}

#[test]
fn builds_write_what_builds_write_and_nothing_else() {
    if !is_whole() {
        return;
    }
    let repository =
        repository(&["touch target/x", "touch $TMPDIR/x", "touch src/x", "touch kept/target/x"], "sandbox: true");
    // A folder with a file that git tracks is none of a build's, whatever its name.
    repository.file("Cargo.toml", "").file("src/lib.rs", "").file("kept/Cargo.toml", "").file("kept/target/here", "");
    repository.commit();
    let done = run(&repository, &[]);
    assert_eq!(done.status, Some(1), "{done:?}");
    assert!(done.stdout.contains("FAILS: 2 checks do not hold (0 of 1 stage holds; 2 passed, 2 failed)"), "{done:?}");
    assert!(repository.root.join("target/x").exists());
    let root = repository.root.canonicalize().expect("it is there");
    for name in ["src/x", "kept/target/x"] {
        assert!(!repository.root.join(name).exists());
        let words = format!("denied by the sandbox: write {}", root.join(name).display());
        assert!(done.stderr.contains(&words), "{words}: {done:?}");
    }
    // Every report tells it.
    let events: Vec<_> = glob_events(&repository);
    assert!(events.iter().any(|text| text.contains("denied by the sandbox: write ")), "{events:?}");
    let done = run(&repository, &["--junit", "junit.xml", "--summary", "summary.md"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    for name in ["junit.xml", "summary.md"] {
        let text = std::fs::read_to_string(repository.root.join(name)).expect("it was written");
        assert!(text.contains("denied by the sandbox: write "), "{name}: {text}");
    }
}

#[test]
fn what_is_made_for_a_sandbox_proves_nothing_and_goes_again() {
    // A script is no command of which it is known that it only looks.
    let looks = ["test -d target", "test -f report.txt", "ls target | grep -c x", "sh ok.sh && test -d target"];
    let config = "sandbox:\n  write: [report.txt, deep/down/]\n";
    let repository = repository(&[&looks[..], &["sh ok.sh && ! test -e deep/down"]].concat(), config);
    repository.file("Cargo.toml", "").file("ok.sh", "true\n");
    repository.commit();
    let names = ["target", "report.txt", "deep"];
    let done = run(&repository, &["--jobs", "1"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    assert!(done.stdout.contains("5 checks do not hold (0 of 1 stage holds; "), "{done:?}");
    let lost = "it looks at `target`, which was there only for the sandbox, with nothing in it";
    assert_eq!(done.stderr.matches(lost).count(), 1, "only where the folder was made at all: {done:?}");
    assert!(done.stderr.contains("`deep/down` was there only for the sandbox, with nothing in it"), "{done:?}");
    let told = "made for the sandbox, and taken away again because nothing was written there: ";
    assert_eq!(done.stderr.matches(told).count(), 1, "{done:?}");
    for name in names {
        assert!(!repository.root.join(name).exists(), "{name}");
    }
    // Nor is anything made where all that runs only looks.
    let repository = self::repository(&looks[..3], config);
    repository.file("Cargo.toml", "");
    let done = run(&repository, &[]);
    assert!(done.stdout.contains("3 failed") && !done.stderr.contains(told), "{done:?}");
}

#[test]
fn looks_are_found_behind_words_of_the_shell_and_brackets() {
    if !is_whole() {
        return;
    }
    let looks = [
        "if (test -d target); then echo there; fi",
        "! (sh ok.sh; ls target/x)",
        "while (ls target) && false; do :; done; { (test -d ./target); }",
    ];
    for look in looks {
        let repository = repository(&[look], "");
        repository.file("Cargo.toml", "").file("ok.sh", "true\n");
        repository.commit();
        let done = run(&repository, &["--sandbox"]);
        let only = "which was there only for the sandbox, with nothing in it";
        let expected = if look.contains("target/x") { Some(0) } else { Some(1) };
        assert_eq!(done.status, expected, "{look}: {done:?}");
        assert_eq!(done.stderr.contains(only), expected == Some(1), "{look}: {done:?}");
        assert!(!repository.root.join("target").exists(), "{look}");
    }
}

#[test]
fn what_a_command_writes_where_a_sandbox_lets_it_stays() {
    let commands = ["touch target/x", "echo x > report.txt", "test -d target && test -s report.txt"];
    let repository = repository(&commands, "sandbox:\n  write: [report.txt]\n");
    repository.file("Cargo.toml", "");
    repository.commit();
    let done = run(&repository, &["--jobs", "1"]);
    assert_eq!(done.status, Some(0), "{done:?}");
    assert!(!done.stderr.contains("made for the sandbox"), "{done:?}");
    assert!(repository.root.join("target/x").exists());
    // What was there before is nobody's to take away.
    std::fs::remove_file(repository.root.join("target/x")).expect("it is there");
    assert_eq!(run(&repository, &["--jobs", "1"]).status, Some(0));
    std::fs::remove_file(repository.root.join("target/x")).expect("it is there");
    repository.file("plan.md", &plan(&["sh -c true", "test -d target"]));
    assert_eq!(run(&repository, &["--jobs", "1"]).status, Some(0));
    assert!(repository.root.join("target").is_dir());
}

fn glob_events(repository: &Repository) -> Vec<String> {
    let runs = std::fs::read_dir(repository.root.join(".plan-run/runs")).expect("runs are kept");
    runs.flatten().filter_map(|run| std::fs::read_to_string(run.path().join("events.ndjson")).ok()).collect()
}

#[test]
fn what_is_listed_is_let_through() {
    if !is_whole() {
        return;
    }
    let commands =
        ["touch out/x", "echo x > report.txt", "cat ../secret", "test \\\"$WANTED\\\" = yes", "test -z \\\"$OTHER\\\""];
    let commands = commands.map(|command| command.replace("\\\"", "\""));
    let commands: Vec<&str> = commands.iter().map(String::as_str).collect();
    let mut repository =
        repository(&commands, "sandbox:\n  write: [out, report.txt]\n  read: [../secret]\n  env: [WANTED]\n");
    repository.space.file("secret", "x");
    repository.space.env("WANTED", "yes").env("OTHER", "no");
    let done = run(&repository, &[]);
    assert_eq!(done.status, Some(0), "{done:?}");
    // A stranger's configuration loosens nothing where that is not wanted.
    let done = run(&repository, &["--sandbox=strict"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    assert!(done.stdout.contains("1 passed, 4 failed"), "{done:?}");
}

#[test]
fn a_link_in_the_tree_leads_nowhere() {
    let repository = repository(&["true"], "sandbox:\n  write: [out]\n");
    std::os::unix::fs::symlink(repository.space.path(), repository.root.join("out")).expect("a link can be made");
    let done = run(&repository, &[]);
    assert_eq!(done.status, Some(2), "{done:?}");
    assert!(done.stderr.contains("`write: out` leads out of the working tree, to "), "{done:?}");
    assert!(done.stderr.contains("nothing was run"), "{done:?}");
    if is_whole() {
        // Nor does one that stands where a build writes.
        let repository = self::repository(&["touch target/x"], "sandbox: true");
        repository.file("Cargo.toml", "");
        std::os::unix::fs::symlink(repository.space.path(), repository.root.join("target"))
            .expect("a link can be made");
        let done = run(&repository, &[]);
        assert_eq!(done.status, Some(1), "{done:?}");
        assert!(!repository.space.at("x").exists());
    }
}

#[test]
fn limits_end_a_command_and_are_told() {
    if !is_whole() {
        return;
    }
    let of = |limit: &str, command: &str| {
        let repository = repository(&[command], &format!("sandbox:\n  {limit}\n"));
        let done = run(&repository, &[]);
        (done.status, done.stderr)
    };
    let (status, said) = of("cpu_time: 1s", "while :; do :; done");
    assert!(status == Some(1) && said.contains("denied by the sandbox: more than `cpu_time`"), "{status:?} {said}");
    let (status, said) = of("file_size: 4K", "head -c 100000 /dev/zero > $TMPDIR/x");
    assert!(status == Some(1) && said.contains("denied by the sandbox: more than `file_size`"), "{status:?} {said}");
    let (status, said) = of("memory: 64M", "x=$(head -c 200000000 /dev/zero | tr '\\0' x); echo ${#x}");
    assert!(status == Some(1) && said.contains("denied by the sandbox: more than `memory`"), "{status:?} {said}");
    if rustix::process::geteuid().is_root() {
        let (status, said) = of("processes: 5", "true");
        assert_eq!(status, Some(0), "{said}");
        let words =
            "warning: this system cannot hold commands to all of the sandbox: `processes` (root is not bound by it)";
        assert!(said.contains(words), "{said}");
    } else {
        let (status, said) = of("processes: 5", "sleep 1 & sleep 1 & sleep 1 & sleep 1 & sleep 1 & sleep 1 & wait");
        assert!(
            status == Some(1) && said.contains("denied by the sandbox: more than `processes`"),
            "{status:?} {said}"
        );
    }
}

#[test]
fn the_network_is_refused_and_the_loopback_is_not() {
    if !is_whole() {
        return;
    }
    let server = "bash -c 'exec 3<>/dev/udp/127.0.0.1/9 && echo up >&3'";
    let done = run(&repository(&[server], "sandbox: true"), &[]);
    assert_eq!(done.status, Some(0), "{done:?}");
    // An address that is nobody's, so that it makes no difference what this machine reaches.
    let out = "echo x > /dev/udp/192.0.2.1/9";
    let out = run(&repository(&[out], "sandbox: true"), &[]);
    assert_eq!(out.status, Some(1), "{out:?}");
    assert!(out.stderr.contains("denied by the sandbox: network"), "{out:?}");
}

#[test]
fn a_plan_narrows_the_sandbox_and_never_widens_it() {
    let with = |front: &str| format!("---\nplan-run:\n{front}---\n\n{}", plan(&["touch out.txt"]));
    for (front, key) in [
        ("  sandbox: false\n", "sandbox: false"),
        ("  sandbox:\n    write: [out.txt]\n", "write"),
        ("  sandbox:\n    network: true\n", "network: true"),
        ("  sandbox:\n    mode: false\n", "sandbox: false"),
        ("  stages:\n    '1':\n      sandbox: false\n", "sandbox: false"),
    ] {
        let repository = repository(&["true"], "sandbox: true");
        repository.file("plan.md", &with(front));
        let done = run(&repository, &[]);
        assert_eq!(done.status, Some(3), "{front}: {done:?}");
        assert!(done.stderr.contains(&format!("`sandbox`: `{key}` is not for a plan to say")), "{done:?}");
        assert!(done.stderr.contains("help: write it in plan-run.yaml"), "{done:?}");
        assert!(done.stderr.contains("it may only narrow the sandbox"), "{done:?}");
    }
    if is_whole() {
        let repository = repository(&["true"], "");
        repository.file("plan.md", &with("  sandbox: require\n"));
        let done = run(&repository, &[]);
        assert_eq!(done.status, Some(1), "{done:?}");
        assert!(done.stderr.contains("denied by the sandbox: write "), "{done:?}");
        // The command line has the last word.
        assert_eq!(run(&repository, &["--no-sandbox"]).status, Some(0));
    }
}

#[test]
fn a_stage_has_a_sandbox_of_its_own() {
    if !is_whole() {
        return;
    }
    let config = "sandbox: true\nstages:\n  '1':\n    sandbox: false\n";
    let repository = repository(&["touch out.txt"], config);
    assert_eq!(run(&repository, &[]).status, Some(0));
    assert_eq!(run(&repository, &["--sandbox"]).status, Some(1));
}

#[test]
fn what_passes_without_a_sandbox_is_shown_again_within() {
    if !is_whole() {
        return;
    }
    let repository = repository(&["test -w .git"], "");
    let (first, again) = (run(&repository, &["--cache"]), run(&repository, &["--cache"]));
    assert_eq!((first.status, again.status), (Some(0), Some(0)));
    assert!(again.stdout.contains("cached") || again.stderr.contains("cached"), "{again:?}");
    let within = run(&repository, &["--cache", "--sandbox"]);
    assert_eq!(within.status, Some(1), "{within:?}");
}

#[test]
fn what_cannot_enter_the_sandbox_is_not_run() {
    // The program is there for the runner and not for the command.
    if !is_whole() {
        return;
    }
    let repository = repository(&["true"], "sandbox: true\nshell: [../shell]\n");
    std::fs::copy("/bin/sh", repository.space.at("shell")).expect("it can be copied");
    let done = run(&repository, &[]);
    assert_eq!(done.status, Some(1), "{done:?}");
    assert!(done.stderr.contains("cannot be started in the sandbox: Permission denied"), "{done:?}");
    // A command that ends as if it could not enter is none of these.
    let done = run(&self::repository(&["exit 125"], "sandbox: true"), &[]);
    assert!(done.stderr.contains("exit status 125"), "{done:?}");
}

#[test]
fn a_sandbox_and_a_launcher_do_not_go_together() {
    let config = "sandbox: true\nlaunchers:\n  far:\n    run: [sh, -c, '{command}']\nlauncher: far\n";
    let done = run(&repository(&["true"], config), &[]);
    assert_eq!(done.status, Some(2), "{done:?}");
    assert!(done.stderr.contains("a sandbox does not reach where the launcher `far` runs"), "{done:?}");
}

#[test]
fn a_command_in_a_sandbox_is_ended_as_any_other() {
    if !is_whole() {
        return;
    }
    let repository = repository(&["(setsid sleep 1000 &) ; true", "sleep 1000"], "sandbox: true");
    let done = run(&repository, &["--timeout", "1s", "--grace", "1s"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    assert!(done.stderr.contains("left a process behind, which was ended: sleep 1000"), "{done:?}");
    assert!(done.stderr.contains("ran longer than 1.0s, the limit of --timeout, and was ended"), "{done:?}");
}

/// A catalog of GNU gettext: messages, each with its translation.
fn catalog(messages: &[(&str, &str)]) -> Vec<u8> {
    let count = u32::try_from(messages.len()).expect("a few");
    let (mut tables, mut texts) = (Vec::new(), Vec::new());
    let start = 28 + count * 16;
    for text in messages.iter().map(|(message, _)| message).chain(messages.iter().map(|(_, text)| text)) {
        tables.extend(u32::try_from(text.len()).expect("short").to_le_bytes());
        tables.extend((start + u32::try_from(texts.len()).expect("a few")).to_le_bytes());
        texts.extend(text.bytes().chain([0]));
    }
    let head = [0x9504_12de, 0, count, 28, 28 + count * 8, 0, start].map(u32::to_le_bytes);
    [head.concat(), tables, texts].concat()
}

#[test]
fn what_was_denied_is_told_in_any_language() {
    if !is_whole() {
        return;
    }
    // The words are nobody's, so that no catalog of this machine has them.
    let commands = [
        "echo \"touch: 'neu' geht nicht: Lässt sich nur lesen\"; exit 1",
        "echo \"cat: ../geheim: Geht niemand an\"; exit 1",
        "echo \"cat: plan.md: Geht niemand an\"; exit 1",
        "echo \"rsync: keine Leitung nach draußen\"; exit 1",
    ];
    let words = [
        ("Network is unreachable", "keine Leitung nach draußen"),
        ("Permission denied", "Geht niemand an"),
        ("Read-only file system", "Lässt sich nur lesen"),
    ];
    let mut repository = repository(&commands, "sandbox: true");
    repository.space.file("geheim", "");
    let folder = repository.space.at("catalogs/de/LC_MESSAGES");
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    std::fs::write(folder.join("libc.mo"), catalog(&words)).expect("a file can be written");
    let root = repository.root.canonicalize().expect("it is there");
    let told = [
        format!("denied by the sandbox: write {}", root.join("neu").display()),
        format!("denied by the sandbox: read {}", root.with_file_name("geheim").display()),
        "denied by the sandbox: network".to_owned(),
    ];
    let catalogs = repository.space.at("catalogs").display().to_string();
    repository.space.env("TEXTDOMAINDIR", &catalogs);
    for (names, heard) in [
        (&[("LC_ALL", ""), ("LC_MESSAGES", "de_AT.UTF-8"), ("LANG", "C")][..], true),
        (&[("LC_ALL", "en_GB.UTF-8"), ("LANGUAGE", "fr:de_CH")], true),
        (&[("LC_ALL", "C.UTF-8"), ("LANGUAGE", "de")], false),
    ] {
        for (name, value) in names {
            repository.space.env(name, value);
        }
        let done = run(&repository, &[]);
        assert!(done.stdout.contains("4 failed"), "{done:?}");
        for words in &told {
            assert_eq!(done.stderr.contains(words), heard, "{names:?}: {words}: {done:?}");
        }
        assert_eq!(done.stderr.matches("denied by the sandbox").count(), if heard { 3 } else { 0 }, "{done:?}");
    }
    // One that is damaged says nothing.
    for cut in [3, 10, 30, 60] {
        std::fs::write(folder.join("libc.mo"), &catalog(&words)[..cut]).expect("a file can be written");
        repository.space.env("LC_ALL", "de_DE");
        let done = run(&repository, &[]);
        assert!(done.stdout.contains("4 failed") && !done.stderr.contains("denied by the sandbox"), "{done:?}");
    }
}

#[test]
fn a_failure_that_is_the_sandboxs_is_none_that_a_plan_expects() {
    if !is_whole() {
        return;
    }
    let repository = repository(&["true"], "sandbox: true");
    let items = "- [ ] `sh a.sh` exits 1\n- [ ] `sh b.sh` exits with a non-zero status\n- [ ] `sh c.sh` exits 1\n";
    repository.file("plan.md", &format!("# Plan\n\n## Stage 1: Build\n\n### Validation\n\n{items}"));
    repository.file("a.sh", "touch made\n").file("b.sh", "touch made\n").file("c.sh", "exit 1\n");
    let done = run(&repository, &[]);
    assert_eq!(done.status, Some(1), "{done:?}");
    let words = "it failed as expected, and the sandbox had denied it something, so that this proves nothing";
    assert_eq!(done.stderr.matches(words).count(), 2, "{done:?}");
    assert!(done.stdout.contains("1 passed, 2 errors"), "{done:?}");
    repository.file("made", "");
    let done = run(&repository, &["--no-sandbox"]);
    assert!(done.stderr.contains("exit status 0"), "{done:?}");
}

#[test]
fn what_was_denied_is_told_by_the_words_of_many_programs() {
    let means = Means { spaces: Some(Spaces::OfUser), landlock: 7, filter: true };
    let read = vec!["/usr".to_owned(), "/w".to_owned()];
    let rules = Rules { read, write: vec!["/w/target".to_owned()], means, ..Rules::default() };
    let of = |text: &str| denied(&rules, text, Path::new("/w"), None);
    assert_eq!(of("touch: cannot touch 'a.txt': Read-only file system"), ["write /w/a.txt"]);
    assert_eq!(of("bash: line 1: .git/hooks/x: Read-only file system"), ["write /w/.git/hooks/x"]);
    assert_eq!(of("/usr/bin/bash: line 1: ran: Read-only file system"), ["write /w/ran"]);
    assert_eq!(of("sh: 1: cannot create ../x/y: Permission denied"), ["write /x/y"]);
    assert_eq!(of("cat: /h/.ssh/id: Permission denied"), ["read /h/.ssh/id"]);
    assert_eq!(of("PermissionError: [Errno 13] Permission denied: '/h/.netrc'"), ["read /h/.netrc"]);
    assert_eq!(of("Error: EROFS: read-only file system, open '/w/out.js'"), ["write /w/out.js"]);
    let cargo = "error: failed to write /w/Cargo.lock\n\nCaused by:\n  failed to open: /w/Cargo.lock\n\nCaused by:\n  Read-only file system (os error 30)";
    assert_eq!(of(cargo), ["write /w/Cargo.lock"]);
    assert_eq!(of("curl: (6) Could not resolve host: example.com"), ["network example.com"]);
    assert_eq!(of("getaddrinfo EAI_AGAIN registry.npmjs.org"), ["network registry.npmjs.org"]);
    // Names in the quotes of any language.
    assert_eq!(of("touch: impossible de faire un touch «\u{a0}neu\u{a0}»: EROFS"), ["write /w/neu"]);
    assert_eq!(of("touch: „neu“ kann nicht berührt werden (os error 30)"), ["write /w/neu"]);
    // Words that name no file, and files of which the system would have said something else.
    assert_eq!(of("Error: Read-only file system (os error 30)"), [""; 0]);
    assert_eq!(of("bash: line 1: /w/tool: Permission denied"), [""; 0]);
    let landlock = Rules { means: Means { spaces: None, landlock: 3, filter: true }, ..rules.clone() };
    let of_landlock = |text: &str| denied(&landlock, text, Path::new("/w"), None);
    assert_eq!(of_landlock("ERROR: permission denied for table users"), [""; 0]);
    assert_eq!(of_landlock("touch: cannot touch '/w/x': Permission denied"), ["write /w/x"]);
    let nothing = Rules { means: Means::default(), ..rules.clone() };
    assert_eq!(
        denied(&nothing, "cat: /h/x: Permission denied\ncat: /w/x: EROFS\nENETUNREACH", Path::new("/w"), None),
        [""; 0]
    );
    // What the rules let through was refused by something else.
    assert_eq!(of("cat: /w/closed.txt: Permission denied"), [""; 0]);
    assert_eq!(of("touch: cannot touch '/w/target/x': Permission denied"), [""; 0]);
    assert_eq!(of("all is well in /h/x"), [""; 0]);
}
