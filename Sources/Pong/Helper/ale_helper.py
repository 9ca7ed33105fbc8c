"""Runs Atari emulators for Tausonite in a process of their own.

The parent hands over two open descriptors: 0 is a socket that carries one byte each way (the doorbell), 3 is a shared
memory block whose header says where everything lies. Byte in: the command. Byte out: the same byte, when it is done.
The process ends when the socket closes, so it cannot outlive its parent. It needs ale-py (whose wheel carries the
game's ROM) and numpy.
"""

import mmap
import os
import signal
import sys

# What ends the parent is the parent's business: it may still have games to save. This process ends with its socket.
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)

VERSION = 2
MAGIC = 0x53554154
EXIT_NO_MODULE, EXIT_PROTOCOL, EXIT_GAME = 64, 65, 66

try:
    import numpy as np
    import ale_py
    from ale_py import ALEInterface, ALEState, LoggerMode, roms
except ImportError as error:
    print(f"{error} (python: {sys.executable})", file=sys.stderr)
    os._exit(EXIT_NO_MODULE)


def fail(code, text):
    print(text, file=sys.stderr, flush=True)
    os._exit(code)


class Memory:
    """The shared block: the header's words, then arrays at the offsets that the header names."""

    def __init__(self, descriptor):
        size = os.fstat(descriptor).st_size
        self.block = mmap.mmap(descriptor, size)
        os.close(descriptor)
        self.header = np.frombuffer(self.block, np.uint32, 64, 0)
        if int(self.header[0]) != MAGIC or int(self.header[1]) != VERSION:
            fail(EXIT_PROTOCOL, f"protocol {int(self.header[1])} asked for, this helper speaks {VERSION}")
        (self.count, self.skip, self.frame_limit, self.capacity, controls, screens, states, palette, total) = (
            int(word) for word in self.header[2:11]
        )
        if total > size:
            fail(EXIT_PROTOCOL, f"the shared block has {size} bytes, its header speaks of {total}")
        rows = 5 + self.skip
        column = np.frombuffer(self.block, np.int32, rows * self.count, controls).reshape(rows, self.count)
        self.noops, self.reward, self.over, self.frames, self.length = column[:5]
        self.actions = column[5:]
        self.screens = np.frombuffer(self.block, np.uint8, self.count * 2 * 33600, screens)
        self.screens = self.screens.reshape(self.count, 2, 210, 160)
        self.states = np.frombuffer(self.block, np.uint8, self.count * self.capacity, states)
        self.states = self.states.reshape(self.count, self.capacity)
        self.palette = np.frombuffer(self.block, np.uint8, 256 * 4, palette).reshape(256, 4)


class Emulators:
    def __init__(self, memory, game):
        self.memory = memory
        ALEInterface.setLoggerMode(LoggerMode.Error)
        path = roms.get_rom_path(game)
        if path is None or not os.path.exists(path):
            fail(EXIT_GAME, f"ale-py {ale_py.__version__} brings no ROM for the game {game!r}")
        self.games = [self.make(path) for _ in range(memory.count)]
        actions = [int(action.value) for action in self.games[0].getMinimalActionSet()]
        memory.header[32] = len(actions)
        memory.header[33 : 33 + len(actions)] = actions
        self.pairs = [(game, memory.screens[i, 0], memory.screens[i, 1]) for i, game in enumerate(self.games)]

    @staticmethod
    def make(path):
        ale = ALEInterface()
        ale.setInt("random_seed", 1)
        ale.setInt("frame_skip", 1)
        ale.setFloat("repeat_action_probability", 0.0)
        ale.loadROM(path)
        ale.reset_game()
        return ale

    def reset(self, i):
        """A new game, started with the number of no-ops that the parent drew; its last screen in both slots."""
        memory, (ale, first, second) = self.memory, self.pairs[i]
        ale.reset_game()
        for _ in range(int(memory.noops[i])):
            ale.act(0)
        ale.getScreen(first)
        ale.getScreen(second)
        memory.frames[i] = ale.getEpisodeFrameNumber()

    def reset_all(self):
        for i in range(self.memory.count):
            self.memory.reward[i] = 0
            self.memory.over[i] = 0
            self.reset(i)

    def step(self):
        """Every game plays `skip` frames, each with the action that the parent names for it. A game that ends (over = 1)
        begins anew, so that the screens are those that the next action answers; one that meets the frame limit (2)
        shows its last screens and waits for `go_on`."""
        memory = self.memory
        actions = memory.actions.T.tolist()
        skip, limit = memory.skip, memory.frame_limit
        for i, (ale, first, second) in enumerate(self.pairs):
            reward, over = 0, 0
            for frame, action in enumerate(actions[i]):
                reward += ale.act(action)
                if frame == skip - 2:
                    ale.getScreen(first)
                if ale.game_over():
                    over = 1
                elif ale.getEpisodeFrameNumber() >= limit:
                    over = 2
                if over:
                    break
            memory.reward[i] = reward
            memory.over[i] = over
            if over == 1:
                self.begin_anew(i)
            else:
                ale.getScreen(second)
                if over and frame < skip - 1:
                    first[:] = second
                memory.frames[i] = ale.getEpisodeFrameNumber()

    def begin_anew(self, i):
        """A new game; the frames stay those of the game that ended."""
        played = self.games[i].getEpisodeFrameNumber()
        self.reset(i)
        self.memory.frames[i] = played

    def go_on(self):
        """New games where the frame limit ended one, once the parent has seen its last screens."""
        for i in range(self.memory.count):
            if self.memory.over[i] == 2:
                self.begin_anew(i)

    def save(self):
        for i, ale in enumerate(self.games):
            state = ale.cloneState(include_rng=True).serialize()
            if len(state) > self.memory.capacity:
                fail(EXIT_PROTOCOL, f"an emulator state has {len(state)} bytes, room is for {self.memory.capacity}")
            self.memory.length[i] = len(state)
            self.memory.states[i, : len(state)] = np.frombuffer(state, np.uint8)

    def restore(self):
        for i, ale in enumerate(self.games):
            ale.restoreState(ALEState(self.memory.states[i, : int(self.memory.length[i])].tobytes()))

    def learn_palette(self):
        """Notes the RGB value of every palette index on the present screens; column 3 is 1 where it is known."""
        for ale in self.games:
            index, rgb = ale.getScreen().ravel(), ale.getScreenRGB().reshape(-1, 3)
            used, where = np.unique(index, return_index=True)
            self.memory.palette[used, :3] = rgb[where]
            self.memory.palette[used, 3] = 1


def main():
    memory = Memory(3)
    emulators = Emulators(memory, sys.argv[1])
    work = {
        ord("r"): emulators.reset_all,
        ord("s"): emulators.step,
        ord("g"): emulators.go_on,
        ord("x"): emulators.save,
        ord("i"): emulators.restore,
        ord("p"): emulators.learn_palette,
    }
    try:
        os.write(0, b"!")
        while True:
            byte = os.read(0, 1)
            if not byte:
                os._exit(0)
            if byte[0] not in work:
                fail(EXIT_PROTOCOL, f"unknown command {byte!r}")
            work[byte[0]]()
            os.write(0, byte)
    except (BrokenPipeError, ConnectionResetError):
        os._exit(0)


main()
