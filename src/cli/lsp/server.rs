//! The server: which documents are open, what is asked of them, and when what was found is told.
//!
//! One thread reads messages; this one answers them in their order. What was found in a text is told when no message
//! waits, so that of many changes only the last one is looked at, and nothing is told of a text that is gone.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, BufReader};
use std::sync::mpsc::{self, Receiver, Sender};

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::console::Console;
use super::super::exit_code;
use super::document::Document;
use super::positions::Encoding;
use super::protocol::{
    self, CANCELLED, Failure, INVALID_PARAMS, INVALID_REQUEST, Incoming, METHOD_NOT_FOUND, NOT_INITIALIZED, Named,
    OfDocument, OfPlace, OfRange, REQUEST_FAILED, Ran,
};
use super::running::{self, Wanted};
use super::{actions, definition, findings, hover, lenses, symbols};
use crate::host::Host;

/// Serves one client until it says that it goes.
pub(in super::super) fn serve(console: &mut Console, host: &'static dyn Host) -> u8 {
    let (sender, messages) = mpsc::channel();
    let own_sender = sender.clone();
    let reader = move || {
        let mut input = BufReader::new(io::stdin());
        loop {
            let message = protocol::read(&mut input);
            let is_last = matches!(message, Incoming::End(_));
            if sender.send(message).is_err() || is_last {
                break;
            }
        }
    };
    if let Err(error) = std::thread::Builder::new().name("messages".to_owned()).spawn(reader) {
        console.complain(&format!("cannot start to read messages: {error}"));
        return exit_code::INTERNAL;
    }
    let mut server = Server {
        console,
        host,
        messages,
        sender: own_sender,
        waiting: VecDeque::new(),
        state: State::New,
        open: BTreeMap::new(),
        tells_progress: false,
        refreshes: false,
        asked: 0,
    };
    match server.work() {
        Ok(code) => code,
        Err(error) => {
            server.console.complain(&format!("cannot answer: {error}"));
            exit_code::INTERNAL
        }
    }
}

/// How far the conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing was agreed on yet.
    New,
    /// Questions are answered.
    Ready(Encoding),
    /// The client is about to go.
    Leaving,
}

struct Server<'a> {
    console: &'a mut Console,
    host: &'static dyn Host,
    messages: Receiver<Incoming>,
    /// By which runs tell that they are over.
    sender: Sender<Incoming>,
    /// What has come and was not looked at yet.
    waiting: VecDeque<Incoming>,
    state: State,
    /// The open documents by their addresses.
    open: BTreeMap<String, Document>,
    /// Whether the client shows progress that it did not ask for.
    tells_progress: bool,
    /// Whether the client asks anew for lenses when it is told to.
    refreshes: bool,
    /// How many questions the client was asked.
    asked: usize,
}

