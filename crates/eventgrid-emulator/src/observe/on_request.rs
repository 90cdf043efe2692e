//! Who is told of each request that is served.

use std::fmt;
use std::sync::Arc;

use super::ServedRequest;

/// A function to call for each request.
#[derive(Clone)]
pub(crate) struct OnRequest(Arc<dyn Fn(&ServedRequest) + Send + Sync>);

impl OnRequest {
    pub(crate) fn new(callback: impl Fn(&ServedRequest) + Send + Sync + 'static) -> Self {
        Self(Arc::new(callback))
    }

    pub(crate) fn call(&self, request: &ServedRequest) {
        (self.0)(request);
    }
}

impl fmt::Debug for OnRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnRequest")
    }
}
