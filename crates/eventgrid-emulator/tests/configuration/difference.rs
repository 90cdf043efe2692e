//! What changes from one configuration to the next.

use eventgrid_emulator::configuration::{Configuration, Difference};

const BEFORE: &str = r#"
listen = "127.0.0.1:6500"
namespace.keys = ["Zmlyc3Q="]
domains = [{ name = "shops" }, { name = "gone" }]

[[namespace.topics]]
name = "orders"
eventSubscriptions = [{ name = "billing" }, { name = "shipping" }, { name = "audit", maxDeliveryCount = 3 }]

[[namespace.topics]]
name = "returns"
eventSubscriptions = [{ name = "billing" }]

[[partnerNamespaces]]
name = "contoso"
channels = [{ name = "news" }, { name = "offers" }]
"#;

fn between(before: &str, after: &str) -> String {
    let [before, after] = [before, after].map(|text| Configuration::parse(text).unwrap());
    Difference::between(&before, &after).to_string()
}

/// What changes from `BEFORE` if a part of it is another one.
fn with(part: &str, other: &str) -> String {
    assert!(BEFORE.contains(part), "{part}");
    between(BEFORE, &BEFORE.replace(part, other))
}

#[test]
fn the_same_in_another_form_is_no_difference() {
    assert_eq!(between(BEFORE, BEFORE), "");
    assert_eq!(with("\"orders\"", "\"Orders\""), "");
    assert_eq!(with("\"audit\", maxDeliveryCount = 3", "\"Audit\", maxDeliveryCount = 0x3"), "");
    let swapped = "{ name = \"offers\" }, { name = \"news\" }";
    assert_eq!(with("{ name = \"news\" }, { name = \"offers\" }", swapped), "");
    let defaults = "maxDeliveryCount = 10, receiveLockDurationInSeconds = 60, eventTimeToLive = \"PT24H\"";
    assert_eq!(with("\"shipping\"", &format!("\"shipping\", {defaults}")), "");
    let before = Configuration::parse(BEFORE).unwrap();
    assert!(Difference::between(&before, &before).is_empty());
}

#[test]
fn topics_and_event_subscriptions_come_and_go() {
    assert_eq!(with("{ name = \"shipping\" }, ", ""), "- event subscription orders/shipping");
    assert_eq!(
        with("{ name = \"shipping\" }", "{ name = \"parcels\" }"),
        "+ event subscription orders/parcels\n- event subscription orders/shipping"
    );
    assert_eq!(
        with("\"returns\"", "\"Refunds\""),
        "+ topic Refunds\n- topic returns\n\
         + event subscription Refunds/billing\n- event subscription returns/billing"
    );
}

#[test]
fn settings_change_wherever_they_are_said() {
    assert_eq!(with("Count = 3", "Count = 4"), "~ event subscription orders/audit");
    assert_eq!(
        with("name = \"orders\"", "name = \"orders\"\neventTimeToLive = \"PT1M\""),
        "~ event subscription orders/audit\n~ event subscription orders/billing\n\
         ~ event subscription orders/shipping"
    );
    let namespace = "namespace.maxDeliveryCount = 3\nnamespace.keys";
    assert_eq!(
        with("namespace.keys", namespace),
        "~ event subscription orders/billing\n~ event subscription orders/shipping\n\
         ~ event subscription returns/billing"
    );
}

#[test]
fn basic_resources_and_credentials_are_changed_as_a_whole() {
    assert_eq!(with(", { name = \"gone\" }", ""), "~ basic resource gone");
    assert_eq!(with("\"gone\"", "\"new\""), "~ basic resource gone\n~ basic resource new");
    assert_eq!(with("\"shops\"", "\"shops\", inputSchema = \"custom\""), "~ basic resource shops");
    assert_eq!(with("domains =", "basicTopics ="), "~ basic resource gone\n~ basic resource shops");
    assert_eq!(with(", { name = \"offers\" }", ""), "~ basic resource contoso");
    assert_eq!(with("listen", "basicTopicAtRoot = true\nlisten"), "~ basic resource /api/events");
    for (part, other) in [
        ("[\"Zmlyc3Q=\"]", "[\"c2Vjb25k\"]"),
        ("[\"Zmlyc3Q=\"]", "[\"Zmlyc3Q=\", \"c2Vjb25k\"]"),
        ("\"shops\"", "\"shops\", keys = [\"dGhpcmQh\"]"),
        ("listen", "sas = false\nlisten"),
        ("listen", "authentication = false\nlisten"),
        ("name = \"orders\"", "name = \"orders\"\nkeys = [\"dGhpcmQh\"]"),
        ("listen", "bearerTokens = [{ token = \"a\" }]\nlisten"),
    ] {
        assert_eq!(with(part, other), "~ credentials", "{other}");
    }
}

#[test]
fn limits_faults_and_the_order_of_attributes_change_at_once() {
    assert_eq!(with("listen", "limits = \"relaxed\"\nlisten"), "~ limits");
    assert_eq!(with("listen", "faults = [{ then.status = 503 }]\nlisten"), "~ faults");
    assert_eq!(with("listen", "attributeOrder = \"published\"\nlisten"), "~ attributeOrder");
}

#[test]
fn what_needs_a_restart_is_told() {
    assert_eq!(
        with("listen = \"127.0.0.1:6500\"", "listen = 6501\nseed = 5\ntls.developmentFolder = \"ca\""),
        "! listen needs a restart\n! seed needs a restart\n! tls needs a restart"
    );
}
