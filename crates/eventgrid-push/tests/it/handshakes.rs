//! Both handshakes: their exact bytes, how the receiver of the crate `eventgrid` reads them, and
//! what its responses mean.

use std::num::NonZeroU32;
use std::time::Duration;

use eventgrid::webhook::{AllowedOrigins, Delivery, Secret, Webhook, WebhookResponse};
use eventgrid_push::{
    AllowedRate, Batching, CloudEventsHandshake, DeletedSubscription, DeliveryProperties, DeliveryProperty,
    DeliverySchema, HandshakeFailure, HandshakeResult, PushSettings, ValidationHandshake,
};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::received::receive;
use super::requests::written;

const CODE: &str = "512d38b6-c7b8-40c8-89fe-f46f9e9622b6";
const UNLIMITED: HandshakeResult = HandshakeResult::Consented { rate: AllowedRate::Unlimited };

fn validation() -> ValidationHandshake {
    ValidationHandshake::new("2d1781af", "/subscriptions/s", "2018-01-25T22:12:19.4556811Z", CODE)
}

fn settings(schema: DeliverySchema) -> PushSettings {
    PushSettings::new(schema, "billing").unwrap().with_batching(Batching::new())
}

/// The headers of a response of our own receiver.
fn headers(response: &WebhookResponse<'_>) -> HeaderMap {
    let header = |(name, value): (&str, &str)| {
        (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap())
    };
    response.headers().map(header).collect()
}

