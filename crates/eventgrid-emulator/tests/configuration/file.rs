//! Files in TOML form: their contents, and every error with its position.

use std::time::Duration;

use eventgrid_emulator::configuration::{Configuration, TextSource, TlsConfiguration};
use eventgrid_emulator::{AttributeOrder, FaultEffect, InputSchema, Limits, Role, Secret};

/// Everything that a file can say.
const WHOLE: &str = r#"
listen = "0.0.0.0:6500"
dataFolder = "events"
seed = 7
limits = "relaxed"
attributeOrder = "published"
basicTopicAtRoot = true

[[bearerTokens]]
token = "a.b.c"
roles = ["EventGrid Data Sender", "EventGrid Data Receiver"]

[[bearerTokens]]
token = "everything"

[tls]
developmentFolder = "certificates"
names = ["emulator", "10.0.0.7"]

[namespace]
keys = ["Zmlyc3Q=", "c2Vjb25k"]
receiveLockDurationInSeconds = 300
maxDeliveryCount = 3

[[namespace.topics]]
name = "orders"
keys = ["b3JkZXJzIQ=="]
maxDeliveryCount = 5

[[namespace.topics.eventSubscriptions]]
name = "billing"
receiveLockDurationInSeconds = 60
eventTimeToLive = "PT1H30M"

[[namespace.topics.eventSubscriptions]]
name = "shipping"

[[namespace.topics]]
name = "returns"
eventSubscriptions = [{ name = "billing", eventTimeToLive = "P2D" }]

[[basicTopics]]
name = "grid"

[[basicTopics]]
name = "cloud"
inputSchema = "CloudEventSchemaV1_0"
keys = ["dGhpcmQh"]

[[domains]]
name = "shops"
inputSchema = "custom"

[[partnerNamespaces]]
name = "contoso"
channels = [{ name = "news" }, { name = "old-news", inputSchema = "EventGridSchema" }]

[[faults]]
when = { operation = "publish", topic = "orders", every = 10, probability = 0.5 }
then = { status = 503, headers = { retry-after = "1" }, body = "\"busy\"" }

[[faults]]
then.delayInMilliseconds = 20
"#;

/// What is said about a file, a line for each error.
fn errors(text: &str) -> Vec<String> {
    let errors = Configuration::parse(text).unwrap_err();
    errors.iter().map(ToString::to_string).collect()
}

#[test]
fn a_file_says_everything_that_a_builder_takes() {
    let configuration = Configuration::parse(WHOLE).unwrap();
    assert_eq!(configuration.listen, ["0.0.0.0:6500"]);
    assert_eq!(configuration.data_folder, Some("events".into()));
    assert_eq!(configuration.seed, Some(7));
    assert_eq!(configuration.limits, Limits::Relaxed);
    assert_eq!(configuration.attribute_order, AttributeOrder::Published);
    let roles: Vec<_> = configuration.bearer_tokens.iter().map(|token| token.roles.clone()).collect();
    assert_eq!(
        roles,
        [
            vec![Role::DataSender, Role::DataReceiver],
            vec![Role::DataContributor, Role::TopicSpacesPublisher, Role::TopicSpacesSubscriber]
        ]
    );
    let Some(TlsConfiguration::Development { names, .. }) = &configuration.tls else { panic!() };
    assert_eq!(names, &["emulator", "10.0.0.7"]);
    let schemas: Vec<_> = configuration.basic_topics.iter().map(|topic| topic.input_schema).collect();
    assert_eq!(schemas, [InputSchema::EventGrid, InputSchema::CloudEvents]);
    assert_eq!(configuration.partner_namespaces[0].channels[0].input_schema, InputSchema::CloudEvents);
    let emulator = configuration.builder().build().unwrap();
    let effects: Vec<_> = emulator.faults().into_iter().map(|state| state.fault.then).collect();
    let busy = FaultEffect::new().status(503).header("retry-after", "1").body("\"busy\"");
    assert_eq!(effects, [busy, FaultEffect::new().delay(Duration::from_millis(20))]);
}

