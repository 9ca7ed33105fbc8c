#!/usr/bin/env python3
"""Second opinion on two_layer_drift.py: the same cases in DEVSIM, compared with the fixtures.

    python3 -m venv .venv-reference && .venv-reference/bin/pip install numpy scipy devsim
    .venv-reference/bin/python Tests/References/two_layer_drift_devsim.py Tests/DeviceModelTests/Fixtures/two-layer-drift

Another space discretisation (Scharfetter-Gummel fluxes of the lattice gas) and another time discretisation (backward Euler), both
extrapolated, and another Newton solver. Prints the largest differences from 1 ms on.
"""
import json
import math
import os
import pathlib
import sys

import numpy as np
from scipy.interpolate import CubicSpline

REAL_OUT = os.dup(1)
os.dup2(2, 1)  # DEVSIM prints every Newton iteration; its text goes to standard error
import devsim as ds  # noqa: E402

REGION = "layers"


class Device:
    def __init__(self, name, p, case, cells, grading=2.0):
        self.name = name
        first, second = p["thickness"]
        self.vt = p["kB"] * p["temperature"] / p["q"]
        unit = (1 + np.tanh(grading * np.linspace(-1, 1, cells + 1)) / math.tanh(grading)) / 2
        unit[0], unit[-1] = 0, 1
        self.x = np.concatenate([first * unit, first + second * unit[1:]])
        n = len(self.x)
        coordinates = [float(v) for node in self.x for v in (node, 0.0, 0.0)]
        elements = [v for i in range(n - 1) for v in (1, 0, i, i + 1)] + [0, 1, 0, 0, 2, n - 1]
        ds.create_gmsh_mesh(mesh=name, coordinates=coordinates, elements=elements, physical_names=[REGION, "left", "right"])
        ds.add_gmsh_region(mesh=name, gmsh_name=REGION, region=REGION, material="oxide")
        for contact in ("left", "right"):
            ds.add_gmsh_contact(mesh=name, gmsh_name=contact, region=REGION, name=contact, material="metal")
        ds.finalize_mesh(mesh=name)
        ds.create_device(mesh=name, device=name)
        where = dict(device=name, region=REGION)
        layer = np.repeat([0, 1], cells)
        for key, values in (("eps", p["eps0"] * np.array(p["permittivity"])[layer]), ("dif", np.array(p["diffusivity"])[layer])):
            ds.edge_solution(**where, name=key)
            ds.set_edge_values(**where, name=key, values=[float(v) for v in values])
        for key, value in dict(
            q=p["q"], zn=float(p["charge_number"]), vt=self.vt, cm=p["maximum_density"],
            hop=p["charge_number"] * case["hop_distance"] / (2 * self.vt), left_pot=p["voltage"], right_pot=0.0,
        ).items():
            ds.set_parameter(device=name, name=key, value=value)
        half = np.zeros(n)
        weight = np.zeros(n)
        for k in (0, 1):
            h = np.where(layer == k, np.diff(self.x), 0) / 2
            for side in (slice(None, -1), slice(1, None)):
                half[side] += h
                weight[side] += h * case["background"][k]
        self.start = weight / half
        for key, values in (("Potential", np.zeros(n)), ("Vacancies", self.start), ("fixed", self.start)):
            ds.node_solution(**where, name=key)
            ds.set_node_values(**where, name=key, values=[float(v) for v in values])
        for key in ("Potential", "Vacancies"):
            ds.edge_from_node_model(**where, node_model=key)

        def edge(key, text, variables):
            ds.edge_model(**where, name=key, equation=text)
            for variable in variables:
                for side in ("n0", "n1"):
                    ds.edge_model(
                        **where, name=f"{key}:{variable}@{side}", equation=f"simplify(diff({text}, {variable}@{side}))")

        step = "(Potential@n1 - Potential@n0) / vt"
        w = "hop * (Potential@n0 - Potential@n1) * EdgeInverseLength"
        gain = f"exp(-({w})) / B(2 * ({w}))" if case["hop_distance"] > 0 else "1"
        edge("displacement", "eps * (Potential@n0 - Potential@n1) * EdgeInverseLength", ["Potential"])
        edge(
            "flux",
            f"dif * EdgeInverseLength * ({gain}) * (Vacancies@n0 * (1 - Vacancies@n1 / cm) * B(zn * {step}) "
            f"- Vacancies@n1 * (1 - Vacancies@n0 / cm) * B(-zn * {step}))", ["Potential", "Vacancies"])
        ds.node_model(**where, name="charge", equation="-q * zn * (Vacancies - fixed)")
        ds.node_model(**where, name="charge:Vacancies", equation="-q * zn")
        ds.node_model(**where, name="held", equation="Vacancies - fixed")
        ds.node_model(**where, name="held:Vacancies", equation="1")
        ds.node_model(**where, name="store", equation="Vacancies")
        ds.node_model(**where, name="store:Vacancies", equation="1")
        ds.equation(**where, name="Poisson", variable_name="Potential", node_model="charge", edge_model="displacement")
        ds.equation(**where, name="Continuity", variable_name="Vacancies", node_model="held", time_node_model="store")
        for contact in ("left", "right"):
            ds.contact_node_model(device=name, contact=contact, name=f"{contact}_psi", equation=f"Potential - {contact}_pot")
            ds.contact_node_model(device=name, contact=contact, name=f"{contact}_psi:Potential", equation="1")
            ds.contact_equation(device=name, contact=contact, name="Poisson", node_model=f"{contact}_psi")
        ds.solve(type="transient_dc", absolute_error=1e30, relative_error=1e-10, maximum_iterations=50)
        ds.delete_equation(**where, name="Continuity")
        ds.equation(
            **where, name="Continuity", variable_name="Vacancies", edge_model="flux", time_node_model="store",
            variable_update="positive")
        self.where = where

    def run(self, times, steps):
        """c and psi on the nodes at `times`, with `steps` backward Euler steps a decade from 1 ns on."""
        now, before, rows = 0.0, 1e-9, []
        for target in times:
            count = max(1, math.ceil(steps * math.log10(target / before)))
            for k in range(0 if now == 0 else 1, count + 1):
                end = before * (target / before) ** (k / count)
                ds.solve(
                    type="transient_bdf1", absolute_error=1e30, relative_error=1e-8, maximum_iterations=60, tdelta=end - now,
                    charge_error=1e30)
                now = end
            before = target
            rows.append([np.array(ds.get_node_model_values(**self.where, name=key)) for key in ("Vacancies", "Potential")])
        return np.array(rows)


