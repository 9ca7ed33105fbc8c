#!/usr/bin/env python3
"""Reference solution: vacancies drift and diffuse through two layers between blocking contacts.

    python3 -m venv .venv-reference && .venv-reference/bin/pip install numpy scipy
    .venv-reference/bin/python Tests/References/two_layer_drift.py --out Tests/DeviceModelTests/Fixtures/two-layer-drift

Writes params.json and two CSV files a case. The problem (README.md beside the fixtures), 0 < x < L1 + L2:

    d/dx(eps dpsi/dx) = -q z (c - c0),                psi(0) = V, psi(L) = 0, psi and eps dpsi/dx continuous at L1
    dc/dt = -dJ/dx,  J = -D g(E) c (1 - c/c_max) d/dx [ ln(c / (c_max - c)) + z psi / V_T ],   J = 0 at both ends
    g = sinh(w)/w,  w = z a E / (2 V_T),  E = -dpsi/dx;   c and J continuous at L1;   c = c0 at t = 0

Method, chosen to share nothing with the Swift solver: central differences in finite volumes (no exponential fitting), the
three-stage Radau IIA formula of order 5 (Hairer & Wanner, Solving ODEs II, IV.5) on the differential-algebraic system for
(c, psi) with full Newton iterations and a band solver, Richardson extrapolation over three grids. The error stated with every
value is the sum of what the last extrapolation changed and what halving the number of time steps changes on the coarsest grid.
"""
import argparse
import json
import math
import pathlib

import numpy as np
from scipy.integrate import solve_ivp
from scipy.interpolate import CubicSpline
from scipy.linalg import solve_banded
from scipy.optimize import brentq

Q, KB, EPS0 = 1.602176634e-19, 1.380649e-23, 8.8541878128e-12
R6 = math.sqrt(6)
RADAU = np.array([
    [(88 - 7 * R6) / 360, (296 - 169 * R6) / 1800, (-2 + 3 * R6) / 225],
    [(296 + 169 * R6) / 1800, (88 + 7 * R6) / 360, (-2 - 3 * R6) / 225],
    [(16 - R6) / 36, (16 + R6) / 36, 1 / 9]])

CASES = {
    "linear": dict(hop_distance=0.0, background=(6e25, 6e25)),
    "hopping": dict(hop_distance=0.39e-9, background=(6e25, 6e25)),
    "step": dict(hop_distance=0.39e-9, background=(6e25, 9e25)),
}
COMMON = dict(
    temperature=300.0, charge_number=2, voltage=1.0, maximum_density=1e27, thickness=(10e-9, 6e-9), permittivity=(90.0, 25.0),
    diffusivity=(1e-17, 3e-18))
TIMES = [1e-6, 1e-5, 1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 1000.0]
POINTS = [0, 0.2, 0.5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9.5, 9.8, 10, 10.2, 10.5, 11, 12, 13, 14, 15, 15.5, 15.8, 16]


