//! What every call answers when it cannot do what was asked.

use std::fmt;
use std::io;

pub use crate::code::Code;

/// The result of every fallible call of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure: what happened, why, and what to do next.
///
/// [`Error::code`] is stable and the same in every language; the texts are for people and may change.
pub struct Error(Box<Record>);

struct Record {
    code: Code,
    detail: String,
    suggestions: Vec<Suggestion>,
    hints: Vec<Hint>,
    facts: Vec<(&'static str, Fact)>,
    source: Option<io::Error>,
}

/// Something near to what was asked for, and in which way it is near.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// What was probably meant.
    pub text: String,
    /// How it relates to what was asked, such as `different spelling`.
    pub why: String,
}

/// A next step: a sentence, and the command that does it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The sentence, without its closing colon: `To see all keys`.
    pub text: String,
    /// The `kdelta` command, when there is one.
    pub command: Option<String>,
}

/// A machine-readable detail of a failure, such as the current version in a conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// A string.
    Text(String),
    /// A whole number.
    Number(u64),
    /// JSON text.
    Json(Vec<u8>),
}

impl Error {
    /// A failure of the given kind; `detail` is a whole sentence.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self(Box::new(Record {
            code,
            detail: detail.into(),
            suggestions: Vec::new(),
            hints: Vec::new(),
            facts: Vec::new(),
            source: None,
        }))
    }

    /// A failed operation on a file of the database.
    ///
    /// `doing` completes the sentence "Cannot ... FILE": `write`, `read`, `sync`.
    pub(crate) fn io(source: io::Error, doing: &str, file: &str) -> Self {
        let code = match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Code::DiskFull,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Code::PermissionDenied,
            io::ErrorKind::UnexpectedEof => Code::Corrupt,
            // Only a path can meet it: what should be the database's folder is a file, or lies below one.
            io::ErrorKind::NotADirectory => Code::NotADatabase,
            _ => Code::IoError,
        };
        let mut error =
            Self::new(code, format!("Cannot {doing} {file}: {source}.")).fact("file", Fact::Text(file.to_owned()));
        match code {
            Code::DiskFull => {
                error = error.hint("Free some space, then try again. Nothing that was acknowledged is lost", None);
            }
            Code::NotADatabase => {
                error = error.hint("A database is a folder: name an empty or a new one", None);
            }
            Code::PermissionDenied => {
                error = error.hint("Check who owns the folder and whether it may be written", None);
            }
            Code::Corrupt => {
                error = error.hint("To see the extent of the damage", Some("kdelta verify".into()));
            }
            _ => {}
        }
        error.0.source = Some(source);
        error
    }

    /// Damage found in a file: what was expected there and was not.
    pub(crate) fn corrupt(file: &str, offset: u64, what: impl fmt::Display) -> Self {
        Self::new(Code::Corrupt, format!("{file} is damaged at byte {offset}: {what}."))
            .fact("file", Fact::Text(file.to_owned()))
            .fact("offset", Fact::Number(offset))
            .hint("To see the extent of the damage", Some("kdelta verify".into()))
            .hint("Then bring back a copy of the folder, or import an export made earlier", None)
    }

    /// Adds a next step.
    #[must_use]
    pub fn hint(mut self, text: impl Into<String>, command: Option<String>) -> Self {
        self.0.hints.push(Hint { text: text.into(), command });
        self
    }

    /// Adds a near match.
    #[must_use]
    pub fn suggest(mut self, suggestion: Suggestion) -> Self {
        self.0.suggestions.push(suggestion);
        self
    }

    /// Adds a machine-readable detail.
    #[must_use]
    pub fn fact(mut self, name: &'static str, fact: Fact) -> Self {
        self.0.facts.push((name, fact));
        self
    }

    /// Leaves out what is not to be told.
    pub(crate) fn retain(mut self, suggestion: impl Fn(&Suggestion) -> bool, fact: impl Fn(&str) -> bool) -> Self {
        self.0.suggestions.retain(suggestion);
        self.0.facts.retain(|(name, _)| fact(name));
        self
    }

    /// The kind of failure.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// What happened and why, in one or two sentences.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// What was probably meant, nearest first.
    pub fn suggestions(&self) -> &[Suggestion] {
        &self.0.suggestions
    }

    /// What to do next, most useful first.
    pub fn hints(&self) -> &[Hint] {
        &self.0.hints
    }

    /// Machine-readable details by name.
    pub fn facts(&self) -> &[(&'static str, Fact)] {
        &self.0.facts
    }

    /// The detail of the given name.
    pub fn get_fact(&self, name: &str) -> Option<&Fact> {
        self.0.facts.iter().find(|(n, _)| *n == name).map(|(_, fact)| fact)
    }
}

impl Clone for Error {
    /// Copies everything but the operating system's own error object, whose text is in the detail.
    fn clone(&self) -> Self {
        Self(Box::new(Record {
            code: self.0.code,
            detail: self.0.detail.clone(),
            suggestions: self.0.suggestions.clone(),
            hints: self.0.hints.clone(),
            facts: self.0.facts.clone(),
            source: None,
        }))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.detail)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code, self.0.detail)?;
        for hint in &self.0.hints {
            write!(f, "\n  {}", hint.text)?;
            if let Some(command) = &hint.command {
                write!(f, ": {command}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|e| e as _)
    }
}
