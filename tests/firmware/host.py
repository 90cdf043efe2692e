"""The host twin: the telemetry device as a program of this machine, on a TAP device."""

import os
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile

from images import ROOT, TARGET_FOLDER

TAP = "firmware0"


@dataclass(frozen=True)
class Program:
    file: Path


class Host:
    name = "host"
    listens = "198.18.0.1"
    shown_as = listens

    def start(self, program, arguments):
        words = [f"{name}={value}" for name, value in arguments.items()]
        return subprocess.Popen(
            [program, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )

    def figures(self, _program, _output):
        """None: the memory of this machine says nothing about a board's."""
        return {}


def build(features):
    """Builds the program and keeps it aside, since the next one differs in its features."""
    subprocess.run(
        [
            "cargo", "build", "--locked", "--quiet", "--manifest-path", ROOT / "examples/firmware-host/Cargo.toml",
            "--target-dir", TARGET_FOLDER, "--features", ",".join(features),
        ],
        check=True,
    )
    kept = TARGET_FOLDER / "images/host" / "-".join(["firmware-host", *features])
    kept.parent.mkdir(parents=True, exist_ok=True)
    copyfile(TARGET_FOLDER / "debug/firmware-host", kept)
    kept.chmod(0o755)
    return Program(kept)


@contextmanager
def network():
    """The TAP device between the program and this machine, which is removed afterwards."""
    try:
        ip("tuntap", "add", "dev", TAP, "mode", "tap", "user", str(os.getuid()))
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        raise SystemExit(
            f"no TAP device can be made, which board `host` needs: run this as root or with sudo, on a Linux with /dev/net/tun; "
            f"a device that is left of another run is removed by `ip link delete {TAP}` ({error})"
        ) from error
    try:
        ip("address", "add", f"{Host.listens}/24", "dev", TAP)
        ip("link", "set", TAP, "up")
        yield
    finally:
        ip("link", "delete", TAP)


def ip(*arguments):
    as_root = [] if os.getuid() == 0 else ["sudo"]
    subprocess.run([*as_root, "ip", *arguments], check=True)
