//! Extension attributes: those that CloudEvents does not define itself.

use core::ops::Deref;

use crate::json::JsonText;
use crate::text::Text;

/// An extension attribute of a [`CloudEvent`](crate::CloudEvent).
///
/// Two of them are equal if their names and values are.
#[derive(Debug, Clone)]
pub struct Extension<'a> {
    /// Its name: at most 20 ASCII lower-case letters and digits, and not the name of another
    /// attribute. In a received event it may be anything.
    pub name: Text<'a>,
    /// Its value.
    pub value: ExtensionValue<'a>,
    pub(super) name_rule: NameRule,
}

/// The rule for a name that is checked when the event is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameRule {
    /// The rule of CloudEvents, and at most 20 characters.
    Short,
    /// The rule of CloudEvents.
    AnyLength,
    /// No rule, because the service has sent it.
    AsReceived,
}

impl<'a> Extension<'a> {
    /// An attribute; its name is checked when the event is published.
    pub fn new(name: impl Into<Text<'a>>, value: impl Into<ExtensionValue<'a>>) -> Self {
        Self { name: name.into(), value: value.into(), name_rule: NameRule::Short }
    }

    /// Allows a name of more than 20 characters. CloudEvents 1.0 advises against it, and Event
    /// Grid's documentation of namespaces forbids it, but events with longer names are delivered.
    ///
    /// ```
    /// use eventgrid::CloudEvent;
    /// use eventgrid::event::Extension;
    ///
    /// let extensions = [Extension::new("kafkaheadercontenttype", "application/json").allow_long_name()];
    /// let event = CloudEvent::new("1", "urn:shop", "Order.Created").with_extensions(&extensions);
    /// assert_eq!(event.check(), Ok(()));
    /// ```
    #[must_use]
    pub fn allow_long_name(mut self) -> Self {
        if self.name_rule == NameRule::Short {
            self.name_rule = NameRule::AnyLength;
        }
        self
    }

    /// An attribute that was received, whose name can be anything.
    #[cfg(feature = "alloc")]
    pub(super) fn received(name: Text<'a>, value: ExtensionValue<'a>) -> Self {
        Self { name, value, name_rule: NameRule::AsReceived }
    }

    /// The same attribute, independent of what it was borrowed from.
    #[cfg(feature = "alloc")]
    pub fn into_owned(self) -> Extension<'static> {
        Extension { name: self.name.into_owned(), value: self.value.into_owned(), name_rule: self.name_rule }
    }
}

impl PartialEq for Extension<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.value == other.value
    }
}

impl Eq for Extension<'_> {}

/// The value of an extension attribute, in one of the types that CloudEvents 1.0 has for JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExtensionValue<'a> {
    /// Text; also what a URI, a timestamp or binary data is written as.
    String(Text<'a>),
    /// A whole number of 32 bits.
    Integer(i32),
    /// True or false.
    Boolean(bool),
    /// JSON of a type that CloudEvents does not have, such as `4247483647`, `0.5`, `5.0` or
    /// `{"route":"a"}`: a received value is kept, and forwarded unchanged. Whether the service
    /// accepts it is not documented. In binary content mode it is sent as its JSON text.
    Json(JsonText<'a>),
}

#[cfg(feature = "alloc")]
impl ExtensionValue<'_> {
    /// The same value, independent of what it was borrowed from.
    pub fn into_owned(self) -> ExtensionValue<'static> {
        match self {
            Self::String(text) => ExtensionValue::String(text.into_owned()),
            Self::Integer(integer) => ExtensionValue::Integer(integer),
            Self::Boolean(boolean) => ExtensionValue::Boolean(boolean),
            Self::Json(json) => ExtensionValue::Json(json.into_owned()),
        }
    }

    fn comparable(&self) -> Comparable<'_> {
        match self {
            Self::String(text) => Comparable::String(text.as_str()),
            Self::Integer(integer) => Comparable::Integer(*integer),
            Self::Boolean(boolean) => Comparable::Boolean(*boolean),
            Self::Json(json) => Comparable::Json(json.as_str()),
        }
    }
}

impl<'a> From<&'a str> for ExtensionValue<'a> {
    fn from(text: &'a str) -> Self {
        Self::String(text.into())
    }
}

