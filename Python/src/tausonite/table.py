"""Columns of numbers under names that carry their unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas

__all__ = ["Table"]

# Columns that count.
_WHOLE = {"pulse", "step", "train"}


class Table(Mapping[str, NDArray[Any]]):
    """Read-only arrays of one length, as ``table["time_s"]`` or ``table.time_s``.

    The name of a column ends in its unit. ``to_pandas()`` gives a ``pandas.DataFrame``, ``table.rows`` the length of the columns.
    """

    def __init__(self, columns: Mapping[str, NDArray[Any]], title: str = "Table") -> None:
        self._columns = {
            name: values.astype(np.int64) if name in _WHOLE and values.dtype == np.float64 else values
            for name, values in columns.items()
        }
        for values in self._columns.values():
            values.flags.writeable = False
        self._title = title

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(next(iter(self._columns.values()))) if self._columns else 0

    def __getitem__(self, name: str) -> NDArray[Any]:
        try:
            return self._columns[name]
        except KeyError:
            raise KeyError(f"{name!r} is not among the columns {', '.join(self._columns)}") from None

    def __getattr__(self, name: str) -> NDArray[Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self._columns[name]
        except KeyError:
            raise AttributeError(f"{name!r} is not among the columns {', '.join(self._columns)}") from None

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._columns]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = object.__hash__

    def to_pandas(self) -> pandas.DataFrame:
        """The columns as a ``pandas.DataFrame`` (a copy). Needs pandas: ``pip install tausonite[pandas]``."""
        import pandas

        return pandas.DataFrame({name: np.array(values) for name, values in self._columns.items()})

    def __repr__(self) -> str:
        lines = [f"{self._title}: {self.rows} row{'' if self.rows == 1 else 's'}"]
        for name, values in self._columns.items():
            if values.dtype.kind not in "fi" or not len(values):
                lines.append(f"  {name}")
                continue
            known = values[np.isfinite(values)]
            lines.append(f"  {name:28} {known.min():.6g} ... {known.max():.6g}" if len(known) else f"  {name:28} nan")
        return "\n".join(lines)
