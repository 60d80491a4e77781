//! Links, pipes and devices that a repository has where files are expected lead nowhere: what lies outside is neither read
//! nor written, and nothing waits without end.

use std::os::unix::fs::symlink;
use std::path::PathBuf;

use crate::support::attack::{assert_refused, bounded, pipe};
use crate::support::space::{Finished, Space};

const PLAN: &str = "# Plan\n\n## Stage 1: A\n\n### Validation\n\n- [ ] `true`\n";
/// What stands in a file that a stranger should neither see nor change.
const PRECIOUS: &str = "precious secret\n";

/// A repository, and beside it a folder that is none of its business.
struct Scene {
    space: Space,
    outside: PathBuf,
    /// Lives as long as the folder is needed.
    _elsewhere: Space,
}

impl Scene {
    fn new() -> Self {
        let (space, elsewhere) = (Space::new(), Space::new());
        space.file("plan.md", PLAN);
        elsewhere.file("victim/file", PRECIOUS);
        let outside = elsewhere.at("victim");
        Self { space, outside, _elsewhere: elsewhere }
    }

    /// Puts a link into the repository.
    fn link(&self, name: &str, to: PathBuf) {
        let path = self.space.at(name);
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("folders can be made");
        symlink(to, path).expect("a link can be made");
    }

    fn run(&self, args: &[&str]) -> Finished {
        bounded(&self.space, args)
    }

    /// Sees that nothing outside has changed.
    #[track_caller]
    fn assert_untouched(&self) {
        let names: Vec<_> = std::fs::read_dir(&self.outside)
            .expect("it is there")
            .map(|entry| entry.expect("an entry").file_name())
            .collect();
        assert_eq!(names, ["file"]);
        assert_eq!(std::fs::read_to_string(self.outside.join("file")).expect("it is there"), PRECIOUS);
    }
}

#[test]
fn the_folder_of_runs_is_not_made_elsewhere() {
    let scene = Scene::new();
    scene.link(".plan-run", scene.outside.clone());
    assert_refused(&scene.run(&["run", "plan.md"]), 5, ".plan-run is a link that leads out of the repository");
    scene.assert_untouched();
}

#[test]
fn runs_are_not_kept_elsewhere() {
    let scene = Scene::new();
    scene.link(".plan-run/runs", scene.outside.clone());
    assert_refused(&scene.run(&["run", "plan.md"]), 5, "runs is a link that leads out of the repository");
    scene.assert_untouched();
}

#[test]
fn what_git_ignores_is_not_written_elsewhere() {
    let scene = Scene::new();
    scene.link(".plan-run/.gitignore", scene.outside.join("new"));
    assert_refused(&scene.run(&["run", "plan.md"]), 5, ".gitignore is a link that leads out of the repository");
    scene.assert_untouched();
}

#[test]
fn the_history_does_not_replace_another_file() {
    let scene = Scene::new();
    scene.link(".plan-run/history", scene.outside.join("file"));
    let done = scene.run(&["run", "plan.md"]);
    assert!(done.stderr.contains("history is no regular file"), "{done:?}");
    scene.assert_untouched();
}

#[test]
fn the_history_of_a_named_folder_does_not_either() {
    let scene = Scene::new();
    scene.link("kept/.history", scene.outside.join("file"));
    let done = scene.run(&["run", "--runs", "kept", "plan.md"]);
    assert!(done.stderr.contains(".history is no regular file"), "{done:?}");
    scene.assert_untouched();
}

#[test]
fn the_cache_does_not_replace_another_file() {
    let scene = Scene::new();
    let git = std::process::Command::new("git").args(["init", "-q"]).current_dir(scene.space.path()).status();
    assert!(git.expect("git is there").success());
    scene.link(".plan-run/cache", scene.outside.join("file"));
    let done = scene.run(&["run", "--cache", "plan.md"]);
    assert!(done.stderr.contains("cache is no regular file"), "{done:?}");
    scene.assert_untouched();
}

#[test]
fn a_history_without_end_is_not_read() {
    let scene = Scene::new();
    scene.link(".plan-run/history", "/dev/zero".into());
    assert_eq!(scene.run(&["run", "plan.md"]).status, Some(0));
    assert_refused(&scene.run(&["history"]), 2, "is no regular file");
}

