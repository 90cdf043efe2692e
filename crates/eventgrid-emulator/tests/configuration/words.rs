//! Whatever is misplaced in a file, the error says so in the terms of the file.

use eventgrid_emulator::configuration::{Configuration, import};

/// Words of Rust and of its libraries, which mean nothing to users of the file.
const FOREIGN: [&str; 14] = [
    "struct ",
    "variant",
    "tuple",
    "enum",
    "invalid type",
    "invalid value",
    "invalid digit",
    "invalid length",
    "did not match",
    "u16",
    "u32",
    "u64",
    "f64",
    "Option",
];

/// Every field that a file can have.
const FILE: &str = r#"
listen = ["127.0.0.1:6500"]
sas = true
authentication = true
limits = "strict"
attributeOrder = "shuffled"
seed = 5
basicTopicAtRoot = true
admin = { listen = "127.0.0.1:6501", token = "token" }
bearerTokens = [{ token = "token", roles = ["EventGrid Data Sender"] }]
tls = { developmentFolder = "certificates", names = ["emulator"] }
push = { allowedHosts = ["webhook.internal"], callback = "http://emulator:6500" }
faults = [{ when = { operation = "publish", topic = "orders", subscription = "billing", skip = 1, every = 2, probability = 0.5, count = 3 }, then = { status = 503, headers = { retry-after = "1" }, body = "x", delayInMilliseconds = 5 } }, { then = { reset = "inBody", bytesPerSecond = 5 } }, { then = { truncateAfterBytes = 1, loseLock = true, duplicateDelivery = true } }]

[namespace]
keys = ["Zmlyc3Q="]
receiveLockDurationInSeconds = 300
maxDeliveryCount = 3
eventTimeToLive = "P1D"
mqtt = { routeTo = "orders" }

[[namespace.topics]]
name = "orders"
keys = ["b3JkZXJzIQ=="]

[[namespace.topics.eventSubscriptions]]
name = "billing"
deadLetterDestination = { folder = "dead" }
deadLetterDelayInSeconds = 5
filtersConfiguration = { includedEventTypes = ["Ordered"], filters = [{ operatorType = "NumberIn", key = "data.total", values = [5] }, { operatorType = "BoolEquals", key = "data.paid", value = true }] }
deliveryConfiguration = { deliveryMode = "Queue", queue = { receiveLockDurationInSeconds = 60 } }

[[namespace.topics.eventSubscriptions]]
name = "shipping"
deadLetterDestination = "list"
eventDeliverySchema = "CloudEventSchemaV1_0"
deliveryConfiguration = { deliveryMode = "Push", push = { maxDeliveryCount = 3, eventTimeToLive = "P1D", destination = { endpointType = "WebHook", endpointUrl = { environment = "URL" }, maxEventsPerBatch = 5, preferredBatchSizeInKilobytes = 5, handshake = true, probationAfterFailures = 5, deliveryAttributeMappings = [{ name = "a", type = "Static", value = "b", isSecret = true }, { name = "c", type = "Dynamic", sourceField = "id" }] } } }

[[basicTopics]]
name = "grid"
keys = ["dGhpcmQh"]
inputSchema = "CustomEventSchema"
inputSchemaMapping = { inputSchemaMappingType = "Json", id = { sourceField = "id" }, eventType = { sourceField = "type", defaultValue = "x" } }

[[basicTopics.eventSubscriptions]]
name = "hook"
filter = { includedEventTypes = ["Ordered"], subjectBeginsWith = "a", isSubjectCaseSensitive = true, advancedFilters = [{ operatorType = "StringIn", key = "subject", values = ["a"] }] }
destination = { endpointUrl = "http://localhost:8080/" }
retryPolicy = { maxDeliveryAttempts = 5, eventTimeToLiveInMinutes = 5 }

[[domains]]
name = "shops"
inputSchema = "EventGridSchema"

[[partnerNamespaces]]
name = "contoso"
channels = [{ name = "news", inputSchema = "CloudEventSchemaV1_0" }]
"#;

/// Every value that is like this one but for one place.
fn spoilt(value: &toml::Value) -> Vec<toml::Value> {
    let text = "nonsense = [-1, 1.5, 'nonsense', true, [[]], { nonsense = 1 }, 2024-06-01]";
    let mut all = text.parse::<toml::Table>().unwrap()["nonsense"].as_array().unwrap().clone();
    match value {
        toml::Value::Table(members) => {
            for (name, value) in members {
                let mut without = members.clone();
                without.remove(name);
                all.push(without.into());
                for other in spoilt(value) {
                    let mut changed = members.clone();
                    changed.insert(name.clone(), other);
                    all.push(changed.into());
                }
            }
            let mut more = members.clone();
            more.insert("nonsense".to_owned(), 1.into());
            all.push(more.into());
        }
        toml::Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                for other in spoilt(element) {
                    let mut changed = elements.clone();
                    changed[index] = other;
                    all.push(changed.into());
                }
            }
        }
        _ => {}
    }
    all
}

fn check(message: &str, of: &str) {
    for word in FOREIGN {
        // What the file itself has may be quoted.
        assert!(!message.replace("nonsense", "").contains(word), "{word} in {message:?} of {of}");
    }
}

#[test]
fn no_error_of_a_file_is_in_the_words_of_a_programming_language() {
    Configuration::parse(FILE).unwrap();
    let mut refused = 0;
    for file in spoilt(&FILE.parse::<toml::Table>().unwrap().into()) {
        let toml::Value::Table(file) = file else { continue };
        let text = file.to_string();
        if let Err(errors) = Configuration::parse(&text) {
            refused += 1;
            for error in &errors {
                check(&error.to_string(), &text);
                assert!(!error.field().is_empty(), "{error}: {text}");
            }
        }
    }
    assert!(refused > 500, "{refused}");
}

#[test]
fn no_note_and_no_error_of_an_import_is_in_the_words_of_a_programming_language() {
    let values =
        ["5", "-1.5", "null", "true", "\"nonsense\"", "[]", "[5]", "{}", "{\"nonsense\":1}", "nonsense", ""];
    let pm7y = [
        "@",
        r#"{"topics":@}"#,
        r#"{"topics":[{"name":"orders","key":@}]}"#,
        r#"{"topics":[{"name":"orders","inputSchema":@,"subscribers":@}]}"#,
        r#"{"topics":[{"name":"orders","subscribers":{"http":@}}]}"#,
        r#"{"topics":[{"name":"orders","subscribers":[{"name":"hook","endpoint":"http://localhost/","filter":@}]}]}"#,
        r#"{"topics":[{"name":"orders","subscribers":[{"name":"hook","endpoint":"http://localhost/","retryPolicy":{"maxDeliveryAttempts":@}}]}]}"#,
    ];
    let workleap = [
        "@",
        r#"{"Topics":@}"#,
        r#"{"Topics":{"orders":@}}"#,
        r#"{"Topics":{"orders":["pull://one"]},"Filters":{"pull://one":@}}"#,
    ];
    for value in values {
        for text in pm7y.map(|text| text.replace('@', value)) {
            match import::pm7y(&text) {
                Ok(imported) => check(&imported.notes().join("\n"), &text),
                Err(error) => check(&error.to_string(), &text),
            }
        }
        for text in workleap.map(|text| text.replace('@', value)) {
            match import::workleap(&text) {
                Ok(imported) => check(&imported.notes().join("\n"), &text),
                Err(error) => check(&error.to_string(), &text),
            }
        }
    }
}
