//! The data of an event that was received.

use core::fmt;

use crate::json::{JsonStr, Kind, RawJson};

/// The data of a received event.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum DataView<'b> {
    /// There is no data.
    Absent,
    /// JSON, which is also what text arrives as.
    Json(RawJson<'b>),
    /// Bytes, as base64 text.
    Base64(JsonStr<'b>),
    /// Bytes: the body of an event that was pushed in binary content mode.
    Bytes(&'b [u8]),
}

impl<'b> DataView<'b> {
    /// The data as JSON text, exactly as it came.
    ///
    /// # Errors
    /// [`DataError::Absent`] or [`DataError::WrongForm`].
    pub fn as_json(&self) -> Result<RawJson<'b>, DataError> {
        match self {
            Self::Json(json) => Ok(*json),
            Self::Absent => Err(DataError::Absent),
            Self::Base64(_) | Self::Bytes(_) => Err(DataError::WrongForm),
        }
    }

    /// The data as text: what was published as text, or any JSON string.
    ///
    /// # Errors
    /// [`DataError::Absent`], [`DataError::WrongForm`], or [`DataError::Text`] if it has half of a
    /// surrogate pair.
    pub fn as_text(&self) -> Result<JsonStr<'b>, DataError> {
        let json = self.as_json()?;
        if json.kind() != Kind::String {
            return Err(DataError::WrongForm);
        }
        json.reader().string().map_err(DataError::Text)
    }

    /// The data, read into a type of your own.
    ///
    /// ```
    /// #[derive(serde::Deserialize)]
    /// struct Order { total: f64 }
    ///
    /// # #[cfg(feature = "serde_json")] {
    /// # use eventgrid::event::CloudEventView;
    /// # use eventgrid::json::RawJson;
    /// # let json = r#"{"id":"1","source":"s","type":"t","data":{"total":9.5}}"#;
    /// # let event = CloudEventView::parse(RawJson::parse(json).unwrap()).unwrap();
    /// let order: Order = event.data().deserialize()?;
    /// assert_eq!(order.total, 9.5);
    /// # }
    /// # Ok::<(), eventgrid::event::DataError>(())
    /// ```
    ///
    /// # Errors
    /// [`DataError::Absent`], [`DataError::WrongForm`], or [`DataError::Deserialize`] if it does
    /// not fit the type.
    #[cfg(feature = "serde_json")]
    pub fn deserialize<T: serde::Deserialize<'b>>(&self) -> Result<T, DataError> {
        serde_json::from_str(self.as_json()?.as_str()).map_err(DataError::Deserialize)
    }

    /// Reads the data into a type of your own without a heap.
    ///
    /// Strings without escapes are borrowed from the event. The others are decoded in `scratch`,
    /// one at a time, so it needs room for the longest decoded string; data without escapes needs
    /// no room. A type that borrows (`&str`) takes only strings without escapes, because a decoded
    /// string is overwritten by the next.
    ///
    /// ```
    /// #[derive(serde::Deserialize)]
    /// struct Command<'a> {
    ///     valve: &'a str,
    ///     percent: u8,
    /// }
    ///
    /// # #[cfg(feature = "serde")] {
    /// # use eventgrid::event::CloudEventView;
    /// # use eventgrid::json::RawJson;
    /// # let json = r#"{"id":"1","source":"s","type":"t","data":{"valve":"inlet","percent":40}}"#;
    /// # let event = CloudEventView::parse(RawJson::parse(json).unwrap()).unwrap();
    /// let mut scratch = [0; 64];
    /// let command: Command<'_> = event.data().deserialize_in(&mut scratch)?;
    /// assert_eq!((command.valve, command.percent), ("inlet", 40));
    /// # }
    /// # Ok::<(), eventgrid::event::DataError>(())
    /// ```
    ///
    /// # Errors
    /// [`DataError::Absent`], [`DataError::WrongForm`], or [`DataError::DeserializeIn`] if the data
    /// does not fit the type, or if `scratch` is too small: the error says how much room is needed.
    #[cfg(feature = "serde")]
    pub fn deserialize_in<T: serde::Deserialize<'b>>(&self, scratch: &mut [u8]) -> Result<T, DataError> {
        self.as_json()?.deserialize_in(scratch).map_err(DataError::DeserializeIn)
    }

    /// The data as bytes, decoded from base64 if necessary.
    ///
    /// # Errors
    /// [`DataError::Absent`], [`DataError::WrongForm`], or [`DataError::Base64`].
    #[cfg(all(feature = "base64", feature = "alloc"))]
    pub fn to_bytes(&self) -> Result<alloc::vec::Vec<u8>, DataError> {
        use base64::Engine;

        if let Self::Bytes(bytes) = self {
            return Ok(bytes.to_vec());
        }
        let base64 = self.base64()?.to_cow();
        base64::engine::general_purpose::STANDARD.decode(base64.as_bytes()).map_err(|_| DataError::Base64)
    }

    /// The data as bytes, decoded from base64 if necessary, in a buffer of the caller. It needs
    /// three bytes for each four characters of base64.
    ///
    /// # Errors
    /// [`DataError::Absent`], [`DataError::WrongForm`], [`DataError::Base64`], or
    /// [`DataError::TooLarge`] if it does not fit.
    #[cfg(feature = "base64")]
    pub fn to_bytes_in<'s>(&self, buffer: &'s mut [u8]) -> Result<&'s [u8], DataError> {
        if let Self::Bytes(bytes) = self {
            let room = buffer.get_mut(..bytes.len()).ok_or(DataError::TooLarge)?;
            room.copy_from_slice(bytes);
            return Ok(room);
        }
        let base64 = self.base64()?;
        let len = match base64.as_str() {
            Some(base64) => decode_base64(base64.as_bytes(), buffer)?,
            // Some libraries escape `/` or `+`, which JSON allows.
            None => decode_escaped_base64(base64, buffer)?,
        };
        buffer.get(..len).ok_or(DataError::TooLarge)
    }

    #[cfg(feature = "base64")]
    fn base64(&self) -> Result<JsonStr<'b>, DataError> {
        match self {
            Self::Base64(base64) => Ok(*base64),
            Self::Absent => Err(DataError::Absent),
            Self::Json(_) | Self::Bytes(_) => Err(DataError::WrongForm),
        }
    }
}

