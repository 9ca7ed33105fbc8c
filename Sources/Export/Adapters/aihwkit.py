"""A device of aihwkit 1.1.0 (which needs torch 2.10.*): F of a memristor that tausonite simulates.

@@ORIGIN@@

    from @@MODULE@@ import device, pair
    rpu_config = SingleRPUConfig(device=device())     # F alone: weights 0 ... 1 are F = 0 ... TOP_NS, steps up only
    rpu_config = UnitCellRPUConfig(device=pair())     # F+ - F-: a positive change pulses one device, a negative one the other

One pulse, @@PULSE@@, adds a step that depends on F; F decays by Lambda for each step of @@STEP_TIME@@ s at @@BIAS@@ V, which aihwkit does once for
each batch. Error against the state model at @@AMBIENT@@ K on seeded runs of 300 steps with a pulse in 10, 50 and 100 % of them: at most @@ERROR@@
(root mean square over that of F). Not in it: other pulses and biases, and that a large F falls faster than a small one.
"""

from aihwkit.simulator.configs import OneSidedUnitCell, PiecewiseStepDevice

DEVICE = @@DEVICE@@
DEVICE_SHA256 = "@@DIGEST@@"
W_NS = @@W@@
TOP_NS = @@TOP@@  # F of weight 1
STEPS_NS = @@NODES@@  # at evenly spaced F from 0 to TOP_NS
LAMBDA = @@LAMBDA@@
LIFETIME = 1 / (1 - LAMBDA)
STEP_SPREAD, DECAY_SPREAD = @@STEP_SPREAD@@, @@TAU_SPREAD@@  # standard deviation over mean, from device to device
STEP_NOISE_NS = @@STEP_NOISE@@  # from pulse to pulse


def device(**changes):
    """F / TOP_NS; `changes` replace fields of PiecewiseStepDevice."""
    first = STEPS_NS[0]
    curve = [max(step, 0.0) / first for step in STEPS_NS]
    fields = dict(
        w_min=0.0, w_max=1.0, w_min_dtod=0.0, w_max_dtod=0.0, up_down=0.0, up_down_dtod=0.0,
        dw_min=first / TOP_NS, dw_min_dtod=STEP_SPREAD, dw_min_std=STEP_NOISE_NS / first,
        piecewise_up=curve, piecewise_down=curve,
        lifetime=LIFETIME, lifetime_dtod=DECAY_SPREAD, reset=0.0, reset_dtod=0.0)
    return PiecewiseStepDevice(**{**fields, **changes})


def pair(**changes):
    """Two devices that only ever get positive pulses."""
    return OneSidedUnitCell(unit_cell_devices=[device(**changes)])
