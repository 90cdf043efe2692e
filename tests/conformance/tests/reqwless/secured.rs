//! TLS sockets, which cannot leave their thread.

use std::pin::Pin;
use std::time::SystemTime;

use eventgrid_hyper::Tokio;
use eventgrid_reqwless::tls::{
    CertificateDer, ClientIdentity, Mailbox, TlsRandom, TlsSettings, TlsSocket, Trust, Validity, session,
    trust_anchor,
};
use eventgrid_reqwless::{Reqwless, Slot};
use eventgrid_transport_tests::Options;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use tokio::task::spawn_local;

use crate::HEAD;
use crate::on_a_thread::Jobs;
use crate::socket::TokioSocket;

/// Sends requests over TLS until there are no more.
pub(crate) async fn run(mut jobs: Jobs, options: Options) {
    let root: &CertificateDer<'_> = leak(certificate(options.root_certificate.as_ref().unwrap()));
    let anchors = leak([trust_anchor(root).unwrap()]);
    let identity = options.client_certificate.as_ref().map(|shown| {
        let key = PrivateKeyDer::from_pem_slice(shown.private_key.as_bytes()).unwrap();
        &*leak(ClientIdentity::new(leak(certificate(&shown.chain)), key.secret_der()).unwrap())
    });
    let clock = leak(|| SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok());
    let mut random = TlsRandom::from_entropy([7; 32]);
    let mut slot = || {
        let settings = TlsSettings::new(
            Trust::Anchors { anchors, validity: Validity::At(clock) },
            random.split(),
            vec![0; 16640].leak(),
            leak([0; 1024]),
        )
        .with_identity(identity);
        let mailbox = leak(Mailbox::new(leak([0; 512])));
        let session = Pin::static_mut(leak(session(mailbox, TokioSocket::default(), settings)));
        Slot::new(TlsSocket::new(mailbox, session), vec![0; HEAD].leak())
    };
    let transport = Reqwless::new(Tokio, [slot(), slot()]).limits(options.limits);
    let transport: &Reqwless<'static, _, _> = leak(transport);
    while let Some(job) = jobs.recv().await {
        spawn_local(job.run(transport));
    }
}

fn certificate(pem: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()
}

fn leak<T>(value: T) -> &'static mut T {
    Box::leak(Box::new(value))
}
