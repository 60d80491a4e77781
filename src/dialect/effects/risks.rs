//! What single programs do that a check should leave alone, by their subcommands and flags.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::text::Lexicon;

use super::http::writes_remotely;
use super::nested::{destroys, is_database};
use super::outside::outside;

pub(super) const PUBLISHES: &str = "publishes or deploys";
const REWRITES: &str = "changes the repository's history or working tree";
pub(super) const MACHINE: &str = "changes the machine or its services";
pub(super) const DELETES: &str = "deletes data";
const DATABASE: &str = "changes a database";
const CLUSTER: &str = "changes a cluster";
const INFRASTRUCTURE: &str = "changes infrastructure";
const CONTAINERS: &str = "removes or stops containers";
const VOLUMES: &str = "deletes containers' data";
const CLOUD: &str = "changes something in the cloud";
const FORGE: &str = "writes to a forge that others see";

/// Subcommands of programs, each as the words behind the program, and what they do. A `*` stands for anything.
const RULES: &[(&[&str], &[&str], &str)] = &[
    // Packages
    (
        &[
            "npm", "pnpm", "yarn", "bun", "cargo", "poetry", "uv", "hatch", "flit", "pdm", "lerna", "gem", "mix",
            "vsce", "ovsx", "maturin", "changeset", "jsr", "deno", "sbt", "clasp", "snapcraft",
        ],
        &[
            "publish", "unpublish", "push", "yank", "hex.publish", "npm publish", "npm tag", "dist-tag add",
            "dist-tag rm", "deprecate", "owner add", "owner remove", "publishSigned", "upload",
        ],
        PUBLISHES,
    ),
    (&["cargo", "sbt"], &["release"], PUBLISHES),
    (
        &["cargo"],
        &["xtask deploy", "xtask publish", "xtask release", "make deploy", "make publish", "make release"],
        PUBLISHES,
    ),
    (&["dart", "flutter"], &["pub publish"], PUBLISHES),
    (&["twine", "anaconda"], &["upload"], PUBLISHES),
    (&["dotnet", "nuget"], &["nuget push", "push"], PUBLISHES),
    (&["pod"], &["trunk push", "repo push"], PUBLISHES),
    (&["mvn", "mvnw"], &["deploy", "release:perform", "release:prepare", "* deploy"], PUBLISHES),
    (&["oras", "helm", "cosign", "crane", "buildah"], &["push", "sign", "copy", "cp"], PUBLISHES),
    (&["skopeo"], &["copy", "sync", "delete"], PUBLISHES),
    (&["eas"], &["submit", "update", "build"], PUBLISHES),
    (&["hugo", "mkdocs", "mike", "quarto"], &["deploy", "gh-deploy", "publish"], PUBLISHES),
    (&["docker", "podman"], &["push", "image push", "manifest push", "compose push"], PUBLISHES),
    (&["docker-compose", "podman-compose"], &["push"], PUBLISHES),
    (&["fastlane"], &[""], PUBLISHES),
    // Versions are commits and tags.
    (&["lerna"], &["version"], REWRITES),
    (&["standard-version", "release-it", "bump2version", "bumpversion", "bump-my-version"], &[""], REWRITES),
    (&["openspec"], &["archive"], REWRITES),
    (&["hg", "svn", "jj"], &["commit", "push", "update", "revert", "strip", "rebase", "abandon", "restore"], REWRITES),
    (&["jj"], &["git push"], PUBLISHES),
    // Containers
    (&["docker", "podman"], &["volume rm", "volume prune", "image rm", "image prune", "system prune"], VOLUMES),
    (
        &["docker", "podman"],
        &["container prune", "network prune", "builder prune", "buildx prune", "system reset"],
        VOLUMES,
    ),
    (
        &["docker", "podman"],
        &[
            "rm", "rmi", "kill", "stop", "pod rm", "container rm", "container kill", "container stop", "network rm",
            "compose down", "compose rm", "compose kill", "compose stop", "buildx rm", "context rm",
        ],
        CONTAINERS,
    ),
    (&["docker-compose", "podman-compose"], &["down", "rm", "kill", "stop"], CONTAINERS),
    (
        &["docker"],
        &[
            "swarm *", "stack deploy", "stack rm", "service create", "service update", "service rm", "service scale",
            "service rollback", "secret create", "secret rm", "config create", "config rm", "node update", "node rm",
        ],
        CLUSTER,
    ),
    // Clusters
    (
        &["kubectl", "oc"],
        &[
            "apply", "create", "delete", "replace", "patch", "scale", "autoscale", "edit", "set", "drain", "cordon",
            "uncordon", "taint", "annotate", "label", "expose", "run", "cp", "debug", "rollout restart",
            "rollout undo", "rollout pause", "rollout resume", "certificate approve", "certificate deny",
            "config use-context", "config set-context", "config delete-context", "config set", "config unset",
        ],
        CLUSTER,
    ),
    (&["helm"], &["install", "upgrade", "uninstall", "rollback", "delete"], CLUSTER),
    (&["helmfile"], &["apply", "sync", "destroy", "delete"], CLUSTER),
    (&["argocd"], &["app sync", "app delete", "app create", "app set", "app rollback"], CLUSTER),
    (
        &["flux", "istioctl", "linkerd"],
        &["install", "uninstall", "bootstrap", "reconcile *", "create *", "delete *", "upgrade"],
        CLUSTER,
    ),
    (&["skaffold"], &["run", "deploy", "delete", "dev"], CLUSTER),
    (&["kind", "k3d", "minikube"], &["delete", "delete cluster", "cluster delete"], DELETES),
    // Infrastructure
    (
        &["terraform", "tofu", "terragrunt"],
        &[
            "apply", "destroy", "import", "taint", "untaint", "force-unlock", "state rm", "state mv", "state push",
            "state replace-provider", "workspace delete", "run-all apply", "run-all destroy",
        ],
        INFRASTRUCTURE,
    ),
    (
        &["pulumi"],
        &["up", "update", "destroy", "import", "refresh", "cancel", "stack rm", "stack init"],
        INFRASTRUCTURE,
    ),
    (&["cdk", "cdktf"], &["deploy", "destroy", "bootstrap", "import"], INFRASTRUCTURE),
    (
        &["sam", "serverless", "sls", "sst", "chalice", "copilot", "zappa"],
        &["deploy", "delete", "destroy", "remove", "sync", "update", "undeploy"],
        INFRASTRUCTURE,
    ),
    (&["vagrant"], &["destroy", "halt"], INFRASTRUCTURE),
    (&["ansible-playbook", "ansible-pull"], &[""], "works on another host"),
    // Databases
    (&["dropdb", "mongorestore", "dropuser", "pg_restore"], &[""], DELETES),
    (&["supabase"], &["db reset", "db push", "link", "migration repair", "projects delete"], DATABASE),
    (&["supabase"], &["functions deploy", "secrets set", "secrets unset", "functions delete"], PUBLISHES),
    (&["prisma"], &["migrate reset", "migrate deploy", "db push", "migrate resolve", "deploy"], DATABASE),
    (&["alembic"], &["downgrade"], DELETES),
    (&["artisan"], &["migrate:fresh", "migrate:reset", "migrate:refresh", "migrate:rollback", "db:wipe"], DELETES),
    (
        &["rails", "rake"],
        &["db:drop", "db:reset", "db:rollback", "db:migrate:reset", "db:drop:all", "db:truncate_all", "db:purge"],
        DELETES,
    ),
    (&["manage.py"], &["flush", "reset_db", "sqlflush"], DELETES),
    (&["mix"], &["ecto.drop", "ecto.reset", "ecto.rollback"], DELETES),
    (&["flyway"], &["clean", "undo"], DELETES),
    (&["liquibase"], &["rollback", "drop-all", "rollback-count"], DELETES),
    (
        &["sequelize", "sequelize-cli"],
        &["db:drop", "db:migrate:undo", "db:migrate:undo:all", "db:seed:undo:all"],
        DELETES,
    ),
    (&["knex"], &["migrate:rollback", "migrate:down"], DELETES),
    (&["typeorm"], &["schema:drop", "migration:revert"], DELETES),
    (
        &["diesel", "sqlx"],
        &["database reset", "database drop", "migration revert", "migration redo", "migrate revert"],
        DELETES,
    ),
    (&["goose", "dbmate", "migrate"], &["down", "down-to", "reset", "redo", "drop", "rollback"], DELETES),
    (&["bin/console", "console"], &["doctrine:database:drop", "doctrine:schema:drop"], DELETES),
    (&["dotnet"], &["ef database drop"], DELETES),
    // Tools of the machine
    (&["cargo"], &["install", "uninstall"], MACHINE),
    (&["pipx"], &["install", "uninstall", "upgrade", "upgrade-all", "inject"], MACHINE),
    (&["uv"], &["tool install", "tool uninstall", "tool upgrade", "self update"], MACHINE),
    (&["gem"], &["install", "uninstall", "update"], MACHINE),
    (
        &["rustup"],
        &[
            "update", "default", "install", "uninstall", "toolchain install", "toolchain uninstall", "component add",
            "component remove", "target add", "self update",
        ],
        MACHINE,
    ),
    (
        &["nvm", "asdf", "pyenv", "rbenv", "volta", "fnm", "sdk"],
        &["install", "uninstall", "global", "alias", "default", "pin"],
        MACHINE,
    ),
    (&["mise"], &["self-update", "uninstall"], MACHINE),
    (&["code"], &["--install-extension", "--uninstall-extension"], MACHINE),
    (&["meson", "ninja"], &["install", "uninstall"], MACHINE),
    (
        &["brew"],
        &["services start", "services stop", "services restart", "bundle", "link", "unlink", "cleanup"],
        MACHINE,
    ),
    (
        &["xcode-select", "softwareupdate", "spctl", "defaults"],
        &["write", "delete", "--install", "--switch", "-i", "-s"],
        MACHINE,
    ),
];

