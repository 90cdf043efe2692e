//! What `rustls-webpki` does not give without a heap: the public key of a certificate, and what
//! that key may be used for.

use der::asn1::{AnyRef, BitStringRef, ObjectIdentifier, OctetStringRef};
use der::{Decode, Reader, SliceReader, Tag, TagNumber, Tagged};

/// `id-ce-keyUsage`, RFC 5280 section 4.2.1.3.
const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");

/// The parts of a certificate that are looked at here.
pub(super) struct Certificate<'a> {
    /// The `SubjectPublicKeyInfo`, with its tag and length.
    pub(super) public_key: &'a [u8],
    /// The first eight bits of the key usage, if the certificate restricts it.
    key_usage: Option<u8>,
}

impl<'a> Certificate<'a> {
    /// Finds the parts in a certificate. `rustls-webpki` checks the rest of it.
    pub(super) fn parse(certificate: &'a [u8]) -> der::Result<Self> {
        let mut signed = elements(AnyRef::from_der(certificate)?)?;
        let mut fields = elements(AnyRef::decode(&mut signed)?)?;
        if fields.peek_tag()? == context_specific(TagNumber::N0) {
            fields.tlv_bytes()?; // version
        }
        for _ in ["serial number", "signature", "issuer", "validity", "subject"] {
            fields.tlv_bytes()?;
        }
        let public_key = fields.tlv_bytes()?;
        let mut key_usage = None;
        while !fields.is_finished() {
            let field = AnyRef::decode(&mut fields)?;
            if field.tag() == context_specific(TagNumber::N3) {
                key_usage = find_key_usage(AnyRef::from_der(field.value())?)?;
            }
        }
        Ok(Self { public_key, key_usage })
    }

    /// Whether the key may sign a handshake.
    pub(super) fn may_sign(&self) -> bool {
        self.may(0)
    }

    /// Whether the key may sign certificates.
    pub(super) fn may_issue(&self) -> bool {
        self.may(5)
    }

    fn may(&self, bit: u32) -> bool {
        self.key_usage.is_none_or(|usage| usage & (0x80 >> bit) != 0)
    }
}

fn find_key_usage(extensions: AnyRef<'_>) -> der::Result<Option<u8>> {
    let mut extensions = elements(extensions)?;
    while !extensions.is_finished() {
        let mut extension = elements(AnyRef::decode(&mut extensions)?)?;
        if ObjectIdentifier::decode(&mut extension)? == KEY_USAGE {
            if extension.peek_tag()? == Tag::Boolean {
                extension.tlv_bytes()?; // critical
            }
            let value = OctetStringRef::decode(&mut extension)?;
            let bits = BitStringRef::from_der(value.as_bytes())?;
            return Ok(Some(bits.raw_bytes().first().copied().unwrap_or(0)));
        }
    }
    Ok(None)
}

/// The elements of a sequence.
fn elements(sequence: AnyRef<'_>) -> der::Result<SliceReader<'_>> {
    sequence.tag().assert_eq(Tag::Sequence)?;
    SliceReader::new(sequence.value())
}

fn context_specific(number: TagNumber) -> Tag {
    Tag::ContextSpecific { constructed: true, number }
}
