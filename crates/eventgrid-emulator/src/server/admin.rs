//! The address of the admin API.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;

use super::listen;
use crate::admin::{Access, AdminToken};
use crate::secret::Secret;

/// Where the admin API is served, and who may use it.
#[derive(Debug, Clone)]
pub(crate) struct AdminSettings {
    /// `HOST:PORT`.
    pub(crate) listen: String,
    /// Made up if there is none.
    pub(crate) token: Option<Secret>,
}

/// The admin API cannot listen on its address.
#[derive(Debug, thiserror::Error)]
#[error("the admin API cannot listen on {listen}")]
pub struct AdminListenError {
    listen: String,
    source: io::Error,
}

impl AdminSettings {
    /// Listens.
    ///
    /// # Errors
    /// If that is not possible; the error names the address.
    pub(super) fn listen(self) -> io::Result<(TcpListener, Arc<Access>)> {
        let named = |error: io::Error| {
            io::Error::new(error.kind(), AdminListenError { listen: self.listen.clone(), source: error })
        };
        let listener = listen(&self.listen).map_err(named)?;
        let address = listener.local_addr().map_err(named)?.ip();
        let host = self.listen.rsplit_once(':').map_or(&*self.listen, |(host, _)| host);
        let token = self.token.map_or_else(AdminToken::make_up, AdminToken::new);
        Ok((listener, Arc::new(Access::new(token, host, address))))
    }
}
