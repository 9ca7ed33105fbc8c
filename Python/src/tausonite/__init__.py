"""Tausonite: a Pt | SrTiO3 | Ti memristor from its physics, and the synapse that it is.

    import tausonite

    device = tausonite.Device.load("set P")
    trace = device.simulate(["Hold 0.6 V for 10 s", "Pulse 3 V for 100 us", "Hold 0.6 V for 60 s"], profiles="0 s, 1 s")
    trace.time_s, trace.conductance_nS, trace.pulses.energy_pJ, trace.profiles[0].psi_V
    synapse = device.extract()

Numbers have their unit in their name. The library does all the work: the same bits as the command line, the same messages.
"""

from .device import Device, Parameter, Parameters
from .errors import Electroforming, InputError, Interrupted, RangeWarning, SimulationStopped, TausoniteError
from .state import State
from .synapse import Synapse
from .table import Table
from .trace import Profile, Trace

__version__ = "0.1.0"

__all__ = [
    "Device",
    "Electroforming",
    "InputError",
    "Interrupted",
    "Parameter",
    "Parameters",
    "Profile",
    "RangeWarning",
    "SimulationStopped",
    "State",
    "Synapse",
    "Table",
    "TausoniteError",
    "Trace",
]
