//! The catalogue of failures.

use std::fmt;

macro_rules! catalogue {
    ($($(#[$doc:meta])* $variant:ident = $text:literal, $title:literal, retryable $retryable:literal, http $http:literal, exit $exit:literal;)*) => {
        /// The kind of a failure. The text form (`key_not_found`) is the same in every language and on the wire.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            /// Every code, in the order of the catalogue.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// The stable text of the code.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $text,)* }
            }

            /// A short title for people.
            pub const fn title(self) -> &'static str {
                match self { $(Code::$variant => $title,)* }
            }

            /// Whether the same call may succeed later without any change.
            pub const fn retryable(self) -> bool {
                match self { $(Code::$variant => $retryable,)* }
            }

            /// The HTTP status a server answers with.
            pub const fn http_status(self) -> u16 {
                match self { $(Code::$variant => $http,)* }
            }

            /// The exit code of the `kdelta` command.
            pub const fn exit_code(self) -> u8 {
                match self { $(Code::$variant => $exit,)* }
            }
        }
    };
}

mod catalogue;

pub use catalogue::Code;

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
