"""The device as an ordinary differential equation for areal densities; potential, current and temperature follow from them.

Unknowns, all in units of 1e16 per m2: the sheets in the file's order, then the vacancies of every plane (c_i times its cell).

    dN_k/dt = sum over reactions of moves_k R,    cell_i dc_i/dt = J_(i-1/2) - J_(i+1/2) (+ what the reactions bring to plane 0)
    J = D g / h [ c_i (1 - c_(i+1)/c_max) B(z du) - c_(i+1) (1 - c_i/c_max) B(-z du) ],   g = sinh(w)/w, w = z a E / (2 V_T)

Source: Docs/device-model.md, section 2. `charge`: electrons stand in Poisson's equation too, by iteration of density and potential.
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
        self.electron_charge = np.zeros((len(grid.nodes), 1))

    def fresh(self):
        """Background vacancies and empty sheets."""
        c = self.d.layer.vacancy_background * self.cells[:, 0]
        return np.concatenate([np.zeros(self.count), c]) / UNIT

    def band(self, y, voltage, charge=None):
        """Potential, current and temperature at the state `y` (unknowns, columns)."""
        d, n = self.d, y * UNIT
        sheets = Q * sum(s.charge * n[k] for k, s in enumerate(d.sheets))
        ions = d.z * Q * n[self.count:] + self.fixed
        # Jacobian columns keep the electrons of the last single state: a good approximation of the derivative.
        rounds = 0 if not (self.charge if charge is None else charge) else 1 if y.shape[1] > 1 else 60
        extra = self.electron_charge if rounds else np.zeros((len(ions), 1))
        for k in range(max(rounds, 1)):
            psi, drop, step, fields, x = self.poisson.solve(voltage, sheets, ions + extra)
            band = self.electrons.band(psi)
            temperature, current = self.electrons.balance(band, voltage)
            if rounds < 2:
                break
            new = self.electrons.charge(band, voltage, temperature, current)
            change = np.max(np.abs(new - extra))
            extra = new
            if change < 1e-10 * (1e-4 + np.sum(np.abs(new))):
                break
        else:
            raise RuntimeError(f"the electrons' charge does not settle at {voltage} V")
        if rounds > 1:
            self.electron_charge = extra
        return SimpleNamespace(
            psi=psi, drop=drop, step=step, fields=fields, temperature=temperature, current=current, vt=thermal_voltage(temperature),
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

    def conductance(self, y, voltage=0.6, charge=None):
        """Frozen-ion conductance of one state, S."""
        return float(self.band(y[:, None], voltage, charge).current[0]) / voltage

    def inventory(self, y):
        """N_s + vacancies of the layer - N_O - N_p, 1/m2."""
        sign = np.array([1.0 if s.charge else -1.0 for s in self.d.sheets])
        return UNIT * (np.sum(sign * y[:self.count]) + np.sum(y[self.count:]))
