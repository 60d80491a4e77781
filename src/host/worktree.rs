//! A second working tree of a repository, with the files of another commit, and its certain end.
//!
//! The tree is made and removed by a process of its own, the guardian. It holds the reading end of a pipe of which only
//! this program has the other end; when that closes, for whatever reason, it removes the tree. So the tree goes also when
//! this program is killed. The user's tree, index and HEAD are not touched, and none of the user's hooks runs. Must not
//! know what the tree is for.

#![expect(clippy::disallowed_methods, reason = "a part of the door to the world")]

use std::fs;
use std::io::{self, BufRead, BufReader, ErrorKind, PipeWriter, Write};
use std::os::unix::process::CommandExt;
use std::path::{Component, Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

use super::git::{OF_HOOKS, complaint, git, private_folder};

/// What the temporary folders are called, up to their random ends.
const PREFIX: &str = "plan-run-prove-";

/// The tree's folder in the temporary one, which is also what git calls it.
const NAME: &str = "plan-run-prove";

/// The file in the temporary folder with what git said when it made the tree.
const SAID: &str = "said";

/// What is written into the pipe when the tree is no longer needed. Without it this program was ended, and what it had
/// started may go on for a while.
const LAST_WORD: &[u8] = b"end\n";

/// The guardian: `$1` is the temporary folder, `$2` the tree in it, `$3` the repository, `$4` the commit.
///
/// First the files go and then git's entry: git does not remove a tree that it cannot remove whole, and `git worktree
/// prune` would also forget trees of the user that lie on a disk that is not there at the moment. Folders that nobody may
/// write to, as Go's module cache has them, are opened first; files are not, since they may be the same as files elsewhere.
const GUARDIAN: &str = r#"
trap '' INT TERM HUP QUIT PIPE TSTP
folder=$1 tree=$2 repository=$3 commit=$4
git -C "$repository" -c core.hooksPath=/dev/null -c core.fsmonitor=false \
    worktree add --detach "$tree" "$commit" >"$folder/said" 2>&1 </dev/null
echo $?
exec >/dev/null
read -r word
remove() {
    rm -rf -- "$tree"
    if [ -e "$tree" ]; then
        find "$tree" -type d -exec chmod u+rwx {} \;
        rm -rf -- "$tree"
    fi
    git -C "$repository" worktree remove -f -f "$tree" </dev/null
    [ ! -e "$tree" ] && rm -rf -- "$folder" && [ ! -e "$folder" ]
}
tries=1
until remove; do
    [ "$tries" -lt 30 ] || exit 1
    tries=$((tries + 1))
    sleep 1
done
[ "$word" != end ] || exit 0
# Whatever the killed program had started may still write there.
looks=20
while [ "$looks" -gt 0 ]; do
    looks=$((looks - 1))
    sleep 1
    [ ! -e "$folder" ] || remove
done
"#;

/// A working tree that is removed when the value goes, or the program.
#[derive(Debug)]
pub struct Worktree {
    folder: PathBuf,
    root: PathBuf,
    /// `None` once the guardian was told that the tree is no longer needed.
    rope: Option<PipeWriter>,
    /// The thread that waits for the guardian. It has started it, too: so the guardian is no child of the first thread,
    /// to which the processes come that commands leave behind.
    keeper: Option<JoinHandle<io::Result<bool>>>,
}

/// Makes a tree with the files of a commit of a repository.
pub(super) fn worktree(repository: &Path, commit: &str) -> io::Result<Worktree> {
    let folder = private_folder(PREFIX)?;
    let path = fs::canonicalize(folder.path())?;
    let root = path.join(NAME);
    let (reader, rope) = io::pipe()?;
    let mut command = Command::new("/bin/sh");
    command.args(["-c", GUARDIAN, "plan-run-guardian"]).args([path.as_path(), &root, repository]).arg(commit);
    command.current_dir("/").stdin(reader).stdout(Stdio::piped()).stderr(Stdio::null());
    OF_HOOKS.iter().for_each(|name| _ = command.env_remove(name));
    // Nobody is there who could answer.
    command.env("GIT_TERMINAL_PROMPT", "0");
    #[expect(unsafe_code, reason = "a session of its own can only be begun between the fork and the program")]
    // SAFETY: the calls touch no memory and take no lock.
    unsafe {
        command.pre_exec(|| {
            without_tag();
            rustix::process::setsid().map(drop).map_err(io::Error::from)
        });
    }
    let (started, answer) = std::sync::mpsc::channel();
    let keeper = std::thread::Builder::new().name("guardian".to_owned()).spawn(move || keep(command, &started))?;
    let answer = answer.recv().map_err(|_| io::Error::other("nothing was heard of its guardian"))?;
    let made = answer?;
    // From here on the guardian removes it.
    let folder = folder.keep();
    let mut tree = Worktree { folder, root, rope: Some(rope), keeper: Some(keeper) };
    if made {
        return Ok(tree);
    }
    let said = fs::read(tree.folder.join(SAID)).unwrap_or_default();
    tree.end()?;
    Err(io::Error::other(complaint(&said)))
}

/// Takes off the mark by which the guardian of commands would know this process for one of theirs, and end it.
#[cfg(target_os = "linux")]
fn without_tag() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let limit = getrlimit(Resource::Rttime);
    if limit.maximum.is_none() {
        // It can be lifted to where it may be.
        _ = setrlimit(Resource::Rttime, Rlimit { current: None, maximum: None });
    }
}