class Problem:
    """The two-layer problem on `cells` graded cells a layer. Unknowns a node: c / c_ref and psi / V_T."""

    def __init__(self, case, cells, grading=2.0):
        p = self.p = {**COMMON, **case}
        self.vt = KB * p["temperature"] / Q
        self.z = p["charge_number"]
        u = np.linspace(-1, 1, cells + 1)
        unit = (1 + np.tanh(grading * u) / math.tanh(grading)) / 2
        unit[0], unit[-1] = 0, 1
        first, second = p["thickness"]
        self.x = np.concatenate([first * unit, first + second * unit[1:]])
        self.h = np.diff(self.x)
        self.interface = cells
        layer = np.repeat([0, 1], cells)
        self.reference = p["background"][0]
        self.maximum = p["maximum_density"] / self.reference
        self.eps = EPS0 * np.array(p["permittivity"])[layer]
        self.diffusivity = np.array(p["diffusivity"])[layer]
        self.hop = self.z * p["hop_distance"] / (2 * self.h)
        # Control volumes: half of each neighbouring cell; `halves[k]` is the share in layer k.
        self.halves = np.zeros((2, len(self.x)))
        for k in (0, 1):
            inside = np.where(layer == k, self.h, 0) / 2
            self.halves[k, :-1] += inside
            self.halves[k, 1:] += inside
        self.volume = self.halves.sum(0)
        self.fixed = self.halves.T @ np.array(p["background"]) / self.reference  # background charge of a control volume
        self.charge = Q * self.z * self.reference / self.vt
        self.left = p["voltage"] / self.vt

    def start(self):
        c = self.fixed / self.volume
        return self.poisson(c)

    def poisson(self, c):
        """The state (c, psi) with psi from Poisson's equation, which is linear in c."""
        n = len(c)
        g = self.eps / self.h
        ab = np.zeros((3, n))
        ab[1, 0] = ab[1, -1] = 1
        ab[1, 1:-1] = g[:-1] + g[1:]
        ab[0, 2:] = -g[1:]
        ab[2, :-2] = -g[:-1]
        b = self.charge * (c * self.volume - self.fixed)
        b[0], b[-1] = self.left, 0
        return np.stack([c, solve_banded((1, 1), ab, b)], 1)

    def flux(self, c, psi):
        """J / c_ref on every edge and its derivatives by c_left, c_right, psi_right (by psi_left: the negative)."""
        du = np.diff(psi)
        w = self.hop * du
        small = np.abs(w) < 1e-3
        safe = np.where(small, 1.0, w)
        g = np.where(small, 1 + w * w / 6, np.sinh(safe) / safe)
        slope = np.where(small, w / 3, (np.cosh(safe) - np.sinh(safe) / safe) / safe)
        mean = (c[:-1] + c[1:]) / 2
        mobile = mean * (1 - mean / self.maximum)
        mobile_slope = (1 - 2 * mean / self.maximum) / 2
        rate = self.diffusivity / self.h
        drive = c[1:] - c[:-1] + self.z * mobile * du
        j = -rate * g * drive
        by_left = -rate * g * (-1 + self.z * mobile_slope * du)
        by_right = -rate * g * (1 + self.z * mobile_slope * du)
        by_psi = -rate * (g * self.z * mobile + slope * self.hop * drive)
        return j, by_left, by_right, by_psi

    def rows(self, state):
        """f(u) of M u' = f(u) as (n, 2), and its 2 x 2 blocks left, centre, right as (3, n, 2, 2)."""
        c, psi = state[:, 0], state[:, 1]
        n = len(c)
        j, jl, jr, jp = self.flux(c, psi)
        f = np.zeros((n, 2))
        blocks = np.zeros((3, n, 2, 2))
        v = self.volume
        f[:-1, 0] -= j / v[:-1]
        f[1:, 0] += j / v[1:]
        blocks[1, :-1, 0, 0] -= jl / v[:-1]
        blocks[2, :-1, 0, 0] -= jr / v[:-1]
        blocks[1, :-1, 0, 1] += jp / v[:-1]
        blocks[2, :-1, 0, 1] -= jp / v[:-1]
        blocks[0, 1:, 0, 0] += jl / v[1:]
        blocks[1, 1:, 0, 0] += jr / v[1:]
        blocks[0, 1:, 0, 1] -= jp / v[1:]
        blocks[1, 1:, 0, 1] += jp / v[1:]
        # Poisson's rows, divided by a scale of their own so that the matrix is well balanced.
        g = self.eps / self.h
        d = g * np.diff(psi)
        scale = 1 / (g[:-1] + g[1:])
        f[1:-1, 1] = scale * (d[1:] - d[:-1] + self.charge * (c * v - self.fixed)[1:-1])
        blocks[0, 1:-1, 1, 1] = scale * g[:-1]
        blocks[1, 1:-1, 1, 1] = -1
        blocks[2, 1:-1, 1, 1] = scale * g[1:]
        blocks[1, 1:-1, 1, 0] = scale * self.charge * v[1:-1]
        f[0, 1], f[-1, 1] = psi[0] - self.left, psi[-1]
        blocks[1, 0, 1, 1] = blocks[1, -1, 1, 1] = 1
        return f, blocks

    def step(self, state, dt):
        """One step of Radau IIA, order 5; Newton to round-off."""
        n = len(state)
        stages = np.repeat(state[None], 3, 0)
        previous = math.inf
        for _ in range(40):
            parts = [self.rows(s) for s in stages]
            f = np.array([part[0] for part in parts])
            residual = np.empty((3, n, 2))
            residual[:, :, 0] = stages[:, :, 0] - state[None, :, 0] - dt * np.einsum("ij,jn->in", RADAU, f[:, :, 0])
            residual[:, :, 1] = f[:, :, 1]
            width = 6
            upper = 2 * width - 1
            ab = np.zeros((2 * upper + 1, n * width))
            nodes = np.arange(n)
            for offset in (-1, 0, 1):
                rows = nodes[max(0, -offset):n - max(0, offset)]
                for i in range(3):
                    for j in range(3):
                        block = parts[j][1][offset + 1, rows]
                        for a in (0, 1):
                            if a == 1 and i != j:
                                continue
                            for b in (0, 1):
                                value = block[:, a, b] * (-dt * RADAU[i, j] if a == 0 else 1)
                                if a == 0 and b == 0 and i == j and offset == 0:
                                    value = value + 1
                                row = rows * width + 2 * i + a
                                column = (rows + offset) * width + 2 * j + b
                                ab[upper + row - column, column] = value
            right = -residual.transpose(1, 0, 2).reshape(-1)
            change = solve_banded((upper, upper), ab, right, overwrite_ab=True, overwrite_b=True)
            change = change.reshape(n, 3, 2).transpose(1, 0, 2)
            stages = stages + change
            size = np.abs(change).max()
            if size < 1e-12 or (size < 1e-9 and size > previous / 2):
                return stages[2]
            previous = size
        raise RuntimeError(f"Newton's method stalls at {size:.1e}")

    def steady(self):
        """Steady state: c / (c_max - c) = exp(u0 - z psi / V_T) with the inventory of the start, by Newton's method in psi."""
        def profile(u0, psi):
            y = np.clip(u0 - self.z * psi, -700, 700)
            c = self.maximum / (1 + np.exp(-y))
            return c, c * (1 - c / self.maximum)

        total = self.fixed.sum()

        def level(psi):
            return brentq(lambda u0: (profile(u0, psi)[0] * self.volume).sum() - total, -200, 400, xtol=1e-13, rtol=1e-15)

        g = self.eps / self.h
        psi = self.start()[:, 1]
        for _ in range(400):
            u0 = level(psi)
            c, slope = profile(u0, psi)
            d = g * np.diff(psi)
            f = np.zeros_like(psi)
            f[1:-1] = d[1:] - d[:-1] + self.charge * (c * self.volume - self.fixed)[1:-1]
            ab = np.zeros((3, len(psi)))
            ab[1, 0] = ab[1, -1] = 1
            weight = self.charge * self.z * self.volume * slope
            ab[1, 1:-1] = -(g[:-1] + g[1:]) - weight[1:-1]
            ab[0, 2:] = g[1:]
            ab[2, :-2] = g[:-1]
            # u0 moves with psi so that the inventory stays: one column more, eliminated.
            share = self.volume * slope
            plain = solve_banded((1, 1), ab, -f)
            column = np.zeros_like(psi)
            column[1:-1] = self.charge * share[1:-1]
            bent = solve_banded((1, 1), ab, -column)
            rise = self.z * (share @ plain) / (share.sum() - self.z * (share @ bent))
            change = plain + bent * rise
            psi = psi + change * min(1.0, 2 / max(1e-300, np.abs(change).max()))
            if np.abs(change).max() < 1e-12:
                break
        else:
            raise RuntimeError("the steady state was not found")
        return np.stack([profile(level(psi), psi)[0], psi], 1)

    def observe(self, state):
        """Values at the points: c (1/m3), psi (V); inventories of the layers (1/m2); field at both ends (V/m)."""
        c, psi = state[:, 0] * self.reference, state[:, 1] * self.vt
        x, m = self.x, self.interface
        points = np.array(POINTS) * 1e-9
        first = points <= x[m] * (1 + 1e-12)
        result = []
        for values in (c, psi):
            out = np.empty(len(points))
            out[first] = CubicSpline(x[:m + 1], values[:m + 1])(points[first])
            out[~first] = CubicSpline(x[m:], values[m:])(points[~first])
            result.append(out)
        inventory = self.halves @ c
        return np.concatenate([*result, inventory])

    def run(self, steps_per_decade, first=1e-10):
        state, time, rows = self.start(), 0.0, []
        before = first
        for target in TIMES:
            count = max(1, math.ceil(steps_per_decade * math.log10(target / before)))
            for k in range(1, count + 1):
                end = before * (target / before) ** (k / count)
                if time == 0.0:
                    state, time = self.step(state, before), before
                state = self.step(state, end - time)
                time = end
            before = target
            rows.append(self.observe(state))
        rows.append(self.observe(self.steady()))
        return np.array(rows)


