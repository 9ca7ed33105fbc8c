#!/usr/bin/env python3
"""Reference currents through a Schottky barrier: transmission integrated over energy, with the limits it must reach.

    python3 -m venv .venv-reference && .venv-reference/bin/pip install numpy scipy
    .venv-reference/bin/python Tests/References/schottky_tunnelling.py --out Tests/DeviceModelTests/Fixtures/schottky-tunnelling

Energies in eV from the metal's Fermi level, e the energy of the motion across the barrier U(x), x the distance from the metal:

    J = (A T / k_B) integral T(e) ln(1 + exp(-e / k_B T)) de,   A = 4 pi q m_0 k_B^2 / h^3,   so that A T^2 = q N_c v_R at mass 1
    S(e) = (2 / hbar) integral sqrt(2 m (U - e)) dx over U > e
    triangle    U = phi - E x                                            T = exp(-S), 1 above phi (WKB)
    image       U = phi - E x - q / (16 pi eps0 eps_opt) (x^2 + d^2)^(-1/2)   T = 1 / (1 + exp S) (Kemble); above the top U_m
                S = -2 pi (e - U_m) / (hbar w), w^2 = -U''/m there, which joins with the same slope
    depletion   U = phi - E_m x + q N x^2 / (2 eps), E_m the field at the metal: the band bends by phi + V   T = exp(-S)

Limits that are checked, and printed with their deviation: thermionic emission with the image force at low field (times pi l / sin(pi l),
l = hbar w / (2 pi k_B T): Murphy & Good, Phys. Rev. 102, 1464 (1956)); Fowler-Nordheim at high field and low temperature; the slope of
thermionic field emission by E_00 = (q hbar / 2) sqrt(N / (m eps)), Padovani & Stratton, Solid-State Electron. 9, 695 (1966).
"""
import argparse
import math
import pathlib

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq

Q, KB, H, M0, EPS0 = 1.602176634e-19, 1.380649e-23, 6.62607015e-34, 9.1093837015e-31, 8.8541878128e-12
HBAR = H / (2 * math.pi)
RICHARDSON = 4 * math.pi * Q * M0 * KB**2 / H**3
THETA, WEIGHT = np.polynomial.legendre.leggauss(200)


def wave(mass):
    """2 sqrt(2 m q) / hbar: S is this times the integral of sqrt(U - e) with U in eV and x in m."""
    return 2 * math.sqrt(2 * mass * M0 * Q) / HBAR


class Triangle:
    def __init__(self, phi, field, mass):
        self.phi, self.field, self.top = phi, field, phi
        self.factor = wave(mass) * 2 / (3 * field)
        self.breaks = [phi]

    def transmission(self, e):
        return math.exp(-self.factor * (self.phi - e) ** 1.5) if e < self.phi else 1.0


class Image:
    def __init__(self, phi, field, mass, optical=5.5, core=0.3e-9):
        self.strength = Q / (16 * math.pi * EPS0 * optical)
        self.phi, self.field, self.core, self.k = phi, field, core, wave(mass)

        def slope(x):
            return -field + self.strength * x / (x * x + core * core) ** 1.5

        crest = core / math.sqrt(2)  # where the image force is strongest
        if slope(crest) <= 0:
            raise ValueError(f"the field {field:g} V/m leaves no top in front of the metal")
        far = math.sqrt(self.strength / field)
        self.at = brentq(slope, crest, max(2 * far, 2 * crest), xtol=1e-22)
        # The force of the core vanishes at the metal, so that U falls a little there before it rises to the top.
        self.dip = brentq(slope, 0, crest, xtol=1e-22)
        self.top = self.u(self.at)
        if self.top <= self.u(0.0):
            raise ValueError(f"the field {field:g} V/m puts the highest point at the metal itself")
        d = self.at**2 + core**2
        bend = self.strength * (1 / d**1.5 - 3 * self.at**2 / d**2.5)  # U'' in eV/m2
        self.quantum = HBAR * math.sqrt(-bend / (mass * M0 * Q))  # hbar w in eV
        self.breaks = [self.u(self.dip), self.u(0.0), self.top]

    def u(self, x):
        return self.phi - self.field * x - self.strength / np.sqrt(x * x + self.core * self.core)

    def transmission(self, e):
        if e >= self.top:
            return 1 / (1 + math.exp(-2 * math.pi * min((e - self.top) / self.quantum, 100)))

        def root(left, right):
            return brentq(lambda x: self.u(x) - e, left, right, xtol=1e-24)

        right = root(self.at, (self.phi - e) / self.field + 1e-9)
        if e <= self.u(self.dip):
            pieces = [(0.0, right)]
        elif e < self.u(0.0):
            pieces = [(0.0, root(0, self.dip)), (root(self.dip, self.at), right)]
        else:
            pieces = [(root(self.dip, self.at), right)]
        s = 0.0
        for a, b in pieces:  # x = middle + half sin(theta): the square roots at the turning points become smooth
            angle = THETA * math.pi / 2
            x = (a + b) / 2 + (b - a) / 2 * np.sin(angle)
            jacobian = (b - a) / 2 * np.cos(angle) * math.pi / 2
            s += self.k * float(np.sum(WEIGHT * jacobian * np.sqrt(np.maximum(self.u(x) - e, 0))))
        return 1 / (1 + math.exp(s)) if s < 700 else 0.0


