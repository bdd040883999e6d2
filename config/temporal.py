"""Temporal's own settings, ``TEMPORAL_*``, and which of them is wrong where no server lets us in."""

from __future__ import annotations

import os

from temporalio.envconfig import ClientConfig, ClientConnectConfig

from config.problems import ConfigError, Problem

CERTIFICATE, KEY = "TEMPORAL_TLS_CLIENT_CERT_PATH", "TEMPORAL_TLS_CLIENT_KEY_PATH"
AUTHORITY = "TEMPORAL_TLS_SERVER_CA_CERT_PATH"
API_KEY = "TEMPORAL_API_KEY"

TOLD = {
    "NotValidForName": (
        "its certificate is for another name",
        "TEMPORAL_ADDRESS: is it right? Or write the certificate's name in TEMPORAL_TLS_SERVER_NAME",
    ),
    "InvalidCertificate(Expired": ("its certificate has expired", "whoever runs it must renew it"),
    "InvalidCertificate": (
        "its certificate is signed by nobody whom we know",
        f"{AUTHORITY}: name the file with the certificate of the authority that signs for it",
    ),
    "InconsistentKeys": (
        "our certificate and our key do not belong together",
        f"{CERTIFICATE} and {KEY}: name the two files of one pair",
    ),
    "NoCertificatesPresented": ("our certificate is none", f"{CERTIFICATE}: name a file with a certificate, as PEM"),
    "InvalidContentType": ("it speaks without TLS", "TEMPORAL_TLS: write false, or is TEMPORAL_ADDRESS right?"),
    "dns error": ("no such name is known", "is TEMPORAL_ADDRESS right?"),
    "PermissionDenied": ("it does not let us in", f"{API_KEY} and TEMPORAL_NAMESPACE: are they right?"),
    "Unauthenticated": ("it does not let us in", f"{API_KEY}: is it right, and not expired?"),
}
"""What the library says when a connection fails, in plain words, and the cure. The first that fits counts."""

CUT_OFF = ("Transport, hyper::Error", "CertificateRequired", "received fatal alert")
"""What it says when the other side hangs up."""


def read_temporal() -> ClientConnectConfig:
    """Read where Temporal is, and by what it knows us: from the environment, or from the file that it names.

    Raises:
        ConfigError: they cannot be used; one line, naming the variable, and no secret.
    """
    said = {name: value for name, value in os.environ.items() if value}
    try:
        config = ClientConfig.load_client_connect_config(override_env_vars=said)
    except OSError as error:
        problem = f"{error.filename} cannot be read ({(error.strerror or 'it is no file').lower()})"
        raise _wrong(_naming(error.filename), problem, "name a file that we may read") from None
    except RuntimeError:
        raise _wrong("TEMPORAL_*", "cannot be read", "also look at the file that TEMPORAL_CONFIG_FILE names") from None
    _check(config)
    return config


def _check(config: ClientConnectConfig) -> None:
    """See to what the library would leave out without a word, or tell as a programmer's mistake."""
    key, tls = config.get("api_key") or "", config.get("tls") or False
    if any(not " " < letter < "\x7f" for letter in key):
        raise _wrong(API_KEY, "holds a space, or the end of a line", "write the key and nothing else")
    if not isinstance(tls, bool) and (tls.client_cert is None) != (tls.client_private_key is None):
        raise _wrong(f"{CERTIFICATE} and {KEY}", "one is set without the other", "set both, or none")


def refused(config: ClientConnectConfig, error: Exception) -> str:
    """Why a server does not let us in, and the cure."""
    said, at = str(error), f"no Temporal server answers at {config['target_host']}"
    for sign, (why, cure) in TOLD.items():
        if sign in said:
            return f"{at}: {why}; {cure}"
    if any(sign in said for sign in CUT_OFF):
        return f"{at}: it hangs up; {_hung_up(config)}"
    return f"{at}; {'is TEMPORAL_ADDRESS right?' if os.environ.get('TEMPORAL_ADDRESS') else 'start it with: kvitt up'}"


def _hung_up(config: ClientConnectConfig) -> str:
    """It may want TLS, or a certificate of ours, or another one."""
    tls = config.get("tls")
    if not tls:
        return "TEMPORAL_TLS: write true if it speaks TLS, or is TEMPORAL_ADDRESS right?"
    if tls is True or tls.client_cert is None:
        return f"if it wants a certificate of ours, {CERTIFICATE} and {KEY}: name its files"
    return f"{CERTIFICATE}: it does not take this one; name one of an authority that the namespace knows"


def _naming(path: str) -> str:
    """The variable by which a file is named."""
    named = (name for name, value in os.environ.items() if value == path and name.startswith("TEMPORAL_"))
    return next(named, "TEMPORAL_CONFIG_FILE")


def _wrong(name: str, problem: str, cure: str) -> ConfigError:
    return ConfigError([Problem("", None, name, problem, cure)])
