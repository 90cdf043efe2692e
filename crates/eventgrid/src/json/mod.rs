//! JSON without a heap: a pull [`Reader`] over text and a [`JsonWriter`] into a
//! [`Buf`](crate::Buf).
//!
//! Nothing here recurses, allocates or panics, whatever the input. Strings, numbers and whole
//! values are views of the text they were found in, exactly as they came; escapes are decoded when
//! someone asks. The grammar is that of RFC 8259: no trailing commas, no comments.
//!
//! ```
//! use eventgrid::json::Reader;
//!
//! let mut reader = Reader::new(r#"{"id": "7", "data": {"on": true}}"#);
//! reader.begin_object()?;
//! while let Some(name) = reader.next_member()? {
//!     if name == "id" {
//!         assert_eq!(reader.string()?, "7");
//!     } else {
//!         assert_eq!(reader.value()?.as_str(), r#"{"on": true}"#);
//!     }
//! }
//! reader.end()?;
//! # Ok::<(), eventgrid::json::JsonError>(())
//! ```

#[cfg(feature = "serde")]
mod deserialize_error;
#[cfg(feature = "serde")]
mod deserializer;
mod error;
mod escape;
#[cfg(all(feature = "serde", feature = "alloc"))]
mod from_serde;
#[cfg(feature = "serde")]
mod into_serde;
mod json_text;
#[cfg(feature = "serde")]
mod key_deserializer;
mod lexer;
mod member_array;
mod nesting;
mod numbers;
mod raw;
mod reader;
#[cfg(feature = "serde")]
mod serializer;
mod string;
mod text_range;
#[cfg(feature = "serde")]
mod text_serializer;
pub(crate) mod utf8;
#[cfg(feature = "serde")]
mod visit;
pub(crate) mod walk;
mod writer;

#[cfg(feature = "serde")]
pub use deserialize_error::DeserializeError;
pub use error::{JsonError, JsonErrorKind, Message, WriteError};
pub use json_text::JsonText;
pub use nesting::MAX_DEPTH;
pub use raw::{JsonNumber, RawJson};
pub use reader::{Kind, Reader};
pub use string::JsonStr;
pub use writer::{JsonWriter, WriteJson};

pub(crate) use lexer::plain_prefix;
pub(crate) use member_array::member_array;
#[cfg(feature = "webhook")]
pub(crate) use string::Unescaped;
pub(crate) use string::decode_string_in_place;
pub(crate) use text_range::TextRange;
