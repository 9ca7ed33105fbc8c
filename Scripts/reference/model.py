"""The device as an ordinary differential equation for areal densities; potential, current and temperature follow from them.

Unknowns, all in units of 1e16 per m2: the sheets in the file's order, then the vacancies of every plane (c_i times its cell).

    dN_k/dt = sum over reactions of moves_k R,    cell_i dc_i/dt = J_(i-1/2) - J_(i+1/2) (+ what the reactions bring to plane 0)
    J = D g / h [ c_i (1 - c_(i+1)/c_max) B(z du) - c_(i+1) (1 - c_i/c_max) B(-z du) ],   g = sinh(w)/w, w = z a E / (2 V_T)

With `charge` electrons stand in Poisson's equation too. Source: Docs/device-model.md, section 2.
"""
from types import SimpleNamespace

import numpy as np

from device import Q, arrhenius, thermal_voltage
from electrons import Electrons
from poisson import Poisson
from reactions import LAWS

UNIT = 1e16  # 1/m2


def bernoulli(u):
    """u / (e^u - 1)."""
    small = np.abs(u) < 1e-4
    safe = np.where(small, 1.0, u)
    return np.where(small, 1 - u / 2 + u * u / 12, safe / np.expm1(safe))


class Model:
    def __init__(self, device, grid, charge=False, panel=0.1e-9):
        self.d, self.grid, self.charge = device, grid, charge
        self.poisson, self.electrons = Poisson(device, grid), Electrons(device, grid, panel)
        self.count = len(device.sheets)
        self.names = [s.name for s in device.sheets]
        self.cells = grid.vacancy_cells[:, None]
        self.fixed = (Q * device.layer.donor_density * grid.cells)[:, None]

    def fresh(self):
        """Background vacancies and empty sheets."""
        c = self.d.layer.vacancy_background * self.cells[:, 0]
        return np.concatenate([np.zeros(self.count), c]) / UNIT

    def band(self, y, voltage, charge=None):
        """Potential, current and temperature at the state `y` (unknowns, columns)."""
        d, n = self.d, y * UNIT
        sheets = Q * sum(s.charge * n[k] for k, s in enumerate(d.sheets))
        ions = d.z * Q * n[self.count:] + self.fixed
        charged = self.charge if charge is None else charge
        if not charged:
            solution = self.poisson.solve(voltage, sheets, ions)
        elif y.shape[1] == 1:
            solution = self.poisson.settle(voltage, sheets, ions, self.electrons)
        else:
            solution = self.poisson.near(voltage, sheets, ions)
        psi, drop, step, fields, x = solution
        temperature, current = self.electrons.balance(self.electrons.band(psi), voltage)
        return SimpleNamespace(
            psi=psi, drop=drop, step=step, fields=fields, temperature=temperature, current=current,
            vt=thermal_voltage(temperature),
            field=self.poisson.permittivity.field(x + sheets + d.z * Q * n[self.count])[0],
            sheets={name: n[k] for k, name in enumerate(self.names)}, c0=n[self.count] / self.cells[0])

    def rates(self, y, voltage):
        """dy/dt at a state (unknowns, columns)."""
        d = self.d
        s = self.band(y, voltage)
        c = y[self.count:] * UNIT / self.cells
        h = self.grid.edges[:, None]
        diffusivity = arrhenius(d.layer.vacancy_diffusivity, d.layer.vacancy_diffusivity_prefactor, s.temperature)
        u = d.z * np.diff(s.psi, axis=0) / s.vt
        w = d.z * d.layer.hop_distance * s.fields / (2 * s.vt)
        w = np.where(np.abs(w) < 1e-6, 1e-6, w)
        left, right = c[:-1], c[1:]
        b = bernoulli(u)
        flux = diffusivity * np.sinh(w) / w / h * (
            left * (1 - right / d.c_max) * b - right * (1 - left / d.c_max) * (b + u))
        out = np.zeros_like(y)
        out[self.count:-1] -= flux
        out[self.count + 1:] += flux
        for r in d.reactions:
            rate = LAWS[r.law](d, r, s)
            for name, by in r.moves.items():
                out[self.count if name == "vacancies" else self.names.index(name)] += by * rate
        return out / UNIT

    def jacobian(self, y, voltage, by=1e-6):
        """d(dy/dt)/dy by differences; with charged electrons to first order around the settled state."""
        self.band(y[:, None], voltage)
        columns = np.hstack([np.tile(y[:, None], len(y)) + by * np.eye(len(y)), y[:, None]])
        rates = self.rates(columns, voltage)
        return (rates[:, :-1] - rates[:, -1:]) / by

    def conductance(self, y, voltage=0.6, charge=None):
        """Frozen-ion conductance of one state, S."""
        return float(self.band(y[:, None], voltage, charge).current[0]) / voltage

    def inventory(self, y):
        """N_s + vacancies of the layer - N_O - N_p, 1/m2."""
        sign = np.array([1.0 if s.charge else -1.0 for s in self.d.sheets])
        return UNIT * (np.sum(sign * y[:self.count]) + np.sum(y[self.count:]))
