//! Real requests and responses, read from the folder that `EVENTGRID_VECTORS` names; without it there is nothing to read.

#![cfg(feature = "std")]

use std::path::{Path, PathBuf};

use eventgrid::event::CloudEventView;
use eventgrid::json::RawJson;
use eventgrid::{Batch, Settlement};
use serde_json::Value;

fn vectors() -> Option<PathBuf> {
    std::env::var_os("EVENTGRID_VECTORS").map(PathBuf::from)
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// The bodies of the 200 answers in the contract's examples of one operation.
fn examples(folder: &Path, operation: &str) -> Vec<String> {
    let example = json(&folder.join("examples").join(format!("2024-06-01.{operation}.json")));
    let body = &example["responses"]["200"]["body"];
    assert!(!body.is_null(), "{operation} has an example answer");
    vec![body.to_string()]
}

#[test]
fn every_example_answer_is_read() {
    let Some(folder) = vectors() else { return };
    for body in examples(&folder, "receive") {
        let batch = Batch::parse(body.as_bytes()).unwrap();
        let expected: Value = serde_json::from_str(&body).unwrap();
        let details = expected["value"].as_array().unwrap();
        assert_eq!(batch.len(), details.len());
        for (received, detail) in batch.iter().zip(details) {
            assert_eq!(
                received.lock_token().to_string(),
                detail["brokerProperties"]["lockToken"].as_str().unwrap()
            );
            same_event(received.event().unwrap(), &detail["event"]);
        }
    }
    for operation in ["ack", "release", "reject", "renewlock"] {
        for body in examples(&folder, operation) {
            let settlement = Settlement::parse(body.as_bytes(), false).unwrap();
            let expected: Value = serde_json::from_str(&body).unwrap();
            let count = |name: &str| expected[name].as_array().unwrap().len();
            assert_eq!(settlement.succeeded().count(), count("succeededLockTokens"), "{operation}");
            assert_eq!(settlement.failed().count(), count("failedLockTokens"), "{operation}");
        }
    }
}

#[test]
fn every_documented_event_is_read() {
    let Some(folder) = vectors() else { return };
    let mut seen = 0;
    for entry in std::fs::read_dir(folder.join("events")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let document = json(&path);
        if name.contains("receive") {
            assert_eq!(Batch::parse(document.to_string().as_bytes()).unwrap().len(), 2);
        } else if name.contains("cloudevent.") {
            for event in document.as_array().map_or(std::slice::from_ref(&document), |events| events) {
                let text = event.to_string();
                same_event(CloudEventView::parse(RawJson::parse(&text).unwrap()).unwrap(), event);
            }
        } else {
            continue;
        }
        seen += 1;
    }
    assert!(seen >= 4, "{seen} files were read");
}

fn same_event(event: CloudEventView<'_>, expected: &Value) {
    let text = |name: &str| expected[name].as_str().map(str::to_owned);
    assert_eq!(Some(event.id().to_string()), text("id"));
    assert_eq!(Some(event.source().to_string()), text("source"));
    assert_eq!(Some(event.event_type().to_string()), text("type"));
    assert_eq!(event.subject().map(|subject| subject.to_string()), text("subject"));
    assert_eq!(event.time().map(|time| time.to_string()), text("time"));
    if let Ok(data) = event.data().as_json() {
        assert_eq!(serde_json::from_str::<Value>(data.as_str()).unwrap(), expected["data"]);
    }
}
