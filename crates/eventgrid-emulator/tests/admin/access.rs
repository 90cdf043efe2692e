//! Who gets access, and what happens to requests that are not in the table.

use eventgrid_emulator::{ConfigurationError, Emulator};

use crate::client::{Running, TOKEN};

#[test]
fn only_the_token_gives_access_and_nothing_else_is_said_without_it() {
    let running = Running::start(Emulator::builder());
    let bearer = format!("Bearer {TOKEN}");
    let status = |headers: &[(&str, &str)]| running.admin_with("GET", "/accepted", headers, "").status;
    assert_eq!(status(&[("authorization", &bearer)]), 200);
    assert_eq!(status(&[("authorization", &bearer.to_lowercase())]), 200, "schemes have no case");
    for wrong in ["Bearer", "Bearer ", "Bearer of-the-admin2", "Bearer of-the-admi", "Basic of-the-admin", ""]
    {
        assert_eq!(status(&[("authorization", wrong)]), 401, "{wrong}");
    }
    assert_eq!(status(&[("authorization", &bearer), ("authorization", &bearer)]), 401, "one, not two");
    let reply = running.admin_with("GET", "/no-such-path", &[], "");
    assert_eq!(
        (reply.status, reply.code(), reply.header("www-authenticate")),
        (401, "Unauthorized", Some("Bearer"))
    );
    assert!(reply.message().contains("Authorization: Bearer TOKEN"), "{reply:?}");
}

#[test]
fn a_host_that_another_site_can_have_for_its_name_is_refused() {
    let running = Running::start(Emulator::builder());
    let status = |host: &str| {
        let headers = [("authorization", &*format!("Bearer {TOKEN}")), ("host", host)];
        running.admin_with("GET", "/accepted", &headers, "").status
    };
    for own in ["localhost", "LOCALHOST:1", "127.0.0.1:80", "127.0.0.9", "[::1]:6501"] {
        assert_eq!(status(own), 200, "{own}");
    }
    for other in ["example.com", "localhost.example.com", "10.0.0.1", "127.0.0.1.example.com:80", "[::2]"] {
        let headers = [("authorization", &*format!("Bearer {TOKEN}")), ("host", other)];
        let reply = running.admin_with("GET", "/accepted", &headers, "");
        assert_eq!((reply.status, reply.code()), (421, "WrongHost"), "{other}");
    }
}

#[test]
fn a_script_of_another_site_is_refused_although_it_has_the_token() {
    let running = Running::start(Emulator::builder());
    let bearer = format!("Bearer {TOKEN}");
    let reply = |path: &str, headers: &[(&str, &str)]| {
        let headers = [&[("authorization", &*bearer), ("host", "localhost:7000")], headers].concat();
        running.admin_with("GET", path, &headers, "")
    };
    for own in ["http://localhost:7000", "HTTPS://LOCALHOST:7000"] {
        assert_eq!(reply("/accepted", &[("origin", own)]).status, 200, "{own}");
    }
    let own = ("origin", "http://localhost:7000");
    for other in [
        &[("origin", "null")][..],
        &[("origin", "http://localhost")],
        &[("origin", "http://localhost:7001")],
        &[("origin", "http://example.com")],
        &[("origin", "localhost:7000")],
        &[("origin", "")],
        &[own, own],
    ] {
        for path in ["/accepted", "/"] {
            let reply = reply(path, other);
            assert_eq!((reply.status, reply.code()), (403, "WrongOrigin"), "{path} {other:?}");
        }
    }
}

#[test]
fn what_is_not_in_the_table_is_refused_with_what_is() {
    let running = Running::start(Emulator::builder());
    let reply = running.admin("GET", "/no-such-path", "");
    assert_eq!((reply.status, reply.code()), (404, "PathNotFound"));
    assert!(reply.message().contains("/openapi.json"), "{reply:?}");
    let reply = running.admin("PUT", "/accepted", "{}");
    assert_eq!(
        (reply.status, reply.code(), reply.header("allow")),
        (405, "MethodNotAllowed", Some("GET, DELETE"))
    );
    let reply = running.admin("GET", "/accepted?top=1", "");
    assert_eq!((reply.status, reply.code()), (400, "BadRequest"));
    assert!(reply.message().contains("takes no parameters"), "{reply:?}");
    let reply = running.admin("OPTIONS", "/accepted", "");
    assert_eq!(
        (reply.status, reply.header("access-control-allow-origin")),
        (405, None),
        "no other site reads it"
    );
}

#[test]
fn bodies_are_bounded() {
    let running = Running::start(Emulator::builder());
    let reply = running.admin("DELETE", "/accepted", "x".repeat(65 * 1024));
    assert_eq!((reply.status, reply.code()), (413, "BodyTooLarge"));
    let reply = running.admin("DELETE", "/accepted", "{}");
    assert_eq!(reply.status, 400, "{reply:?}");
}

#[test]
fn the_data_plane_has_nothing_of_it_and_it_has_nothing_of_the_data_plane() {
    let running = Running::start(Emulator::builder().topic("orders"));
    assert_eq!(running.data("/accepted", "application/json", "").status, 404);
    assert_eq!(running.data("/emulator/accepted", "application/json", "").status, 404);
    assert_eq!(running.admin("POST", "/topics/orders:publish?api-version=2024-06-01", "").status, 405);
}

#[test]
fn it_is_off_unless_it_is_asked_for_and_its_token_is_another_one_each_time() {
    let emulator = Emulator::builder().start("127.0.0.1:0").unwrap();
    assert!(emulator.admin_endpoint().is_none() && emulator.admin_token().is_none());
    let token = || {
        let emulator = Emulator::builder().seed(1).admin("127.0.0.1:0").start("127.0.0.1:0").unwrap();
        emulator.admin_token().unwrap().expose().to_owned()
    };
    let tokens = [token(), token()];
    assert!(tokens[0] != tokens[1] && tokens[0].len() == 43, "{tokens:?}");
}

#[test]
fn a_token_that_no_header_can_carry_and_one_for_nothing_are_refused() {
    for token in ["", "with space", "é", "line\n"] {
        let error = Emulator::builder().admin("127.0.0.1:0").admin_token(token).build().unwrap_err();
        assert_eq!(error, ConfigurationError::AdminToken);
    }
    assert_eq!(Emulator::builder().admin_token("t").build().unwrap_err(), ConfigurationError::AdminToken);
}

#[test]
fn an_address_that_cannot_be_listened_on_is_named() {
    let first = Emulator::builder().admin("127.0.0.1:0").start("127.0.0.1:0").unwrap();
    let address = first.admin_endpoint().unwrap().replace("http://", "");
    let error = Emulator::builder().admin(&address).start("127.0.0.1:0").unwrap_err();
    assert_eq!(error.to_string(), format!("the admin API cannot listen on {address}"));
}
