//! Which endpoints an event subscription can have, and what receivers get from one with push
//! delivery.

use eventgrid_emulator::broker::{InvalidPushUrl, PushEndpoint, SubscriptionSettings};
use eventgrid_emulator::eventgrid_push::{DeliverySchema, DeliveryTier, RetryPolicy};
use eventgrid_emulator::{ConfigurationError, Emulator, PushEndpointError, Target};

use crate::basic::Basic;
use crate::namespace::{JSON, Namespace, billing, text};

const ORDERS: Target<'_> = Target::NamespaceTopic("orders");

fn endpoint() -> PushEndpoint {
    PushEndpoint::new("http://localhost/events").unwrap()
}

#[test]
fn an_endpoint_has_a_url_of_http_with_a_host() {
    for url in
        ["http://localhost", "https://example.com:8443/a/b?code=1", "HTTP://[::1]:80/", "http://127.0.0.1/"]
    {
        assert!(PushEndpoint::new(url).is_ok(), "{url}");
    }
    for url in [
        "",
        "/events",
        "localhost:8080",
        "ftp://localhost/",
        "unix:///run/socket",
        "http:///events",
        "http://",
        "http://user:secret@localhost/",
        "http://localhost/#part",
        "http://local host/",
        "http://localhost:99999/",
        "http://localhost/\u{e4}",
    ] {
        assert_eq!(PushEndpoint::new(url).err(), Some(InvalidPushUrl), "{url}");
    }
}

#[test]
fn nobody_receives_or_settles_what_is_pushed() {
    let mut namespace = Namespace::new();
    namespace.publish(&["1"]);
    assert_eq!(namespace.emulator.set_push_endpoint(ORDERS, "billing", Some(endpoint())), Ok(true));
    for (operation, body) in [("receive", ""), ("acknowledge", r#"{"lockTokens":["x"]}"#)] {
        let reply = namespace.send(&billing(operation), JSON, body);
        assert_eq!(reply.status(), 400);
        assert_eq!(reply.headers()["broker-errorcode"], "BadRequest");
        assert!(text(&reply).contains("has the delivery mode Push"), "{}", text(&reply));
    }
    assert_eq!(namespace.emulator.receive(ORDERS, "billing", 10).unwrap().len(), 0);
}

#[test]
fn a_receive_that_waits_is_refused_when_its_subscription_gets_an_endpoint() {
    let mut namespace = Namespace::new();
    let waiter = namespace.wait(&billing("receive"));
    namespace.emulator.set_push_endpoint(ORDERS, "billing", Some(endpoint())).unwrap();
    let (finished, reply) = namespace.emulator.take_finished().remove(0);
    assert_eq!((finished, reply.status().as_u16()), (waiter, 400));
    assert_eq!(namespace.emulator.waiting(), 0);
}

#[test]
fn an_endpoint_that_makes_no_sense_is_refused_and_nothing_is_changed() {
    let mut basic = Basic::new();
    let targets = [
        (Target::BasicTopic("grid"), DeliverySchema::Custom),
        (Target::BasicTopic("cloud"), DeliverySchema::EventGrid),
        (Target::Domain("cloud-domain"), DeliverySchema::Custom),
        (ORDERS, DeliverySchema::EventGrid),
    ];
    for (target, schema) in targets {
        basic.emulator.create_subscription(target, "billing", SubscriptionSettings::default());
        let result =
            basic.emulator.set_push_endpoint(target, "billing", Some(endpoint().with_schema(schema)));
        assert!(matches!(result, Err(PushEndpointError::Schema(_))), "{target:?}: {result:?}");
        assert!(basic.emulator.push_endpoint(target, "billing").is_none());
    }
    let (given, needed) = (DeliveryTier::Basic, DeliveryTier::Namespace);
    let policy = endpoint().with_retry_policy(RetryPolicy::basic());
    assert_eq!(
        basic.emulator.set_push_endpoint(ORDERS, "billing", Some(policy)),
        Err(PushEndpointError::OtherTier { given, needed })
    );
    let root = Target::BasicTopic("");
    basic.emulator.create_subscription(root, "audit", SubscriptionSettings::default());
    let cloud = endpoint().with_schema(DeliverySchema::CloudEvents);
    assert_eq!(
        basic.emulator.set_push_endpoint(root, "audit", Some(cloud)),
        Err(PushEndpointError::AnySchema)
    );
    assert_eq!(basic.emulator.set_push_endpoint(root, "audit", Some(endpoint())), Ok(true));
    assert_eq!(basic.emulator.set_push_endpoint(ORDERS, "fake", Some(endpoint())), Ok(false));
}

#[test]
fn a_builder_gives_endpoints_to_subscriptions_that_it_creates() {
    let builder = Emulator::builder().subscription("orders", "billing");
    let built = builder.clone().subscription_push_endpoint("Orders", "BILLING", endpoint()).build().unwrap();
    assert_eq!(built.push_endpoint(ORDERS, "billing").unwrap().url().unwrap(), "http://localhost/events");
    assert_eq!(
        builder.clone().subscription_push_endpoint("orders", "fake", endpoint()).build().err(),
        Some(ConfigurationError::PushEndpointOfNothing { name: "orders/fake".to_owned() })
    );
    let policy = endpoint().with_retry_policy(RetryPolicy::basic());
    let error = builder.subscription_push_endpoint("orders", "billing", policy).build().err();
    assert!(matches!(error, Some(ConfigurationError::PushEndpoint { .. })), "{error:?}");
}
