//! Who may call: holders of an access key.

use std::fmt;

use http::{HeaderMap, header};
use subtle::ConstantTimeEq;

use super::error::ServiceError;

/// The access keys that are accepted. `Debug` shows their number alone.
pub(crate) struct AccessKeys(Vec<String>);

impl AccessKeys {
    pub(crate) fn new(keys: Vec<String>) -> Self {
        Self(keys)
    }

    /// The first key.
    pub(crate) fn primary(&self) -> &str {
        &self.0[0]
    }

    /// Accepts `Authorization: SharedAccessKey <key>` and `aeg-sas-key: <key>`; the key is the text as it is,
    /// not decoded.
    pub(super) fn check(&self, headers: &HeaderMap) -> Result<(), ServiceError> {
        let given = if let Some(value) = headers.get("aeg-sas-key") {
            value.as_bytes()
        } else if let Some(value) = headers.get(header::AUTHORIZATION) {
            access_key(value.as_bytes()).ok_or_else(|| {
                ServiceError::unauthorized(
                    "The authorization scheme is not supported, expected SharedAccessKey",
                )
            })?
        } else {
            return Err(ServiceError::unauthorized("The request has no authorization"));
        };
        if self.contain(given) {
            Ok(())
        } else {
            Err(ServiceError::unauthorized("The request authorization key is not authorized"))
        }
    }

    /// Compares with every key, whole, so that the time it takes tells nothing but lengths.
    fn contain(&self, given: &[u8]) -> bool {
        self.0.iter().fold(false, |found, key| found | bool::from(key.as_bytes().ct_eq(given)))
    }
}

impl fmt::Debug for AccessKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccessKeys({})", self.0.len())
    }
}

/// What follows the scheme; schemes are compared without case, as HTTP has it.
fn access_key(authorization: &[u8]) -> Option<&[u8]> {
    let space = authorization.iter().position(|byte| *byte == b' ')?;
    let (scheme, key) = authorization.split_at(space);
    scheme.eq_ignore_ascii_case(b"SharedAccessKey").then(|| key.trim_ascii())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn check(name: &'static str, value: &'static str) -> bool {
        let keys = AccessKeys::new(vec!["first+/=".to_owned(), "second".to_owned()]);
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_static(value));
        keys.check(&headers).is_ok()
    }

    #[test]
    fn either_key_in_either_header_is_accepted() {
        assert!(check("authorization", "SharedAccessKey first+/="));
        assert!(check("authorization", "sharedaccesskey second"));
        assert!(check("aeg-sas-key", "second"));
    }

    #[test]
    fn anything_else_is_refused() {
        for value in
            ["", "SharedAccessKey", "SharedAccessKey ", "SharedAccessKey secon", "SharedAccessKey second2"]
        {
            assert!(!check("authorization", value), "{value}");
        }
        for value in
            ["second", "Bearer second", "SharedAccessSignature second", "SharedAccessKey first+/= second"]
        {
            assert!(!check("authorization", value), "{value}");
        }
        assert!(!check("aeg-sas-key", ""));
        assert!(!check("x-other", "second"));
    }

    #[test]
    fn debug_shows_no_key() {
        assert_eq!(format!("{:?}", AccessKeys::new(vec!["secret".to_owned()])), "AccessKeys(1)");
    }
}
