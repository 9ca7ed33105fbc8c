"""A device file (Materials/*.yaml, new form) as plain numbers in SI units.

Only what the equations of Docs/device-model.md need, for one layer: the numbers that the file leaves out take the value that
makes the law they stand in vanish. Nothing is checked beyond that: `tausonite parameters --device FILE` does that.
"""
from types import SimpleNamespace

import yaml

Q, KB, EPS0 = 1.602176634e-19, 1.380649e-23, 8.8541878128e-12  # CODATA 2018
T_REFERENCE = 300.0  # every constant of a device file is given at this temperature, K

UNITS = {
    "-": 1, "1": 1, "nm": 1e-9, "m": 1, "um": 1e-6, "nm2": 1e-18, "um2": 1e-12, "m2": 1, "1/m3": 1, "1/cm3": 1e6, "1/m2": 1,
    "1/cm2": 1e4, "1/nm2": 1e18, "V": 1, "mV": 1e-3, "eV": 1, "meV": 1e-3, "V/m": 1, "MV/cm": 1e8, "kV/cm": 1e5, "K": 1,
    "K/W": 1, "F/m2": 1, "uF/cm2": 1e-2, "cm2/(V s)": 1e-4, "m2/(V s)": 1, "m/s": 1, "nm/s": 1e-9, "cm/s": 1e-2, "m2/s": 1,
    "cm2/s": 1e-4, "nm2/s": 1e-18, "1/s": 1, "Hz": 1,
}


def thermal_voltage(temperature):
    """V_T = kT/q, V."""
    return KB * temperature / Q


def number(entry):
    """{value, unit, ...} in SI units (energies in V, that is eV per charge)."""
    return float(entry["value"]) * UNITS[str(entry.get("unit", "-"))]


def numbers(section, **standard):
    """Every number of a section by its key, over the given standards."""
    found = {k: number(v) for k, v in section.items() if isinstance(v, dict) and "value" in v}
    return SimpleNamespace(**{**standard, **found})


def load(path):
    """The device of a YAML file."""
    with open(path, encoding="utf-8") as file:
        tree = yaml.safe_load(file)
    if len(tree["layers"]) != 1:
        raise SystemExit(f"{path}: this reference solves one layer")
    d = SimpleNamespace(name=tree["name"], area=number(tree["area"]))
    vacancies = numbers(tree["species"]["vacancies"], charge=2.0, sites=1e28)
    d.z, d.c_max = vacancies.charge, vacancies.sites
    d.layer = numbers(
        tree["layers"][0], high_field_permittivity=1.0, permittivity_field=float("inf"), donor_density=0.0, mobility_exponent=0.0,
        optical_permittivity=float("inf"), image_core=0.3e-9, hop_distance=0.0, vacancy_background=0.0)
    layer = d.layer
    if getattr(layer, "vacancy_diffusivity_prefactor", None) is None:
        layer.vacancy_diffusivity_prefactor = layer.vacancy_diffusivity
    for side in ("left", "right"):
        if tree[side]["electrons"]["law"] != "thermionic":
            raise SystemExit(f"{path}: {side}: this reference has thermionic contacts")
    left = tree["left"]
    d.left_barrier = number(left["electrons"]["barrier"])
    d.right_barrier = number(tree["right"]["electrons"]["barrier"])
    compact = numbers(left["compact_layer"], plane_distance=0.0)
    d.capacitance, d.plane_distance = compact.capacitance, compact.plane_distance
    d.sheets = []
    for name, sheet in left["sheets"].items():
        if "depth" in (sheet or {}):
            raise SystemExit(f"{path}: sheet {name}: this reference has no sheets at a depth")
        charged = (sheet or {}).get("species") == "vacancies"
        d.sheets.append(SimpleNamespace(
            name=name, charge=d.z if charged else 0.0, sites=numbers(sheet or {}, sites=float("inf")).sites))
    d.reactions = []
    for name, reaction in left["reactions"].items():
        d.reactions.append(SimpleNamespace(
            name=name, law=reaction["law"], moves=reaction["moves"],
            p=numbers(reaction, symmetry=0.5, attempt_frequency=1e13)))
    heat = numbers(tree.get("heat", {}), ambient_temperature=300.0, thermal_resistance=0.0, maximum_temperature=900.0)
    d.ambient, d.thermal_resistance, d.maximum = heat.ambient_temperature, heat.thermal_resistance, heat.maximum_temperature
    return d


def arrhenius(value, prefactor, temperature):
    """k(T) with k(300 K) = value and E = k_B 300 K ln(prefactor / value)."""
    if value <= 0 or prefactor <= 0:
        return value + 0 * temperature
    return prefactor * (value / prefactor) ** (T_REFERENCE / temperature)


def activated(value, energy, temperature):
    """k(T) with k(300 K) = value and activation energy `energy` (eV)."""
    import numpy as np
    return value * np.exp(Q * energy / KB * (1 / T_REFERENCE - 1 / temperature))
