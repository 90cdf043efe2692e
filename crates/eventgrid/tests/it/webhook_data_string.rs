//! Validations and deletions whose data is JSON within a string.

#![cfg(feature = "webhook")]

use eventgrid::webhook::{Delivery, IncomingRequest, Refusal, SubscriptionDeletion, Validation, Webhook};
use serde_json::Value;

const VALIDATION: (&str, &[u8]) = ("aeg-event-type", b"SubscriptionValidation");
const DELETION: (&str, &[u8]) = ("aeg-event-type", b"SubscriptionDeletion");
const CLOUD_EVENTS: (&str, &[u8]) = ("content-type", b"application/cloudevents+json; charset=utf-8");
const JSON: (&str, &[u8]) = ("content-type", b"application/json; charset=utf-8");

type Header = (&'static str, &'static [u8]);

/// The event of each schema with its media type, and with this text as its data.
fn bodies(event_type: &str, data: &str) -> [(Header, String); 3] {
    let cloud =
        format!(r#"{{"specversion":"1.0","id":"1","source":"/s","type":"{event_type}","data":{data}}}"#);
    let grid = format!(
        r#"[{{"id":"1","topic":"/s","subject":"","eventType":"{event_type}","eventTime":"2024-06-01T12:00:00Z","data":{data}}}]"#
    );
    [(CLOUD_EVENTS, cloud.clone()), (JSON, format!("[{cloud}]")), (JSON, grid)]
}

/// What is made of each of them, with and without the header that says what it is.
fn each(
    event_type: &str,
    header: (&'static str, &'static [u8]),
    data: &str,
    check: impl Fn(Result<Delivery<'_>, Refusal>),
) {
    for (media_type, body) in bodies(event_type, data) {
        for more in [None, Some(header)] {
            let headers: Vec<_> = [media_type].into_iter().chain(more).collect();
            let request =
                IncomingRequest { method: "POST", query: "", headers: &headers, body: body.as_bytes() };
            check(Webhook::without_secret().receive(&request));
        }
    }
}

fn validation(data: &str, check: impl Fn(Validation<'_>)) {
    each("Microsoft.EventGrid.SubscriptionValidationEvent", VALIDATION, data, |delivery| match delivery {
        Ok(Delivery::Validation(validation)) => check(validation),
        other => panic!("{data}: {other:?}"),
    });
}

fn deletion(data: &str, check: impl Fn(SubscriptionDeletion<'_>)) {
    each("Microsoft.EventGrid.SubscriptionDeletedEvent", DELETION, data, |delivery| match delivery {
        Ok(Delivery::SubscriptionDeletion(deletion)) => check(deletion),
        other => panic!("{data}: {other:?}"),
    });
}

/// The ways to write a text as a JSON string.
fn strings(text: &str) -> [String; 3] {
    let plain = Value::from(text).to_string();
    let solidus = plain.replace('/', r"\/").replace(r#"\""#, r"\u0022");
    let escapes: Vec<_> = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    [plain, solidus, format!("\"{}\"", escapes.concat())]
}

#[test]
fn the_code_and_the_url_are_found_however_the_string_is_written() {
    let code = "AB12-\u{e9}\u{1f600}\" \\ /";
    let url = "https://v.example/validate?id=1&token=\u{20ac}";
    let object =
        serde_json::json!({ "validationCode": code, "validationUrl": url, "other": [{"validationCode": 1}] });
    let escaped = object
        .to_string()
        .replace('/', r"\/")
        .replace('\u{e9}', r"\u00e9")
        .replace('\u{1f600}', r"\ud83d\uDE00");
    for json in [object.to_string(), escaped, format!(" \r\n\t{object:#}\n ")] {
        for data in strings(&json).into_iter().chain([json.clone()]) {
            validation(&data, |validation| {
                assert_eq!(validation.code(), code, "{data}");
                assert_eq!(validation.code().to_string(), code);
                assert_eq!(validation.url().unwrap(), url, "{data}");
                let response = validation.response();
                let body = response.body().to_string();
                assert_eq!(response.body().len(), body.len());
                assert_eq!(
                    serde_json::from_str::<Value>(&body).unwrap(),
                    serde_json::json!({ "validationResponse": code })
                );
            });
        }
    }
}

#[test]
fn a_plain_code_is_borrowed_from_the_string() {
    validation(
        r#""{\"validationCode\":\"AB12\",\"validationUrl\":\"https:\/\/v.example\/\"}""#,
        |validation| {
            assert_eq!(validation.code().as_str(), Some("AB12"));
            assert_eq!(validation.url().unwrap(), "https://v.example/");
            assert_eq!(validation.response().body().to_string(), r#"{"validationResponse":"AB12"}"#);
        },
    );
}

#[test]
fn the_first_text_of_a_name_counts() {
    let json = r#"{"validationCode":1,"x":{"validationCode":"inner"},"validationCode":"first","validationCode":"second"}"#;
    for data in [json.to_owned(), Value::from(json).to_string()] {
        validation(&data, |validation| assert_eq!(validation.code(), "first"));
    }
}

#[test]
fn a_deletion_names_its_subscription() {
    let id = "/subscriptions/s/resourceGroups/\u{fc}/es";
    let json = serde_json::json!({ "eventSubscriptionId": id }).to_string();
    for data in strings(&json) {
        deletion(&data, |deletion| assert_eq!(deletion.subscription_id().unwrap(), id));
    }
    for data in ["null", "[]", "\"\"", "\"text\"", "\"{\"", r#""{\"eventSubscriptionId\":5}""#] {
        deletion(data, |deletion| assert_eq!(deletion.subscription_id(), None, "{data}"));
    }
}

#[test]
fn a_string_without_an_object_that_has_a_code_is_refused() {
    for text in [
        "",
        "AB12",
        "null",
        "[]",
        r#"["validationCode"]"#,
        "{}",
        r#"{"validationCode":5}"#,
        r#"{"other":"AB12"}"#,
        r#"{"validationCode":"AB12""#,
        r#"{"validationCode":"AB12"} x"#,
        r#"{"validationCode":"AB12",}"#,
        r#"{"validationCode":"\ud800"}"#,
        r#"{"x":{"validationCode":"AB12"}}"#,
        // A string within the string.
        r#""{\"validationCode\":\"AB12\"}""#,
    ] {
        let data = Value::from(text).to_string();
        each("Microsoft.EventGrid.SubscriptionValidationEvent", VALIDATION, &data, |delivery| {
            assert_eq!(delivery.unwrap_err(), Refusal::NoValidationCode, "{text}");
        });
    }
}

#[test]
fn in_binary_mode_the_body_is_the_data_whatever_its_media_type() {
    let json = r#"{"validationCode":"AB12"}"#;
    for (media_type, body) in [
        ("application/json", json.to_owned()),
        ("application/json", Value::from(json).to_string()),
        ("text/plain", json.to_owned()),
        ("text/plain", Value::from(json).to_string()),
    ] {
        let headers: [(&str, &[u8]); 6] = [
            ("content-type", media_type.as_bytes()),
            ("ce-specversion", b"1.0"),
            ("ce-id", b"1"),
            ("ce-source", b"/s"),
            ("ce-type", b"Microsoft.EventGrid.SubscriptionValidationEvent"),
            VALIDATION,
        ];
        let request = IncomingRequest { method: "POST", query: "", headers: &headers, body: body.as_bytes() };
        match Webhook::without_secret().receive(&request) {
            Ok(Delivery::Validation(validation)) => assert_eq!(validation.code(), "AB12"),
            other => panic!("{media_type} {body}: {other:?}"),
        }
    }
}
