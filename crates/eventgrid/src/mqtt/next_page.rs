//! The link to the next page of a list.

use core::fmt;

use eventgrid_transport::BufFull;

use crate::endpoint::Endpoint;
use crate::json::JsonStr;

/// The link to the next page of a list, from the page before it (`nextLink`).
///
/// It is followed only to the scheme, host and port of the broker's endpoint. Any other link is
/// refused with [`RequestError::NextPage`](crate::RequestError::NextPage) before a request is sent,
/// so that the credential goes nowhere else.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct NextPage<'p> {
    link: JsonStr<'p>,
}

impl<'p> NextPage<'p> {
    pub(super) fn new(link: JsonStr<'p>) -> Self {
        Self { link }
    }

    /// Copies the link into `storage`, so that the buffer of the page can be used for the next one,
    /// on a device with a single buffer for responses.
    ///
    /// # Errors
    /// [`BufFull`] if it does not fit. It is no longer than the page.
    pub fn copied_into<'s>(&self, storage: &'s mut [u8]) -> Result<NextPage<'s>, BufFull> {
        let raw = self.link.raw();
        let storage = storage.get_mut(..raw.len()).ok_or(BufFull)?;
        storage.copy_from_slice(raw.as_bytes());
        let copy = core::str::from_utf8(storage).unwrap_or_default();
        Ok(NextPage { link: JsonStr::found(copy, self.link.as_str().is_none()) })
    }

    /// Path and query of the link, if it leads to that endpoint and can be a part of a URL.
    pub(super) fn path_and_query(
        self,
        endpoint: &Endpoint<'_>,
    ) -> Option<impl Iterator<Item = char> + Clone> {
        let link = self.link.chars();
        let is_path = link.clone().next() == Some('/') && link.clone().nth(1) != Some('/');
        let rest = if is_path { link } else { after_origin(link, endpoint)? };
        let is_url = rest.clone().all(|character| character.is_ascii_graphic() && character != '#');
        (is_url && rest.clone().next() == Some('/')).then_some(rest)
    }

    /// Whether the query has a parameter of that name.
    pub(super) fn has_parameter(self, name: &str) -> bool {
        let mut rest = self.link.chars();
        while let Some(character) = rest.next() {
            let is_start = matches!(character, '?' | '&');
            if is_start && after(rest.clone(), name).is_some_and(|mut rest| rest.next() == Some('=')) {
                return true;
            }
        }
        false
    }
}

/// What follows scheme, host and port, if they are those of the endpoint.
fn after_origin<I: Iterator<Item = char> + Clone>(link: I, endpoint: &Endpoint<'_>) -> Option<I> {
    let mut rest = after(after(link, endpoint.scheme())?, endpoint.host())?;
    let default = if endpoint.is_https() { 443 } else { 80 };
    let own = endpoint.authority().get(endpoint.host().len() + 1..).and_then(|port| port.parse().ok());
    let mut port = default;
    if rest.clone().next() == Some(':') {
        rest.next();
        port = 0_u32;
        while let Some(digit) = rest.clone().next().and_then(|digit| digit.to_digit(10)) {
            port = port.saturating_mul(10).saturating_add(digit);
            rest.next();
        }
    }
    (port == own.unwrap_or(default)).then_some(rest)
}

/// What follows a text of ASCII, in any case.
fn after<I: Iterator<Item = char>>(mut link: I, text: &str) -> Option<I> {
    for expected in text.chars() {
        if !link.next()?.eq_ignore_ascii_case(&expected) {
            return None;
        }
    }
    Some(link)
}

/// The link, as the service wrote it.
impl fmt::Display for NextPage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.link, f)
    }
}

/// Does not show the link, which says where in the list of its caller it is.
impl fmt::Debug for NextPage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NextPage").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::format;
    use std::string::String;

    use super::*;
    use crate::json::Reader;

    fn followed(endpoint: &str, link: &str) -> Option<String> {
        let json = format!("\"{link}\"");
        let page = NextPage::new(Reader::new(&json).string().unwrap());
        page.path_and_query(&Endpoint::new(endpoint).unwrap()).map(Iterator::collect)
    }

    #[test]
    fn a_link_is_followed_to_the_same_scheme_host_and_port() {
        for (endpoint, link, path) in [
            ("https://h.example", "https://h.example/mqtt?a=b", "/mqtt?a=b"),
            ("https://h.example/base", "https://h.example/mqtt?a=b", "/mqtt?a=b"),
            ("https://h.example", r"HTTPS:\/\/H.Example\/mqtt?a=b\u0026c=%20", "/mqtt?a=b&c=%20"),
            ("https://h.example:443", "https://h.example/m", "/m"),
            ("https://h.example", "https://h.example:443/m", "/m"),
            ("http://localhost:6500", "http://localhost:6500/m", "/m"),
            ("http://[::1]:6500", "http://[::1]:6500/m", "/m"),
            ("http://[::1]", "http://[::1]:80/m", "/m"),
            ("https://h.example", "/mqtt?a=b", "/mqtt?a=b"),
            ("https://h.example", "https://h.example//m", "//m"),
        ] {
            assert_eq!(followed(endpoint, link).as_deref(), Some(path), "{link}");
        }
    }

    #[test]
    fn a_link_to_anywhere_else_is_not_followed() {
        for link in [
            "",
            "https://h.example",
            "https://h.example?a=b",
            "http://h.example/m",
            "https://other.example/m",
            "https://h.example.other/m",
            "https://h.exampl/m",
            "https://h.example@other/m",
            "https://user@h.example/m",
            "https://h.example:8443/m",
            "https://h.example:/m",
            "https://h.example:4430/m",
            "https://h.example:443443443443443443443/m",
            "https:/h.example/m",
            "//h.example/m",
            "//other.example/m",
            r"https:\\\\h.example/m",
            r"\\\\other.example/m",
            "mqtt?a=b",
            "https://h.example/m#f",
            "https://h.example/m n",
            r"https://h.example/m\r\nhost: other",
            "https://h.example/ü",
        ] {
            assert_eq!(followed("https://h.example", link), None, "{link}");
        }
    }

    #[test]
    fn a_copy_leads_to_the_same_place() {
        for json in [r#""https://h/m?a=b""#, r#""https:\/\/h\/m\u003Fapi-version=1""#] {
            let page = NextPage::new(Reader::new(json).string().unwrap());
            let mut storage = [0; 64];
            let copy = page.copied_into(&mut storage).unwrap();
            assert_eq!(copy, page);
            assert_eq!(format!("{copy}"), format!("{page}"));
            assert_eq!(copy.has_parameter("api-version"), json.contains("api-version"));
            assert!(page.copied_into(&mut [0; 8]).is_err());
            assert_eq!(format!("{page:?}"), "NextPage { .. }");
        }
    }
}
