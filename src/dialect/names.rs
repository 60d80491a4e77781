//! Finds stages that are named in running text: `Stage 2`, `T012`, `WS1`, `Tasks 3-5`.

use std::ops::Range;

/// The names of a plan's stages.
pub trait Names {
    /// Every place in a line where stages are named, in order and without overlap, with the stages' indices.
    /// A range such as `Stages 3-5` is one place with several stages.
    fn find(&self, line: &str) -> Vec<(Range<usize>, Vec<usize>)>;

    /// The stage that a diagram's node stands for: by a name in its text, or by its title's words.
    fn resolve(&self, node: &str) -> Option<usize>;
}
