//! Which shared access signatures give access, and why others do not.

#![cfg(all(feature = "sas", feature = "alloc"))]

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use eventgrid::sas::{InvalidSas, SasKey, SharedAccessSignature};
use eventgrid::target::BasicTopic;
use proptest::prelude::*;

use crate::sas_tokens::{TOKENS, Token};

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const OTHER_KEY: &str = "b3RoZXI=";
const BASIC: &str = "https://orders.northeurope-1.eventgrid.azure.net/api/events";
const BASIC_REQUEST: &str =
    "https://orders.northeurope-1.eventgrid.azure.net/api/events?api-version=2018-01-01";

fn key(text: &str) -> SasKey {
    SasKey::new(text).unwrap()
}

/// The token that says that text.
fn signed(text: &str) -> String {
    let mut storage = vec![0; 4 * text.len() + 200];
    let mut out = eventgrid::Buf::new(&mut storage);
    key(KEY).sign(text, &mut out).unwrap();
    std::str::from_utf8(out.filled()).unwrap().to_owned()
}

fn verify(token: &str, url: &str, now: u64) -> Result<(), InvalidSas> {
    SharedAccessSignature::parse(token)?.verify([&key(OTHER_KEY), &key(KEY)], url, Duration::from_secs(now))
}

#[test]
fn tokens_of_every_dialect_give_access_until_they_expire() {
    // 2030-11-09T12:34:56Z.
    const EXPIRY: u64 = 1_920_458_096;
    let resource = "https%3A%2F%2Forders.northeurope-1.eventgrid.azure.net%2Fapi%2Fevents";
    for text in [
        format!("r={resource}%3FapiVersion%3D2018-01-01&e=11%2F9%2F2030%2012%3A34%3A56%20PM"),
        format!("r={resource}%3FapiVersion%3D2018-01-01&e=2030-11-09%2012%3A34%3A56%2B00%3A00"),
        format!("r={resource}%3FapiVersion%3D2018-01-01&e=2030-11-09T12%3A34%3A56Z"),
        format!("r={resource}%3fapi-version%3d2018-01-01&e=11%2f9%2f2030+12%3a34%3a56+PM+%2b00%3a00"),
        format!("r={resource}%3fapi-version%3d2018-01-01&e=11%2f9%2f2030+1%3a34%3a56+PM+%2b01%3a00"),
        format!("r={resource}%3Fapi-version%3D2018-01-01&e=11%2F9%2F2030+12%3A34%3A56+PM"),
        format!("r={resource}&e=2030-11-09T12%3A34%3A56"),
        format!("r={BASIC}?api-version=2018-01-01&e=2030-11-09T12:34:56Z"),
    ] {
        let token = signed(&text);
        assert_eq!(verify(&token, BASIC_REQUEST, EXPIRY - 1), Ok(()), "{text}");
        assert_eq!(verify(&token, BASIC_REQUEST, EXPIRY), Err(InvalidSas::Expired), "{text}");
        assert_eq!(verify(&token, BASIC_REQUEST, u64::MAX), Err(InvalidSas::Expired), "{text}");
    }
}

#[test]
fn what_it_says_is_read() {
    let topic = BasicTopic::new(BASIC).unwrap();
    let token = key(KEY).token(&topic, Duration::from_secs(1_740_787_199));
    let received = SharedAccessSignature::parse(token.as_str()).unwrap();
    assert_eq!(received.resource(), format!("{BASIC}?apiVersion=2018-01-01"));
    assert_eq!(received.expiry(), Duration::from_secs(1_740_787_199));
    let shown = format!("{received:?}");
    assert!(shown.starts_with("SharedAccessSignature { resource: ") && shown.ends_with(", .. }"), "{shown}");
    let (_, signature) = token.as_str().split_once("&s=").unwrap();
    assert!(!shown.contains(signature));
}

#[test]
fn a_fraction_of_a_second_counts() {
    let token = signed("r=https%3A%2F%2Fh&e=1970-01-01T00%3A00%3A10.5Z");
    let verify = |millis| {
        SharedAccessSignature::parse(&token).unwrap().verify(
            [&key(KEY)],
            "https://h/api/events",
            Duration::from_millis(millis),
        )
    };
    assert_eq!(verify(10_499), Ok(()));
    assert_eq!(verify(10_500), Err(InvalidSas::Expired));
}

