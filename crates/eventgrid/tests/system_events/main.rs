//! The constants and the enum of system events are those of the list, and the list has what others have.

mod generator;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use eventgrid::system_events::SystemEvent;

/// What writes the files instead of comparing them.
const GENERATE: &str = "EVENTGRID_GENERATE";

#[test]
fn the_code_is_what_the_list_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/system_events");
    let list = std::fs::read_to_string(folder.join("types.txt")).unwrap();
    let expected = generator::files(&list);
    let folder = folder.join("generated");
    if std::env::var_os(GENERATE).is_some() {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir(&folder).unwrap();
        for (name, text) in &expected {
            std::fs::write(folder.join(name), text).unwrap();
        }
    }
    let found: BTreeMap<String, String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            (path.file_name().unwrap().to_str().unwrap().to_owned(), text)
        })
        .collect();
    let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        names(&found),
        names(&expected),
        "run `{GENERATE}=1 cargo test -p eventgrid --test system_events`"
    );
    for (name, text) in &expected {
        assert!(
            found[name] == *text,
            "{name} differs: run `{GENERATE}=1 cargo test -p eventgrid --test system_events`"
        );
    }
}

#[test]
fn every_name_of_the_python_sdk_is_known() {
    let Some(folder) = std::env::var_os("EVENTGRID_VECTORS").map(PathBuf::from) else { return };
    let text = std::fs::read(folder.join("events/python_SystemEventNames.4.22.1.json")).unwrap();
    let document: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let members = document["members"].as_object().unwrap();
    assert_eq!(members.len(), 253);
    for (name, event_type) in members {
        let event_type = event_type.as_str().unwrap();
        match name.as_str() {
            // Named after the bases of the data of image and chart events, of which no event has the type: what stands
            // for them there is the type of something else.
            "ContainerRegistryArtifactEventName" => {
                assert_eq!(event_type, "Microsoft.AppConfiguration.KeyValueModified");
            }
            "ContainerRegistryEventName" => assert_eq!(event_type, "Microsoft.ContainerRegistry.ChartPushed"),
            _ => {}
        }
        assert!(SystemEvent::from_type(event_type).is_some(), "{name} is {event_type}");
    }
}
