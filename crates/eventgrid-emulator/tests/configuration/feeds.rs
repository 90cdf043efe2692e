//! Topics of the namespace that basic topics feed, in a file.

use eventgrid_emulator::Target;
use eventgrid_emulator::broker::PushEndpoint;
use eventgrid_emulator::configuration::{Configuration, PushConfiguration};
use eventgrid_emulator::eventgrid_push::RetryPolicy;

const INVOICES: Target<'_> = Target::BasicTopic("invoices");

/// A file with an event subscription of a basic topic that has these fields.
fn with(fields: &str) -> String {
    format!(
        "[[namespace.topics]]\nname = \"orders\"\n[[basicTopics]]\nname = \"invoices\"\n\
         [[basicTopics.eventSubscriptions]]\nname = \"feed\"\n{fields}\n"
    )
}

const BY_NAME: &str = r#"
retryPolicy = { maxDeliveryAttempts = 5 }
destination = { endpointType = "NamespaceTopic", topic = "Orders" }
"#;

#[test]
fn a_file_names_the_topic_that_is_fed() {
    let configuration = Configuration::parse(&with(BY_NAME)).unwrap();
    let mut emulator = configuration.builder().subscription("orders", "billing").build().unwrap();
    let endpoint = emulator.push_endpoint(INVOICES, "feed").unwrap();
    let policy = RetryPolicy::basic().with_max_attempts(5).unwrap();
    assert_eq!(*endpoint, PushEndpoint::namespace_topic("Orders").with_retry_policy(policy));
    let event = r#"[{"id":"1","subject":"s","eventType":"t","eventTime":"2024-06-01T12:00:00Z",
        "dataVersion":"1","data":{}}]"#;
    emulator.publish(INVOICES, event).unwrap();
    assert_eq!(emulator.stats("orders", "billing").unwrap().queued, 1);

    let written = configuration.to_toml();
    assert_eq!(Configuration::parse(&written).as_ref(), Ok(&configuration), "{written}");
    assert!(written.contains("endpointType = \"NamespaceTopic\"\ntopic = \"Orders\"\n"), "{written}");
}

#[test]
fn a_file_may_have_the_resource_id_of_the_topic() {
    let id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shop/providers/microsoft.eventgrid/\
              namespaces/shop/topics/orders";
    let destination = format!("destination = {{ endpointType = \"NamespaceTopic\", resourceId = \"{id}\" }}");
    let configuration = Configuration::parse(&with(&destination)).unwrap();
    let push = configuration.basic_topics[0].event_subscriptions[0].push.clone();
    assert_eq!(push, Some(PushConfiguration::namespace_topic("orders")));
}

#[test]
fn what_is_wrong_with_a_topic_that_is_fed_is_told_with_its_place() {
    let to = |fields: &str| format!("destination = {{ endpointType = \"NamespaceTopic\"{fields} }}");
    let schema = |schema: &str| format!("eventDeliverySchema = \"{schema}\"\n{}", to(", topic = \"orders\""));
    assert!(Configuration::parse(&with(&schema("CloudEventSchemaV1_0"))).is_ok());
    for (fields, field, message) in [
        (
            to(", topic = \"other\""),
            "destination.topic",
            "the topic \"other\", which does not exist: create it",
        ),
        (to(""), "destination", "give either topic, its name, or resourceId"),
        (to(", topic = \"orders\", resourceId = \"x\""), "destination", "give either topic, its name"),
        (to(", resourceId = \"/topics/orders\""), "resourceId", "expected the resource id of a topic of a"),
        (to(", topic = \"orders\", maxEventsPerBatch = 5"), "maxEventsPerBatch", "unknown field"),
        (schema("EventGridSchema"), "eventDeliverySchema", "gets events as CloudEventSchemaV1_0"),
        (
            "destination = { endpointType = \"EventHub\" }".to_owned(),
            "endpointType",
            "expected WebHook or NamespaceTopic",
        ),
    ] {
        let errors = Configuration::parse(&with(&fields)).unwrap_err();
        let error = errors.iter().find(|error| error.field().ends_with(field));
        let error = error.unwrap_or_else(|| panic!("{fields}: {errors}"));
        assert!(error.to_string().contains(message) && error.line() >= 7, "{errors}");
    }
    let of_namespace = "[[namespace.topics]]\nname = \"orders\"\n[[namespace.topics.eventSubscriptions]]\n\
        name = \"billing\"\ndeliveryConfiguration = { deliveryMode = \"Push\", push = { destination = \
        { endpointType = \"NamespaceTopic\", topic = \"orders\" } } }\n";
    let errors = Configuration::parse(of_namespace).unwrap_err().to_string();
    assert!(errors.contains("a topic of the namespace feeds no other"), "{errors}");
}

#[test]
fn a_reload_changes_which_topic_is_fed() {
    let before = Configuration::parse(&with("")).unwrap();
    let after = with(BY_NAME)
        .replace("Orders", "returns")
        .replace("[[basicTopics]]\n", "[[namespace.topics]]\nname = \"returns\"\n[[basicTopics]]\n");
    let after = Configuration::parse(&after).unwrap();
    let emulator = before.builder().start("127.0.0.1:0").unwrap();
    emulator.reconfigure(&before, &after).unwrap();
    let endpoint = emulator.with(|it| it.push_endpoint(INVOICES, "feed").cloned()).unwrap();
    assert_eq!(endpoint.topic(), Some("returns"));
    emulator.reconfigure(&after, &before).unwrap();
    assert!(emulator.with(|it| it.push_endpoint(INVOICES, "feed").is_none()));
}
