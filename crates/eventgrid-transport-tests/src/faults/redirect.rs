//! Redirects, which are not followed: the credential is for one host alone.

use super::expected::Expected;
use super::stage::{response, success};
use super::{Fault, Stage};
use crate::server::{Script, Server};

macro_rules! redirects {
    ($($status:literal $name:literal),+) => {
        pub(super) const FAULTS: &[Fault] = &[$(Fault::new(
            concat!("status_", $status),
            concat!("status ", $status, " (", $name, "), with the `Location` of another host, which gets no request"),
            Expected::refused($status, concat!(
                "the endpoint redirects elsewhere, which is not followed: check the endpoint (status ",
                $status,
                ")"
            )),
            |attempts| stage(attempts, $status),
        )),+];
    };
}

redirects!(301 "moved permanently", 302 "found", 307 "temporary redirect", 308 "permanent redirect");

fn stage(attempts: usize, status: u16) -> Stage {
    let other = Server::start([Script::new().respond(success())]);
    let location = format!("Location: {}/topics/readings:publish\r\n", other.url());
    Stage::responding(attempts, response(status, &location, "elsewhere")).bystander(other)
}
