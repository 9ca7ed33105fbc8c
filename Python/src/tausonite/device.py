"""Devices, and what is run on them."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import _library
from ._library import Handle, ffi, library
from .errors import Interrupted
from .state import State
from .synapse import Synapse
from .trace import Trace

__all__ = ["Device", "Parameter", "Parameters"]


@dataclass(frozen=True)
class Parameter:
    """One number of a device with everything the file says about it.

    `value` is in `unit`; `status` is measured, assumed, fitted or chosen; `range` is the range it may have.
    """

    path: str
    key: str
    symbol: str
    name: str
    value: float
    unit: str
    status: str
    source: str
    range: str

    def __str__(self) -> str:
        return f"{self.value:.12g} {self.unit}" if self.unit != "-" else f"{self.value:.12g}"


class Parameters(Mapping[str, Parameter]):
    """The numbers of a device by their paths ("layers.SrTiO3.thickness") or by the last part, where only one number has it."""

    def __init__(self, rows: Sequence[Mapping[str, str]]) -> None:
        self._rows = {
            row["path"]: Parameter(
                **{name: text for name, text in row.items() if name != "number"},
                value=math.inf if row["number"] == "inf" else float(row["number"]),
            )
            for row in rows
        }

    def __getitem__(self, key: str) -> Parameter:
        if key in self._rows:
            return self._rows[key]
        ends = [row for path, row in self._rows.items() if path.endswith(f".{key}")]
        if len(ends) == 1:
            return ends[0]
        wrong = "is the key of several numbers: " + ", ".join(row.path for row in ends) if ends else "is no parameter of the device"
        raise KeyError(f"{key!r} {wrong}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __repr__(self) -> str:
        return "\n".join(f"{path:40} {row!s:20} {row.status:9} {row.range}" for path, row in self._rows.items())


class Device:
    """A device as its file describes it; never changes: `with_` makes another one.

    Attributes
    ----------
    name, summary : str
        What the device is called and is, in the file's words.
    sha256 : str
        Of the file, its materials and its changes.
    parameters : Parameters
        Every number with unit, status, source and range.
    area_m2, ambient_K : float
    references : list[str]
        The works behind the laws that the device uses.

    Any thread may use a device. A device can be pickled, for processes of one's own.
    """

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        values: dict[str, Any] = json.loads(handle.text)
        self.name: str = values["name"]
        self.summary: str = values["summary"]
        self.sha256: str = values["sha256"]
        self.path: str | None = values.get("path")
        self.area_m2: float = values["area_m2"]
        self.ambient_K: float = values["ambient_K"]
        self.parameters = Parameters(values["parameters"])
        self.references: list[str] = [work["citation"] for work in values["references"]]

    @staticmethod
    def load(source: str | os.PathLike[str] = "set P") -> Device:
        """A shipped device ("set P", "set T", "set D", "set W") or a device file.

        Materials that the file names are sought beside it, then among the shipped ones. Raises `InputError` with file and line.
        """
        return Device(
            Handle(library.tausonite_device(_library.encoded(source), ffi.NULL, _library.encoded(_library.MATERIALS)))
        )

    @staticmethod
    def from_yaml(text: str, path: str = "device description") -> Device:
        """A device from the text of its file; `path` names it in errors."""
        return Device(
            Handle(library.tausonite_device(path.encode(), text.encode(), _library.encoded(_library.MATERIALS)))
        )

    def with_(self, changes: Mapping[str, str] | None = None, /, **more: str) -> Device:
        """The device with some numbers changed, each with its unit: ``with_(area="2000 nm2")``.

        Keys with dots go into a dictionary: ``with_({"layers.SrTiO3.thickness": "41 nm"})``. All are applied before they are checked
        against each other. Raises `InputError` for an unknown key (naming the closest ones), a unit or a value out of range.
        """
        texts = [f"{key}={value}" for key, value in {**(changes or {}), **more}.items()]
        return Device(Handle(library.tausonite_device_with(self._handle.pointer, json.dumps(texts).encode())))

    @property
    def yaml(self) -> str:
        """The device as a file that stands on its own."""
        return Handle(library.tausonite_describe(self._handle.pointer, b"yaml")).text

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes `yaml` to a file, whole or not at all."""
        Handle(library.tausonite_write(self._handle.pointer, b"yaml", _library.encoded(path)))

    def simulate(
        self,
        protocol: str | Sequence[str] | os.PathLike[str],
        *,
        start: State | None = None,
        base_state: bool | None = None,
        read_voltage: str | None = None,
        record: str = "all",
        profiles: str | None = None,
        electrons: str | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> Trace:
        """Runs the device under a protocol; the trace has the bits of ``tausonite simulate``.

        Parameters
        ----------
        protocol
            Sentences, such as ``["Hold 0.6 V for 10 s", "Pulse 3 V for 100 us"]`` (a string is one sentence or several with ";"), or
            the path of a protocol file as a ``pathlib.Path``.
        start
            State to begin from, in place of the base state.
        base_state
            Whether the device is first brought to its base state (1000 s at 0 V, 300 s at 0.6 V). None: as the protocol file says,
            else yes, but not with `start`.
        read_voltage
            Voltage of frozen reads, such as ``"0.6 V"``.
        record
            Samples kept: "all", "corners", a time such as "10 ms" (at most one per), "20/decade" after every corner, "1000 samples".
        profiles
            When the inside of the device is kept: "0 s, 10 us after pulse 1, 12 s", or "corners".
        electrons
            "quasi_stationary" or "drift_diffusion" instead of the device's own law.
        progress
            Is called some times a second with the share done, 0 ... 1.

        Raises
        ------
        InputError
            For a sentence, an argument or a file that cannot be taken.
        Electroforming, SimulationStopped
            Where the run cannot reach its end; ``.trace`` is what the device did until then.
        Interrupted
            After Ctrl-C, with the trace so far as well.

        The interpreter's lock is released: threads run side by side.
        """
        sentences: list[str] = []
        path: str | None = None
        if isinstance(protocol, str):
            sentences = [protocol]
        elif isinstance(protocol, os.PathLike):
            path = os.fspath(protocol)
        else:
            sentences = list(protocol)
        request = {
            "sentences": sentences,
            "path": path,
            "base_state": base_state,
            "read_voltage": read_voltage,
            "record": record,
            "profiles": profiles,
            "electrons": electrons,
        }
        text = json.dumps(request).encode()
        state = start._handle.pointer if start is not None else ffi.NULL
        handle, interrupted = _library.run(
            lambda task: library.tausonite_simulate(self._handle.pointer, state, text, task), progress
        )
        trace = Trace(handle)
        stop = trace._head.get("stopped")
        if interrupted:
            raise Interrupted(stop["sentence"] if stop else "interrupted after the end of the protocol", trace)
        if stop:
            kept = f"; the trace up to there is kept, {trace.rows} samples"
            raise _library.stopped(stop["sentence"] + kept, trace, stop)
        return trace

    def extract(
        self,
        *,
        streams: bool = True,
        seed: int = 1,
        fine: bool = False,
        progress: Callable[[float], None] | None = None,
    ) -> Synapse:
        """Measures the device with the paper's protocols and reduces it to a synapse; what ``tausonite extract`` gives.

        Parameters
        ----------
        streams
            Also test the synapse on streams of pulses that no fit saw (`Synapse.reduction`), and make the state model.
        seed
            Of the streams.
        fine
            Every lattice plane a node and a tenth of the time error: about five times the work.
        progress
            Is called some times a second with the share done of the present stage, 0 ... 1.

        Takes seconds of all cores. Raises `InputError` where a protocol cannot reach its end on this device.
        """
        request = json.dumps({"streams": streams, "seed": seed, "fine": fine}).encode()
        handle, interrupted = _library.run(
            lambda task: library.tausonite_extract(self._handle.pointer, request, task), progress
        )
        if interrupted:
            raise KeyboardInterrupt
        return Synapse(handle)

    def __reduce__(self) -> tuple[Any, ...]:
        return (Device.from_yaml, (self.yaml, self.path or self.name))

    def __repr__(self) -> str:
        return f"Device {self.name}: {self.summary}"
