"""Rows kept by column: a campaign has a million, which as dictionaries would fill a machine."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

from .rows import Row


class Columns(Sequence[Row]):
    """A table of rows that all have the same columns; a row is made when it is asked for.

    Args:
        names: Of the columns.
        columns: As many, each with a value per row, or `_Same` where all rows have one.
        length: Rows, 1 or more.
    """

    __slots__ = ("_columns", "_length", "_names")

    def __init__(self, names: tuple[str, ...], columns: list[Any], length: int) -> None:
        self._names = names
        self._columns = columns
        self._length = length

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Sequence[Row]:
        """The same rows by column; as they are where their columns differ or there are none.

        Args:
            rows: Of a table.
        """
        if isinstance(rows, cls) or not rows:
            return rows
        names = tuple(rows[0])
        if any(tuple(row) != names for row in rows):
            return rows
        return cls(names, [_column([row[name] for row in rows]) for name in names], len(rows))

    def packed(self) -> dict[str, Any]:
        """As it is written: what `unpacked` reads."""
        columns = [_packed(column) for column in self._columns]
        return {"length": self._length, "names": list(self._names), "columns": columns}

    @classmethod
    def unpacked(cls, written: Mapping[str, Any]) -> Columns:
        """From what `packed` made.

        Args:
            written: Of one table.

        Raises:
            KeyError, TypeError, ValueError: It was not made by it, or was damaged.
        """
        length, names = int(written["length"]), tuple(written["names"])
        columns = [_unpacked(column) for column in written["columns"]]
        if any(len(c) != length for c in columns if not isinstance(c, _Same)):
            raise ValueError(f"columns are not of {length} rows")
        if len(columns) != len(names):
            raise ValueError(f"{len(columns)} columns have {len(names)} names")
        return cls(names, columns, length)

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, place: int) -> Row: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...

    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        if isinstance(place, slice):
            return [self[i] for i in range(*place.indices(self._length))]
        i = range(self._length)[place]
        values = (c.value if isinstance(c, _Same) else c[i] for c in self._columns)
        return dict(zip(self._names, values, strict=True))

    def __iter__(self) -> Iterator[Row]:
        return map(self.__getitem__, range(self._length))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # equal to a list, as which it stands in

    def __repr__(self) -> str:
        return repr(list(self))


class _Same:
    """The value of a column in all its rows."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


def _packed(column: Any) -> Any:
    """A column as it is written: each text once, and where it stands."""
    if isinstance(column, _Same):
        return {"all": column.value}
    if isinstance(column, array) or any(type(v) is not str for v in column):
        return list(column)
    places = {text: i for i, text in enumerate(dict.fromkeys(column))}
    return {"texts": list(places), "at": [places[text] for text in column]}


def _unpacked(written: Any) -> Any:
    if isinstance(written, list):
        return _column(written) if written else written
    if "all" in written:
        return _Same(written["all"])
    texts = dict(enumerate(written["texts"]))
    return [texts[i] for i in written["at"]]


def _column(values: list[Any]) -> Any:
    """As it is kept. A float 0 may be -0, which is equal to it and written differently."""
    first = values[0]
    if all(v is first or (v and type(v) is type(first) and v == first) for v in values):
        return _Same(first)
    kinds = {type(v) for v in values}
    if kinds == {float}:
        return array("d", values)
    if kinds == {int} and max(map(abs, values)) < 2**63:
        return array("q", values)
    known: dict[str, str] = {}
    return [known.setdefault(v, v) if type(v) is str else v for v in values]
