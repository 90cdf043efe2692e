//! Where events are pushed: in a file, with secrets from elsewhere, shown without them, reloaded.

use std::num::NonZeroU32;
use std::time::Duration;

use eventgrid_emulator::broker::PushEndpoint;
use eventgrid_emulator::configuration::{Configuration, Difference, TextSource};
use eventgrid_emulator::eventgrid_push::{Batching, DeliverySchema, RetryPolicy};
use eventgrid_emulator::{ConfigurationError, Emulator, EventSubscriptionOptions, Secret, Target};

const ORDERS: Target<'_> = Target::NamespaceTopic("orders");
const INVOICES: Target<'_> = Target::BasicTopic("invoices");
const NEWS: Target<'_> = Target::PartnerChannel { namespace: "contoso", channel: "news" };

const PUSHED: &str = r#"
[[namespace.topics]]
name = "orders"
[[namespace.topics.eventSubscriptions]]
name = "billing"
eventDeliverySchema = "CloudEventSchemaV1_0"
[namespace.topics.eventSubscriptions.deliveryConfiguration]
deliveryMode = "Push"
[namespace.topics.eventSubscriptions.deliveryConfiguration.push]
maxDeliveryCount = 3
eventTimeToLive = "PT1H"
[namespace.topics.eventSubscriptions.deliveryConfiguration.push.destination]
endpointType = "WebHook"
endpointUrl = "http://localhost:8080/events?code=hidden"
maxEventsPerBatch = 100
deliveryAttributeMappings = [
    { name = "x-tenant", type = "Static", value = "contoso" },
    { name = "authorization", type = "Static", value = "Bearer hidden", isSecret = true },
    { name = "x-total", type = "Dynamic", sourceField = "data.total" },
]

[[basicTopics]]
name = "invoices"
[[basicTopics.eventSubscriptions]]
name = "billing"
eventDeliverySchema = "CloudEventSchemaV1_0"
retryPolicy = { maxDeliveryAttempts = 5, eventTimeToLiveInMinutes = 30 }
deadLetterDestination = { folder = "dead" }
[basicTopics.eventSubscriptions.filter]
includedEventTypes = ["Ordered"]
subjectBeginsWith = "/orders/"
enableAdvancedFilteringOnArrays = true
advancedFilters = [{ operatorType = "NumberIn", key = "data.totals", values = [1, 2] }]
[basicTopics.eventSubscriptions.destination]
endpointUrl = { environment = "BILLING_URL" }
preferredBatchSizeInKilobytes = 16
handshake = false
probationAfterFailures = 10
deliveryAttributeMappings = [{ name = "x-key", type = "Static", value = { file = "billing.key" } }]

[[basicTopics.eventSubscriptions]]
name = "audit"

[[partnerNamespaces]]
name = "contoso"
[[partnerNamespaces.channels]]
name = "news"
[[partnerNamespaces.channels.eventSubscriptions]]
name = "letters"
destination = { endpointUrl = "https://localhost/letters" }
deadLetterDestination = { topic = "orders" }
"#;

/// Reads a file, and in place of texts that are elsewhere a text of the kind.
fn parse(text: &str) -> Configuration {
    let read = |source: &TextSource| match source.environment_variable() {
        Some(_) => Ok(Secret::new("http://localhost:8081/hook?code=hidden")),
        None => Ok(Secret::new("hidden of the file")),
    };
    Configuration::parse_with(text, read).unwrap()
}

fn endpoint(emulator: &Emulator, target: Target<'_>, name: &str) -> PushEndpoint {
    emulator.push_endpoint(target, name).unwrap().clone()
}

