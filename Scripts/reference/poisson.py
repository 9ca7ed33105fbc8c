"""Gauss' law for charges on planes: the potential of every plane from the charges, at a given voltage.

With X the displacement in the compact layer, Q_s the charge of the sheets and q_i that of plane i (C/m2),

    V - phi_B - X / C_i - lambda E(X + Q_s) - sum_i h_i E(X + Q_s + q_0 + ... + q_i) + phi_Ti = 0

is one equation for X: exact where charge lies on the planes, since D is then constant between them. It falls in X, so that
Newton's method kept inside a bracket finds its root. E(D) inverts D = eps0 [eps_h + (eps_r - eps_h)/sqrt(1 + (E/E_c)^2)] E.
Arrays are (planes, columns): many sets of charges are solved at once. Source: Docs/device-model.md, section 2.
"""
import numpy as np

from device import EPS0


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
        self.guess = 0.0

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
            new = x - miss / slope
            outside = (new < low) | (new > high)
            new = np.where(outside, 0.5 * (low + high), new)
            done = np.all(np.abs(new - x) <= 1e-13 * (np.abs(new) + np.max(np.abs(behind), axis=0) * 1e-2 + 1e-6))
            x = new
            if done:
                break
        else:
            raise RuntimeError("Poisson's equation: no displacement found")
        if x.size == 1:
            self.guess = float(x[0])
        gap = self.permittivity.field(x + sheets)[0]
        fields = self.permittivity.field(x + behind)[0]
        drop, step = x / d.capacitance, d.plane_distance * gap
        psi = np.empty_like(planes)
        psi[0] = left - drop - step
        psi[1:] = psi[0] - np.cumsum(self.h * fields, axis=0)
        return psi, drop, step, fields, x
