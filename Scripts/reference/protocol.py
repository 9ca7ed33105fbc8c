"""Voltage segments run one after another, and what the campaign measures on them.

Each linear piece of V(t) is one call of scipy's Radau (fifth order, stiff); a corner of the voltage starts anew.
"""
import numpy as np
from scipy.integrate import solve_ivp

from electrons import Formed
from poisson import Unsettled

EDGE, TRAIN_EDGE = 1e-7, 1e-6  # s: edges of single pulses (also joints between steps), and of pulses of a train


class Bench:
    """A device at a state: y, voltage."""

    def __init__(self, model, rtol=1e-5, atol=1e-10):
        self.model, self.rtol, self.atol = model, rtol, atol
        self.y, self.voltage = model.fresh(), 0.0
        self.evaluations, self.drift = 0, 0.0

    def segment(self, to, duration, times=None, power=False):
        """V goes straight to `to`. Returns states at `times`, and energy (J) and peak temperature (K) where asked for."""
        start, slope = self.voltage, (to - self.voltage) / duration

        def rhs(t, y):
            # Radau cuts a step whose iterate is so far off that no potential or temperature is found.
            try:
                return self.model.rates(y[:, None], start + slope * t)[:, 0]
            except (Formed, Unsettled):
                return np.full(len(y), np.nan)

        def jacobian(t, y):
            return self.model.jacobian(y, start + slope * t)

        before = self.model.inventory(self.y)
        result = solve_ivp(
            rhs, (0, duration), self.y, method="Radau", rtol=self.rtol, atol=self.atol, jac=jacobian,
            dense_output=power or times is not None, first_step=min(1e-9, duration / 10))
        if not result.success:
            raise RuntimeError(f"{start} V to {to} V: {result.message}")
        self.evaluations += result.nfev
        self.y, self.voltage = result.y[:, -1], to
        self.drift = max(self.drift, abs(self.model.inventory(self.y) - before))
        states = None if times is None else [result.sol(t) for t in times]
        if not power:
            return states, 0.0, 0.0
        # Two points of Gauss-Legendre in every step of the integrator.
        energy, peak = 0.0, 0.0
        for a, b in zip(result.t, result.t[1:]):
            for share in (0.5 - 0.5 / 3**0.5, 0.5 + 0.5 / 3**0.5):
                t = a + (b - a) * share
                band = self.model.band(result.sol(t)[:, None], start + slope * t)
                energy += 0.5 * (b - a) * (start + slope * t) * float(band.current[0])
                peak = max(peak, float(band.temperature[0]))
        band = self.model.band(self.y[:, None], to)
        return states, energy, max(peak, float(band.temperature[0]))

    def hold(self, voltage, duration, times=None):
        """An edge to the voltage where it differs, then the hold."""
        if voltage != self.voltage:
            self.segment(voltage, EDGE)
        return self.segment(voltage, duration, times)[0]

    def pulse(self, amplitude, width, edge=EDGE):
        """A pulse from the present voltage: energy (J) over both edges and the top, peak temperature (K)."""
        base = self.voltage
        parts = [self.segment(amplitude, edge, power=True), self.segment(amplitude, width, power=True),
                 self.segment(base, edge, power=True)]
        return sum(p[1] for p in parts), max(p[2] for p in parts)

    def read(self):
        """Frozen-ion conductance at 0.6 V, S."""
        return self.model.conductance(self.y)
