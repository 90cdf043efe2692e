"""Recordings are not made, so nothing is removed from them."""

from devtools_testutils import _ignored

add_general_regex_sanitizer = add_remove_header_sanitizer = set_custom_default_matcher = _ignored