#[test]
fn where_events_may_be_pushed_is_said_by_host_and_written_as_it_was_read() {
    let text = r#"push = { allowedHosts = ["webhook.internal", "[2001:db8::7]"], callback = "http://emulator:6500" }"#;
    let configuration = Configuration::parse(text).unwrap();
    assert_eq!(configuration.push.allowed_hosts, ["webhook.internal", "[2001:db8::7]"]);
    assert_eq!(configuration.push.callback.as_deref(), Some("http://emulator:6500"));
    assert_eq!(Configuration::parse(&configuration.to_toml()).unwrap(), configuration);
    for host in ["", "*", "*.internal", "http://webhook", "webhook:80", "web hook", "user@webhook", "a/b"] {
        let errors = errors(&format!("push.allowedHosts = [{host:?}]"));
        assert!(errors[0].contains("is not a host: it needs a name or an address"), "{errors:?}");
    }
    assert!(errors("push.callback = \"emulator\"")[0].contains("it needs http://HOST:PORT"));
}

#[test]
fn settings_come_from_subscription_topic_and_namespace_in_that_order() {
    let configuration = Configuration::parse(WHOLE).unwrap();
    let settings: Vec<_> = configuration
        .subscriptions()
        .map(|(topic, name, settings)| {
            let [lock, live] = [settings.lock_duration, settings.time_to_live].map(|it| it.as_secs());
            (topic, name, lock, settings.max_delivery_count, live)
        })
        .collect();
    let day = 24 * 60 * 60;
    assert_eq!(
        settings,
        [
            ("orders", "billing", 60, 5, 5400),
            ("orders", "shipping", 300, 5, day),
            ("returns", "billing", 300, 3, 2 * day)
        ]
    );
}

#[test]
fn what_is_written_is_read_again_as_the_same() {
    for text in [
        WHOLE,
        "",
        "sas = false\nnamespace.keys = [\"any 'text' \\\\ \\u0001\\n\"]",
        "authentication = false\nnamespace.topics = [{ name = 'orders', keys = ['Zmlyc3Q=', 'c2Vjb25k'] }]",
        "listen = ['0.0.0.0:6500', 6501]",
        "tls = { certificate = 'a \"b\".pem', privateKey = 'c.pem' }",
        "namespace.eventTimeToLive = 'PT0.25S'",
    ] {
        let configuration = Configuration::parse(text).unwrap();
        assert_eq!(Configuration::parse(&configuration.to_toml()).unwrap(), configuration, "{text}");
    }
}

#[test]
fn secrets_are_neither_written_nor_shown_unless_asked_for() {
    let configuration = Configuration::parse(WHOLE).unwrap();
    let shown = format!("{configuration:?}{}", configuration.to_toml_without_secrets());
    for secret in ["Zmlyc3Q=", "c2Vjb25k", "b3JkZXJzIQ==", "dGhpcmQh", "a.b.c", "everything"] {
        assert!(!shown.contains(secret), "{secret}");
        assert!(configuration.to_toml().contains(secret), "{secret}");
    }
}

