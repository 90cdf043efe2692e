"""Fails if a WebAssembly module imports anything, and says what: `imports.py MODULE`."""

import sys

IMPORTS = 2


def main():
    with open(sys.argv[1], "rb") as file:
        imports = [content for kind, content in sections(file.read()) if kind == IMPORTS and content[0]]
    if imports:
        sys.exit(f"{sys.argv[1]} imports {imports[0]!r}")


def sections(module):
    """The id and content of each section, as the binary format of WebAssembly 1.0 (5.5) has them."""
    assert module[:8] == b"\0asm\1\0\0\0", "no WebAssembly module"
    at = 8
    while at < len(module):
        kind = module[at]
        size, at = unsigned(module, at + 1)
        yield kind, module[at : at + size]
        at += size


def unsigned(data, at):
    """A number in LEB128, and where the next thing begins."""
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


main()
