//! Tests of the real host: finding files, and writing them without ever leaving half of one.

use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
use std::path::Path;

use plan_run::host::{Host, RealHost};

use crate::support::space::Space;

fn found(space: &Space, globs: &[&str]) -> Vec<String> {
    let globs: Vec<String> = globs.iter().map(|&glob| glob.to_owned()).collect();
    let files = RealHost.find(space.path(), &globs).expect("good globs");
    let below = |path: &Path| path.strip_prefix(space.path()).expect("below the folder").display().to_string();
    files.iter().map(|path| below(path)).collect()
}

/// Names of all entries of a folder, so that a temporary file left behind would be seen.
fn entries(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn files_are_found_as_git_would_see_them() {
    let space = Space::new();
    space.file(".gitignore", "ignored/\n*.tmp.md\n").file("plan.md", "").file("docs/b.md", "").file("docs/a.md", "");
    space.file(".agents/plans/x.md", "").file("ignored/plan.md", "").file("y.tmp.md", "").file(".git/plan.md", "");
    assert_eq!(found(&space, &["**/*.md"]), [".agents/plans/x.md", "docs/a.md", "docs/b.md", "plan.md"]);
    assert_eq!(found(&space, &["*.md"]), ["plan.md"], "a star stays in its folder");
    assert_eq!(found(&space, &["docs/{a,c}.md", "./plan.md"]), ["docs/a.md", "plan.md"]);
    let error = RealHost.find(space.path(), &["a[".to_owned()]).expect_err("a bad glob");
    assert!(error.to_string().contains("`a[` is not a glob"), "{error}");
}

#[test]
fn a_written_file_replaces_the_old_one_and_keeps_its_permissions() {
    let space = Space::new();
    space.file("out.xml", "old");
    let path = space.at("out.xml");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).expect("own file");
    RealHost.write(&path, b"new").expect("writable");
    assert_eq!(space.read("out.xml"), "new");
    assert_eq!(std::fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o640);
    RealHost.write(&space.at("deep/er/new.xml"), b"x").expect("folders are made");
    assert_eq!(space.read("deep/er/new.xml"), "x");
    assert_eq!(entries(space.path()), [".git", "deep", "out.xml"]);
    assert_eq!(entries(&space.at("deep/er")), ["new.xml"]);
}

#[test]
fn a_new_file_is_as_readable_as_any_other() {
    let space = Space::new();
    space.file("plain", "");
    RealHost.write(&space.at("out.xml"), b"x").expect("writable");
    let mode = |name: &str| std::fs::metadata(space.at(name)).expect("a file").permissions().mode();
    assert_eq!(mode("out.xml"), mode("plain"));
}

#[test]
fn a_link_stays_and_its_target_is_replaced() {
    let space = Space::new();
    space.file("real/out.xml", "old");
    symlink("real/out.xml", space.at("link.xml")).expect("a link");
    symlink("real/later.xml", space.at("dangling.xml")).expect("a link");
    symlink("round.xml", space.at("round.xml")).expect("a link");
    RealHost.write(&space.at("link.xml"), b"new").expect("writable");
    RealHost.write(&space.at("dangling.xml"), b"later").expect("writable");
    assert_eq!(space.read("real/out.xml"), "new");
    assert_eq!(space.read("real/later.xml"), "later");
    for link in ["link.xml", "dangling.xml"] {
        assert!(std::fs::symlink_metadata(space.at(link)).expect("there").is_symlink(), "{link}");
    }
    assert!(RealHost.write(&space.at("round.xml"), b"x").is_err());
}

#[test]
fn a_pipe_and_a_device_are_written_to_and_never_replaced() {
    let space = Space::new();
    let pipe = space.at("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo starts");
    assert!(made.success());
    RealHost.check_writable(&pipe).expect("asking does not wait for a reader");
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| std::fs::read(&pipe).expect("readable"));
        RealHost.write(&pipe, b"through").expect("writable");
        assert_eq!(reader.join().expect("no panic"), b"through");
    });
    assert!(std::fs::symlink_metadata(&pipe).expect("there").file_type().is_fifo());
    let full = RealHost.write(Path::new("/dev/full"), b"x");
    assert!(full.is_err_and(|error| error.kind() == std::io::ErrorKind::StorageFull));
    RealHost.write(Path::new("/dev/null"), b"x").expect("writable");
    assert!(std::fs::metadata("/dev/null").expect("there").file_type().is_char_device());
}

#[test]
fn what_cannot_be_written_is_known_before() {
    let space = Space::new();
    space.file("file", "");
    for (name, fits) in [("new.xml", true), ("a/b/new.xml", true), ("file", true), ("file/x", false), (".git", false)] {
        assert_eq!(RealHost.check_writable(&space.at(name)).is_ok(), fits, "{name}");
        assert_eq!(entries(space.path()), [".git", "file"], "nothing is left behind for {name}");
    }
    assert!(RealHost.write(&space.at("file/x"), b"x").is_err());
    assert_eq!(space.read("file"), "");
}

#[test]
fn parts_of_files_and_additions() {
    let space = Space::new();
    space.file("log", "0123456789");
    assert_eq!(RealHost.read_part(&space.at("log"), 2, 3).expect("readable"), b"234");
    assert_eq!(RealHost.read_part(&space.at("log"), 8, 100).expect("readable"), b"89");
    RealHost.append(&space.at("log"), b"x").expect("writable");
    RealHost.append(&space.at("new"), b"y").expect("writable");
    assert_eq!((space.read("log").as_str(), space.read("new").as_str()), ("0123456789x", "y"));
}
