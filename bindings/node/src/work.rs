//! Work that runs on a thread of Node's pool and settles a promise.

use koru_delta::error::Result;
use napi::bindgen_prelude::{AsyncTask, ToNapiValue, TypeName};
use napi::{Env, Task};

use crate::failure::guarded;

/// One job for the pool. It owns all it needs: JavaScript runs on while it does.
pub struct Work<T> {
    job: Option<Job<T>>,
}

type Job<T> = Box<dyn FnOnce() -> Result<T> + Send>;

impl<T: Send + ToNapiValue + TypeName + 'static> Work<T> {
    /// A promise for what `job` returns.
    pub(crate) fn promise(job: impl FnOnce() -> Result<T> + Send + 'static) -> AsyncTask<Self> {
        AsyncTask::new(Self { job: Some(Box::new(job)) })
    }
}

impl<T: Send + ToNapiValue + TypeName + 'static> Task for Work<T> {
    type Output = T;
    type JsValue = T;

    fn compute(&mut self) -> napi::Result<T> {
        match self.job.take() {
            Some(job) => guarded(job),
            None => Err(napi::Error::from_reason("A job runs once.")),
        }
    }

    fn resolve(&mut self, _: Env, output: T) -> napi::Result<T> {
        Ok(output)
    }
}
