//! A repository of git with a history that a test makes, and the binary run in it.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::space::{Finished, Space};

/// A repository in a folder whose name needs quotes, with a temporary folder of its own for the binary.
pub struct Repository {
    /// The folder around it, for what must not lie in the repository.
    pub space: Space,
    /// Its root.
    pub root: PathBuf,
}

impl Repository {
    /// One without a commit, on the branch `main`.
    pub fn new() -> Self {
        let space = Space::new();
        let root = space.at("it's \"my\" work");
        for folder in [&root, &space.at("tmp"), &space.at("home")] {
            std::fs::create_dir(folder).expect("a folder can be made");
        }
        let repository = Self { space, root };
        repository.git(&["init", "-q", "-b", "main"]);
        repository
    }

    /// Writes a file below the root.
    pub fn file(&self, name: &str, text: &str) -> &Self {
        let path = self.root.join(name);
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("folders can be made");
        std::fs::write(path, text).expect("a file can be written");
        self
    }

    /// Runs git and gives what it says.
    pub fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=A", "-c", "user.email=a@b.c"])
            .args(arguments)
            .current_dir(&self.root)
            .env("HOME", self.space.at("home"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .output()
            .expect("git is there");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    /// Commits all that there is and gives the commit's name.
    pub fn commit(&self) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "All"]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// The binary in the repository, not started yet.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = self.space.command(args);
        command.current_dir(&self.root).env("TMPDIR", self.temporary()).env("HOME", self.space.at("home"));
        command.env("GIT_CONFIG_NOSYSTEM", "1");
        command
    }

    /// Runs the binary to its end.
    pub fn run(&self, args: &[&str]) -> Finished {
        finish(&mut self.command(args))
    }

    /// The folder for what the binary keeps for a while.
    pub fn temporary(&self) -> PathBuf {
        self.space.at("tmp")
    }

    /// Whether nothing is left of a second working tree: neither its folder nor git's entry of it.
    pub fn is_tidy(&self) -> bool {
        // Where git could not make a tree, the folder of its entries may stay, without any.
        let is_empty = |folder: &Path| std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
        let entries = self.root.join(".git/worktrees");
        is_empty(&self.temporary()) && (!entries.exists() || is_empty(&entries))
    }

    /// Every file below the root with its mode and content, but for what the binary keeps of its runs.
    pub fn snapshot(&self) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
        let mut found = BTreeMap::new();
        look(&self.root, &mut found);
        found.retain(|path, _| !path.starts_with(self.root.join(".plan-run")));
        found
    }
}

/// Runs a command to its end.
pub fn finish(command: &mut Command) -> Finished {
    let output = command.output().expect("the binary starts");
    Finished {
        status: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn look(folder: &Path, found: &mut BTreeMap<PathBuf, (u32, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).expect("it can be read") {
        let path = entry.expect("it can be read").path();
        let there = path.symlink_metadata().expect("it is there");
        let content = if there.is_file() { std::fs::read(&path).expect("it can be read") } else { Vec::new() };
        if there.is_dir() {
            look(&path, found);
        }
        found.insert(path, (there.permissions().mode(), content));
    }
}