#[test]
fn every_error_of_a_file_is_told_with_its_place() {
    let text = r#"
listen = "localhost"
limits = "lax"
attributeOrder = 5
admin = 6501
seed = -1

[namespace]
keys = ["secret", 5]
recieveLockDurationInSeconds = 60

[[namespace.topics]]
name = "orders"
eventSubscriptions = [
    { name = "billing", eventTimeToLive = "1 day", maxDeliveryCount = 0 },
    { name = "Billing" },
]

[[namespace.topics]]
name = "x"

[[basicTopics]]
name = "orders"
inputSchema = "avro"

[[domains]]
name = "Orders"

[[domains]]
keys = []

[[partnerNamespaces]]
name = "topics"

[[faults]]
then = { status = 99 }

[[faults]]
when = { operation = "publsh" }
then = { status = 503 }

[[faults]]
then = { status = "503", bodi = "" }
"#;
    let expected = [
        "2:10: listen: \"localhost\" is not an address: it needs HOST:PORT",
        "3:10: limits: limits are strict or relaxed",
        "4:18: attributeOrder: expected a string, found an integer",
        "5:9: admin: expected a table, found an integer",
        "6:8: seed: expected an integer from 0 to",
        "9:9: namespace.keys[0]: this is not an access key: one is base64 text",
        "9:19: namespace.keys[1]: expected a string, found an integer",
        "10:1: namespace.recieveLockDurationInSeconds: unknown field; the fields here are keys, receiveLock",
        "15:43: namespace.topics[0].eventSubscriptions[0].eventTimeToLive: \"1 day\" is not an ISO 8601 duration",
        "15:71: namespace.topics[0].eventSubscriptions[0].maxDeliveryCount: expected an integer from 1 to",
        "16:14: namespace.topics[0].eventSubscriptions[1].name: the name \"Billing\" is given twice: namespace.topics[0].eventSubscriptions[0].name has it too",
        "20:8: namespace.topics[1].name: \"x\" is not a name: it needs 3 to 50 letters, digits and hyphens",
        "24:15: basicTopics[0].inputSchema: \"avro\" is not a schema: it is EventGridSchema",
        "27:8: domains[0].name: the name \"Orders\" is given twice: basicTopics[0].name has it too",
        "29:1: domains[1].name: this field is missing",
        "30:8: domains[1].keys: expected one or two access keys",
        "32:1: partnerNamespaces[0].channels: this field is missing",
        "33:8: partnerNamespaces[0].name: the name \"topics\" is taken by the emulator itself",
        "35:1: faults[0]: `status` must be from 200 to 599",
        "39:22: faults[1].when.operation: \"publsh\" is not one of publish, ",
        "43:26: faults[2].then.bodi: unknown field; the fields here are status, headers, body",
    ];
    let found = errors(text);
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found}\nexpected {expected}");
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");
}

#[test]
fn all_that_is_not_toml_is_told_with_its_place() {
    let found = errors("listen = \nseed == 5\n[namespace\n");
    for place in ["1:10: ", "2:7: ", "3:11: "] {
        assert!(found.iter().any(|error| error.starts_with(place)), "{place} {found:#?}");
    }
}

#[test]
fn no_error_shows_a_secret() {
    let key = "bm90IGEga2V5IG9mIHRoZSBlbXVsYXRvciBhdCBhbGwh";
    for text in [
        format!("namespace.keys = ['{key}!']"),
        format!("namespace.keys = '{key}'"),
        format!("namespace.keys = [{key}]"),
        format!("namespace.keys = [['{key}']]"),
        format!("namespace.keys = ['{key}"),
        format!("namespace.'{key}' = 1"),
        format!("[namespace]\n{key}=\n"),
        format!("bearerTokens = ['{key}']"),
        format!("bearerTokens = [{{ token = 'a {key}' }}]"),
        format!("bearerTokens = [{{ token = 'a', roles = [], '{key}' = 1 }}]"),
        format!("faults = [{{ then = {{ '{key}' = 1 }} }}]"),
        format!("faults = [{{ then = {{ status = '{key}' }} }}]"),
        format!("faults = [{{ then = {{ reset = '{key}' }} }}]"),
    ] {
        let errors = Configuration::parse(&text).unwrap_err();
        assert!(!format!("{errors} {errors:?}").contains(key), "{text}: {errors}");
    }
}

#[test]
fn a_key_that_cannot_sign_is_taken_where_none_signs() {
    let text = "namespace.keys = ['secret']";
    assert!(errors(text)[0].contains("head -c 32 /dev/urandom | base64"));
    let configuration = Configuration::parse(&format!("sas = false\n{text}")).unwrap();
    assert!(configuration.without_sas);
    assert_eq!(configuration.namespace.keys[0].expose(), "secret");
}

#[test]
fn several_addresses_are_a_list() {
    let configuration = Configuration::parse("listen = ['[::1]:6500', 6501]").unwrap();
    assert_eq!(configuration.listen, ["[::1]:6500", "127.0.0.1:6501"]);
    assert_eq!(errors("listen = []"), ["1:10: listen: expected at least one address"]);
    let found = errors("listen = [6501, 'localhost']");
    assert!(found[0].starts_with("1:17: listen[1]: \"localhost\" is not an address"), "{found:?}");
}

