#!/usr/bin/env python3
"""STO-1D in DEVSIM: the pulse train in 880 backward Euler steps, and the steady I-V; prints one JSON object.

Needs `pip install devsim numpy`. Problem and grid: Tests/DeviceModelTests/Fixtures/sto-1d/README.md. Called by compare_with_devsim.py.
"""
import argparse
import json
import math
import os
import sys
import time

import numpy as np

# DEVSIM prints every Newton iteration; its text goes to standard error, ours to standard output.
REAL_OUT = os.dup(1)
os.dup2(2, 1)
import devsim as ds  # noqa: E402

Q, KB, EPS0, T = 1.602176634e-19, 1.380649e-23, 8.8541878128e-12, 300.0
L, EPS_R, NC, MU_N, PHI_L, PHI_R, VR, C0, D_V = 40e-9, 100.0, 1e26, 1e-4, 0.8, 0.1, 6750.0, 1e25, 1e-14
VT = KB * T / Q
DEV, REG = "sto", "bulk"


def build(cells):
    u = np.linspace(-1, 1, cells + 1)
    x = L / 2 * (1 + np.tanh(2 * u) / math.tanh(2))
    x[0], x[-1] = 0, L
    coordinates = [float(v) for node in x for v in (node, 0.0, 0.0)]
    elements = [v for i in range(cells) for v in (1, 0, i, i + 1)] + [0, 1, 0, 0, 2, cells]
    ds.create_gmsh_mesh(mesh="m", coordinates=coordinates, elements=elements, physical_names=["bulk", "left", "right"])
    ds.add_gmsh_region(mesh="m", gmsh_name="bulk", region=REG, material="STO")
    for contact in ("left", "right"):
        ds.add_gmsh_contact(mesh="m", gmsh_name=contact, region=REG, name=contact, material="metal")
    ds.finalize_mesh(mesh="m")
    ds.create_device(mesh="m", device=DEV)
    for name, value in dict(
        q=Q, vt=VT, c0=C0, eps=EPS0 * EPS_R, Dn=MU_N * VT, Dv=D_V, vr=VR, left_pot=-PHI_L, right_pot=-PHI_R,
        left_n=NC * math.exp(-PHI_L / VT), right_n=NC * math.exp(-PHI_R / VT),
    ).items():
        ds.set_parameter(device=DEV, name=name, value=value)
    for name in ("Potential", "Electrons", "Vacancies"):
        ds.node_solution(device=DEV, region=REG, name=name)
        ds.edge_from_node_model(device=DEV, region=REG, node_model=name)


def edge(name, equation, by):
    ds.edge_model(device=DEV, region=REG, name=name, equation=equation)
    for variable in by:
        for side in ("n0", "n1"):
            ds.edge_model(
                device=DEV, region=REG, name=f"{name}:{variable}@{side}", equation=f"simplify(diff({equation}, {variable}@{side}))")


def node(name, equation, by):
    ds.node_model(device=DEV, region=REG, name=name, equation=equation)
    for variable in by:
        ds.node_model(device=DEV, region=REG, name=f"{name}:{variable}", equation=f"simplify(diff({equation}, {variable}))")


def equations():
    edge("field", "(Potential@n0 - Potential@n1) * EdgeInverseLength", ["Potential"])
    edge("displacement", "eps * (Potential@n0 - Potential@n1) * EdgeInverseLength", ["Potential"])
    ds.edge_model(device=DEV, region=REG, name="du", equation="(Potential@n0 - Potential@n1) / vt")
    ds.edge_model(device=DEV, region=REG, name="du:Potential@n0", equation="1 / vt")
    ds.edge_model(device=DEV, region=REG, name="du:Potential@n1", equation="-1 / vt")
    ds.edge_model(device=DEV, region=REG, name="bern", equation="B(du)")
    ds.edge_model(device=DEV, region=REG, name="bern:Potential@n0", equation="dBdx(du) / vt")
    ds.edge_model(device=DEV, region=REG, name="bern:Potential@n1", equation="-dBdx(du) / vt")
    # Fluxes from n0 to n1: F_n = D (n0 B(du) - n1 B(-du)), J = D (c0 B(-du) - c1 B(du)), B(-u) = B(u) + u.
    flux = "Dn * EdgeInverseLength * (Electrons@n0 * bern - Electrons@n1 * (bern + du))"
    jump = "Dv * EdgeInverseLength * (Vacancies@n0 * (bern + du) - Vacancies@n1 * bern)"
    for name, equation, variable, at0, at1 in (
        ("electronFlux", flux, "Electrons", "bern", "-(bern + du)"),
        ("vacancyFlux", jump, "Vacancies", "(bern + du)", "-bern"),
    ):
        scale = ("Dn" if variable == "Electrons" else "Dv") + " * EdgeInverseLength"
        ds.edge_model(device=DEV, region=REG, name=name, equation=equation)
        ds.edge_model(device=DEV, region=REG, name=f"{name}:{variable}@n0", equation=f"{scale} * {at0}")
        ds.edge_model(device=DEV, region=REG, name=f"{name}:{variable}@n1", equation=f"{scale} * {at1}")
        for side in ("n0", "n1"):
            b, s = f"bern:Potential@{side}", f"du:Potential@{side}"
            derivative = (
                f"(Electrons@n0 * {b} - Electrons@n1 * ({b} + {s}))" if variable == "Electrons"
                else f"(Vacancies@n0 * ({b} + {s}) - Vacancies@n1 * {b})")
            ds.edge_model(device=DEV, region=REG, name=f"{name}:Potential@{side}", equation=f"{scale} * {derivative}")
    node("charge", "-q * (Vacancies - Electrons)", ["Electrons", "Vacancies"])
    node("electronStore", "Electrons", ["Electrons"])
    node("vacancyStore", "Vacancies", ["Vacancies"])
    ds.equation(
        device=DEV, region=REG, name="Poisson", variable_name="Potential", node_model="charge", edge_model="displacement",
        variable_update="log_damp")
    ds.equation(
        device=DEV, region=REG, name="ElectronContinuity", variable_name="Electrons", edge_model="electronFlux",
        time_node_model="electronStore", variable_update="positive")
    # Vacancies held for the first solution, which gives the transient its start.
    node("held", "Vacancies - c0", ["Vacancies"])
    ds.equation(
        device=DEV, region=REG, name="VacancyContinuity", variable_name="Vacancies", node_model="held",
        time_node_model="vacancyStore")
    for contact in ("left", "right"):
        ds.contact_node_model(device=DEV, contact=contact, name=f"{contact}_psi", equation=f"Potential - {contact}_pot")
        ds.contact_node_model(device=DEV, contact=contact, name=f"{contact}_psi:Potential", equation="1")
        ds.contact_equation(device=DEV, contact=contact, name="Poisson", node_model=f"{contact}_psi")
        # The contact's rows are in the units of the edge flux: emission per area.
        ds.contact_node_model(device=DEV, contact=contact, name=f"{contact}_emission", equation=f"vr * (Electrons - {contact}_n)")
        ds.contact_node_model(device=DEV, contact=contact, name=f"{contact}_emission:Electrons", equation="vr")
        ds.contact_equation(
            device=DEV, contact=contact, name="ElectronContinuity", node_model=f"{contact}_emission", edge_model="electronFlux")


