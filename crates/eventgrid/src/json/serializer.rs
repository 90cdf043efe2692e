//! Any `serde::Serialize`, written straight into the buffer.
//!
//! What comes out is what `serde_json::to_string` gives; without `std`, but for the notation of
//! some floating point numbers.

use core::fmt::Display;

use serde::ser::{
    Error, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::error::{Message, WriteError};
use super::text_serializer::TextSerializer;
use super::writer::{JsonWriter, WriteJson};

/// Through the type's `Serialize`, without a tree or a copy in between.
impl<T: Serialize + ?Sized> WriteJson for T {
    fn write_json(&self, out: &mut JsonWriter<'_, '_>) -> Result<(), WriteError> {
        self.serialize(out)
    }
}

impl Error for WriteError {
    fn custom<T: Display>(message: T) -> Self {
        Self::Custom(Message::new(message))
    }
}

impl<'x, 'w, 'b> Serializer for &'x mut JsonWriter<'w, 'b> {
    type Ok = ();
    type Error = WriteError;
    type SerializeSeq = Compound<'x, 'w, 'b>;
    type SerializeTuple = Compound<'x, 'w, 'b>;
    type SerializeTupleStruct = Compound<'x, 'w, 'b>;
    type SerializeTupleVariant = Compound<'x, 'w, 'b>;
    type SerializeMap = Compound<'x, 'w, 'b>;
    type SerializeStruct = Compound<'x, 'w, 'b>;
    type SerializeStructVariant = Compound<'x, 'w, 'b>;

    fn serialize_bool(self, truth: bool) -> Result<(), WriteError> {
        self.boolean(truth)
    }

    fn serialize_i8(self, number: i8) -> Result<(), WriteError> {
        self.i64(number.into())
    }

    fn serialize_i16(self, number: i16) -> Result<(), WriteError> {
        self.i64(number.into())
    }

    fn serialize_i32(self, number: i32) -> Result<(), WriteError> {
        self.i64(number.into())
    }

    fn serialize_i64(self, number: i64) -> Result<(), WriteError> {
        self.i64(number)
    }

    fn serialize_i128(self, number: i128) -> Result<(), WriteError> {
        self.integer(number)
    }

    fn serialize_u8(self, number: u8) -> Result<(), WriteError> {
        self.u64(number.into())
    }

    fn serialize_u16(self, number: u16) -> Result<(), WriteError> {
        self.u64(number.into())
    }

    fn serialize_u32(self, number: u32) -> Result<(), WriteError> {
        self.u64(number.into())
    }

    fn serialize_u64(self, number: u64) -> Result<(), WriteError> {
        self.u64(number)
    }

    fn serialize_u128(self, number: u128) -> Result<(), WriteError> {
        self.integer(number)
    }

    fn serialize_f32(self, number: f32) -> Result<(), WriteError> {
        self.f32(number)
    }

    fn serialize_f64(self, number: f64) -> Result<(), WriteError> {
        self.f64(number)
    }

    fn serialize_char(self, character: char) -> Result<(), WriteError> {
        self.string(character.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<(), WriteError> {
        self.string(text)
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), WriteError> {
        self.begin_array()?;
        for &byte in bytes {
            self.u64(byte.into())?;
        }
        self.end_array()
    }

    fn serialize_none(self) -> Result<(), WriteError> {
        self.null()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), WriteError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), WriteError> {
        self.null()
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), WriteError> {
        self.null()
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<(), WriteError> {
        self.string(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<(), WriteError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), WriteError> {
        self.begin_object()?;
        self.member(variant)?;
        value.serialize(&mut *self)?;
        self.end_object()
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<Compound<'x, 'w, 'b>, WriteError> {
        self.begin_array()?;
        Ok(Compound { out: self, form: Form::Array })
    }

    fn serialize_tuple(self, _len: usize) -> Result<Compound<'x, 'w, 'b>, WriteError> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _len: usize,
    ) -> Result<Compound<'x, 'w, 'b>, WriteError> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Compound<'x, 'w, 'b>, WriteError> {
        self.begin_object()?;
        self.member(variant)?;
        self.begin_array()?;
        Ok(Compound { out: self, form: Form::ArrayOfVariant })
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Compound<'x, 'w, 'b>, WriteError> {
        self.begin_object()?;
        Ok(Compound { out: self, form: Form::Object })
    }

    fn serialize_struct(self, name: &'static str, _len: usize) -> Result<Compound<'x, 'w, 'b>, WriteError> {
        if name == SERDE_JSON_RAW_VALUE || name == SERDE_JSON_NUMBER {
            return Ok(Compound { out: self, form: Form::Verbatim });
        }
        self.serialize_map(None)
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Compound<'x, 'w, 'b>, WriteError> {
        self.begin_object()?;
        self.member(variant)?;
        self.begin_object()?;
        Ok(Compound { out: self, form: Form::ObjectOfVariant })
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<(), WriteError> {
        self.display(&value)
    }
}

/// The names by which `serde_json` tells a serializer that a struct's only field is the text of a
/// value.
const SERDE_JSON_RAW_VALUE: &str = "$serde_json::private::RawValue";
const SERDE_JSON_NUMBER: &str = "$serde_json::private::Number";

/// An array or object that is being written.
#[derive(Debug)]
pub struct Compound<'x, 'w, 'b> {
    out: &'x mut JsonWriter<'w, 'b>,
    form: Form,
}

#[derive(Debug)]
enum Form {
    Array,
    Object,
    /// `{"Variant":[..]}`
    ArrayOfVariant,
    /// `{"Variant":{..}}`
    ObjectOfVariant,
    /// No brackets: the only field is the text of the value.
    Verbatim,
}

impl Compound<'_, '_, '_> {
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WriteError> {
        value.serialize(&mut *self.out)
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), WriteError> {
        if let Form::Verbatim = self.form {
            return value.serialize(TextSerializer::verbatim(self.out));
        }
        self.out.member(name)?;
        value.serialize(&mut *self.out)
    }

    fn close(self) -> Result<(), WriteError> {
        match self.form {
            Form::Array => self.out.end_array(),
            Form::Object => self.out.end_object(),
            Form::ArrayOfVariant => {
                self.out.end_array()?;
                self.out.end_object()
            }
            Form::ObjectOfVariant => {
                self.out.end_object()?;
                self.out.end_object()
            }
            Form::Verbatim => Ok(()),
        }
    }
}

impl SerializeMap for Compound<'_, '_, '_> {
    type Ok = ();
    type Error = WriteError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), WriteError> {
        key.serialize(TextSerializer::quoted(self.out))?;
        self.out.begin_member_value()
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WriteError> {
        self.element(value)
    }

    fn end(self) -> Result<(), WriteError> {
        self.close()
    }
}

/// The traits that differ by name alone.
macro_rules! compound {
    ($($serialize:ident: $method:ident($($name:ident: $text:ty)?) by $own:ident;)*) => {$(
        impl $serialize for Compound<'_, '_, '_> {
            type Ok = ();
            type Error = WriteError;

            fn $method<T: Serialize + ?Sized>(&mut self, $($name: $text,)? value: &T) -> Result<(), WriteError> {
                self.$own($($name,)? value)
            }

            fn end(self) -> Result<(), WriteError> {
                self.close()
            }
        }
    )*};
}

compound! {
    SerializeSeq: serialize_element() by element;
    SerializeTuple: serialize_element() by element;
    SerializeTupleStruct: serialize_field() by element;
    SerializeTupleVariant: serialize_field() by element;
    SerializeStruct: serialize_field(name: &'static str) by field;
    SerializeStructVariant: serialize_field(name: &'static str) by field;
}

#[cfg(test)]
mod tests {
    use core::fmt;

    use serde::Serialize;

    use super::*;
    use eventgrid_transport::Buf;

    fn written<T: Serialize + ?Sized>(value: &T, expected: &str) {
        let mut storage = [0; 256];
        let mut buf = Buf::new(&mut storage);
        value.write_json(&mut JsonWriter::new(&mut buf)).unwrap();
        assert_eq!(core::str::from_utf8(buf.filled()), Ok(expected));
    }

    #[derive(Serialize)]
    struct Reading<'a> {
        sensor: &'a str,
        celsius: f32,
        status: Status,
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<&'a str>,
    }

    #[derive(Serialize)]
    enum Status {
        Fine,
        Failing(u8),
        Swapped { by: &'static str },
        Moved(i32, i32),
    }

    #[test]
    fn structs_and_enums_take_their_usual_forms() {
        let reading = |status| Reading { sensor: "a\"b", celsius: 21.1, status, note: None };
        written(&reading(Status::Fine), r#"{"sensor":"a\"b","celsius":21.1,"status":"Fine"}"#);
        written(&reading(Status::Failing(3)).status, r#"{"Failing":3}"#);
        written(&reading(Status::Swapped { by: "me" }).status, r#"{"Swapped":{"by":"me"}}"#);
        written(&(Status::Moved(-1, 2), ()), r#"[{"Moved":[-1,2]},null]"#);
    }

    #[test]
    fn what_displays_itself_is_escaped_on_the_way() {
        struct Shown;
        impl Serialize for Shown {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl Display for Shown {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a\"")?;
                f.write_str("\n")
            }
        }
        written(&[Shown, Shown], r#"["a\"\n","a\"\n"]"#);
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let mut storage = [0; 7];
        let mut buf = Buf::new(&mut storage);
        let mut out = JsonWriter::new(&mut buf);
        assert_eq!(["abc", "def"].write_json(&mut out), Err(WriteError::Full));
    }
}
