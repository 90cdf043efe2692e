"""Building images, and how large they are."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET_FOLDER = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "firmware"
WORKSPACE = ROOT / "examples/firmware-board/Cargo.toml"

IN_FLASH = {".vector_table", ".init", ".init.rust", ".text", ".rodata", ".data"}
IN_RAM = {".data", ".bss", ".uninit", ".device_memory"}


@dataclass(frozen=True)
class Image:
    file: Path
    flash: int
    """What the image takes of the flash, in bytes."""
    ram: int
    """What is static in RAM, the futures of all tasks included: all but the stack."""


# A panic says which file it is in. Here that is the same name on every machine, and images have one size.
NAMES_OF_FOLDERS = {ROOT: "eventgrid", Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo")): "cargo"}
FLAGS = "\x1f".join(f"--remap-path-prefix={folder}={name}" for folder, name in NAMES_OF_FOLDERS.items())


def cargo(command, target, *arguments, root=None):
    # Images run meanwhile, and have their time limits.
    subprocess.run(
        [
            "nice", "-n", "10", ROOT / ".ci/no-std-toolchain", command, "--locked", "--manifest-path", WORKSPACE,
            "--target", target, "--target-dir", folder_of(target), *arguments,
        ],
        env=os.environ | {"CARGO_ENCODED_RUSTFLAGS": FLAGS} | ({"EVENTGRID_ROOT": str(root)} if root else {}),
        check=True,
    )


def folder_of(target):
    """Each target has one of its own, so that images for several are built at the same time."""
    return TARGET_FOLDER / target


def build(target, package, program, features, root=None):
    """Builds an image and keeps it aside, since the next one may differ in its features alone.

    One that speaks TLS has a certificate built in: that of the authority that it trusts, in DER.
    """
    cargo(
        "build", target, "--release", "--quiet", "--package", package, "--bin", program,
        "--features", ",".join(features), root=root,
    )
    kept = TARGET_FOLDER / "images" / target / "-".join([program, *features])
    kept.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(folder_of(target) / target / "release" / program, kept)
    sections = sizes(kept)
    return Image(kept, total(sections, IN_FLASH), total(sections, IN_RAM))


def sizes(file):
    """The size of each section, by its name."""
    lines = subprocess.run(
        ["size", "--format=sysv", file], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    rows = (line.split() for line in lines if line.startswith("."))
    return {name: int(size) for name, size, _ in rows}


def total(sections, names):
    return sum(size for name, size in sections.items() if name in names)