#[test]
fn relaxed_limits_take_other_names() {
    let text = "namespace.topics = [{ name = 'my topic', eventSubscriptions = [{ name = 'x' }] }]\n\
                basicTopics = [{ name = 'y' }]";
    let found = errors(text);
    assert_eq!(found.len(), 3, "{found:#?}");
    let configuration = Configuration::parse(&format!("limits = 'relaxed'\n{text}")).unwrap();
    configuration.builder().build().unwrap();
    for text in ["namespace.topics = [{ name = '/x' }]", "basicTopics = [{ name = 'a/b' }]"] {
        assert!(errors(&format!("limits = 'relaxed'\n{text}"))[0].contains("is not a name: it needs one"));
    }
}

#[test]
fn durations_are_those_of_iso_8601() {
    let parse = |text: &str| {
        let configuration = Configuration::parse(&format!("namespace.eventTimeToLive = '{text}'"));
        configuration.ok().and_then(|it| it.namespace.settings.time_to_live)
    };
    for (text, seconds) in
        [("P1D", 86_400), ("PT1M", 60), ("P1DT12H", 129_600), ("P1W", 604_800), ("PT90S", 90)]
    {
        assert_eq!(parse(text), Some(Duration::from_secs(seconds)), "{text}");
    }
    for text in ["", "P", "PT0S", "-P1D", "P1M", "P1Y", "1d", "P1000000D", "1.00:00:00", "PT", "P1D "] {
        assert_eq!(parse(text), None, "{text}");
    }
}

#[test]
fn tls_is_by_files_or_by_a_folder() {
    for text in [
        "tls = {}",
        "tls.certificate = 'a'",
        "tls = { certificate = 'a', privateKey = 'b', names = ['c'] }",
        "tls = { certificate = 'a', privateKey = 'b', developmentFolder = 'c' }",
        "tls = { names = ['a'] }",
    ] {
        assert!(errors(text)[0].contains("expected developmentFolder, with names"), "{text}");
    }
}

#[test]
#[cfg(feature = "tls")]
fn a_certificate_is_for_names_and_addresses() {
    let text =
        "tls = { developmentFolder = 'ca', names = ['emulator', '10.0.0.7', '::2', 'a b', '*.x', ''] }";
    let expected = ["tls.names[3]: \"a b\" is not a name", "tls.names[4]: \"*.x\"", "tls.names[5]: \"\""];
    let errors = errors(text);
    assert_eq!(errors.len(), expected.len(), "{errors:?}");
    for (error, expected) in errors.iter().zip(expected) {
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn the_file_of_the_readme_is_valid() {
    let readme = include_str!("../../README.md");
    let mut blocks = readme.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let example = blocks.find(|block| block.contains("[namespace]")).unwrap();
    let read = |_: &TextSource| Ok(Secret::new("http://localhost:8080/"));
    let configuration = Configuration::parse_with(example, read).unwrap();
    configuration.builder().build().unwrap();
    assert_eq!(configuration.subscriptions().count(), 3);
    assert_eq!(configuration.event_subscriptions().count(), 6);
}

#[test]
fn messages_are_routed_to_a_topic_that_is_there() {
    let file =
        |route: &str| format!("[namespace]\nmqtt = {{ {route} }}\n[[namespace.topics]]\nname = 'Orders'");
    let configuration = Configuration::parse(&file("routeTo = 'orders'")).unwrap();
    assert_eq!(configuration.namespace.mqtt.route_to.as_deref(), Some("orders"));
    assert_eq!(Configuration::parse(&configuration.to_toml()).unwrap(), configuration);
    for (route, error) in [
        (
            "routeTo = 'other'",
            "2:20: namespace.mqtt.routeTo: events cannot be published to the topic \"other\", which does not \
             exist: create it",
        ),
        ("routeTo = 5", "2:20: namespace.mqtt.routeTo: expected a string, found an integer"),
        ("route = 'orders'", "2:10: namespace.mqtt.route: unknown field; the fields here are routeTo"),
    ] {
        let errors = Configuration::parse(&file(route)).unwrap_err();
        assert_eq!(errors.to_string(), error);
    }
}
