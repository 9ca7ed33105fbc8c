"""Rates of the reactions at Pt, 1/(m2 s), from their formulas in Docs/device-model.md and Sources/DeviceModel/Laws.

Each takes a point (densities by sheet, c_0, drop psi_Pt - psi_s, step psi_s - psi_0, field E(0+), V_T and T) and returns R.
"""
import numpy as np

from device import activated, arrhenius


def butler_volmer(d, r, s):
    """k1 [ (N_st - N_s) e^(alpha u) - N_s (N_O / N_Oref) e^(-(1 - alpha) u) ],  u = z (psi_Pt - psi_s - phi_r) / V_T."""
    plane = charged(d, r)
    oxygen = next(sheet.name for sheet in d.sheets if sheet.name in r.moves and sheet.charge == 0)
    n, sites = s.sheets[plane], sheet_of(d, plane).sites
    u = d.z * (s.drop - r.p.potential) / s.vt
    gain = (sites - n) * np.exp(r.p.symmetry * u)
    loss = n * s.sheets[oxygen] / r.p.oxygen_reference * np.exp((r.p.symmetry - 1) * u)
    return r.p.rate * (gain - loss)


def hop(d, r, s, forward, backward, w):
    """f N_s (1 - c_0/c_max) e^(beta w) - b c_0 (1 - N_s/N_st) e^(-(1 - beta) w)."""
    plane = charged(d, r)
    n, sites = s.sheets[plane], sheet_of(d, plane).sites
    out = forward * n * (1 - s.c0 / d.c_max) * np.exp(r.p.symmetry * w)
    return out - backward * s.c0 * (1 - n / sites) * np.exp((r.p.symmetry - 1) * w)


def field_hop(d, r, s):
    """w = z lambda E(0+) / V_T; both constants with the activation energy of the law."""
    w = d.z * r.p.field_length * s.field / s.vt
    forward = activated(r.p.forward_rate, r.p.activation, s.temperature)
    backward = activated(r.p.backward_velocity, r.p.activation, s.temperature)
    return hop(d, r, s, forward, backward, w)


def activated_hop(d, r, s):
    """nu e^(-E_f/k_B T) and nu e^(-E_b/k_B T) a1, w = z (psi_s - psi_0) / V_T."""
    forward = r.p.attempt_frequency * np.exp(-r.p.forward_energy / s.vt)
    backward = r.p.attempt_frequency * np.exp(-r.p.backward_energy / s.vt) * d.layer.first_plane
    return hop(d, r, s, forward, backward, d.z * s.step / s.vt)


def second_order_store(d, r, s):
    """k_p N_O^2 (1 - N_p/N_pm) - k_mp N_p, each with E = k_B 300 K ln(prefactor / value)."""
    oxygen = next(name for name, by in r.moves.items() if by < 0)
    stored = next(name for name, by in r.moves.items() if by > 0)
    o, n = s.sheets[oxygen], s.sheets[stored]
    loss = arrhenius(r.p.loss_rate, r.p.loss_prefactor, s.temperature)
    back = arrhenius(r.p.return_rate, r.p.return_prefactor, s.temperature)
    return loss * o**2 * (1 - n / sheet_of(d, stored).sites) - back * n


LAWS = {f.__name__: f for f in (butler_volmer, field_hop, activated_hop, second_order_store)}


def charged(d, r):
    """Name of the charged sheet that a reaction moves."""
    return next(sheet.name for sheet in d.sheets if sheet.name in r.moves and sheet.charge != 0)


def sheet_of(d, name):
    return next(sheet for sheet in d.sheets if sheet.name == name)
