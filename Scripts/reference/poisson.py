"""Gauss' law for charges on planes: the potential of every plane from the charges, at a given voltage.

With X the displacement in the compact layer, Q_s the charge of the sheets and q_i that of plane i (C/m2),

    V - phi_B - X / C_i - lambda E(X + Q_s) - sum_i h_i E(X + Q_s + q_0 + ... + q_i) + phi_Ti = 0

is one equation for X: exact where charge lies on the planes, since D is then constant between them. It falls in X, so that
Newton's method kept inside a bracket finds its root. E(D) inverts D = eps0 [eps_h + (eps_r - eps_h)/sqrt(1 + (E/E_c)^2)] E.
Arrays are (planes, columns): many sets of charges are solved at once. Source: Docs/device-model.md, section 2.
"""
from types import SimpleNamespace

import numpy as np
from scipy.linalg import solve_banded

from device import EPS0, thermal_voltage


class Unsettled(Exception):
    """No potential was found."""


class Permittivity:
    def __init__(self, layer):
        self.zero, self.high, self.scale = layer.permittivity, layer.high_field_permittivity, layer.permittivity_field
        self.constant = not np.isfinite(self.scale) or self.zero == self.high
        if not self.constant:
            self.table_e = self.scale * np.sinh(np.linspace(-12, 12, 4001))
            self.table_d = self.displacement(self.table_e)[0]

    def displacement(self, field):
        """D (C/m2) and dD/dE (F/m)."""
        root = 1 / np.sqrt(1 + (field / self.scale) ** 2)
        step = self.zero - self.high
        return EPS0 * (self.high + step * root) * field, EPS0 * (self.high + step * root**3)

    def field(self, displacement):
        """E (V/m) and dE/dD (m/F)."""
        if self.constant:
            return displacement / (EPS0 * self.zero), np.full_like(displacement, 1 / (EPS0 * self.zero))
        e = np.interp(displacement, self.table_d, self.table_e)
        for _ in range(4):  # from the table's 1e-5: each iteration squares the error
            value, slope = self.displacement(e)
            e = e - (value - displacement) / slope
        return e, 1 / self.displacement(e)[1]


