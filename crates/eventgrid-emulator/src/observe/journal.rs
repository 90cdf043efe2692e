//! The requests that came last.

use std::collections::VecDeque;

use bytes::Bytes;
use http::Response;

use super::criteria::RequestCriteria;
use super::journaled_request::JournaledRequest;

/// The requests that came last, bounded in their number and their bytes; the last one is always
/// kept.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    requests: VecDeque<JournaledRequest>,
    /// How many bytes they take.
    size: usize,
    /// The number of the next request.
    next: u64,
    /// How many were forgotten to stay within bounds.
    forgotten: u64,
}

impl Journal {
    const MAX_REQUESTS: usize = 1000;
    const MAX_SIZE: usize = 8 * 1024 * 1024;

    /// Adds a request. Returns its number.
    pub(super) fn begin(&mut self, mut request: JournaledRequest) -> u64 {
        let number = self.next;
        self.next += 1;
        request.number = number;
        self.size += request.size();
        self.requests.push_back(request);
        self.bound();
        number
    }

    /// A request has its response. Does nothing if it was forgotten meanwhile.
    pub(super) fn end(&mut self, number: u64, response: &Response<Bytes>) {
        let first = self.requests.front().map_or(self.next, |request| request.number);
        let index = number.checked_sub(first).and_then(|index| usize::try_from(index).ok());
        if let Some(request) = index.and_then(|index| self.requests.get_mut(index)) {
            self.size -= request.size();
            request.end(response);
            self.size += request.size();
            self.bound();
        }
    }

    /// The requests that meet the criteria, the oldest first.
    pub(crate) fn find<'j>(
        &'j self,
        criteria: &'j RequestCriteria,
    ) -> impl Iterator<Item = &'j JournaledRequest> {
        self.requests.iter().filter(|request| criteria.is_met_by(request))
    }

    pub(crate) fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// Forgets all. Numbers go on.
    pub(crate) fn clear(&mut self) {
        *self = Self { next: self.next, ..Self::default() };
    }

    fn bound(&mut self) {
        while self.requests.len() > Self::MAX_REQUESTS
            || self.size > Self::MAX_SIZE && self.requests.len() > 1
        {
            let oldest = self.requests.pop_front();
            self.size -= oldest.map_or(0, |oldest| oldest.size());
            self.forgotten += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use http::{Request, StatusCode};

    use super::super::subject::{Operation, Subject};
    use super::*;
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

    fn numbers(journal: &Journal) -> Vec<u64> {
        journal.find(&RequestCriteria::new()).map(|request| request.number).collect()
    }

    #[test]
    fn the_last_thousand_are_kept_and_the_others_counted() {
        let mut journal = Journal::default();
        for _ in 0..1500 {
            journal.begin(request(Vec::new()));
        }
        let kept = numbers(&journal);
        assert_eq!((kept.len(), kept[0], journal.forgotten()), (1000, 500, 500));
        journal.clear();
        assert_eq!((numbers(&journal).len(), journal.forgotten(), journal.size), (0, 0, 0));
        assert_eq!(journal.begin(request(Vec::new())), 1500);
    }

    #[test]
    fn no_more_bytes_are_kept_than_agreed_unless_the_last_alone_has_more() {
        let mut journal = Journal::default();
        let half = Journal::MAX_SIZE / 2 - request(Vec::new()).size();
        for _ in 0..3 {
            journal.begin(request(vec![0; half]));
        }
        assert_eq!(numbers(&journal), [1, 2]);
        journal.begin(request(vec![0; 3 * half]));
        assert_eq!(numbers(&journal), [3]);
        journal.begin(request(Vec::new()));
        assert_eq!((numbers(&journal), journal.size), (vec![4], request(Vec::new()).size()));
    }

    #[test]
    fn a_response_is_kept_with_its_request_and_counts() {
        let mut journal = Journal::default();
        let number = journal.begin(request(Vec::new()));
        let before = journal.size;
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::NOT_FOUND;
        let refusal = Refusal { code: "NotFound", message: "x".repeat(100) };
        response.extensions_mut().insert(refusal);
        journal.end(number, &response);
        assert_eq!(journal.size, before + 108);
        let criteria = RequestCriteria::new().status(404);
        assert_eq!(journal.find(&criteria).next().unwrap().error_code.as_deref(), Some("NotFound"));
        journal.clear();
        journal.end(number, &response);
        assert_eq!(journal.size, 0, "it was forgotten");
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
        assert!(error.to_string().contains("\"Cookie\""), "{error}");
    }
}
