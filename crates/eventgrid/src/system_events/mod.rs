//! System events: the types of the events that Azure services publish themselves.
//!
//! Each service has a module, named as in its types, with a constant per type; [`SystemEvent`] is
//! all of them, to match on.
//!
//! ```
//! use eventgrid::system_events::{SystemEvent, storage};
//!
//! assert_eq!(storage::BLOB_CREATED, "Microsoft.Storage.BlobCreated");
//!
//! match SystemEvent::from_type("Microsoft.Storage.BlobCreated") {
//!     Some(SystemEvent::StorageBlobCreated) => {}
//!     Some(other) => panic!("something else happened at {}", other.service()),
//!     None => panic!("the event of someone's own"),
//! }
//! ```
//!
//! The types are those that Microsoft's SDK for Python lists, and more that stand on the pages of
//! its documentation: Azure Data Manager for Agriculture, the gates of Kubernetes fleets, and what
//! Microsoft Graph publishes to partner topics.

mod table;

use core::fmt;

pub use table::*;

use crate::json::JsonStr;

impl SystemEvent {
    /// The system event of this type; none if it is not known here: an event of someone's own, or
    /// one newer than this crate.
    ///
    /// Types are compared exactly, as Event Grid does it by itself: `microsoft.storage.blobcreated`
    /// is none of them.
    pub fn from_type(event_type: &str) -> Option<Self> {
        let position = TABLE.binary_search_by(|(_, known)| (*known).cmp(event_type)).ok()?;
        TABLE.get(position).map(|(event, _)| *event)
    }

    /// The system event of the type of a received event, as [`from_type`](Self::from_type).
    ///
    /// ```
    /// use eventgrid::event::CloudEventView;
    /// use eventgrid::json::RawJson;
    /// use eventgrid::system_events::SystemEvent;
    ///
    /// let json = RawJson::parse(r#"{"specversion":"1.0","id":"1","source":"/s","type":"Microsoft.Devices.DeviceCreated"}"#)?;
    /// let event = CloudEventView::parse(json)?;
    /// assert_eq!(SystemEvent::from_json(event.event_type()), Some(SystemEvent::DeviceCreated));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_json(event_type: JsonStr<'_>) -> Option<Self> {
        match event_type.as_str() {
            Some(event_type) => Self::from_type(event_type),
            // Nobody escapes these letters; if someone does, the type is the same.
            None => TABLE.iter().find(|(_, known)| event_type == **known).map(|(event, _)| *event),
        }
    }

    /// The type, such as `Microsoft.Storage.BlobCreated`.
    pub const fn event_type(self) -> &'static str {
        // The variants are in the order of the table.
        TABLE[self as usize].1
    }

    /// The service that publishes it, as the type names it, such as `Microsoft.Storage`.
    pub fn service(self) -> &'static str {
        let event_type = self.event_type();
        event_type.match_indices('.').nth(1).map_or(event_type, |(end, _)| &event_type[..end])
    }

    /// Every system event that is known, in the order of the types.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        TABLE.iter().map(|(event, _)| *event)
    }
}

/// Shows the type.
impl fmt::Display for SystemEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.event_type())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Reader;

    #[test]
    fn every_event_is_found_by_its_type_and_by_nothing_else() {
        assert!(TABLE.is_sorted_by(|(_, earlier), (_, later)| earlier < later), "it is searched by halves");
        for (position, event) in SystemEvent::all().enumerate() {
            let event_type = event.event_type();
            assert_eq!(event as usize, position, "{event_type} is in its place");
            assert_eq!(SystemEvent::from_type(event_type), Some(event));
            assert_eq!(SystemEvent::from_type(&event_type[1..]), None);
            assert_eq!(SystemEvent::from_type(&event_type.to_ascii_lowercase()), None);
        }
        for unknown in
            ["", ".", "Microsoft.Storage", "Microsoft.Storage.BlobCreated ", "Order.Created", "\u{10ffff}"]
        {
            assert_eq!(SystemEvent::from_type(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn the_service_is_the_beginning_of_the_type() {
        assert_eq!(SystemEvent::StorageBlobCreated.service(), "Microsoft.Storage");
        assert_eq!(SystemEvent::ApiManagementCircuitBreakerOpened.service(), "Microsoft.ApiManagement");
        assert_eq!(
            SystemEvent::ResourceNotificationsResourcesDeleted.service(),
            "Microsoft.ResourceNotifications"
        );
    }

    #[test]
    fn an_escaped_type_is_the_same_type() {
        let find = |json| SystemEvent::from_json(Reader::new(json).string().unwrap());
        assert_eq!(find(r#""Microsoft.Maps.GeofenceEntered""#), Some(SystemEvent::MapsGeofenceEntered));
        assert_eq!(find(r#""\u004dicrosoft.Maps.GeofenceEntered""#), Some(SystemEvent::MapsGeofenceEntered));
        assert_eq!(find(r#""\u004dicrosoft""#), None);
    }
}
