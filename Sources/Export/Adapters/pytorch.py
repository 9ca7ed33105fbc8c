"""The m-STPN agent of tausonite in PyTorch, on the synapse of one device. Needs torch; `play` also ale-py and numpy.

@@ORIGIN@@

    agent = Agent.load("agent.safetensors")
    state = agent.begin()
    logits, value, state = agent(observation, state)      # observation: [batch, 84, 84], (grey - 128) / 128

    python @@FILE@@ agent.safetensors                           # plays a greedy game
    python @@FILE@@ agent.safetensors --answers answers.safetensors   # and compares with pong evaluate --save-answers

Per step of the cell, u = (features, h):  G = W + F,  h' = tanh(G u / |G| + b),
dF = clip(round(Gamma h' u / step) step, +-maximum),  F' = Lambda F + dF.  Weights have no unit; `conductance` has.

Two orders of summation. `Agent.load(path)` leaves sums to torch. `Agent.load(path, ordered=True)` sums in the order that
tausonite writes down, a fused multiply-add at a time in double precision (rounded twice, which differs from rounding once in about
one of 2^29): the same bits, and about ten times slower; without gradients.
"""

import json
import struct
import sys

import torch
from torch import nn
from torch.nn import functional

# What the synapse sets.
DEVICE = @@DEVICE@@
DEVICE_SHA256 = "@@DIGEST@@"
STEP, MAXIMUM = @@STEP@@, @@MAXIMUM@@  # grid and limit of dF, in units of weight; step 0: dF is not rounded
LAMBDA = (@@LAMBDA_MIN@@, @@LAMBDA_MAX@@)  # range of Lambda, for network steps of @@DECAY_STEP@@ s
G_MIN_S, G_UNIT_S = @@G_MIN@@, @@G_UNIT@@  # conductance of weight 0, and of one unit of weight, S
AMBIENT_K = @@AMBIENT@@


def conductance(weight):
    """S of a weight W + F. Below weight -G_MIN_S / G_UNIT_S no device has it."""
    return G_MIN_S + G_UNIT_S * weight


def read_safetensors(path):
    """({name: tensor}, metadata) of a file of float32 arrays."""
    kinds = {"F32": torch.float32, "F64": torch.float64, "I32": torch.int32, "I64": torch.int64, "I16": torch.int16}
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        flat = torch.frombuffer(data[begin:end], dtype=kinds[entry["dtype"]])
        tensors[name] = flat.reshape(entry["shape"])
    return tensors, metadata


def fused(a, b, c):
    """a b + c of float32 numbers, rounded once more than a fused multiply-add."""
    return (a.double() * b.double() + c.double()).float()


class Round(torch.autograd.Function):
    """To the device's grid and limit; the gradient goes straight through where the limit does not bite."""

    @staticmethod
    def forward(context, change, step, maximum):
        per, top = torch.tensor(1.0, dtype=torch.float32) / step, maximum / step
        context.save_for_backward(change.abs() <= maximum)
        return torch.round(change * per).clamp(-float(top), float(top)) * step

    @staticmethod
    def backward(context, gradient):
        (inside,) = context.saved_tensors
        return gradient * inside, None, None


class Cell(nn.Module):
    """The plastic layer: h [batch, units], F [batch, units, inputs]."""

    def __init__(self, weight, gamma, decay, bias, step=STEP, maximum=MAXIMUM, limits=LAMBDA, ordered=False):
        super().__init__()
        self.W, self.Gamma, self.Lambda, self.bias = (nn.Parameter(x.clone()) for x in (weight, gamma, decay, bias))
        self.step, self.maximum, self.limits, self.ordered = step, maximum, limits, ordered

    def forward(self, u, F):
        G = self.W + F
        if self.ordered:
            dot, square = self.sums(G, u)
        else:
            dot, square = torch.einsum("bjk,bk->bj", G, u), (G * G).sum(2)
        n = torch.sqrt(square.double()).float() + 1e-16  # sqrt of float32 is not rounded correctly everywhere
        h = torch.tanh((dot / n + self.bias).double()).float()
        change = self.Gamma * (h[:, :, None] * u[:, None, :])
        if self.step > 0:
            change = Round.apply(change, self.step, self.maximum)
        decay = self.Lambda.clamp(*self.limits)
        return h, fused(decay, F, change)

    @staticmethod
    def sums(G, u):
        """G u and |G|^2 in sixteen lanes, then pairwise; inputs that do not fill the last lanes count as 0."""
        short = -G.shape[2] % 16
        G, u = functional.pad(G, (0, short)), functional.pad(u, (0, short))
        dot = square = torch.zeros(G.shape[0], G.shape[1], 16)
        for k in range(0, G.shape[2], 16):
            g = G[:, :, k : k + 16]
            dot, square = fused(g, u[:, None, k : k + 16], dot), fused(g, g, square)
        for half in (8, 4, 2, 1):
            dot, square = dot[..., :half] + dot[..., half:], square[..., :half] + square[..., half:]
        return dot[..., 0], square[..., 0]


