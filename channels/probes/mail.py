"""Is the mail server ready, and the mailbox that bounces arrive in? Nothing is sent, nothing is read or marked."""

from __future__ import annotations

import imaplib
import smtplib
import ssl

from channels.probes.finding import Finding, note, ok, trouble, wrong
from channels.probes.http import PATIENCE_S


def smtp(host: str, port: int, security: str, user: str, password: str) -> list[Finding]:
    """The mail server: is it there, is the connection protected, does it take the user?"""
    what = f"The mail server {host}:{port}"
    try:
        server = _dial(host, port, security)
    except (OSError, smtplib.SMTPException) as error:
        return [wrong(what, trouble(error), _where(security))]
    try:
        return _greeted(server, what, security, user, password)
    except (OSError, smtplib.SMTPException) as error:
        return [wrong(what, trouble(error), _where(security))]
    finally:
        server.close()


def _dial(host: str, port: int, security: str) -> smtplib.SMTP:
    if security == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=PATIENCE_S, context=ssl.create_default_context())
    return smtplib.SMTP(host, port, timeout=PATIENCE_S)


def _greeted(server: smtplib.SMTP, what: str, security: str, user: str, password: str) -> list[Finding]:
    server.ehlo_or_helo_if_needed()
    if security == "starttls":
        if not server.has_extn("starttls"):
            cure = "KVITT_SMTP_SECURITY: write tls if that is what it speaks, with KVITT_SMTP_PORT=465"
            return [wrong(what, "it does not offer STARTTLS", cure)]
        server.starttls(context=ssl.create_default_context())
        server.ehlo()
    code, _ = server.noop()
    if code != 250:
        return [wrong(what, f"it is not ready ({code})", "ask whoever runs it")]
    found = [ok(what, "in the clear" if security == "none" else "protected by TLS")]
    return [*found, _login(server, user, password)] if user else found


def _login(server: smtplib.SMTP, user: str, password: str) -> Finding:
    what = "The mail server's user"
    try:
        server.login(user, password)
    except smtplib.SMTPAuthenticationError as error:
        cure = "KVITT_SMTP_USER and KVITT_SMTP_PASSWORD: check both"
        return wrong(what, f"it does not take the user and the password ({error.smtp_code})", cure)
    except smtplib.SMTPNotSupportedError:
        cure = "unset KVITT_SMTP_USER and KVITT_SMTP_PASSWORD, or protect the connection with KVITT_SMTP_SECURITY"
        return wrong(what, "it asks nobody who they are, at least not on this connection", cure)
    except (OSError, smtplib.SMTPException) as error:
        return wrong(what, trouble(error), "KVITT_SMTP_USER and KVITT_SMTP_PASSWORD: check both")
    return ok(what)


def _where(security: str) -> str:
    usual = {"starttls": "587 with starttls", "tls": "465 with tls"}.get(security, "25 with none")
    return f"KVITT_SMTP_HOST, KVITT_SMTP_PORT, KVITT_SMTP_SECURITY: do they fit together? Usual is {usual}"


def imap(host: str, port: int, security: str, user: str, password: str, folder: str) -> list[Finding]:
    """The mailbox: does it take the user, is the folder there, may what was read be marked?"""
    what = f"The bounces' mailbox at {host}:{port}"
    try:
        server = _open(host, port, security)
    except (OSError, imaplib.IMAP4.error) as error:
        cure = "KVITT_SMTP_IMAP_HOST, KVITT_SMTP_IMAP_PORT, KVITT_SMTP_IMAP_SECURITY: do they fit together?"
        return [wrong(what, trouble(error), cure)]
    try:
        return _entered(server, what, user, password, folder)
    except (OSError, imaplib.IMAP4.abort) as error:
        return [wrong(what, trouble(error), "KVITT_SMTP_IMAP_HOST: is this a mail server?")]
    finally:
        server.shutdown()


def _open(host: str, port: int, security: str) -> imaplib.IMAP4:
    if security == "tls":
        return imaplib.IMAP4_SSL(host, port, ssl_context=ssl.create_default_context(), timeout=PATIENCE_S)
    return imaplib.IMAP4(host, port, timeout=PATIENCE_S)


def _entered(server: imaplib.IMAP4, what: str, user: str, password: str, folder: str) -> list[Finding]:
    try:
        server.login(user, password)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        cure = "KVITT_SMTP_IMAP_USER and KVITT_SMTP_IMAP_PASSWORD: check both"
        return [wrong(what, "it does not take the user and the password", cure)]
    quoted = '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
    try:
        answer, _ = server.select(quoted)
    except imaplib.IMAP4.readonly:
        return [note(what, "what was read cannot be marked there, so it is read again and again", "let the user write")]
    if answer != "OK":
        return [wrong(what, f"it has no folder {folder}", "KVITT_SMTP_IMAP_FOLDER: write one that is there")]
    return [ok(what)]