/// Flags of programs with subcommands whose value is no subcommand.
static VALUED: LazyLock<Lexicon<()>> = LazyLock::new(|| {
    let flags = [
        "-n", "--namespace", "--context", "--kubeconfig", "--cluster", "-C", "--directory", "--prefix", "--filter",
        "-F", "-w", "--workspace", "--cwd", "--dir", "-f", "--file", "-p", "--project-name", "--project-directory",
        "--profile", "--region", "--project", "--env-file", "-H", "--host", "--kube-context", "--manifest-path",
        "--package", "-R", "--repo", "--workdir", "-e", "--environment", "-c", "--config", "--source", "-s", "--stack",
        "--chdir",
    ];
    Lexicon::new(flags.map(|flag| (flag, ())))
});

/// What is neither a flag nor a flag's value.
pub(super) fn positionals<'a>(base: &str, args: &[&'a str]) -> Vec<&'a str> {
    let mut found = Vec::new();
    let mut rest = args.iter().copied();
    while let Some(arg) = rest.next() {
        if arg.starts_with('-') {
            if VALUED.exactly(arg).is_some() && !(base == "pnpm" && arg == "-w" || base.ends_with("npm") && arg == "-s")
            {
                rest.next();
            }
        } else if !(base == "cargo" && arg.starts_with('+')) {
            found.push(arg);
        }
    }
    // `yarn workspace web publish`
    if base == "yarn" && found.first() == Some(&"workspace") {
        found.drain(..found.len().min(2));
    }
    found
}

