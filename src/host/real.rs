//! The world as it is: the one place that names `std::fs` and `std::env`.

#![expect(clippy::disallowed_methods, reason = "this is the door to the world that all others have to take")]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Read, Seek, SeekFrom, Write};
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use globset::{GlobBuilder, GlobSetBuilder};
use ignore::WalkBuilder;

use super::{Host, Tree, Worktree, git, tree, worktree};

/// How many links are followed before a path counts as a circle.
const MOST_LINKS: usize = 40;

/// The most that is read of a file as a whole, in bytes.
const MOST_READ: u64 = 256 << 20;

/// The machine that the program runs on.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealHost;

impl RealHost {
    /// What was typed, the program's name first.
    pub fn arguments() -> impl Iterator<Item = OsString> {
        std::env::args_os()
    }

    /// Ends the program at once, without running anything that waits for the end of a scope.
    pub fn exit(status: u8) -> ! {
        std::process::exit(i32::from(status))
    }

    /// Which of the program's own streams are terminals: standard output, standard error.
    #[must_use]
    pub fn terminals() -> (bool, bool) {
        (io::stdout().is_terminal(), io::stderr().is_terminal())
    }
}

/// What a path to write to stands for.
enum Target {
    /// A regular file, there or not, behind all links.
    File(PathBuf),
    /// One of the program's own streams.
    Stdout,
    Stderr,
    /// A pipe, a device, or whatever else cannot be replaced.
    Special,
}

impl Target {
    fn of(path: &Path) -> io::Result<Self> {
        let mut target = path.to_path_buf();
        for _ in 0..MOST_LINKS {
            // A stream may well lead to a regular file; to replace that file would cut off everyone who writes to it.
            match target.to_str() {
                Some("/dev/stdout" | "/dev/fd/1" | "/proc/self/fd/1") => return Ok(Self::Stdout),
                Some("/dev/stderr" | "/dev/fd/2" | "/proc/self/fd/2") => return Ok(Self::Stderr),
                _ if target.starts_with("/dev/fd") || target.starts_with("/proc") => return Ok(Self::Special),
                _ => {}
            }
            match fs::symlink_metadata(&target) {
                Ok(there) if there.is_symlink() => {
                    #[cfg(unix)]
                    if is_a_strangers(&target, &there) {
                        return Err(io::Error::new(
                            ErrorKind::PermissionDenied,
                            "another user put a link there, in a folder that everyone may write to",
                        ));
                    }
                    let link = fs::read_link(&target)?;
                    // A relative link counts from the folder in which it stands.
                    target = target.parent().unwrap_or(Path::new("")).join(link);
                }
                Ok(there) if there.is_dir() => return Err(io::Error::new(ErrorKind::IsADirectory, "is a directory")),
                Ok(there) if !there.is_file() => return Ok(Self::Special),
                Ok(_) => return Ok(Self::File(target)),
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::File(target)),
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::other("too many links"))
    }
}

/// Whether a link in a shared folder such as `/tmp` is of another user, who could send us to any file that is ours. Linux does
/// not follow such links either (`fs.protected_symlinks`), but here they are followed by hand.
#[cfg(unix)]
fn is_a_strangers(link: &Path, data: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    const STICKY_AND_OPEN: u32 = 0o1002;
    fs::metadata(folder(link)).is_ok_and(|folder| {
        folder.mode() & STICKY_AND_OPEN == STICKY_AND_OPEN
            && data.uid() != rustix::process::geteuid().as_raw()
            && data.uid() != folder.uid()
    })
}

/// The folder of a path; the current one for a bare name.
fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn new_beside(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    new_beside_as(path, 0o666)
}

/// A new file with the permissions that the user's mask leaves of these.
fn new_beside_as(path: &Path, mode: u32) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".plan-run-").suffix(".tmp");
    // As any new file: what the user's mask allows, and not only for the user.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    builder.tempfile_in(folder(path))
}

