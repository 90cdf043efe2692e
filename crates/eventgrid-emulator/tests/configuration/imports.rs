//! Configurations of other emulators. The files here are our own, in their formats.

use std::time::Duration;

use eventgrid_emulator::InputSchema;
use eventgrid_emulator::broker::{DeadLetterDestination, DeadLettering};
use eventgrid_emulator::configuration::{Configuration, DestinationConfiguration, PushConfiguration, import};
use eventgrid_emulator::eventgrid_filters::{Clause, Condition, Filter};
use eventgrid_emulator::eventgrid_push::DeliverySchema;

/// The first format of pm7y's simulator: subscribers are a list.
const PM7Y_LIST: &str = r#"{
  // Comments and trailing commas are allowed.
  "Topics": [
    {
      "name": "Orders", "port": 60101, "key": "b3JkZXJzIQ==",
      "subscribers": [
        {
          "name": "billing", "endpoint": "http://localhost:7071/hook?code=hidden", "disableValidation": true,
          "filter": {
            "IncludedEventTypes": ["Ordered"], "subjectBeginsWith": null,
            "advancedFilters": [
              { "OperatorType": "StringContains", "key": "data.a", "value": "hidden" },
              { "operatorType": "NumberGreaterThan", "key": "Data.B", "value": 5 },
            ]
          },
        },
        { "name": "unreadable", "endpoint": "http://localhost/", "filter": { "advancedFilters": [{ "key": "hidden" }] } },
        { "name": "elsewhere", "endpoint": "ftp://localhost/hidden" },
        { "name": "off", "endpoint": "http://localhost/", "disabled": true },
        { "name": "Billing", "endpoint": "http://localhost/" },
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
        "http": [
          {
            "name": "hook", "endpoint": "https://localhost/hidden", "deliverySchema": "CloudEventV1_0",
            "retryPolicy": { "enabled": true, "maxDeliveryAttempts": 5, "eventTimeToLiveInMinutes": "60" },
            "deadLetter": { "folderPath": "dead", "container": "hidden" }, "timeout": 5
          },
          { "name": "once", "endpoint": "https://localhost/hidden", "deliverySchema": "CloudEventV1_0",
            "retryPolicy": { "enabled": false }, "deadLetter": { "enabled": false } },
          { "name": "converted", "endpoint": "https://localhost/hidden" }
        ],
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
    "pushed": ["http://localhost:7221/eventgrid", "http://host.docker.internal:7221/hook?code=hidden"],
    "empty": [],
    "x": ["pull://short-topic"],
  },
  "Logging": { "LogLevel": { "Default": "hidden" } },
  "AllowedHosts": "hidden",
  "Filters": {
    "https://localhost:5122/hook?code=hidden": { "IncludedEventTypes": ["Ordered"] },
    "pull://bar-subscription": { "includedEventTypes": ["Paid"] },
    "https://localhost/hidden": { "IncludedEventTypes": ["Ordered"] }
  }
}"#;

fn url(push: &PushConfiguration) -> &str {
    let DestinationConfiguration::WebHook { url } = &push.destination else { panic!("{push:?}") };
    url.text().unwrap().expose()
}

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
    assert_eq!(topics[0].event_subscriptions.len(), 1);
    let billing = &topics[0].event_subscriptions[0];
    assert_eq!(url(billing.push.as_ref().unwrap()), "http://localhost:7071/hook?code=hidden");
    assert!(!billing.push.as_ref().unwrap().handshake);
    let filter = Filter::new()
        .include_event_type("Ordered")
        .clause(Clause::new("data.a", Condition::StringContains(vec!["hidden".to_owned()])))
        .clause(Clause::new("Data.B", Condition::NumberGreaterThan(5.0)));
    assert_eq!(billing.filter, filter);
    let toml = imported.to_toml();
    assert_eq!(lines(&toml, "# topics[0] Orders: http subscriber unreadable: {").len(), 1, "{toml}");
    for part in [
        "topics[0] Orders: it has no port of its own here, it is at /Orders/api/events",
        "topics[0] Orders: http subscriber unreadable: its filter cannot be read: write it as filter of an event \
         subscription",
        "topics[0] Orders: http subscriber elsewhere: an endpoint needs a URL of http or https with a host, without a \
         user name, a fragment and the port 0, such as http://localhost:8080/events",
        "topics[0] Orders: http subscriber off: it is disabled",
        "topics[0] Orders: http subscriber Billing: its name is given twice (case does not matter)",
        "Serilog: there is no such setting here",
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
    let subscriptions = &configuration.basic_topics[0].event_subscriptions;
    let names: Vec<_> = subscriptions.iter().map(|it| &*it.name).collect();
    assert_eq!(names, ["hook", "once"], "events in CloudEvents cannot be pushed as EventGridSchema");
    let hook = subscriptions[0].push.as_ref().unwrap();
    assert_eq!(hook.schema, Some(DeliverySchema::CloudEvents));
    assert_eq!((hook.max_delivery_attempts, hook.time_to_live), (Some(5), Some(Duration::from_secs(3600))));
    assert!(hook.handshake);
    let folder = DeadLettering::new(DeadLetterDestination::Folder("dead".into()));
    assert_eq!(subscriptions[0].dead_lettering, Some(folder));
    assert_eq!(subscriptions[1].push.as_ref().unwrap().max_delivery_attempts, Some(1));
    assert_eq!(subscriptions[1].dead_lettering, None);
    for kind in [
        "http subscriber hook: timeout",
        "http subscriber hook: deadLetter: container",
        "http subscriber converted",
        "serviceBus subscriber bus",
        "storageQueue subscriber queue",
        "eventHub subscriber hub",
    ] {
        assert_eq!(lines(&toml, &format!("# topics[0] cloud: {kind}: ")).len(), 1, "{toml}");
    }
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
    let all: Vec<_> = configuration.event_subscriptions().collect();
    let filter_of = |name: &str| {
        let found = all.iter().find(|it| it.name == name).unwrap();
        found.options.as_ref().unwrap().wanted_filter().clone()
    };
    assert_eq!(filter_of("bar-subscription"), Filter::new().include_event_type("Paid"));
    assert_eq!(filter_of("foo-subscription"), Filter::new());
    let both = configuration.basic_topics.iter().find(|topic| topic.name == "both").unwrap();
    let webhook = &both.event_subscriptions[0];
    assert_eq!(
        (&*webhook.name, &webhook.filter),
        ("webhook-1", &Filter::new().include_event_type("Ordered"))
    );
    assert_eq!(url(webhook.push.as_ref().unwrap()), "https://localhost:5122/hook?code=hidden");
    assert!(!webhook.push.as_ref().unwrap().handshake);
    assert_eq!(configuration.push.allowed_hosts, ["host.docker.internal"]);
    let note = "topic pushed: webhook 2: its host is in push.allowedHosts, since events are pushed to this machine alone";
    assert!(imported.notes().iter().any(|other| other == note), "{:#?}", imported.notes());
    let toml = imported.to_toml();
    assert_eq!(lines(&toml, "# Filters[").len(), 1, "{toml}");
    assert_eq!(lines(&toml, "# Topics: {\"x\"").len(), 1, "{toml}");
    for part in ["Logging", "AllowedHosts"] {
        assert_eq!(lines(&toml, &format!("# {part}: ")).len(), 1, "{toml}");
        let note = format!("{part}: there is no such setting here");
        assert!(imported.notes().contains(&note), "{:#?}", imported.notes());
    }
}

/// Every value of these files is of a kind that its member cannot have, or is there twice.
#[test]
fn nothing_is_left_out_without_a_note() {
    let imported = import::workleap(
        r#"{ "Topics": { "orders": [5, null], "others": true }, "filters": [], "TOPICS": "hidden" }"#,
    );
    // The names differ in case alone, and the one that comes last in the alphabet counts.
    let imported = imported.unwrap();
    for part in ["TOPICS", "Filters", "topic orders: webhook 1", "topic orders: webhook 2", "topic others"] {
        assert_eq!(lines(&imported.to_toml(), &format!("# {part}: ")).len(), 1, "{part}: {imported:#?}");
    }
    let imported = import::pm7y(
        r#"{ "topics": [
            7,
            { "name": "orders", "key": 5, "subscribers": [
                { "name": "one", "endpoint": 5 },
                { "name": 5, "endpoint": "http://localhost/" },
                { "name": "two", "endpoint": "http://localhost/", "retryPolicy": true },
                { "name": "three", "endpoint": "http://localhost/", "deadLetter": [] },
                { "name": "four", "endpoint": "http://localhost/", "deadLetter": { "folderPath": 5 } },
                { "name": "five", "endpoint": "http://localhost/", "deliverySchema": 5 },
                { "name": "six", "endpoint": "http://localhost/", "retryPolicy": { "backoff": 5 } },
                8
            ] }
        ] }"#,
    )
    .unwrap();
    let toml = imported.to_toml();
    for part in [
        "topics[0]",
        "topics[1] orders: key",
        "topics[1] orders: http subscriber one",
        "topics[1] orders: http subscriber two",
        "topics[1] orders: http subscriber three",
        "topics[1] orders: http subscriber four",
        "topics[1] orders: http subscriber five",
        "topics[1] orders: http subscriber six: retryPolicy: backoff",
    ] {
        assert_eq!(lines(&toml, &format!("# {part}: ")).len(), 1, "{part}: {toml}");
    }
    assert_eq!(lines(&toml, "# topics[1] orders: http subscriber : ").len(), 2, "{toml}");
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
