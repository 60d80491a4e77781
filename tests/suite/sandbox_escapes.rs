//! Ways out of the sandbox, each of which must fail to do harm: files, links, mounts, namespaces, processes, sockets, secrets.
//!
//! Each attempt has a victim of its own. All are run without a sandbox first, and each that harms nobody then, because a tool
//! is not here or this user may not do it, is told and does not count; so that an attempt that fails in the sandbox fails
//! because of it.

use std::collections::BTreeMap;
use std::io::Read;
use std::net::{TcpListener, UdpSocket};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::{SocketAddr, UnixListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::support::space::Space;

/// What an attempt is out for.
#[derive(Clone, Copy, PartialEq)]
enum Aim {
    /// To change something in its victim's folder.
    Change,
    /// To write a secret into a file in the tree.
    Leak,
    /// To reach a socket of the test's own.
    Reach,
    /// To end or change a process of the test's own.
    Process,
    /// To change a file of the tree that is none of a build's: this one.
    Tree(&'static str),
    /// To leave something outside at this place.
    Leave(&'static str),
}

use Aim::{Change, Leak, Leave, Process, Reach, Tree};

/// Name, aim, and the command. `@V` stands for the victim's folder, `@P` for a process of the test's own, `@N` for the name,
/// `@L` for the file to write a secret into, and `@T`, `@U`, `@6`, `@S`, `@A` for sockets: TCP, UDP, IPv6, a file, a name.
const ATTEMPTS: &[(&str, Aim, &str)] = &[
    ("plain", Change, "echo x > @V/precious"),
    ("append", Change, "echo x >> @V/precious"),
    ("dots", Change, "echo x > ../outside/@N/precious"),
    ("create", Change, "touch @V/new"),
    ("folder", Change, "mkdir @V/new"),
    ("symlink", Change, "ln -s @V target/@N && echo x > target/@N/precious"),
    ("symlink-to-file", Change, "ln -s @V/precious target/@N && echo x > target/@N"),
    ("symlink-out", Change, "ln -s /etc/passwd @V/link"),
    ("hard-link", Change, "ln @V/precious target/@N && echo x >> target/@N"),
    ("rename-over", Change, "echo x > target/@N; mv -f target/@N @V/precious"),
    ("rename-away", Change, "mv @V/precious target/@N"),
    ("remove", Change, "rm -f @V/precious"),
    ("truncate", Change, "truncate -s 0 @V/precious"),
    ("chmod", Change, "chmod 777 @V/precious"),
    ("chmod-folder", Change, "chmod 700 @V"),
    ("times", Change, "touch -d 2001-01-01 @V/precious"),
    ("fifo", Change, "mkfifo @V/fifo"),
    ("device", Change, "mknod @V/zero c 1 5"),
    ("own-root", Change, "echo x > /proc/self/root@V/precious"),
    ("other-root", Change, "echo x > /proc/@P/root@V/precious"),
    ("other-cwd", Change, "echo x > /proc/@P/cwd/outside/@N/precious"),
    ("runner-root", Change, "echo x > /proc/$PPID/root@V/precious"),
    (
        "bind-mount",
        Change,
        "mkdir target/@N; unshare -rm sh -c 'mount --bind @V target/@N && echo x > target/@N/precious'",
    ),
    ("remount", Change, "unshare -rm sh -c 'mount -o remount,rw,bind /; echo x > @V/precious'"),
    ("overmount", Change, "unshare -rm sh -c 'mount --bind / target && echo x > target@V/precious'"),
    ("own-namespace", Change, "unshare -r sh -c 'echo x > @V/precious'"),
    ("chroot", Change, "unshare -r chroot / sh -c 'echo x > @V/precious'"),
    ("join-namespaces", Change, "nsenter -t @P -m -n sh -c 'echo x > @V/precious'"),
    (
        "double-fork",
        Change,
        "(setsid sh -c '(echo x > @V/precious; : > target/@N) &' &); until [ -e target/@N ]; do :; done",
    ),
    ("inherited-file", Change, "echo x >&7"),
    ("copy-tool", Change, "cp /bin/sh target/@N && target/@N -c 'echo x > @V/precious'"),
    ("secret", Leak, "cat @V/secret > @L"),
    ("secret-at-home", Leak, "cat ~/.ssh/id > @L"),
    ("registry-token", Leak, "cat ~/.cargo/credentials.toml > @L"),
    ("netrc", Leak, "cat ~/.netrc > @L"),
    ("secret-by-link", Leak, "ln -s ~/.ssh/id target/@N; cat target/@N > @L"),
    ("secret-by-hard-link", Leak, "ln ~/.ssh/id target/@N; cat target/@N > @L"),
    ("secret-by-root", Leak, "r=root; cat /proc/self/$r$HOME/.ssh/id > @L"),
    ("secret-by-rename", Leak, "mv ~/.kube target/@N && cat target/@N/config > @L"),
    ("variable", Leak, "env > @L"),
    ("runner-environment", Leak, "tr '\\0' '\\n' < /proc/$PPID/environ > @L"),
    ("process-environment", Leak, "tr '\\0' '\\n' < /proc/@P/environ > @L"),
    ("process-file", Leak, "cat /proc/@P/fd/0 > @L"),
    ("tcp", Reach, "echo hello > /dev/tcp/127.0.0.1/@T"),
    ("udp", Reach, "echo hello > /dev/udp/127.0.0.1/@U"),
    ("tcp-6", Reach, "echo hello > /dev/tcp/::1/@6"),
    ("tcp-own-namespace", Reach, "unshare -r bash -c 'echo hello > /dev/tcp/127.0.0.1/@T'"),
    ("tcp-join", Reach, "nsenter -t @P -n bash -c 'echo hello > /dev/tcp/127.0.0.1/@T'"),
    ("unix-socket", Reach, "/usr/bin/python3 -c 'import socket; socket.socket(socket.AF_UNIX).connect(\"@S\")'"),
    ("abstract-socket", Reach, "/usr/bin/python3 -c 'import socket; socket.socket(socket.AF_UNIX).connect(\"\\0@A\")'"),
    ("kill", Process, "kill -9 @P"),
    ("stop", Process, "kill -STOP @P"),
    ("limits", Process, "prlimit --pid @P --nofile=7:7"),
    ("git-hook", Tree(".git/hooks/pre-commit"), "printf '#!/bin/sh\\nid' > .git/hooks/pre-commit"),
    ("git-config", Tree(".git/config"), "git config core.hooksPath target"),
    ("git-head", Tree(".git/HEAD"), "git checkout -q -b evil"),
    ("approvals", Tree("plan-run.lock"), "echo x > plan-run.lock"),
    ("plan", Tree("kept.md"), "echo x >> kept.md"),
    ("configuration", Tree("plan-run.yaml"), "echo 'sandbox: false' > plan-run.yaml"),
    ("source", Tree("src/lib.rs"), "echo x >> src/lib.rs"),
    ("journal", Tree(".plan-run/kept"), "echo x > .plan-run/kept"),
    ("replace-tree-folder", Tree("src/lib.rs"), "mv src target/@N"),
    ("shared-memory", Leave("/dev/shm/plan-run-test-"), "echo x > /dev/shm/plan-run-test-@I"),
    ("temporary-folder", Leave("/tmp/plan-run-test-left-"), "echo x > /tmp/plan-run-test-left-@I"),
    ("home", Leave("@H/.profile"), "echo x > ~/.profile"),
];

const SECRET: &str = "the-secret-of-a-test";

/// How many attempts have to do harm without a sandbox, so that the test shows something.
const LEAST: usize = 40;

/// What an attempt could do harm to.
struct World {
    space: Space,
    victim: Child,
    tcp: TcpListener,
    udp: UdpSocket,
    tcp6: Option<TcpListener>,
    file: UnixListener,
    name: UnixListener,
    id: String,
    /// The user as whom the binary is run, if not as the one of the test.
    user: Option<u32>,
}

impl Drop for World {
    fn drop(&mut self) {
        self.victim.kill().expect("it can be killed");
        self.victim.wait().expect("it can be waited for");
        for aim in ATTEMPTS {
            if let Leave(place) = aim.1 {
                _ = std::fs::remove_file(format!("{}{}", place.replace("@H", "/nowhere"), self.id));
            }
        }
    }
}

impl World {
    fn new(user: Option<u32>) -> Self {
        let space = if user.is_some() { Space::for_all() } else { Space::new() };
        std::fs::remove_dir(space.at(".git")).expect("it was made");
        let id = space.path().file_name().expect("it has a name").to_string_lossy().into_owned();
        space.file("tree/kept.md", "# Kept\n").file("tree/src/lib.rs", "").file("tree/Cargo.toml", "[package]\n");
        space.file("tree/plan-run.lock", "").file("tree/plan-run.yaml", "sandbox: true\n");
        space.file("tree/.plan-run/kept", "").file("tree/.gitignore", "target/\n.plan-run/\n");
        for name in [".ssh/id", ".cargo/credentials.toml", ".netrc", ".kube/config"] {
            space.file(&format!("home/{name}"), SECRET);
        }
        for (name, ..) in ATTEMPTS {
            space.file(&format!("outside/{name}/precious"), "precious\n");
            space.file(&format!("outside/{name}/secret"), SECRET);
        }
        std::fs::copy(env!("CARGO_BIN_EXE_plan-run"), space.at("plan-run")).expect("it can be copied");
        let tree = space.at("tree");
        for args in [&["init", "-q"][..], &["add", "."], &["commit", "-q", "-m", "First"]] {
            let identity = ["-c", "user.name=T", "-c", "user.email=t@example.com"];
            let done = Command::new("git").args(identity).args(args).current_dir(&tree).status();
            assert!(done.expect("git is here").success());
        }
        let file = UnixListener::bind(space.at("outside/socket")).expect("a socket can be made");
        let name = SocketAddr::from_abstract_name(id.as_bytes()).and_then(|name| UnixListener::bind_addr(&name));
        let name = name.expect("a socket can be made");
        std::fs::set_permissions(space.path(), PermissionsExt::from_mode(0o755)).expect("it is ours");
        if let Some(user) = user {
            own(space.path(), user);
        }
        let mut victim = Command::new("sleep");
        victim.arg("600").current_dir(space.path()).env_clear().env("VICTIM", SECRET).stdout(Stdio::null());
        victim.stdin(std::fs::File::open(space.at("home/.ssh/id")).expect("it is there"));
        if let Some(user) = user {
            victim.uid(user).gid(user);
        }
        let victim = victim.spawn().expect("sleep is here");
        let tcp = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let udp = UdpSocket::bind("127.0.0.1:0").expect("a port is free");
        let tcp6 = TcpListener::bind("[::1]:0").ok();
        let world = Self { space, victim, tcp, udp, tcp6, file, name, id, user };
        world.tcp.set_nonblocking(true).expect("sockets can be asked without waiting");
        world.udp.set_nonblocking(true).expect("sockets can be asked without waiting");
        world.tcp6.iter().for_each(|socket| socket.set_nonblocking(true).expect("it can be"));
        world.file.set_nonblocking(true).expect("it can be");
        world.name.set_nonblocking(true).expect("it can be");
        world
    }

    fn at(&self, name: &str) -> PathBuf {
        self.space.at(name)
    }

    /// The plan with one attempt.
    fn plan(&self, name: &str, command: &str) -> String {
        let port6 = self.tcp6.as_ref().map_or(9, |socket| socket.local_addr().expect("it is bound").port());
        let put: BTreeMap<&str, String> = [
            ("@V", self.at("outside").join(name).display().to_string()),
            ("@P", self.victim.id().to_string()),
            ("@N", name.to_owned()),
            ("@L", format!("target/{name}.leak")),
            ("@T", self.tcp.local_addr().expect("it is bound").port().to_string()),
            ("@U", self.udp.local_addr().expect("it is bound").port().to_string()),
            ("@6", port6.to_string()),
            ("@S", self.at("outside/socket").display().to_string()),
            ("@A", self.id.clone()),
            ("@I", self.id.clone()),
        ]
        .into();
        let command = put.iter().fold(command.to_owned(), |command, (sign, text)| command.replace(sign, text));
        format!("# Plan\n\n## Stage 1: Attempt\n\n### Validation\n\n```bash\n{command}\n```\n")
    }

    /// Makes an attempt; gives what the run said, with its exit status.
    fn attempt(&self, name: &str, command: &str, args: &[&str]) -> (Option<i32>, String) {
        std::fs::create_dir_all(self.at("tree/target")).expect("it can be made");
        let plan = self.at("plan.md");
        std::fs::write(&plan, self.plan(name, command)).expect("it can be written");
        if let Some(user) = self.user {
            own(&self.at("tree/target"), user);
        }
        // A file is open in the runner, and goes over into what it starts.
        let precious = self.at("outside").join(name).join("precious");
        let script = "exec 7>>\"$1\"; shift; exec \"$@\"";
        let mut run = Command::new("bash");
        run.args(["-c", script, "-"]).arg(precious).arg(self.at("plan-run"));
        run.args(["run", "--trust", "all", "--timeout", "20s", "--root", "."])
            .args(args)
            .arg(&plan)
            .current_dir(self.at("tree"));
        run.env_clear()
            .env("HOME", self.at("home"))
            .env("MY_TOKEN", SECRET)
            .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin");
        if let Some(user) = self.user {
            run.uid(user).gid(user);
        }
        let done = run.stdin(Stdio::null()).output().expect("bash is here");
        let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
        (done.status.code(), said)
    }

    /// What there is to be harmed.
    fn state(&self, name: &str, aim: Aim) -> Vec<String> {
        match aim {
            Change => listed(&self.at("outside").join(name)),
            Leak => {
                let leaked = std::fs::read_to_string(self.at("tree/target").join(format!("{name}.leak")));
                vec![leaked.unwrap_or_default().contains(SECRET).to_string()]
            }
            Reach => {
                let mut heard = Vec::new();
                heard.extend(self.tcp.accept().is_ok().then(|| "tcp".to_owned()));
                heard.extend(self.udp.recv(&mut [0; 9]).is_ok().then(|| "udp".to_owned()));
                let tcp6 = self.tcp6.as_ref().is_some_and(|socket| socket.accept().is_ok());
                heard.extend(tcp6.then(|| "tcp6".to_owned()));
                heard.extend(self.file.accept().is_ok().then(|| "file".to_owned()));
                heard.extend(self.name.accept().is_ok().then(|| "name".to_owned()));
                heard
            }
            Process => {
                let file = |name: &str| {
                    let text = std::fs::read_to_string(format!("/proc/{}/{name}", self.victim.id()));
                    text.unwrap_or_default()
                        .lines()
                        .filter(|line| !line.starts_with("nonvol"))
                        .take(3)
                        .collect::<String>()
                };
                vec![
                    file("status"),
                    std::fs::read_to_string(format!("/proc/{}/limits", self.victim.id())).unwrap_or_default(),
                ]
            }
            Tree(file) => {
                let mut text = String::new();
                let opened = std::fs::File::open(self.at("tree").join(file));
                let read = opened.and_then(|mut file| file.read_to_string(&mut text));
                vec![format!("{:?} {text}", read.is_ok())]
            }
            Leave(place) => {
                let place = match place.strip_prefix("@H/") {
                    Some(below) => self.at("home").join(below),
                    None => PathBuf::from(format!("{place}{}", self.id)),
                };
                vec![place.exists().to_string()]
            }
        }
    }
}

/// Gives a tree to a user.
fn own(path: &Path, user: u32) {
    std::os::unix::fs::lchown(path, Some(user), Some(user)).expect("root may");
    if path.is_dir() && !path.is_symlink() {
        for entry in std::fs::read_dir(path).expect("it can be read") {
            own(&entry.expect("it can be read").path(), user);
        }
    }
}

/// A folder with all that is in it: names, kinds, permissions, times and texts.
fn listed(folder: &Path) -> Vec<String> {
    let mut out = Vec::new();
    let data = std::fs::symlink_metadata(folder).expect("the victim's folder is there");
    out.push(format!("{:o}", data.mode()));
    let mut names: Vec<_> =
        std::fs::read_dir(folder).expect("it can be read").flatten().map(|entry| entry.path()).collect();
    names.sort();
    for path in names {
        let data = std::fs::symlink_metadata(&path).expect("it is there");
        let text = if data.is_file() { std::fs::read_to_string(&path).unwrap_or_default() } else { String::new() };
        out.push(format!("{} {:o} {} {} {text}", path.display(), data.mode(), data.uid(), data.mtime()));
    }
    out
}

/// Makes all attempts as a user.
#[expect(clippy::print_stderr, reason = "says what was not shown")]
fn all_fail(user: Option<u32>) {
    let mut harmful: Vec<usize> = Vec::new();
    let mut free = World::new(user);
    for (index, (name, aim, command)) in ATTEMPTS.iter().enumerate() {
        if matches!(aim, Process | Tree(_)) {
            // What it harms is everybody's.
            free = World::new(user);
        }
        let before = free.state(name, *aim);
        free.attempt(name, command, &["--no-sandbox"]);
        if free.state(name, *aim) == before {
            eprintln!("attempt `{name}` does no harm here without a sandbox either, and shows nothing");
        } else {
            harmful.push(index);
        }
    }
    assert!(harmful.len() >= LEAST, "only {} attempts do harm without a sandbox", harmful.len());
    let world = World::new(user);
    let escaped: Vec<String> = ATTEMPTS
        .iter()
        .filter_map(|(name, aim, command)| {
            let before = world.state(name, *aim);
            let (status, said) = world.attempt(name, command, &["--sandbox=require"]);
            assert!(matches!(status, Some(0 | 1)), "`{name}`: the run itself goes on: {status:?} {said}");
            (world.state(name, *aim) != before).then(|| format!("`{name}` did harm: {said}"))
        })
        .collect();
    assert_eq!(escaped, Vec::<String>::new(), "{}", escaped.join("\n"));
    // A runner that is asked to end by its own command goes on.
    for signal in ["TERM", "KILL", "STOP"] {
        let (status, said) = world.attempt("plain", &format!("kill -{signal} $PPID"), &["--sandbox=require"]);
        assert_eq!(status, Some(1), "{said}");
        assert!(said.contains("FAILS: 1 check does not hold"), "{said}");
    }
}

#[test]
fn no_attempt_gets_out_of_the_sandbox() {
    if super::sandbox::is_whole() {
        all_fail(None);
    }
}

#[test]
fn no_attempt_of_another_user_gets_out_of_the_sandbox() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("this is not root, so that it cannot be shown for another user");
    } else if super::sandbox::is_whole() {
        all_fail(Some(65534));
    }
}
