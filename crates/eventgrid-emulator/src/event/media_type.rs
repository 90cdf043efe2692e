//! What the media type of data says of it: the rule of CloudEvents, which more than one reader of
//! events needs.

/// Whether data of that media type is JSON: `*/json` and `*/*+json` (CloudEvents 1.0, JSON format
/// 3.1).
pub(crate) fn is_json(media_type: &str) -> bool {
    let name = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let subtype = name.split_once('/').map_or("", |(_, subtype)| subtype);
    subtype == "json" || subtype.ends_with("+json")
}
