//! The page as a browser loads it. What it does there is tested by `tests/page`.

use eventgrid_emulator::Emulator;
use serde_json::Value;

use crate::client::{Reply, Running, TOKEN};

fn get(running: &Running, path: &str) -> Reply {
    running.admin_with("GET", path, &[], "")
}

fn text(reply: &Reply) -> &str {
    let Value::String(text) = &reply.body else { panic!("{reply:?}") };
    text
}

#[test]
fn the_page_and_all_that_it_names_come_without_a_token_and_from_here_alone() {
    let running = Running::start(Emulator::builder().topic("orders"));
    let page = get(&running, "/");
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let mut to_load = Vec::new();
    for part in text(&page).split(['"', '\'']).filter(|part| part.starts_with("/page/")) {
        to_load.push(part.to_owned());
    }
    assert!(to_load.len() >= 3, "{page:?}");
    let mut loaded = Vec::new();
    while let Some(path) = to_load.pop() {
        let file = get(&running, &path);
        assert_eq!(file.status, 200, "{path}");
        let expected = match path.rsplit_once('.').unwrap().1 {
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            _ => "image/svg+xml",
        };
        assert_eq!(file.header("content-type"), Some(expected), "{path}");
        for word in ["orders\"", TOKEN, "https://", "//cdn"] {
            assert!(!text(&file).contains(word), "{path} has {word}");
        }
        let imports = text(&file).split("from \"./").skip(1).filter_map(|rest| rest.split('"').next());
        for import in imports.map(|name| format!("/page/{name}")) {
            if !loaded.contains(&import) && !to_load.contains(&import) {
                to_load.push(import);
            }
        }
        loaded.push(path);
    }
    assert!(loaded.len() > 10, "{loaded:?}");
}

#[test]
fn a_browser_is_told_to_trust_nothing_else() {
    let running = Running::start(Emulator::builder());
    for path in ["/", "/page/main.js", "/page/style.css"] {
        let file = get(&running, path);
        let policy = file.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
        for part in
            ["script-src 'self';", "frame-ancestors 'none';", "base-uri 'none';", "form-action 'none';"]
        {
            assert!(policy.contains(part), "{part} of {policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(file.header(name), Some(value), "{path}");
        }
    }
}

#[test]
fn the_page_is_read_alone_and_by_its_own_name() {
    let running = Running::start(Emulator::builder());
    let head = running.admin_with("HEAD", "/", &[], "");
    assert_eq!((head.status, &head.body), (200, &Value::Null));
    let reply = running.admin_with("POST", "/", &[], "{}");
    assert_eq!(
        (reply.status, reply.code(), reply.header("allow")),
        (405, "MethodNotAllowed", Some("GET, HEAD"))
    );
    let reply = running.admin_with("GET", "/", &[("host", "example.com")], "");
    assert_eq!((reply.status, reply.code()), (421, "WrongHost"));
    for path in ["/page/", "/page/mod.rs", "/page/../mod.rs", "/page/index.html", "/index.html"] {
        assert_eq!(get(&running, path).status, 401, "{path}");
    }
    assert_eq!(running.data_with("/page/main.js", &[], "").status, 401, "the data plane has nothing of it");
}
