//! Options that cannot be used are refused when they are set, and secrets among them are never
//! shown.

use eventgrid_hyper::{Hyper, InvalidOption};

#[test]
fn a_proxy_that_cannot_be_used_is_refused() {
    for url in ["", "http://", "socks5://proxy.example", "ftp://proxy.example", "http://a b"] {
        assert!(matches!(Hyper::builder().proxy(url), Err(InvalidOption::Proxy)), "{url}");
    }
    for url in ["http://proxy.example:3128", "proxy.example", "http://user:secret@[::1]:3128"] {
        assert!(Hyper::builder().proxy(url).is_ok(), "{url}");
    }
}

#[test]
fn the_password_of_a_proxy_is_not_shown() {
    let builder = Hyper::builder().proxy("http://user:secret@proxy.example").unwrap();
    let shown = format!("{builder:?} {:?}", builder.clone().build());
    assert!(!shown.contains("secret"), "{shown}");
}

mod tls {
    use super::*;
    use rcgen::{CertifiedKey, generate_simple_self_signed};

    fn pair() -> (String, String) {
        let CertifiedKey { cert, key_pair } = generate_simple_self_signed(["boiler".to_owned()]).unwrap();
        (cert.pem(), key_pair.serialize_pem())
    }

    #[test]
    fn root_certificates_must_be_there_and_sound() {
        let (certificate, key) = pair();
        let trust = |pem: &str| Hyper::builder().root_certificates(pem.as_bytes());
        assert!(trust(&certificate).is_ok());
        assert!(trust(&format!("{certificate}{certificate}")).is_ok());
        assert!(matches!(trust(""), Err(InvalidOption::NoCertificate)));
        assert!(matches!(trust(&key), Err(InvalidOption::NoCertificate)));
        for damaged in ["AAAA", "%%%%"] {
            let pem = format!("-----BEGIN CERTIFICATE-----\n{damaged}\n-----END CERTIFICATE-----\n");
            assert!(matches!(trust(&pem), Err(InvalidOption::Certificate(_))), "{damaged}");
        }
    }

    #[test]
    fn a_client_certificate_needs_its_own_key() {
        let (certificate, key) = pair();
        let (_, other_key) = pair();
        let identify = |chain: &str, key: &str| {
            Hyper::builder().client_certificate(chain.as_bytes(), key.as_bytes()).map(drop)
        };
        assert!(identify(&certificate, &key).is_ok());
        assert!(matches!(identify(&certificate, &other_key), Err(InvalidOption::Certificate(_))));
        assert!(matches!(identify(&certificate, &certificate), Err(InvalidOption::NoPrivateKey)));
        assert!(matches!(identify("", &key), Err(InvalidOption::NoCertificate)));
    }

    #[test]
    fn a_private_key_is_not_shown() {
        let (certificate, key) = pair();
        let builder = Hyper::builder().client_certificate(certificate.as_bytes(), key.as_bytes()).unwrap();
        let shown = format!("{builder:?} {:?}", builder.clone().build());
        let line = key.lines().nth(1).unwrap();
        assert!(!shown.contains(line) && !shown.contains("Owned(["), "{shown}");
    }
}
