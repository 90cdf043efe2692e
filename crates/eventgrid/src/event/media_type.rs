//! What a media type says about data.

/// Whether data of that media type is JSON, as it also is without one (CloudEvents 1.0, JSON event format 3.1).
pub(crate) fn is_json(media_type: Option<&str>) -> bool {
    let Some(media_type) = media_type else { return true };
    let without_parameters = media_type.split(';').next().unwrap_or_default().trim();
    let subtype = without_parameters.split_once('/').map_or("", |(_, subtype)| subtype);
    let format = subtype.rsplit_once('+').map_or(subtype, |(_, suffix)| suffix);
    format.eq_ignore_ascii_case("json")
}

#[cfg(test)]
mod tests {
    use super::is_json;

    #[test]
    fn json_is_known_by_its_subtype_or_suffix() {
        for json in
            ["application/json", "text/JSON; charset=utf-8", "application/vnd.shop+json ;v=1", "a/b+c+json"]
        {
            assert!(is_json(Some(json)), "{json}");
        }
        assert!(is_json(None));
        for other in
            ["text/plain", "application/json-seq", "application/xml;a=/json", "json", "", "application/+xml"]
        {
            assert!(!is_json(Some(other)), "{other}");
        }
    }
}