/// Here no process has such a mark.
#[cfg(not(target_os = "linux"))]
fn without_tag() {}

/// Starts the guardian, says whether it could make the tree, and waits for its end.
fn keep(mut command: Command, started: &std::sync::mpsc::Sender<io::Result<bool>>) -> io::Result<bool> {
    let spawned = command.spawn();
    // It holds the pipe's reading end, and would hold it as long as this thread goes on.
    drop(command);
    let mut guardian: Child = match spawned {
        Ok(guardian) => guardian,
        Err(error) => {
            let error = io::Error::new(error.kind(), format!("cannot start /bin/sh: {error}"));
            drop(started.send(Err(error)));
            return Ok(true);
        }
    };
    let mut line = String::new();
    let read = guardian.stdout.take().map_or(Ok(0), |out| BufReader::new(out).read_line(&mut line));
    drop(started.send(read.map(|_| line.trim() == "0")));
    guardian.wait().map(|status| status.success())
}

impl Worktree {
    /// Its root, without links.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The variables that commands in it must be given, so that git takes them for what they are: in a hook of git, variables
    /// of the environment would send them to the user's tree and index.
    ///
    /// # Errors
    /// When git does not say where the index of the tree is.
    pub fn variables(&self) -> io::Result<Vec<(String, String)>> {
        let is_set = |name: &str| std::env::var_os(name).is_some();
        let text =
            |path: PathBuf| path.into_os_string().into_string().map_err(|_| io::Error::other("a path is no text"));
        let mut variables = Vec::new();
        let mut set = |name: &str, value: String| variables.push((name.to_owned(), value));
        if is_set("GIT_DIR") || is_set("GIT_WORK_TREE") {
            set("GIT_DIR", text(self.root.join(".git"))?);
            set("GIT_WORK_TREE", text(self.root.clone())?);
        }
        if is_set("GIT_INDEX_FILE") {
            let said = git(&self.root, &["rev-parse", "--git-path", "index"], &[])?;
            let index = String::from_utf8_lossy(&said).trim_end_matches('\n').to_owned();
            set("GIT_INDEX_FILE", text(self.root.join(index))?);
        }
        Ok(variables)
    }

    /// Runs git in it, with none of the user's hooks.
    ///
    /// # Errors
    /// When it cannot be started or fails; the line of what it says that tells why.
    pub fn git(&self, arguments: &[&str]) -> io::Result<Vec<u8>> {
        let options = ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"];
        git(&self.root, &[&options[..], arguments].concat(), &[])
    }

    /// Puts a file of another tree into it, in the same place. `path` is relative to both roots, and `from` is without
    /// links. What is there is replaced; a link is never followed out of either tree.
    ///
    /// # Errors
    /// Why it is left as it is.
    pub fn bring(&self, from: &Path, path: &Path) -> io::Result<()> {
        let refuse = |why: &str| Err(io::Error::new(ErrorKind::InvalidInput, why.to_owned()));
        let parts: Vec<&std::ffi::OsStr> = path
            .components()
            .map(|part| if let Component::Normal(part) = part { Some(part) } else { None })
            .collect::<Option<_>>()
            .unwrap_or_default();
        let Some((name, folders)) = parts.split_last() else { return refuse("not a path below the root") };
        let source = fs::canonicalize(from.join(path))?;
        let inside = source.strip_prefix(from).is_ok_and(|below| !below.starts_with(".git"));
        if !inside || parts[0] == ".git" {
            return refuse("it leads out of the repository's files");
        }
        if !fs::metadata(&source)?.is_file() {
            return refuse("not a regular file");
        }
        let mut target = self.root.clone();
        for folder in folders {
            target.push(folder);
            match fs::symlink_metadata(&target) {
                Ok(there) if there.is_dir() => {}
                Ok(_) => return refuse(&format!("`{}` is no folder there", folder.display())),
                Err(error) if error.kind() == ErrorKind::NotFound => fs::create_dir(&target)?,
                Err(error) => return Err(error),
            }
        }
        target.push(name);
        match fs::symlink_metadata(&target) {
            Ok(there) if there.is_dir() => return refuse("it is a folder there"),
            Ok(_) => fs::remove_file(&target)?,
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        fs::copy(&source, &target).map(drop)
    }

    /// Removes it, with git's entry of it.
    ///
    /// # Errors
    /// When something of it is left; where, and what to do about it.
    pub fn close(mut self) -> io::Result<()> {
        self.end()
    }

    fn end(&mut self) -> io::Result<()> {
        let Some(mut rope) = self.rope.take() else { return Ok(()) };
        // Should the guardian be gone, then what is left is told below.
        _ = rope.write_all(LAST_WORD);
        drop(rope);
        let removed = self.keeper.take().is_some_and(|keeper| matches!(keeper.join(), Ok(Ok(true))));
        if removed {
            return Ok(());
        }
        let (folder, root) = (self.folder.display(), self.root.display());
        Err(io::Error::other(format!(
            "the working tree {root} cannot be removed; `git worktree remove --force` it, then remove {folder}"
        )))
    }
}

impl Drop for Worktree {
    fn drop(&mut self) {
        // Whoever wants to know what stands in the way closes it.
        _ = self.end();
    }
}