impl Host for RealHost {
    fn tree(&self, folder: &Path) -> io::Result<Tree> {
        tree::tree(folder)
    }

    fn git(&self, folder: &Path, arguments: &[&str]) -> io::Result<Vec<u8>> {
        git::git(folder, arguments, &[])
    }

    fn worktree(&self, repository: &Path, commit: &str) -> io::Result<Worktree> {
        worktree::worktree(repository, commit)
    }

    fn version(&self, program: &str, folder: &Path, env: &BTreeMap<String, String>) -> io::Result<Vec<u8>> {
        tree::version(program, folder, env)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        // Already opening a pipe waits for its other end.
        if self.is_special(path) {
            return Err(io::Error::new(ErrorKind::InvalidInput, "is no regular file"));
        }
        let bytes = self.read_part(path, 0, MOST_READ + 1)?;
        if bytes.len() as u64 > MOST_READ {
            return Err(io::Error::new(ErrorKind::FileTooLarge, "is larger than 256 MiB"));
        }
        Ok(bytes)
    }

    fn is_link(&self, path: &Path) -> bool {
        fs::symlink_metadata(path).is_ok_and(|data| data.is_symlink())
    }

    fn is_special(&self, path: &Path) -> bool {
        fs::metadata(path).is_ok_and(|data| !data.is_file() && !data.is_dir())
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }

    fn is_dir(&self, path: &Path) -> bool {
        path.is_dir()
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        fs::canonicalize(path)
    }

    fn find(&self, root: &Path, globs: &[String]) -> io::Result<Vec<PathBuf>> {
        let mut set = GlobSetBuilder::new();
        for glob in globs {
            let built = GlobBuilder::new(glob.trim_start_matches("./")).literal_separator(true).build();
            set.add(built.map_err(|error| {
                io::Error::new(ErrorKind::InvalidInput, format!("`{glob}` is not a glob: {}", error.kind()))
            })?);
        }
        let set = set.build().map_err(|error| io::Error::new(ErrorKind::InvalidInput, error.to_string()))?;
        let mut found = Vec::new();
        let walk = WalkBuilder::new(root)
            // Plans live in hidden folders too; of those only git's own is never looked into.
            .hidden(false)
            .ignore(false)
            .require_git(false)
            .filter_entry(|entry| entry.depth() == 0 || entry.file_name() != ".git")
            .build();
        for entry in walk {
            // A folder that may not be read holds nothing that could be read.
            let Ok(entry) = entry else { continue };
            let below = entry.path().strip_prefix(root).unwrap_or(entry.path());
            if set.is_match(below) && entry.path().is_file() {
                found.push(entry.path().to_path_buf());
            }
        }
        found.sort();
        Ok(found)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.write_with(path, &mut |out| out.write_all(bytes))
    }

    fn write_with(&self, path: &Path, write: &mut dyn FnMut(&mut dyn io::Write) -> io::Result<()>) -> io::Result<()> {
        let mut whole = |out: &mut dyn io::Write| {
            let mut out = BufWriter::with_capacity(64 * 1024, out);
            write(&mut out).and_then(|()| out.flush())
        };
        let target = match Target::of(path)? {
            Target::File(target) => target,
            Target::Stdout => return whole(&mut io::stdout().lock()),
            Target::Stderr => return whole(&mut io::stderr().lock()),
            Target::Special => return whole(&mut OpenOptions::new().append(true).open(path)?),
        };
        fs::create_dir_all(folder(&target))?;
        let mut beside = new_beside(&target)?;
        whole(beside.as_file_mut())?;
        if let Ok(there) = fs::metadata(&target) {
            beside.as_file().set_permissions(there.permissions())?;
        }
        beside.persist(&target).map_err(|error| error.error)?;
        Ok(())
    }

