//! An editor as the language server sees it: speaks the protocol over pipes to the real binary.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use serde_json::{Value, json};

use super::space::Space;

/// How long a message may take. Nothing waits that long but a test that fails.
const PATIENCE: Duration = Duration::from_secs(120);

/// An editor with a server.
pub struct Editor {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    /// What came while something else was waited for.
    kept: Vec<Value>,
    asked: i64,
    root: String,
}

impl Editor {
    /// Starts the server in a folder and shakes hands; gives what the server can.
    pub fn start(space: &Space, encodings: &[&str]) -> (Self, Value) {
        let mut editor = Self::silent(space);
        let capabilities = json!({ "general": { "positionEncodings": encodings } });
        let able =
            editor.ask("initialize", json!({ "processId": null, "rootUri": null, "capabilities": capabilities }));
        editor.tell("initialized", json!({}));
        (editor, able["result"].clone())
    }

    /// Starts the server and says nothing.
    pub fn silent(space: &Space) -> Self {
        let mut command = space.command(&["lsp"]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let input = child.stdin.take();
        let mut output = BufReader::new(child.stdout.take().expect("it has an output"));
        let (sender, messages) = mpsc::channel();
        std::thread::spawn(move || {
            while let Some(message) = next(&mut output) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let root = space.path().canonicalize().expect("the folder is there").display().to_string();
        Self { child, input, messages, kept: Vec::new(), asked: 0, root }
    }

    /// The address of a file of the folder.
    pub fn uri(&self, name: &str) -> String {
        format!("file://{}/{}", self.root, name.replace(' ', "%20"))
    }

    /// Sends bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("the server was not left");
        input.write_all(bytes).and_then(|()| input.flush()).expect("the server reads");
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.raw(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    /// Tells something.
    pub fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Asks something without waiting for the answer; gives the request's id.
    pub fn request(&mut self, method: &str, params: Value) -> i64 {
        self.asked += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": self.asked, "method": method, "params": params }));
        self.asked
    }

    /// Asks something; gives the whole answer.
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.request(method, params);
        self.answer(id)
    }

    /// The answer to a request.
    pub fn answer(&mut self, id: i64) -> Value {
        self.wait(|message| message.get("method").is_none() && message["id"] == id)
    }

    /// The next message of a kind; others are kept.
    pub fn wait(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.kept.iter().position(&is_it) {
            return self.kept.remove(at);
        }
        loop {
            let message = self.messages.recv_timeout(PATIENCE).expect("a message comes");
            if is_it(&message) {
                return message;
            }
            self.kept.push(message);
        }
    }

    /// What is asked of a place in a file; gives the result.
    pub fn at(&mut self, method: &str, name: &str, line: u32, character: u32) -> Value {
        let place = json!({ "line": line, "character": character });
        let params = json!({ "textDocument": { "uri": self.uri(name) }, "position": place });
        self.ask(method, params)["result"].clone()
    }

    /// What is asked of a whole file; gives the result.
    pub fn of(&mut self, method: &str, name: &str) -> Value {
        let params = json!({ "textDocument": { "uri": self.uri(name) } });
        self.ask(method, params)["result"].clone()
    }

    /// Opens a file with a text of its own.
    pub fn open(&mut self, name: &str, text: &str) {
        let document = json!({ "uri": self.uri(name), "languageId": "markdown", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Gives a file a new text.
    pub fn change(&mut self, name: &str, version: i64, text: &str) {
        let params = json!({
            "textDocument": { "uri": self.uri(name), "version": version },
            "contentChanges": [{ "text": text }],
        });
        self.tell("textDocument/didChange", params);
    }

    /// What is found in a version of a file: `line:character-line:character code`, counted from 0.
    pub fn findings(&mut self, name: &str, version: i64) -> Vec<String> {
        let told = self.told(name, version);
        let place = |place: &Value| format!("{}:{}", place["line"], place["character"]);
        let found = told.as_array().expect("a list").iter().map(|found| {
            let code = found["code"].as_str().expect("a code");
            format!("{}-{} {code}", place(&found["range"]["start"]), place(&found["range"]["end"]))
        });
        found.collect()
    }

    /// The same as the server tells it.
    pub fn told(&mut self, name: &str, version: i64) -> Value {
        let uri = self.uri(name);
        let message = self.wait(|message| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri.as_str()
                && message["params"]["version"] == version
        });
        message["params"]["diagnostics"].clone()
    }

    /// Ends the conversation as it is to be ended; gives the exit code and what the server said beside the protocol.
    pub fn leave(mut self) -> (Option<i32>, String) {
        assert_eq!(self.ask("shutdown", Value::Null)["result"], Value::Null);
        self.tell("exit", Value::Null);
        self.gone()
    }

    /// Waits for the server's end; gives the exit code and what it said beside the protocol.
    pub fn gone(mut self) -> (Option<i32>, String) {
        self.input = None;
        let status = self.child.wait().expect("it ends");
        let mut said = String::new();
        self.child.stderr.take().expect("it has one").read_to_string(&mut said).expect("it can be read");
        (status.code(), said)
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        // A test that fails leaves no server behind.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// The next message. Anything else on that stream is a fault of the server.
fn next(output: &mut impl BufRead) -> Option<Value> {
    let mut line = String::new();
    if output.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let length = line.strip_prefix("Content-Length: ").and_then(|length| length.trim_end().parse().ok());
    let length: usize = length.unwrap_or_else(|| panic!("no header: {line:?}"));
    line.clear();
    output.read_line(&mut line).ok()?;
    assert_eq!(line, "\r\n");
    let mut body = vec![0; length];
    output.read_exact(&mut body).ok()?;
    Some(serde_json::from_slice(&body).expect("a message is JSON"))
}