class Agent(nn.Module):
    """Two convolutions, the plastic cell, an actor and a critic."""

    def __init__(self, tensors, metadata=None, ordered=False, **cell):
        super().__init__()
        self.metadata, self.ordered = metadata or {}, ordered
        for name in ("conv1", "conv2", "actor", "critic"):
            for part in ("weight", "bias"):
                self.register_parameter(f"{name}_{part}", nn.Parameter(tensors[f"{name}.{part}"].clone()))
        self.cell = Cell(
            *(tensors[f"stpn.{x}"] for x in ("W", "Gamma", "Lambda", "bias")), ordered=ordered, **cell)

    @staticmethod
    def load(path, ordered=False, **cell):
        """An agent file of tausonite; `step`, `maximum` and `limits` replace the synapse's."""
        tensors, metadata = read_safetensors(path)
        return Agent(tensors, metadata, ordered, **cell)

    def begin(self, batch=1):
        """h and F at the start of a game."""
        units, inputs = self.cell.W.shape
        return torch.zeros(batch, units), torch.zeros(batch, units, inputs)

    def forward(self, observation, state):
        h, F = state
        y = self.convolve(observation[:, None], self.conv1_weight, self.conv1_bias, 4)
        y = self.convolve(y, self.conv2_weight, self.conv2_bias, 2)
        h, F = self.cell(torch.cat((y.flatten(1), h), 1), F)
        actor = self.head(h, self.actor_weight, self.actor_bias)
        critic = self.head(h, self.critic_weight, self.critic_bias)
        return actor, critic[:, 0], (h, F)

    def convolve(self, x, weight, bias, stride):
        if not self.ordered:
            return functional.conv2d(x, weight, bias, stride).relu()
        filters, channels, kernel, _ = weight.shape
        side = (x.shape[2] - kernel) // stride + 1
        total = bias[None, :, None, None].expand(x.shape[0], filters, side, side)
        for row in range(kernel):
            for column in range(kernel):
                for channel in range(channels):
                    reach = stride * (side - 1) + 1
                    seen = x[:, channel, row : row + reach : stride, column : column + reach : stride]
                    total = fused(seen[:, None], weight[None, :, channel, row, column, None, None], total)
        return total.relu()

    def head(self, h, weight, bias):
        if not self.ordered:
            return functional.linear(h, weight, bias)
        total = bias.expand(h.shape[0], -1)
        for k in range(h.shape[1]):
            total = total + weight[:, k] * h[:, k : k + 1]
        return total


