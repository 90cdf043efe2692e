//! The exact bytes of every signed token, and how tokens are sent.

#![cfg(feature = "sas")]

use std::time::Duration;

use eventgrid::calls::RequestContext;
use eventgrid::calls::{Call, Publish};
use eventgrid::credential::{
    Credential, CredentialError, CredentialKind, CredentialRequest, InvalidCredential,
};
use eventgrid::sas::{InvalidKey, SasKey, SasResource};
use eventgrid::target::{Accepts, AnyTarget, BasicTopic, CloudEvents, Domain, PartnerChannel, Target};
use eventgrid::{Buf, BufFull, CloudEvent, Endpoint, NamespaceTopic, SasToken, Subscription};

use crate::sas_tokens::{TOKENS, Token};

/// The bytes 0 to 31, and 0 to 62.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const LONG_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+";

const BASIC: &str = "https://orders.northeurope-1.eventgrid.azure.net/api/events";
const NAMESPACE: &str = "https://plant.northeurope-1.eventgrid.azure.net";

/// 2031-07-04T09:05:00Z.
const JULY_2031: Duration = Duration::from_secs(1_940_922_300);

/// What is appended to an empty buffer.
fn written(write: impl FnOnce(&mut Buf<'_>) -> Result<(), BufFull>) -> String {
    let mut storage = [0; 1024];
    let mut out = Buf::new(&mut storage);
    write(&mut out).unwrap();
    std::str::from_utf8(out.filled()).unwrap().to_owned()
}

fn token<'r>(key: &str, resource: impl Into<SasResource<'r>>, expiry: u64) -> String {
    let key = SasKey::new(key).unwrap();
    written(|out| key.write(resource, Duration::from_secs(expiry), out))
}

/// A token with the hex digits of its percent-encoding in upper case: SDKs differ in that for the
/// signature, which is not signed.
fn upper_case_escapes(token: &str) -> String {
    let mut parts = token.split('%');
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |text, part| {
        let (digits, rest) = part.split_at(2);
        text + "%" + &digits.to_ascii_uppercase() + rest
    })
}

/// Signs anew what a token says, and compares.
fn same_signature(key: &str, token: &str) {
    let (text, signature) = token.split_once("&s=").unwrap();
    let signed = written(|out| SasKey::new(key).unwrap().sign(text, out));
    assert_eq!(signed, format!("{text}&s={}", upper_case_escapes(signature)));
}

#[test]
fn the_signature_is_that_of_the_encoded_text_in_every_dialect() {
    for token in [
        // The SDK for JavaScript.
        "r=https%3A%2F%2Forders.northeurope-1.eventgrid.azure.net%2Fapi%2Fevents%3FapiVersion%3D2018-01-01\
         &e=2%2F29%2F2024%2012%3A00%3A00%20AM&s=ITr3cwD%2BXx5Q6%2BEfzLPegRHSziEkxnnF9hckAZJEG58%3D",
        // The SDK for Python.
        "r=https%3A%2F%2Forders.northeurope-1.eventgrid.azure.net%2Fapi%2Fevents%3FapiVersion%3D2018-01-01\
         &e=2030-11-09%2012%3A34%3A56.5%2B00%3A00&s=H9hNrsr%2BU%2FR7ExrtRcDAOXUttsmz0C3%2F%2BXkqbALVqrw%3D",
        // The SDK for .NET.
        "r=https%3a%2f%2forders.northeurope-1.eventgrid.azure.net%2fapi%2fevents%3fapi-version%3d2018-01-01\
         &e=11%2f9%2f2030+12%3a34%3a56+PM+%2b00%3a00&s=VMIpFM4w2HG8ekQO7E2gL4E22tjA6PfscJYk1yzZ6FI%3d",
        // The SDK for Java.
        "r=https%3A%2F%2Forders.northeurope-1.eventgrid.azure.net%2Fapi%2Fevents%3Fapi-version%3D2018-01-01\
         &e=7%2F4%2F2031+9%3A5%3A0+AM&s=zmQITg6RQs2AbXVWyaTVmjCZ%2FquCdiuiEgxofWL4cEs%3D",
        // The documentation of namespaces.
        "r=https%3A%2F%2Fplant.northeurope-1.eventgrid.azure.net%2Ftopics%2Fboiler\
         &e=2031-07-04T09%3A05%3A00&s=fsMd1ezwRTWsiGzImf31fcj5dgjFRTIjfoGq1Qf7U1I%3D",
    ] {
        same_signature(KEY, token);
    }
}

