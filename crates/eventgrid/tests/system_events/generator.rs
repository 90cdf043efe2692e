//! From the list of system events to the files in `src/system_events/generated`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// The longest line that rustfmt leaves alone.
const MAX_WIDTH: usize = 110;

const HEAD: &str = "// Made from `types.txt` by `tests/system_events`; do not edit.\n\n";

/// One line of the list.
struct Type<'l> {
    /// Such as `Microsoft.Storage.BlobCreated`.
    wire: &'l str,
    what_happened: &'l str,
}

impl Type<'_> {
    /// The parts of the type behind `Microsoft`: the service, and what happened to what.
    fn parts(&self) -> (&str, String) {
        let mut parts = self.wire.split('.').skip(1);
        (parts.next().expect("a service"), parts.collect())
    }

    fn module(&self) -> String {
        words(self.parts().0).join("_").to_lowercase()
    }

    fn constant(&self) -> String {
        words(&self.parts().1).join("_").to_uppercase()
    }

    /// The service and the event in one name, without saying the service twice: `StorageBlobCreated`, `StorageTaskQueued`.
    fn variant(&self) -> String {
        let (service, event) = self.parts();
        let (service, event) = (camel_case(service), camel_case(&event));
        let singular = service.strip_suffix('s').unwrap_or(&service);
        if event.starts_with(singular) { event } else { service + &event }
    }
}

/// The files, by name.
pub(crate) fn files(list: &str) -> BTreeMap<String, String> {
    let services = parse(list);
    let mut all: Vec<&Type<'_>> = services.iter().flat_map(|(_, types)| types).collect();
    all.sort_by_key(|event| event.wire);
    let variants: BTreeSet<String> = all.iter().map(|event| event.variant()).collect();
    assert_eq!(variants.len(), all.len(), "no two events have the same name");

    let mut files = BTreeMap::new();
    let mut modules = BTreeSet::new();
    for (service, types) in &services {
        let module = types[0].module();
        assert!(modules.insert(module.clone()), "{module} is one service");
        assert!(types.iter().all(|event| event.module() == module), "{module} has events of itself alone");
        files.insert(format!("{module}.rs"), service_file(service, types));
    }
    files.insert("mod.rs".to_owned(), module_file(&modules));
    files.insert("system_event.rs".to_owned(), enum_file(&all));
    files.insert("table.rs".to_owned(), table_file(&all));
    files
}

fn parse(list: &str) -> Vec<(&str, Vec<Type<'_>>)> {
    let mut services: Vec<(&str, Vec<Type<'_>>)> = Vec::new();
    for line in list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(service) = line.strip_prefix('[') {
            services.push((service.strip_suffix(']').expect("a closing bracket"), Vec::new()));
        } else {
            let (wire, what_happened) = line.split_once(' ').expect("a type, a space and a sentence");
            assert!(wire.starts_with("Microsoft.") && what_happened.ends_with('.'), "{line}");
            services.last_mut().expect("a service").1.push(Type { wire, what_happened });
        }
    }
    services
}

fn service_file(service: &str, types: &[Type<'_>]) -> String {
    let mut file = format!("{HEAD}//! {service}.\n");
    for event in types {
        let (constant, wire) = (event.constant(), event.wire);
        writeln!(file, "\n/// {}", event.what_happened).unwrap();
        let declaration = format!("pub const {constant}: &str =");
        if declaration.len() + wire.len() + 4 > MAX_WIDTH {
            writeln!(file, "{declaration}\n    \"{wire}\";").unwrap();
        } else {
            writeln!(file, "{declaration} \"{wire}\";").unwrap();
        }
    }
    file
}

fn module_file(modules: &BTreeSet<String>) -> String {
    let mut file = HEAD.to_owned();
    let private = ["system_event", "table"].map(str::to_owned);
    let all: BTreeSet<&String> = modules.iter().chain(&private).collect();
    for module in all {
        let visibility = match module.as_str() {
            "system_event" => "",
            "table" => "pub(super) ",
            _ => "pub ",
        };
        writeln!(file, "{visibility}mod {module};").unwrap();
    }
    file + "\npub use system_event::SystemEvent;\n"
}

fn enum_file(all: &[&Type<'_>]) -> String {
    let mut file = HEAD.to_owned();
    file += "/// An event that an Azure service publishes itself.\n///\n";
    file += "/// More of them may come with any version of this crate.\n";
    file += "#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]\n#[non_exhaustive]\n";
    file += "pub enum SystemEvent {\n";
    for event in all {
        writeln!(file, "    /// `{}`: {}", event.wire, event.what_happened).unwrap();
        writeln!(file, "    {},", event.variant()).unwrap();
    }
    file + "}\n"
}

fn table_file(all: &[&Type<'_>]) -> String {
    let mut file = HEAD.to_owned();
    file += "use super::SystemEvent;\n\n";
    file +=
        "/// Every system event with its type, in the order of the variants, which is that of the types.\n";
    writeln!(file, "pub(in super::super) const TABLE: [(SystemEvent, &str); {}] = [", all.len()).unwrap();
    for event in all {
        let (variant, constant) =
            (event.variant(), format!("super::{}::{}", event.module(), event.constant()));
        let line = format!("    (SystemEvent::{variant}, {constant}),");
        if line.len() > MAX_WIDTH {
            writeln!(file, "    (\n        SystemEvent::{variant},\n        {constant},\n    ),").unwrap();
        } else {
            writeln!(file, "{line}").unwrap();
        }
    }
    file + "];\n"
}

/// The words of a name in camel case: a capital starts one unless it follows a capital and is not followed by a small letter.
fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = Vec::new();
    for (position, letter) in letters.iter().enumerate() {
        let after_capital = position > 0 && letters[position - 1].is_uppercase();
        let before_small = letters.get(position + 1).is_some_and(|next| next.is_lowercase());
        if position == 0 || letter.is_uppercase() && (!after_capital || before_small) {
            words.push(String::new());
        }
        words.last_mut().expect("the first letter starts a word").push(*letter);
    }
    words
}

/// As Rust writes the names of types: `MqttClientDeleted`, not `MQTTClientDeleted`.
fn camel_case(name: &str) -> String {
    let capitalized = |word: String| word[..1].to_uppercase() + &word[1..].to_lowercase();
    words(name).into_iter().map(capitalized).collect()
}

#[test]
fn names_are_split_into_words() {
    for (name, expected) in [
        ("BlobCreated", "Blob Created"),
        ("APIReleaseCreated", "API Release Created"),
        ("GatewayAPIAdded", "Gateway API Added"),
        ("ExportRDBCompleted", "Export RDB Completed"),
        ("AVS", "AVS"),
    ] {
        assert_eq!(words(name).join(" "), expected);
    }
}
