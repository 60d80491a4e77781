//! A folder of its own for a test, and the real binary run in it.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A temporary folder, removed when the value goes.
pub struct Space {
    dir: tempfile::TempDir,
    env: Vec<(String, String)>,
}

/// What a finished binary left.
#[derive(Debug)]
pub struct Finished {
    /// The exit status; `None` when a signal ended it.
    pub status: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Space {
    /// An empty folder, made a repository root by an empty `.git` folder.
    pub fn new() -> Self {
        Self::below(&std::env::temp_dir())
    }

    /// As [`Space::new`], where every user can reach it: temporary folders may be somebody's own.
    pub fn for_all() -> Self {
        let temporary = std::env::temp_dir().canonicalize().expect("there is a folder for temporary ones");
        let open = |folder: &&Path| {
            let mode = |folder: &Path| std::fs::metadata(folder).expect("it is there").permissions().mode();
            // The last one is the root, of which this is always true of a system that others use.
            folder.ancestors().all(|above| mode(above) & 0o001 != 0)
        };
        Self::below(temporary.ancestors().find(open).expect("others use this system"))
    }

    fn below(folder: &Path) -> Self {
        let mut builder = tempfile::Builder::new();
        let dir = builder.prefix("plan-run-test-").tempdir_in(folder).expect("a temporary folder can be made");
        std::fs::create_dir(dir.path().join(".git")).expect("a folder can be made");
        Self { dir, env: Vec::new() }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The path of a file in the folder.
    pub fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file, with the folders it needs.
    pub fn file(&self, name: &str, text: &str) -> &Self {
        let path = self.at(name);
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("folders can be made");
        std::fs::write(path, text).expect("a file can be written");
        self
    }

    /// The text of a file.
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.at(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The bytes of a file.
    pub fn read_bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.at(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Sets a variable for the binary.
    pub fn env(&mut self, name: &str, value: &str) -> &mut Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The binary with arguments, not started yet: no input, a clean environment but for `PATH` and `HOME`.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plan-run"));
        command.args(args).current_dir(self.path()).stdin(Stdio::null()).env_clear();
        for name in ["PATH", "HOME", "TMPDIR"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs the binary to its end.
    pub fn run(&self, args: &[&str]) -> Finished {
        let output = self.command(args).output().expect("the binary starts");
        Finished {
            status: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}
