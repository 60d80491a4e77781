//! Which folders of a working tree builds write into.
//!
//! They are known by the files that say how something is built. What git ignores would be more and less: an ignored folder
//! of settings or installed programs is used by whoever works in the tree, and must not be written by a command that is
//! trusted less; and a folder that is not there yet cannot be looked up. None of them holds a file that git tracks.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::host::Host;

/// A file that says how something is built, and the folders beside it that builds write. The first `made` of them are made
/// for a command where they are missing, because most of such builds need them.
struct Builder {
    file: &'static str,
    made: usize,
    outputs: &'static [&'static str],
}

const fn builder(file: &'static str, made: usize, outputs: &'static [&'static str]) -> Builder {
    Builder { file, made, outputs }
}

const OF_PYTHON: &[&str] = &[
    ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".tox", ".nox", "build", "dist", "htmlcov",
    "__pycache__",
];
const OF_NODE: &[&str] = &[
    "node_modules/.cache", "node_modules/.vite", "node_modules/.vitest", "node_modules/.tmp", "dist", "build", "out",
    "coverage", ".next", ".nuxt", ".turbo", ".cache", ".parcel-cache", ".svelte-kit", ".nyc_output",
];

const BUILDERS: &[Builder] = &[
    builder("Cargo.toml", 1, &["target"]),
    builder("package.json", 0, OF_NODE),
    builder("pyproject.toml", 0, OF_PYTHON),
    builder("setup.py", 0, OF_PYTHON),
    builder("setup.cfg", 0, OF_PYTHON),
    builder("tox.ini", 0, OF_PYTHON),
    builder("pytest.ini", 0, OF_PYTHON),
    builder("requirements.txt", 0, OF_PYTHON),
    builder("pom.xml", 1, &["target"]),
    builder("build.gradle", 2, &["build", ".gradle"]),
    builder("build.gradle.kts", 2, &["build", ".gradle"]),
    builder("build.sbt", 1, &["target", "project/target"]),
    builder("CMakeLists.txt", 1, &["build"]),
    builder("meson.build", 0, &["build", "builddir"]),
    builder("Makefile", 0, &["build", "out", "obj", "bin", "dist"]),
    builder("go.mod", 0, &["bin", "dist"]),
    builder("mix.exs", 1, &["_build"]),
    builder("rebar.config", 1, &["_build"]),
    builder("dune-project", 1, &["_build"]),
    builder("stack.yaml", 1, &[".stack-work"]),
    builder("Package.swift", 1, &[".build"]),
    builder("pubspec.yaml", 0, &["build", ".dart_tool"]),
    builder("Gemfile", 0, &["coverage", "tmp", "log"]),
    builder("composer.json", 0, &[".phpunit.cache", "coverage"]),
];

/// The folders below `tree` that builds write.
#[derive(Debug, Default)]
pub(super) struct Outputs {
    /// Those that are there.
    pub(super) there: BTreeSet<PathBuf>,
    /// Those that are not, and that most builds need.
    pub(super) missing: BTreeSet<PathBuf>,
}

/// Finds them. `git` says whether it is a working tree of git.
pub(super) fn find(tree: &Path, git: bool, host: &dyn Host) -> Outputs {
    let tracked = if git { host.git(tree, &["ls-files", "-z"]).ok() } else { None };
    let tracked = tracked.map(|listed| String::from_utf8_lossy(&listed).into_owned()).unwrap_or_default();
    let tracked: BTreeSet<&str> = tracked.split('\0').filter(|path| !path.is_empty()).collect();
    let mut found = Outputs::default();
    for builder in BUILDERS {
        let beside = tracked.iter().filter_map(|path| path.strip_suffix(builder.file));
        let mut folders: BTreeSet<&str> = beside.filter(|start| start.is_empty() || start.ends_with('/')).collect();
        if host.exists(&tree.join(builder.file)) {
            folders.insert("");
        }
        for folder in folders {
            for (index, output) in builder.outputs.iter().enumerate() {
                let name = format!("{folder}{output}");
                // A folder with sources is none that only builds write, whatever its name.
                let inside = format!("{name}/");
                let is_tracked = |path: &&str| path.starts_with(&inside) || **path == name;
                if tracked.range(name.as_str()..).take_while(|path| path.starts_with(&name)).any(is_tracked) {
                    continue;
                }
                let path = tree.join(&name);
                if is_itself(&path, host) {
                    found.there.insert(path);
                } else if index < builder.made && !host.exists(&path) && !host.is_link(&path) {
                    found.missing.insert(path);
                }
            }
        }
    }
    found
}

/// Whether a folder is there, and no link leads to it: one in the tree may be a stranger's, and lead anywhere.
fn is_itself(path: &Path, host: &dyn Host) -> bool {
    host.is_dir(path) && host.canonicalize(path).is_ok_and(|real| real == path)
}