class Depletion:
    """A layer of N donors depleted by the bias `bend` - phi (reverse): its edge is `bend` below the barrier's top."""

    def __init__(self, phi, bend, mass, donors, permittivity):
        self.phi, self.bend, self.top = phi, bend, phi
        self.e00 = HBAR / 2 * math.sqrt(donors / (mass * M0 * EPS0 * permittivity))  # V
        self.breaks = [phi]
        self.least = phi - bend

    def transmission(self, e):
        if e >= self.phi:
            return 1.0
        a = (e - self.least) / self.bend
        if a <= 0:
            return 0.0  # below the edge of the band
        root = math.sqrt(1 - a)
        return math.exp(-self.bend / self.e00 * (root - a * math.log((1 + root) / math.sqrt(a))))


def current(barrier, temperature):
    """J in A/m2 and the relative error that the quadrature states."""
    kt = KB * temperature / Q

    def supply(e):
        x = e / kt
        return -x + math.log1p(math.exp(x)) if x < 0 else math.log1p(math.exp(-x))

    low = max(getattr(barrier, "least", -10.0), -10.0)
    high = max(barrier.top, 0.0) + 45 * kt
    # The integrand is a peak somewhere between the Fermi level and the top: pieces of a few k_B T find it.
    edges = {low, high, 0.0, *(b for b in barrier.breaks if low < b < high)}
    edges |= {float(e) for e in np.linspace(max(low, -1.0), high, 1 + math.ceil((high - max(low, -1.0)) / max(4 * kt, 0.01)))}
    points = sorted(edges, reverse=True)
    total, error = 0.0, 0.0
    for b, a in zip(points, points[1:]):
        value, wrong = quad(lambda e: barrier.transmission(e) * supply(e), a, b, epsabs=1e-9 * total, epsrel=1e-9, limit=400)
        total += value
        error += wrong
    return RICHARDSON * temperature * Q / KB * total, error / total if total else 0.0


def thermionic(phi, temperature):
    return RICHARDSON * temperature**2 * math.exp(-phi * Q / (KB * temperature))