impl Server<'_> {
    /// Answers until the end; gives the exit code, which is 0 if the client had announced it.
    fn work(&mut self) -> io::Result<u8> {
        loop {
            while let Ok(message) = self.messages.try_recv() {
                self.waiting.push_back(message);
            }
            let next = match self.waiting.pop_front() {
                Some(message) => message,
                None => {
                    self.tell_findings()?;
                    match self.messages.recv() {
                        Ok(message) => message,
                        Err(_) => Incoming::End(None),
                    }
                }
            };
            match next {
                Incoming::Request { id, method, params } => {
                    let result = if self.is_cancelled(&id) {
                        Err(Failure { code: CANCELLED, why: "cancelled by the client".to_owned() })
                    } else {
                        self.ask(&method, &params)
                    };
                    self.send(&protocol::answer(&id, result))?;
                }
                Incoming::Notification { method, .. } if method == "exit" => {
                    return Ok(if self.state == State::Leaving { exit_code::HOLDS } else { exit_code::FAILS });
                }
                Incoming::Notification { method, params } => {
                    if let Some(message) = self.hear(&method, &params) {
                        self.send(&message)?;
                    }
                }
                Incoming::Response => {}
                Incoming::Ran(ran) => self.ran(ran)?,
                Incoming::Wrong { code, why } => {
                    self.send(&protocol::answer(&Value::Null, Err(Failure { code, why })))?;
                }
                Incoming::End(why) => {
                    let why = why.unwrap_or_else(|| "the client went without a word".to_owned());
                    self.console.complain(&why);
                    return Ok(exit_code::FAILS);
                }
            }
        }
    }

    fn send(&self, message: &Value) -> io::Result<()> {
        protocol::write(&mut io::stdout().lock(), message)
    }

    /// Whether the client has taken a request back that still waits here.
    fn is_cancelled(&self, id: &Value) -> bool {
        self.waiting.iter().any(|message| match message {
            Incoming::Notification { method, params } => method == "$/cancelRequest" && params.get("id") == Some(id),
            _ => false,
        })
    }

    /// Tells what was found in documents whose text is new.
    fn tell_findings(&mut self) -> io::Result<()> {
        let State::Ready(encoding) = self.state else { return Ok(()) };
        let dirty = self.open.values_mut().filter(|document| document.is_dirty);
        let messages: Vec<Value> = dirty
            .map(|document| {
                document.is_dirty = false;
                protocol::notification("textDocument/publishDiagnostics", findings::publish(document, encoding))
            })
            .collect();
        messages.iter().try_for_each(|message| self.send(message))
    }

    /// Answers a question.
    fn ask(&mut self, method: &str, params: &Value) -> Result<Value, Failure> {
        let encoding = match (self.state, method) {
            (State::New, "initialize") => return Ok(self.initialize(params)),
            (State::New, _) => {
                return Err(Failure { code: NOT_INITIALIZED, why: "`initialize` comes first".to_owned() });
            }
            (State::Ready(_), "initialize") => {
                return Err(Failure { code: INVALID_REQUEST, why: "`initialize` has come before".to_owned() });
            }
            (State::Leaving, _) => {
                return Err(Failure { code: INVALID_REQUEST, why: "nothing is asked after `shutdown`".to_owned() });
            }
            (State::Ready(encoding), _) => encoding,
        };
        match method {
            "shutdown" => {
                self.state = State::Leaving;
                Ok(Value::Null)
            }
            "textDocument/hover" => {
                let asked: OfPlace = protocol::params(params)?;
                Ok(hover::hover(self.document(&asked.text_document)?, asked.position, encoding, self.host))
            }
            "textDocument/definition" => {
                let asked: OfPlace = protocol::params(params)?;
                Ok(definition::definition(self.document(&asked.text_document)?, asked.position, encoding, self.host))
            }
            "textDocument/documentSymbol" => {
                let asked: OfDocument = protocol::params(params)?;
                Ok(symbols::symbols(self.document(&asked.text_document)?, encoding))
            }
            "textDocument/codeLens" => {
                let asked: OfDocument = protocol::params(params)?;
                Ok(lenses::lenses(self.document(&asked.text_document)?, encoding))
            }
            "workspace/executeCommand" => self.execute(params),
            "textDocument/codeAction" => {
                let asked: OfRange = protocol::params(params)?;
                let document = self.document(&asked.text_document)?;
                Ok(actions::actions(document, asked.range, encoding, self.console, self.host))
            }
            _ => Err(Failure { code: METHOD_NOT_FOUND, why: format!("`{method}` is not known here") }),
        }
    }

    /// Does what a lens offers.
    fn execute(&mut self, params: &Value) -> Result<Value, Failure> {
        let Executed { command, arguments, work_done_token } = protocol::params(params)?;
        let fail = |code, why: String| Failure { code, why };
        if command != running::COMMAND {
            return Err(fail(INVALID_PARAMS, format!("`{command}` is no command of plan-run")));
        }
        let what = arguments.first().ok_or_else(|| fail(INVALID_PARAMS, "nothing is named to be run".to_owned()))?;
        let wanted: Wanted = protocol::params(what)?;
        let document = self.document(&Named { uri: wanted.uri.clone() })?;
        if !document.is_saved(self.host) {
            return Err(fail(REQUEST_FAILED, "save the plan first: what is run is what its file says".to_owned()));
        }
        let (file, folder) = (document.file().to_path_buf(), document.repository().to_path_buf());
        let own = self.tells_progress && work_done_token.is_none();
        self.asked += 1;
        let token = if own { Some(json!(format!("plan-run/{}", self.asked))) } else { work_done_token };
        running::start(&wanted, &file, &folder, token.clone(), self.sender.clone())
            .map_err(|error| fail(REQUEST_FAILED, format!("cannot start plan-run: {error}")))?;
        if let Some(token) = token {
            let mut messages = Vec::new();
            if own {
                let id = format!("plan-run/create/{}", self.asked);
                messages.push(protocol::request(&id, "window/workDoneProgress/create", json!({ "token": token })));
            }
            let title = format!("Running {}", wanted.words());
            let value = json!({ "kind": "begin", "title": title, "cancellable": false });
            messages.push(protocol::notification("$/progress", json!({ "token": token, "value": value })));
            let sent = messages.iter().try_for_each(|message| self.send(message));
            sent.map_err(|error| fail(REQUEST_FAILED, error.to_string()))?;
        }
        Ok(Value::Null)
    }

    /// Tells that a run is over.
    fn ran(&mut self, ran: Ran) -> io::Result<()> {
        let Ran { token, holds, words } = ran;
        if let Some(token) = token {
            let value = json!({ "kind": "end", "message": words });
            self.send(&protocol::notification("$/progress", json!({ "token": token, "value": value })))?;
        }
        let kind = if holds { 3 } else { 1 };
        self.send(&protocol::notification("window/showMessage", json!({ "type": kind, "message": words })))?;
        if self.refreshes {
            self.asked += 1;
            let id = format!("plan-run/refresh/{}", self.asked);
            self.send(&protocol::request(&id, "workspace/codeLens/refresh", Value::Null))?;
        }
        // What was run may have made files of which a plan speaks.
        self.open.values_mut().for_each(|document| document.look_again(self.console, self.host));
        Ok(())
    }

    fn document(&self, named: &Named) -> Result<&Document, Failure> {
        let missing = || Failure { code: INVALID_PARAMS, why: format!("{} is not open", named.uri) };
        self.open.get(&named.uri).ok_or_else(missing)
    }

    /// Agrees with the client on what both can.
    fn initialize(&mut self, params: &Value) -> Value {
        let offered = params.pointer("/capabilities/general/positionEncodings").and_then(Value::as_array);
        let has_bytes = offered.is_some_and(|offered| offered.iter().any(|word| word == Encoding::Utf8.word()));
        let encoding = if has_bytes { Encoding::Utf8 } else { Encoding::Utf16 };
        self.state = State::Ready(encoding);
        let can = |what: &str| params.pointer(what).and_then(Value::as_bool).unwrap_or(false);
        self.tells_progress = can("/capabilities/window/workDoneProgress");
        self.refreshes = can("/capabilities/workspace/codeLens/refreshSupport");
        json!({
            "capabilities": {
                "positionEncoding": encoding.word(),
                // The whole text each time.
                "textDocumentSync": { "openClose": true, "change": 1, "save": true },
                "hoverProvider": true,
                "definitionProvider": true,
                "documentSymbolProvider": true,
                "codeLensProvider": { "resolveProvider": false },
                "executeCommandProvider": { "commands": [running::COMMAND] },
                "codeActionProvider": { "codeActionKinds": ["quickfix"] },
            },
            "serverInfo": { "name": "plan-run", "version": env!("CARGO_PKG_VERSION") },
        })
    }

    /// Takes note of what the client tells; gives what is to be said about it.
    fn hear(&mut self, method: &str, params: &Value) -> Option<Value> {
        if !matches!(self.state, State::Ready(_)) {
            return None;
        }
        match method {
            "textDocument/didOpen" => {
                let Opened { text_document: opened } = protocol::params(params).ok()?;
                let text = &opened.text;
                match Document::open(opened.uri.clone(), opened.version, text, self.console, self.host) {
                    Some(document) => {
                        self.open.insert(opened.uri, document);
                        None
                    }
                    None => {
                        let why = "plan-run cannot look at this document: its configuration is in error, or it is too \
                                   large; `plan-run list` tells more";
                        Some(protocol::notification("window/showMessage", json!({ "type": 1, "message": why })))
                    }
                }
            }
            "textDocument/didChange" => {
                let Changed { text_document: changed, content_changes } = protocol::params(params).ok()?;
                let text = &content_changes.last()?.text;
                // Of many changes that have come already, only the last one is looked at.
                let is_newer = |message: &Incoming| match message {
                    Incoming::Notification { method, params } => {
                        let uri = params.pointer("/textDocument/uri").and_then(Value::as_str);
                        method == "textDocument/didChange" && uri == Some(&changed.uri)
                    }
                    _ => false,
                };
                let asked = self.waiting.iter().position(|next| matches!(next, Incoming::Request { .. }));
                let until = asked.unwrap_or(self.waiting.len());
                if self.waiting.iter().take(until).any(is_newer) {
                    return None;
                }
                let document = self.open.get_mut(&changed.uri)?;
                document.change(changed.version, text, self.console, self.host);
                None
            }
            "textDocument/didSave" => {
                // Others may speak of what was saved.
                for document in self.open.values_mut() {
                    document.look_again(self.console, self.host);
                }
                None
            }
            "textDocument/didClose" => {
                let closed: OfDocument = protocol::params(params).ok()?;
                self.open.remove(&closed.text_document.uri)?;
                let nothing = findings::none(&closed.text_document.uri);
                Some(protocol::notification("textDocument/publishDiagnostics", nothing))
            }
            _ => None,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Opened {
    text_document: OpenedText,
}

#[derive(Deserialize)]
struct OpenedText {
    uri: String,
    version: Option<i64>,
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Changed {
    text_document: ChangedText,
    content_changes: Vec<NewText>,
}

#[derive(Deserialize)]
struct ChangedText {
    uri: String,
    version: Option<i64>,
}

#[derive(Deserialize)]
struct NewText {
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Executed {
    command: String,
    #[serde(default)]
    arguments: Vec<Value>,
    work_done_token: Option<Value>,
}
