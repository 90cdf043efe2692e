//! What the device measures.

use eventgrid::json::{JsonWriter, WriteError, WriteJson};

/// A temperature. It is a scaled integer, since writing a float as text takes 10 kB of flash.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    /// Hundredths of a degree Celsius.
    pub(crate) centicelsius: i32,
}

impl WriteJson for Reading {
    fn write_json(&self, out: &mut JsonWriter<'_, '_>) -> Result<(), WriteError> {
        out.begin_object()?;
        out.member("centicelsius")?;
        out.i32(self.centicelsius)?;
        out.end_object()
    }
}
