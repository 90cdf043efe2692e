//! Each credential on each kind of target.

use std::time::Duration;

use eventgrid::sas::SasKey;
use eventgrid_emulator::{ConfigurationError, Emulator, InputSchema};
use http::Response;

use crate::basic::{BATCH, Basic, CLOUD, EVENT_GRID, JSON, KEY, NOON, VERSION, refusal};

const HOST: &str = "emulator.example:6500";

/// A path to publish to, a media type and a body. The query begins with `?`.
fn targets() -> [(&'static str, &'static str, String); 5] {
    let domain_event = format!(r#"[{},"topic":"t"}}]"#, EVENT_GRID.strip_suffix('}').unwrap());
    [
        ("/topics/orders:publish?api-version=2024-06-01", BATCH, format!("[{CLOUD}]")),
        ("/grid/api/events?api-version=2018-01-01", JSON, format!("[{EVENT_GRID}]")),
        ("/grid-domain/api/events?api-version=2018-01-01", JSON, domain_event),
        ("/partner/api/events?api-version=2018-01-01", BATCH, format!("[{CLOUD}]")),
        ("/api/events?api-version=2018-01-01", JSON, format!("[{EVENT_GRID}]")),
    ]
}

fn publish(uri: &str, content_type: &str, credential: &[(&str, &str)], body: &str) -> Response<bytes::Bytes> {
    let base = [("host", HOST), ("content-type", content_type), ("aeg-channel-name", "cloud")];
    Basic::new().request("POST", uri, &[&base[..], credential].concat(), body.to_owned())
}

/// A token for a resource of the emulator, good for another second.
fn token(path: &str) -> String {
    let expiry = NOON.as_duration() + Duration::from_secs(1);
    let url = format!("http://{HOST}{path}");
    SasKey::new(KEY).unwrap().token(url.as_str(), expiry).as_str().to_owned()
}

#[test]
fn what_gives_access() {
    for (uri, content_type, body) in targets() {
        let namespace = uri.starts_with("/topics/");
        let path = uri.split('?').next().unwrap();
        let (whole, query, all) = (token(path), token(&format!("{path}?apiVersion=2018-01-01")), token(""));
        let signature = |token: &str| format!("SharedAccessSignature {token}");
        let (whole_signature, all_signature) = (signature(&whole), signature(&all));
        let access_key = format!("SharedAccessKey {KEY}");
        let no_key = format!("{uri}&x=y");
        let in_query = format!("{uri}&aeg-sas-key={}", KEY.replace('=', "%3D"));
        for (uri, credential, access) in [
            (uri, ("aeg-sas-key", KEY), true),
            (&*in_query, ("x-nothing", ""), true),
            (&*no_key, ("x-nothing", ""), false),
            (uri, ("authorization", &*access_key), namespace),
            (uri, ("authorization", "Bearer a-bearer-token"), true),
            (uri, ("authorization", "Bearer another-token"), false),
            (uri, ("aeg-sas-token", &*whole), true),
            (uri, ("aeg-sas-token", &*query), true),
            (uri, ("aeg-sas-token", &*all), true),
            (uri, ("authorization", &*whole_signature), true),
            (uri, ("authorization", &*all_signature), true),
            (uri, ("aeg-sas-key", "wrong"), false),
            (uri, ("authorization", "Basic dTpw"), false),
        ] {
            let status = publish(uri, content_type, &[credential], &body).status().as_u16();
            assert_eq!(status, if access { 200 } else { 401 }, "{uri} {credential:?}");
        }
    }
}

#[test]
fn a_refusal_names_the_schemes_that_are_taken() {
    for (uri, content_type, body) in targets() {
        let expected = if uri.starts_with("/topics/") {
            "Bearer, SharedAccessKey, SharedAccessSignature"
        } else {
            "Bearer, SharedAccessSignature"
        };
        for scheme in expected.split(", ") {
            let credential = format!("{scheme} wrong");
            let reply = publish(uri, content_type, &[("authorization", &credential)], &body);
            if reply.status() == 401 {
                assert_eq!(reply.headers()["www-authenticate"], expected, "{uri}");
            } else {
                assert_eq!(reply.status(), 400, "a signature that is none, at a basic topic");
            }
        }
        let reply = publish(uri, content_type, &[("aeg-sas-key", KEY)], &body);
        assert!(!reply.headers().contains_key("www-authenticate"), "{uri}");
    }
}

#[test]
fn tokens_that_are_for_something_else_or_over_or_forged() {
    for (uri, content_type, body) in targets() {
        let good = token("");
        let other = token("/other/api/events");
        let forged = good.replace("s=", "s=AAAA");
        let expired = SasKey::new(KEY).unwrap().token(&*format!("http://{HOST}"), NOON.as_duration());
        for token in [&*other, &*forged, expired.as_str(), "r=a&e=b", "", "é", KEY] {
            for header in ["aeg-sas-token", "authorization"] {
                let value = match header {
                    "authorization" => format!("SharedAccessSignature {token}"),
                    _ => token.to_owned(),
                };
                let status = publish(uri, content_type, &[(header, &value)], &body).status().as_u16();
                assert!(matches!(status, 400 | 401), "{uri} {value}: {status}");
            }
        }
    }
}

#[test]
fn a_token_is_checked_against_the_url_as_it_came() {
    let token = SasKey::new(KEY).unwrap().token("https://emulator.example/grid/api/events", Duration::MAX);
    let credential = [("aeg-sas-token", token.as_str())];
    let body = format!("[{EVENT_GRID}]");
    for (uri, status) in [
        ("https://emulator.example/grid/api/events", 200),
        ("http://emulator.example/grid/api/events", 401),
        ("https://emulator.example:444/grid/api/events", 401),
        ("/grid/api/events", 401),
    ] {
        assert_eq!(publish(uri, JSON, &credential, &body).status(), status, "{uri}");
    }
}

#[test]
fn receiving_takes_the_same_credentials() {
    let path = "/topics/orders/eventsubscriptions/billing";
    for (token, status) in [
        (token("/topics/orders"), 200),
        (token(path), 200),
        (token("/topics/orders/eventsubscriptions/bill"), 401),
    ] {
        let mut basic = Basic::new();
        let headers = [("aeg-sas-key", KEY), ("content-type", BATCH)];
        let publish = "/topics/orders:publish?api-version=2024-06-01";
        basic.request("POST", publish, &headers, format!("[{CLOUD}]"));
        let uri = format!("{path}:receive?api-version=2024-06-01");
        let reply = basic.request("POST", &uri, &[("host", HOST), ("aeg-sas-token", &token)], "");
        assert_eq!(reply.status(), status);
    }
}

#[test]
fn basic_topics_say_why_in_the_words_of_the_service() {
    let expired = SasKey::new(KEY).unwrap().token(&*format!("http://{HOST}"), NOON.as_duration());
    let elsewhere = token("/cloud/api/events");
    let not_authorized = "The request authorization key is not authorized for EMULATOR.EXAMPLE.";
    let reason = |reason: &str| format!("{not_authorized} This is due to the reason: {reason}");
    for (name, value, message) in [
        (
            "x-nothing",
            "",
            "Request must contain one of the following authorization signature: aeg-sas-token, aeg-sas-key."
                .to_owned(),
        ),
        ("aeg-sas-key", "bad credential", reason("Invalid length for a Base-64 char array or string.")),
        (
            "aeg-sas-key",
            "bad-credential!!",
            reason(
                "The input is not a valid Base-64 string as it contains a non-base 64 character, more than two padding \
                 characters, or an illegal character among the padding characters. .",
            ),
        ),
        ("aeg-sas-key", "AAECAwQFBgc=", not_authorized.to_owned()),
        ("authorization", "Bearer other", not_authorized.to_owned()),
        (
            "authorization",
            "SharedAccessKey x",
            "Request has an unsupported Authorization scheme (must be SharedAccessSignature or Bearer)."
                .to_owned(),
        ),
        ("aeg-sas-token", expired.as_str(), reason("The SAS token has expired.")),
        ("aeg-sas-token", &elsewhere, reason("The SAS token is not for this resource.")),
        (
            "aeg-sas-token",
            "r=http%3A%2F%2Fh&e=tomorrow&s=AAAA",
            reason("The expiration of the SAS token is not a date and time."),
        ),
        (
            "aeg-sas-token",
            "r=http%3A%2F%2Fh&e=2024-06-01&s=AAAA",
            reason("The expiration of the SAS token is not a date and time."),
        ),
        (
            "aeg-sas-token",
            "r=http%3A%2F%2Fh&e=2024-06-01T00%3A00%3A00Z&s=AAAA",
            reason("The signature of the SAS token is not valid."),
        ),
    ] {
        let uri = format!("/grid/api/events?{VERSION}");
        let reply = publish(&uri, JSON, &[(name, value)], "");
        let unauthorized = (401, "Unauthorized".to_owned(), "Unauthorized".to_owned(), message);
        assert_eq!(refusal(&reply), unauthorized, "{value}");
    }
}

#[test]
fn a_malformed_token_is_a_bad_request_and_is_not_repeated() {
    for token in ["r=a", KEY, "r=a&e=b&s=%", "r=a&e=b&x=c&s=AAAA"] {
        let reply = publish("/grid/api/events", JSON, &[("aeg-sas-token", token)], "");
        let (status, code, detail_code, message) = refusal(&reply);
        assert_eq!((status, code.as_str(), detail_code.as_str()), (400, "BadRequest", "InvalidSas"));
        assert_eq!(
            message,
            "Invalid key in aeg-sas-token. Valid format :r=UrlEncodedResource&e=UrlEncodedUtcExpiration&\
             s=UrlEncodedSignature. Input sas string: ***."
        );
    }
}

#[test]
fn hosts_are_named_without_their_ports() {
    for (host, named) in [("a.example", "A.EXAMPLE"), ("[::1]:80", "[::1]"), ("[::1]", "[::1]"), ("h:1", "H")]
    {
        let headers = [("host", host), ("authorization", "Bearer other")];
        let reply = Basic::new().request("POST", "/grid/api/events", &headers, "");
        assert!(refusal(&reply).3.ends_with(&format!(" for {named}.")), "{host}");
    }
}

#[test]
fn a_key_that_cannot_sign_is_taken_where_none_signs() {
    let builder = || Emulator::builder().key("not base64");
    assert_eq!(builder().build().unwrap_err(), ConfigurationError::InvalidKey);
    assert_eq!(builder().without_sas().build().unwrap().key(), "not base64");
    let shops =
        || Emulator::builder().domain("shops", InputSchema::Custom).resource_key("shops", "not base64");
    assert_eq!(shops().build().unwrap_err(), ConfigurationError::InvalidKey);
    assert!(shops().without_sas().build().is_ok());
}
