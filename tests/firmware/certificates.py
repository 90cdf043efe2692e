"""Certificates, made by OpenSSL's command line."""

import ssl
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

P256 = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
P384 = ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"]
RSA_2048 = ["rsa:2048"]
RSA_4096 = ["rsa:4096"]

AUTHORITY = ["basicConstraints = critical, CA:true", "keyUsage = critical, keyCertSign, cRLSign"]
END_ENTITY = ["basicConstraints = critical, CA:false", "keyUsage = critical, digitalSignature"]

# What `openssl ca` wants to be told; of all versions of OpenSSL, only this command has them choose the dates.
CONFIGURATION = """
[req]
distinguished_name = name
[name]
[ca]
default_ca = authority
[authority]
database = index.txt
new_certs_dir = .
rand_serial = yes
policy = policy
[policy]
commonName = supplied
"""

# Is removed when the program ends.
FOLDER = tempfile.TemporaryDirectory(prefix="firmware-certificates-")


@dataclass(frozen=True)
class Certificate:
    """A certificate and its key, in PEM."""
    file: Path
    key: Path
    hash: str
    """What its key signs with."""

    def der(self):
        """The file with the certificate in DER."""
        file = self.file.with_suffix(".der")
        file.write_bytes(ssl.PEM_cert_to_DER_cert(self.file.read_text()))
        return file


def server(*hosts):
    """What makes a certificate one for servers with these hosts, each `DNS:name` or `IP:address`."""
    return [*END_ENTITY, "extendedKeyUsage = serverAuth", f"subjectAltName = {','.join(hosts)}"]


def client(*hosts):
    """The same for clients."""
    return [*END_ENTITY, "extendedKeyUsage = clientAuth", f"subjectAltName = {','.join(hosts)}"]


def issue(name, extensions, key, issuer=None, expires_in=timedelta(days=1)):
    """A certificate, with a new key of that kind. Without an issuer it issues itself."""
    # Each in a folder with a database of its own, so that they can be made at the same time.
    folder = Path(tempfile.mkdtemp(dir=FOLDER.name))
    (folder / "openssl.cnf").write_text(CONFIGURATION)
    (folder / "index.txt").touch()
    (folder / "extensions").write_text("\n".join(extensions))
    made = Certificate(folder / "certificate.pem", folder / "key.pem", "sha384" if key == P384 else "sha256")
    openssl(
        folder, "req", "-new", "-config", "openssl.cnf", "-newkey", *key, "-nodes", "-keyout", made.key,
        "-subj", f"/CN={name}", "-out", "request",
    )
    by = ["-cert", issuer.file, "-keyfile", issuer.key] if issuer else ["-selfsign", "-keyfile", made.key]
    now = datetime.now(timezone.utc)
    openssl(
        folder, "ca", "-batch", "-notext", "-config", "openssl.cnf", "-md", (issuer or made).hash, *by, "-extfile", "extensions",
        "-startdate", date(now - timedelta(days=2)), "-enddate", date(now + expires_in), "-in", "request", "-out", made.file,
    )
    return made


def date(time):
    return time.strftime("%Y%m%d%H%M%SZ")


def openssl(folder, *arguments):
    done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"openssl {' '.join(map(str, arguments))}\n{done.stderr}")