impl<'a> From<Text<'a>> for ExtensionValue<'a> {
    fn from(text: Text<'a>) -> Self {
        Self::String(text)
    }
}

#[cfg(feature = "alloc")]
impl From<alloc::string::String> for ExtensionValue<'_> {
    fn from(text: alloc::string::String) -> Self {
        Self::String(text.into())
    }
}

impl From<i32> for ExtensionValue<'_> {
    fn from(integer: i32) -> Self {
        Self::Integer(integer)
    }
}

impl From<bool> for ExtensionValue<'_> {
    fn from(boolean: bool) -> Self {
        Self::Boolean(boolean)
    }
}

/// The extension attributes of a [`CloudEvent`](crate::CloudEvent): a borrowed slice or, with
/// feature `alloc`, a list.
///
/// Their order does not matter: two of them are equal if each has every attribute of the other.
#[derive(Debug, Clone)]
pub struct Extensions<'a>(Repr<'a>);

#[derive(Debug, Clone)]
enum Repr<'a> {
    Borrowed(&'a [Extension<'a>]),
    #[cfg(feature = "alloc")]
    Owned(alloc::vec::Vec<Extension<'a>>),
}

impl<'a> Extensions<'a> {
    /// Attributes that live elsewhere.
    pub const fn borrowed(extensions: &'a [Extension<'a>]) -> Self {
        Self(Repr::Borrowed(extensions))
    }

    /// Adds an attribute.
    #[cfg(feature = "alloc")]
    pub fn push(&mut self, extension: Extension<'a>) {
        if let Repr::Borrowed(extensions) = self.0 {
            self.0 = Repr::Owned(extensions.to_vec());
        }
        if let Repr::Owned(extensions) = &mut self.0 {
            extensions.push(extension);
        }
    }

    /// The same attributes, independent of what they were borrowed from.
    #[cfg(feature = "alloc")]
    pub fn into_owned(self) -> Extensions<'static> {
        let extensions = match self.0 {
            Repr::Borrowed(extensions) => extensions.to_vec(),
            Repr::Owned(extensions) => extensions,
        };
        extensions.into_iter().map(Extension::into_owned).collect()
    }
}

#[cfg(feature = "alloc")]
impl<'a> FromIterator<Extension<'a>> for Extensions<'a> {
    fn from_iter<I: IntoIterator<Item = Extension<'a>>>(extensions: I) -> Self {
        Self(Repr::Owned(extensions.into_iter().collect()))
    }
}

impl PartialEq for Extensions<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && (self[..] == other[..] || have_same(self, other))
    }
}

impl Eq for Extensions<'_> {}

/// Whether each has every attribute of the other. They are sorted, since whoever sends an event
/// chooses how many it has.
#[cfg(feature = "alloc")]
fn have_same(one: &[Extension<'_>], other: &[Extension<'_>]) -> bool {
    sorted(one) == sorted(other)
}

#[cfg(feature = "alloc")]
fn sorted<'e>(extensions: &'e [Extension<'e>]) -> alloc::vec::Vec<(&'e str, Comparable<'e>)> {
    let parts = |extension: &'e Extension<'e>| (extension.name.as_str(), extension.value.comparable());
    let mut sorted: alloc::vec::Vec<_> = extensions.iter().map(parts).collect();
    sorted.sort_unstable();
    sorted.dedup();
    sorted
}

/// A value with an order, which has no meaning.
#[cfg(feature = "alloc")]
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Comparable<'e> {
    String(&'e str),
    Integer(i32),
    Boolean(bool),
    Json(&'e str),
}

/// Whether each has every attribute of the other. Without a heap, the program has listed them.
#[cfg(not(feature = "alloc"))]
fn have_same(one: &[Extension<'_>], other: &[Extension<'_>]) -> bool {
    one.iter().all(|extension| other.contains(extension))
        && other.iter().all(|extension| one.contains(extension))
}

impl Default for Extensions<'_> {
    fn default() -> Self {
        Self::borrowed(&[])
    }
}

impl<'a> Deref for Extensions<'a> {
    type Target = [Extension<'a>];

    fn deref(&self) -> &[Extension<'a>] {
        match &self.0 {
            Repr::Borrowed(extensions) => extensions,
            #[cfg(feature = "alloc")]
            Repr::Owned(extensions) => extensions,
        }
    }
}
