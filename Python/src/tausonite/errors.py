"""What can go wrong. Messages are those of the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .trace import Trace

__all__ = ["Electroforming", "InputError", "Interrupted", "RangeWarning", "SimulationStopped", "TausoniteError"]


class TausoniteError(Exception):
    """Base of the errors of this package."""


class InputError(TausoniteError, ValueError):
    """A value that the program cannot take: what, where, and what would be right.

    Attributes
    ----------
    key : str
        The parameter, sentence, argument or file at fault.
    value : str or None
        The value as given, with its unit.
    problem : str
        What is wrong, in a few words.
    expected : str or None
        What would be right: the valid range with its unit, the closest keys, or an example.
    source, line : str or None, int or None
        The file (or "protocol") that the value stands in, and the line there, from 1.
    """

    def __init__(
        self,
        message: str,
        *,
        key: str = "",
        value: str | None = None,
        problem: str = "",
        expected: str | None = None,
        source: str | None = None,
        line: int | None = None,
    ) -> None:
        super().__init__(message)
        self.key = key
        self.value = value
        self.problem = problem
        self.expected = expected
        self.source = source
        self.line = line

    def __reduce__(self) -> tuple[object, ...]:
        return (_input_error, (str(self), dict(self.__dict__)))


def _input_error(message: str, fields: dict[str, object]) -> InputError:
    return InputError(message, **fields)  # type: ignore[arg-type]


class SimulationStopped(TausoniteError, RuntimeError):
    """A run that could not reach the end of its protocol.

    Attributes
    ----------
    trace : Trace or None
        What the device did until then; None where the run ended before the protocol began, on the way to the base state.
    time_s, voltage_V, temperature_K, current_A : float or None
        Where the run stood.
    reason : str
        Why it could not go on, with the numbers of the solver.
    """

    def __init__(self, message: str, trace: Trace | None = None, stop: dict[str, object] | None = None) -> None:
        super().__init__(message)
        stop = stop or {}
        self.trace = trace
        self.reason: str = str(stop.get("reason", message))
        self.time_s: float | None = stop.get("time_s")  # type: ignore[assignment]
        self.voltage_V: float | None = stop.get("voltage_V")  # type: ignore[assignment]
        self.temperature_K: float | None = stop.get("temperature_K")  # type: ignore[assignment]
        self.current_A: float | None = stop.get("current_A")  # type: ignore[assignment]


class Electroforming(SimulationStopped):
    """The heat balance lost its solution: thermal runaway."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during a run.

    Attributes
    ----------
    trace : Trace or None
        What the device did until then.
    """

    def __init__(self, message: str = "", trace: Trace | None = None) -> None:
        super().__init__(message)
        self.trace = trace


class RangeWarning(UserWarning):
    """A synapse is asked beyond what it was measured at; the answer is that of the border."""
