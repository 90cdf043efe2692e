//! Which addresses the host of an endpoint has, and whether a push may go to them.

use std::io;
use std::net::{IpAddr, SocketAddr};

use tokio::net::{TcpStream, lookup_host};

use super::failure::PushFailure;
use crate::push_targets::{PushTargets, without_brackets};

/// The addresses of a host that a push may go to, one at least. `host` is as in a URL. It is
/// resolved for each connection, so a name that leads elsewhere later is noticed.
///
/// # Errors
/// If the name cannot be resolved, or none of its addresses may be a target.
pub(super) async fn resolve(
    targets: &PushTargets,
    host: &str,
    port: u16,
) -> Result<Vec<SocketAddr>, PushFailure> {
    let name = without_brackets(host);
    let resolved: Vec<_> = if let Ok(address) = name.parse::<IpAddr>() {
        vec![SocketAddr::new(address, port)]
    } else {
        let unresolved = |source| PushFailure::Unresolved { host: name.to_owned(), source };
        lookup_host((name, port)).await.map_err(unresolved)?.collect()
    };
    let (mut allowed, mut refusal) = (Vec::new(), None);
    for address in resolved {
        match targets.check(name, address) {
            Ok(()) => allowed.push(address),
            Err(refused) => refusal = refusal.or(Some(refused)),
        }
    }
    match refusal {
        Some(refusal) if allowed.is_empty() => Err(refusal.into()),
        None if allowed.is_empty() => {
            let source = io::Error::other("it has no address");
            Err(PushFailure::Unresolved { host: name.to_owned(), source })
        }
        _ => Ok(allowed),
    }
}

/// Checks a connection that was made, before anything is sent.
///
/// # Errors
/// If it leads to the emulator itself.
pub(super) fn check_connection(targets: &PushTargets, stream: &TcpStream) -> Result<(), PushFailure> {
    let (Ok(peer), Ok(local)) = (stream.peer_addr(), stream.local_addr()) else { return Ok(()) };
    Ok(targets.check_connection(local, peer)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_is_resolved_and_one_that_is_not_there_is_an_error_of_its_own() {
        let targets = PushTargets::default();
        assert!(resolve(&targets, "localhost", 80).await.is_ok());
        assert!(resolve(&targets, "[::1]", 80).await.is_ok());
        let failure = resolve(&targets, "no-such-host.invalid", 80).await.unwrap_err();
        assert_eq!(failure.attempt(), eventgrid_push::AttemptResult::ResolutionError);
        let failure = resolve(&targets, "10.0.0.7", 80).await.unwrap_err();
        assert!(failure.to_string().contains("allow the host by its name"), "{failure}");
    }
}
