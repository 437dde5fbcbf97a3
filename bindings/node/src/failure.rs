//! How a failure of the engine reaches JavaScript.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use koru_delta::error::{Code, Error, Fact, Result};

/// Runs `job` and turns what it returns, or its panic, into what Node-API takes.
///
/// No panic may leave this function: unwinding into Node would end the process. State that a panicking job had its
/// hands on is not touched again: the engine's own locks refuse it, and [`Shared`](crate::shared::Shared) has lost it.
pub(crate) fn guarded<T>(job: impl FnOnce() -> Result<T>) -> napi::Result<T> {
    catch_unwind(AssertUnwindSafe(job))
        .unwrap_or_else(|panic| Err(bug(panic.as_ref())))
        .map_err(|error| rejection(&error))
}

/// The JavaScript error for a failure: its message is the record as JSON.
pub(crate) fn rejection(error: &Error) -> napi::Error {
    napi::Error::from_reason(error.to_json())
}

fn bug(panic: &(dyn Any + Send)) -> Error {
    let message = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    Error::new(Code::Internal, "The engine stopped a call at a mistake of its own.")
        .fact("message", Fact::Text(message.to_owned()))
        .hint("Open the database again, and please report this with the message", None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_record() {
        let failed = guarded(|| -> Result<()> { panic!("seven is not {}", 8) }).unwrap_err();
        assert!(failed.reason.contains(r#""code":"internal""#), "{}", failed.reason);
        assert!(failed.reason.contains("seven is not 8"), "{}", failed.reason);
    }

    #[test]
    fn a_failure_becomes_its_record() {
        let failed = guarded(|| -> Result<()> { Err(Error::new(Code::Closed, "It is closed.")) }).unwrap_err();
        assert!(failed.reason.starts_with(r#"{"code":"closed""#), "{}", failed.reason);
    }
}
