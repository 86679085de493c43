"""The ``yunzhi`` command: what the engine offers, and serving pages."""

from __future__ import annotations

import os
import signal
import socket
import sys
from types import FrameType

import click
from waitress.server import create_server

from engine import demo as demo_company
from engine.bootstrap import settle
from engine.cli import COMMANDS
from engine.cli.installation import prepare_platform
from engine.cli.terminal import open_platform
from engine.trials import proving
from engine.worker import Worker
from webapp.app import create_app

DEMO_LOGINS = "chenjing (service desk), wangqiang (operations), xumei (quality) or admin"


class EveryCommand(click.Group):
    """Its help lists the commands of the groups too, each with its line."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list."""
        rows = []
        for name in self.list_commands(ctx):
            command = self.commands[name]
            members = command.commands if isinstance(command, click.Group) else {}
            rows += [(f"{name} {member}", members[member].get_short_help_str(90)) for member in sorted(members)]
            rows += [] if members else [(name, command.get_short_help_str(90))]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


@click.group(cls=EveryCommand, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="yunzhi")
def main() -> None:
    """Yunzhi 运质: the written service-quality policy as running processes.

    The environment tells which installation: YUNZHI_DATABASE_URL, YUNZHI_DATA, YUNZHI_ZONE, … (see README).
    """


@click.command()
@click.option("--host", default=lambda: os.environ.get("YUNZHI_HOST", "127.0.0.1"), help="Address to listen on.")
@click.option("--port", type=int, default=lambda: int(os.environ.get("YUNZHI_PORT", "8080")), help="Port to listen on.")
@click.option("--demo", is_flag=True, help="Prepare the demo company first, if there is none yet.")
def serve(host: str, port: int, demo: bool) -> None:
    """Serve the pages, with the clock unless YUNZHI_HEARTBEAT=false."""
    if _is_taken(host, port):
        raise click.ClickException(f"port {port} is taken; choose another one: YUNZHI_PORT={port + 1}")
    signal.signal(signal.SIGTERM, _stop)
    with open_platform() as platform:
        settings = platform.settings
        if demo:
            prepare_platform(platform, demo=True)
        app = create_app(platform)
        settle()
        clock = Worker(platform, proof=proving) if settings.heartbeat else None
        if clock is not None:
            clock.start()
        server = create_server(
            app,
            host=host,
            port=port,
            threads=settings.threads,
            ident=None,
            max_request_body_size=settings.upload_limit_bytes + 1024 * 1024,
            clear_untrusted_proxy_headers=settings.proxies == 0,
        )
        click.echo(f"Yunzhi serves http://{host}:{port}/ — stop with Ctrl-C.")
        if demo:
            click.echo(f"Sign in as {DEMO_LOGINS}; the password is {demo_company.PASSWORD}")
        server.run()
        if clock is not None:
            clock.stop()


def _stop(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _is_taken(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


for command in (serve, *COMMANDS):
    main.add_command(command)


if __name__ == "__main__":
    main()
