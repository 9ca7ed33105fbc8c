"""States of a device: what a run starts from and leaves behind."""

from __future__ import annotations

import json
import os

import numpy as np
from numpy.typing import NDArray

from . import _library
from ._library import Handle, library

__all__ = ["State"]


class State:
    """The complete state of a device at one time; `Device.simulate(..., start=state)` goes on from it.

    Attributes
    ----------
    time_s, voltage_V, temperature_K : float
        Time since the device's own zero, voltage on Pt, temperature of the hot spot.
    unknowns : numpy.ndarray, shape (sheets + 2 or 3 times nodes,), read-only
        Sheets (1/m2), then psi (V), perhaps n (1/m3), and c (1/m3) node by node.
    device, device_sha256 : str
        The device that it belongs to.
    """

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        values = json.loads(handle.text)
        self.time_s: float = values["time_s"]
        self.voltage_V: float = values["voltage_V"]
        self.temperature_K: float = values["temperature_K"]
        self.device: str = values["device"]
        self.device_sha256: str = values["device_sha256"]

    @property
    def unknowns(self) -> NDArray[np.float64]:
        return self._handle.column("unknowns")

    @staticmethod
    def load(path: str | os.PathLike[str]) -> State:
        """Reads a state file: that of `save`, of ``tausonite simulate --save-state`` or of ``Save as``.

        Raises `InputError` naming the file where it is none.
        """
        return State(Handle(library.tausonite_state(_library.encoded(path))))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a file that ``tausonite simulate --from-state`` takes, whole or not at all; raises `InputError` where it cannot."""
        Handle(library.tausonite_write(self._handle.pointer, b"", _library.encoded(path)))

    def __repr__(self) -> str:
        return f"State of {self.device}: t = {self.time_s:.6g} s, {self.voltage_V:.4g} V, {self.temperature_K:.4g} K"
