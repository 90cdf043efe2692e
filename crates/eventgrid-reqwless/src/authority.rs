//! Where a request goes to.

/// The host and the port of an authority. An address of IPv6 is given without its brackets.
pub(crate) fn host_and_port(authority: &str, is_https: bool) -> Option<(&str, u16)> {
    let position = |byte| authority.bytes().position(|other| other == byte);
    let (host, rest) = if authority.as_bytes().starts_with(b"[") {
        let end = position(b']')?;
        (authority.get(1..end)?, authority.get(end + 1..)?)
    } else {
        authority.split_at_checked(position(b':').unwrap_or(authority.len()))?
    };
    let port = match rest.as_bytes() {
        [] if is_https => 443,
        [] => 80,
        [b':', ..] => rest.get(1..)?.parse().ok()?,
        _ => return None,
    };
    (!host.is_empty()).then_some((host, port))
}

#[cfg(test)]
mod tests {
    use super::host_and_port;

    #[test]
    fn names_and_addresses_with_and_without_ports() {
        assert_eq!(host_and_port("a.example", true), Some(("a.example", 443)));
        assert_eq!(host_and_port("a.example", false), Some(("a.example", 80)));
        assert_eq!(host_and_port("a.example:8080", true), Some(("a.example", 8080)));
        assert_eq!(host_and_port("[::1]", false), Some(("::1", 80)));
        assert_eq!(host_and_port("[::1]:65535", false), Some(("::1", 65535)));
        for wrong in ["", ":80", "a:", "a:65536", "a:b", "[::1", "[::1]80", "[]:80", "::1"] {
            assert_eq!(host_and_port(wrong, false), None, "{wrong}");
        }
    }
}
