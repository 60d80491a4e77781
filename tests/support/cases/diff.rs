//! Shows how two texts differ, line by line.

/// The lines of both texts in one list: `-` before what was expected and is missing, `+` before what came instead.
/// Of equal lines those near a difference are shown. Empty when the texts are equal.
pub fn diff(expected: &str, actual: &str) -> String {
    const CONTEXT: usize = 3;
    let marked = mark(&expected.lines().collect::<Vec<_>>(), &actual.lines().collect::<Vec<_>>());
    let near = |at: usize| {
        let around = at.saturating_sub(CONTEXT)..(at + CONTEXT + 1).min(marked.len());
        marked[around].iter().any(|(mark, _)| *mark != ' ')
    };
    let mut out = String::new();
    let mut gap = false;
    for (at, (mark, line)) in marked.iter().enumerate() {
        if near(at) {
            out.push_str(format!("{mark} {line}").trim_end());
            out.push('\n');
            gap = false;
        } else if !gap {
            out.push_str("  ...\n");
            gap = true;
        }
    }
    if marked.iter().all(|(mark, _)| *mark == ' ') { String::new() } else { out }
}

/// Marks lines along a longest common subsequence.
fn mark<'a>(expected: &[&'a str], actual: &[&'a str]) -> Vec<(char, &'a str)> {
    // length[i][j]: how many lines the rests from i and j on have in common.
    let mut length = vec![vec![0u32; actual.len() + 1]; expected.len() + 1];
    for i in (0..expected.len()).rev() {
        for j in (0..actual.len()).rev() {
            length[i][j] = if expected[i] == actual[j] {
                length[i + 1][j + 1] + 1
            } else {
                length[i + 1][j].max(length[i][j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut marked = Vec::with_capacity(expected.len().max(actual.len()));
    while i < expected.len() || j < actual.len() {
        if i < expected.len() && j < actual.len() && expected[i] == actual[j] {
            marked.push((' ', expected[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == actual.len() || (i < expected.len() && length[i + 1][j] >= length[i][j + 1]) {
            marked.push(('-', expected[i]));
            i += 1;
        } else {
            marked.push(('+', actual[j]));
            j += 1;
        }
    }
    marked
}
