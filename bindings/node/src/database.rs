//! An open database.

use std::sync::Arc;

use koru_delta::door::Door;
use koru_delta::error::{Code, Error, Result};
use napi::bindgen_prelude::{AsyncTask, Function, ToNapiValue, TypeName, Uint8Array};
use napi::sys::napi_value;
use napi::{Env, JsString};
use napi_derive::napi;

use crate::batch::NativeBatch;
use crate::exporter::NativeExporter;
use crate::failure::{guarded, rejection};
use crate::importer::NativeImporter;
use crate::loader::NativeLoader;
use crate::reader::reader;
use crate::text::utf8;
use crate::work::Work;

/// An open database. Parameters and results are JSON text; a failure is an `Error` whose message is the error record.
#[napi]
pub struct NativeDatabase {
    door: Arc<Door>,
}

#[napi]
impl NativeDatabase {
    /// Opens a database; without a `path` among the options it lives in memory.
    #[napi(ts_return_type = "Promise<NativeDatabase>")]
    pub fn open(options: String) -> AsyncTask<Work<NativeDatabase>> {
        Work::promise(move || Ok(Self { door: Arc::new(Door::open(&options)?) }))
    }

    /// Checks every file of the database in a folder without opening it: the report of `verify`, also of a database that
    /// does not open.
    #[napi(ts_return_type = "Promise<string>")]
    pub fn verify_folder(options: String) -> AsyncTask<Work<String>> {
        Work::promise(move || koru_delta::door::verify_folder(&options))
    }

    /// Runs one operation on a thread of the pool.
    #[napi(ts_return_type = "Promise<string>")]
    pub fn call(&self, op: String, params: String) -> AsyncTask<Work<String>> {
        self.promise(move |door| door.call(&op, &params))
    }

    /// Runs one operation on this thread; for reads that are small.
    #[napi]
    pub fn call_sync(&self, op: String, params: String) -> napi::Result<String> {
        guarded(|| self.door.call(&op, &params))
    }

    /// The text of one value, or null when there is none.
    #[napi]
    pub fn get_sync<'env>(
        &self,
        env: &'env Env,
        namespace: String,
        key: String,
        at: Option<String>,
    ) -> napi::Result<Option<JsString<'env>>> {
        let Some(value) = guarded(|| self.door.get_value(&namespace, &key, at.as_deref()))? else {
            return Ok(None);
        };
        // Most JSON is plain ASCII, and Node takes that over without decoding.
        if value.is_ascii() {
            return env.create_string_latin1(value).map(Some);
        }
        let text = String::from_utf8(value)
            .map_err(|error| rejection(&Error::new(Code::Corrupt, format!("A stored value is not UTF-8: {error}."))))?;
        env.create_string_from_std(text).map(Some)
    }

    /// A function that reads one value: the names and the moment stand in `letter`, which JavaScript fills in before
    /// each call. It returns the text, null when there is none, and an empty string when `getSync` has to be asked.
    #[napi(ts_return_type = "() => string | null")]
    pub fn reader<'env>(
        &self,
        env: &'env Env,
        letter: Uint8Array,
    ) -> napi::Result<Function<'env, (), Option<napi_value>>> {
        env.create_function_from_closure("read", reader(Arc::clone(&self.door), letter))
    }

    /// Runs many writes, each on its own, with one sync for all: `[{op, params}]` to `[{ok} | {error}]`.
    ///
    /// The calls are UTF-8, which is copied before this returns.
    #[napi(ts_return_type = "Promise<string>")]
    pub fn call_many(&self, calls: &[u8]) -> AsyncTask<Work<String>> {
        let calls = calls.to_vec();
        self.promise(move |door| Ok(door.call_many(utf8(&calls)?)))
    }

    /// Carries out requests of JSON-RPC, a line each, which are copied before this returns. Resolves to an array of those
    /// that are left to the caller as the first line, and the responses to the others as those that follow.
    #[napi(ts_return_type = "Promise<string>")]
    pub fn converse(&self, lines: &[u8]) -> AsyncTask<Work<String>> {
        let lines = lines.to_vec();
        self.promise(move |door| Ok(door.converse(&lines)))
    }

    /// The same database with fewer rights: `{read: [pattern], write: [pattern], admin}`. Closing it closes the database.
    #[napi]
    pub fn restricted(&self, grant: String) -> napi::Result<NativeDatabase> {
        guarded(|| self.door.restricted(&grant)).map(|door| NativeDatabase { door: Arc::new(door) })
    }

    /// Starts a batch that arrives in pieces.
    #[napi]
    pub fn batch(&self, options: String) -> napi::Result<NativeBatch> {
        guarded(|| self.door.batch(&options)).map(NativeBatch::new)
    }

    /// Writes lines of JSON in one atomic batch.
    ///
    /// The bytes are copied before this returns, so JavaScript may change, transfer or free its buffer at once.
    #[napi(ts_return_type = "Promise<string>")]
    pub fn batch_lines(&self, bytes: &[u8], options: String) -> AsyncTask<Work<String>> {
        let bytes = bytes.to_vec();
        self.promise(move |door| door.batch_lines(&bytes, &options))
    }

    /// Starts a batch of lines that arrives in chunks.
    #[napi]
    pub fn loader(&self, options: String) -> napi::Result<NativeLoader> {
        guarded(|| self.door.loader(&options)).map(NativeLoader::new)
    }

    /// Starts an export.
    #[napi]
    pub fn exporter(&self, options: String) -> napi::Result<NativeExporter> {
        guarded(|| self.door.exporter(&options)).map(NativeExporter::new)
    }

    /// Starts an import.
    #[napi]
    pub fn importer(&self, options: String) -> napi::Result<NativeImporter> {
        guarded(|| self.door.importer(&options)).map(NativeImporter::new)
    }

    /// Closes the database. Later calls fail with the code `closed`; closing again does nothing.
    #[napi(ts_return_type = "Promise<void>")]
    pub fn close(&self) -> AsyncTask<Work<()>> {
        self.promise(Door::close)
    }

    fn promise<T>(&self, job: impl FnOnce(&Door) -> Result<T> + Send + 'static) -> AsyncTask<Work<T>>
    where
        T: Send + ToNapiValue + TypeName + 'static,
    {
        let door = Arc::clone(&self.door);
        Work::promise(move || job(&door))
    }
}
