//! Connections that cannot be opened: nothing was sent.

use eventgrid::TransportErrorKind::{Connect, Resolve};

use crate::exchange::Exchange;
use crate::options::Options;
use crate::server::{Reserved, Script};
use crate::subject::Adapter;
use crate::transport::OK;

rows![a_refused_connection, a_name_without_an_address];

fn a_refused_connection(adapter: Adapter) {
    let nobody = Reserved::new();
    let subject = adapter(&Options::default());
    Exchange::publish(nobody.url()).send(&subject).assert_failure(Connect, false);
    // It is no reason not to try again.
    let url = nobody.url();
    let server = nobody.listen([Script::new().respond(OK)]);
    Exchange::publish(url).send(&subject).assert_response(200, b"{}");
    server.finish();
}

fn a_name_without_an_address(adapter: Adapter) {
    let subject = adapter(&Options::default());
    // RFC 6761 keeps `invalid` free.
    Exchange::publish("http://eventgrid.invalid").send(&subject).assert_failure(Resolve, false);
}
