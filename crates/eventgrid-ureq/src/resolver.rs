//! Resolves names to addresses, and keeps these for a while: ureq asks for them with every request,
//! even if a connection is open.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::Timeout;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::http::uri::{Authority, Scheme};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use crate::error::while_resolving;
use crate::socket::Attempt;

/// How long an address is kept. If a connection cannot be opened, it is dropped earlier.
const LIFETIME: Duration = Duration::from_secs(60);

/// A resolver that asks the operating system, and keeps the addresses.
#[derive(Debug)]
pub(crate) struct CachingResolver {
    inner: DefaultResolver,
    addresses: Addresses,
}

impl CachingResolver {
    pub(crate) fn new(addresses: Addresses) -> Self {
        Self { inner: DefaultResolver::default(), addresses }
    }
}

impl Resolver for CachingResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        if let Some(known) = self.addresses.get(uri) {
            return Ok(known);
        }
        // With a deadline, ureq resolves in a thread of its own. That would cost too much for every
        // request, but not for a rare one.
        let left = Attempt::current(|attempt| attempt.time_to_write(Instant::now())).transpose();
        let left = left.map_err(|error| while_resolving(error.into(), uri))?.unwrap_or(LIFETIME);
        let deadline = NextTimeout { after: left.into(), reason: Timeout::Resolve, ..NextTimeout::default() };
        let found = self.inner.resolve(uri, config, deadline).map_err(|error| while_resolving(error, uri))?;
        self.addresses.keep(uri, &found);
        Ok(found)
    }
}

/// The known addresses. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Addresses(Arc<Mutex<Vec<Known>>>);

/// One of the few hosts that a program talks to.
struct Known {
    scheme: Scheme,
    authority: Authority,
    addresses: ResolvedSocketAddrs,
    since: Instant,
}

impl Addresses {
    fn get(&self, uri: &Uri) -> Option<ResolvedSocketAddrs> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all.iter().find(|known| known.is_of(uri))?;
        known.is_fresh().then(|| known.addresses.clone())
    }

    fn keep(&self, uri: &Uri, addresses: &ResolvedSocketAddrs) {
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else { return };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|known| known.is_fresh() && !known.is_of(uri));
        all.push(Known {
            scheme: scheme.clone(),
            authority: authority.clone(),
            addresses: addresses.clone(),
            since: Instant::now(),
        });
    }

    pub(crate) fn forget(&self, uri: &Uri) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|known| !known.is_of(uri));
    }
}

impl Known {
    fn is_of(&self, uri: &Uri) -> bool {
        uri.scheme() == Some(&self.scheme) && uri.authority() == Some(&self.authority)
    }

    fn is_fresh(&self) -> bool {
        self.since.elapsed() < LIFETIME
    }
}

impl std::fmt::Debug for Addresses {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Addresses").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(resolver: &CachingResolver, uri: &str) -> Result<ResolvedSocketAddrs, ureq::Error> {
        resolver.resolve(&uri.parse().unwrap(), &Config::default(), NextTimeout::default())
    }

    #[test]
    fn an_address_is_kept_for_its_host_and_port_until_it_is_forgotten() {
        let addresses = Addresses::default();
        let resolver = CachingResolver::new(addresses.clone());
        // A mark that no look-up of this name would bring.
        let mark = resolve(&resolver, "http://127.0.0.9:7/").unwrap();
        addresses.keep(&Uri::from_static("http://127.0.0.1:6500/"), &mark);
        assert_eq!(resolve(&resolver, "http://127.0.0.1:6500/other?path").unwrap()[..], mark[..]);
        let other_port = resolve(&resolver, "http://127.0.0.1:6501/").unwrap();
        assert_eq!(other_port[..], ["127.0.0.1:6501".parse().unwrap()]);

        addresses.forget(&Uri::from_static("http://127.0.0.1:6500/"));
        let looked_up = resolve(&resolver, "http://127.0.0.1:6500/").unwrap();
        assert_eq!(looked_up[..], ["127.0.0.1:6500".parse().unwrap()]);
    }
}