#[test]
fn nobody_waits_for_a_history() {
    let scene = Scene::new();
    std::fs::create_dir(scene.space.at(".plan-run")).expect("a folder can be made");
    pipe(&scene.space, ".plan-run/history");
    assert_eq!(scene.run(&["run", "plan.md"]).status, Some(0));
}

#[test]
fn nobody_waits_for_a_cache() {
    let scene = Scene::new();
    std::fs::create_dir(scene.space.at(".plan-run")).expect("a folder can be made");
    pipe(&scene.space, ".plan-run/cache");
    assert_eq!(scene.run(&["run", "--cache", "plan.md"]).status, Some(0));
}

#[test]
fn nobody_waits_for_a_journal() {
    let scene = Scene::new();
    assert_eq!(scene.run(&["run", "plan.md"]).status, Some(0));
    let forged = ".plan-run/runs/99990101T000000.000Z-00000000";
    std::fs::create_dir(scene.space.at(forged)).expect("a folder can be made");
    pipe(&scene.space, &format!("{forged}/events.ndjson"));
    for args in [&["report"][..], &["run", "plan.md"], &["status", "plan.md"], &["run", "--resume", "plan.md"]] {
        assert!(scene.run(args).status.is_some(), "{args:?} hangs");
    }
}

#[test]
fn nobody_waits_for_approvals() {
    let scene = Scene::new();
    pipe(&scene.space, "plan-run.lock");
    assert_refused(&scene.run(&["run", "plan.md"]), 2, "it is no regular file");
    assert_refused(&scene.run(&["approve", "--yes", "plan.md"]), 2, "it is no regular file");
}

#[test]
fn a_configuration_elsewhere_is_not_shown() {
    let scene = Scene::new();
    scene.link("plan-run.yaml", scene.outside.join("file"));
    for verb in ["run", "list", "lint"] {
        let done = scene.run(&[verb, "plan.md"]);
        assert_refused(&done, 2, "it is a link that leads out of the repository");
        assert!(!format!("{done:?}").contains("precious"), "{done:?}");
    }
}

#[test]
fn a_plan_elsewhere_is_not_found() {
    let scene = Scene::new();
    scene.link("docs/plans/x.md", scene.outside.join("file"));
    for args in [&["run"][..], &["list"], &["lint", "docs"], &["list", "docs/**/*.md"], &["mark"]] {
        let done = scene.run(args);
        assert_refused(&done, 2, "is a link that leads out of the repository");
        assert!(!format!("{done:?}").contains("precious"), "{args:?}: {done:?}");
    }
    scene.assert_untouched();
}

#[test]
fn a_folder_elsewhere_is_not_searched() {
    let scene = Scene::new();
    std::fs::rename(scene.outside.join("file"), scene.outside.join("plan.md")).expect("it can be moved");
    scene.link("docs/plans", scene.outside.clone());
    let done = scene.run(&["list"]);
    assert!(done.status == Some(0) && !done.stdout.contains("docs/plans"), "{done:?}");
}

#[test]
fn a_plan_without_end_is_not_read() {
    let scene = Scene::new();
    scene.link("zero.md", "/dev/zero".into());
    assert_refused(&scene.run(&["run", "zero.md"]), 3, "file is larger than 256 MiB");
}

#[test]
fn a_circle_of_links_is_no_plan() {
    let scene = Scene::new();
    scene.link("a.md", "b.md".into());
    scene.link("b.md", "a.md".into());
    assert_refused(&scene.run(&["run", "a.md"]), 2, "no file matches");
}

#[test]
fn a_file_that_a_plan_names_is_not_read_without_end() {
    let scene = Scene::new();
    scene.link("src/a.rs", "/dev/zero".into());
    pipe(&scene.space, "src/b.rs");
    scene.space.file("plan.md", &format!("{PLAN}\nSee [a](src/a.rs#L5), src/a.rs:7 and src/b.rs:7.\n"));
    assert!(scene.run(&["lint", "plan.md"]).status.is_some(), "it hangs");
}