#[test]
fn a_file_says_where_events_of_every_kind_of_topic_are_pushed() {
    let configuration = parse(PUSHED);
    let emulator = configuration.builder().build().unwrap();
    let of_namespace = endpoint(&emulator, ORDERS, "billing");
    assert_eq!(of_namespace.url().unwrap().to_string(), "http://localhost:8080/events?code=hidden");
    assert_eq!(of_namespace.schema(), Some(DeliverySchema::CloudEvents));
    assert_eq!(of_namespace.batching(), Some(Batching::new().with_max_events(100).unwrap()));
    let policy = RetryPolicy::namespace().with_max_attempts(3).unwrap();
    let policy = policy.with_time_to_live(Duration::from_secs(3600)).unwrap();
    assert_eq!(of_namespace.retry_policy(), Some(policy));
    assert!(of_namespace.needs_handshake());
    let properties: Vec<_> = of_namespace
        .properties()
        .iter()
        .map(|property| (property.name(), property.is_secret(), property.source_field()))
        .collect();
    assert_eq!(
        properties,
        [("x-tenant", false, None), ("authorization", true, None), ("x-total", false, Some("data.total"))]
    );

    let of_basic = endpoint(&emulator, INVOICES, "billing");
    assert_eq!(of_basic.url().unwrap(), "http://localhost:8081/hook?code=hidden");
    assert_eq!(of_basic.batching(), Some(Batching::new().with_preferred_kilobytes(16).unwrap()));
    let policy = RetryPolicy::basic().with_max_attempts(5).unwrap();
    let policy = policy.with_time_to_live(Duration::from_secs(1800)).unwrap();
    assert_eq!(of_basic.retry_policy(), Some(policy));
    assert!(!of_basic.needs_handshake());
    assert_eq!(of_basic.probation_after().map(NonZeroU32::get), Some(10));
    assert_eq!(of_namespace.probation_after(), None);
    let key = of_basic.properties().iter().next().unwrap();
    assert!(key.is_secret(), "what is read from elsewhere is a secret");
    assert_eq!(key.value().unwrap(), "hidden of the file");
    let overview = emulator.subscription_overview(INVOICES, "billing").unwrap();
    assert!(overview.filter.arrays);
    assert_eq!(overview.filter.subject_begins_with.as_deref(), Some("/orders/"));
    assert!(overview.dead_lettering.is_some());

    assert!(emulator.push_endpoint(INVOICES, "audit").is_none());
    assert!(emulator.stats_of(INVOICES, "audit").is_some());
    assert_eq!(endpoint(&emulator, NEWS, "letters").url().unwrap(), "https://localhost/letters");
}

