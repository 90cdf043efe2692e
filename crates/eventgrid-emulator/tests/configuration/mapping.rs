//! Custom schemas: where attributes are, in filters, dead letters and snapshots.

use std::time::Duration;

use eventgrid_emulator::broker::{DeadLetterDestination, DeadLettering};
use eventgrid_emulator::configuration::{Configuration, Difference};
use eventgrid_emulator::eventgrid_filters::Filter;
use eventgrid_emulator::eventgrid_push::{InputSchemaMapping, MappedField};
use eventgrid_emulator::{
    ConfigurationError, Emulator, EventSubscriptionOptions, InputSchema, Target, UnixTime,
};
use http::Request;
use serde_json::{Value, json};

const SALES: Target<'_> = Target::BasicTopic("sales");

fn file(mapping: &str) -> String {
    format!(
        r#"
        namespace.keys = ["c2VjcmV0"]
        [[basicTopics]]
        name = "sales"
        inputSchema = "CustomEventSchema"
        {mapping}
        [[basicTopics.eventSubscriptions]]
        name = "audit"
        filter = {{ includedEventTypes = ["Sold"], subjectBeginsWith = "shop/" }}
        "#
    )
}

const MAPPING: &str = r#"inputSchemaMapping = { inputSchemaMappingType = "Json", id = { sourceField = "number" }, eventType = { sourceField = "head.kind", defaultValue = "Sold" }, subject = { sourceField = "about" } }"#;

fn mapping() -> InputSchemaMapping {
    let mut mapping = InputSchemaMapping::new();
    mapping.id = Some("number".to_owned());
    mapping.event_type = MappedField::from_field("head.kind").or("Sold");
    mapping.subject = MappedField::from_field("about");
    mapping
}

fn matches(emulator: &Emulator, event: &str) -> bool {
    emulator.explain(SALES, "audit", event).unwrap().unwrap().matches()
}

#[test]
fn filters_find_type_and_subject_where_the_file_says() {
    let configuration = Configuration::parse(&file(MAPPING)).unwrap();
    assert_eq!(configuration.basic_topics[0].input_schema_mapping, Some(mapping()));
    let written = configuration.to_toml();
    assert_eq!(Configuration::parse(&written).as_ref(), Ok(&configuration), "{written}");
    let emulator = configuration.builder().build().unwrap();
    for (event, expected) in [
        (r#"{"head":{"kind":"Sold"},"about":"shop/1"}"#, true),
        (r#"{"about":"Shop/1"}"#, true),
        (r#"{"head":{"kind":"Returned"},"about":"shop/1"}"#, false),
        (r#"{"eventType":"Sold","subject":"shop/1"}"#, false),
    ] {
        assert_eq!(matches(&emulator, event), expected, "{event}");
    }
    let without = Configuration::parse(&file("")).unwrap().builder().build().unwrap();
    assert!(matches(&without, r#"{"eventType":"Sold","subject":"shop/1"}"#));
}

#[test]
fn what_is_wrong_with_a_mapping_is_told_with_its_place() {
    for (text, message) in [
        (file("inputSchemaMapping = { kind = 1 }"), "unknown field; the fields here are "),
        (file("inputSchemaMapping = { id = { defaultValue = \"1\" } }"), "unknown field"),
        (
            file(MAPPING).replace("CustomEventSchema", "EventGridSchema"),
            "write inputSchema = \"CustomEventSchema\", too, or remove this",
        ),
    ] {
        let errors = Configuration::parse(&text).unwrap_err();
        let error = errors.iter().next().unwrap();
        assert!(error.field().starts_with("basicTopics[0].inputSchemaMapping"), "{errors}");
        assert!(error.message().contains(message), "{errors}");
    }
    let builder = Emulator::builder().basic_topic("sales", InputSchema::EventGrid);
    let error = builder.input_schema_mapping("sales", mapping()).build().unwrap_err();
    assert_eq!(error, ConfigurationError::MappingOfNothing { name: "sales".to_owned() });
}

#[test]
fn a_reload_and_a_snapshot_bring_the_mapping_and_the_filters_follow() {
    let [before, after] = ["", MAPPING].map(|mapping| Configuration::parse(&file(mapping)).unwrap());
    assert_eq!(Difference::between(&before, &after).to_string(), "~ basic resource sales");
    let running = before.builder().start("127.0.0.1:0").unwrap();
    let mapped = r#"{"about":"shop/1"}"#;
    assert!(!running.with(move |emulator| matches(emulator, mapped)));
    running.reconfigure(&before, &after).unwrap();
    assert!(running.with(move |emulator| matches(emulator, mapped)));

    let snapshot = running.with(|emulator| emulator.snapshot());
    let other = Emulator::builder().in_process().unwrap();
    other.restore(&snapshot).unwrap();
    assert!(other.with(|emulator| matches(emulator, mapped)));
}

#[test]
fn a_data_directory_keeps_the_mapping() {
    let folder = std::env::temp_dir().join(format!("eventgrid-emulator-mapping-{}", std::process::id()));
    let configuration = Configuration::parse(&file(MAPPING)).unwrap();
    configuration.builder().data(&folder).start("127.0.0.1:0").unwrap().shutdown();
    let again = Emulator::builder().key("c2VjcmV0").data(&folder).start("127.0.0.1:0").unwrap();
    assert!(again.with(|emulator| matches(emulator, r#"{"about":"shop/1"}"#)));
    again.shutdown();
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_dead_letter_has_the_attributes_that_the_mapping_finds() {
    let to_folder = DeadLettering::new(DeadLetterDestination::Folder("dead".into()));
    let options = EventSubscriptionOptions::new()
        .dead_lettering(to_folder.with_delay(Duration::ZERO))
        .filter(Filter::new().include_event_type("Returned"));
    let mut emulator = Emulator::builder()
        .key("c2VjcmV0")
        .basic_topic("sales", InputSchema::Custom)
        .input_schema_mapping("sales", mapping())
        .subscription_of(SALES, "audit", options)
        .build()
        .unwrap();
    let event = json!({ "number": 17, "head": { "kind": "Returned" }, "about": "shop/1" });
    let publish = Request::post("/sales/api/events?api-version=2018-01-01")
        .header("aeg-sas-key", "c2VjcmV0")
        .header("content-type", "application/json")
        .body(json!([event]).to_string().into())
        .unwrap();
    let _ = emulator.begin(UnixTime::from_secs(1), &publish);
    let delivery = emulator.receive(SALES, "audit", 1).unwrap().remove(0);
    emulator.reject(SALES, "audit", &delivery.lock_token).unwrap();
    emulator.advance(UnixTime::from_secs(2));
    let files = emulator.take_due_dead_letters(10);
    let written: Value = serde_json::from_str(&files[0].content).unwrap();
    let letter = &written[0];
    assert_eq!((&letter["id"], &letter["eventType"]), (&json!("17"), &json!("Returned")), "{letter}");
    assert_eq!((&letter["subject"], &letter["data"]), (&json!("shop/1"), &event), "{letter}");
    assert_eq!(letter["deadLetterReason"], "UndeliverableDueToHttpBadRequest", "{letter}");
}