/// Whether the words of a rule stand at the start of what was typed.
pub(super) fn begins(rule: &str, typed: &[&str]) -> bool {
    let mut words = rule.split(' ').filter(|word| !word.is_empty()).enumerate();
    words.all(|(at, word)| {
        typed.get(at).is_some_and(|typed| {
            word == "*" || *typed == word || word.strip_suffix('*').is_some_and(|start| typed.starts_with(start))
        })
    })
}

/// The rows of a table that are about each program, as bits.
pub(super) fn rows_of(programs: impl Iterator<Item = &'static [&'static str]>) -> Lexicon<u128> {
    let mut rows: BTreeMap<&'static str, u128> = BTreeMap::new();
    for (row, programs) in programs.enumerate() {
        assert!(row < 128, "a table has more rows than bits");
        programs.iter().for_each(|program| *rows.entry(program).or_default() |= 1 << row);
    }
    Lexicon::new(rows)
}

/// The places of the bits that are set, in order.
pub(super) fn bits(mut set: u128) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = set.trailing_zeros();
        set &= set.wrapping_sub(1);
        (at < 128).then_some(at as usize)
    })
}

fn by_rule(base: &str, args: &[&str]) -> Option<&'static str> {
    static ROWS: LazyLock<Lexicon<u128>> = LazyLock::new(|| rows_of(RULES.iter().map(|(programs, ..)| *programs)));
    let rows = ROWS.exactly(base)?;
    let typed = positionals(base, args);
    bits(rows)
        .map(|row| &RULES[row])
        .find(|(_, rules, _)| {
            rules.iter().any(|rule| match rule.strip_prefix("--") {
                Some(_) => args.contains(rule),
                None => begins(rule, &typed),
            })
        })
        .map(|(.., what)| *what)
}