#[test]
fn what_has_expired_before_1970_has_expired() {
    let token = signed("r=https%3A%2F%2Fh&e=0001-01-01T00%3A00%3A00");
    assert_eq!(verify(&token, "https://h", 0), Err(InvalidSas::Expired));
}

#[test]
fn changing_any_part_is_noticed() {
    let token = signed("r=https%3A%2F%2Fh%2Fa&e=2030-01-01T00%3A00%3A00Z");
    let url = "https://h/a/b";
    assert_eq!(verify(&token, url, 0), Ok(()));
    for (from, to) in [("Fa&", "F&"), ("2030", "2031"), ("%3A%2F", "%3a%2f"), ("00Z", "00z"), ("r=", "r=%")] {
        let changed = token.replacen(from, to, 1);
        assert_ne!(changed, token);
        assert!(verify(&changed, url, 0).is_err(), "{changed}");
    }
    // Any byte at all, of the signature too.
    for at in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[at] ^= 1;
        let changed = String::from_utf8(bytes).unwrap();
        assert!(verify(&changed, url, 0).is_err(), "{changed}");
        assert!(verify(&token[..at], url, 0).is_err(), "{at}");
    }
}

#[test]
fn the_reason_is_the_first_that_holds() {
    let token = signed("r=https%3A%2F%2Fh%2Fa&e=1970-01-02T00%3A00%3A00Z");
    let received = SharedAccessSignature::parse(&token).unwrap();
    let (early, late) = (Duration::ZERO, Duration::from_secs(86_400));
    assert_eq!(received.verify([], "https://h/a", early), Err(InvalidSas::Signature));
    assert_eq!(received.verify([&key(OTHER_KEY)], "https://h/b", late), Err(InvalidSas::Signature));
    assert_eq!(received.verify([&key(KEY)], "https://h/b", late), Err(InvalidSas::Resource));
    assert_eq!(received.verify([&key(KEY)], "https://h/a", late), Err(InvalidSas::Expired));
    assert_eq!(received.verify([&key(KEY)], "https://h/a", early), Ok(()));
}

#[test]
fn a_signature_of_another_length_is_none() {
    for signature in ["", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let token = format!("r=https%3A%2F%2Fh&e=2030-01-01T00%3A00%3A00Z&s={signature}");
        assert_eq!(verify(&token, "https://h", 0), Err(InvalidSas::Signature), "{token}");
    }
}

#[test]
fn what_is_no_token_is_refused_with_the_format() {
    let date = "2030-01-01T00%3A00%3A00Z";
    for token in [
        "",
        "r=&e=&s",
        "secret",
        "SharedAccessSignature r=https%3A%2F%2Fh&e=2030-01-01T00%3A00%3A00Z&s=AAAA",
        &format!("e={date}&r=https%3A%2F%2Fh&s=AAAA"),
        &format!("r=https%3A%2F%2Fh&s=AAAA&e={date}"),
        &format!("r=https%3A%2F%2Fh&e={date}"),
        &format!("r=https%3A%2F%2Fh&e={date}&s=AAAA&x=1"),
        &format!("r=https%3A%2F%2Fh&e={date}&x=1&s=AAAA"),
        &format!("r=https%3A%2F%2Fh&r=https%3A%2F%2Fh&e={date}&s=AAAA"),
        &format!("r=https%3A%2F%2Fh&e={date}&s=AAA"),
        &format!("r=https%3A%2F%2Fh&e={date}&s=A+AA"),
        &format!("r=https%3A%2F%2Fh&e={date}&s=AAA_"),
        &format!("r=https%3A%2F%2Fh&e={date}&s=AAAA%"),
        &format!("r=https%3A%2F%2Fh%FF&e={date}&s=AAAA"),
        &format!("r=https%3A%2F%2Fh%zz&e={date}&s=AAAA"),
        // Both are wrong; the form is told first.
        "r=https%3A%2F%2Fh%FF&e=soon&s=AAAA",
    ] {
        assert_eq!(SharedAccessSignature::parse(token).unwrap_err(), InvalidSas::Format, "{token}");
    }
    for expiry in ["", "soon", "1893456000", "2030-02-29T00%3A00%3A00Z", "13%2F1%2F2030%201%3A00%3A00%20PM"] {
        let token = format!("r=https%3A%2F%2Fh&e={expiry}&s=AAAA");
        assert_eq!(SharedAccessSignature::parse(&token).unwrap_err(), InvalidSas::Expiry, "{token}");
    }
}

