//! State that several calls from JavaScript use in turn, on different threads.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use koru_delta::error::{Code, Error, Result};

/// Holds a value until it is used up, dropped, or lost in a panic.
pub(crate) struct Shared<T> {
    value: Arc<Mutex<Option<T>>>,
    /// What the value is called in an error.
    name: &'static str,
}

impl<T> Shared<T> {
    pub(crate) fn new(name: &'static str, value: T) -> Self {
        Self { value: Arc::new(Mutex::new(Some(value))), name }
    }

    /// Lends the value to `job`. A job that panics does not give it back, so nobody meets a half-changed value.
    pub(crate) fn lend<R>(&self, job: impl FnOnce(&mut T) -> Result<R>) -> Result<R> {
        let mut slot = self.lock();
        let mut value = slot.take().ok_or_else(|| self.gone())?;
        let result = job(&mut value);
        *slot = Some(value);
        result
    }

    /// Gives the value to `job` for good.
    pub(crate) fn spend<R>(&self, job: impl FnOnce(T) -> Result<R>) -> Result<R> {
        let value = self.lock().take().ok_or_else(|| self.gone())?;
        job(value)
    }

    /// Takes the value out, if it is still there.
    pub(crate) fn take(&self) -> Option<T> {
        self.lock().take()
    }

    /// A poisoned lock is no danger: its slot is empty then.
    fn lock(&self) -> MutexGuard<'_, Option<T>> {
        self.value.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn gone(&self) -> Error {
        Error::new(Code::Closed, format!("This {} has ended.", self.name))
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self { value: Arc::clone(&self.value), name: self.name }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    #[test]
    fn a_value_is_lent_many_times_and_spent_once() {
        let shared = Shared::new("counter", 1);
        for expected in 2..5 {
            let got = shared.lend(|n| {
                *n += 1;
                Ok(*n)
            });
            assert_eq!(got.unwrap(), expected);
        }
        assert_eq!(shared.clone().spend(Ok).unwrap(), 4);
        assert_eq!(shared.lend(|_| Ok(())).unwrap_err().code(), Code::Closed);
        assert_eq!(shared.spend(Ok).unwrap_err().detail(), "This counter has ended.");
    }

    #[test]
    fn a_failure_gives_the_value_back_and_a_panic_does_not() {
        let shared = Shared::new("counter", 1);
        let failed = shared.lend(|_| Err::<(), _>(Error::new(Code::InvalidLine, "No.")));
        assert_eq!(failed.unwrap_err().code(), Code::InvalidLine);
        assert_eq!(shared.lend(|n| Ok(*n)).unwrap(), 1);
        let lost = catch_unwind(AssertUnwindSafe(|| shared.lend(|_| -> Result<()> { panic!("lost") })));
        assert!(lost.is_err());
        assert_eq!(shared.lend(|n| Ok(*n)).unwrap_err().code(), Code::Closed);
    }
}
