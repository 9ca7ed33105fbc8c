"""The shared library: handles, their text and their columns. The only module that touches pointers."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import cffi
import numpy as np
from numpy.typing import NDArray

from .errors import Electroforming, InputError, SimulationStopped, TausoniteError

_FOLDER = Path(str(resources.files(__package__)))
MATERIALS = _FOLDER / "materials"

ffi = cffi.FFI()
ffi.cdef((_FOLDER / "interface.h").read_text(encoding="utf-8"))


def _open() -> Any:
    path = os.environ.get("TAUSONITE_LIBRARY") or str(_FOLDER / "libtausonite.so")
    try:
        return ffi.dlopen(path)
    except OSError as error:
        raise ImportError(
            f"{path} cannot be loaded ({error}); it comes with the wheel for Linux on x86-64 that `make wheel` builds"
        ) from error


library = _open()


def _string(text: Any) -> str:
    return bytes(ffi.string(text)).decode()  # type: ignore[arg-type]


class Handle:
    """A value of the library. Never changes; released when nothing refers to it or to an array on its numbers."""

    __slots__ = ("pointer",)

    def __init__(self, pointer: Any) -> None:
        self.pointer = ffi.gc(pointer, library.tausonite_release)
        failure = library.tausonite_failure(pointer)
        if failure != ffi.NULL:
            raise _exception(json.loads(_string(failure)))

    @property
    def text(self) -> str:
        text = library.tausonite_text(self.pointer)
        return "" if text == ffi.NULL else _string(text)

    def column(self, name: str) -> NDArray[np.float64]:
        """The numbers of a column, read-only, where the library has laid them down: no copy."""
        place = ffi.new("const double **")
        count = library.tausonite_column(self.pointer, name.encode(), place)
        if count < 0:
            raise KeyError(name)
        if count == 0:
            return np.empty(0)
        # The array holds the buffer, that the pointer, and that, by its destructor, this handle.
        numbers = ffi.gc(ffi.cast("double *", place[0]), _Keeper(self))
        array = np.frombuffer(memoryview(ffi.buffer(numbers, count * 8)), dtype=np.float64)
        array.flags.writeable = False
        return array


class _Keeper:
    """A destructor that does nothing but hold on to a handle."""

    __slots__ = ("handle",)

    def __init__(self, handle: Handle) -> None:
        self.handle = handle

    def __call__(self, _: Any) -> None:
        return None


def _exception(failure: dict[str, Any]) -> TausoniteError:
    kind, message = failure.pop("kind"), failure.pop("message")
    if kind == "input":
        return InputError(message, **failure)
    if kind == "stopped":
        return SimulationStopped(message)
    return TausoniteError(message)


def encoded(path: str | os.PathLike[str]) -> bytes:
    """A path for the library."""
    return os.fsencode(path)


def stopped(message: str, trace: Any, stop: dict[str, Any]) -> SimulationStopped:
    """The exception of a run that could not go on."""
    kind = Electroforming if stop["is_electroforming"] else SimulationStopped
    return kind(message, trace, stop)


def run(call: Callable[[Any], Any], progress: Callable[[float], None] | None = None) -> tuple[Handle, bool]:
    """Makes a long call, which gets a task; its handle, and whether Ctrl-C ended it.

    The library works without the interpreter's lock. In the main thread the call goes to a thread of its own, so that Ctrl-C is heard
    while it lasts; `progress` gets the share done (0 ... 1) some times a second.
    """
    task = Handle(library.tausonite_task())
    if threading.current_thread() is not threading.main_thread() and progress is None:
        return Handle(call(task.pointer)), False
    made: list[Any] = []
    done = threading.Event()

    def work() -> None:
        try:
            made.append(ffi.gc(call(task.pointer), library.tausonite_release))
        finally:
            done.set()

    threading.Thread(target=work, name="tausonite", daemon=True).start()
    interrupted = False
    while not done.is_set():
        try:
            # Not Thread.join: one that Ctrl-C cuts short takes the thread for ended.
            if not done.wait(0.1 if progress else 1) and progress:
                progress(library.tausonite_progress(task.pointer))
        except KeyboardInterrupt:
            if interrupted:
                raise
            interrupted = True
            library.tausonite_cancel(task.pointer)
        except BaseException:
            library.tausonite_cancel(task.pointer)
            raise
    if progress:
        progress(1.0)
    # The pointer changes its owner.
    owned = made.pop()
    pointer = ffi.cast("void *", owned)
    ffi.gc(owned, None)
    return Handle(pointer), interrupted