#[test]
fn the_errors_speak_of_the_header_and_show_nothing_of_the_token() {
    use InvalidSas::{Expired, Expiry, Format, Resource, Signature};
    for error in [Format, Expiry, Signature, Resource, Expired] {
        assert!(error.to_string().contains("in aeg-sas-token"), "{error}");
    }
    assert_eq!(
        Format.to_string(),
        "invalid key in aeg-sas-token: the valid format is \
         r=UrlEncodedResource&e=UrlEncodedUtcExpiration&s=UrlEncodedSignature"
    );
}

#[test]
fn tokens_in_the_dialect_of_every_sdk_give_access_until_they_expire() {
    for Token { dialect, url, text, expiry } in TOKENS {
        let request = format!("{url}?api-version=x");
        assert_eq!(verify(text, &request, expiry - 1), Ok(()), "{dialect}: {text}");
        assert_eq!(verify(text, url, 0), Ok(()), "{dialect}: {text}");
        // One of them has a fraction of a second.
        assert_eq!(verify(text, &request, expiry + 1), Err(InvalidSas::Expired), "{dialect}: {text}");
        let received = SharedAccessSignature::parse(text).unwrap();
        assert_eq!(
            received.verify([&key(OTHER_KEY)], url, Duration::ZERO),
            Err(InvalidSas::Signature),
            "{dialect}: {text}"
        );
        assert_eq!(
            verify(text, "https://elsewhere.example/api/events", 0),
            Err(InvalidSas::Resource),
            "{text}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_signed_is_verified(
        secret in proptest::collection::vec(any::<u8>(), 1..100),
        path in "(/[a-zA-Z0-9!*'()%;,&=+_.~-]{1,10}){1,4}",
        query in "(\\?[ -~]{0,20})?",
        below in "([/:][a-z]{0,10})?",
        expiry in 1..253_402_300_800_u64,
        before in any::<u64>(),
    ) {
        let key = key(&BASE64_STANDARD.encode(secret));
        let token = key.token(format!("https://h.example{path}{query}").as_str(), Duration::from_secs(expiry));
        let received = SharedAccessSignature::parse(token.as_str()).unwrap();
        prop_assert_eq!(received.expiry(), Duration::from_secs(expiry));
        prop_assert_eq!(received.resource(), format!("https://h.example{path}{query}"));
        let url = format!("https://h.example{path}{below}?a=b");
        prop_assert_eq!(received.verify([&key], &url, Duration::from_secs(before % expiry)), Ok(()));
        prop_assert_eq!(received.verify([&key], &url, Duration::from_secs(expiry)), Err(InvalidSas::Expired));
    }

    #[test]
    fn no_text_makes_the_reader_panic_or_gets_access(text in any::<String>(), now in any::<u64>()) {
        prop_assert!(verify(&text, "https://h", now).is_err());
    }

    #[test]
    fn no_resource_or_expiry_makes_it_panic(
        resource in "[ -~]{0,40}",
        expiry in "[0-9]{0,5}[/-][0-9]{0,3}[/-][0-9]{0,5}[T ][0-9:.]{0,12} ?[AaPpMmZ]{0,2} ?[+-]?[0-9:]{0,6}",
        now in any::<u64>(),
    ) {
        let encode = |text: &str| {
            text.bytes().fold(String::new(), |encoded, byte| encoded + &format!("%{byte:02x}"))
        };
        let token = signed(&format!("r={}&e={}", encode(&resource), encode(&expiry)));
        match SharedAccessSignature::parse(&token) {
            Ok(received) => {
                prop_assert_eq!(received.resource(), resource);
                // The end of the year 9999, as far west as an offset goes.
                prop_assert!(received.expiry() < Duration::from_secs(253_402_300_800 + 86_400));
                let _ = received.verify([&key(KEY)], "https://h", Duration::from_secs(now));
            }
            Err(error) => prop_assert_eq!(error, InvalidSas::Expiry),
        }
    }
}
