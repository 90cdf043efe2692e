//! Shared access signatures (SAS tokens): access to one resource for a limited time, proved by a
//! signature.
//!
//! A token is `r=RESOURCE&e=EXPIRY&s=SIGNATURE`, each part percent-encoded. The signature is the
//! HMAC-SHA256, in base64, of the text before `&s=`; the key is the access key decoded from base64.
//! The service verifies the text as it receives it, so any encoding is accepted, and it reads many
//! forms of dates. Tokens are written here in the form of its SDK for JavaScript.
//!
//! | you have | take |
//! |---|---|
//! | a token that somebody else made | [`SasToken`] |
//! | an access key and a clock | `SasKey` (feature `sas`) |
//! | tokens that you must check | `SharedAccessSignature` (features `sas` and `alloc`) |

mod expiry;
#[cfg(feature = "sas")]
mod key;
mod percent;
#[cfg(feature = "sas")]
mod resource;
mod token;
#[cfg(all(feature = "sas", feature = "alloc"))]
mod verify;

#[cfg(feature = "sas")]
pub use key::{InvalidKey, SasKey};
#[cfg(feature = "sas")]
pub use resource::SasResource;
pub use token::SasToken;
#[cfg(all(feature = "sas", feature = "alloc"))]
pub use verify::{InvalidSas, SharedAccessSignature};
