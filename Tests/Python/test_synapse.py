"""The compact synapse: the files of the command line, and its laws."""

from pathlib import Path

import numpy as np
import pytest

import tausonite

DATA = Path(__file__).parents[2] / "Docs/examples/own-data"


def test_a_synapse_is_that_of_the_command_line(command, device):
    synapse = device.extract()
    command("extract", "--out", "theirs.yaml", "--quiet")
    synapse.save("ours.yaml")
    synapse.save_state_model("ours.json")
    assert Path("ours.yaml").read_bytes() == Path("theirs.yaml").read_bytes()
    assert Path("ours.json").read_bytes() == Path("theirs.state.json").read_bytes()
    again = tausonite.Synapse.load("ours.yaml")
    assert again.yaml == synapse.yaml and np.allclose(again.map.delta_F_nS, synapse.map.delta_F_nS, rtol=1e-11)
    assert synapse.reduction and {"name", "linear", "state"} <= set(synapse.reduction[0])
    with pytest.raises(tausonite.InputError, match="state model"):
        again.save_state_model("none.json")


def test_laws_meet_what_was_measured(synapse):
    assert synapse.map.rows == 12 and synapse.decays.rows == 13 and synapse.levels.rows == 6
    step = synapse.step(synapse.map.amplitude_V, synapse.map.width_us)
    assert np.allclose(step, synapse.map.delta_F_nS, rtol=1e-12)
    assert np.allclose(synapse.decay_time(synapse.decays.bias_V), synapse.decays.tau_s, rtol=1e-12)
    # What a second leaves is the table's lambda, and near it the curve's.
    left = synapse.decay(1, synapse.decays.bias_V, synapse.lambda_step_s)
    assert np.allclose(left, synapse.decays["lambda"], rtol=1e-12)
    rms = np.sqrt(np.mean((synapse.sigmoid(synapse.decays.bias_V) - synapse.decays["lambda"]) ** 2))
    assert rms == pytest.approx(synapse.sigmoid_fit["residual"], rel=1e-6)
    ratio = np.log(synapse.energy(synapse.map.delta_F_nS) / synapse.map.energy_pJ)
    assert np.sqrt(np.mean(ratio**2)) == pytest.approx(synapse.energy_law["residual"], rel=1e-6)
    # Between the cells of the map: above the smaller neighbours and below the larger ones.
    assert synapse.step(2.5, 100) < synapse.step(2.7, 200) < synapse.step(3, 500)


def test_shapes_are_broadcast(synapse):
    step = synapse.step(np.array([[2.0], [3.0]]), np.array([20.0, 100.0, 500.0]))
    assert step.shape == (2, 3) and np.all(np.diff(step) > 0)
    assert float(synapse.step(3, 100)) == step[1, 1]
    assert synapse.decay(10.0, 0.6, [0, 1, 2]).tolist()[0] == 10.0
    assert synapse.step([], []).shape == (0,)


def test_beyond_the_measured_range_it_says_so(synapse):
    with pytest.warns(tausonite.RangeWarning, match="2 ... 3.5 V"):
        assert synapse.step(5, 100) == synapse.step(3.5, 100)
    with pytest.warns(tausonite.RangeWarning, match="bias"):
        synapse.decay_time(2.0)
    for ask in [lambda: synapse.step(float("nan"), 100), lambda: synapse.decay(1, 0.6, -1), lambda: synapse.decay(1, 0.6, float("nan"))]:
        with pytest.raises(tausonite.InputError):
            ask()


def test_own_tables_as_the_command_line(command):
    names = [DATA / name for name in ("pulses.csv", "decays.csv", "reads.csv", "trace.csv")]
    synapse = tausonite.Synapse.from_tables(names, protocol=DATA / "stream.yaml")
    given = [word for name in names for word in ("--data", name)]
    command("extract", *given, "--protocol", DATA / "stream.yaml", "--linear-only", "--out", "theirs.yaml")
    assert synapse.yaml == Path("theirs.yaml").read_text()
    assert len(synapse.measured["held_out"]) == 4 and synapse.reduction is None
    with pytest.raises(tausonite.InputError) as refused:
        tausonite.Synapse.from_tables(names[:2])
    assert str(refused.value) == command.error("extract", *given[:4], "--linear-only")


def test_a_map_with_a_hole_is_refused(command, synapse):
    lines = synapse.yaml.splitlines(keepends=True)
    first = next(number for number, line in enumerate(lines) if line.startswith("    - ["))
    Path("hole.yaml").write_text("".join(lines[:first] + lines[first + 1:]))
    with pytest.raises(tausonite.InputError, match="grid"):
        tausonite.Synapse.load("hole.yaml").step(3, 100)
