//! Configurations of other emulators. The files here are our own, in their formats.

use eventgrid_emulator::InputSchema;
use eventgrid_emulator::configuration::{Configuration, import};

/// The first format of pm7y's simulator: subscribers are a list.
const PM7Y_LIST: &str = r#"{
  // Comments and trailing commas are allowed.
  "Topics": [
    {
      "name": "Orders", "port": 60101, "key": "b3JkZXJzIQ==",
      "subscribers": [
        {
          "name": "billing", "endpoint": "http://localhost:7071/hook?code=hidden", "disableValidation": true,
          "filter": { "includedEventTypes": ["Ordered"], "advancedFilters": [{ "key": "data.a", "value": 5 }] },
        },
      ],
    },
    { "name": "returns", "port": 60102, "key": null, "subscribers": [], },
  ], /* The rest is not about topics. */
  "Serilog": { "MinimumLevel": "Debug" }
}"#;

/// Its later format: subscribers by kind, and schemas.
const PM7Y_KINDS: &str = r#"{
  "topics": [
    {
      "name": "cloud", "port": 60101, "key": "TheLocal+DevelopmentKey=", "inputSchema": "CloudEventV1_0",
      "outputSchema": "EventGridSchema",
      "serviceBusConnectionString": "Endpoint=sb://bus;SharedAccessKey=hidden",
      "subscribers": {
        "http": [{ "name": "hook", "endpoint": "https://localhost/hidden", "retryPolicy": { "enabled": true } }],
        "serviceBus": [{ "name": "bus", "connectionString": "SharedAccessKey=hidden", "queue": "q" }],
        "storageQueue": [{ "name": "queue", "queueName": "q" }],
        "eventHub": [{ "name": "hub" }]
      }
    },
    { "name": "off", "port": 60102, "disabled": true },
    { "name": "api", "port": 60103 }
  ]
}"#;

const WORKLEAP: &str = r#"{
  "Topics": {
    "both": ["https://localhost:5122/hook?code=hidden", "pull://Foo-Subscription", "pull://bar-subscription"],
    "pushed": ["http://localhost:7221/eventgrid"],
    "empty": [],
    "x": ["pull://short-topic"],
  },
  "Filters": { "https://localhost:5122/hook?code=hidden": { "IncludedEventTypes": ["Ordered"] } }
}"#;

fn lines(toml: &str, start: &str) -> Vec<String> {
    toml.lines().filter(|line| line.starts_with(start)).map(str::to_owned).collect()
}

#[test]
fn the_list_of_subscribers_of_pm7y_is_read() {
    let imported = import::pm7y(PM7Y_LIST).unwrap();
    let topics = &imported.configuration().basic_topics;
    assert_eq!(topics.iter().map(|topic| &*topic.name).collect::<Vec<_>>(), ["Orders", "returns"]);
    assert_eq!(topics[0].keys[0].expose(), "b3JkZXJzIQ==");
    assert!(topics[1].keys.is_empty());
    assert!(!imported.configuration().without_sas);
    let toml = imported.to_toml();
    let kept = lines(&toml, "# topics[0] Orders: http subscriber billing: {");
    assert!(kept[0].contains("hook?code=hidden") && kept[0].contains("includedEventTypes"), "{toml}");
    for part in [
        "topics[0] Orders: it has no port of its own here, it is at /Orders/api/events",
        "topics[0] Orders: http subscriber billing: there is no push delivery here",
        "topics[1] returns: it has no key, so it took every request; here it takes the keys of the namespace",
    ] {
        assert!(imported.notes().iter().any(|note| note == part), "{part}: {:#?}", imported.notes());
    }
}

#[test]
fn the_kinds_of_subscribers_of_pm7y_are_read() {
    let imported = import::pm7y(PM7Y_KINDS).unwrap();
    let configuration = imported.configuration();
    assert_eq!(configuration.basic_topics.len(), 1);
    assert_eq!(configuration.basic_topics[0].input_schema, InputSchema::CloudEvents);
    // .NET takes this key for base64 text, although its last character has bits that count for
    // nothing.
    assert!(configuration.without_sas);
    let toml = imported.to_toml();
    for kind in [
        "http subscriber hook",
        "serviceBus subscriber bus",
        "storageQueue subscriber queue",
        "eventHub subscriber hub",
    ] {
        assert_eq!(lines(&toml, &format!("# topics[0] cloud: {kind}: ")).len(), 1, "{toml}");
    }
    assert_eq!(lines(&toml, "# topics[0] cloud: outputSchema: \"EventGridSchema\"").len(), 1, "{toml}");
    assert_eq!(lines(&toml, "# topics[1] off: {").len(), 1, "{toml}");
    assert_eq!(lines(&toml, "# topics[2]: {").len(), 1, "{toml}");
}

#[test]
fn push_and_pull_subscribers_of_workleap_are_read() {
    let imported = import::workleap(WORKLEAP).unwrap();
    let configuration = imported.configuration();
    let names: Vec<_> =
        configuration.subscriptions().map(|(topic, name, _)| format!("{topic}/{name}")).collect();
    assert_eq!(names, ["both/foo-subscription", "both/bar-subscription"]);
    let mut basic: Vec<_> = configuration.basic_topics.iter().map(|topic| &*topic.name).collect();
    basic.sort_unstable();
    assert_eq!(basic, ["both", "empty", "pushed"]);
    let toml = imported.to_toml();
    assert_eq!(
        lines(&toml, "# topic both: webhook 1: \"https://localhost:5122/hook?code=hidden\"").len(),
        1,
        "{toml}"
    );
    assert_eq!(lines(&toml, "# Filters[0]: {").len(), 1, "{toml}");
    assert_eq!(lines(&toml, "# Topics: {\"x\"").len(), 1, "{toml}");
}

#[test]
fn what_is_imported_is_a_configuration_and_notes_have_no_values() {
    for imported in
        [import::pm7y(PM7Y_LIST), import::pm7y(PM7Y_KINDS), import::workleap(WORKLEAP)].map(Result::unwrap)
    {
        imported.configuration().check().unwrap();
        assert_eq!(&Configuration::parse(&imported.to_toml()).unwrap(), imported.configuration());
        let notes = imported.notes().join("\n");
        assert!(!notes.contains("hidden") && !notes.contains("Key="), "{notes}");
    }
}

#[test]
fn what_is_no_such_file_is_told_with_its_place() {
    for (text, message) in [
        ("", "1:1: the JSON ends too early"),
        ("{\n  \"topics\": [}", "2:14: this is not JSON"),
        ("{ \"topics\": [ // a comment\n { \"name\": hidden } ] }", "2:12: this is not JSON"),
        ("[]", "1:1: expected an object with the member topics"),
        ("{ \"topics\": {} }", "1:1: expected an object with the member topics, a list"),
    ] {
        let found = import::pm7y(text).unwrap_err().to_string();
        assert!(found.starts_with(message), "{text}: {found}");
    }
    let error = import::workleap("{ \"Topics\": [] }").unwrap_err();
    assert_eq!(error.to_string(), "1:1: expected an object with the member Topics, an object");
}
