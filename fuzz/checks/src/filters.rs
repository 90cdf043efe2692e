//! A filter and an event: the matcher agrees with the naive filter of the crate's tests and with
//! its own explanation, and a set of filters agrees with both. Input: a filter in the form of basic
//! topics, as JSON on one line, and the event after it.

use eventgrid_filters::{CompileOptions, Filter, FilterLimits, FilterSet, NamespaceFilter};

use crate::naive_filter::{Json, matches};

/// Runs the check.
///
/// # Panics
/// If the check fails.
pub fn check(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let (filter, event) = text.split_once('\n').unwrap_or((text, ""));
    let Ok(filter) = serde_json::from_str::<Filter>(filter) else { return };
    forms(&filter);
    let options = CompileOptions::new().limits(FilterLimits::none());
    let Ok(compiled) = filter.compile_with(&options) else {
        assert!(filter.compile().is_err(), "it is refused without limits, so with them, too");
        return;
    };

    let found = compiled.matches(event);
    let explanation = compiled.explain(event);
    if let Ok(explanation) = &explanation {
        let text = explanation.to_string();
        assert!(!text.contains('\n') && text.chars().count() < 3000, "{text:?}");
    }
    assert_eq!(found, explanation.map(|explanation| explanation.matches()));
    let written = serde_json::to_value(&filter).expect("a filter is JSON");
    if let Some(expected) = Json::read(event).map(|event| matches(&written, &event)) {
        assert_eq!(found.as_ref().ok(), expected.as_ref(), "{found:?}");
    }

    // Beside other filters, before and after they come and go.
    let mut set = FilterSet::new();
    let any = Filter::new().compile().expect("nothing is asked");
    for name in ["removed", "replaced"] {
        set.insert(name, if name == "removed" { &compiled } else { &any });
    }
    set.insert("it", &compiled);
    set.insert("replaced", &compiled);
    set.remove(&"removed");
    set.insert("any", &any);
    let names = set.matching(event).map(|names| names.into_iter().copied().collect::<Vec<_>>());
    let expected = found.map(|found| if found { vec!["replaced", "it", "any"] } else { vec!["any"] });
    assert_eq!(names, expected);
}

/// It is the same after it was written and read, in both forms.
fn forms(filter: &Filter) {
    let written = serde_json::to_string(filter).expect("a filter is JSON");
    assert_eq!(&serde_json::from_str::<Filter>(&written).expect("what was written can be read"), filter);
    if let Ok(namespace) = NamespaceFilter::try_from(filter.clone()) {
        let written = serde_json::to_string(&namespace).expect("a filter is JSON");
        let read: NamespaceFilter = serde_json::from_str(&written).expect("what was written can be read");
        assert_eq!(read, namespace);
        assert_eq!(Filter::from(read).advanced, filter.advanced);
    }
}