def main():
    folder = pathlib.Path(sys.argv[1])
    p = json.loads((folder / "params.json").read_text())
    ds.set_parameter(name="threads_available", value=1)
    for name, case in p["cases"].items():
        table = np.genfromtxt(folder / f"{name}_profiles.csv", delimiter=",", names=True)
        table = table[np.isfinite(table["t_s"])]
        times = sorted(set(table["t_s"]))
        points = table["x_m"][table["t_s"] == times[0]]
        shape = (len(times), len(points))
        inside = points <= p["thickness"][0] * (1 + 1e-12)

        def solve(cells, steps):
            device = Device(f"{name}{cells}x{steps}", p, case, cells)  # a device each: DEVSIM keeps the charges of the last step
            result = device.run(times, steps)
            values = np.empty((2, *shape))
            for t in range(shape[0]):
                for k in (0, 1):
                    values[k, t, inside] = CubicSpline(device.x[:cells + 1], result[t, k, :cells + 1])(points[inside])
                    values[k, t, ~inside] = CubicSpline(device.x[cells:], result[t, k, cells:])(points[~inside])
            return values

        # Extrapolation in time on the coarsest grid, in space with 80 steps a decade; the two corrections are added.
        ladder = [solve(100, steps) for steps in (20, 40, 80, 160)]
        spaces = [ladder[2], solve(200, 80), solve(400, 80)]
        for order in (2, 4, 8):
            ladder = [(order * fine - coarse) / (order - 1) for coarse, fine in zip(ladder, ladder[1:])]
            before = ladder[-1] if order < 8 else before
        base = spaces[0]
        for order in (4, 16):
            spaces = [(order * fine - coarse) / (order - 1) for coarse, fine in zip(spaces, spaces[1:])]
        ours = ladder[0] + spaces[0] - base
        own = np.abs(ladder[0] - before)
        late = [t >= 1e-3 for t in times]
        c = np.abs(ours[0] - table["c_m3"].reshape(shape))[late].max() / case["background"][0]
        psi = np.abs(ours[1] - table["psi_V"].reshape(shape))[late].max()
        steady = np.abs(ours[0] - table["c_m3"].reshape(shape))[-1].max() / case["background"][0]
        change = own[:, late].max(axis=(1, 2))
        text = (
            f"{name}: largest difference of c {c:.1e} of c0 (at 1000 s {steady:.1e}), of psi {psi:.1e} V; "
            f"DEVSIM's last extrapolation in time changes {change[0] / case['background'][0]:.1e} and {change[1]:.1e} V")
        os.write(REAL_OUT, (text + "\n").encode())


if __name__ == "__main__":
    main()