def solve(case, cells, steps):
    """Best values of every observation and their estimated errors, both (times + steady state, observations)."""
    grids = [Problem(case, n).run(steps) for n in (cells, 2 * cells, 4 * cells)]
    rough = Problem(case, cells).run(steps // 2)
    first, second = [(4 * fine - coarse) / 3 for coarse, fine in zip(grids, grids[1:])]
    best = (16 * second - first) / 15
    return best, np.abs(best - second) + np.abs(grids[0] - rough)


def check(case, cells=50, steps=40):
    """Largest differences of c (over c0) and psi (V) from scipy's Radau (rtol 1e-9) with psi eliminated, on one grid, up to 10 s."""
    problem = Problem(case, cells)

    def rate(_, c):
        state = problem.poisson(c)
        j = problem.flux(state[:, 0], state[:, 1])[0]
        out = np.zeros_like(c)
        out[:-1] -= j / problem.volume[:-1]
        out[1:] += j / problem.volume[1:]
        return out

    times = [t for t in TIMES if t <= 10]
    other = solve_ivp(
        rate, (0, times[-1]), problem.start()[:, 0], method="Radau", t_eval=times, rtol=1e-9, atol=1e-12, first_step=1e-12)
    theirs = np.array([problem.observe(problem.poisson(other.y[:, k])) for k in range(len(times))])
    difference = np.abs(problem.run(steps)[:len(times)] - theirs)
    n = len(POINTS)
    return difference[:, :n].max() / case["background"][0], difference[:, n:2 * n].max()


def write(folder, name, best, error):
    n = len(POINTS)
    times = [*TIMES, math.inf]
    lines = ["t_s,x_m,c_m-3,psi_V,c_error_m-3,psi_error_V"]
    for t, row, wrong in zip(times, best, error):
        for i, point in enumerate(POINTS):
            lines.append(f"{t:g},{point * 1e-9:.10g},{max(row[i], 0):.9g},{round(row[n + i], 12) + 0.0:.9g},{wrong[i]:.1e},{wrong[n + i]:.1e}")
    (folder / f"{name}_profiles.csv").write_text("\n".join(lines) + "\n")
    lines = ["t_s,left_m-2,right_m-2,left_error_m-2,right_error_m-2"]
    for t, row, wrong in zip(times, best[:, 2 * n:], error[:, 2 * n:]):
        lines.append(f"{t:g},{row[0]:.10g},{row[1]:.10g},{wrong[0]:.1e},{wrong[1]:.1e}")
    (folder / f"{name}_inventory.csv").write_text("\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, help="folder to write to; without it only the time integration is checked")
    parser.add_argument("--cells", type=int, default=200, help="cells a layer on the coarsest of three grids")
    parser.add_argument("--steps", type=int, default=40, help="time steps a decade")
    arguments = parser.parse_args()
    for name, case in CASES.items():
        c, psi = check(case)
        print(f"{name}: against scipy's Radau on one grid of 100 cells: c {c:.1e} of c0, psi {psi:.1e} V")
    if arguments.out is None:
        return
    arguments.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"_comment": "SI units; layers from left to right; q, k_B, eps0 as in CODATA 2018", "q": Q, "kB": KB, "eps0": EPS0,
                       **COMMON, "cases": CASES}, indent=2)
    (arguments.out / "params.json").write_text(text + "\n")
    n = len(POINTS)
    for name, case in CASES.items():
        best, error = solve(case, arguments.cells, arguments.steps)
        write(arguments.out, name, best, error)
        c0 = case["background"][0]
        late = slice(TIMES.index(1e-3), None)
        share = error[late] / np.maximum(np.abs(best[late]), 1e-300)
        drift = np.abs(best[:, 2 * n:].sum(1) / best[0, 2 * n:].sum() - 1).max()
        settled = np.abs(best[-2] - best[-1])
        print(f"{name}: from 1 ms on, error of c over c0 {error[late, :n].max() / c0:.1e}, of psi {error[late, n:2 * n].max():.1e} V, "
              f"of the inventories, relative, {share[:, 2 * n:].max():.1e}; inventory kept to {drift:.0e}; "
              f"1000 s against the steady state: c {settled[:n].max() / c0:.0e} of c0, psi {settled[n:2 * n].max():.0e} V")


if __name__ == "__main__":
    main()
