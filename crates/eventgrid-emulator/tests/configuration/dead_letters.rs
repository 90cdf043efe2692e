//! Where dead letters go: in a file, given to a builder, reloaded.

use std::time::Duration;

use eventgrid_emulator::broker::{DeadLetterDestination, DeadLettering};
use eventgrid_emulator::configuration::{Configuration, Difference};
use eventgrid_emulator::{ConfigurationError, DeadLetteringError, Emulator, Target};

const ORDERS: Target<'_> = Target::NamespaceTopic("orders");

/// A file with a topic for dead letters, and an event subscription with these fields.
fn file(fields: &str) -> String {
    format!(
        "[[namespace.topics]]\nname = \"orders\"\n[[namespace.topics.eventSubscriptions]]\nname = \"billing\"\n\
         {fields}\n[[namespace.topics]]\nname = \"dead\"\n"
    )
}

fn to_topic(name: &str) -> DeadLettering {
    DeadLettering::new(DeadLetterDestination::Topic(name.to_owned()))
}

#[test]
fn a_file_says_where_dead_letters_go_and_when() {
    let folder = DeadLettering::new(DeadLetterDestination::Folder("dead letters".into()));
    for (fields, expected) in [
        ("deadLetterDestination = \"list\"", DeadLettering::new(DeadLetterDestination::List)),
        ("deadLetterDestination = { topic = \"dead\" }", to_topic("dead")),
        (
            "deadLetterDestination = { topic = \"Dead\" }\ndeadLetterDelayInSeconds = 0",
            to_topic("Dead").with_delay(Duration::ZERO),
        ),
        ("deadLetterDestination.folder = \"dead letters\"", folder),
    ] {
        let configuration = Configuration::parse(&file(fields)).unwrap();
        let emulator = configuration.builder().build().unwrap();
        assert_eq!(emulator.dead_lettering(ORDERS, "billing"), Some(&expected), "{fields}");
        let written = configuration.to_toml();
        assert_eq!(Configuration::parse(&written).as_ref(), Ok(&configuration), "{written}");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (fields, place, message) in [
        (
            "deadLetterDestination = { topic = \"orders\" }",
            (5, "Destination"),
            "the topic that they come from",
        ),
        (
            "deadLetterDestination = { topic = \"fake\" }",
            (5, "Destination"),
            "which does not exist: create it",
        ),
        (
            "deadLetterDestination = { folder = \"\" }",
            (5, "Destination"),
            "the folder for dead letters is empty",
        ),
        (
            "deadLetterDestination = \"blob\"",
            (5, "Destination"),
            "\"blob\" is not one of list, folder, topic",
        ),
        (
            "deadLetterDelayInSeconds = 5",
            (5, "DelayInSeconds"),
            "no deadLetterDestination that this could be for",
        ),
        (
            "deadLetterDestination = \"list\"\ndeadLetterDelayInSeconds = 86401",
            (6, "DelayInSeconds"),
            "expected an integer from 0 to 86400",
        ),
    ] {
        let errors = Configuration::parse(&file(fields)).unwrap_err();
        let found: Vec<_> = errors.iter().collect();
        assert_eq!(found.len(), 1, "{errors}");
        let field = format!("namespace.topics[0].eventSubscriptions[0].deadLetter{}", place.1);
        assert_eq!((found[0].line(), found[0].field()), (place.0, &*field), "{errors}");
        assert!(found[0].message().contains(message), "{errors}");
    }
}

#[test]
fn a_builder_refuses_destinations_that_make_no_sense() {
    let builder = |topic: &str, name: &str, to: &str| {
        let builder = Emulator::builder().subscription("orders", "billing");
        builder.subscription_dead_lettering(topic, name, to_topic(to)).build().map(drop)
    };
    let error = ConfigurationError::DeadLettering {
        name: "orders/Billing".to_owned(),
        source: DeadLetteringError::UnknownTopic { topic: "dead".to_owned() },
    };
    assert_eq!(builder("orders", "Billing", "dead"), Err(error));
    let error = ConfigurationError::DeadLetteringOfNothing { name: "orders/fake".to_owned() };
    assert_eq!(builder("orders", "fake", "dead"), Err(error));
}

#[test]
fn a_reload_changes_where_dead_letters_go_and_keeps_those_that_are_there() {
    let parse = |fields: &str| Configuration::parse(&file(fields)).unwrap();
    let (before, after) =
        (parse("deadLetterDestination = \"list\""), parse("deadLetterDestination.topic = \"dead\""));
    let difference = Difference::between(&before, &after);
    assert_eq!(difference.changed_subscriptions, [("orders".to_owned(), "billing".to_owned())]);
    let emulator = before.builder().start("127.0.0.1:0").unwrap();
    assert_eq!(emulator.reconfigure(&before, &after).unwrap(), difference);
    let seen = emulator.with(|it| it.dead_lettering(ORDERS, "billing").cloned());
    assert_eq!(seen, Some(to_topic("dead")));
    emulator.reconfigure(&after, &parse("")).unwrap();
    assert_eq!(emulator.with(|it| it.dead_lettering(ORDERS, "billing").cloned()), None);
}
