"""How effects leave the database: each kind of outbox row has a channel that sends it.

Mail goes by SMTP where an operator configured a server, and otherwise into the folder ``mail`` of the data directory,
one ``.eml`` file per message, so that nothing is lost and a fresh installation needs no server.
"""

from __future__ import annotations

import hashlib
import os
import smtplib
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from engine.settings import Settings

Send = Callable[[Mapping[str, Any]], None]


def local_channels(settings: Settings) -> dict[str, Send]:
    """The channels of an installation: ``mail``, by SMTP (``YUNZHI_SMTP_URL``) or to files."""
    folder = settings.data_directory / "mail"
    if settings.smtp_url:
        return {"mail": lambda payload: _send_by_smtp(settings, payload)}
    return {"mail": lambda payload: _write_to_folder(folder, settings, payload)}


def compose_mail(payload: Mapping[str, Any], sender: str, address: str = "") -> EmailMessage:
    """The message of an outbox row: ``to``, ``subject``, ``text`` and its idempotency key as Message-ID.

    A line of the text that is a path of the site gets the site's ``address`` in front.
    """
    message = EmailMessage()
    message["From"] = sender
    message["To"] = payload["to"]
    message["Subject"] = payload["subject"]
    digest = hashlib.sha256(payload["idempotency_key"].encode()).hexdigest()[:32]
    message["Message-ID"] = f"<{digest}@yunzhi>"
    lines = str(payload["text"]).split("\n")
    message.set_content("\n".join(f"{address}{line}" if line.startswith("/") else line for line in lines))
    return message


def _write_to_folder(folder: Path, settings: Settings, payload: Mapping[str, Any]) -> None:
    """The name comes from the idempotency key: a message sent twice is one file."""
    folder.mkdir(parents=True, exist_ok=True)
    message = compose_mail(payload, settings.mail_sender, settings.public_address)
    name = message["Message-ID"].strip("<>").partition("@")[0]
    partial = folder / f".{name}.{os.getpid()}"
    partial.write_bytes(message.as_bytes())
    partial.replace(folder / f"{name}.eml")


def _send_by_smtp(settings: Settings, payload: Mapping[str, Any]) -> None:
    url = urlsplit(settings.smtp_url)
    connect = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
    with connect(url.hostname or "localhost", url.port or 0, timeout=20) as server:
        if url.username:
            server.login(url.username, url.password or "")
        server.send_message(compose_mail(payload, settings.mail_sender, settings.public_address))
