"""Settings of one installation, read from the environment (``YUNZHI_…``) and passed in from the entry points."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """What an operator decides before the start.

    ``database_url`` is a SQLAlchemy URL (``sqlite:///…`` or ``postgresql+psycopg://…``); ``zone`` the organisation's
    time zone; ``heartbeat`` whether this process runs the clock besides serving pages; ``proxies`` how many
    reverse proxies in front of it may be believed about the client's address; ``public_address`` what people type to
    reach it, without a slash at the end (it stands in front of links in mails).
    """

    database_url: str
    secret_key: str = field(repr=False)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    data_directory: Path = ROOT / "var"
    processes_directory: Path = ROOT / "processes"
    forms_directory: Path = ROOT / "forms"
    heartbeat: bool = True
    secure_cookies: bool = True
    upload_limit_bytes: int = 20 * 1024 * 1024
    threads: int = 16
    proxies: int = 0
    smtp_url: str = field(default="", repr=False)
    mail_sender: str = "yunzhi@localhost"
    public_address: str = ""


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from ``environment`` (default: the process environment), with a key kept in the data directory.

    The secret key is created once, readable by its owner only, unless ``YUNZHI_SECRET_KEY`` gives it.
    """
    given = os.environ if environment is None else environment
    data = Path(given.get("YUNZHI_DATA", ROOT / "var")).resolve()
    data.mkdir(parents=True, exist_ok=True)
    return Settings(
        database_url=given.get("YUNZHI_DATABASE_URL", f"sqlite:///{data / 'yunzhi.sqlite3'}"),
        secret_key=given.get("YUNZHI_SECRET_KEY") or _kept_secret(data / "secret-key"),
        zone=ZoneInfo(given.get("YUNZHI_ZONE", "Asia/Shanghai")),
        data_directory=data,
        heartbeat=_flag(given, "YUNZHI_HEARTBEAT", True),
        secure_cookies=_flag(given, "YUNZHI_SECURE_COOKIES", True),
        threads=int(given.get("YUNZHI_THREADS", "16")),
        proxies=int(given.get("YUNZHI_PROXIES", "0")),
        smtp_url=given.get("YUNZHI_SMTP_URL", ""),
        mail_sender=given.get("YUNZHI_MAIL_SENDER", "yunzhi@localhost"),
        public_address=given.get("YUNZHI_ADDRESS", f"http://localhost:{given.get('YUNZHI_PORT', '8080')}").rstrip("/"),
    )


def _flag(given: Mapping[str, str], name: str, default: bool) -> bool:
    return given.get(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


def _kept_secret(path: Path) -> str:
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(os.urandom(32).hex())
    return path.read_text().strip()