class Poisson:
    def __init__(self, device, grid):
        self.d, self.h = device, grid.edges[:, None]
        self.permittivity = Permittivity(device.layer)
        self.share = (grid.nodes / grid.nodes[-1])[:, None]
        self.guess, self.last = 0.0, None

    def solve(self, voltage, sheets, planes):
        """psi at the planes, the drop psi_Pt - psi_s, the step psi_s - psi_0, the field of every edge, and X.

        `sheets`: charge of the contact plane, (columns,); `planes`: charge of every plane, (planes, columns); C/m2.
        """
        d = self.d
        left = voltage - d.left_barrier
        behind = sheets + np.cumsum(planes, axis=0)[:-1]
        x = np.full(sheets.shape, self.guess)
        low, high = np.full(sheets.shape, -1e3), np.full(sheets.shape, 1e3)
        for _ in range(200):
            gap, gap_slope = self.permittivity.field(x + sheets)
            fields, slopes = self.permittivity.field(x + behind)
            miss = left + d.right_barrier - x / d.capacitance - d.plane_distance * gap - np.sum(self.h * fields, axis=0)
            slope = -1 / d.capacitance - d.plane_distance * gap_slope - np.sum(self.h * slopes, axis=0)
            low, high = np.where(miss > 0, x, low), np.where(miss > 0, high, x)
            step = -miss / slope
            if np.all(np.abs(step) <= 1e-12 * (np.abs(x) + 1e-2 * np.max(np.abs(behind), axis=0) + 1e-6)):
                x = x + step
                break
            outside = (x + step < low) | (x + step > high)
            x = np.where(outside, 0.5 * (low + high), x + step)
        else:
            raise Unsettled("Poisson's equation: no displacement found")
        if x.size == 1:
            self.guess = float(x[0])
        gap = self.permittivity.field(x + sheets)[0]
        fields = self.permittivity.field(x + behind)[0]
        psi = np.empty_like(planes)
        psi[0] = left - x / d.capacitance - d.plane_distance * gap
        psi[1:] = psi[0] - np.cumsum(self.h * fields, axis=0)
        return self.parts(psi, x, gap)

    def contact(self, total, sheets, x):
        """X, dX/dtotal and the field of the gap where X / C_i + lambda E(X + Q_s) = `total`; from the guess `x`."""
        d = self.d
        for _ in range(60):
            gap, slope = self.permittivity.field(x + sheets)
            by_x = 1 / d.capacitance + d.plane_distance * slope
            move = (total - x / d.capacitance - d.plane_distance * gap) / by_x
            x = x + move
            if np.all(np.abs(move) <= 1e-14 * (np.abs(x) + 1e-4)):
                break
        return x, 1 / by_x, gap

    def miss(self, voltage, sheets, planes, psi, x):
        """What Gauss' law misses at psi, (planes, columns); edges' dD/dpsi; and the contact's X, slope and field."""
        value, slope = self.permittivity.displacement(-np.diff(psi, axis=0) / self.h)
        contact = self.contact(voltage - self.d.left_barrier - psi[0], sheets, x)
        miss = planes.copy()
        miss[:-1] -= value
        miss[1:] += value
        miss[0] += contact[0] + sheets
        miss[-1] = 0.0  # Ti holds the potential
        return miss, slope / self.h, contact

    def settle(self, voltage, sheets, ions, electrons):
        """The solution of one state with the electrons' charge in Gauss' law.

        Gummel's iteration: Newton's method for psi with n ~ e^(psi/V_T) at fixed I, T and n e^(-f), then those again.
        """
        if self.last is None:
            psi, x = self.solve(voltage, sheets, ions)[0], np.array([self.guess])
        else:
            psi, x = self.last.psi + (voltage - self.last.voltage) * (1 - self.share), self.last.x
        for _ in range(300):
            band = electrons.band(psi)
            temperature, current = electrons.balance(band, voltage)
            charge = electrons.charge(band, voltage, temperature, current)
            miss, c, (x, by_total, gap) = self.miss(voltage, sheets, ions + charge, psi, x)
            matrix = np.zeros((3, len(psi)))
            matrix[1] = -charge[:, 0] / thermal_voltage(temperature[0])
            matrix[1, :-1] += c[:, 0]
            matrix[1, 1:] += c[:, 0]
            matrix[0, 1:], matrix[2, :-1] = -c[:, 0], -c[:, 0]
            matrix[1, 0] += by_total[0]
            matrix[1, -1], matrix[2, -2] = 1.0, 0.0
            move = solve_banded((1, 1), matrix, miss)
            size = np.max(np.abs(move))
            psi = psi + move * min(1.0, 0.1 / max(size, 1e-30))
            if size < 1e-11:
                break
        else:
            raise Unsettled(f"the electrons' charge does not settle at {voltage} V")
        self.last = SimpleNamespace(voltage=voltage, psi=psi, x=x, charge=charge, matrix=matrix)
        return self.parts(psi, x, gap)

    def near(self, voltage, sheets, ions):
        """Solutions near the last settled state, to first order, its I, T and n e^(-f) kept."""
        last = self.last
        x = np.full(sheets.shape, last.x[0])
        psi = np.tile(last.psi, sheets.size)
        miss = self.miss(voltage, sheets, ions + last.charge, psi, x)[0]
        psi = psi + solve_banded((1, 1), last.matrix, miss)
        x, _, gap = self.contact(voltage - self.d.left_barrier - psi[0], sheets, x)
        return self.parts(psi, x, gap)

    def parts(self, psi, x, gap):
        return psi, x / self.d.capacitance, self.d.plane_distance * gap, -np.diff(psi, axis=0) / self.h, x
