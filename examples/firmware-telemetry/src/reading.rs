//! What the device measures.

use eventgrid::json::{JsonWriter, WriteError, WriteJson};

/// A temperature. It is a scaled integer, since writing a float as text takes 10 kB of flash.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// Which one since the start of the device, from 1: a gap tells that readings were dropped.
    pub number: u32,
    /// Hundredths of a degree Celsius.
    pub centicelsius: i32,
}

impl WriteJson for Reading {
    fn write_json(&self, out: &mut JsonWriter<'_, '_>) -> Result<(), WriteError> {
        out.begin_object()?;
        out.member("number")?;
        out.u64(self.number.into())?;
        out.member("centicelsius")?;
        out.i32(self.centicelsius)?;
        out.end_object()
    }
}
