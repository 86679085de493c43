"""SQLAlchemy Core statements compiled once and run on the driver's own cursor: the completion path.

Core spends more on a statement than the database does: compiling is cached, but the execution context, cursor result
and row objects are built anew each time. Here a statement is written in Core, compiled once per dialect, and then
runs on the pooled driver connection inside the running transaction. ``docs/decisions`` tells what it saves.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Executable, Table, bindparam, insert
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement, SelectBase
from sqlalchemy.types import TypeEngine

Processor = Callable[[Any], Any]
Parameters = Mapping[str, Any]


class Prepared:
    """One statement; its parameters are the names of its ``bindparam``s."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def run(self, connection: Connection, parameters: Parameters) -> int:
        """Run it once; the number of rows it touched."""
        compiled = self._for(connection)
        cursor = _cursor(connection)
        cursor.execute(compiled.sql, compiled.bind(parameters))
        count: int = cursor.rowcount
        cursor.close()
        return count

    def run_many(self, connection: Connection, rows: Sequence[Parameters]) -> None:
        """Run it for each of ``rows``."""
        compiled = self._for(connection)
        cursor = _cursor(connection)
        if len(rows) == 1:
            cursor.execute(compiled.sql, compiled.bind(rows[0]))
        else:
            cursor.executemany(compiled.sql, [compiled.bind(row) for row in rows])
        cursor.close()

    def all(self, connection: Connection, parameters: Parameters) -> list[Any]:
        """The rows of a query, as named tuples."""
        compiled = self._for(connection)
        cursor = _cursor(connection)
        cursor.execute(compiled.sql, compiled.bind(parameters))
        rows = [compiled.row(values) for values in cursor.fetchall()]
        cursor.close()
        return rows

    def first(self, connection: Connection, parameters: Parameters) -> Any:
        """The first row of a query, or None."""
        compiled = self._for(connection)
        cursor = _cursor(connection)
        cursor.execute(compiled.sql, compiled.bind(parameters))
        values = cursor.fetchone()
        cursor.close()
        return None if values is None else compiled.row(values)

    def _for(self, connection: Connection) -> _Compiled:
        dialect = connection.dialect
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = _Compiled(self._statement, dialect)
        return found


def prepared_insert(table: Table, *, without: Iterable[str] = ()) -> Prepared:
    """An insert of whole rows; a column missing from a row becomes NULL. ``without`` names generated columns."""
    left_out = set(without)
    return Prepared(insert(table).values({c.name: bindparam(c.name) for c in table.c if c.name not in left_out}))


class _Compiled:
    """A statement in one dialect: its text, how its parameters are written and its values read."""

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        assert isinstance(statement, ClauseElement)
        compiled = statement.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)
        self.sql = compiled.string
        self._constants = {k: v for k, v in compiled.params.items() if v is not None}
        names: Sequence[str] = compiled.positiontup or list(compiled.bind_names.values())
        self._is_positional = compiled.positiontup is not None
        self._names = names
        types = {bind_name: bind.type for bind, bind_name in compiled.bind_names.items()}
        self._binds = _numbered(_bind_processor(types[name], dialect) for name in names)
        columns: list[Any] = list(statement.selected_columns) if isinstance(statement, SelectBase) else []
        self._reads = _numbered(_result_processor(column.type, dialect) for column in columns)
        self._tuple: Any = namedtuple("Row", [column.key for column in columns]) if columns else None

    def bind(self, parameters: Parameters) -> Any:
        """The parameters as the driver wants them."""
        given = {**self._constants, **parameters} if self._constants else parameters
        values = list(map(given.get, self._names))
        _process(values, self._binds)
        return values if self._is_positional else dict(zip(self._names, values, strict=True))

    def row(self, values: Sequence[Any]) -> Any:
        """A named tuple with the values read as the columns' types say."""
        if not self._reads:
            return self._tuple._make(values)
        read = list(values)
        _process(read, self._reads)
        return self._tuple._make(read)


def _numbered(processors: Iterable[Processor | None]) -> list[tuple[int, Processor]]:
    """The processors there are, with the positions they work on: most columns need none."""
    return [(position, process) for position, process in enumerate(processors) if process is not None]


def _process(values: list[Any], processors: list[tuple[int, Processor]]) -> None:
    for position, process in processors:
        value = values[position]
        if value is not None:
            values[position] = process(value)


def _bind_processor(type_: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    return type_.dialect_impl(dialect).bind_processor(dialect)


def _result_processor(type_: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    return type_.dialect_impl(dialect).result_processor(dialect, None)


def _cursor(connection: Connection) -> Any:
    driver_connection = connection.connection.driver_connection
    assert driver_connection is not None
    return driver_connection.cursor()