    fn write_new(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(folder(path)).map_err(|error| match error.kind() {
            // It speaks of what stands in the place of a folder, and not of the file.
            ErrorKind::AlreadyExists => ErrorKind::NotADirectory.into(),
            _ => error,
        })?;
        let mut beside = new_beside(path)?;
        beside.write_all(bytes)?;
        beside.persist_noclobber(path).map_err(|error| error.error)?;
        Ok(())
    }

    fn write_program(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(folder(path))?;
        let mut beside = new_beside_as(path, 0o777)?;
        beside.write_all(bytes)?;
        beside.persist(path).map_err(|error| error.error)?;
        Ok(())
    }

    fn program(&self) -> io::Result<PathBuf> {
        std::env::current_exe()
    }

    fn input(&self) -> io::Result<String> {
        io::read_to_string(io::stdin())
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn check_writable(&self, path: &Path) -> io::Result<()> {
        // Whether a pipe or a device takes anything is only known when it is written to: opening a pipe waits for its
        // reader.
        let Target::File(target) = Target::of(path)? else { return Ok(()) };
        if target.file_name().is_none() || target.components().next_back() == Some(Component::ParentDir) {
            return Err(io::Error::new(ErrorKind::IsADirectory, "is not the name of a file"));
        }
        let mut nearest = folder(&target);
        while !nearest.exists() {
            nearest = folder(nearest);
        }
        if !nearest.is_dir() {
            return Err(io::Error::new(ErrorKind::NotADirectory, format!("{} is not a directory", nearest.display())));
        }
        new_beside(&nearest.join("probe")).map(drop)
    }

    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        OpenOptions::new().create(true).append(true).open(path)?.write_all(bytes)
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir_all(path)
    }

    fn names(&self, folder: &Path) -> io::Result<Vec<String>> {
        let entries = fs::read_dir(folder)?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut names: Vec<String> = entries.collect();
        names.sort();
        Ok(names)
    }

    fn open_log(&self, path: &Path) -> io::Result<Box<dyn Write + Send>> {
        let file = OpenOptions::new().append(true).create_new(true).open(path)?;
        // A file system that knows no locks only takes away the knowledge that the run is under way.
        _ = file.try_lock();
        Ok(Box::new(file))
    }

    fn is_held(&self, path: &Path) -> bool {
        File::open(path).is_ok_and(|file| matches!(file.try_lock_shared(), Err(fs::TryLockError::WouldBlock)))
    }

    fn variables(&self) -> Vec<(String, String)> {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }

    fn read_part(&self, path: &Path, start: u64, len: u64) -> io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        // A pipe cannot be sought in, but it can be read from its start.
        if start > 0 {
            file.seek(SeekFrom::Start(start))?;
        }
        // In one piece where it is known how much there is; with a byte more, its end is seen without more room.
        let there = file.metadata().map_or(0, |data| data.len().saturating_sub(start).min(len));
        let mut bytes = Vec::with_capacity(usize::try_from(there).map_or(0, |there| there + 1));
        file.take(len).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn env(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }

    fn current_dir(&self) -> io::Result<PathBuf> {
        std::env::current_dir()
    }

    fn ask(&self) -> io::Result<Option<String>> {
        let stdin = io::stdin();
        if !stdin.is_terminal() {
            return Ok(None);
        }
        let mut line = String::new();
        // At the end of what can be typed nothing was said, which is an answer.
        stdin.read_line(&mut line)?;
        Ok(Some(line.trim_end_matches(['\r', '\n']).to_owned()))
    }

    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn free_memory(&self) -> Option<u64> {
        let number = |path: &str| fs::read_to_string(path).ok()?.trim().parse::<u64>().ok();
        let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
            let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
            line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
        });
        let group = number("/sys/fs/cgroup/memory.max")
            .and_then(|most| Some(most.saturating_sub(number("/sys/fs/cgroup/memory.current")?)));
        machine.into_iter().chain(group).min()
    }

    fn cpus(&self) -> usize {
        std::thread::available_parallelism().map_or(1, usize::from)
    }
}