/// Whether a command only says what it would do.
pub(super) fn is_dry(args: &[&str]) -> bool {
    args.iter().any(|arg| {
        arg.starts_with("--dry-run")
            || matches!(
                *arg,
                "--check"
                    | "--help"
                    | "--pretend"
                    | "--simulate"
                    | "--what-if"
                    | "--noop"
                    | "--list-tasks"
                    | "--syntax-check"
                    | "--list-hosts"
            )
    })
}

/// What a program does with these arguments, if it is to be held back.
pub(super) fn direct(base: &str, args: &[&str]) -> Option<&'static str> {
    let dry = is_dry(args);
    // What is installed below a root of its own is the project's.
    let own = base == "cargo" && args.contains(&"--root");
    special(base, args, dry)
        .or_else(|| if dry || own { None } else { by_rule(base, args).or_else(|| outside(base, args)) })
}

fn special(base: &str, args: &[&str], dry: bool) -> Option<&'static str> {
    let has = |wanted: &[&str]| args.iter().any(|arg| wanted.contains(arg));
    let verb = args.iter().copied().find(|arg| !arg.starts_with('-'));
    match base {
        "git" => git(args, dry),
        "rm" | "shred" | "unlink" => removes(args).then_some("deletes files outside build outputs"),
        "find" if has(&["-delete"]) => Some("deletes files"),
        _ if !dry && package_script(base, args).is_some_and(deploys) => Some(PUBLISHES),
        "just" | "make" | "gmake" | "task"
            if args.iter().any(|arg| changes_service(arg) || matches!(*arg, "install" | "uninstall")) =>
        {
            Some(MACHINE)
        }
        "npm"
            if !dry
                && verb == Some("version")
                && positionals(base, args).len() > 1
                && !has(&["--no-git-tag-version"]) =>
        {
            Some(REWRITES)
        }
        "semantic-release" | "gh-pages" | "surge" | "np" if !dry => Some(PUBLISHES),
        "vercel" if !dry && args.iter().all(|arg| arg.starts_with('-')) => Some(PUBLISHES),
        "gradle" | "gradlew" if !dry => {
            let publishes = |arg: &&str| {
                let task = arg.rsplit(':').next().unwrap_or(arg);
                task.starts_with("publish") && !task.ends_with("ToMavenLocal") || task == "uploadArchives"
            };
            args.iter().any(publishes).then_some(PUBLISHES)
        }
        "docker" | "podman" if has(&["--push"]) => Some(PUBLISHES),
        "docker" | "podman" | "docker-compose" if has(&["down"]) && has(&["-v", "--volumes"]) => Some(VOLUMES),
        "php" | "python" | "python3" | "node" | "ruby" if !dry => {
            let script = args.first()?.rsplit('/').next().unwrap_or("");
            let (script, rest) = match *args {
                ["-m", module, ref rest @ ..] => (module, rest),
                _ => (script, &args[1..]),
            };
            matches!(script, "artisan" | "manage.py" | "console" | "alembic" | "twine")
                .then(|| by_rule(script, rest))
                .flatten()
        }
        "gh" | "glab" => forge(args),
        "vercel" | "netlify" | "wrangler" | "fly" | "flyctl" | "firebase" | "railway" | "heroku" | "eb" | "gcloud"
        | "goreleaser" | "cf" | "render"
            if !dry =>
        {
            let deploys = has(&["deploy", "--prod", "promote", "publish", "release", "up", "push", "launch"])
                && !has(&["--snapshot", "--skip=publish"]);
            let changes = |arg: &&str| {
                matches!(*arg, "create" | "delete" | "update" | "destroy" | "scale" | "restart" | "rollback")
                    || ["config:set", "config:unset", "ps:", "pg:reset", "pg:push"]
                        .iter()
                        .any(|start| arg.starts_with(start))
            };
            if deploys { Some(PUBLISHES) } else { args.iter().any(changes).then_some(CLOUD) }
        }
        "aws" | "az" | "gsutil" | "doctl" | "hcloud" | "linode-cli" | "oci" if !dry => {
            let changes = |arg: &&str| {
                ["put-", "create-", "delete-", "update-", "deploy", "terminate-", "start-", "stop-", "run-", "reboot-"]
                    .iter()
                    .any(|start| arg.starts_with(start))
                    || matches!(*arg, "cp" | "sync" | "mv" | "rm" | "mb" | "rb")
                    || base != "aws"
                        && matches!(*arg, "create" | "delete" | "update" | "start" | "stop" | "restart" | "set")
            };
            args.iter().any(changes).then_some(CLOUD)
        }
        "curl" | "http" | "https" | "wget" | "httpie" | "xh" | "xhs" => {
            writes_remotely(base, args).then_some("sends a writing request to another host")
        }
        _ if is_database(base) => {
            let verb = matches!(verb, Some("DEL" | "del" | "UNLINK" | "unlink" | "SHUTDOWN" | "shutdown"));
            (base == "redis-cli" && verb || args.iter().any(|arg| destroys(arg))).then_some(DELETES)
        }
        "mysqladmin" | "mariadb-admin" if has(&["drop", "flush-hosts", "flush-tables", "shutdown", "kill"]) => {
            Some(DELETES)
        }
        "truncate" => args.last().is_some_and(|path| keeps(path)).then_some("empties or cuts a file"),
        "systemctl" | "service" | "launchctl" | "rc-service" => {
            let reads = has(&["status", "is-active", "is-enabled", "list-units", "show", "cat", "list", "print"]);
            (!reads).then_some(MACHINE)
        }
        "kill" | "pkill" | "killall" => (!has(&["-0"])).then_some("stops processes"),
        "su" | "pkexec" | "runuser" => Some("runs with the rights of another user"),
        "reboot" | "shutdown" | "halt" | "poweroff" | "mkfs" | "mount" | "umount" | "fdisk" | "iptables" | "ufw"
        | "useradd" | "usermod" | "chown" | "crontab" | "visudo" | "sysctl" | "modprobe" | "dd" => {
            let reads = base == "crontab" && has(&["-l"]) || base == "mount" && args.is_empty();
            (!reads).then_some(MACHINE)
        }
        "apt" | "apt-get" | "yum" | "dnf" | "apk" | "pacman" | "brew" | "snap" | "port" | "choco" | "winget"
        | "zypper" | "scoop" => {
            let installs = has(&[
                "install", "remove", "upgrade", "update", "uninstall", "add", "purge", "dist-upgrade", "-S", "-Syu",
                "tap", "reinstall", "autoremove",
            ]);
            if installs { Some(MACHINE) } else { by_rule(base, args) }
        }
        "npm" | "pnpm" | "yarn"
            if has(&["-g", "--global", "global"]) && has(&["install", "i", "add", "link", "uninstall", "update"]) =>
        {
            Some(MACHINE)
        }
        "dotnet" if has(&["-g", "--global"]) && has(&["install", "update", "uninstall"]) => Some(MACHINE),
        "cmake" if has(&["--install"]) => (!has(&["--prefix"])).then_some(MACHINE),
        "cp" | "mv" | "ln" | "install" | "tee" | "tar" | "unzip" if args.iter().any(|path| of_the_machine(path)) => {
            let reads = matches!(base, "cp" | "ln") && args.last().is_some_and(|path| !of_the_machine(path));
            (!reads).then_some(MACHINE)
        }
        "ssh" | "scp" | "rsync" | "sftp" => {
            let dry = dry || base == "rsync" && args.iter().any(|arg| short(arg, 'n'));
            let remote = base == "ssh" || args.iter().any(|arg| arg.contains(':') && !arg.starts_with('-'));
            (remote && !(dry && base == "rsync")).then_some("works on another host")
        }
        _ => None,
    }
}

