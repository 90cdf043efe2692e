//! A configuration file: an accepted one makes an emulator, and is the same after it was written
//! and read; the errors of a refused one point into the file. Input: the file.

use eventgrid_emulator::configuration::{Configuration, Difference};

/// Runs the check.
///
/// # Panics
/// If the check fails.
pub fn check(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    match Configuration::parse(text) {
        Ok(configuration) => accepted(&configuration),
        Err(errors) => {
            let lines: Vec<_> = text.split('\n').collect();
            let mut last = (0, 0);
            for error in &errors {
                let line = lines.get(error.line() - 1).expect("the line is within the file");
                assert!((1..=line.chars().count() + 1).contains(&error.column()), "{error}");
                assert!(last <= (error.line(), error.column()), "{errors}");
                assert!(!error.message().is_empty() && !error.message().contains('\n'), "{error}");
                last = (error.line(), error.column());
            }
            assert_ne!(last, (0, 0), "there is at least one error");
        }
    }
}

fn accepted(configuration: &Configuration) {
    let written = configuration.to_toml();
    let again = Configuration::parse(&written).unwrap_or_else(|errors| panic!("{written}\n{errors}"));
    assert_eq!(&again, configuration, "{written}");
    // Without its secrets it is one that anybody may read, and still a configuration, unless it has
    // tokens.
    let shown = Configuration::parse(&configuration.to_toml_without_secrets());
    assert_eq!(shown.is_ok(), configuration.bearer_tokens.is_empty());

    let emulator = configuration.builder().build().expect("what is accepted makes an emulator");
    for (topic, subscription, settings) in configuration.subscriptions() {
        assert!(emulator.stats(topic, subscription).is_some(), "{topic}/{subscription}");
        assert!(!settings.lock_duration.is_zero() && !settings.time_to_live.is_zero());
    }
    differences(configuration);
}

/// What comes on the way there goes on the way back.
fn differences(configuration: &Configuration) {
    assert!(Difference::between(configuration, configuration).is_empty());
    let none = Configuration::default();
    let there = Difference::between(&none, configuration);
    let back = Difference::between(configuration, &none);
    assert_eq!(there.added_topics, back.removed_topics);
    assert_eq!(there.added_subscriptions, back.removed_subscriptions);
    assert_eq!(there.changed_resources, back.changed_resources);
    assert_eq!(there.credentials_changed, back.credentials_changed);
    assert_eq!(there.needs_restart, back.needs_restart);
    assert_eq!(there.added_subscriptions.len(), configuration.subscriptions().count());
    assert!(there.removed_topics.is_empty() && back.added_topics.is_empty());
}
