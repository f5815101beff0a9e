"""An authority of the cloud's own, and the brokers' certificate by it.

On AWS the certificate is by Amazon's, which every trust store has; here the processes that the cloud starts are told to trust this one."""

import datetime
import ipaddress
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from caretaker_local.settings import HOST

# Long enough for a cloud that runs for weeks; it is made anew at each start.
VALID = datetime.timedelta(days=90)
# A clock that is a little behind must not find it in the future.
BACKDATED = datetime.timedelta(hours=1)


class Authority:
    """`path` is a PEM of the system's authorities and this one, fit for SSL_CERT_FILE; `context` serves by its certificate."""

    def __init__(self, path: Path):
        path.parent.mkdir(parents=True, exist_ok=True)
        key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        own = certificate("Caretaker local cloud", key.public_key(), None, key)
        server = certificate(HOST, server_key.public_key(), own, key)
        self.path = write(path, system_authorities() + pem(own))
        chain = write(path.with_name("broker.pem"), pem(server) + server_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # "TLS 1.2 and later". https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption.html
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.context.load_cert_chain(chain)


def certificate(name: str, public_key, issuer: x509.Certificate | None, key) -> x509.Certificate:
    """Signed by `key`; without an issuer it is the authority itself."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer.subject if issuer else subject)
               .public_key(public_key).serial_number(x509.random_serial_number())
               .not_valid_before(now - BACKDATED).not_valid_after(now + VALID)
               .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True))
    if issuer is not None:
        names = [x509.IPAddress(ipaddress.ip_address(HOST)), x509.DNSName("localhost")]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(key, hashes.SHA256())


def pem(one: x509.Certificate) -> bytes:
    return one.public_bytes(serialization.Encoding.PEM)


def system_authorities() -> bytes:
    """Those of the system, so that a process that is told to trust our file still trusts them."""
    found = ssl.get_default_verify_paths().openssl_cafile
    path = Path(found) if found else None
    return path.read_bytes().rstrip() + b"\n" if path is not None and path.is_file() else b""


def write(path: Path, content: bytes) -> Path:
    path.touch(mode=0o600)
    path.write_bytes(content)
    return path
