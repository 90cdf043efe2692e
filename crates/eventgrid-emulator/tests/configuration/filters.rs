//! Filters of event subscriptions: in a file, given to a builder, reloaded.

use eventgrid_emulator::configuration::{Configuration, Difference};
use eventgrid_emulator::eventgrid_filters::{Clause, Condition, Filter};
use eventgrid_emulator::{ConfigurationError, Emulator, Limits, Target};

const ORDERS: Target<'_> = Target::NamespaceTopic("orders");

fn file(filter: &str) -> String {
    format!(
        r#"
        [[namespace.topics]]
        name = "orders"
        [[namespace.topics.eventSubscriptions]]
        name = "billing"
        [namespace.topics.eventSubscriptions.filtersConfiguration]
        {filter}
        [[namespace.topics.eventSubscriptions]]
        name = "shipping"
        "#
    )
}

const FILTER: &str = r#"
    includedEventTypes = ["Ordered"]
    [[namespace.topics.eventSubscriptions.filtersConfiguration.filters]]
    operatorType = "NumberInRange"
    key = "data.total"
    values = [[1, 2.5], [1e300, 2e300]]
    [[namespace.topics.eventSubscriptions.filtersConfiguration.filters]]
    operatorType = "IsNotNull"
    key = "subject"
"#;

fn filter() -> Filter {
    let ranges = Condition::NumberInRange(vec![[1.0, 2.5], [1e300, 2e300]]);
    Filter::new()
        .include_event_type("Ordered")
        .clause(Clause::new("data.total", ranges))
        .clause(Clause::new("subject", Condition::IsNotNull))
}

fn filter_of(emulator: &Emulator, name: &str) -> Filter {
    emulator.subscription_overview(ORDERS, name).unwrap().filter
}

#[test]
fn a_file_gives_subscriptions_their_filters() {
    let configuration = Configuration::parse(&file(FILTER)).unwrap();
    let emulator = configuration.builder().build().unwrap();
    assert_eq!(filter_of(&emulator, "billing"), filter());
    assert_eq!(filter_of(&emulator, "shipping"), Filter::new());
    let written = configuration.to_toml();
    assert_eq!(Configuration::parse(&written).as_ref(), Ok(&configuration), "{written}");
}

#[test]
fn what_is_wrong_with_a_filter_is_told_with_its_place() {
    for (filter, message) in [
        (
            "filters = [{ operatorType = \"StringIn\", key = \"id\", values = [] }]",
            "namespace.topics[0].eventSubscriptions[0].filtersConfiguration: clause 1 (StringIn) has no values: give it \
             one, or remove the clause",
        ),
        ("advancedFilters = []", "unknown field; the fields here are includedEventTypes, filters"),
        (
            "filters = [{ operatorType = \"StringIn\", key = \"id\", value = \"1\" }]",
            "needs \"values\", a list of strings, and no \"value\"",
        ),
    ] {
        let errors = Configuration::parse(&file(filter)).unwrap_err().to_string();
        assert!(errors.contains(message), "{errors}");
    }
}

#[test]
fn relaxed_limits_take_filters_beyond_the_documented_ones() {
    let text = format!(
        "filters = [{{ operatorType = \"StringIn\", key = \"id\", values = [\"{}\"] }}]",
        "x".repeat(513)
    );
    let errors = Configuration::parse(&file(&text)).unwrap_err().to_string();
    assert!(errors.contains("has 513 characters, and the limit is 512"), "{errors}");
    let relaxed = Configuration::parse(&format!("limits = \"relaxed\"\n{}", file(&text))).unwrap();
    assert!(relaxed.builder().build().is_ok());
}

#[test]
fn another_filter_is_a_change_of_its_subscription() {
    let [before, after] = [file(FILTER), file("")].map(|text| Configuration::parse(&text).unwrap());
    assert_eq!(Difference::between(&before, &after).to_string(), "~ event subscription orders/billing");
    assert!(Difference::between(&before, &before).is_empty());

    let running = before.builder().start("127.0.0.1:0").unwrap();
    running.reconfigure(&before, &after).unwrap();
    assert_eq!(running.with(|emulator| filter_of(emulator, "billing")), Filter::new());
    running.reconfigure(&after, &before).unwrap();
    assert_eq!(running.with(|emulator| filter_of(emulator, "billing")), filter());
}

#[test]
fn a_builder_refuses_filters_that_are_not_valid_or_for_nothing() {
    let with = |name: &str, filter| {
        Emulator::builder().subscription("orders", "billing").subscription_filter("Orders", name, filter)
    };
    assert_eq!(filter_of(&with("Billing", filter()).build().unwrap(), "billing"), filter());
    let error = with("shipping", filter()).build().unwrap_err();
    assert_eq!(error, ConfigurationError::FilterOfNothing { name: "Orders/shipping".to_owned() });

    let long = Filter::new().clause(Clause::new("id", Condition::StringIn(vec!["x".repeat(513)])));
    let error = with("billing", long.clone()).build().unwrap_err();
    assert_eq!(error.to_string(), "the filter of the event subscription Orders/billing is not valid");
    assert_eq!(
        std::error::Error::source(&error).unwrap().to_string(),
        "value 1 of clause 1 (StringIn) has 513 characters, and the limit is 512: shorten it"
    );
    assert!(with("billing", long).limits(Limits::Relaxed).build().is_ok());
}