#[test]
fn a_token_of_event_grid_basic_names_its_endpoint_and_the_version() {
    let expected = "r=https%3A%2F%2Forders.northeurope-1.eventgrid.azure.net%2Fapi%2Fevents%3FapiVersion%3D2018-01-01\
                    &e=2%2F28%2F2025%2011%3A59%3A59%20PM&s=AtnXfPwLFi1GXJvjKU8konYP1euv7N0Moth3l7NrKNg%3D";
    let expiry = 1_740_787_199;
    let topic = BasicTopic::new(BASIC).unwrap();
    let domain = Domain::new(BASIC.trim_end_matches("/api/events")).unwrap();
    let channel = PartnerChannel::new(BASIC, "weather").unwrap();
    assert_eq!(token(KEY, &topic, expiry), expected);
    assert_eq!(token(KEY, &domain, expiry), expected, "a missing path is completed");
    assert_eq!(token(KEY, &channel, expiry), expected);
    assert_eq!(token(KEY, &AnyTarget::from(topic), expiry), expected);
    assert_eq!(token(KEY, format!("{BASIC}?apiVersion=2018-01-01").as_str(), expiry), expected);

    assert_eq!(
        token(LONG_KEY, &domain, 1_920_458_096),
        "r=https%3A%2F%2Forders.northeurope-1.eventgrid.azure.net%2Fapi%2Fevents%3FapiVersion%3D2018-01-01\
         &e=11%2F9%2F2030%2012%3A34%3A56%20PM&s=c3tIHWgps7590vZpxAfOWPrweMe9vnhcygBvV7K%2BsTc%3D"
    );
}

const FOR_NAMESPACE: &str = "r=https%3A%2F%2Fplant.northeurope-1.eventgrid.azure.net\
                             &e=7%2F4%2F2031%209%3A05%3A00%20AM&s=4uKYJrHGcv1FQYC8P4qEYvzBAUpPyiQaPwz0ZbxyjHc%3D";

#[test]
fn a_token_of_a_namespace_is_for_all_of_it_or_a_topic_or_a_subscription() {
    let expiry = JULY_2031.as_secs();
    let endpoint = Endpoint::new(NAMESPACE).unwrap();
    assert_eq!(token(KEY, SasResource::namespace(&endpoint), expiry), FOR_NAMESPACE);
    let topic = NamespaceTopic::new(NAMESPACE, "boiler").unwrap();
    let for_topic = "r=https%3A%2F%2Fplant.northeurope-1.eventgrid.azure.net%2Ftopics%2Fboiler\
         &e=7%2F4%2F2031%209%3A05%3A00%20AM&s=tXbgEIPg9OvzjsyC4ayu%2BI3Bt%2BpiUp9crZ3ic1uKh%2FI%3D";
    assert_eq!(token(KEY, &topic, expiry), for_topic);
    assert_eq!(token(KEY, &AnyTarget::from(topic), expiry), for_topic);
    let subscription = Subscription::new(NAMESPACE, "boiler", "alarms").unwrap();
    assert_eq!(
        token(KEY, &subscription, expiry),
        "r=https%3A%2F%2Fplant.northeurope-1.eventgrid.azure.net%2Ftopics%2Fboiler%2Feventsubscriptions%2Falarms\
         &e=7%2F4%2F2031%209%3A05%3A00%20AM&s=9dt00yPUhP%2Bi3KKRv1SkRpJTCH%2FfAc%2Fp49WJjHsO6Fk%3D"
    );
}

