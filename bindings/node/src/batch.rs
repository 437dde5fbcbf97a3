//! A batch that arrives in pieces.

use koru_delta::door::DoorBatch;
use napi::bindgen_prelude::AsyncTask;
use napi_derive::napi;

use crate::shared::Shared;
use crate::text::utf8;
use crate::work::Work;

/// Takes writes in pieces and makes one atomic batch of them.
#[napi]
pub struct NativeBatch {
    batch: Shared<DoorBatch>,
}

impl NativeBatch {
    pub(crate) fn new(batch: DoorBatch) -> Self {
        Self { batch: Shared::new("batch", batch) }
    }
}

#[napi]
impl NativeBatch {
    /// Takes the next writes, as the params of the operation `batch` in UTF-8, which are copied before this returns.
    #[napi(ts_return_type = "Promise<void>")]
    pub fn add(&self, params: &[u8]) -> AsyncTask<Work<()>> {
        let params = params.to_vec();
        let batch = self.batch.clone();
        Work::promise(move || batch.lend(|batch| batch.add(utf8(&params)?)))
    }

    /// Writes everything that was added, and ends. Resolves to the receipt.
    #[napi(ts_return_type = "Promise<string>")]
    pub fn commit(&self) -> AsyncTask<Work<String>> {
        let batch = self.batch.clone();
        Work::promise(move || batch.spend(DoorBatch::commit))
    }

    /// Ends without writing anything.
    #[napi(ts_return_type = "Promise<void>")]
    pub fn abort(&self) -> AsyncTask<Work<()>> {
        let batch = self.batch.clone();
        Work::promise(move || {
            drop(batch.take());
            Ok(())
        })
    }
}
