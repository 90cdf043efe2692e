//! Where events are delivered to.

use std::fmt;

use eventgrid::Endpoint;
use hyper::Uri;

use crate::failure::Failure;

/// The URL of a webhook that events may be delivered to. Shown without its query, which often has
/// a secret.
#[derive(Clone)]
pub(super) struct WebhookUrl {
    uri: Uri,
    is_open: bool,
}

impl WebhookUrl {
    /// Reads a URL.
    ///
    /// # Errors
    /// [`Failure`] if it is not a URL of a webhook, or not on this machine and its host is not
    /// among `allowed`.
    pub(super) fn parse(text: &str, allowed: &[String]) -> Result<Self, Failure> {
        const EXAMPLE: &str = "write it as http://localhost:7071/api/events";
        // Without the text, which may have a secret.
        let uri: Uri = text.parse().map_err(|error: hyper::http::uri::InvalidUri| {
            Failure::usage("the URL of --forward-to is not valid").caused_by(&error).advice(EXAMPLE)
        })?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(Failure::usage("the URL of --forward-to has no scheme or no host").advice(EXAMPLE));
        };
        if scheme != "http" && scheme != "https" {
            return Err(Failure::usage("the URL of --forward-to is neither http nor https").advice(EXAMPLE));
        }
        if authority.as_str().contains('@') {
            return Err(Failure::usage("the URL of --forward-to has a user in it, which is not sent")
                .advice("send it as a header: --header-env authorization=VARIABLE"));
        }
        let host = authority.host();
        let endpoint = Endpoint::new(format!("{scheme}://{authority}")).map_err(|error| {
            Failure::usage("the host or the port of --forward-to is not valid")
                .caused_by(&error)
                .advice(EXAMPLE)
        })?;
        let is_near = endpoint.is_loopback();
        let is_allowed =
            |allowed: &String| without_brackets(allowed).eq_ignore_ascii_case(without_brackets(host));
        if !is_near && !allowed.iter().any(is_allowed) {
            return Err(Failure::usage(format!("{host} is not this machine"))
                .advice(format!("if the events may leave this machine, add --allow-host {host}")));
        }
        let is_open = !is_near && scheme == "http";
        Ok(Self { uri, is_open })
    }

    /// The URL, to send to.
    pub(super) fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Whether events go over plain http to another machine.
    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }
}

impl fmt::Display for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let authority = self.uri.authority().map_or("", |authority| authority.as_str());
        write!(f, "{}://{authority}{}", self.uri.scheme_str().unwrap_or_default(), self.uri.path())
    }
}

/// An address of IPv6 as people may write it.
fn without_brackets(host: &str) -> &str {
    host.trim_matches(['[', ']'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_delivered_to_unless_another_is_allowed() {
        for url in ["http://localhost:1/a?b=c", "https://LOCALHOST", "http://127.8.9.1", "http://[::1]:80/"] {
            assert!(WebhookUrl::parse(url, &[]).is_ok(), "{url}");
        }
        for url in [
            "http://h.example",
            "http://localhost.example",
            "http://127.0.0.1.example",
            "http://10.0.0.1",
            "http://[::2]",
        ] {
            let failure =
                WebhookUrl::parse(url, &["other".to_owned()]).err().map(|failure| failure.to_string());
            assert!(
                failure.as_ref().is_some_and(|failure| failure.contains("--allow-host")),
                "{url}: {failure:?}"
            );
        }
        let allowed = ["h.example".to_owned()];
        for (url, is_open) in
            [("http://H.example", true), ("https://h.example", false), ("http://[::1]", false)]
        {
            assert_eq!(WebhookUrl::parse(url, &allowed).unwrap().is_open(), is_open, "{url}");
        }
        assert!(WebhookUrl::parse("http://[::2]", &["::2".to_owned()]).is_ok());
    }

    #[test]
    fn what_is_no_url_of_a_webhook_is_refused_without_being_shown() {
        let refused = [
            "",
            "localhost:80",
            "/s3cret",
            "ftp://localhost/s3cret",
            "http://",
            "http:///s3cret",
            "http://s3cret@localhost",
            "http://localhost/s3cret path",
        ];
        for url in refused {
            let failure = WebhookUrl::parse(url, &[]).err().map(|failure| failure.to_string());
            assert!(
                failure.as_ref().is_some_and(|failure| !failure.contains("s3cret")),
                "{url}: {failure:?}"
            );
        }
    }

    #[test]
    fn the_query_is_not_shown() {
        let url = WebhookUrl::parse("http://localhost:7071/api?code=s3cret", &[]).unwrap();
        assert_eq!(url.to_string(), "http://localhost:7071/api");
    }
}
