"""`firmware-publish` over TLS: services that it must trust, and those that it must not."""

import re
import ssl
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from certificates import AUTHORITY, FOLDER, P256, P384, RSA_2048, RSA_4096, Certificate, client, issue, server
from emulator import KEY, Emulator
from proxy import Proxy
from publish import expect, finish

HOST = "devices.eventgrid.example"

# As those of namespaces are, and more than 64 bytes, which not every verifier takes.
LONG_HOST = "a-namespace-whose-name-is-as-long-as-a-label-may-be-0123456789a.westeurope-1.eventgrid.example"


@dataclass(frozen=True)
class Chain:
    """Who issues the certificates of a service."""
    root: Certificate
    issuing: Certificate
    leaf: Certificate
    """For the host of each test that wants a good one."""


@cache
def chain(features):
    """The chain that images with these features trust: its root is built in. None if they do not speak TLS."""
    if "tls-rsa" in features:
        return new_chain(RSA_4096, RSA_2048)
    if "tls-p384" in features:
        return new_chain(P384, P384)
    return new_chain(P256, P256) if "tls" in features else None


def new_chain(authority, end_entity, name="trusted"):
    root = issue(f"{name} root", AUTHORITY, authority)
    issuing = issue(f"{name} issuer", AUTHORITY, authority, root)
    hosts = server("IP:10.0.2.2", f"DNS:{HOST}", f"DNS:{LONG_HOST}")
    return Chain(root, issuing, issue("service", hosts, end_entity, issuing))


def run(board, image, features):
    """Runs an image against good services, and gives the figures of the last run."""
    trusted = chain(tuple(features))
    # The first is found by its address alone.
    hosts = [board.shown_as, HOST, LONG_HOST]
    with Emulator("--topic", "readings") as emulator:
        with service(board, emulator, [trusted.leaf, trusted.issuing]) as port:
            for count, host in enumerate(hosts, 1):
                output = finish(board, image, arguments(board, host, port))
                expect(len(emulator.accepted()) == count, f"the event is accepted by {host}", output)
    return {**board.figures(image, output), "events": len(hosts)}


def refused(board, image, features):
    """Runs an image against services that it must not trust: it says why, and publishes nothing."""
    with Emulator("--topic", "readings") as emulator:
        cases = bad_services(chain(tuple(features)))
        for name, (host, certificates, reason) in cases.items():
            with service(board, emulator, certificates) as port:
                output = finish(board, image, arguments(board, host, port), exit_code=1)
            expect(reason in output, f"{name}: it says that {reason!r}", output)
        trusted = chain(tuple(features))
        with split_records([trusted.leaf, trusted.issuing]) as port:
            output = finish(board, image, arguments(board, HOST, port), exit_code=1)
        expect("the server splits one over several records" in output, "split records are told", output)
        expect(emulator.accepted() == [], "nothing is published to whom it does not trust", output)
    return {**board.figures(image, output), "events": 0, "refused": len(cases) + 1}


def bad_services(trusted):
    """The host that each is asked for, its certificates, and what is said of it."""
    issuing = trusted.issuing
    good = server(f"DNS:{HOST}")
    stranger = new_chain(P256, P256, "another")
    impostor = new_chain(P256, P256)
    no_authority = issue("no authority", good, P256, issuing)
    # Longer than a label of DNS may be, and longer than a name may be.
    long_label = f"{'a' * 64}.example"
    long_name = ".".join(["a" * 50] * 5)
    return {
        "wrong name": ("other.example", [trusted.leaf, issuing], "the server's certificate is for another host"),
        "wrong address": ("10.0.2.2", [issue("service", good, P256, issuing), issuing], "is for another host"),
        "wrong root": (HOST, [stranger.leaf, stranger.issuing], "no trust anchor has issued"),
        "wrong root of the same name": (HOST, [impostor.leaf, impostor.issuing], "a signature of the server or of its certificate is wrong"),
        "missing intermediate": (HOST, [trusted.leaf], "no trust anchor has issued"),
        "expired": (
            HOST, [issue("service", good, P256, issuing, expires_in=timedelta(days=-1)), issuing], "has expired",
        ),
        "expired intermediate": (HOST, *expired_intermediate(trusted.root, good)),
        "for clients only": (HOST, [issue("client", client(f"DNS:{HOST}"), P256, issuing), issuing], "not one for servers"),
        "issued by no authority": (
            HOST, [issue("service", good, P256, no_authority), no_authority, issuing],
            "may not issue the one below it",
        ),
    } | {
        f"over-long: {name}": (
            name, [issue("service", server(f"DNS:{name}"), P256, issuing), issuing], "neither a DNS name nor an address",
        )
        for name in [long_label, long_name]
    }


def expired_intermediate(root, extensions):
    issuing = issue("expired issuer", AUTHORITY, P256, root, expires_in=timedelta(days=-1))
    return [issue("service", extensions, P256, issuing), issuing], "has expired"


def arguments(board, host, port):
    found = {} if host == board.shown_as else {"address": board.shown_as}
    return {
        "endpoint": f"https://{host}:{port}", "topic": "readings", "key": KEY, "source": f"urn:device:{board.name}", **found,
    }


@contextmanager
def service(board, emulator, certificates):
    """The emulator behind TLS: its port."""
    with Proxy(emulator.port, faults=False, address=board.listens, tls=context(certificates)) as proxy:
        yield proxy.port


def context(certificates):
    """What a server with these certificates speaks, the first of which is its own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(bundle(certificates), certificates[0].key)
    return context


def bundle(certificates):
    """A file with all of them."""
    with tempfile.NamedTemporaryFile("w", dir=FOLDER.name, suffix=".pem", delete=False) as file:
        file.writelines(certificate.file.read_text() for certificate in certificates)
    return file.name


@contextmanager
def split_records(certificates):
    """A server whose records are too short for its certificates: its port."""
    process = subprocess.Popen(
        [
            "openssl", "s_server", "-accept", "127.0.0.1:0", "-rev", "-cert", certificates[0].file,
            "-cert_chain", bundle(certificates[1:]), "-key", certificates[0].key,
            "-split_send_frag", "512", "-max_send_frag", "512",
        ],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )
    try:
        found = next(filter(None, (re.fullmatch(r"ACCEPT .*:(\d+)\n", line) for line in process.stdout)))
        yield int(found[1])
    finally:
        process.kill()
        process.wait()
