"""A device of CrossSim: W and a decaying F of a memristor that tausonite simulates. Needs CrossSim (its package `simulator`).

@@ORIGIN@@

    import @@MODULE@@                                   # before the core is made
    params.xbar.device.Rmin = 1 / 52e-9                   # 1 / largest conductance, ohm
    params.xbar.device.Rmax = 1 / (@@MODULE@@.W_NS * 1e-9)   # no device goes below W
    for part in ("programming_error", "drift_error", "read_noise"):
        getattr(params.xbar.device, part).enable = True
        getattr(params.xbar.device, part).model = "TausoniteMemristor"
    params.xbar.device.time = 10                          # s since the weights were written

F = G - W is written by pulses and decays at @@BIAS@@ V: what is left of it after a time, by F, from the state model at @@AMBIENT@@ K. Error of
that table against the state model, on pulses that it was not made from: at most @@ERROR@@ (root mean square over that of F).
Not in it: other biases, pulses while F decays, change of W.
"""

import numpy as np
from simulator.devices.idevice import EmptyDevice

DEVICE = @@DEVICE@@
DEVICE_SHA256 = "@@DIGEST@@"
BIAS_V = @@BIAS@@
W_NS = @@W@@
F_NS = @@F@@  # of the rows below
TIMES_S = @@TIMES@@  # of the columns, since 2 ms after the last pulse
LEFT = @@LEFT@@
STEP_SPREAD = @@STEP_SPREAD@@  # standard deviation over mean of F from device to device
STEP_NOISE_NS = @@STEP_NOISE@@  # of a write, and of a read, on one device
READ_NOISE_NS = @@READ_NOISE@@


def drifted(f, time):
    """F (nS) that is left of f (nS) after a time (s); straight in F and in ln(1 + t / 1 ms), the border's share beyond."""
    place = np.log1p(time / 1e-3)
    shares = [np.interp(place, np.log1p(np.array(TIMES_S) / 1e-3), row) for row in LEFT]
    return f * np.interp(f, F_NS, shares)


class TausoniteMemristor(EmptyDevice):
    """Conductances come and go as CrossSim has them: 1 is 1 / Rmin."""

    def nanosiemens(self, input_):
        return input_ * self.unit()

    def unit(self):
        return 1e9 / self.device_params.Rmin

    def add(self, input_, deviation):
        if not np.any(deviation):
            return input_
        return input_ + (deviation / self.unit() * np.random.normal(size=input_.shape)).astype(input_.dtype)

    def programming_error(self, input_):
        """No device goes below W; noise of a write and the spread of the steps."""
        f = np.maximum(self.nanosiemens(input_) - W_NS, 0)
        written = ((W_NS + f) / self.unit()).astype(input_.dtype)
        return self.add(written, np.hypot(STEP_NOISE_NS * (f > 0), STEP_SPREAD * f))

    def drift_error(self, input_, time):
        """With the error of writing, as CrossSim wants it."""
        f = np.maximum(self.nanosiemens(self.programming_error(input_)) - W_NS, 0)
        return ((W_NS + drifted(f, time)) / self.unit()).astype(input_.dtype)

    def read_noise(self, input_):
        return self.add(input_, READ_NOISE_NS)
