//! An export that leaves in chunks.

use koru_delta::door::DoorExporter;
use napi::bindgen_prelude::{AsyncTask, Uint8Array};
use napi_derive::napi;

use crate::shared::Shared;
use crate::work::Work;

/// Gives the whole history, as it was when the export began, in chunks of lines.
#[napi]
pub struct NativeExporter {
    exporter: Shared<DoorExporter>,
}

impl NativeExporter {
    pub(crate) fn new(exporter: DoorExporter) -> Self {
        Self { exporter: Shared::new("export", exporter) }
    }
}

#[napi]
impl NativeExporter {
    /// The next chunk, or null after the last.
    #[napi(ts_return_type = "Promise<Uint8Array | null>")]
    pub fn next(&self) -> AsyncTask<Work<Option<Uint8Array>>> {
        let exporter = self.exporter.clone();
        Work::promise(move || Ok(exporter.lend(DoorExporter::next_piece)?.map(Uint8Array::new)))
    }

    /// Ends early and lets go of what the export holds.
    #[napi(ts_return_type = "Promise<void>")]
    pub fn abort(&self) -> AsyncTask<Work<()>> {
        let exporter = self.exporter.clone();
        Work::promise(move || {
            drop(exporter.take());
            Ok(())
        })
    }
}
