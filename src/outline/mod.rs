//! A Markdown document as a tree: sections, lists, tables, fences, each with its place.
//!
//! Knows Markdown and nothing of plans: no stage, no check, no command.

mod fences;
mod frontmatter;
mod lists;
mod model;
mod parse;
mod sections;

pub use model::{
    Block, Cell, Code, Fence, FrontMatter, Inline, InlineKind, Item, Line, Link, List, Outline, Paragraph, Section,
    Table, Text, inlines_to_markdown,
};
pub use parse::{read, read_part};
