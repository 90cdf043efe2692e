//! What holds for every response, whatever the request.

use bytes::Bytes;
use http::Response;
use serde_json::Value;

/// Checks a response of any part of the emulator: a status that the service has, and an error that
/// says what is wrong.
pub(crate) fn check(reply: &Response<Bytes>) {
    let status = reply.status().as_u16();
    assert!(matches!(status, 200 | 204 | 400 | 401 | 403 | 404 | 405 | 413 | 415), "{reply:?}");
    assert_eq!(status == 401, reply.headers().contains_key("www-authenticate"), "{reply:?}");
    if status >= 400 {
        let body: Value =
            serde_json::from_slice(reply.body()).unwrap_or_else(|error| panic!("{error}: {reply:?}"));
        for part in ["code", "message"] {
            assert!(body["error"][part].as_str().is_some_and(|text| !text.is_empty()), "{reply:?}");
        }
        assert_eq!(status == 405, reply.headers().contains_key("allow"), "{reply:?}");
    }
}
