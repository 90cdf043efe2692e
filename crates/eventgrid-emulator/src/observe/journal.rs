//! The requests that came last.

use bytes::Bytes;
use http::Response;

use super::criteria::RequestCriteria;
use super::journaled_request::JournaledRequest;
use crate::latest::Latest;

/// The requests that came last.
pub(crate) type Journal = Latest<JournaledRequest>;

impl Journal {
    /// Adds a request. Returns its number.
    pub(super) fn begin(&mut self, mut request: JournaledRequest) -> u64 {
        request.number = self.next_number();
        let number = request.number;
        self.push(request);
        number
    }

    /// A request has its response. Does nothing if it was forgotten meanwhile.
    pub(super) fn end(&mut self, number: u64, response: &Response<Bytes>) {
        self.change(number, |request| request.end(response));
    }

    /// The requests that meet the criteria, the oldest first.
    pub(crate) fn find<'j>(
        &'j self,
        criteria: &'j RequestCriteria,
    ) -> impl Iterator<Item = &'j JournaledRequest> {
        self.iter().filter(|request| criteria.is_met_by(request))
    }
}

#[cfg(test)]
mod tests {
    use http::{Request, StatusCode};

    use super::super::subject::{Operation, Subject};
    use super::*;
    use crate::latest::Kept;
    use crate::observe::Refusal;
    use crate::time::UnixTime;

    fn request(body: Vec<u8>) -> JournaledRequest {
        let subject = Subject { operation: Operation::Unknown, topic: None, subscription: None };
        let request = Request::post("/a?aeg-sas-key=secret")
            .header("authorization", "SharedAccessKey secret")
            .header("aeg-sas-token", "secret")
            .header("cookie", "secret")
            .header("user-agent", "test")
            .body(body.into())
            .unwrap();
        JournaledRequest::new(UnixTime::default(), &subject, &request, true)
    }

    #[test]
    fn a_response_is_kept_with_its_request_and_counts() {
        let mut journal = Journal::default();
        let number = journal.begin(request(Vec::new()));
        let size = |journal: &Journal| journal.iter().map(Kept::size).sum::<usize>();
        let before = size(&journal);
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::NOT_FOUND;
        let refusal = Refusal { code: "NotFound", message: "x".repeat(100) };
        response.extensions_mut().insert(refusal);
        journal.end(number, &response);
        assert_eq!(size(&journal), before + 108);
        let criteria = RequestCriteria::new().status(404);
        assert_eq!(journal.find(&criteria).next().unwrap().error_code.as_deref(), Some("NotFound"));
        journal.clear();
        journal.end(number, &response);
        assert_eq!(journal.iter().count(), 0, "it was forgotten");
    }

    #[test]
    fn no_secret_is_kept() {
        let mut journal = Journal::default();
        journal.begin(request(b"\xff".to_vec()));
        let criteria = RequestCriteria::new().header("User-Agent", "test");
        let found = journal.find(&criteria).next().unwrap();
        let json = serde_json::to_string(found).unwrap();
        assert!(
            json.contains(r#""path":"/a?***""#) && json.contains(r#""body":{"base64":"/w=="}"#),
            "{json}"
        );
        assert!(!format!("{json} {found:?}").contains("secret"));
        let error = RequestCriteria::new().header("Cookie", "a").check().unwrap_err();
        let error = error.to_string();
        assert!(error.contains("\"Cookie\"") && error.ends_with("mqtt-payload-format-indicator"), "{error}");
    }
}