/// Whether short flags that stand together have a letter: `-avn`.
fn short(arg: &str, letter: char) -> bool {
    arg.starts_with('-') && !arg.starts_with("--") && arg.contains(letter)
}

/// Whether a path belongs to the machine rather than to a project.
pub(super) fn of_the_machine(path: &str) -> bool {
    [
        "/etc/", "/usr/", "/opt/", "/bin/", "/sbin/", "/lib/", "/boot/", "/var/lib/", "/var/www/", "/Library/",
        "/System/", "/Applications/", "~/", "$HOME/", "${HOME}/",
    ]
    .iter()
    .any(|start| path.starts_with(start))
}

/// The script or target that a package manager or a task runner is to run.
fn package_script<'a>(base: &str, args: &[&'a str]) -> Option<&'a str> {
    match base {
        "npm" | "pnpm" | "yarn" | "bun" | "turbo" | "nx" | "deno" | "composer" => {
            let typed = positionals(base, args);
            let at = usize::from(matches!(typed.first(), Some(&("run" | "run-script"))));
            let direct = at == 0 && !matches!(base, "pnpm" | "yarn" | "turbo" | "nx");
            typed.get(at).copied().filter(|_| !direct)
        }
        "make" | "gmake" | "just" | "task" | "mise" | "rake" | "invoke" | "inv" | "poe" | "doit" => {
            positionals(base, args).into_iter().find(|target| deploys(target))
        }
        _ => None,
    }
}

