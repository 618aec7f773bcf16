"""Core statements of the hot path: compiled once, then straight through the driver."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, CursorResult, Insert, Table, bindparam, insert
from sqlalchemy.sql import ClauseElement

from antiphon.log.sqlite import change, read

ROWS = 100
"""Rows in one INSERT. SQLite releases the GIL at each step of a statement, and beside a busy event loop
each release costs up to a switch interval: 200 rows took 222 ms as 200 steps, 19 ms as one."""


class Prepared:
    """A statement whose `bindparam`s are given by name; results are the driver's own values.

    `Connection.execute` costs several times what SQLite needs for a small statement.
    """

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, list[str], dict[str, Any]]] = {}

    def _for(self, connection: Connection) -> tuple[str, list[str], dict[str, Any]]:
        """The SQL, the names of its positional parameters, and the values that the statement itself holds."""
        dialect = connection.dialect
        found = self._compiled.get(dialect.name)
        if found is None:
            compiled = self._statement.compile(dialect=dialect)
            names: list[str] = list(getattr(compiled, "positiontup", None) or [])
            own = {name: value for name, value in (compiled.params or {}).items() if value is not None}
            found = self._compiled[dialect.name] = (str(compiled), names, own)
        return found

    def run(self, connection: Connection, **values: Any) -> CursorResult[*tuple[Any, ...]]:
        """Execute it once."""
        sql, parameters = self._bound(connection, values)
        return connection.exec_driver_sql(sql, parameters)

    def rows(self, connection: Connection, **values: Any) -> Iterable[tuple[Any, ...]]:
        """Execute it once within a transaction that was begun; a Boolean column's values are 0 and 1."""
        sql, parameters = self._bound(connection, values)
        return read(connection, sql, parameters)

    def change(self, connection: Connection, **values: Any) -> int:
        """Execute it once within a transaction that was begun; returns how many rows it changed."""
        sql, parameters = self._bound(connection, values)
        return change(connection, sql, parameters)

    def _bound(self, connection: Connection, values: dict[str, Any]) -> tuple[str, Any]:
        sql, names, own = self._for(connection)
        if own:
            values = own | values
        return sql, tuple([values[name] for name in names]) if names else values


class PreparedRows:
    """An insert of many rows, each a tuple in the order of `columns`."""

    def __init__(self, table: Table, columns: Sequence[str]) -> None:
        self._table = table
        self._columns = columns
        self._statements: dict[tuple[str, int], str] = {}

    def run(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert the rows, `ROWS` of them in a statement."""
        for at in range(0, len(rows), ROWS):
            some = rows[at : at + ROWS]
            sql = self._for(connection, len(some))
            change(connection, sql, tuple([value for row in some for value in row]))

    def _for(self, connection: Connection, rows: int) -> str:
        found = self._statements.get((connection.dialect.name, rows))
        if found is None:
            found = str(self._statement(rows).compile(dialect=connection.dialect))
            self._statements[connection.dialect.name, rows] = found
        return found

    def _statement(self, rows: int) -> Insert:
        values: list[dict[str, BindParameter[Any]]] = [
            {name: bindparam(f"{name}_{row}") for name in self._columns} for row in range(rows)
        ]
        return insert(self._table).values(values)
