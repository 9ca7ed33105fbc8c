"""Quasi-stationary electrons in a given band: current, its slope in T, their density, and the heat balance.

    I = q A N_c (1 - e^(-V/V_T)) / { integral e^(-f) dx / D_n + [e^(-f_0) + e^(-f_L)] / v_R },   f = (psi + psi_im) / V_T
    n e^(-f) = N_c e^(-V/V_T) + |F| [ e^(-f_0) / v_R + integral_0^x e^(-f) dx / D_n ]   (V > 0; V < 0: N_c and from the right)

psi is straight between planes; the integrals are Gauss-Legendre panels of 0.1 nm near the contacts (image force of 0.3 nm core)
and 0.2 nm elsewhere. Arrays are (points, columns). Source: Docs/device-model.md, section 2, `current` and `heat`.
"""
import numpy as np

from device import EPS0, Q, T_REFERENCE, thermal_voltage


class Formed(Exception):
    """The heat balance has no root below T_max."""


class Electrons:
    def __init__(self, device, grid, panel=0.1e-9, order=4):
        self.d, layer = device, device.layer
        self.length = grid.nodes[-1]
        self.strength = Q / (16 * np.pi * EPS0 * layer.optical_permittivity)
        self.core = layer.image_core
        roots, weights = np.polynomial.legendre.leggauss(order)
        x, w, edge = [], [], []
        for e, (a, b) in enumerate(zip(grid.nodes, grid.nodes[1:])):
            near = min(a, self.length - b) < 3e-9
            parts = int(np.ceil((b - a) / (panel if near else 2 * panel)))
            for k in range(parts):
                h = (b - a) / parts
                x += list(a + h * (k + 0.5 + 0.5 * roots))
                w += list(0.5 * h * weights)
                edge += [e] * order
        self.x, self.w, self.edge = np.array(x), np.array(w), np.array(edge)
        self.share = ((self.x - grid.nodes[self.edge]) / grid.edges[self.edge])[:, None]
        self.image = self.image_potential(self.x)[:, None]
        self.ends = self.image_potential(0.0), self.image_potential(self.length)
        self.w = self.w[:, None]

    def image_potential(self, x):
        """psi_im, V."""
        return self.strength * ((x**2 + self.core**2) ** -0.5 + ((self.length - x) ** 2 + self.core**2) ** -0.5)

    def constants(self, temperature):
        """N_c, v_R, D_n and V_T at a temperature."""
        t, layer = temperature / T_REFERENCE, self.d.layer
        vt = thermal_voltage(temperature)
        mobility = layer.electron_mobility * t ** -layer.mobility_exponent
        return layer.density_of_states * t**1.5, layer.richardson_velocity * t**0.5, mobility * vt, vt

    def band(self, psi):
        """psi + psi_im at every point, at Pt and at Ti, V."""
        inside = psi[self.edge] + self.share * (psi[self.edge + 1] - psi[self.edge]) + self.image
        return inside, psi[0] + self.ends[0], psi[-1] + self.ends[1]

    def current(self, band, voltage, temperature):
        """I (A) and dI/dT (A/K)."""
        inside, left, right = band
        nc, vr, dn, vt = self.constants(temperature)
        # Below 0 V everything is multiplied by e^(V/V_T).
        shift = np.minimum(voltage, 0.0)
        a = (shift - inside) / vt
        e = self.w * np.exp(a)
        bulk, bulk_slope = np.sum(e, axis=0) / dn, -np.sum(a * e, axis=0) / dn
        bulk_slope -= (1 - self.d.layer.mobility_exponent) * bulk
        al, ar = (shift - left) / vt, (shift - right) / vt
        el, er = np.exp(al) / vr, np.exp(ar) / vr
        total = bulk + el + er
        slope = (bulk_slope - al * el - ar * er - 0.5 * (el + er)) / temperature
        x = voltage / vt
        drive = np.expm1(x) if voltage < 0 else -np.expm1(-x)
        scale = Q * self.d.area * nc / total
        current = scale * drive
        drive_slope = -x / temperature * np.exp(-abs(x))
        return current, current * (1.5 / temperature - slope / total) + scale * drive_slope

    def balance(self, band, voltage):
        """T (K) and I (A) of T = T0 + R_th V I(T): Newton's method from T0, left of the lowest root all the way."""
        t = np.full(band[1].shape, self.d.ambient)
        power = self.d.thermal_resistance * voltage
        for _ in range(60):
            current, slope = self.current(band, voltage, t)
            if power == 0:
                return t, current
            bend = power * slope - 1
            step = -(self.d.ambient + power * current - t) / bend
            if np.any(bend >= 0) or np.any(t + step > self.d.maximum):
                raise Formed(f"no root of the heat balance at {voltage} V")
            t = t + step
            if np.all(np.abs(step) < 1e-7):
                return t, self.current(band, voltage, t)[0]
        raise Formed(f"heat balance at {voltage} V not found")

    def charge(self, band, voltage, temperature, current):
        """Electrons' charge lumped on the planes, C/m2 (negative): hat functions over the exact density."""
        inside, left, right = band
        nc, vr, dn, vt = self.constants(temperature)
        barrier = self.w * np.exp(-inside / vt) / dn
        flux = np.abs(current) / (Q * self.d.area)
        if voltage >= 0:
            climb = np.cumsum(barrier, axis=0) - 0.5 * barrier
            slotboom = nc * np.exp(-voltage / vt) + flux * (np.exp(-left / vt) / vr + climb)
        else:
            climb = np.cumsum(barrier[::-1], axis=0)[::-1] - 0.5 * barrier
            slotboom = nc + flux * (np.exp(-right / vt) / vr + climb)
        density = -Q * self.w * slotboom * np.exp(inside / vt)
        planes = self.edge[-1] + 2
        sums = np.zeros((planes, density.shape[1]))
        np.add.at(sums, self.edge, density * (1 - self.share))
        np.add.at(sums, self.edge + 1, density * self.share)
        return sums
