"""The same bits as the command line."""

import gc
import json
import pickle
from pathlib import Path

import numpy as np
import pytest

import tausonite

SENTENCES = ["Hold 0.6 V for 10 s", "Pulse 3 V for 100 us", "Read", "Save as after-pulse", "Hold 0.6 V for 60 s until G < 14 nS", "Read"]
MOMENTS = "0 s, 10 us after pulse 1, 10 s"


@pytest.mark.parametrize("name, file", [("set P", "pt-sto-ti"), ("set T", "pt-sto-ti-store"), ("set D", "pt-sto-ti-drift")])
def test_trace_is_that_of_the_command_line(command, name, file):
    device = tausonite.Device.load(name)
    assert device.name == name
    trace = device.simulate(SENTENCES, profiles=MOMENTS)
    arguments = ["--device", f"Materials/{file}.yaml", "--profiles", MOMENTS, "--out", "trace.csv", "--save-state", "end.json"]
    command("simulate", *SENTENCES, *arguments)
    assert trace.csv == Path("trace.csv").read_text()
    assert trace.profiles_csv == Path("trace.profiles.csv").read_text()
    theirs, ours = json.loads(Path("trace.json").read_text()), trace.record
    for record in (theirs, ours):
        # What a run from sentences is called.
        record["experiment"] = record["experiment"].split("\n", 1)[1]
    assert ours == theirs
    # Every bit of the numbers that the file has whole.
    assert trace.pulses.energy_pJ.tolist() == [pulse["energy_pJ"] for pulse in theirs["pulses"]]
    assert trace.reads.conductance_nS.tolist() == [read["conductance_nS"] for read in theirs["reads"]]
    assert trace.marks.time_s.tolist() == [mark["time_s"] for mark in theirs["marks"]]
    assert trace.marks.event.tolist() == [mark["event"] for mark in theirs["marks"]]
    for mine, profile in zip(trace.profiles, theirs["profiles"], strict=True):
        assert all(mine[column].tolist() == profile[column] for column in mine)
        assert all(mine.edges[column].tolist() == profile[column] for column in mine.edges)
        assert (mine.label, mine.sheets_per_m2) == (profile["label"], profile["sheets_per_m2"])
    assert trace.state.unknowns.tolist() == json.loads(Path("end.json").read_text())["state"]["unknowns"]
    saved = json.loads(Path("after-pulse.json").read_text())["state"]
    assert trace.saved["after-pulse"].unknowns.tolist() == saved["unknowns"]


def test_columns_are_the_numbers_of_the_file(command, device):
    trace = device.simulate(SENTENCES, record="20/decade")
    lines = trace.csv.splitlines()
    assert lines[0] == ",".join(trace)
    for line, row in zip(lines[1:], np.array([trace[name] for name in trace]).T, strict=True):
        fields = [float(field) for field in line.split(",")]
        assert [float(f"{value:.9g}") for value in row] == fields
    assert trace.pulse.dtype == np.int64 and set(trace.pulse) == {-1, 0}


def test_arrays_lie_in_the_library(device):
    trace = device.simulate("Hold 0.6 V for 1 s")
    time = trace.time_s
    assert not time.flags.owndata and not time.flags.writeable
    assert time.ctypes.data == trace.time_s.ctypes.data
    before = time.copy()
    del trace
    gc.collect()
    # Would be written over, were the memory given back.
    others = [device.simulate("Hold 0.6 V for 1 s") for _ in range(5)]
    assert np.array_equal(time, before) and len(others) == 5
    with pytest.raises(ValueError):
        time[0] = 1


def test_states_go_both_ways(command, device):
    first = device.simulate(["Pulse 3 V for 100 us"])
    first.state.save("ours.json")
    then = ["Hold 0.6 V for 5 s"]
    command("simulate", "--from-state", "ours.json", *then, "--out", "theirs.csv", "--save-state", "theirs-end.json")
    second = device.simulate(then, start=first.state)
    assert second.csv == Path("theirs.csv").read_text()
    state = tausonite.State.load("theirs-end.json")
    assert np.array_equal(state.unknowns, second.state.unknowns) and state.voltage_V == 0.6
    third = device.simulate(then, start=state)
    assert third.csv == device.simulate(then, start=second.state).csv
    with pytest.raises(tausonite.InputError, match="belongs to another device"):
        tausonite.Device.load("set P").with_(thickness="60 nm").simulate(then, start=state)


def test_files_are_those_of_the_command_line(command, device):
    changed = device.with_({"layers.SrTiO3.thickness": "41 nm"}, area="20000 nm2")
    changed.save("mine.yaml")
    trace = changed.simulate("Pulse 3 V for 100 us; Hold 0.6 V for 1 s")
    trace.save("ours.csv")
    command("simulate", "--again", "ours.json", "--out", "again.csv")
    command("simulate", "--device", "mine.yaml", "Pulse 3 V for 100 us; Hold 0.6 V for 1 s", "--out", "file.csv")
    assert Path("ours.csv").read_text() == Path("again.csv").read_text() == Path("file.csv").read_text()
    assert tausonite.Device.load(Path("mine.yaml")).simulate("Pulse 3 V for 100 us; Hold 0.6 V for 1 s").csv == trace.csv
    assert device.simulate(Path(__file__).parents[2] / "Docs/examples/short-term.yaml", record="corners").pulse_count == 15


def test_a_device_says_what_it_is(device):
    thickness = device.parameters["thickness"]
    assert (thickness.value, thickness.unit, thickness.path) == (40, "nm", "layers.SrTiO3.thickness")
    changed = device.with_(thickness="41 nm")
    assert changed.parameters["thickness"].status == "chosen" and device.parameters["thickness"].value == 40
    assert changed.sha256 != device.sha256 and any("Weilenmann" in work for work in device.references)
    again = pickle.loads(pickle.dumps(changed))
    assert again.yaml == changed.yaml
    assert again.simulate("Hold 0.6 V for 1 s").csv == changed.simulate("Hold 0.6 V for 1 s").csv
    with pytest.raises(KeyError, match="no parameter"):
        device.parameters["thicknes"]


def test_materials_come_with_the_wheel(command):
    example = Path(__file__).parents[2] / "Docs/examples/pt-hfo2-ti.yaml"
    text = example.read_text()
    assert "material:" in text
    Path("own.yaml").write_text(text)
    assert tausonite.Device.load("own.yaml").simulate("Hold 0.6 V for 1 s", record="corners").rows >= 2


def test_tables_become_frames(device):
    pandas = pytest.importorskip("pandas")
    trace = device.simulate(SENTENCES)
    frame = trace.to_pandas()
    assert isinstance(frame, pandas.DataFrame) and list(frame.columns) == list(trace)
    assert np.array_equal(frame["conductance_nS"].to_numpy(), trace.conductance_nS)
    assert list(trace.pulses.to_pandas()["amplitude_V"]) == [3]
    frame.loc[0, "time_s"] = 7
    assert trace.time_s[0] == 0
    assert "conductance_nS" in repr(trace) and "1 row" in repr(trace.pulses)
