//! Whatever is drawn or written, reading comes to a sound end.

use proptest::prelude::*;

use super::*;

/// Diagrams whose size could cost too much time still come to an end.
#[test]
fn huge_drawings_come_to_an_end() {
    let names = Known::new(TEN);
    for pattern in
        ["+", "┼", "+-", "┌┐\n└┘", "|-+ ", "Stage 1 ─┤ ", "v^", "A --> ", "( ", "after ", "─►", "Stage 1 ", "\n"]
    {
        let row = pattern.repeat(3_000 / pattern.len());
        let text = vec![row; 15].join("\n");
        let source = source(&text);
        let lines = lines(&source);
        let drawn = diagram::edges(&lines, &names);
        let written = mermaid::edges(&lines, &names);
        assert!(!drawn.confident || !drawn.edges.is_empty());
        assert!(!written.confident);
    }
}

/// Every diagram speaks of stages that exist, and only of those it lists.
fn is_sound(diagram: &Diagram, source: &Source, stages: usize) {
    for edge in &diagram.edges {
        assert!(edge.from < stages && edge.to < stages && edge.from != edge.to);
        assert!(edge.span.range().end <= source.text().len());
        assert!(source.text().get(edge.span.range()).is_some());
        for stage in [edge.from, edge.to] {
            let listed = diagram.nodes.iter().any(|&(node, _)| node == stage);
            assert!(listed || diagram.edges.iter().any(|other| other.to == edge.to));
        }
    }
    assert!(diagram.nodes.iter().all(|&(stage, _)| stage < stages));
    assert_eq!(diagram.confident, !diagram.edges.is_empty());
}

/// A tree with the given parents, drawn with branches of a kind. A node's parent has a smaller number.
fn tree(parents: &[usize], words: &[String], kind: (&str, &str, &str, &str)) -> String {
    fn below(
        node: usize,
        indent: &str,
        parents: &[usize],
        words: &[String],
        kind: (&str, &str, &str, &str),
        out: &mut String,
    ) {
        let children: Vec<usize> = (1..=parents.len()).filter(|&child| parents[child - 1] == node).collect();
        for (at, &child) in children.iter().enumerate() {
            let last = at + 1 == children.len();
            let (branch, under) = if last { (kind.1, kind.3) } else { (kind.0, kind.2) };
            out.push_str(&format!("\n{indent}{branch}Stage {child}{}", words[child]));
            below(child, &format!("{indent}{under}"), parents, words, kind, out);
        }
    }
    let mut out = format!("Stage 0{}", words[0]);
    below(0, "", parents, words, kind, &mut out);
    out
}

proptest! {
    /// Whatever the tree, it is read as it was drawn.
    #[test]
    fn any_tree_is_read_as_drawn(
        picks in prop::collection::vec(any::<prop::sample::Index>(), 1..9),
        words in prop::collection::vec(prop::sample::select(vec!["", " ✅", ": the parser", " (準備)", " - API", " (v 1.0)"]), 9),
        kind in prop::sample::select(vec![
            ("├── ", "└── ", "│   ", "    "),
            (" ├─► ", " └─► ", " │    ", "      "),
            ("|-- ", "`-- ", "|   ", "    "),
            ("  +--> ", "  +--> ", "  |    ", "       "),
            ("|-> ", "|-> ", "|   ", "    "),
        ]),
    ) {
        let parents: Vec<usize> = picks.iter().enumerate().map(|(at, pick)| pick.index(at + 1)).collect();
        let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
        let expected: Vec<String> = (1..=parents.len()).map(|child| format!("{}>{child}", parents[child - 1])).collect();
        check(&tree(&parents, &words, kind), &format!("0 {}", expected.join(" ")));
    }

    /// Any number of stages joins into one that any number of others follow.
    #[test]
    fn any_join_and_fork_is_read_as_drawn(
        before in 1usize..6,
        after in 1usize..4,
        middle in 0usize..10,
        words in prop::collection::vec(prop::sample::select(vec!["", " ✅", ": parser", " (準備)", " - API"]), 9),
    ) {
        let middle = middle % before;
        let target = before;
        let column = 24;
        let mut rows: Vec<String> = (0..before).map(|stage| {
            let text = format!("Stage {stage}{}", words[stage]);
            let width: usize = text.chars().map(|character| 1 + usize::from("✅準備".contains(character))).sum();
            let end = match (before, stage) {
                (1, _) => '─',
                (_, 0) if middle == 0 => '┬',
                (_, 0) => '┐',
                (_, last) if last + 1 == before && middle == last => '┴',
                (_, last) if last + 1 == before => '┘',
                _ if stage == middle => '┼',
                _ => '┤',
            };
            format!("{text} {}{end}", "─".repeat(column - width - 1))
        }).collect();
        rows[middle].push_str(&format!("──► Stage {target}"));
        let mut text = rows.join("\n");
        let mut expected: Vec<String> = (0..before).flat_map(|stage| [stage.to_string(), format!("{stage}>{target}")]).collect();
        if middle + 1 == before {
            for next in 0..after {
                let stage = target + 1 + next;
                text.push_str(&format!("\n{}{}──► Stage {stage}", " ".repeat(column + 6), if next + 1 == after { '└' } else { '├' }));
                expected.push(format!("{target}>{stage}"));
            }
        }
        check(&text, &expected.join(" "));
    }

    #[test]
    fn any_drawing_is_read(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "Stage 1", "Stage 2", "Stage 3", "1", "Stage", " ", "  ", "\n", "\n", "\t", "─", "│", "┌", "┐", "└", "┘", "├",
                "┤", "┬", "┴", "┼", "►", "◄", "▲", "▼", "-", "--", "->", "<-", "+", "|", "v", "^", "/", "\\", "=", ".", ":",
                "'", "`", "(", ")", "[", "]", ",", ";", "✅", "準", "\u{FE0F}", "\u{301}", "depends on", "after 1-", "↳", "↘", "↔",
                "╳", "é", "&", "\"", "\r", "┌──┐\n│1 │\n└──┘",
            ]),
            0..120,
        )
    ) {
        let names = Known::new(TEN);
        let source = source(&pieces.concat());
        let lines = lines(&source);
        is_sound(&diagram::edges(&lines, &names), &source, 11);
    }

    #[test]
    fn any_flowchart_is_read(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "Stage 1", "S1", "A", "B", "[", "]", "(", ")", "{", "}", ">", "<", "-->", "---", "--", "-.->", "-.", "==>", "==",
                "~~~", "|", "&", "\n", " ", ";", "\"", "@", "@{", "label:", "subgraph ", "end", "%%", ":::", "x", "o", "é", "[Stage 2]",
                "[Stage 3]", "e1@", ".", "-", "/",
            ]),
            0..120,
        )
    ) {
        let names = Known::new(TEN);
        let source = source(&format!("graph LR\n{}", pieces.concat()));
        let lines = lines(&source);
        is_sound(&mermaid::edges(&lines, &names), &source, 11);
    }

    #[test]
    fn any_text_is_read(text in any::<String>()) {
        let names = Known::new(TEN);
        let source = source(&text);
        let lines = lines(&source);
        is_sound(&diagram::edges(&lines, &names), &source, 11);
        is_sound(&mermaid::edges(&lines, &names), &source, 11);
    }
}
