//! Where the file of a dead letter lies, as the service names its blobs.

use std::path::PathBuf;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use uuid::Uuid;

use crate::time::UnixTime;

/// The name of the namespace, which has no other one here.
const NAMESPACE: &str = "emulator";

/// Names that the service takes stay as they are; of others, which relaxed limits take, nothing is
/// left that would lead elsewhere.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');

/// Of a topic of a namespace ("dead-letter-event-subscriptions-namespace-topics" of the service's
/// documentation, 2023-09-29).
pub(crate) fn namespace_path(topic: &str, subscription: &str, time: UnixTime, id: Uuid) -> PathBuf {
    path(&[NAMESPACE, topic, subscription], time, id)
}

/// Of a basic topic, a domain or a channel: the name of the event subscription alone, in capital
/// letters ("manage-event-delivery" of the service's documentation).
pub(crate) fn basic_path(subscription: &str, time: UnixTime, id: Uuid) -> PathBuf {
    path(&[&subscription.to_uppercase()], time, id)
}

/// Year, month, day and hour of UTC have no zeros before them.
fn path(names: &[&str], time: UnixTime, id: Uuid) -> PathBuf {
    let text = time.to_string();
    let hour = text.split([':', '.']).next().unwrap_or_default();
    let numbers = hour.split(['-', 'T']).map(|number| match number.trim_start_matches('0') {
        "" => "0".to_owned(),
        number => number.to_owned(),
    });
    let names = names.iter().map(|name| utf8_percent_encode(name, ENCODED).to_string());
    names.chain(numbers).chain([format!("{}.json", id.hyphenated())]).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const ID: Uuid = Uuid::from_u128(0x480b_2295_0c38_40d0_b25a_f34b_30aa_c1a9);

    #[test]
    fn the_paths_are_those_of_the_documentation() {
        let time = UnixTime::parse("2023-09-23T02:59:59.999Z").unwrap();
        assert_eq!(
            namespace_path("mytopic", "myeventsubscription", time, ID),
            Path::new(
                "emulator/mytopic/myeventsubscription/2023/9/23/2/480b2295-0c38-40d0-b25a-f34b30aac1a9.json"
            )
        );
        let midnight = UnixTime::parse("2020-10-01T00:30:00Z").unwrap();
        assert_eq!(
            basic_path("audit-all", midnight, ID),
            Path::new("AUDIT-ALL/2020/10/1/0/480b2295-0c38-40d0-b25a-f34b30aac1a9.json")
        );
    }

    #[test]
    fn no_name_leads_elsewhere() {
        let path = namespace_path("..", "a/../b\\c", UnixTime::from_secs(0), ID);
        assert!(path.starts_with("emulator/%2E%2E/a%2F%2E%2E%2Fb%5Cc/1970/1/1/0"), "{}", path.display());
    }
}
