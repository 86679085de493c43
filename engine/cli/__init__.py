"""``yunzhi …``: everything an operator does from a terminal, except serving pages (webapp/cli.py adds that)."""

import click

from engine.cli.audit import audit
from engine.cli.doctor import doctor
from engine.cli.incidents import commands as incidents
from engine.cli.installation import backup, migrate, prepare, publish
from engine.cli.master import commands as master
from engine.cli.simulate import simulate
from engine.cli.users import commands as users
from engine.cli.work import worker

COMMANDS: tuple[click.Command, ...] = (
    prepare,
    migrate,
    publish,
    backup,
    worker,
    users,
    incidents,
    master,
    audit,
    doctor,
    simulate,
)
