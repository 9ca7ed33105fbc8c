"""Any thread may call; the interpreter goes on meanwhile."""

import threading
from concurrent.futures import ThreadPoolExecutor

import tausonite

SENTENCES = ["Hold 0.6 V for 1 s", "Pulse 3 V for 100 us", "Hold 0.6 V for 60 s"]


def test_two_threads_give_the_bits_of_one(device):
    areas = [f"{area} nm2" for area in range(20000, 26000, 1000)]

    def run(area):
        return device.with_(area=area).simulate(SENTENCES).csv

    alone = [run(area) for area in areas]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(run, areas + areas))
    assert together == alone + alone and len(set(alone)) == len(areas)


def test_one_device_in_two_threads(device):
    with ThreadPoolExecutor(2) as pool:
        traces = list(pool.map(lambda _: device.simulate(SENTENCES), range(6)))
        assert len({trace.csv for trace in traces}) == 1
        # One trace is read, and its states branched from, in two threads.
        states = list(pool.map(lambda _: traces[0].state, range(20)))
        after = list(pool.map(lambda state: device.simulate("Pulse 3 V for 20 us", start=state).csv, states[:4]))
    assert len(set(after)) == 1 and len({state.unknowns.tobytes() for state in states}) == 1


def test_errors_stay_in_their_thread(device):
    def run(number):
        try:
            return device.simulate(f"Hold 0.{number} V for 1 s" if number % 2 else f"Hold {number} K for 1 s").rows
        except tausonite.InputError as error:
            return error.value or error.key

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(run, range(8)))
    assert all(isinstance(answer, int) == (number % 2 == 1) for number, answer in enumerate(answers))
    assert all(f"{number} K" in answer for number, answer in enumerate(answers) if number % 2 == 0)


def test_the_interpreter_goes_on(device):
    """A call that kept the interpreter's lock would leave this loop no turn."""
    turns, done = 0, threading.Event()

    def work():
        device.simulate("Repeat 50 times: [Pulse 3 V for 100 us; Hold 0.6 V for 1 s]", record="corners")
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    while not done.is_set():
        turns += 1
    thread.join()
    assert turns > 10_000


def test_progress_is_told(device):
    shares = []
    device.simulate(["Repeat 60 times: [Pulse 3 V for 100 us; Hold 0.6 V for 1 s]"], record="corners", progress=shares.append)
    assert shares == sorted(shares) and shares[-1] == 1 and all(0 <= share <= 1 for share in shares)
