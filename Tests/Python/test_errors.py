"""The same errors as the command line, as exceptions."""

import os
import pickle
import signal
import threading
from pathlib import Path

import pytest

import tausonite


@pytest.mark.parametrize(
    "sentence",
    ["Pulse 3 V fro 100 us", "Pulse 3 K for 100 us", "Pulse 300 V for 100 us", "Hold", "Repeat 3 times: [Hold 1 V for 1 s", "Waveform none.csv"],
)
def test_sentences_are_refused_in_the_same_words(command, device, sentence):
    with pytest.raises(tausonite.InputError) as refused:
        device.simulate([sentence])
    assert str(refused.value) == command.error("simulate", sentence)
    assert refused.value.key and refused.value.problem and isinstance(refused.value, ValueError)


@pytest.mark.parametrize("change", ["thicknes=30nm", "area=-3 nm2", "area=3 V", "area=3", "platinum_barrier=9 eV", "area=", "electrons=none"])
def test_changes_are_refused_in_the_same_words(command, device, change):
    key, value = change.split("=")
    with pytest.raises(tausonite.InputError) as refused:
        device.with_({key: value})
    assert str(refused.value) == command.error("simulate", "Hold 1 V for 1 s", "--set", change)


def test_files_are_refused_in_the_same_words(command):
    Path("broken.yaml").write_text("name: mine\nlayers: 3\n")
    Path("not.yaml").write_bytes(b"\xff\xfe\x00")
    for name in ["broken.yaml", "not.yaml"]:
        with pytest.raises(tausonite.InputError) as refused:
            tausonite.Device.load(name)
        assert str(refused.value) == command.error("simulate", "Hold 1 V for 1 s", "--device", name)
    with pytest.raises(tausonite.InputError, match="set P, set T, set D, set W"):
        tausonite.Device.load("set X")
    for read in [tausonite.Synapse.load, tausonite.State.load]:
        for name in ["broken.yaml", "nowhere.yaml"]:
            with pytest.raises(tausonite.InputError, match=name):
                read(name)


def test_an_error_says_key_value_and_range(device):
    with pytest.raises(tausonite.InputError) as refused:
        device.with_(thickness="4000 nm")
    error = refused.value
    assert (error.key, error.value) == ("thickness", "4000 nm") and "500 nm" in error.expected and error.source is None
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.expected) == (str(error), error.expected)


def test_arguments_are_named_as_python_has_them(device):
    for arguments, key in [
        ({"record": "some"}, "record"),
        ({"read_voltage": "0.6 K"}, "read_voltage"),
        ({"profiles": "never"}, "profiles"),
        ({"profiles": "100 s"}, "profiles"),
        ({"electrons": "none"}, "electrons"),
    ]:
        with pytest.raises(tausonite.InputError) as refused:
            device.simulate("Hold 0.6 V for 1 s", **arguments)
        assert refused.value.key == key and refused.value.expected
    with pytest.raises(tausonite.InputError) as refused:
        device.simulate("Hold 0.6 V for 1 s", start=device.simulate("Hold 0.6 V for 1 s").state, base_state=True)
    assert refused.value.key == "base_state"


def test_electroforming_keeps_the_trace(command, device):
    sentence = "Pulse 4.7 V for 10 ms"
    with pytest.raises(tausonite.Electroforming) as ended:
        device.simulate([sentence])
    stop = ended.value
    message = command.error("simulate", sentence, "--out", "trace.csv", "--quiet", code=3)
    assert str(stop) == message
    assert stop.trace.csv == Path("trace.csv").read_text() and stop.trace.rows > 50
    assert 4 < stop.voltage_V < 4.7 and stop.temperature_K > 350 and "heat balance" in stop.reason
    assert isinstance(stop, tausonite.SimulationStopped)


def test_ctrl_c_keeps_the_trace(device):
    def press():
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(0.5, press)
    timer.start()
    with pytest.raises(tausonite.Interrupted) as ended:
        device.simulate("Repeat 100000 times: [Pulse 3 V for 100 us; Hold 0.6 V for 1 s]", record="1000 samples")
    assert ended.value.trace.rows > 2 and "interrupted" in str(ended.value)
    assert isinstance(ended.value, KeyboardInterrupt)
    # The next call is none the worse for it.
    assert device.simulate("Hold 0.6 V for 1 s").rows > 2
