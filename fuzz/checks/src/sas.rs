//! Shared access signatures: hostile ones are read as by a naive reader; signed ones verify for
//! their resource until they expire; changed ones do not. Input: a token as text, whose bytes also
//! serve as a key, a name and a time.

use std::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use base64::{Engine, engine::general_purpose::STANDARD};
use eventgrid::sas::{InvalidSas, SasKey, SharedAccessSignature};
use eventgrid::{Buf, SasToken};
use sha2::{Digest, Sha256};

use crate::dates;
use crate::tree::text;

/// Runs the check.
///
/// # Panics
/// If a token is read as another one, or gives more access than it should.
pub fn check(input: &[u8]) {
    if let Ok(token) = std::str::from_utf8(input) {
        hostile(token);
        refused(token);
    }
    signed(&mut Unstructured::new(input)).ok();
}

const OTHER_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn hostile(token: &str) {
    let parsed = SharedAccessSignature::parse(token);
    let expected = match parts(token) {
        None => Err(InvalidSas::Format),
        Some((resource, expiry)) => {
            dates::expiry(&expiry).map(|expiry| (resource, expiry)).ok_or(InvalidSas::Expiry)
        }
    };
    let ours = parsed.as_ref().map(|token| (token.resource().to_owned(), token.expiry()));
    assert_eq!(ours.map_err(|error| *error), expected, "{token}");
    let Ok(parsed) = parsed else { return };
    let key = SasKey::new(OTHER_KEY).unwrap();
    let result = parsed.verify([&key], parsed.resource(), Duration::ZERO);
    let (signed, signature) = token.split_once("&s=").unwrap();
    let signature = decoded(signature).and_then(|signature| STANDARD.decode(signature).ok());
    let is_signed = signature == Some(hmac(&STANDARD.decode(OTHER_KEY).unwrap(), signed.as_bytes()).to_vec());
    assert_eq!(result == Err(InvalidSas::Signature), !is_signed, "{token}");
    let shown = format!(
        "SharedAccessSignature {{ resource: {:?}, expiry: {:?}, .. }}",
        parsed.resource(),
        parsed.expiry()
    );
    assert_eq!(format!("{parsed:?}"), shown, "nothing of the signature");
}

/// A token to be sent is refused if the service would not read it.
fn refused(token: &str) {
    let mut names: Vec<_> = token.split('&').map(|part| part.split_once('=').unwrap_or((part, ""))).collect();
    names.sort_unstable();
    let expected = match names[..] {
        _ if !token.bytes().all(|byte| byte.is_ascii_graphic()) => None,
        [("e", expiry), ("r", resource), ("s", signature)]
            if ![expiry, resource, signature].contains(&"") =>
        {
            decoded(expiry).and_then(|expiry| dates::expiry(&expiry))
        }
        _ => None,
    };
    assert_eq!(SasToken::new(token).expiry().ok(), expected, "{token}");
}

/// Resource and expiry, decoded, if the token consists of these and a signature, in this order.
fn parts(token: &str) -> Option<(String, String)> {
    let parts: Vec<_> = token.split('&').collect();
    let [resource, expiry, signature] = parts[..] else { return None };
    let resource = decoded(resource.strip_prefix("r=")?)?;
    let expiry = decoded(expiry.strip_prefix("e=")?)?;
    STANDARD.decode(decoded(signature.strip_prefix("s=")?)?).ok()?;
    Some((resource, expiry))
}

/// Undoes percent-encoding. Each percent sign must have two digits behind it.
fn decoded(text: &str) -> Option<String> {
    let valid = |piece: &str| piece.len() >= 2 && piece.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit);
    if !text.split('%').skip(1).all(valid) {
        return None;
    }
    let text = text.replace('+', " ");
    percent_encoding::percent_decode_str(&text).decode_utf8().ok().map(Into::into)
}

