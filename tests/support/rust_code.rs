//! Reads Rust source just far enough to know which paths it names: for rules about this repository.

/// The source with comments and the contents of literals blanked out; line breaks stay where they are.
pub fn code_only(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let rest = &chars[at..];
        let end = if starts(rest, "//") {
            rest.iter().position(|&c| c == '\n').unwrap_or(rest.len())
        } else if starts(rest, "/*") {
            block_comment(rest)
        } else if let Some(hashes) = raw_string(&chars, at) {
            raw_string_end(rest, hashes)
        } else if rest[0] == '"' {
            quoted(rest, '"')
        } else if rest[0] == '\'' && (rest.get(1) == Some(&'\\') || rest.get(2) == Some(&'\'')) {
            quoted(rest, '\'')
        } else {
            out.push(rest[0]);
            at += 1;
            continue;
        };
        out.extend(rest[..end].iter().map(|&c| if c == '\n' { '\n' } else { ' ' }));
        at += end;
    }
    out
}

fn starts(chars: &[char], with: &str) -> bool {
    with.chars().zip(chars).filter(|(wanted, found)| wanted == *found).count() == with.len()
}

fn block_comment(chars: &[char]) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < chars.len() {
        if starts(&chars[at..], "/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if starts(&chars[at..], "*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                break;
            }
        } else {
            at += 1;
        }
    }
    at
}

/// Number of hashes when a raw string starts here.
fn raw_string(chars: &[char], at: usize) -> Option<usize> {
    let inside_word = at > 0 && is_word(chars[at - 1]) && chars[at - 1] != 'b';
    if chars[at] != 'r' || inside_word {
        return None;
    }
    let hashes = chars[at + 1..].iter().take_while(|&&c| c == '#').count();
    (chars.get(at + 1 + hashes) == Some(&'"')).then_some(hashes)
}

fn raw_string_end(chars: &[char], hashes: usize) -> usize {
    let close = format!("\"{}", "#".repeat(hashes));
    let body = hashes + 2;
    let found = (body..chars.len()).find(|&at| starts(&chars[at..], &close));
    found.map_or(chars.len(), |at| at + close.len())
}

fn quoted(chars: &[char], quote: char) -> usize {
    let mut at = 1;
    while at < chars.len() && chars[at] != quote {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Every path of two or more parts that the code names, `use` groups written out: `std::io::Read`, `crate::plan::Plan`.
/// A single name in a `use` or an `extern crate` is a path too.
pub fn paths(code: &str) -> Vec<String> {
    let tokens = tokens(code);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let token = tokens[at];
        let starts_path = token.starts_with(is_word) && (at == 0 || tokens[at - 1] != "::");
        if token == "use" || (token == "crate" && at > 0 && tokens[at - 1] == "extern") {
            at = group(&tokens, at + 1, "", &mut found);
        } else if starts_path && tokens.get(at + 1) == Some(&"::") {
            let mut path = String::from(token);
            at += 1;
            while tokens.get(at) == Some(&"::") && tokens.get(at + 1).is_some_and(|next| next.starts_with(is_word)) {
                path.push_str("::");
                path.push_str(tokens[at + 1]);
                at += 2;
            }
            found.push(path);
        } else {
            at += 1;
        }
    }
    found
}

/// Reads one tree of a `use` and gives the position behind it.
fn group(tokens: &[&str], mut at: usize, prefix: &str, found: &mut Vec<String>) -> usize {
    let mut path = prefix.to_owned();
    while let Some(&token) = tokens.get(at) {
        match token {
            "::" if path.is_empty() => at += 1,
            "::" => {
                path.push_str("::");
                at += 1;
            }
            "{" => {
                at += 1;
                while tokens.get(at).is_some_and(|&token| token != "}") {
                    at = group(tokens, at, &path, found);
                    if tokens.get(at) == Some(&",") {
                        at += 1;
                    }
                }
                return at + 1;
            }
            "as" => at += 2,
            "*" => {
                path.push('*');
                at += 1;
            }
            // The capture list of `impl Trait + use<>` is no import.
            _ if !token.starts_with(is_word) => break,
            _ => {
                path.push_str(token);
                at += 1;
            }
        }
    }
    if !path.is_empty() && path != prefix {
        found.push(path.trim_end_matches("::self").to_owned());
    }
    at
}

/// Words, `::`, and every other sign by itself.
fn tokens(code: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if is_word(first) {
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        found.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    found
}

/// Whether the code has these words side by side, as whole words.
pub fn has_words(code: &str, words: &[&str]) -> bool {
    tokens(code).windows(words.len()).any(|window| window == words)
}
