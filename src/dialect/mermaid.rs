//! Reads the order of stages from a Mermaid flowchart.
//!
//! Pure: lines in, edges between stages out. Every other kind of Mermaid diagram says nothing of order.

use std::collections::BTreeMap;
use std::ops::Range;

use super::diagram::assemble::{Link, Node, assemble};
use super::diagram::label::{self, Grade, Numbering, Part};
use super::diagram::{Diagram, Fuel};
use super::names::Names;
use crate::outline::Line;
use crate::source::Span;

/// Statements that only say how a diagram looks.
const LOOKS: &[&str] = &[
    "classDef", "class", "style", "linkStyle", "click", "direction", "accTitle", "accTitle:", "accDescr", "accDescr:",
];

/// Reads the lines of a Mermaid block.
#[must_use]
pub fn edges(lines: &[Line], names: &dyn Names) -> Diagram {
    let mut fuel = Fuel::full(lines);
    read(lines, names, &mut fuel).unwrap_or_default()
}

fn read(lines: &[Line], names: &dyn Names, fuel: &mut Fuel) -> Option<Diagram> {
    let numbering = lines.iter().find_map(|line| Numbering::of(line.text, names));
    let mut chart = Chart {
        names,
        numbering,
        ids: BTreeMap::new(),
        nodes: Vec::new(),
        groups: Vec::new(),
        open: Vec::new(),
        arrows: Vec::new(),
    };
    let mut lines = body(lines).iter();
    let header = lines.by_ref().find(|line| !is_blank(line.text))?;
    let start = header.text.len() - header.text.trim_start().len();
    let word = header.text[start..].split([' ', ';', '\t']).next().unwrap_or("");
    if !["graph", "flowchart", "flowchart-elk"].contains(&word) {
        return None;
    }
    // The direction of the drawing is no order; what follows it on the same line may be one.
    if let Some(first) = header.text.find(';') {
        chart.line(header, first + 1, fuel)?;
    }
    for line in lines {
        chart.line(line, 0, fuel)?;
    }
    chart.finish(fuel)
}

/// The lines behind a front matter block.
fn body<'l, 's>(lines: &'l [Line<'s>]) -> &'l [Line<'s>] {
    let first = lines.iter().position(|line| !line.text.trim().is_empty()).unwrap_or(0);
    let lines = &lines[first..];
    if lines.first().is_some_and(|line| line.text.trim() == "---")
        && let Some(end) = lines.iter().skip(1).position(|line| line.text.trim() == "---")
    {
        return &lines[end + 2..];
    }
    lines
}

/// Whether a line holds nothing but blanks, a comment or a directive.
fn is_blank(text: &str) -> bool {
    let text = text.trim_start();
    text.is_empty() || text.starts_with("%%")
}

/// A node as it was declared.
struct Declared {
    id: String,
    text: Option<String>,
    span: Span,
    group: Option<usize>,
}

/// A `subgraph`.
struct Group {
    id: String,
    title: String,
    span: Span,
    parent: Option<usize>,
}

/// An edge between two ids.
struct Arrow {
    from: String,
    to: String,
    span: Span,
}

struct Chart<'a> {
    names: &'a dyn Names,
    numbering: Option<Numbering>,
    ids: BTreeMap<String, usize>,
    nodes: Vec<Declared>,
    groups: Vec<Group>,
    open: Vec<usize>,
    arrows: Vec<Arrow>,
}

