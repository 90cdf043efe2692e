//! Where a push may go: to this machine, or to a host that is allowed by its name.
//!
//! Names are not resolved here. A server asks with each address that a name leads to, and whoever
//! only has the URL of an endpoint learns what can be said without that.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use http::Uri;
use http::uri::Scheme;

/// Where a push may go. What the emulator itself listens on is never a target.
#[derive(Debug, Clone, Default)]
pub(crate) struct PushTargets {
    /// Names or addresses.
    allowed: Vec<String>,
    own: Vec<SocketAddr>,
}

/// Why events are not pushed to a host. It has neither the path nor the query of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RefusedTarget {
    #[error(
        "events are not pushed to {host}, which is {address} and not this machine: allow the host by its name if \
         they are to go there"
    )]
    NotAllowed { host: String, address: IpAddr },
    #[error(
        "events are not pushed to {0}, which the emulator itself listens on: push them to another program"
    )]
    Own(SocketAddr),
    /// A name that was not resolved yet.
    #[error(
        "events are not pushed to {host} unless it is this machine: allow the host by its name if they are to go to \
         another one"
    )]
    UnknownName { host: String },
}

impl RefusedTarget {
    /// Whether the host can never be reached, whatever its name leads to.
    pub(crate) fn is_certain(&self) -> bool {
        !matches!(self, Self::UnknownName { .. })
    }
}

impl PushTargets {
    pub(crate) fn new(allowed: Vec<String>, own: Vec<SocketAddr>) -> Self {
        Self { allowed, own }
    }

    /// Checks what the URL of an endpoint says of its host, without resolving its name.
    ///
    /// # Errors
    /// If the host is no target, or may be none.
    pub(crate) fn check_url(&self, url: &Uri) -> Result<(), RefusedTarget> {
        let port = url.port_u16().unwrap_or(if url.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 });
        let name = without_brackets(url.host().unwrap_or_default());
        if let Ok(address) = name.parse::<IpAddr>() {
            return self.check(name, SocketAddr::new(address, port));
        }
        // Every resolver has to know this name (RFC 6761, 6.3).
        if name.eq_ignore_ascii_case("localhost") {
            return self.check(name, SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port));
        }
        if self.is_allowed(name) { Ok(()) } else { Err(RefusedTarget::UnknownName { host: name.to_owned() }) }
    }

    /// Checks an address of a host. `name` is the host as it is in a URL, without brackets.
    ///
    /// # Errors
    /// If no push may go there.
    pub(crate) fn check(&self, name: &str, address: SocketAddr) -> Result<(), RefusedTarget> {
        let address = canonical(address);
        let ip = address.ip();
        if self.is_own(address) {
            return Err(RefusedTarget::Own(address));
        }
        if ip.is_loopback() || self.is_allowed(name) && !ip.is_unspecified() && !ip.is_multicast() {
            Ok(())
        } else {
            Err(RefusedTarget::NotAllowed { host: name.to_owned(), address: ip })
        }
    }

    /// Checks a connection by its two ends: one from this machine to itself by an address that is
    /// not a loopback one is known by them alone.
    ///
    /// # Errors
    /// If it leads to the emulator itself.
    pub(crate) fn check_connection(&self, local: SocketAddr, peer: SocketAddr) -> Result<(), RefusedTarget> {
        let is_to_itself = canonical(peer).ip() == canonical(local).ip();
        let is_own = self.own.iter().any(|own| own.ip().is_unspecified() && own.port() == peer.port());
        if is_to_itself && is_own { Err(RefusedTarget::Own(peer)) } else { Ok(()) }
    }

    fn is_allowed(&self, name: &str) -> bool {
        self.allowed.iter().any(|allowed| without_brackets(allowed).eq_ignore_ascii_case(name))
    }

    fn is_own(&self, address: SocketAddr) -> bool {
        self.own.iter().any(|own| {
            let own = canonical(*own);
            let is_any =
                own.ip().is_unspecified() && (address.ip().is_loopback() || address.ip().is_unspecified());
            own.port() == address.port() && (own.ip() == address.ip() || is_any)
        })
    }
}

