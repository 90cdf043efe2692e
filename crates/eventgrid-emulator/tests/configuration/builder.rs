//! What only a builder can set.

use std::time::Duration;

use eventgrid::{CloudEvent, NamespaceTopic, ReceiveOptions, Subscription, blocking};
use eventgrid_emulator::broker::SubscriptionSettings;
use eventgrid_emulator::{ConfigurationError, Emulator, InProcess, InputSchema};

fn settings(seconds: u64) -> SubscriptionSettings {
    SubscriptionSettings { lock_duration: Duration::from_secs(seconds), ..Default::default() }
}

#[test]
fn each_subscription_has_its_own_settings() {
    let namespace = Emulator::builder()
        .lock_duration(Duration::from_secs(30))
        .subscription("orders", "common")
        .subscription_with("orders", "quick", settings(1))
        .in_process()
        .unwrap();
    let topic = NamespaceTopic::new(InProcess::ENDPOINT, "orders").unwrap();
    let publisher = blocking::Publisher::new(namespace.client(), topic);
    publisher.send(&CloudEvent::new("1", "/shop", "Ordered")).unwrap();
    for (name, seconds) in [("common", 30), ("quick", 1)] {
        let subscription = Subscription::new(InProcess::ENDPOINT, "orders", name).unwrap();
        let consumer = blocking::Consumer::new(namespace.client(), subscription);
        assert_eq!(consumer.receive(ReceiveOptions::new()).unwrap().len(), 1);
        let before = namespace.now();
        assert_eq!(consumer.receive(ReceiveOptions::new()).unwrap().len(), 1);
        assert_eq!(namespace.now(), before + Duration::from_secs(seconds), "{name}");
    }
}

#[test]
fn names_that_differ_in_case_alone_are_refused() {
    let builder = Emulator::builder;
    for builder in [
        builder().topic("orders").topic("Orders"),
        builder().subscription("orders", "billing").topic("ORDERS"),
        builder().subscription("orders", "billing").subscription("orders", "Billing"),
        builder().basic_topic("orders", InputSchema::Custom).domain("Orders", InputSchema::Custom),
    ] {
        let error = builder.build().unwrap_err();
        assert!(matches!(error, ConfigurationError::NamesDifferInCase { .. }), "{error}");
    }
    // A topic may be said again, and two topics may have event subscriptions of the same name.
    let same = builder().topic("orders").subscription("orders", "all").subscription("returns", "All");
    assert!(same.build().is_ok());
}

#[test]
fn settings_keys_and_roles_that_can_do_nothing_are_refused() {
    let builder = Emulator::builder;
    for (builder, expected) in [
        (builder().subscription_with("orders", "billing", settings(0)), ConfigurationError::ZeroLockDuration),
        (builder().bearer_token_with_roles("token", []), ConfigurationError::NoRole),
        (
            builder().resource_key("shops", "c2VjcmV0"),
            ConfigurationError::KeyOfNothing { name: "shops".to_owned() },
        ),
        (
            builder().topic("orders").topic_key("shops", "c2VjcmV0"),
            ConfigurationError::KeyOfNothing { name: "shops".to_owned() },
        ),
        (
            builder().domain("shops", InputSchema::Custom).resource_key("shops", ""),
            ConfigurationError::EmptyKey,
        ),
    ] {
        assert_eq!(builder.build().unwrap_err(), expected);
    }
}
