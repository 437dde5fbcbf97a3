//! The files of one database: their names, their preambles, their seals.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::code::Code;
use crate::error::{Error, Result};
use crate::host::{Entropy, File, Host, Vfs};
use crate::preamble::{Kind, PREAMBLE_LEN, Preamble};
use crate::seal::{DataKey, Seal};

/// What it takes to make or open a file of one database.
pub(crate) struct Files {
    pub(crate) vfs: Arc<dyn Vfs>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) database: [u8; 16],
    pub(crate) data_key: Option<DataKey>,
    /// How the sync of the folder failed, once it has.
    pub(crate) names: Mutex<Option<Error>>,
}

/// One file, with what its pieces are closed and opened by.
#[derive(Debug)]
pub(crate) struct Sheet {
    pub(crate) file: Arc<dyn File>,
    pub(crate) seal: Seal,
    pub(crate) name: String,
}

/// The name of a file: `log-000007`, `segment-000012`, `values-000013`.
pub(crate) fn file_name(kind: Kind, number: u64) -> String {
    let word = match kind {
        Kind::Manifest => "manifest",
        Kind::Log => "log",
        Kind::Segment => "segment",
        Kind::Values => "values",
    };
    format!("{word}-{number:06}")
}

/// The kind and number that a name says, if it is a name of ours.
pub(crate) fn parse_file_name(name: &str) -> Option<(Kind, u64)> {
    let (word, number) = name.split_once('-')?;
    let kind = match word {
        "manifest" => Kind::Manifest,
        "log" => Kind::Log,
        "segment" => Kind::Segment,
        "values" => Kind::Values,
        _ => return None,
    };
    let number = number.parse().ok()?;
    (file_name(kind, number) == name).then_some((kind, number))
}

impl Files {
    /// The files in the host's folder.
    pub(crate) fn new(host: &Host, database: [u8; 16], data_key: Option<DataKey>) -> Self {
        Self { vfs: host.vfs.clone(), entropy: host.entropy.clone(), database, data_key, names: Mutex::default() }
    }

    /// Makes a new file and writes its preamble. Nothing is synced.
    pub(crate) fn create(&self, kind: Kind, number: u64) -> Result<Sheet> {
        let name = file_name(kind, number);
        let preamble = Preamble::fresh(&*self.entropy, kind, self.data_key.is_some(), self.database, number)?;
        let file = self.vfs.create(&name).map_err(|e| Error::io(e, "create", &name))?;
        file.write_all_at(&preamble.encode(), 0).map_err(|e| {
            // Nothing names it yet. On a full disk, every try would leave one.
            let _ = self.vfs.remove(&name);
            Error::io(e, "write", &name)
        })?;
        Ok(Sheet { file, seal: preamble.seal(self.data_key.as_ref()), name })
    }

    /// Opens a file for reading and checks that it is the one meant.
    pub(crate) fn open(&self, kind: Kind, number: u64) -> Result<Sheet> {
        let name = file_name(kind, number);
        let file = self.vfs.open(&name, false).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => Error::corrupt(&name, 0, "the file is missing"),
            _ => Error::io(e, "open", &name),
        })?;
        let mut bytes = [0; PREAMBLE_LEN];
        file.read_exact_at(&mut bytes, 0).map_err(|e| Error::io(e, "read", &name))?;
        let preamble = Preamble::expect(&bytes, &name, kind, self.database, number)?;
        if preamble.sealed != self.data_key.is_some() {
            return Err(Error::corrupt(&name, 12, "it is sealed and the database is not, or the reverse"));
        }
        Ok(Sheet { file, seal: preamble.seal(self.data_key.as_ref()), name })
    }

    /// Removes a file; one that is already gone is no failure.
    pub(crate) fn remove(&self, kind: Kind, number: u64) -> Result<()> {
        let name = file_name(kind, number);
        match self.vfs.remove(&name) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::io(e, "remove", &name)),
            _ => Ok(()),
        }
    }

    /// Makes creations and removals durable.
    ///
    /// A sync that failed may have lost the names that another thread has made and is about to sync; the system takes
    /// them for synced from then on. So after one failure there is no success any more.
    pub(crate) fn sync_dir(&self) -> Result<()> {
        let mut failed = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let location = self.vfs.location();
        if let Some(cause) = &*failed {
            return Err(Error::new(Code::Poisoned, format!("New files can no longer be trusted to last ({cause})"))
                .hint("Close the database and open it again; reads go on meanwhile", None));
        }
        self.vfs.sync_dir().map_err(|e| failed.insert(Error::io(e, "sync", &location)).clone())
    }
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Files")
            .field("vfs", &self.vfs)
            .field("sealed", &self.data_key.is_some())
            .finish_non_exhaustive()
    }
}

impl Sheet {
    /// Reads the stored bytes of a piece into `bytes` and opens them.
    pub(crate) fn read(&self, offset: u64, bytes: &mut [u8], tag: &crate::seal::Tag) -> Result<()> {
        self.file.read_exact_at(bytes, offset).map_err(|e| Error::io(e, "read", &self.name))?;
        self.seal
            .open(offset, b"", bytes, tag)
            .map_err(|_| Error::corrupt(&self.name, offset, "its content does not match its checksum"))
    }

    /// Closes the content in `bytes` and writes it at `offset`; returns the tag to keep.
    pub(crate) fn write(&self, offset: u64, bytes: &mut [u8]) -> Result<crate::seal::Tag> {
        let tag = self.seal.close(offset, b"", bytes);
        self.file.write_all_at(bytes, offset).map_err(|e| Error::io(e, "write", &self.name))?;
        Ok(tag)
    }

    /// Makes the file's content durable.
    pub(crate) fn sync(&self) -> Result<()> {
        self.file.sync().map_err(|e| Error::io(e, "sync", &self.name))
    }
}