#[test]
fn fractions_of_a_second_are_cut_and_the_year_9999_is_the_last() {
    let key = SasKey::new(KEY).unwrap();
    let token = |expiry| written(|out| key.write(NAMESPACE, expiry, out));
    assert_eq!(token(JULY_2031 + Duration::from_nanos(999_999_999)), FOR_NAMESPACE);
    assert!(token(Duration::MAX).contains("&e=12%2F31%2F9999%2011%3A59%3A59%20PM&s="));
    assert!(token(Duration::ZERO).contains("&e=1%2F1%2F1970%2012%3A00%3A00%20AM&s="));
}

#[cfg(feature = "alloc")]
#[test]
fn an_owned_token_is_the_same() {
    let token = SasKey::new(KEY).unwrap().token(NAMESPACE, JULY_2031);
    assert_eq!(token.as_str(), FOR_NAMESPACE);
}

#[test]
fn what_does_not_fit_changes_nothing_and_counting_tells_the_size() {
    let key = SasKey::new(KEY).unwrap();
    let mut counting = Buf::counting();
    key.write(NAMESPACE, JULY_2031, &mut counting).unwrap();
    assert_eq!(counting.len(), FOR_NAMESPACE.len());
    let (text, _) = FOR_NAMESPACE.split_once("&s=").unwrap();
    for size in 0..FOR_NAMESPACE.len() {
        let mut storage = vec![0; 3 + size];
        let mut out = Buf::new(&mut storage);
        out.extend(b"old").unwrap();
        assert_eq!(key.write(NAMESPACE, JULY_2031, &mut out), Err(BufFull));
        assert_eq!(key.sign(text, &mut out), Err(BufFull));
        assert_eq!(out.filled(), b"old");
    }
    let mut storage = vec![0; FOR_NAMESPACE.len()];
    key.sign(text, &mut Buf::new(&mut storage)).unwrap();
    assert_eq!(storage, FOR_NAMESPACE.as_bytes());
}

#[test]
fn what_is_no_key_is_refused() {
    for text in
        ["=", "abc", "a b=", "c2VjcmV0\n", " c2VjcmV0", "c2VjcmV0Cg", "____", "c2VjcmV0==", "schlüssel"]
    {
        assert_eq!(SasKey::new(text).unwrap_err(), InvalidKey::Base64, "{text:?}");
    }
    assert_eq!(SasKey::new("").unwrap_err(), InvalidKey::Empty);
    assert!(SasKey::new(&"A".repeat(340)).is_ok());
    for characters in [341, 344, 10_000] {
        assert_eq!(SasKey::new(&"A".repeat(characters)).unwrap_err(), InvalidKey::TooLong);
    }
}

#[test]
fn nothing_secret_is_shown() {
    let key = SasKey::new(KEY).unwrap();
    assert_eq!(format!("{key:?}"), "SasKey(redacted)");
    assert_eq!(format!("{:?}", SasToken::new(FOR_NAMESPACE)), "SasToken(redacted)");
    for error in [InvalidKey::Base64, InvalidKey::Empty, InvalidKey::TooLong] {
        assert!(error.to_string().starts_with("the access key is "), "{error}");
    }
}

/// The headers of a credential when an event is published, each with a line of its own.
fn headers<K: Target + Accepts<CloudEvents>>(
    target: &K,
    credential: &impl Credential,
    unix_time: Option<Duration>,
) -> Result<String, CredentialError> {
    let event = CloudEvent::new("1", "s", "t");
    let call = Publish::new(target, &event);
    let mut storage = [0; 2048];
    let mut tx = Buf::new(&mut storage);
    let encoded = call.encode(&RequestContext::default(), &mut tx).unwrap();
    let before = encoded.request(&tx).headers().count();
    let request = CredentialRequest::new(call.endpoint_kind(), call.endpoint(), unix_time);
    encoded.authorize(&mut tx, credential, &request)?;
    let all = encoded.request(&tx);
    let lines = all.headers().skip(before).flat_map(|header| [header.name(), ": ", header.value(), "\n"]);
    Ok(lines.collect())
}