impl Chart<'_> {
    /// Reads the statements of a line from a byte on.
    fn line(&mut self, line: &Line, from: usize, fuel: &mut Fuel) -> Option<()> {
        fuel.burn(line.text.len())?;
        let mut scan = Scanner { text: line.text, at: from, offset: line.span.range().start };
        loop {
            scan.blanks();
            if scan.rest().starts_with("%%") || scan.rest().is_empty() {
                return Some(());
            }
            if scan.eat(";") {
                continue;
            }
            let word = scan.rest().split([' ', '\t', ';']).next().unwrap_or("");
            if word == "subgraph" {
                scan.at += word.len();
                self.subgraph(&mut scan);
            } else if word == "end" {
                scan.at += word.len();
                self.open.pop();
            } else if LOOKS.contains(&word) || !self.chain(&mut scan, fuel)? {
                scan.statement_end();
            }
        }
    }

    /// Reads what follows the word `subgraph`.
    fn subgraph(&mut self, scan: &mut Scanner<'_>) {
        scan.blanks();
        let start = scan.at;
        let id = scan.id().unwrap_or_default().to_owned();
        let id_end = scan.at;
        scan.blanks();
        let shape = if id.is_empty() || scan.at == id_end { scan.shape() } else { scan.bracket() };
        let end = scan.statement_end();
        let written = scan.text[start..end].trim();
        let (id, title) = match shape {
            Some(title) => (id, title),
            // Without brackets the words are both: `subgraph Stage 1`.
            None => (written.trim_matches('"').to_owned(), written.trim_matches('"').to_owned()),
        };
        let span = Span::new(scan.offset + start, scan.offset + start + written.len());
        let parent = self.open.last().copied();
        self.open.push(self.groups.len());
        self.groups.push(Group { id, title, span, parent });
    }

    /// Reads nodes with links between them; whether there was anything of that kind.
    fn chain(&mut self, scan: &mut Scanner<'_>, fuel: &mut Fuel) -> Option<bool> {
        let Some(mut left) = self.several(scan) else { return Some(false) };
        loop {
            scan.blanks();
            let Some(link) = scan.link() else { return Some(true) };
            scan.blanks();
            let Some(right) = self.several(scan) else { return Some(false) };
            fuel.burn(left.len() * right.len())?;
            for (from, from_span) in &left {
                for (to, span) in &right {
                    match link {
                        Course::Forward => self.arrow(from, to, *span),
                        Course::Back => self.arrow(to, from, *from_span),
                        Course::None => {}
                    }
                }
            }
            left = right;
        }
    }

    fn arrow(&mut self, from: &str, to: &str, span: Span) {
        self.arrows.push(Arrow { from: from.to_owned(), to: to.to_owned(), span });
    }

    /// Reads `A & B & C`.
    fn several(&mut self, scan: &mut Scanner<'_>) -> Option<Vec<(String, Span)>> {
        let mut nodes = vec![self.node(scan)?];
        loop {
            let before = scan.at;
            scan.blanks();
            if !scan.eat("&") {
                scan.at = before;
                return Some(nodes);
            }
            scan.blanks();
            nodes.push(self.node(scan)?);
        }
    }

    /// Reads a node with its shape, and notes it.
    fn node(&mut self, scan: &mut Scanner<'_>) -> Option<(String, Span)> {
        let start = scan.at;
        let id = scan.id()?.to_owned();
        let mut text = scan.shape();
        if scan.rest().starts_with("@{") {
            scan.at += 1;
            text = scan.bracket().as_deref().and_then(label_of).or(text);
        }
        if scan.eat(":::") {
            scan.id();
        }
        let span = Span::new(scan.offset + start, scan.offset + scan.at);
        let group = self.open.last().copied();
        let at = *self.ids.entry(id.clone()).or_insert_with(|| {
            self.nodes.push(Declared { id: id.clone(), text: None, span, group: None });
            self.nodes.len() - 1
        });
        let node = &mut self.nodes[at];
        // A node belongs to the first group that names it, also when it was named outside before.
        node.group = node.group.or(group);
        if text.is_some() && node.text.is_none() {
            node.text = text;
            node.span = span;
        }
        Some((id, span))
    }

    /// Turns what was read into a diagram.
    fn finish(self, fuel: &mut Fuel) -> Option<Diagram> {
        let mut nodes: Vec<Node> = self.nodes.iter().map(|node| self.resolve(node)).collect();
        let groups: Vec<Node> = self.groups.iter().map(|group| self.titled(&group.title, group.span)).collect();
        for (node, declared) in nodes.iter_mut().zip(&self.nodes) {
            // The parts of a stage that is drawn as a group are that stage.
            let mut around = declared.group;
            while let Some(at) = around
                && node.stages.is_empty()
            {
                node.stages.clone_from(&groups[at].stages);
                node.grade = groups[at].grade;
                around = self.groups[at].parent;
            }
        }
        let mut by_group = BTreeMap::new();
        for (at, group) in self.groups.iter().enumerate() {
            by_group.entry(group.id.as_str()).or_insert(at);
        }
        let members = self.members(fuel)?;
        let alone = nodes.len();
        nodes.extend(groups);
        let ends = |id: &str| match by_group.get(id) {
            Some(&group) => {
                let known: Vec<usize> =
                    members[group].iter().copied().filter(|&node| !nodes[node].stages.is_empty()).collect();
                if known.is_empty() { vec![alone + group] } else { known }
            }
            None => self.ids.get(id).copied().into_iter().collect(),
        };
        let mut links = Vec::new();
        for arrow in &self.arrows {
            let to_group = by_group.contains_key(arrow.to.as_str());
            let (from, to) = (ends(&arrow.from), ends(&arrow.to));
            fuel.burn(from.len() * to.len())?;
            for &from in &from {
                let span = (!to_group).then_some(arrow.span);
                links.extend(to.iter().map(|&to| Link { from, to, pointed: true, span }));
            }
        }
        // A node that only stands for a group that is linked is no node of its own.
        let grouped: Vec<bool> = self.groups.iter().map(|group| self.ids.contains_key(&group.id)).collect();
        for (group, _) in self.groups.iter().zip(grouped).filter(|(_, grouped)| *grouped) {
            nodes[self.ids[&group.id]] = Node::default();
        }
        for node in nodes.iter_mut().skip(alone) {
            node.grade = node.grade.min(Grade::Mention);
        }
        Some(assemble(&nodes, &links, fuel))
    }

    /// For each group the nodes in it and in the groups in it.
    fn members(&self, fuel: &mut Fuel) -> Option<Vec<Vec<usize>>> {
        let mut members = vec![Vec::new(); self.groups.len()];
        for (at, node) in self.nodes.iter().enumerate() {
            let mut around = node.group;
            while let Some(group) = around {
                fuel.burn(1)?;
                members[group].push(at);
                around = self.groups[group].parent;
            }
        }
        Some(members)
    }

    /// The stages of a node: by its text, or else by its id.
    fn resolve(&self, declared: &Declared) -> Node {
        let mut node = match &declared.text {
            Some(text) => self.titled(text, declared.span),
            None => Node::default(),
        };
        if node.stages.is_empty()
            && let Some((stage, grade)) = self.by_id(&declared.id)
        {
            node.stages = vec![(stage, declared.span)];
            // Beside other words an id may be a mere counter.
            node.grade = if declared.text.is_none() { grade } else { Grade::Title };
        }
        node
    }

    fn titled(&self, text: &str, span: Span) -> Node {
        let label = label::read(text, self.names, self.numbering.as_ref(), Part::First);
        Node {
            stages: label.stages.into_iter().map(|(stage, _)| (stage, span)).collect(),
            needs: label.needs,
            grade: label.grade,
            wordy: false,
            turns: false,
        }
    }

    /// The stage with an id such as `WS0`, `stage1`, `S1` or `stage_1`.
    fn by_id(&self, id: &str) -> Option<(usize, Grade)> {
        let words = id.replace(['_', '-'], " ");
        let digits = id.find(|character: char| character.is_ascii_digit()).unwrap_or(id.len());
        let letters = id[..digits].trim_end_matches(['_', '-']);
        let mut candidates = vec![id.to_owned(), words];
        if !letters.is_empty() && digits < id.len() {
            candidates.push(format!("{letters} {}", &id[digits..]));
            let kinds: &[&str] = match letters.to_ascii_lowercase().as_str() {
                "s" => &["Stage", "Step"],
                "p" | "ph" => &["Phase"],
                "t" => &["Task"],
                "m" => &["Milestone"],
                "w" => &["WS", "Workstream"],
                _ => &[],
            };
            candidates.extend(kinds.iter().map(|kind| format!("{kind} {}", &id[digits..])));
        }
        for candidate in &candidates {
            let label = label::read(candidate, self.names, None, Part::First);
            if let [(stage, _)] = label.stages[..]
                && label.grade == Grade::Name
            {
                return Some((stage, Grade::Name));
            }
        }
        self.names.resolve(id).map(|stage| (stage, Grade::Title))
    }
}

