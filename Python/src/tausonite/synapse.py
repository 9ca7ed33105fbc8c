"""The compact synapse: W, F and Lambda of a device."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _library
from ._library import Handle, ffi, library
from .errors import RangeWarning
from .table import Table

__all__ = ["Synapse"]


class Synapse:
    """What a network and an energy account need to know of a device: G = W + F, F jumps by dF with a pulse and decays.

    Attributes
    ----------
    map : Table
        The measured pulses: amplitude_V, width_us, delta_F_nS, energy_pJ, peak_temperature_K.
    decays : Table
        Decay of F at each bias: bias_V, tau_s, lambda (what is left after `lambda_step_s`), residual (rms relative to F at 10 ms).
    levels : Table
        W after each SET train: train, after_train_nS, read_1s_nS, read_375s_nS.
    energy_law : dict[str, float]
        E = prefactor_per_nS_pJ (dF / nS)^exponent; residual is the rms of ln(fit / value).
    sigmoid_fit : dict[str, float]
        Lambda(V) = height / (1 + exp(-slope_per_V (V - centre_V))) + offset.
    minimum_conductance_nS, conductance_per_unit_nS, read_voltage_V, lambda_step_s : float
        G of weight 0, G of one unit of weight, voltage of reads, duration of the network step that Lambda belongs to.
    device, device_sha256 : str
    reduction : list[dict] or None
        Errors against the device on streams of pulses that no fit saw.
    measured : dict or None
        Of a synapse from tables: what was held out, its errors, what was missing.
    """

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        values: dict[str, Any] = json.loads(handle.text)
        self._values = values
        self.device: str = values["device"]
        self.device_sha256: str = values["device_sha256"]
        self.read_voltage_V: float = values["read_voltage_V"]
        self.minimum_conductance_nS: float = values["minimum_conductance_nS"]
        self.conductance_per_unit_nS: float = values["conductance_per_unit_nS"]
        self.lambda_step_s: float = values["lambda_step_s"]
        self.energy_law: dict[str, float] = values["pulse_energy"]
        self.sigmoid_fit: dict[str, float] = values["sigmoid"]
        self.reduction: list[dict[str, Any]] | None = values.get("reduction")
        self.measured: dict[str, Any] | None = values.get("measured")
        columns = ("amplitude_V", "width_us", "delta_F_nS", "energy_pJ", "peak_temperature_K")
        self.map = _table(values["map"], columns, "Map of pulses")
        self.decays = _table(values["decay"], ("bias_V", "tau_s", "lambda", "residual"), "Decays of F")
        self.levels = _table(values["levels"], ("train", "after_train_nS", "read_1s_nS", "read_375s_nS"), "Levels of W")

    @staticmethod
    def load(path: str | os.PathLike[str]) -> Synapse:
        """Reads ``synapse.yaml``; raises `InputError` naming file, line, key and the valid range."""
        return Synapse(Handle(library.tausonite_synapse(_library.encoded(path))))

    @staticmethod
    def from_tables(
        paths: Sequence[str | os.PathLike[str]],
        *,
        protocol: str | os.PathLike[str] | None = None,
        sigma: float = 0.05,
        seed: int = 1,
    ) -> Synapse:
        """W, F and Lambda of your own measurements; what ``tausonite extract --data ... --linear-only`` gives.

        Parameters
        ----------
        paths
            CSV files, told apart by their columns. Pulses: amplitude_V, width_us, delta_F_nS[, sigma_nS, energy_pJ]. Decays: bias_V,
            time_s, F_nS[, amplitude_V, width_us]. Reads: trains, conductance_nS. A trace: time_s, conductance_nS.
        protocol
            The protocol file that made the trace.
        sigma
            Relative error of the measurements where a file gives none.
        seed
            Chooses the fifth of pulses and biases that is held out; `measured` has the errors there.

        Raises `InputError` naming the column where too little was measured.
        """
        request = {
            "paths": [os.fspath(path) for path in paths],
            "path": None if protocol is None else os.fspath(protocol),
            "sigma": sigma,
            "seed": seed,
        }
        return Synapse(Handle(library.tausonite_synapse_of_tables(json.dumps(request).encode())))

    @property
    def yaml(self) -> str:
        """``synapse.yaml``: units beside every number, twelve digits."""
        return Handle(library.tausonite_describe(self._handle.pointer, b"yaml")).text

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes ``synapse.yaml``, whole or not at all."""
        Handle(library.tausonite_write(self._handle.pointer, b"yaml", _library.encoded(path)))

    def save_state_model(self, path: str | os.PathLike[str]) -> None:
        """Writes the state model of ``extract(streams=True)``, the file that ``tausonite extract`` calls ``synapse.state.json``."""
        Handle(library.tausonite_write(self._handle.pointer, b"state", _library.encoded(path)))

    def step(self, amplitude_V: ArrayLike, width_us: ArrayLike) -> NDArray[np.float64]:
        """dF of a pulse, nS: between the pulses of `map` by bilinear interpolation of ln dF in V and ln width.

        Arguments are broadcast against each other. Beyond the map its border's value is given, with a `RangeWarning`.
        """
        a, b = np.broadcast_arrays(np.asarray(amplitude_V, float), np.asarray(width_us, float))
        _warn(a, self.map["amplitude_V"], "amplitude", "V")
        _warn(b, self.map["width_us"], "width", "us")
        return self._law("step", a, b / 1e6)

    def energy(self, delta_F_nS: ArrayLike) -> NDArray[np.float64]:
        """Energy of the pulse that adds dF, pJ: `energy_law`."""
        a = np.asarray(delta_F_nS, float)
        _warn(a, self.map["delta_F_nS"], "dF", "nS", "the law goes on")
        return self._law("energy", a)

    def decay_time(self, bias_V: ArrayLike) -> NDArray[np.float64]:
        """tau of F at a bias, s: between the biases of `decays` by ln tau; beyond them the border's, with a `RangeWarning`."""
        a = np.asarray(bias_V, float)
        _warn(a, self.decays["bias_V"], "bias", "V")
        return self._law("tau", a)

    def decay(self, F_nS: ArrayLike, bias_V: ArrayLike, time_s: ArrayLike) -> NDArray[np.float64]:
        """What is left of F after a time at a bias, nS: F exp(-t / tau(V)). Arguments are broadcast against each other."""
        time = np.asarray(time_s, float)
        if not np.all(time >= 0):
            from .errors import InputError

            raise InputError(
                "time_s: is below 0 or no number; expected 0 s or more", key="time_s", problem="is below 0 or no number",
                expected="0 s or more",
            )
        return np.asarray(F_nS, float) * np.exp(-time / self.decay_time(bias_V))

    def sigmoid(self, bias_V: ArrayLike) -> NDArray[np.float64]:
        """Lambda(V) of the fitted curve, what is left of F after `lambda_step_s` at a bias, unitless."""
        a = np.asarray(bias_V, float)
        _warn(a, self.decays["bias_V"], "bias", "V", "the curve goes on")
        return self._law("sigmoid", a)

    def _law(self, name: str, a: NDArray[np.float64], b: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        first = np.ascontiguousarray(a, dtype=np.float64)
        second = np.ascontiguousarray(a if b is None else b, dtype=np.float64)
        handle = Handle(
            library.tausonite_synapse_values(
                self._handle.pointer, name.encode(), ffi.from_buffer("double[]", first.data),
                ffi.from_buffer("double[]", second.data), first.size,
            )
        )
        return handle.column("values").reshape(a.shape)[()]

    def __repr__(self) -> str:
        low, high = self.map["delta_F_nS"].min(), self.map["delta_F_nS"].max()
        return (
            f"Synapse of {self.device}: W from {self.minimum_conductance_nS:.4g} nS, dF {low:.3g} ... {high:.3g} nS, "
            f"tau {self.decays['tau_s'].min():.3g} ... {self.decays['tau_s'].max():.3g} s"
        )


def _table(rows: Sequence[dict[str, float]], columns: Sequence[str], title: str) -> Table:
    return Table({name: np.array([row[name] for row in rows], dtype=np.float64) for name in columns}, title)


def _warn(values: NDArray[Any], known: NDArray[Any], what: str, unit: str, then: str = "the border's value is given") -> None:
    if len(known) and values.size and (np.any(values < known.min()) or np.any(values > known.max())):
        warnings.warn(
            f"{what} {values.min():.6g} ... {values.max():.6g} {unit} leaves what was measured, "
            f"{known.min():.6g} ... {known.max():.6g} {unit}: {then}",
            RangeWarning,
            stacklevel=3,
        )
