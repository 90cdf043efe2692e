//! What an adapter without TLS does when it would need it: nothing is sent.

use eventgrid::TransportErrorKind::Tls;

use crate::exchange::Exchange;
use crate::options::Options;
use crate::server::Server;
use crate::subject::Adapter;

rows![https_without_tls];

fn https_without_tls(adapter: Adapter) {
    let server = Server::start([]);
    let subject = adapter(&Options::default());
    Exchange::publish(server.https_url()).send(&subject).assert_failure(Tls, false);
    assert_eq!(server.finish().connections, 0);
}
