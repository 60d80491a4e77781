//! What terminals obey in a text.

/// What in a text steers a terminal, or the order in which it is read.
pub fn steering(text: &str) -> Vec<char> {
    let steers = |c: &char| {
        matches!(c, '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{61c}' | '\u{200e}' | '\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().filter(steers).collect()
}