fn map(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for &(name, value) in pairs {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
}

#[test]
fn a_validation_is_one_event_with_a_code_and_a_url() {
    let url = "https://rp-eastus2.eventgrid.azure.net:553/validate?id=5&token=1A";
    let request = validation().with_url(url).request(&settings(DeliverySchema::EventGrid));
    let expected = format!(
        "POST\n\
         aeg-data-version: 1\n\
         aeg-delivery-count: 0\n\
         aeg-event-type: SubscriptionValidation\n\
         aeg-metadata-version: 1\n\
         aeg-output-event-id: 2d1781af\n\
         aeg-subscription-name: BILLING\n\
         content-type: application/json; charset=utf-8\n\
         \n\
         [{{\"id\":\"2d1781af\",\"topic\":\"/subscriptions/s\",\"subject\":\"\",\
         \"data\":{{\"validationCode\":\"{CODE}\",\"validationUrl\":\"{url}\"}},\
         \"eventType\":\"Microsoft.EventGrid.SubscriptionValidationEvent\",\
         \"eventTime\":\"2018-01-25T22:12:19.4556811Z\",\"metadataVersion\":\"1\",\"dataVersion\":\"1\"}}]"
    );
    assert_eq!(written(&request), expected);
    // Custom schemas are validated in the same way.
    assert_eq!(written(&validation().with_url(url).request(&settings(DeliverySchema::Custom))), expected);
}

#[test]
fn our_own_receiver_consents_to_a_validation() {
    let url = "https://localhost/validate?a=\"b\"&c=\\";
    let secret = DeliveryProperty::secret("x-secret", "s3cret").unwrap();
    let settings =
        settings(DeliverySchema::EventGrid).with_properties(DeliveryProperties::new(vec![secret]).unwrap());
    let handshake = validation().with_url(url);
    let webhook = Webhook::new(Secret::in_header("x-secret", "s3cret"));
    receive(&webhook, "", &handshake.request(&settings), |delivery| {
        let Delivery::Validation(validation) = delivery else { panic!("{delivery:?}") };
        assert_eq!(validation.code(), CODE);
        assert_eq!(validation.url().unwrap(), url);
        assert_eq!(validation.event().id(), "2d1781af");
        assert_eq!(validation.event().source().unwrap(), "/subscriptions/s");
        let response = validation.response();
        let body = response.body().to_string();
        assert_eq!(handshake.result(response.status(), body.as_bytes()), UNLIMITED);
        let deferred = validation.deferred_response();
        let pending = HandshakeResult::Pending { within: Duration::from_secs(300) };
        assert_eq!(handshake.result(deferred.status(), b""), pending);
    });
}

#[test]
fn only_200_with_the_code_is_consent() {
    let handshake = validation();
    let body = |name: &str, code: &str| format!("{{\"other\":1,\"{name}\":\"{code}\"}}");
    for name in ["validationResponse", "ValidationResponse", "VALIDATIONRESPONSE", "validation\\u0052esponse"]
    {
        assert_eq!(handshake.result(200, body(name, CODE).as_bytes()), UNLIMITED);
        let escaped = body(name, &CODE.replace('5', "\\u0035"));
        assert_eq!(handshake.result(200, escaped.as_bytes()), UNLIMITED);
        let refused = HandshakeResult::Refused(HandshakeFailure::OtherCode);
        for code in ["", "512d38b6", &CODE.to_uppercase()] {
            assert_eq!(handshake.result(200, body(name, code).as_bytes()), refused);
            let by_url = handshake.clone().with_url("https://localhost");
            assert_eq!(by_url.result(200, body(name, code).as_bytes()), refused);
        }
    }
    for status in [201, 202, 204, 301, 400, 500] {
        let refused = HandshakeResult::Refused(HandshakeFailure::Status { status });
        assert_eq!(handshake.result(status, body("validationResponse", CODE).as_bytes()), refused);
    }
}

#[test]
fn without_a_code_it_depends_on_a_url() {
    let by_url = validation().with_url("https://localhost");
    for body in
        ["", "OK", "{}", "[]", "null", "{\"validationResponse\":5}", "{\"validationResponse\":\"x\"} x"]
    {
        let refused = HandshakeResult::Refused(HandshakeFailure::NoCode);
        assert_eq!(validation().result(200, body.as_bytes()), refused, "{body}");
        let pending = HandshakeResult::Pending { within: ValidationHandshake::URL_VALID };
        assert_eq!(by_url.result(200, body.as_bytes()), pending, "{body}");
    }
    assert_eq!(
        validation().result(200, b"\xff"),
        HandshakeResult::Refused(HandshakeFailure::NoCode),
        "what is not UTF-8 is no code"
    );
}

#[test]
fn the_url_is_valid_for_five_minutes() {
    let handshake = validation().with_url("https://localhost");
    let five = Duration::from_secs(300);
    for after in [Duration::ZERO, five] {
        assert_eq!(handshake.result_by_url(CODE, after), UNLIMITED);
    }
    let late = handshake.result_by_url(CODE, five + Duration::from_nanos(1));
    assert_eq!(late, HandshakeResult::Refused(HandshakeFailure::TooLate));
    let other = handshake.result_by_url("", Duration::ZERO);
    assert_eq!(other, HandshakeResult::Refused(HandshakeFailure::OtherCode));
}

#[test]
fn the_handshake_of_cloud_events_is_options_with_an_origin() {
    let handshake = CloudEventsHandshake::new();
    assert_eq!(written(&handshake.request()), "OPTIONS\nwebhook-request-origin: eventgrid.azure.net\n\n");
    let handshake = handshake
        .with_rate(NonZeroU32::new(120).unwrap())
        .with_callback("https://localhost/callback?token=1A");
    assert_eq!(
        written(&handshake.request()),
        "OPTIONS\n\
         webhook-request-callback: https://localhost/callback?token=1A\n\
         webhook-request-origin: eventgrid.azure.net\n\
         webhook-request-rate: 120\n\
         \n"
    );
    for url in ["", "https://localhost/\u{e9}", "https://a\r\nb: c", "a b"] {
        let request = CloudEventsHandshake::new().with_callback(url).request();
        assert!(request.headers().get("webhook-request-callback").is_none(), "{url}");
    }
}

#[test]
fn our_own_receiver_consents_to_the_handshake_of_cloud_events() {
    let handshake = CloudEventsHandshake::new()
        .with_rate(NonZeroU32::new(600).unwrap())
        .with_callback("https://localhost/callback");
    let limited = NonZeroU32::new(120).unwrap();
    let webhook = Webhook::new(Secret::in_query("code", "s3cret"))
        .require_secret_in_handshake()
        .with_allowed_origins(AllowedOrigins::Only(&["EventGrid.Azure.net"]));
    for (webhook, rate) in [
        (webhook.clone(), AllowedRate::Unlimited),
        (webhook.with_allowed_rate(limited), AllowedRate::PerMinute(limited)),
    ] {
        receive(&webhook, "code=s3cret", &handshake.request(), |delivery| {
            let Delivery::Handshake(received) = delivery else { panic!("{delivery:?}") };
            assert_eq!(received.origin(), "eventgrid.azure.net");
            assert_eq!(received.callback(), Some("https://localhost/callback"));
            assert_eq!(received.requested_rate().map(NonZeroU32::get), Some(600));
            let response = received.response();
            let result = handshake.result(response.status(), &headers(&response));
            assert_eq!(result, HandshakeResult::Consented { rate });
            let deferred = received.deferred_response();
            let result = handshake.result(deferred.status(), &headers(&deferred));
            assert!(matches!(result, HandshakeResult::Pending { .. }));
        });
    }
}

#[test]
fn consent_to_cloud_events_is_in_the_headers() {
    let handshake = CloudEventsHandshake::new();
    let origin = ("webhook-allowed-origin", "eventgrid.azure.net");
    let refused = HandshakeResult::Refused;
    for (response, expected) in [
        (map(&[origin]), UNLIMITED),
        (map(&[("webhook-allowed-origin", "*")]), UNLIMITED),
        (map(&[("webhook-allowed-origin", "EVENTGRID.azure.net")]), UNLIMITED),
        (map(&[origin, ("webhook-allowed-rate", "*")]), UNLIMITED),
        (map(&[("webhook-allowed-origin", "azure.net")]), refused(HandshakeFailure::OtherOrigin)),
        (map(&[("webhook-allowed-origin", "")]), refused(HandshakeFailure::NoOrigin)),
        (map(&[("allow", "POST")]), refused(HandshakeFailure::NoOrigin)),
        (map(&[origin, ("webhook-allowed-rate", "0")]), refused(HandshakeFailure::Rate)),
        (map(&[origin, ("webhook-allowed-rate", "+5")]), refused(HandshakeFailure::Rate)),
        (map(&[origin, ("webhook-allowed-rate", "")]), refused(HandshakeFailure::Rate)),
        (map(&[origin, ("webhook-allowed-rate", "many")]), refused(HandshakeFailure::Rate)),
    ] {
        assert_eq!(handshake.result(200, &response), expected, "{response:?}");
        assert_eq!(handshake.result(204, &response), expected, "{response:?}");
        let failed = refused(HandshakeFailure::Status { status: 405 });
        assert_eq!(handshake.result(405, &response), failed);
    }
    let rate = AllowedRate::PerMinute(NonZeroU32::new(7).unwrap());
    let response = map(&[origin, ("webhook-allowed-rate", "7")]);
    assert_eq!(handshake.result(200, &response), HandshakeResult::Consented { rate });
}

#[test]
fn a_deletion_is_read_by_our_own_receiver_in_both_schemas() {
    let deleted = DeletedSubscription::new("1", "/topics/t", "2024-06-01T12:00:00Z", "/subs/billing");
    for schema in [DeliverySchema::EventGrid, DeliverySchema::CloudEvents, DeliverySchema::Custom] {
        receive(&Webhook::without_secret(), "", &deleted.request(&settings(schema)), |delivery| {
            let Delivery::SubscriptionDeletion(deletion) = delivery else { panic!("{delivery:?}") };
            assert_eq!(deletion.subscription_id().unwrap(), "/subs/billing");
            assert_eq!(deletion.event().source().unwrap(), "/topics/t");
        });
    }
}

#[test]
fn codes_and_urls_are_in_no_text() {
    let validation = validation().with_url("https://localhost/hunter2");
    let cloud = CloudEventsHandshake::new().with_callback("https://localhost/hunter2");
    let request = cloud.request();
    for shown in [format!("{validation:?}"), format!("{cloud:?}"), format!("{:?}", request.headers())] {
        assert!(!shown.contains("hunter2") && !shown.contains(CODE), "{shown}");
    }
}
