//! Messages of the Language Server Protocol: their frame, and the few forms that all of them share.
//!
//! Must not know what is asked.

use std::io::{self, BufRead, ErrorKind, Write};

use serde::Deserialize;
use serde_json::{Value, json};

/// What is no JSON.
pub(super) const PARSE_ERROR: i32 = -32700;
/// What is no message, or comes after the end was announced.
pub(super) const INVALID_REQUEST: i32 = -32600;
/// What nobody here knows.
pub(super) const METHOD_NOT_FOUND: i32 = -32601;
/// What lacks something that it must have.
pub(super) const INVALID_PARAMS: i32 = -32602;
/// What comes before the first request.
pub(super) const NOT_INITIALIZED: i32 = -32002;
/// What is understood and cannot be done.
pub(super) const REQUEST_FAILED: i32 = -32803;
/// What the client wants no answer to any more.
pub(super) const CANCELLED: i32 = -32800;

/// The most that one message may have, in bytes.
const MOST: usize = 512 * 1024 * 1024;

/// What comes from the client.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Incoming {
    /// It wants an answer.
    Request {
        /// By which the answer is known.
        id: Value,
        /// What is asked.
        method: String,
        /// About what.
        params: Value,
    },
    /// It only tells.
    Notification {
        /// What is told.
        method: String,
        /// About what.
        params: Value,
    },
    /// It answers.
    Response,
    /// It is no message.
    Wrong {
        /// Of what kind.
        code: i32,
        /// Why.
        why: String,
    },
    /// A run that the client asked for is over.
    Ran(Ran),
    /// Nothing comes any more, or nothing of which the beginning could be found; then why.
    End(Option<String>),
}

/// What became of a run that the client asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ran {
    /// By which its progress is known, if it is told.
    pub(super) token: Option<Value>,
    /// Whether what was asked for holds.
    pub(super) holds: bool,
    /// What became of it, in a line.
    pub(super) words: String,
}

/// Reads the next message.
pub(super) fn read(input: &mut dyn BufRead) -> Incoming {
    match body(input) {
        Ok(Some(body)) => understand(&body),
        Ok(None) => Incoming::End(None),
        Err(error) => Incoming::End(Some(error.to_string())),
    }
}

/// The bytes of a message, behind its header.
fn body(input: &mut dyn BufRead) -> io::Result<Option<Vec<u8>>> {
    let wrong = |what: String| io::Error::new(ErrorKind::InvalidData, what);
    let mut length: Option<usize> = None;
    let mut any = false;
    loop {
        let mut line = Vec::new();
        if input.read_until(b'\n', &mut line)? == 0 {
            return if any { Err(ErrorKind::UnexpectedEof.into()) } else { Ok(None) };
        }
        any = true;
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let Some((name, value)) = line.split_once(':') else {
            return Err(wrong(format!("a message begins with {line:?}, which is no header")));
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok().filter(|&length| length <= MOST);
        }
    }
    let length = length.ok_or_else(|| wrong("a message does not say how long it is, or is too long".to_owned()))?;
    let mut body = vec![0; length];
    input.read_exact(&mut body)?;
    Ok(Some(body))
}

fn understand(body: &[u8]) -> Incoming {
    let wrong = |code, why: String| Incoming::Wrong { code, why };
    let mut message: Value = match serde_json::from_slice(body) {
        Ok(message) => message,
        Err(error) => return wrong(PARSE_ERROR, format!("the message is no JSON: {error}")),
    };
    let Some(fields) = message.as_object_mut() else {
        return wrong(INVALID_REQUEST, "the message is no object".to_owned());
    };
    let id = fields.remove("id").filter(|id| id.is_string() || id.is_number());
    let params = fields.remove("params").unwrap_or(Value::Null);
    match (fields.remove("method"), id) {
        (Some(Value::String(method)), Some(id)) => Incoming::Request { id, method, params },
        (Some(Value::String(method)), None) => Incoming::Notification { method, params },
        (None, Some(_)) if fields.contains_key("result") || fields.contains_key("error") => Incoming::Response,
        _ => wrong(INVALID_REQUEST, "the message neither asks nor answers".to_owned()),
    }
}

/// Writes a message.
///
/// # Errors
/// When nobody reads it.
pub(super) fn write(out: &mut dyn Write, message: &Value) -> io::Result<()> {
    let text = message.to_string();
    write!(out, "Content-Length: {}\r\n\r\n{text}", text.len())?;
    out.flush()
}

/// An answer.
pub(super) fn answer(id: &Value, result: Result<Value, Failure>) -> Value {
    match result {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err(Failure { code, why }) => {
            json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": why } })
        }
    }
}

/// A question to the client, of which the answer does not matter.
pub(super) fn request(id: &str, method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

/// Something that is told without being asked.
pub(super) fn notification(method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "method": method, "params": params })
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// Of which kind.
    pub(super) code: i32,
    /// In words.
    pub(super) why: String,
}

/// The params of a message in the form that its method has.
///
/// # Errors
/// What they lack.
pub(super) fn params<'p, P: Deserialize<'p>>(params: &'p Value) -> Result<P, Failure> {
    P::deserialize(params).map_err(|error| Failure { code: INVALID_PARAMS, why: error.to_string() })
}

/// A document that is named.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Named {
    /// Its address.
    pub(super) uri: String,
}

/// What is asked of a whole document.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfDocument {
    pub(super) text_document: Named,
}

/// What is asked of a place in a document.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfPlace {
    pub(super) text_document: Named,
    pub(super) position: Position,
}

/// What is asked of a part of a document.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfRange {
    pub(super) text_document: Named,
    pub(super) range: Range,
}

/// A place as the protocol has it, both counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(super) struct Position {
    pub(super) line: u32,
    /// In units of the encoding that was agreed on.
    pub(super) character: u32,
}

/// A part of a document; its end is the place behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Range {
    pub(super) start: Position,
    pub(super) end: Position,
}

impl Range {
    /// As it is written.
    pub(super) fn json(self) -> Value {
        let place = |place: Position| json!({ "line": place.line, "character": place.character });
        json!({ "start": place(self.start), "end": place(self.end) })
    }
}