/// A host as it is outside of a URL, which has IPv6 addresses in brackets.
pub(crate) fn without_brackets(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

/// An IPv4 address within IPv6 as the IPv4 address.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(targets: &PushTargets, host: &str, address: &str) -> Result<(), String> {
        targets.check(host, address.parse().unwrap()).map_err(|failure| failure.to_string())
    }

    #[test]
    fn a_push_goes_to_this_machine_or_to_a_host_that_is_allowed_by_name() {
        let targets =
            PushTargets::new(vec!["Web.Example".to_owned(), "[2001:db8::1]".to_owned()], Vec::new());
        for (host, address) in [
            ("localhost", "127.0.0.1:80"),
            ("any.example", "127.8.8.8:80"),
            ("::1", "[::1]:80"),
            ("any.example", "[::ffff:127.0.0.1]:80"),
            ("web.example", "10.0.0.7:80"),
            ("2001:db8::1", "[2001:db8::1]:80"),
        ] {
            assert_eq!(check(&targets, host, address), Ok(()), "{host} {address}");
        }
        for (host, address) in [
            ("localhost", "10.0.0.7:80"),
            ("other.example", "10.0.0.7:80"),
            ("web.example.other", "10.0.0.7:80"),
            ("169.254.169.254", "169.254.169.254:80"),
            ("0.0.0.0", "0.0.0.0:80"),
            ("web.example", "0.0.0.0:80"),
            ("web.example", "224.0.0.1:80"),
            ("::", "[::]:80"),
            ("any.example", "[::ffff:10.0.0.7]:80"),
        ] {
            let failure = check(&targets, host, address).unwrap_err();
            assert!(failure.starts_with("events are not pushed to "), "{failure}");
            assert!(failure.contains("allow the host by its name"), "{failure}");
        }
    }

    #[test]
    fn what_the_emulator_listens_on_is_no_target_by_any_name() {
        let own = ["127.0.0.1:6500", "0.0.0.0:6501", "[::]:6502"].map(|own| own.parse().unwrap());
        let targets = PushTargets::new(vec!["web.example".to_owned()], own.to_vec());
        for address in ["127.0.0.1:6500", "127.0.0.1:6501", "[::1]:6501", "0.0.0.0:6501", "127.0.0.1:6502"] {
            let failure = check(&targets, "web.example", address).unwrap_err();
            assert!(failure.contains("the emulator itself listens on"), "{failure}");
        }
        for address in ["127.0.0.2:6500", "127.0.0.1:6503"] {
            assert_eq!(check(&targets, "web.example", address), Ok(()), "{address}");
        }
    }

    #[test]
    fn a_connection_of_this_machine_to_itself_is_noticed() {
        let [local, peer] = ["10.0.0.7:50000", "10.0.0.7:6500"].map(|address| address.parse().unwrap());
        let targets = PushTargets::new(Vec::new(), vec!["0.0.0.0:6500".parse().unwrap()]);
        assert_eq!(targets.check_connection(local, peer), Err(RefusedTarget::Own(peer)));
        assert_eq!(targets.check_connection("10.0.0.8:50000".parse().unwrap(), peer), Ok(()));
        assert_eq!(PushTargets::default().check_connection(local, peer), Ok(()));
    }

    #[test]
    fn what_a_url_says_without_resolving_its_name_is_found_early() {
        let own = ["127.0.0.1:6500", "0.0.0.0:80"].map(|own| own.parse().unwrap()).to_vec();
        let targets = PushTargets::new(vec!["web.example".to_owned(), "[2001:db8::1]".to_owned()], own);
        let check = |url: &str| targets.check_url(&url.parse().unwrap());
        for url in [
            "http://localhost:8080/",
            "http://127.0.0.1:8080/",
            "https://[::1]/",
            "https://127.0.0.1/",
            "https://Web.Example/",
            "http://[2001:db8::1]/",
        ] {
            assert_eq!(check(url), Ok(()), "{url}");
        }
        for url in [
            "http://localhost:6500/x",
            "http://127.0.0.1:6500/",
            "http://LOCALHOST/",
            "http://10.0.0.7/",
            "https://0.0.0.0/",
        ] {
            assert!(check(url).unwrap_err().is_certain(), "{url}");
        }
        assert!(!check("https://other.example/").unwrap_err().is_certain());
    }
}
