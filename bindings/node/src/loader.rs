//! A batch that arrives in chunks.

use koru_delta::door::DoorLoader;
use napi::bindgen_prelude::AsyncTask;
use napi_derive::napi;

use crate::failure::guarded;
use crate::shared::Shared;
use crate::work::Work;

/// Takes lines of JSON in chunks, cut anywhere, and writes them in one atomic batch.
#[napi]
pub struct NativeLoader {
    loader: Shared<DoorLoader>,
}

impl NativeLoader {
    pub(crate) fn new(loader: DoorLoader) -> Self {
        Self { loader: Shared::new("batch", loader) }
    }
}

#[napi]
impl NativeLoader {
    /// Takes the next chunk, which is copied before this returns. Resolves to `{lines, bytes, rejected, pending}`.
    #[napi(ts_return_type = "Promise<string>")]
    pub fn feed(&self, chunk: &[u8]) -> AsyncTask<Work<String>> {
        let chunk = chunk.to_vec();
        let loader = self.loader.clone();
        Work::promise(move || loader.lend(|loader| loader.feed(&chunk)))
    }

    /// The lines that were skipped since the last call: `[{line, reason, text, error}]`.
    #[napi]
    pub fn rejects(&self) -> napi::Result<String> {
        guarded(|| self.loader.lend(DoorLoader::rejects))
    }

    /// Writes everything that was fed, and ends. Resolves to the receipt.
    #[napi(ts_return_type = "Promise<string>")]
    pub fn commit(&self) -> AsyncTask<Work<String>> {
        let loader = self.loader.clone();
        Work::promise(move || loader.spend(|mut loader| loader.commit()))
    }

    /// Ends without writing anything.
    #[napi(ts_return_type = "Promise<void>")]
    pub fn abort(&self) -> AsyncTask<Work<()>> {
        let loader = self.loader.clone();
        Work::promise(move || {
            drop(loader.take());
            Ok(())
        })
    }
}
