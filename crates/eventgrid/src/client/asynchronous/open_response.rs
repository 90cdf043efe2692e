//! A response that is read in pieces.

use core::fmt;

use eventgrid_transport::{AsyncReadBody, TransportError};

use crate::client::raw::{RawResponse, Reading, Whole};
use crate::error::Error;
use crate::http::reason;

/// The response to a [`RawRequest`](crate::RawRequest), whatever its status, whose body is read in
/// pieces, so that a body of any size takes constant memory.
///
/// The connection is in use as long as this value exists. It is used again if the body was read to
/// its end, and closed if this value is dropped before.
///
/// ```
/// use eventgrid::{AccessKey, AsyncOpen, AsyncSleep, Consumer, RawRequest};
/// use std::io::Write;
///
/// # async fn example<T: AsyncOpen<Error: Send + Sync>, E: AsyncSleep>(
/// #     consumer: &Consumer<T, E, AccessKey<'_>>,
/// # ) -> Result<(), Box<dyn std::error::Error>> {
/// let mut response = consumer.open_request(&RawRequest::new("GET", "/large")).await?;
/// assert_eq!(response.status(), 200);
/// let (mut file, mut piece) = (std::fs::File::create("large")?, [0; 4096]);
/// while let read @ 1.. = response.read(&mut piece).await? {
///     file.write_all(&piece[..read])?;
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "only its status says whether the service did what was asked"]
pub struct OpenResponse<B> {
    reading: Reading,
    body: B,
}

impl<B> OpenResponse<B> {
    pub(super) fn new(reading: Reading, body: B) -> Self {
        Self { reading, body }
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.reading.head.status()
    }

    /// The standard phrase for the status, as of [`RawResponse::reason`].
    pub fn reason(&self) -> Option<&'static str> {
        reason(self.status())
    }

    /// The value of the first header of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.reading.head.header(name)
    }

    /// All headers, in the order they came.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.reading.head.headers()
    }

    /// How many bytes of the body were read so far.
    pub fn received(&self) -> u64 {
        self.reading.received()
    }
}

impl<B: AsyncReadBody<Error: TransportError>> OpenResponse<B> {
    /// Reads the next bytes of the body into `room`, waiting until at least one has come. Returns
    /// how many came: 0 at the end of the body, or if `room` is empty. Dropping the future loses no
    /// byte.
    ///
    /// The whole body must come before the [total](crate::RetryPolicy::total) of the client's retry
    /// policy has passed since the request began.
    ///
    /// # Errors
    /// [`Error::Transport`] if the body broke off, if no byte came within the idle limit, or if the
    /// total time is over. Its progress says how many bytes came before. No more will come.
    pub async fn read(&mut self, room: &mut [u8]) -> Result<usize, Error<'static, B::Error>> {
        let Self { reading, body } = self;
        let read = reading.span.around(body.read(room)).await;
        reading.took(read)
    }

    /// Reads the rest of the body, up to `limit` bytes.
    ///
    /// # Errors
    /// [`Error::ResponseTooLarge`] if there is more, and those of [`read`](Self::read).
    pub async fn read_whole(mut self, limit: usize) -> Result<RawResponse, Error<'static, B::Error>> {
        let mut whole = Whole::new(limit);
        loop {
            let read = self.read(whole.room()).await?;
            if !whole.took(read)? {
                return Ok(self.reading.into_response(whole));
            }
        }
    }
}

/// Shows no part of the body.
impl<B> fmt::Debug for OpenResponse<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenResponse")
            .field("head", &self.reading.head)
            .field("received", &self.received())
            .finish_non_exhaustive()
    }
}
