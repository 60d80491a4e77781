//! The files that the stages of a plan name, and which of them have changed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

use crate::outline::Outline;
use crate::plan::{Plan, extent};
use crate::prove::in_command;
use crate::text::{files, plain_path};

/// From where the paths of a plan count. Absolute, without links.
#[derive(Clone, Copy, Debug)]
pub struct Places<'a> {
    /// The root of its repository.
    pub repository: &'a Path,
    /// Where its commands run.
    pub root: &'a Path,
    /// The folder in which it lies.
    pub beside: &'a Path,
    /// The root of the working tree of git, from which `inputs` count.
    pub tree: &'a Path,
}

/// What a plan names: the words for each of its stages, and those that stand outside of all.
#[derive(Clone, Debug, Default)]
pub struct Named {
    stages: Vec<Words>,
    rest: Words,
}

/// Paths as they are written.
#[derive(Clone, Debug, Default)]
struct Words {
    /// Paths of files and folders that the text names.
    paths: BTreeSet<String>,
    /// Paths and globs of commands, each with the folder from which it counts.
    commands: BTreeSet<(String, String)>,
    /// Globs of the configuration, relative to the root of the tree. Where there are any, they say it all.
    inputs: Vec<String>,
}

/// What of a plan is touched: for each part the place of the first file that does it among those that have changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touch {
    /// For each stage.
    pub stages: Vec<Option<usize>>,
    /// For what stands outside of all stages, which speaks of the plan as a whole.
    pub rest: Option<usize>,
}

impl Touch {
    /// The first file that touches anything.
    #[must_use]
    pub fn first(&self) -> Option<usize> {
        self.stages.iter().copied().chain([self.rest]).flatten().min()
    }
}

impl Named {
    /// Reads what a plan names. `outline` is that of its source.
    #[must_use]
    pub fn of(plan: &Plan, outline: &Outline<'_>) -> Self {
        let mut named = Self::default();
        let text = plan.source.text();
        let mut rest = String::new();
        let mut at = 0;
        for id in plan.stage_ids() {
            let span = extent(plan, outline, id).range();
            if span.start > at {
                rest.push_str(&text[at..span.start]);
                rest.push('\n');
            }
            at = at.max(span.end);
            let stage = plan.stage(id);
            if let Some(inputs) = &stage.inputs {
                named.stages.push(Words { inputs: inputs.clone(), ..Words::default() });
                continue;
            }
            let mut words = Words::in_text(&text[span]);
            for &check in &stage.checks {
                let found = in_command(plan, check).into_iter();
                words.commands.extend(found.map(|word| (word.folder, word.path)).filter(|(_, path)| is_path(path)));
            }
            named.stages.push(words);
        }
        rest.push_str(text.get(at..).unwrap_or_default());
        named.rest = Words::in_text(&rest);
        named
    }

    /// Whether nothing in the plan tells what it depends on.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stages.iter().all(Words::is_empty) && self.rest.is_empty()
    }

    /// Whether nothing in a stage tells what it depends on.
    #[must_use]
    pub fn says_nothing_of(&self, stage: usize) -> bool {
        self.stages.get(stage).is_none_or(Words::is_empty)
    }

    /// What of the plan is touched by files that have changed: absolute paths without links. `is_there` tells whether there is a
    /// file or folder of a path now; one that is gone is among the changed ones.
    #[must_use]
    pub fn touched(&self, changed: &[PathBuf], places: Places<'_>, is_there: &dyn Fn(&Path) -> bool) -> Touch {
        let look = |words: &Words| words.touched(changed, places, is_there);
        Touch { stages: self.stages.iter().map(look).collect(), rest: look(&self.rest) }
    }
}

impl Words {
    fn in_text(text: &str) -> Self {
        let paths = files(text).into_iter().map(|file| file.path).collect();
        Self { paths, ..Self::default() }
    }

    fn is_empty(&self) -> bool {
        self.paths.is_empty() && self.commands.iter().all(|(_, path)| !is_certain(path)) && self.inputs.is_empty()
    }

    fn touched(&self, changed: &[PathBuf], places: Places<'_>, is_there: &dyn Fn(&Path) -> bool) -> Option<usize> {
        let Places { repository, root, beside, tree } = places;
        let mut first: Option<usize> = None;
        let mut try_all = |is_meant: &dyn Fn(&Path) -> bool| {
            let end = first.unwrap_or(changed.len());
            first = changed[..end].iter().position(|file| is_meant(file)).or(first);
        };
        for path in &self.paths {
            let from = [repository, root, beside].map(|folder| plain_path(&folder.join(path)));
            try_all(&|file| from.iter().any(|from| is_below(file, from, repository)));
            // Plans count paths also from a part of the repository that everybody knows, and name a file by its bare name.
            if !from.iter().any(|from| is_there(from)) && !path.starts_with("../") {
                let tail = Path::new(path.trim_end_matches('/'));
                let below = |file: &Path| {
                    file.strip_prefix(repository).is_ok_and(|file| file.ancestors().any(|part| part.ends_with(tail)))
                };
                try_all(&below);
            }
        }
        for (folder, path) in &self.commands {
            let whole = plain_path(&root.join(folder).join(path));
            match matcher(&whole) {
                Some(glob) => try_all(&|file| file.ancestors().any(|part| glob.is_match(part))),
                None => try_all(&|file| is_below(file, &whole, repository)),
            }
        }
        for input in &self.inputs {
            let bare = input.trim_start_matches("./").trim_end_matches('/');
            let whole = if matches!(bare, "" | ".") { tree.to_path_buf() } else { plain_path(&tree.join(bare)) };
            match matcher(&whole) {
                Some(glob) => try_all(&|file| file.ancestors().any(|part| glob.is_match(part))),
                None => try_all(&|file| file.starts_with(&whole)),
            }
        }
        first
    }
}

/// Whether a file is what a path names, or lies in the folder that it names. A path that names the whole repository, or what
/// is around it, names nothing.
fn is_below(file: &Path, named: &Path, repository: &Path) -> bool {
    file.starts_with(named) && !repository.starts_with(named)
}

/// What a path with the signs of a glob stands for.
fn matcher(path: &Path) -> Option<GlobMatcher> {
    let text = path.to_str().filter(|text| text.contains(['*', '?', '[', '{']))?;
    Some(GlobBuilder::new(text).literal_separator(true).build().ok()?.compile_matcher())
}

/// Whether a word of a command may be a path at all: most are not, and none of these is in the way of a file.
fn is_path(word: &str) -> bool {
    !word.is_empty() && word != "." && !word.starts_with('/')
}

/// Whether a word of a command says by itself that it is a path.
fn is_certain(word: &str) -> bool {
    word.contains('/') || files(word).len() == 1
}