fn deploys(script: &str) -> bool {
    let head = script.split([':', '-']).next().unwrap_or(script);
    matches!(head, "deploy" | "publish" | "release") && !script.contains("dry") && !script.contains("check")
}

fn changes_service(target: &str) -> bool {
    let Some((head, tail)) = target.rsplit_once('-') else { return false };
    head.ends_with("service")
        && matches!(tail, "install" | "enable" | "disable" | "uninstall" | "start" | "stop" | "restart")
}

fn git(args: &[&str], dry: bool) -> Option<&'static str> {
    let mut rest = args;
    while let [first, tail @ ..] = rest {
        if !first.starts_with('-') {
            break;
        }
        rest = if matches!(*first, "-C" | "-c" | "--git-dir" | "--work-tree") {
            tail.get(1..).unwrap_or(&[])
        } else {
            tail
        };
    }
    let (&verb, args) = rest.split_first()?;
    let has = |wanted: &[&str]| args.iter().any(|arg| wanted.contains(arg));
    if dry || has(&["-n"]) && matches!(verb, "push" | "clean") {
        return None;
    }
    match verb {
        "push" | "send-pack" | "send-email" | "request-pull" => Some(PUBLISHES),
        "commit" | "reset" | "checkout" | "switch" | "restore" | "clean" | "rebase" | "merge" | "cherry-pick"
        | "revert" | "am" | "rm" | "mv" | "pull" | "filter-branch" | "filter-repo" | "gc" | "prune" | "update-ref"
        | "add" | "init" | "bisect" | "replace" | "read-tree" | "checkout-index" | "update-index" | "lfs-migrate" => {
            Some(REWRITES)
        }
        "stash" => (!has(&["list", "show"])).then_some(REWRITES),
        "apply" => (!has(&["--check", "--stat", "--numstat"])).then_some(REWRITES),
        "tag" => {
            let reads = args.is_empty() || has(&["-l", "--list", "-v", "--verify", "--contains", "--points-at"]);
            (!reads).then_some(REWRITES)
        }
        "subtree" => match args.first() {
            Some(&"push") => Some(PUBLISHES),
            _ => Some(REWRITES),
        },
        "notes" => (!args.is_empty() && !has(&["list", "show"])).then_some(REWRITES),
        "sparse-checkout" => (!has(&["list"])).then_some(REWRITES),
        "reflog" => has(&["expire", "delete"]).then_some(REWRITES),
        "branch" => has(&["-d", "-D", "-m", "-M", "--delete", "--move", "-f"]).then_some(REWRITES),
        "worktree" => has(&["add", "remove", "prune", "move"]).then_some(REWRITES),
        "remote" => has(&["add", "remove", "rm", "set-url", "rename"]).then_some(REWRITES),
        "submodule" => has(&["add", "deinit"]).then_some(REWRITES),
        _ => None,
    }
}