/// Decodes into the beginning of the buffer. Returns how many bytes that are.
#[cfg(feature = "base64")]
fn decode_base64(base64: &[u8], buffer: &mut [u8]) -> Result<usize, DataError> {
    use base64::{DecodeSliceError, Engine, prelude::BASE64_STANDARD};

    BASE64_STANDARD.decode_slice(base64, buffer).map_err(|error| match error {
        DecodeSliceError::DecodeError(_) => DataError::Base64,
        DecodeSliceError::OutputSliceTooSmall => DataError::TooLarge,
    })
}

/// As [`decode_base64`], four characters at a time.
#[cfg(feature = "base64")]
fn decode_escaped_base64(base64: JsonStr<'_>, buffer: &mut [u8]) -> Result<usize, DataError> {
    let mut characters = base64.chars().map(|character| u8::try_from(character).unwrap_or_default());
    let (mut len, mut is_last) = (0, false);
    while let Some(first) = characters.next() {
        let mut next = || characters.next().ok_or(DataError::Base64);
        let group = [first, next()?, next()?, next()?];
        if is_last {
            return Err(DataError::Base64);
        }
        len += decode_base64(&group, buffer.get_mut(len..).unwrap_or_default())?;
        is_last = group.contains(&b'=');
    }
    Ok(len)
}

/// Why the data of a received event cannot be read in the requested form.
#[derive(Debug)]
#[non_exhaustive]
pub enum DataError {
    /// The event has no data.
    Absent,
    /// It has data in another form: bytes instead of JSON or text, or the other way around.
    WrongForm,
    /// Its text has half of a surrogate pair.
    Text(crate::json::JsonError),
    /// Its bytes are not base64 text.
    Base64,
    /// Its bytes do not fit into the buffer.
    TooLarge,
    /// It does not fit the type.
    #[cfg(feature = "serde_json")]
    Deserialize(serde_json::Error),
    /// It does not fit the type, or the room to decode its strings is too small.
    #[cfg(feature = "serde")]
    DeserializeIn(crate::json::DeserializeError),
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "the event has no data",
            Self::WrongForm => "the event has data in another form than was asked for",
            Self::Text(_) => "the event's text cannot be decoded",
            Self::Base64 => "the event's bytes are not base64 text",
            Self::TooLarge => "the event's bytes do not fit into the buffer: lend a larger one",
            #[cfg(feature = "serde_json")]
            Self::Deserialize(_) => "the event's data does not fit the type",
            #[cfg(feature = "serde")]
            Self::DeserializeIn(_) => "the event's data cannot be read into the type",
        })
    }
}

impl core::error::Error for DataError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Text(error) => Some(error),
            #[cfg(feature = "serde_json")]
            Self::Deserialize(error) => Some(error),
            #[cfg(feature = "serde")]
            Self::DeserializeIn(error) => Some(error),
            _ => None,
        }
    }
}
