//! An import that arrives in chunks.

use koru_delta::door::DoorImporter;
use napi::bindgen_prelude::AsyncTask;
use napi_derive::napi;

use crate::shared::Shared;
use crate::work::Work;

/// Takes a history in chunks, cut anywhere, and adds all of it or nothing.
#[napi]
pub struct NativeImporter {
    importer: Shared<DoorImporter>,
}

impl NativeImporter {
    pub(crate) fn new(importer: DoorImporter) -> Self {
        Self { importer: Shared::new("import", importer) }
    }
}

#[napi]
impl NativeImporter {
    /// Takes the next chunk, which is copied before this returns. Resolves to the number of versions read so far.
    #[napi(ts_return_type = "Promise<number>")]
    pub fn feed(&self, chunk: &[u8]) -> AsyncTask<Work<f64>> {
        let chunk = chunk.to_vec();
        let importer = self.importer.clone();
        Work::promise(move || importer.lend(|importer| importer.feed(&chunk).map(|versions| versions as f64)))
    }

    /// Adds the history and ends. Resolves to the report.
    #[napi(ts_return_type = "Promise<string>")]
    pub fn finish(&self) -> AsyncTask<Work<String>> {
        let importer = self.importer.clone();
        Work::promise(move || importer.spend(|mut importer| importer.finish()))
    }

    /// Ends without adding anything.
    #[napi(ts_return_type = "Promise<void>")]
    pub fn abort(&self) -> AsyncTask<Work<()>> {
        let importer = self.importer.clone();
        Work::promise(move || {
            drop(importer.take());
            Ok(())
        })
    }
}