def release():
    """Lets the vacancies move."""
    ds.delete_equation(device=DEV, region=REG, name="VacancyContinuity")
    ds.equation(
        device=DEV, region=REG, name="VacancyContinuity", variable_name="Vacancies", edge_model="vacancyFlux",
        time_node_model="vacancyStore", variable_update="positive")


def values(name):
    return np.array(ds.get_node_model_values(device=DEV, region=REG, name=name))


def current():
    """Ramo-Shockley mean (q / L) sum h (F_c - F_n), A/m2."""
    length = np.array(ds.get_edge_model_values(device=DEV, region=REG, name="EdgeLength"))
    electrons = np.array(ds.get_edge_model_values(device=DEV, region=REG, name="electronFlux"))
    vacancies = np.array(ds.get_edge_model_values(device=DEV, region=REG, name="vacancyFlux"))
    return Q / L * float(np.sum(length * (vacancies - electrons)))


def start():
    x = values("x")
    psi = -PHI_L + (PHI_L - PHI_R) * x / L
    for name, array in (("Potential", psi), ("Electrons", NC * np.exp(psi / VT)), ("Vacancies", np.full_like(x, C0))):
        ds.set_node_values(device=DEV, region=REG, name=name, values=[float(v) for v in array])


def transient(step, relative):
    ds.solve(
        type="transient_bdf1", absolute_error=1e30, relative_error=relative, maximum_iterations=100, tdelta=step, charge_error=1e30)


def train(relative):
    """880 steps; returns processor seconds, the densities at the left contact and the currents."""
    left, currents = [], []
    segments = [(v, d, 40) for _ in range(10) for v, d in ((-2.0, 1e-4), (0.0, 9e-4))] + [(0.1, 10.0, 80)]
    begin = time.process_time()
    for voltage, duration, count in segments:
        ds.set_parameter(device=DEV, name="left_pot", value=voltage - PHI_L)
        previous = 0.0
        for k in range(count):
            now = 1e-9 * (duration / 1e-9) ** (k / (count - 1))
            transient(now - previous, relative)
            previous = now
            left.append(values("Vacancies")[0])
            currents.append(current())
    return time.process_time() - begin, left, currents


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--relative-error", type=float, default=1e-5, help="Newton stops when the relative update of each unknown is below this")
    arguments = parser.parse_args()
    ds.set_parameter(name="threads_available", value=1)
    build(arguments.cells)
    equations()
    start()
    ds.solve(type="transient_dc", absolute_error=1e30, relative_error=1e-10, maximum_iterations=200)
    release()
    # Relaxation to equilibrium at 0 V by backward Euler from 1 ns to 1e6 s.
    for k in range(91):
        transient(10 ** (-9 + k / 6), 1e-10)
    rest = [values(name).tolist() for name in ("Potential", "Electrons", "Vacancies")]
    times = []
    for _ in range(arguments.repeats):
        for name, array in zip(("Potential", "Electrons", "Vacancies"), rest):
            ds.set_node_values(device=DEV, region=REG, name=name, values=array)
        seconds, left, currents = train(arguments.relative_error)
        times.append(seconds)
    result = dict(
        cells=arguments.cells, steps=880, seconds=sorted(times)[len(times) // 2], best=min(times),
        left=left, current=currents, version=getattr(ds, "__version__", ""))
    os.write(REAL_OUT, (json.dumps(result) + "\n").encode())


if __name__ == "__main__":
    sys.exit(main())