def limits():
    """Name and relative deviation of every limit."""
    result = []
    for phi in (0.24, 0.73):
        barrier = Image(phi, 2e6, 1.0)
        share = barrier.quantum * Q / (2 * math.pi * KB * 300)
        expected = thermionic(barrier.top, 300) * math.pi * share / math.sin(math.pi * share)
        result.append((f"thermionic emission, image force, phi {phi} eV, 2e6 V/m, 300 K", current(barrier, 300)[0] / expected - 1, 2e-3))
    phi, mass, temperature = 0.73, 1.0, 30.0
    kt = KB * temperature / Q
    fields = (1e8, 1.1e8)
    found = [current(Triangle(phi, field, mass), temperature)[0] for field in fields]

    def fowler(field):
        b = wave(mass) * 2 / 3 * phi**1.5
        c = wave(mass) * math.sqrt(phi) / field  # -d ln T / de at the Fermi level
        curved = 1 - 3 * field / (2 * wave(mass) * phi**1.5)  # second term of ln T(e) about the Fermi level
        return RICHARDSON * (Q / KB) ** 2 / c**2 * math.exp(-b / field) * math.pi * c * kt / math.sin(math.pi * c * kt) * curved

    slopes = [math.log(j[1] / fields[1] ** 2 / j[0] * fields[0] ** 2) / (1 / fields[1] - 1 / fields[0])
              for j in (found, [fowler(field) for field in fields])]
    plain = -wave(mass) * 2 / 3 * phi**1.5
    result.append(("Fowler-Nordheim: current at 1e8 V/m, phi 0.73 eV, 30 K", found[0] / fowler(fields[0]) - 1, 5e-3))
    result.append(("Fowler-Nordheim: slope of ln(J/E^2) over 1/E, against the formula at 30 K", slopes[0] / slopes[1] - 1, 1e-3))
    result.append(("the same against -4 sqrt(2 m) phi^1.5 / (3 hbar q)", slopes[0] / plain - 1, 2e-2))
    kt = KB * 300 / Q
    for donors in (5e24, 1e25):
        volts = (0.5, 0.52)  # most electrons then pass well above the Fermi level and well below the top
        found = [current(Depletion(1.5, 1.5 + v, 0.3, donors, 25), 300)[0] for v in volts]
        e00 = Depletion(1.5, 2.0, 0.3, donors, 25).e00

        def emission(v):  # their exponent and the width of the peak (saddle point), up to a factor that no voltage changes
            return 0.5 * math.log(v + 1.5) + v * (1 / kt - math.tanh(e00 / kt) / e00)

        slopes = [(high - low) / (volts[1] - volts[0])
                  for low, high in ([math.log(j) for j in found], [emission(v) for v in volts])]
        result.append((f"Padovani-Stratton: slope of ln J over V at 0.5 V, phi 1.5 eV, E_00 {e00 * 1e3:.1f} meV, 300 K", slopes[0] / slopes[1] - 1, 1e-2))
    return result


FIELDS = [round(10 ** (6 + k / 8), -3) for k in range(25)]
BARRIERS = [(0.24, 1.0), (0.73, 1.0), (0.73, 0.3)]
TEMPERATURES = [300.0, 350.0]
BIASES = [0.0, 0.1, 0.2, 0.5, 1.0, 1.5, 2.0]


def write(path, header, rows):
    path.write_text("\n".join([header, *(",".join(f"{value:.10g}" for value in row) for row in rows)]) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, deviation, limit in limits():
        print(f"{name}: {deviation:+.1e}")
        if abs(deviation) > limit:
            raise SystemExit(f"outside {limit}")
    worst = 0.0
    for name, kind in (("triangle", Triangle), ("image", Image)):
        rows = []
        for phi, mass in BARRIERS:
            for temperature in TEMPERATURES:
                for field in FIELDS if kind is Triangle else [field for field in FIELDS if field < 1.8e8]:
                    barrier = kind(phi, field, mass)
                    j, error = current(barrier, temperature)
                    rows.append((phi, mass, temperature, field, barrier.top, thermionic(barrier.top, temperature), j))
                    worst = max(worst, error)
        write(arguments.out / f"{name}.csv", "phi_eV,mass,T_K,field_V/m,top_eV,thermionic_A/m2,J_A/m2", rows)
    rows = []
    for donors in (1e24, 1e25, 1e26):
        for temperature in TEMPERATURES:
            for bias in BIASES:
                barrier = Depletion(0.73, 0.73 + bias, 1.0, donors, 90)
                j, error = current(barrier, temperature)
                rows.append((0.73, 1.0, temperature, donors, 90, bias, barrier.e00, thermionic(0.73, temperature), j))
                worst = max(worst, error)
    write(arguments.out / "depletion.csv", "phi_eV,mass,T_K,donors_m-3,eps_r,reverse_V,E00_V,thermionic_A/m2,J_A/m2", rows)
    print(f"largest error that the quadrature states, relative: {worst:.0e}")


if __name__ == "__main__":
    main()