/// Which way a link gives an order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Course {
    /// The left node comes first.
    Forward,
    /// The right node comes first.
    Back,
    /// It gives none.
    None,
}

/// Reads one line.
struct Scanner<'a> {
    text: &'a str,
    at: usize,
    /// Where the line starts in the source.
    offset: usize,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn eat(&mut self, wanted: &str) -> bool {
        let found = self.rest().starts_with(wanted);
        if found {
            self.at += wanted.len();
        }
        found
    }

    fn blanks(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    /// Goes to the end of the statement and says where that is.
    fn statement_end(&mut self) -> usize {
        let mut quoted = false;
        for (at, character) in self.rest().char_indices() {
            match character {
                '"' => quoted = !quoted,
                ';' if !quoted => {
                    self.at += at;
                    return self.at;
                }
                _ => {}
            }
        }
        self.at = self.text.len();
        self.at
    }

    /// A node's id. A hyphen or dot belongs to it only between letters, as links begin with them too.
    fn id(&mut self) -> Option<&'a str> {
        let rest = self.rest();
        let mut length = 0;
        let mut characters = rest.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            let inner = at > 0
                && "-./".contains(character)
                && characters.peek().is_some_and(|(_, next)| next.is_alphanumeric() || *next == '_');
            if !(character.is_alphanumeric() || character == '_' || inner) {
                break;
            }
            length = at + character.len_utf8();
        }
        self.at += length;
        (length > 0).then(|| &rest[..length])
    }

    /// A node's shape: the text in it.
    fn shape(&mut self) -> Option<String> {
        if self.rest().starts_with('>') {
            let end = self.rest().find(']')?;
            let text = clean(&self.rest()[1..end]);
            self.at += end + 1;
            return Some(text);
        }
        self.bracket()
    }

    /// The text in brackets of any kind, nested ones included.
    fn bracket(&mut self) -> Option<String> {
        let rest = self.rest();
        if !rest.starts_with(['[', '(', '{']) {
            return None;
        }
        let mut depth = 0usize;
        let mut quoted = false;
        let mut end = rest.len();
        for (at, character) in rest.char_indices() {
            match character {
                '"' => quoted = !quoted,
                '[' | '(' | '{' if !quoted => depth += 1,
                ']' | ')' | '}' if !quoted => {
                    depth -= 1;
                    if depth == 0 {
                        end = at + 1;
                        break;
                    }
                }
                _ => {}
            }
        }
        self.at += end;
        Some(clean(rest[..end].trim_matches(|character: char| "[](){}/\\".contains(character))))
    }

    /// A link with its label.
    fn link(&mut self) -> Option<Course> {
        let start = self.at;
        // An edge may have an id of its own: `A e1@--> B`.
        if self.id().is_some() && self.eat("@") {
            self.blanks();
        } else {
            self.at = start;
        }
        let Some((course, inner)) = self.line() else {
            self.at = start;
            return None;
        };
        let mut label = inner.map(|inner| clean(&self.text[inner]));
        self.blanks();
        if self.rest().starts_with('|') {
            let end = self.rest()[1..].find('|').map_or(self.rest().len(), |at| at + 2);
            label = Some(clean(self.rest()[..end].trim_matches('|')));
            self.at += end;
        }
        let turned = label.is_some_and(|label| label::turns_round(&label));
        Some(match course {
            Course::Forward if turned => Course::Back,
            course => course,
        })
    }

    /// The line of a link: `-->`, `-- text -->`, `-.->`, `==>`, `---`, `~~~`, `--x`, `<-->`.
    fn line(&mut self) -> Option<(Course, Option<Range<usize>>)> {
        let double = self.eat("<") || {
            let rest = self.rest();
            let round =
                rest.starts_with(['x', 'o']) && ["--", "==", "-."].iter().any(|line| rest[1..].starts_with(line));
            self.at += usize::from(round);
            round
        };
        let rest = self.rest();
        if rest.starts_with("~~~") {
            self.at = self.text.len() - rest.trim_start_matches('~').len();
            return Some((Course::None, None));
        }
        let (body, dotted) = match rest.as_bytes() {
            [b'-', b'-', ..] => ('-', false),
            [b'=', b'=', ..] => ('=', false),
            [b'-', b'.', ..] => ('.', true),
            _ => return None,
        };
        let mut length = rest.len() - rest.trim_start_matches(body).len();
        if dotted {
            length = 1 + rest[1..].len() - rest[1..].trim_start_matches('.').len();
        }
        let after = &rest[length..];
        let closed = if dotted { after.starts_with('-') } else { length > 2 || head(after).is_some() };
        let opening = self.at;
        self.at += length;
        let mut inner = None;
        if !closed {
            // Words stand inside the line, which goes on behind them.
            let closing = match (dotted, body) {
                (true, _) => ".-",
                (_, '=') => "==",
                _ => "--",
            };
            let at = self.rest().find(closing)?;
            inner = Some(opening + length..self.at + at);
            self.at += at;
            let rest = self.rest();
            let run = rest.len() - rest.trim_start_matches(if dotted { '.' } else { body }).len();
            self.at += run;
        }
        if dotted {
            self.eat("-");
        }
        let forward = head(self.rest());
        self.at += forward.unwrap_or(0);
        let course = if forward.is_some() && !double { Course::Forward } else { Course::None };
        Some((course, inner))
    }
}

/// The length of a link's head at the start of a text, if there is one.
fn head(text: &str) -> Option<usize> {
    let marked = text.strip_prefix(['x', 'o']).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
    (text.starts_with('>') || marked).then_some(1)
}

/// A text without quotes, line breaks and Markdown ticks.
fn clean(text: &str) -> String {
    let mut out = text.trim().trim_matches(['"', '`']).to_owned();
    for line_break in ["<br/>", "<br>", "<br />", "\\n"] {
        out = out.replace(line_break, " ");
    }
    out.trim().to_owned()
}

/// The label in the braces of `A@{ shape: rect, label: "..." }`.
fn label_of(attributes: &str) -> Option<String> {
    let (_, rest) = attributes.split_once("label:")?;
    let rest = rest.trim_start();
    let text = match rest.strip_prefix('"') {
        Some(rest) => rest.split('"').next(),
        None => rest.split(',').next(),
    };
    text.map(clean)
}