#[test]
fn what_is_written_is_read_again_and_texts_that_are_elsewhere_stay_there() {
    let configuration = parse(PUSHED);
    let written = configuration.to_toml();
    assert_eq!(parse(&written), configuration, "{written}");
    assert!(written.contains(r#"endpointUrl = { environment = "BILLING_URL" }"#), "{written}");
    assert!(!written.contains("hidden of the file"), "{written}");
    assert_eq!(configuration.check(), Ok(()));
}

#[test]
fn neither_secrets_nor_queries_of_urls_are_shown() {
    let configuration = parse(PUSHED);
    let shown = configuration.to_toml_without_secrets();
    for part in [
        r#"endpointUrl = "http://localhost:8080/events""#,
        "# the query of endpointUrl is not shown",
        "# value is not shown",
        r#"value = "contoso""#,
        r#"value = { file = "billing.key" }"#,
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    for text in [shown, format!("{configuration:?}"), format!("{:?}", configuration.builder())] {
        assert!(!text.contains("hidden"), "{text}");
    }
}

/// An event subscription of a namespace topic with these fields, and one of a basic topic.
fn with(of_namespace: &str, of_basic: &str) -> String {
    format!(
        "[[namespace.topics]]\nname = \"orders\"\n[[namespace.topics.eventSubscriptions]]\nname = \"billing\"\n\
         {of_namespace}\n[[basicTopics]]\nname = \"invoices\"\n[[basicTopics.eventSubscriptions]]\n\
         name = \"billing\"\n{of_basic}\n"
    )
}

const GOOD: &str = "\"http://localhost/hidden\"";

#[test]
fn what_is_wrong_with_a_delivery_configuration_is_told_with_its_place() {
    let to = |url: &str, more: &str| {
        format!(
            "deliveryConfiguration = {{ deliveryMode = \"Push\", push = {{ destination = {{ endpointUrl = {url} }}{more} }} }}"
        )
    };
    for (of_namespace, field, message) in [
        (
            to("\"localhost/hidden\"", ""),
            "push.destination.endpointUrl",
            "an endpoint needs a URL of http or https",
        ),
        (to("{ variable = \"X\" }", ""), "push.destination.endpointUrl", "expected a string, { environment"),
        (to(GOOD, ", maxDeliveryCount = 11"), "push.maxDeliveryCount", "expected an integer from 1 to 10"),
        (
            to(GOOD, ", eventTimeToLive = \"PT90S\""),
            "push.eventTimeToLive",
            "write whole minutes, from 1 to 10080",
        ),
        ("deliveryConfiguration.deliveryMode = \"Pull\"".into(), "deliveryMode", "expected Push or Queue"),
        ("deliveryConfiguration.deliveryMode = \"Push\"".into(), "push", "this field is missing"),
        (
            "deliveryConfiguration = { deliveryMode = \"Queue\", push = {} }".into(),
            "push",
            "events are received here",
        ),
        (
            format!("maxDeliveryCount = 3\n{}", to(GOOD, "")),
            "maxDeliveryCount",
            "maxDeliveryCount and eventTimeToLive of deliveryConfiguration.push",
        ),
        (
            format!("eventDeliverySchema = \"EventGridSchema\"\n{}", to(GOOD, "")),
            "eventDeliverySchema",
            "the endpoint cannot have that schema: ",
        ),
        (
            "eventDeliverySchema = \"EventGridSchema\"".into(),
            "eventDeliverySchema",
            "CloudEventSchemaV1_0 alone",
        ),
    ] {
        let errors = Configuration::parse(&with(&of_namespace, "")).unwrap_err();
        let error = errors.iter().find(|error| error.field().ends_with(field));
        let error = error.unwrap_or_else(|| panic!("{of_namespace}: {errors}"));
        assert!(error.message().contains(message), "{of_namespace}: {error}");
        assert!(error.line() >= 5 && !errors.to_string().contains("hidden"), "{errors}");
    }
}

#[test]
fn what_is_wrong_with_a_destination_is_told_with_its_place_and_without_secrets() {
    let to = |more: &str| format!("destination = {{ endpointUrl = {GOOD}, {more} }}");
    let header = |property: &str| to(&format!("deliveryAttributeMappings = [{property}]"));
    for (of_basic, field, message) in [
        ("retryPolicy = {}".to_owned(), "retryPolicy", "there is no destination"),
        (
            "eventDeliverySchema = \"EventGridSchema\"".into(),
            "eventDeliverySchema",
            "there is no destination",
        ),
        (to("endpointType = \"EventHub\""), "endpointType", "expected WebHook"),
        (to("maxEventsPerBatch = 5001"), "maxEventsPerBatch", "expected an integer from 1 to 5000"),
        (
            to("preferredBatchSizeInKilobytes = 0"),
            "preferredBatchSizeInKilobytes",
            "expected an integer from 1 to 1024",
        ),
        (
            to("retry = 1"),
            "destination.retry",
            "unknown field; the fields here are endpointType, endpointUrl",
        ),
        (format!("maxDeliveryCount = 3\n{}", to("")), "maxDeliveryCount", "remove it, or write retryPolicy"),
        (
            format!("retryPolicy = {{ eventTimeToLiveInMinutes = 1441 }}\n{}", to("")),
            "retryPolicy.eventTimeToLiveInMinutes",
            "expected an integer from 1 to 1440",
        ),
        (
            header("{ name = \"a\", type = \"static\", value = \"hidden\" }"),
            "[0].type",
            "expected Static or Dynamic",
        ),
        (
            header("{ name = \"aeg-x\", type = \"Static\", value = \"hidden\" }"),
            "Mappings[0]",
            "has a name that a delivery uses itself",
        ),
        (
            header("{ name = \"a\", type = \"Static\", value = \"hid\\nden\" }"),
            "Mappings[0]",
            "cannot be sent",
        ),
        (header("{ name = \"a\", type = \"Dynamic\", value = \"hidden\" }"), "[0].sourceField", "is missing"),
        (
            header(
                "{ name = \"a\", type = \"Dynamic\", sourceField = \"id\" }, { name = \"A\", type = \"Static\", value = \"b\" }",
            ),
            "deliveryAttributeMappings",
            "two delivery properties have the name \"a\"",
        ),
    ] {
        let of_basic = of_basic.replace(",  }", " }");
        let errors = Configuration::parse(&with("", &of_basic)).unwrap_err();
        let error = errors.iter().find(|error| error.field().ends_with(field));
        let error = error.unwrap_or_else(|| panic!("{of_basic}: {errors}"));
        assert!(error.message().contains(message), "{of_basic}: {error}");
        assert!(error.field().starts_with("basicTopics[0].eventSubscriptions[0]."), "{error}");
        assert!(!errors.to_string().contains("hidden"), "{errors}");
    }
}

#[test]
fn a_filter_or_a_topic_for_dead_letters_must_suit_a_basic_topic() {
    for (of_basic, message) in [
        ("deadLetterDestination = { topic = \"orders\" }", "dead letters of another schema than CloudEvents"),
        (
            "filter.advancedFilters = [{ operatorType = \"StringIn\", key = \"id\", values = [] }]",
            "eventSubscriptions[0].filter: clause 1 (StringIn) has no values",
        ),
        ("filtersConfiguration = {}", "unknown field; the fields here are name,"),
        ("[[basicTopics.eventSubscriptions]]\nname = \"Billing\"", "is given twice"),
    ] {
        let errors = Configuration::parse(&with("", of_basic)).unwrap_err().to_string();
        assert!(errors.contains(message), "{errors}");
    }
}

#[test]
fn a_text_that_cannot_be_read_is_told_with_its_place() {
    let text = with("", "destination = { endpointUrl = { environment = \"EVENTGRID_NO_SUCH_VARIABLE\" } }");
    let errors = Configuration::parse_with(&text, TextSource::read).unwrap_err().to_string();
    assert_eq!(
        errors,
        "10:31: basicTopics[0].eventSubscriptions[0].destination.endpointUrl: the environment variable \
         EVENTGRID_NO_SUCH_VARIABLE is not set: set it, or write the text itself"
    );
    let text = with("", "destination = { endpointUrl = { file = \"no such file\" } }");
    let errors = Configuration::parse_with(&text, TextSource::read).unwrap_err().to_string();
    assert!(errors.contains("the file no such file cannot be read: "), "{errors}");

    let unread = Configuration::parse(&text).unwrap();
    let error = unread.builder().build().unwrap_err();
    assert!(matches!(error, ConfigurationError::PushSetting { .. }));
    assert_eq!(
        std::error::Error::source(&error).unwrap().to_string(),
        "the file no such file was not read: parse the configuration by Configuration::parse_with, which reads such \
         texts, too"
    );
}

#[test]
fn settings_for_receivers_may_be_where_azure_resource_manager_has_them() {
    let text = with(
        "deliveryConfiguration = { deliveryMode = \"Queue\", queue = { maxDeliveryCount = 3 } }\n\
         receiveLockDurationInSeconds = 90",
        "",
    );
    let configuration = parse(&text);
    let (.., settings) = configuration.subscriptions().next().unwrap();
    assert_eq!((settings.max_delivery_count, settings.lock_duration.as_secs()), (3, 90));
    assert_eq!(parse(&configuration.to_toml()), configuration);
    let twice = text.replace("receiveLockDurationInSeconds = 90", "maxDeliveryCount = 3");
    let errors = Configuration::parse(&twice).unwrap_err().to_string();
    assert!(errors.contains("the event subscription says this, too"), "{errors}");
}

#[test]
fn a_reload_changes_endpoints_and_leaves_those_that_stay() {
    let to = |url: &str| {
        with(
            &format!(
                "deliveryConfiguration = {{ deliveryMode = \"Push\", push = {{ destination = {{ endpointUrl = \"{url}\" }} }} }}"
            ),
            &format!("destination = {{ endpointUrl = \"{url}\" }}"),
        )
    };
    let (none, first, second) =
        (parse(&with("", "")), parse(&to("http://localhost/a")), parse(&to("http://localhost/b")));
    assert_eq!(
        Difference::between(&first, &second).to_string(),
        "~ event subscription basicTopic:invoices/billing\n~ event subscription orders/billing"
    );
    let running = none.builder().start("127.0.0.1:0").unwrap();
    let urls = || {
        running.with(|emulator| {
            [ORDERS, INVOICES].map(|target| {
                emulator.push_endpoint(target, "billing").map(|it| it.url().unwrap().path().to_owned())
            })
        })
    };
    assert_eq!(urls(), [None, None]);
    running.reconfigure(&none, &first).unwrap();
    assert_eq!(urls(), [Some("/a".to_owned()), Some("/a".to_owned())]);
    // What a program changed stays, unless the file says something else.
    running.with(|emulator| emulator.set_push_endpoint(ORDERS, "billing", None)).unwrap();
    running.reconfigure(&first, &first).unwrap();
    assert_eq!(urls(), [None, Some("/a".to_owned())]);
    running.reconfigure(&first, &second).unwrap();
    assert_eq!(urls(), [Some("/b".to_owned()), Some("/b".to_owned())]);
    running.reconfigure(&second, &none).unwrap();
    assert_eq!(urls(), [None, None]);
}

#[test]
fn where_events_may_be_pushed_needs_a_restart() {
    let file = "[push]\nallowedHosts = [\"webhook.internal\"]\ncallback = \"http://emulator:6500/\"";
    let configuration = parse(file);
    assert_eq!(configuration.push.callback.as_deref(), Some("http://emulator:6500"));
    let difference = Difference::between(&configuration, &Configuration::default());
    assert_eq!(difference.to_string(), "! push needs a restart");
    for url in ["", "emulator:6500", "ftp://emulator", "http://emulator/path", "http://emulator?code=1"] {
        let errors = Configuration::parse(&format!("push.callback = \"{url}\"")).unwrap_err();
        assert!(errors.to_string().contains("push.callback: "), "{errors}");
        assert!(errors.to_string().contains("it needs http://HOST:PORT"), "{errors}");
    }
}

#[test]
fn another_secret_in_the_same_place_is_a_change() {
    let text = with("", "destination = { endpointUrl = { environment = \"BILLING_URL\" } }");
    let [before, after] = ["a", "b"].map(|path| {
        let read = |_: &TextSource| Ok(Secret::new(format!("http://localhost/{path}")));
        Configuration::parse_with(&text, read).unwrap()
    });
    assert_eq!(
        Difference::between(&before, &after).to_string(),
        "~ event subscription basicTopic:invoices/billing"
    );
}

#[test]
fn event_subscriptions_of_basic_topics_come_and_go() {
    let (before, after) = (parse(PUSHED), parse(&with("", "")));
    let difference = Difference::between(&before, &after).to_string();
    for line in [
        "- event subscription basicTopic:invoices/audit",
        "- event subscription partnerChannel:contoso:news/letters",
        "~ event subscription basicTopic:invoices/billing",
        "~ basic resource contoso",
    ] {
        assert!(difference.lines().any(|other| other == line), "{line}: {difference}");
    }
    let running = before.builder().start("127.0.0.1:0").unwrap();
    running.reconfigure(&before, &after).unwrap();
    running.with(|emulator| {
        assert!(emulator.stats_of(INVOICES, "audit").is_none());
        assert!(emulator.topic_overview(NEWS).is_none());
        assert!(emulator.push_endpoint(INVOICES, "billing").is_none());
    });
    running.reconfigure(&after, &before).unwrap();
    running.with(|emulator| assert!(emulator.push_endpoint(NEWS, "letters").is_some()));
}

#[test]
fn a_data_directory_keeps_events_of_basic_topics_and_the_file_gives_endpoints_again() {
    let folder = std::env::temp_dir().join(format!("eventgrid-emulator-push-{}", std::process::id()));
    let configuration = parse(PUSHED);
    let start = || configuration.builder().data(&folder).start("127.0.0.1:0").unwrap();
    start().shutdown();
    let again = start();
    again.with(|emulator| {
        assert_eq!(endpoint(emulator, INVOICES, "billing").url().unwrap().path(), "/hook");
        assert_eq!(emulator.topic_overview(INVOICES).unwrap().subscriptions.len(), 2);
    });
    again.shutdown();
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_builder_refuses_event_subscriptions_that_cannot_be() {
    let builder = |target, name: &str, options| {
        let builder = Emulator::builder().basic_topic("invoices", eventgrid_emulator::InputSchema::EventGrid);
        builder.subscription_of(target, name, options).build().map(drop)
    };
    let options = EventSubscriptionOptions::new;
    let name = "domain:invoices/billing".to_owned();
    assert_eq!(
        builder(Target::Domain("invoices"), "billing", options()),
        Err(ConfigurationError::SubscriptionOfNothing { name })
    );
    assert!(matches!(builder(INVOICES, "no", options()), Err(ConfigurationError::InvalidName { .. })));
    let url = || PushEndpoint::new("http://localhost/").unwrap();
    let other_tier = url().with_retry_policy(RetryPolicy::namespace());
    let error = builder(INVOICES, "billing", options().push_endpoint(other_tier)).unwrap_err();
    assert!(matches!(error, ConfigurationError::PushEndpoint { .. }), "{error}");
    assert_eq!(builder(Target::BasicTopic("Invoices"), "billing", options().push_endpoint(url())), Ok(()));
}