/// Whether `rm` deletes more than build outputs and temporary files.
fn removes(args: &[&str]) -> bool {
    let bare = args.iter().all(|arg| arg.starts_with('-'));
    bare || args.iter().filter(|arg| !arg.starts_with('-')).any(|path| keeps(path))
}

/// Whether a path is worth keeping: no build output, nothing temporary.
fn keeps(path: &str) -> bool {
    const OUTPUTS: &[&str] = &[
        "target", "build", "dist", "out", "node_modules", ".next", ".cache", "coverage", "__pycache__",
        ".pytest_cache", ".mypy_cache", ".ruff_cache", ".venv", "tmp", "bin", "obj", ".turbo", ".nuxt", "htmlcov",
        ".gradle", "Debug", "Release",
    ];
    const LEFTOVERS: &[&str] = &[".o", ".pyc", ".class", ".log", ".tmp", ".coverage", "coverage.out"];
    let path = path.trim_start_matches("./").trim_end_matches(['/', '*']);
    let temporary = ["/tmp/", "$TMP", "${TMP", "/dev/null"].iter().any(|start| path.starts_with(start));
    let leaves = path.contains("..") || path.starts_with(['/', '~', '$']);
    let last = path.rsplit('/').next().unwrap_or(path);
    let first = path.split('/').next().unwrap_or(path);
    let output = OUTPUTS.contains(&last)
        || first != "bin" && OUTPUTS.contains(&first)
        || LEFTOVERS.iter().any(|end| last.ends_with(end));
    !temporary && (leaves || !output)
}

fn forge(args: &[&str]) -> Option<&'static str> {
    let typed = positionals("gh", args);
    let changes = match typed.as_slice() {
        ["pr", "checkout", ..] | ["repo", "sync", ..] => return Some(REWRITES),
        ["auth", "login" | "logout" | "refresh" | "setup-git", ..]
        | ["extension", "install" | "remove" | "upgrade", ..] => {
            return Some(MACHINE);
        }
        [
            "pr" | "issue" | "mr" | "release" | "repo" | "gist" | "label" | "secret" | "variable" | "project" | "cache"
            | "codespace" | "ssh-key" | "gpg-key" | "ruleset" | "ci",
            verb,
            ..,
        ] => matches!(
            *verb,
            "create"
                | "merge"
                | "close"
                | "edit"
                | "comment"
                | "note"
                | "delete"
                | "review"
                | "approve"
                | "ready"
                | "reopen"
                | "upload"
                | "set"
                | "fork"
                | "remove"
                | "lock"
                | "unlock"
                | "pin"
                | "unpin"
                | "transfer"
                | "archive"
                | "rename"
                | "update-branch"
                | "item-add"
                | "item-edit"
                | "item-delete"
                | "add"
                | "run"
                | "trigger"
                | "retry"
        ),
        ["workflow" | "run", verb, ..] => matches!(*verb, "run" | "rerun" | "cancel" | "disable" | "enable" | "delete"),
        ["api", rest @ ..] => {
            let method = args.windows(2).find(|pair| matches!(pair[0], "-X" | "--method")).map(|pair| pair[1]);
            let fields = args.iter().any(|arg| matches!(*arg, "-f" | "-F" | "--field" | "--raw-field" | "--input"));
            match method {
                Some(method) => !method.eq_ignore_ascii_case("GET"),
                // A question is sent as a field as well.
                None if rest.first() == Some(&"graphql") => args.iter().any(|arg| arg.contains("mutation")),
                None => fields,
            }
        }
        _ => false,
    };
    changes.then_some(FORGE)
}
