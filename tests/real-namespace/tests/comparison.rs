//! The comparison, with emulators in place of namespaces.

use eventgrid_emulator::{Emulator, Limits};
use real_namespace::{Namespace, compare};

#[test]
fn an_emulator_does_what_an_emulator_does() {
    let reference = Namespace::of_its_own().unwrap();
    let subject = reference.emulated().unwrap();
    let comparison = compare(&subject, &reference).unwrap();
    assert!(comparison.scenarios() > 30);
    assert_eq!(comparison.differences(), []);
}

#[test]
fn what_a_namespace_does_otherwise_is_a_difference() {
    let reference = Namespace::of_its_own().unwrap();
    let subject = reference.emulated_by(Emulator::builder().limits(Limits::Relaxed)).unwrap();
    let comparison = compare(&subject, &reference).unwrap();
    let differ: Vec<_> = comparison.differences().iter().map(|difference| difference.id).collect();
    for id in ["extension-name-length", "extension-value-type", "datacontenttype-data", "path-prefix"] {
        assert!(differ.contains(&id), "{id} is not among {differ:?}");
    }
    let first = comparison.differences()[0].to_string();
    assert!(first.contains("\n    namespace  200") && first.contains("\n    emulator   400"), "{first}");
}
