//! The page: what the admin API shows, for people, in a browser.
//!
//! It is static files that are part of the program: HTML, CSS and JavaScript modules as they stand
//! beside this one, without a build step. They need no token, since they show nothing; the page
//! asks for the token and calls the API as any client does. `main.js` says which module does what.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Response, header};

use super::error::AdminError;

/// A file of the page.
struct File {
    path: &'static str,
    media_type: &'static str,
    text: &'static str,
}

const CSS: &str = "text/css; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// A file that is served under `/page/` by its own name.
macro_rules! file {
    ($name:literal, $media_type:expr) => {
        File { path: concat!("/page/", $name), media_type: $media_type, text: include_str!($name) }
    };
}

const FILES: &[File] = &[
    File { path: "/", media_type: HTML, text: include_str!("index.html") },
    file!("colours.css", CSS),
    file!("forms.css", CSS),
    file!("style.css", CSS),
    file!("icon.svg", SVG),
    file!("api.js", JAVASCRIPT),
    file!("clock.js", JAVASCRIPT),
    file!("curl.js", JAVASCRIPT),
    file!("dead_letters.js", JAVASCRIPT),
    file!("dom.js", JAVASCRIPT),
    file!("event.js", JAVASCRIPT),
    file!("events.js", JAVASCRIPT),
    file!("fault_form.js", JAVASCRIPT),
    file!("faults.js", JAVASCRIPT),
    file!("filter.js", JAVASCRIPT),
    file!("json.js", JAVASCRIPT),
    file!("live.js", JAVASCRIPT),
    file!("main.js", JAVASCRIPT),
    file!("notice.js", JAVASCRIPT),
    file!("publish.js", JAVASCRIPT),
    file!("pushes.js", JAVASCRIPT),
    file!("requests.js", JAVASCRIPT),
    file!("routes.js", JAVASCRIPT),
    file!("sign_in.js", JAVASCRIPT),
    file!("subscription.js", JAVASCRIPT),
    file!("time.js", JAVASCRIPT),
    file!("token.js", JAVASCRIPT),
    file!("topics.js", JAVASCRIPT),
];

/// What a browser must and must not do with the page. A script or a style comes from the program
/// itself, no text becomes markup, nothing is sent elsewhere, and no other page has this one in a
/// frame or hears of it.
const POLICY: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
         trusted-types 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// The response to a request for a file of the page; `None` if the path is that of none.
///
/// # Errors
/// If the method is not one that reads.
pub(super) fn respond(method: &Method, path: &str) -> Option<Result<Response<Bytes>, AdminError>> {
    let file = FILES.iter().find(|file| file.path == path)?;
    if !matches!(*method, Method::GET | Method::HEAD) {
        return Some(Err(AdminError::method_not_allowed(method, path, "GET, HEAD")));
    }
    let mut response = Response::new(Bytes::from_static(file.text.as_bytes()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.media_type));
    for (name, value) in POLICY {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Some(Ok(response))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_beside_this_one_is_served() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/admin/page");
        let served: Vec<_> = FILES.iter().filter_map(|file| file.path.strip_prefix("/page/")).collect();
        for entry in std::fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(
                name == "mod.rs" || name == "index.html" || served.contains(&&*name),
                "{name} is not in FILES"
            );
        }
    }
}
