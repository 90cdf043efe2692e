//! The TLS configurations for the service and for a proxy.

use std::sync::{Arc, OnceLock};

use eventgrid_transport::tls::{InvalidTls, TlsConfig, TlsOptions};
use rustls::ClientConfig;

/// The TLS configurations, made when the first connection needs them.
pub(crate) struct Tls {
    /// The protocols that are offered to the service by ALPN.
    protocols: Vec<Vec<u8>>,
    for_service: OnceLock<Arc<ClientConfig>>,
    for_proxy: TlsConfig,
}

impl Tls {
    pub(crate) fn new(options: TlsOptions, protocols: Vec<Vec<u8>>) -> Self {
        Self { protocols, for_service: OnceLock::new(), for_proxy: TlsConfig::new(options) }
    }

    /// The configuration for the service.
    pub(crate) fn for_service(&self) -> Result<Arc<ClientConfig>, InvalidTls> {
        let config = self.for_proxy()?;
        let with_protocols = || {
            let mut config = (*config).clone();
            config.alpn_protocols.clone_from(&self.protocols);
            Arc::new(config)
        };
        Ok(Arc::clone(self.for_service.get_or_init(with_protocols)))
    }

    /// The configuration for a proxy that is reached over https. The protocol is always HTTP/1.1.
    pub(crate) fn for_proxy(&self) -> Result<Arc<ClientConfig>, InvalidTls> {
        self.for_proxy.get()
    }
}
