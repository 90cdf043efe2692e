//! The parameters of requests to the broker.

use percent_encoding::percent_decode_str;

use super::route::MqttOperation;
use crate::limits::Limits;
use crate::service::namespace::ServiceError;

/// The versions of publishing ("mqtt-http-publish", 2025-07-30; the older one is that of a sample).
const OF_PUBLISH: [&str; 2] = ["2025-08-01-preview", "2025-02-15-preview"];

/// The version of reading what is retained ("mqtt-retain-http", 2025-11).
const OF_RETAINED: [&str; 1] = ["2025-11-16-preview"];

/// The query of one request, its API version checked. Unknown parameters are ignored.
#[derive(Debug)]
pub(super) struct Query<'q> {
    text: &'q str,
    /// The version that was asked for.
    pub(super) version: &'static str,
}

/// The value of a parameter, of a repeated one the first: percent-encoded, so that a plus sign is
/// one, and not a space as in forms. An error if it is not UTF-8.
pub(super) fn percent_decoded(query: &str, name: &str) -> Option<Result<String, ()>> {
    let mut parameters =
        query.split('&').map(|parameter| parameter.split_once('=').unwrap_or((parameter, "")));
    let (_, value) = parameters.find(|(other, _)| percent_decode_str(other).eq(name.bytes()))?;
    Some(percent_decode_str(value).decode_utf8().map(Into::into).map_err(|_| ()))
}

impl<'q> Query<'q> {
    pub(super) fn parse(
        text: &'q str,
        operation: MqttOperation,
        limits: Limits,
    ) -> Result<Self, ServiceError> {
        let own: &[&'static str] =
            if operation == MqttOperation::Publish { &OF_PUBLISH } else { &OF_RETAINED };
        let others: &[&'static str] =
            if operation == MqttOperation::Publish { &OF_RETAINED } else { &OF_PUBLISH };
        let others = if limits.are_strict() { &[] } else { others };
        let asked = read(text, "api-version")?
            .ok_or_else(|| ServiceError::bad_request("`api-version` query parameter is required"))?;
        let version = own.iter().chain(others).find(|version| **version == asked);
        let version = version.ok_or_else(|| {
            let known = own.join(", ");
            ServiceError::bad_request(format!("Unsupported `api-version` '{asked}', supported are {known}"))
        })?;
        Ok(Self { text, version })
    }

    /// The value of a parameter, if it is there.
    pub(super) fn get(&self, name: &str) -> Result<Option<String>, ServiceError> {
        read(self.text, name)
    }
}

fn read(query: &str, name: &str) -> Result<Option<String>, ServiceError> {
    percent_decoded(query, name).transpose().map_err(|()| {
        ServiceError::bad_request(format!("`{name}` query parameter is not percent-encoded UTF-8"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_percent_encoded_and_no_form() {
        for (query, topic) in [
            ("topic=a%2Fb", Some(Ok("a/b"))),
            ("x=1&topic=a+b&topic=c", Some(Ok("a+b"))),
            ("topic=a%2Bb%20c%23", Some(Ok("a+b c#"))),
            ("%74opic=a", Some(Ok("a"))),
            ("topic=a=b", Some(Ok("a=b"))),
            ("topic", Some(Ok(""))),
            ("topic=%C3%A4", Some(Ok("ä"))),
            ("topic=%C3", Some(Err(()))),
            ("topics=a", None),
            ("", None),
        ] {
            assert_eq!(percent_decoded(query, "topic"), topic.map(|it| it.map(str::to_owned)), "{query}");
        }
    }

    #[test]
    fn each_operation_has_versions_of_its_own_unless_limits_are_relaxed() {
        for (version, publishes, reads) in [
            ("2025-08-01-preview", true, false),
            ("2025-02-15-preview", true, false),
            ("2025-11-16-preview", false, true),
        ] {
            let query = format!("api-version={version}");
            let takes = |operation, limits| Query::parse(&query, operation, limits).is_ok();
            assert_eq!(takes(MqttOperation::Publish, Limits::Strict), publishes, "{version}");
            assert_eq!(takes(MqttOperation::GetRetained, Limits::Strict), reads, "{version}");
            assert_eq!(takes(MqttOperation::ListRetained, Limits::Strict), reads, "{version}");
            assert!(takes(MqttOperation::Publish, Limits::Relaxed));
            assert!(takes(MqttOperation::ListRetained, Limits::Relaxed));
        }
        for query in ["", "api-version=", "api-version=2024-06-01"] {
            assert!(Query::parse(query, MqttOperation::Publish, Limits::Relaxed).is_err(), "{query}");
        }
    }
}