fn signed(input: &mut Unstructured<'_>) -> arbitrary::Result<()> {
    let secret = text(input)?.into_bytes();
    // Up to ten thousand years, which is beyond the last date that can be written.
    let seconds = u64::from(u32::arbitrary(input)?) * 74;
    let now = Duration::from_secs(seconds);
    let name: String = text(input)?.chars().filter(char::is_ascii_alphanumeric).collect();
    let url = text(input)?;
    let Ok(key) = SasKey::new(&STANDARD.encode(&secret)) else {
        assert!(secret.is_empty());
        return Ok(());
    };
    let last = Duration::from_secs(253_402_300_799);

    // Any text at all can be signed, and is read again.
    let token = key.token(url.as_str(), now);
    let parsed = SharedAccessSignature::parse(token.as_str()).unwrap();
    assert_eq!((parsed.resource(), parsed.expiry()), (url.as_str(), now.min(last)));
    let (text, signature) = token.as_str().split_once("&s=").unwrap();
    let expected = STANDARD.encode(hmac(&secret, text.as_bytes()));
    assert_eq!(decoded(signature).as_deref(), Some(expected.as_str()));
    let mut storage = vec![0; token.as_str().len()];
    let mut buf = Buf::new(&mut storage);
    key.sign(text, &mut buf).unwrap();
    assert_eq!(buf.filled(), token.as_str().as_bytes());
    assert!(key.sign(text, &mut Buf::new(&mut vec![0; token.as_str().len() - 1])).is_err());

    // It is good for its resource and what lies below, until it expires.
    let origin = "https://h.example";
    let topic = format!("{origin}/topics/x{name}");
    let token = key.token(topic.as_str(), now);
    let parsed = SharedAccessSignature::parse(token.as_str()).unwrap();
    let other = SasKey::new(OTHER_KEY).unwrap();
    let before = now.min(last).saturating_sub(Duration::from_nanos(1));
    for below in ["", "/", "/y", ":publish", "?a=b", ":publish?a=b"] {
        let url = format!("{topic}{below}");
        let at = |now| parsed.verify([&other, &key], &url, now);
        assert_eq!(at(before), if seconds == 0 { Err(InvalidSas::Expired) } else { Ok(()) }, "{url}");
        assert_eq!(at(now), Err(InvalidSas::Expired), "{url}");
        assert_eq!(parsed.verify([&other], &url, before), Err(InvalidSas::Signature));
        assert_eq!(parsed.verify([], &url, before), Err(InvalidSas::Signature));
    }
    for beside in [
        format!("{topic}y"),
        format!("{topic}%2Fy"),
        topic.replace("https", "http"),
        topic.replace("h.", "i."),
        "https://h.example/topics".to_owned(),
        url,
    ] {
        let covered = parsed.verify([&key], &beside, before);
        let is_same = below(&beside, origin)
            .map(|path| path.strip_prefix(":443").unwrap_or(path))
            .and_then(|path| path.strip_prefix(&topic[origin.len()..]))
            .is_some_and(|below| !below.starts_with(['y', '%']));
        assert!(is_same || covered == Err(InvalidSas::Resource), "{beside}");
    }
    changed(token.as_str(), &key, &topic, input)
}

/// What follows an origin, in which case does not count.
fn below<'u>(url: &'u str, origin: &str) -> Option<&'u str> {
    let (start, rest) = url.split_at_checked(origin.len())?;
    start.eq_ignore_ascii_case(origin).then_some(rest)
}

/// After any change to what was signed, the signature does not fit any more.
fn changed(token: &str, key: &SasKey, url: &str, input: &mut Unstructured<'_>) -> arbitrary::Result<()> {
    let (signed, _) = token.split_once("&s=").unwrap();
    let at = usize::from(u8::arbitrary(input)?) % signed.len();
    let byte = u8::arbitrary(input)? & 0x7f;
    let mut bytes = token.as_bytes().to_vec();
    if bytes[at] != byte {
        bytes[at] = byte;
        let changed = String::from_utf8(bytes).unwrap();
        if let Ok(parsed) = SharedAccessSignature::parse(&changed) {
            assert_eq!(parsed.verify([key], url, Duration::ZERO), Err(InvalidSas::Signature), "{changed}");
        }
    }
    Ok(())
}

/// HMAC-SHA256 by its definition (RFC 2104).
fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut block = [0; 64];
    let hashed = Sha256::digest(key);
    let key = if key.len() > block.len() { hashed.as_slice() } else { key };
    block[..key.len()].copy_from_slice(key);
    let hash = |pad: u8, text: &[u8]| -> [u8; 32] {
        let padded = block.map(|byte| byte ^ pad);
        Sha256::new().chain_update(padded).chain_update(text).finalize().into()
    };
    hash(0x5c, &hash(0x36, text))
}