#[test]
fn an_output_elsewhere_is_not_reported() {
    let scene = Scene::new();
    scene.space.file("plan.md", &PLAN.replace("true", "echo x; false"));
    assert_eq!(scene.run(&["run", "plan.md"]).status, Some(1));
    let runs = scene.space.at(".plan-run/runs");
    let run = std::fs::read_dir(runs).expect("runs").next().expect("a run").expect("an entry").path();
    let output = run.join("output/0.out");
    std::fs::remove_file(&output).expect("there is an output");
    symlink(scene.outside.join("file"), &output).expect("a link can be made");
    let shows = |scene: &Scene| {
        let done =
            scene.run(&["report", "--summary", "s.md", "--json", "r.json", "--junit", "j.xml", "--html", "h.html"]);
        assert!(done.stderr.contains("the output of 1 check is not kept beside the journal"), "{done:?}");
        let files = ["s.md", "r.json", "j.xml", "h.html"].map(|name| scene.space.read(name));
        assert!(!files.concat().contains("preciou") && !format!("{done:?}").contains("preciou"));
    };
    shows(&scene);
    // Nor through the folder of outputs.
    std::fs::remove_dir_all(run.join("output")).expect("there are outputs");
    std::fs::rename(scene.outside.join("file"), scene.outside.join("0.out")).expect("it can be moved");
    symlink(&scene.outside, run.join("output")).expect("a link can be made");
    shows(&scene);
}

#[test]
fn only_the_link_goes_where_an_old_run_is_one() {
    let scene = Scene::new();
    scene.space.file("plan-run.yaml", "runs:\n  keep: 1\n");
    std::fs::write(scene.outside.join("events.ndjson"), "").expect("a file");
    scene.link(".plan-run/runs/20000101T000000.000Z-00000000", scene.outside.clone());
    assert_eq!(scene.run(&["run", "plan.md"]).status, Some(0));
    std::fs::remove_file(scene.outside.join("events.ndjson")).expect("it is still there");
    scene.assert_untouched();
}

#[test]
fn a_strangers_link_in_a_shared_folder_is_not_followed() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, lchown};
    let scene = Scene::new();
    let shared = scene.space.at("shared");
    std::fs::create_dir(&shared).expect("a folder can be made");
    std::fs::set_permissions(&shared, std::fs::Permissions::from_mode(0o1777)).expect("it is ours");
    scene.link("shared/report.xml", scene.outside.join("file"));
    // Our own links are followed.
    assert_eq!(scene.run(&["run", "--junit", "shared/report.xml", "plan.md"]).status, Some(0));
    assert!(std::fs::read_to_string(scene.outside.join("file")).expect("it is there").contains("<testsuites"));
    std::fs::write(scene.outside.join("file"), PRECIOUS).expect("it can be written");
    // Only root can make one look as if it were another user's.
    if std::fs::metadata(&shared).expect("it is there").uid() == 0 {
        lchown(shared.join("report.xml"), Some(65534), Some(65534)).expect("root may");
        assert_refused(
            &scene.run(&["run", "--junit", "shared/report.xml", "plan.md"]),
            5,
            "another user put a link there",
        );
        scene.assert_untouched();
    }
}

#[test]
fn what_is_kept_for_a_while_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let scene = Scene::new();
    let shared = scene.space.at("tmp");
    std::fs::create_dir(&shared).expect("a folder can be made");
    std::fs::set_permissions(&shared, std::fs::Permissions::from_mode(0o1777)).expect("it is ours");
    scene.space.file("plan.md", &PLAN.replace("true", "stat -c %a \"$TMPDIR\" \"$TMPDIR/..\" > modes"));
    let mut command = scene.space.command(&["run", "plan.md"]);
    // However much the user's mask allows.
    let done = command.env("TMPDIR", &shared).output().expect("the binary starts");
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    assert_eq!(scene.space.read("modes"), "700\n700\n");
    assert_eq!(std::fs::read_dir(&shared).expect("it is there").count(), 0, "nothing is left");
}

#[test]
fn without_a_place_for_what_is_temporary_nothing_is_green() {
    let scene = Scene::new();
    scene.space.file("plan.md", &PLAN.replace("true", "echo \"$TMPDIR\" | grep . && touch ran"));
    let done = scene.space.command(&["run", "plan.md"]).env("TMPDIR", "/no/such/folder").output().expect("it starts");
    assert_ne!(done.status.code(), Some(0), "{done:?}");
    assert!(!scene.space.at("ran").exists());
}