#[test]
fn each_part_of_the_service_gets_tokens_its_own_way() {
    let sas = SasToken::new("r=a&e=2031-07-01T00:00:00Z&s=c");
    let topic = NamespaceTopic::new(NAMESPACE, "boiler").unwrap();
    assert_eq!(
        headers(&topic, &sas, None).unwrap(),
        "authorization: SharedAccessSignature r=a&e=2031-07-01T00:00:00Z&s=c\n"
    );
    let elsewhere = "aeg-sas-token: r=a&e=2031-07-01T00:00:00Z&s=c\n";
    assert_eq!(headers(&BasicTopic::new(BASIC).unwrap(), &sas, None).unwrap(), elsewhere);
    assert_eq!(headers(&Domain::new(BASIC).unwrap(), &sas, None).unwrap(), elsewhere);
    assert_eq!(headers(&PartnerChannel::new(BASIC, "weather").unwrap(), &sas, None).unwrap(), elsewhere);
}

#[test]
fn a_token_with_a_line_break_is_refused() {
    let topic = BasicTopic::new(BASIC).unwrap();
    let error = headers(&topic, &SasToken::new("r=a&e=2031-07-01T00:00:00Z&s=c\n"), None).unwrap_err();
    let reason = InvalidCredential::Character(CredentialKind::SasToken);
    assert!(matches!(error, CredentialError::Invalid(found) if found == reason), "{error}");
}

#[test]
fn a_key_signs_a_token_for_the_endpoint_that_is_valid_for_its_lifetime() {
    let key = SasKey::new(KEY).unwrap();
    let topic = NamespaceTopic::new(NAMESPACE, "boiler").unwrap();
    let before = |seconds| JULY_2031.checked_sub(Duration::from_secs(seconds));
    let expected = format!("authorization: SharedAccessSignature {FOR_NAMESPACE}\n");
    assert_eq!(headers(&topic, &key, before(3600)).unwrap(), expected);
    let minutes = key.clone().with_lifetime(Duration::from_secs(300));
    assert_eq!(headers(&topic, &minutes, before(300)).unwrap(), expected);
    let forever = key.clone().with_lifetime(Duration::MAX);
    assert!(headers(&topic, &forever, before(3600)).unwrap().contains("&e=12%2F31%2F9999%20"));

    let topic = BasicTopic::new(BASIC).unwrap();
    let expiry = 1_740_787_199;
    assert_eq!(
        headers(&topic, &key, Some(Duration::from_secs(expiry - 3600))).unwrap(),
        format!("aeg-sas-token: {}\n", token(KEY, &topic, expiry))
    );
}

#[test]
fn a_key_needs_the_time_and_the_error_says_so() {
    let topic = BasicTopic::new(BASIC).unwrap();
    let error = headers(&topic, &SasKey::new(KEY).unwrap(), None).unwrap_err();
    assert!(matches!(error, CredentialError::UnknownTime), "{error}");
    assert!(error.to_string().contains("the time, which this device does not know"), "{error}");
}

#[test]
fn tokens_of_every_dialect_have_the_signature_that_is_made_here() {
    for Token { dialect, url, text, expiry } in TOKENS {
        same_signature(KEY, text);
        if dialect == "JavaScript" {
            // The dialect that is written here.
            assert_eq!(token(KEY, &BasicTopic::new(url).unwrap(), expiry), text);
        }
    }
    let written_here = TOKENS.iter().filter(|token| token.dialect == "JavaScript").count();
    assert_eq!((TOKENS.len(), written_here), (17, 4));
}