class Screen:
    """84 x 84 of ALE's screen: rows 25 ... 184 in RGB, averaged over areas, mean of the rounded channels."""

    def __init__(self):
        import numpy as np

        self.np, self.taps = np, []
        scale = 160 / 84
        for i in range(84):
            first = min(int(i * scale), 157)
            shares = [min((i + 1) * scale, first + k + 1) - max(i * scale, first + k) for k in range(3)]
            self.taps.append((first, [np.float32(s / scale if s > 1e-3 else 0) for s in shares]))
        self.first = np.array([t[0] for t in self.taps])
        self.shares = np.array([t[1] for t in self.taps], np.float32)

    def runs(self, screen, earlier):
        """For each row of the screen the number of its run of equal rows."""
        np, changes = self.np, 0
        for x in (screen, earlier):
            if x is not None:
                changes = changes | (x[25:184] != x[26:185]).any((1, 2))
        return np.concatenate(([0], np.cumsum(changes)))

    def copied(self, run):
        """Where an output row comes from: itself, or the first of those from the same run (sums that end in .5 round as there)."""
        from_, before = [], None
        for i, first in enumerate(self.first):
            sources = (run[first], run[first + 1], run[first + 2])
            from_.append(from_[-1] if sources == before and len(set(sources)) == 1 else i)
            before = sources
        return from_

    def __call__(self, screen, earlier=None):
        np, first, w = self.np, self.first, self.shares
        x = screen if earlier is None else np.maximum(screen, earlier)
        run = self.runs(screen, earlier)
        x = x[25:185].astype(np.float32)
        a, b, c = (w[None, :, k, None] for k in range(3))
        x = x[:, first] * a + x[:, first + 1] * b + x[:, first + 2] * c
        a, b, c = (w[:, k, None, None] for k in range(3))
        x = x[first] * a + x[first + 1] * b + x[first + 2] * c
        x = np.rint(x)
        x = x[self.copied(run)]
        grey = (x[..., 0] + x[..., 1] + x[..., 2]) / np.float32(3)
        return torch.from_numpy((grey - np.float32(128)) / np.float32(128))[None]


@torch.no_grad()
def play(agent, frame_limit=108_000, most=None, each=None):
    """A greedy game without no-ops; `each(step, logits, h, action)` sees every step. Score, steps, actions."""
    from ale_py import ALEInterface, Action, LoggerMode, roms

    ALEInterface.setLoggerMode(LoggerMode.Error)
    ale = ALEInterface()
    ale.setInt("random_seed", 1)
    ale.setInt("frame_skip", 1)
    ale.setFloat("repeat_action_probability", 0.0)
    ale.loadROM(roms.get_rom_path("pong"))
    ale.reset_game()
    codes = [getattr(Action, name) for name in agent.metadata["actions"].split(",")]
    skip, see = int(agent.metadata.get("frame_skip", 1)), Screen()
    now, earlier, state = ale.getScreenRGB(), None, agent.begin()
    score, actions, over = 0, [], False
    while not over and len(actions) != most:
        logits, _, state = agent(see(now, earlier), state)
        action = int(torch.argmax(logits[0]))
        if each:
            each(len(actions), logits[0], state[0][0], action)
        actions.append(action)
        earlier = None
        for frame in range(skip):
            score += ale.act(codes[action])
            if frame == skip - 2:
                earlier = ale.getScreenRGB()
            over = ale.game_over() or ale.getEpisodeFrameNumber() >= frame_limit
            if over:
                break
        now = ale.getScreenRGB()
    return score, len(actions), actions


def compare(agent, answers, most=None):
    """Plays beside the answers of `pong evaluate --save-answers`: largest differences while the actions are the same."""
    given, _ = read_safetensors(answers)
    logits, hidden, chosen = given["logits"], given["h"], given["actions"]
    found = {"logits": 0.0, "logits_step": None, "h": 0.0, "h_step": None, "parts_at_step": None}

    def each(step, own, h, action):
        if found["parts_at_step"] is not None:
            return
        if step >= len(chosen) or action != int(chosen[step]):
            found["parts_at_step"] = step
            return
        for name, here, there in (("logits", own, logits[step]), ("h", h, hidden[step])):
            difference = float((here - there).abs().max())
            if difference > found[name]:
                found[name], found[name + "_step"] = difference, step

    score, steps, _ = play(agent, most=most, each=each)
    return {"score": score, "steps": steps, "steps_given": len(chosen), **found}


def main():
    from argparse import ArgumentParser

    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("agent")
    parser.add_argument("--answers", help="of `tausonite pong evaluate --save-answers`")
    parser.add_argument("--ordered", action="store_true", help="sum in tausonite's order")
    parser.add_argument("--steps", type=int, help="end the game after so many steps")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    agent = Agent.load(options.agent, ordered=options.ordered)
    if options.answers:
        result = compare(agent, options.answers, options.steps)
    else:
        score, steps, _ = play(agent, most=options.steps)
        result = {"score": score, "steps": steps}
    json.dump(result, sys.stdout)
    print()


if __name__ == "__main__":
    main()
