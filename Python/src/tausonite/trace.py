"""What a device did under a protocol."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import Any

import numpy as np

from . import _library
from ._library import Handle, library
from .state import State
from .table import Table

__all__ = ["Profile", "Trace"]


def _table(handle: Handle, prefix: str, names: Iterable[str], title: str) -> Table:
    return Table({name: handle.column(f"{prefix}/{name}") for name in names}, title)


class Profile(Table):
    """The inside of the device at one moment: arrays along x, one value a node.

    Columns: x_nm, psi_V, band_edge_eV (with the image potential, above the right metal's Fermi level), fermi_level_eV and
    electrons_per_m3 (left out where electrons have no quasi-Fermi level), vacancies_per_m3, charge_C_per_m3.

    Attributes
    ----------
    time_s, voltage_V, temperature_K : float
    label : str
        As it was asked for.
    edges : Table
        One value for each edge between two nodes: edge_x_nm (its middle), field_V_per_m, vacancy_flux_per_m2_s, electron_flux_per_m2_s.
    sheets_per_m2 : dict[str, float]
        Areal densities at the left contact by the names of the device file.
    """

    def __init__(self, handle: Handle, number: int, head: dict[str, Any]) -> None:
        prefix = f"profiles/{number}"
        super().__init__(
            {name: handle.column(f"{prefix}/nodes/{name}") for name in head["nodes"]},
            f"Profile at {head['label']} (t = {head['time_s']:.6g} s, {head['voltage_V']:.4g} V)",
        )
        self.edges = _table(handle, f"{prefix}/edges", head["edges"], "Edges")
        self.time_s: float = head["time_s"]
        self.voltage_V: float = head["voltage_V"]
        self.temperature_K: float = head["temperature_K"]
        self.label: str = head["label"]
        self.sheets_per_m2: dict[str, float] = head["sheets_per_m2"]


class Trace(Table):
    """What a device did under a protocol: one row for each sample kept.

    Columns, each a read-only array of shape (samples,): time_s, voltage_V, current_A (electrons), total_current_A (with displacement
    and ions), conductance_nS (frozen-ion I / V at the read voltage), temperature_K, lattice_vacancies_per_m2,
    plane_vacancies_per_m2, interfacial_oxygen_per_m2, stored_oxygen_per_m2, pulse (index from 0, -1 outside pulses); where the
    protocol has them, source_voltage_V (in front of a compliance) and read_voltage_V (nan where it is the run's).

    Attributes
    ----------
    pulses : Table
        start_s, end_s, amplitude_V, energy_pJ (both edges and the top), peak_temperature_K, end_current_A, series_energy_pJ (what a
        compliance took).
    reads : Table
        Reads that the protocol asks for: time_s, voltage_V, conductance_nS, step (index of the sentence, from 0).
    marks : Table
        Moments that the device chose (conditions met, compliances): time_s, voltage_V, step, event.
    profiles : list[Profile]
        The inside of the device where it was asked for.
    state, saved : State, dict[str, State]
        The state at the end, and those that the protocol keeps (``Save as after-set``).
    pulse_count, pulse_energy_pJ, series_energy_pJ : int, float, float
        Over all pulses, also those that ``record="1000 samples"`` left out.
    statistics : dict[str, float]
        Work of the solver, and the drift of the inventory relative to its scale.
    protocol, device, read_voltage_V : str, str, float
        What was run (a YAML protocol file), on what, and the voltage of reads.
    remarks, missed_profiles : list[str]
        What a reader of the protocol should know, and the profiles it did not come to.
    """

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._head: dict[str, Any] = json.loads(handle.text)
        head = self._head
        super().__init__({name: handle.column(f"samples/{name}") for name in head["samples"]}, f"Trace of {head['device']}")
        self.pulses = _table(handle, "pulses", head["pulses"], "Pulses")
        self.reads = _table(handle, "reads", head["reads"], "Reads")
        marks = {name: handle.column(f"marks/{name}") for name in head["marks"]}
        self.marks = Table({**marks, "event": np.array(head["events"], dtype=object)}, "Marks")
        self.profiles = [Profile(handle, number, one) for number, one in enumerate(head["profiles"])]
        self.missed_profiles: list[str] = head["missed_profiles"]
        self.remarks: list[str] = head["remarks"]
        self.pulse_count: int = head["pulse_count"]
        self.pulse_energy_pJ: float = head["pulse_energy_pJ"]
        self.series_energy_pJ: float = head["series_energy_pJ"]
        self.statistics: dict[str, float] = head["statistics"]
        self.protocol: str = head["protocol_yaml"]
        self.device: str = head["device"]
        self.read_voltage_V: float = head["read_voltage_V"]

    @property
    def state(self) -> State:
        """The state at the end."""
        return State(Handle(library.tausonite_state_of(self._handle.pointer, b"")))

    @property
    def saved(self) -> dict[str, State]:
        """The states that the protocol keeps, by their names."""
        return {
            name: State(Handle(library.tausonite_state_of(self._handle.pointer, name.encode())))
            for name in self._head["saved"]
        }

    def _describe(self, what: str) -> str:
        return Handle(library.tausonite_describe(self._handle.pointer, what.encode())).text

    @property
    def csv(self) -> str:
        """The samples as ``tausonite simulate --out`` writes them: nine significant digits."""
        return self._describe("csv")

    @property
    def profiles_csv(self) -> str:
        """All profiles as one long table, as the command line writes it beside the trace."""
        return self._describe("profiles.csv")

    @property
    def record(self) -> dict[str, Any]:
        """The side file of the trace: what was run, on what, and what came out beside the samples."""
        return json.loads(self._describe("json"))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the trace as CSV, and its side file with the ending .json beside it, whole or not at all.

        ``tausonite simulate --again trace.json`` repeats the run. Raises `InputError` where a file cannot be written.
        """
        side = os.path.splitext(os.fspath(path))[0] + ".json"
        if side == os.fspath(path):
            from .errors import InputError

            raise InputError(
                f"path = {side}: has the ending of its own side file; expected another ending, such as .csv",
                key="path", value=side, problem="has the ending of its own side file", expected="another ending, such as .csv",
            )
        Handle(library.tausonite_write(self._handle.pointer, b"csv", _library.encoded(path)))
        Handle(library.tausonite_write(self._handle.pointer, b"json", _library.encoded(side)))
