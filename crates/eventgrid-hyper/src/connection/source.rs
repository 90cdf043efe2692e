//! What every response has in common, whatever carries it.

use hyper::body::Bytes;
use hyper::header::HeaderMap;

use crate::error::Error;

/// A response whose body is still to be read.
pub(crate) trait Source {
    fn status(&self) -> u16;

    fn headers(&self) -> &HeaderMap;

    /// How many bytes the body has at least, as far as is known.
    fn least_length(&self) -> u64;

    /// The next piece of the body; `None` is its end.
    fn read(&mut self) -> impl Future<Output = Result<Option<Bytes>, Error>> + Send;
}
