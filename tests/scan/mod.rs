//! Rust source as tokens, and questions about them. Tokens, not lines: rustfmt wraps lines,
//! `use crate::{a, b}` hides names, and macro bodies are opaque to a syntax tree.
#![allow(
    dead_code,
    reason = "two test binaries compile this and each uses a part of it"
)]
#![expect(clippy::unwrap_used, reason = "a test may panic")]
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::fs;
use std::path::{Path, PathBuf};

/// One source file, read into tokens without its inline tests; string literals keep their quotes.
pub(crate) struct Source {
    /// Path below `src/`, with forward slashes.
    pub(crate) file: String,
    pub(crate) text: String,
    pub(crate) tokens: Vec<String>,
}

impl Source {
    pub(crate) fn new(file: &str, text: &str) -> Self {
        let stream: TokenStream = text.parse().unwrap_or_else(|e| panic!("{file}: {e}"));
        let mut tokens = Vec::new();
        flatten(stream, &mut tokens);
        cut_tests(&mut tokens);
        Self {
            file: file.to_owned(),
            text: text.to_owned(),
            tokens,
        }
    }

    /// Every file below `folder`.
    pub(crate) fn all(folder: &str) -> Vec<Self> {
        let mut paths = Vec::new();
        files(Path::new(folder), "rs", &mut paths);
        paths
            .iter()
            .map(|path| {
                let below = path.strip_prefix(folder).unwrap().to_str().unwrap();
                Self::new(
                    &below.replace('\\', "/"),
                    &fs::read_to_string(path).unwrap(),
                )
            })
            .collect()
    }

    /// The first word of the path: `terminals` of `terminals/page.rs`, `context` of `context.rs`.
    pub(crate) fn room(&self) -> &str {
        self.file.split(['/', '.']).next().unwrap()
    }

    /// True for `store.rs`, `work_store.rs` and `store/work.rs` when `role` is `store`.
    pub(crate) fn is(&self, role: &str) -> bool {
        let path = self.file.strip_suffix(".rs").unwrap_or(&self.file);
        let mut parts = path.rsplit('/');
        let stem = parts.next().unwrap_or_default();
        stem == role || stem.ends_with(&format!("_{role}")) || parts.any(|folder| folder == role)
    }

    /// How many `super` lead from this file's module to the root of the crate.
    fn depth(&self) -> usize {
        let parts = self.file.split('/').count();
        if self.file.ends_with("mod.rs") {
            parts - 1
        } else {
            parts
        }
    }

    /// Every room named after `crate::`, including inside `crate::{a, b::C}`, and by `super`s that
    /// lead to the root.
    pub(crate) fn named(&self) -> Vec<String> {
        let mut out = Vec::new();
        for at in 0..self.tokens.len() {
            if let Some(after) = self.path_from_root(at) {
                self.heads(after, &mut out);
            }
        }
        out
    }

    /// Where a path goes on that begins at `at` and starts at the root of the crate.
    fn path_from_root(&self, at: usize) -> Option<usize> {
        let is_colons = |i: usize| self.has(i, ":") && self.has(i + 1, ":");
        if self.has(at, "crate") && is_colons(at + 1) {
            return Some(at + 3);
        }
        let begins = self.has(at, "super") && !(at >= 2 && is_colons(at - 2));
        if !begins {
            return None;
        }
        let mut steps = 0;
        let mut next = at;
        while self.has(next, "super") && is_colons(next + 1) {
            steps += 1;
            next += 3;
        }
        (steps == self.depth()).then_some(next)
    }

    /// The first words of a path or of a braced group of paths.
    fn heads(&self, at: usize, out: &mut Vec<String>) {
        if !self.has(at, "{") {
            out.extend(self.tokens.get(at).cloned());
            return;
        }
        let mut depth = 0;
        for i in at..self.tokens.len() {
            match self.tokens[i].as_str() {
                "{" => depth += 1,
                "}" => depth -= 1,
                "," => {}
                word if depth == 1 && (self.has(i - 1, "{") || self.has(i - 1, ",")) => {
                    out.push(word.to_owned());
                }
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }

    fn has(&self, at: usize, token: &str) -> bool {
        self.tokens.get(at).is_some_and(|t| t == token)
    }

    /// True when the tokens of `wanted` (given in Rust syntax) stand in a row.
    pub(crate) fn says(&self, wanted: &str) -> bool {
        !self.find(wanted).is_empty()
    }

    /// Where the tokens of `wanted`, separated by blanks, stand in a row: the index behind them.
    pub(crate) fn find(&self, wanted: &str) -> Vec<usize> {
        let wanted: Vec<&str> = wanted.split(' ').collect();
        self.tokens
            .windows(wanted.len())
            .enumerate()
            .filter(|(_, window)| window.iter().zip(&wanted).all(|(a, b)| a == b))
            .map(|(at, _)| at + wanted.len())
            .collect()
    }

    /// The contents of string literals.
    pub(crate) fn strings(&self) -> Vec<String> {
        self.tokens.iter().filter_map(|t| literal(t)).collect()
    }

    /// String literals with nothing but a comma between them.
    pub(crate) fn neighbours(&self) -> Vec<(String, String)> {
        let three = self.tokens.windows(3);
        three
            .filter(|at| at[1] == ",")
            .filter_map(|at| Some((literal(&at[0])?, literal(&at[2])?)))
            .collect()
    }

    /// The tables that this file's `table!` blocks declare.
    pub(crate) fn tables(&self) -> Vec<String> {
        let mut out = Vec::new();
        for at in self.find("table ! {") {
            let named = self.tokens[at..].iter().zip(&self.tokens[at + 1..]);
            let before_key = named.clone().find(|(_, next)| *next == "(");
            out.extend(before_key.map(|(name, _)| name.clone()));
        }
        out
    }
}

fn flatten(stream: TokenStream, out: &mut Vec<String>) {
    for tree in stream {
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Parenthesis | Delimiter::None => ("(", ")"),
                };
                out.push(open.into());
                flatten(group.stream(), out);
                out.push(close.into());
            }
            other => out.push(other.to_string()),
        }
    }
}

/// Takes `#[cfg(test)] mod … {…}` out: inline tests may do what the code may not.
fn cut_tests(tokens: &mut Vec<String>) {
    const HEAD: [&str; 8] = ["#", "[", "cfg", "(", "test", ")", "]", "mod"];
    while let Some(at) = tokens.windows(HEAD.len()).position(|w| w == HEAD) {
        let body = at + HEAD.len() + 1;
        let mut depth = 0;
        let end = tokens[body..].iter().position(|token| {
            match token.as_str() {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        tokens.drain(at..=body + end.unwrap_or_default());
    }
}

/// Every file below `folder` with that ending.
pub(crate) fn files(folder: &Path, ending: &str, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder)
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, ending, out);
        } else if path.extension().is_some_and(|e| e == ending) {
            out.push(path);
        }
    }
}

/// The content of a string literal; `None` for every other token.
fn literal(token: &str) -> Option<String> {
    let open = token.find('"')?;
    // None for the character literal of a quote: it opens nothing.
    let inner = token.get(open + 1..token.rfind('"')?)?;
    token[..open]
        .chars()
        .all(|c| matches!(c, 'r' | 'b' | 'c' | '#'))
        .then(|| inner.to_owned())
}
