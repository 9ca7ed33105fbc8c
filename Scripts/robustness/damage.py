"""Kinds of damage: of bytes, of numbers, whole files, bombs, JSON values, tensors. Each gives (what, data, must it be refused)."""

import functools
import json
import math
import random
import re
import struct

NUMBERS = (
    "nan .nan NaN inf .inf -.inf Infinity 1e400 -1e400 1e308 -1e308 1e300 1e-320 5e-324 0 -0 -1 -1e-9 99999999999999999999 "
    "9223372036854775807 9223372036854775808 -9223372036854775808 18446744073709551615 4294967296 2147483648 1e19 1e16 65536 0x10 "
    "1_000 1,5 １２ ٣ 1e + . 1e5000000 --1 true null ~ '' [] {} [1] 1e3 0.5 255 256").split() + ["{a: 1}", "1 V", "1 nm", "1 s", "3.5 V"]
NUMBER = re.compile(rb"(?<![A-Za-z_0-9.])-?\d+(\.\d+)?([eE][-+]?\d+)?(?![A-Za-z_0-9])")
MARKS = ["\u202e", "\u00a0", "\u2028", "𝟛", "é", "\u0000", "\u0301" * 50, "\x1b[2J", "\x9b2J", "\ufeff"]


def generic(data, rng):
    """Bits, bytes, lines, line ends, marks."""
    size, lines = max(len(data), 1), data.split(b"\n")
    changed, at, line = bytearray(data), rng.randrange(size), rng.randrange(len(lines))
    kind = rng.randrange(16)
    if kind == 0 and data:
        changed[at] ^= 1 << rng.randrange(8)
        return "bit flip", bytes(changed)
    if kind == 1 and data:
        for _ in range(rng.randrange(2, 20)):
            changed[rng.randrange(size)] = rng.randrange(256)
        return "random bytes", bytes(changed)
    if kind == 2:
        return "cut", data[:at]
    if kind == 3:
        return "cut out", data[:at] + data[at + rng.randrange(1, 200):]
    if kind == 4:
        return "line deleted", b"\n".join(lines[:line] + lines[line + 1:])
    if kind == 5:
        return "line doubled", b"\n".join(lines[:line] + [lines[line]] + lines[line:])
    if kind == 6:
        rng.shuffle(lines)
        return "lines shuffled", b"\n".join(lines)
    if kind == 7:
        return "CRLF", data.replace(b"\n", b"\r\n")
    if kind == 8:
        return "BOM", b"\xef\xbb\xbf" + data
    if kind == 9:
        return "CR only", data.replace(b"\n", b"\r")
    if kind == 10:
        return "mark", data[:at] + rng.choice(MARKS).encode() + data[at:]
    if kind == 11:
        return "tabs", data.replace(b"  ", b"\t", rng.randrange(1, 5))
    if kind == 12:
        first, last = sorted((at, rng.randrange(size)))
        return "piece doubled", data[:last] + data[first:last] + data[last:]
    if kind == 13:
        return "latin-1", data + "ü µ".encode("latin-1")
    if kind == 14:
        return "line inserted", b"\n".join(lines[:line] + [bytes(rng.randrange(32, 127) for _ in range(40))] + lines[line:])
    old, new = rng.choice([b'"', b":", b",", b"{", b"[", b"-"]), rng.choice([b"", b"'", b'"', b"::", b"}", b"&a ", b"*a", b"!t "])
    return "signs", data.replace(old, new, rng.randrange(1, 4))


def numbers(data, rng):
    """One number becomes another, or no number."""
    found = list(NUMBER.finditer(data))
    if not found:
        return generic(data, rng)
    match, new = rng.choice(found), rng.choice(NUMBERS)
    return f"number {match.group().decode()} -> {new}", data[:match.start()] + new.encode() + data[match.end():]


def json_value(data, rng):
    """One value of another kind, or none, or a list of another length."""
    value, places = json.loads(data), []

    def walk(node, path):
        for key in node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
            places.append((node, key, [*path, key]))
            walk(node[key], [*path, key])

    walk(value, [])
    node, key, path = rng.choice(places)
    new = rng.choice([None, 0, -1, 1e308, -1e308, 2**63 - 1, 2**63, "x", [], {}, True, "left out", "other length"])
    if new == "left out":
        del node[key]
    elif new == "other length" and isinstance(node[key], list):
        node[key] = node[key][:len(node[key]) // 2] if rng.random() < 0.5 else node[key] * 2
    else:
        node[key] = new
    return f"JSON {'.'.join(map(str, path))[:80]} -> {new!r}", json.dumps(value).encode()


@functools.cache
def whole_files():
    """What is no file of the program at all."""
    random_bytes = random.Random(7).randbytes(65536)
    return [(what, data, True) for what, data in [
        ("empty", b""), ("only spaces", b" \n \n"), ("NUL bytes", b"\0" * 4096), ("UTF-16", "a: 1\n".encode("utf-16")),
        ("random 64 kB", random_bytes), ("10 MB of one line", b"a" * 10_000_000), ("10 MB of lines", b"aaaaaaaaa\n" * 1_000_000),
        ("10 MB of brackets", b"[" * 10_000_000), ("100 kB of braces", b"{" * 100_000), ("20 MB", b"a: b\n" * 4_000_000),
        ("an ELF", open("/bin/true", "rb").read())]]


@functools.cache
def yaml_bombs():
    """Small files that stand for large ones, and what YAML can do that no file needs."""
    wide = "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
    for i in range(9):
        wide += f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 10)}]\n"
    merge = "a: &a {x: 1}\n" + "".join(f"b{i}: &b{i} {{<<: [*{'a' if i == 0 else f'b{i - 1}'}]}}\n" for i in range(2000))
    return [(what, data.encode() if isinstance(data, str) else data, True) for what, data in [
        ("alias bomb", wide), ("alias bomb as key", wide + "? *j\n: 1\n"), ("alias bomb as keys", wide + "k: {? *j : 1, ? *i : 2}\n"),
        ("merge chain", merge), ("own alias", "a: &a [*a]\n"), ("anchor alone", "a: &a 1\n"), ("python tag", "!!python/object:os ['id']\n"),
        ("tagged", "name: !!binary aGVsbG8=\nsteps: !!set {a}\n"), ("directive", "%YAML 9.9\n---\na: 1\n"),
        ("two documents", "a: 1\n---\nb: 2\n"), ("unclosed quote", 'name: "' + "a" * 100_000),
        ("nesting 100,000", "a: " + "[" * 100_000 + "]" * 100_000), ("nesting 900", "a: " + "[" * 900 + "]" * 900),
        ("map nesting 20,000", "a: " + "{b: " * 20_000 + "}" * 20_000), ("block nesting 200,000", "- " * 200_000 + "x\n"),
        ("block map nesting 3,000", "".join(" " * i + "a:\n" for i in range(3000))), ("? nesting", "? " * 50_000 + "a"),
        ("100,000 keys", "".join(f"k{i}: {i}\n" for i in range(100_000))), ("long key", "a" * 1_000_000 + ": 1\n"),
        ("long key above many", "a" * 5_000_000 + ":\n" + "- a\n" * 500_000), ("anchors", "".join(f"- &a{i} x\n" for i in range(100_000)))]]


@functools.cache
def json_bombs():
    """Depth, width, and numbers that are none."""
    return [(what, data, True) for what, data in [
        ("depth 100,000", b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"), ("depth 400", b'{"a":' + b"[" * 400 + b"]" * 400 + b"}"),
        ("object depth 100,000", b'{"a":' * 100_000 + b"1" + b"}" * 100_000), ("a list", b"[1,2,3]"), ("null", b"null"),
        ("a string", b'"x"'), ("lone surrogate", b'{"a":"\\ud800"}'), ("10 MB of digits", b'{"a":' + b"9" * 10_000_000 + b"}"),
        ("1e400", b'{"a":1e400}'), ("NaN", b'{"a":NaN}'), ("100,000 keys", b"{" + b",".join(b'"k%d":1' % i for i in range(100_000)) + b"}"),
        ("one key 100,000 times", b"{" + b",".join([b'"a":1'] * 100_000) + b"}")]]


def tensors(data):
    """Header and bytes of a safetensors file."""
    size = struct.unpack("<Q", data[:8])[0]
    return json.loads(data[8:8 + size]), data[8 + size:]


def pack(header, body):
    """A safetensors file, made when it is asked for: many of some megabytes would fill the memory."""

    def made():
        text = header if isinstance(header, bytes) else json.dumps(header).encode()
        return struct.pack("<Q", len(text)) + text + body

    return made


def patched(header, body, at, new):
    """A safetensors file with other bytes from `at` of its data on."""
    return lambda: pack(header, body[:at] + new + body[at + len(new):])()


def tensor_files(data):
    """Damage of a safetensors file by hand: lengths, offsets, shapes, types, names, metadata, values."""
    header, body = tensors(data)
    names = sorted((k for k in header if k != "__metadata__"), key=lambda k: header[k]["data_offsets"])
    small, big = names[0], max(names, key=lambda k: header[k]["data_offsets"][1] - header[k]["data_offsets"][0])
    first, last = header[big]["data_offsets"]
    shape = header[big]["shape"]

    def changed(name, **fields):
        copy = json.loads(json.dumps(header))
        copy[name].update(fields)
        return pack(copy, body)

    def metadata(**fields):
        copy = json.loads(json.dumps(header))
        copy.setdefault("__metadata__", {}).update(fields)
        return pack(copy, body)

    text = json.dumps(header)
    doubled = (text[:-1] + f', "{small}": ' + json.dumps(header[small]) + "}").encode()
    out = [(f"header length {n}", lambda n=n: struct.pack("<Q", n) + data[8:], True)
           for n in (2**63, 2**64 - 1, 2**63 - 1, 0, 1, 7, 2**31, 2**32, len(data) - 8, len(data) - 7, 99_999_999)]
    out += [(what, made, True) for what, made in [
        ("only a length", data[:8]), ("7 bytes", data[:7]), ("header only", data[:8 + struct.unpack("<Q", data[:8])[0]]),
        ("one byte short", lambda: data[:-1]), ("one byte more", lambda: data + b"\0"), ("offsets 2^63", changed(big, data_offsets=[2**63 - 1, 2**63 - 1])),
        ("negative offsets", changed(big, data_offsets=[-last, -first])), ("offsets swapped", changed(big, data_offsets=[last, first])),
        ("overlap", changed(big, data_offsets=[first - 4, last - 4])), ("hole", changed(big, data_offsets=[first + 4, last + 4])),
        ("one offset", changed(big, data_offsets=[first])), ("offsets as text", changed(big, data_offsets=["0", "4"])),
        ("offset 1e30", changed(big, data_offsets=[0, 1e30])), ("type BF16", changed(big, dtype="BF16")),
        ("type of the same size", changed(big, dtype="I32" if header[big]["dtype"] != "I32" else "U32")),
        ("no type", changed(big, dtype=None)), ("shape turned", changed(big, shape=shape[::-1] if len(set(shape)) > 1 else [0, 5])),
        ("shape 2^62", changed(small, shape=[2**62, 4])), ("shape 2^62 x 0", changed(small, shape=[2**62, 0, 4])),
        ("negative shape", changed(small, shape=[-1, -16])), ("100,000 axes", changed(small, shape=header[small]["shape"] + [1] * 100_000)),
        ("name missing", pack({k: v for k, v in header.items() if k != small}, body)),
        ("name changed", pack({k + "x" if k == small else k: v for k, v in header.items()}, body)),
        ("header a list", pack(b"[]", body)), ("header not closed", pack(json.dumps(header).encode()[:-1], body)),
        ("header with NaN", pack(b'{"a":NaN}', body)), ("header depth", pack(b'{"a":' * 50_000 + b"1" + b"}" * 50_000, b"")),
        ("metadata a list", pack({**header, "__metadata__": [1]}, body)), ("metadata nested", metadata(a={"b": "c"})),
        ("metadata of 20 kB", metadata(a="x" * 20_000)), ("tensor named twice", pack(doubled, body))]]
    if header[big]["dtype"] == "F32":
        for value in (math.nan, math.inf):
            out.append((f"{value} in {big}", patched(header, body, first + 400, struct.pack("<f", value)), True))
        out.append((f"3e38 all over {big}", patched(header, body, first, struct.pack("<f", 3e38) * ((last - first) // 4)), False))
    values = ("", "-1", "0", "nan", "inf", "1e300", "1e-30", "9223372036854775807", "9223372036854775808", "<b>", "\x1b[31m", "NOOP", "a,b")
    for key in header.get("__metadata__", {}):
        for new in random.Random(key).sample(values, 5):
            out.append((f"metadata {key} -> {new!r}", metadata(**{key: new}), False))
    return out


def agent_files(data):
    """Damage of an agent: what its metadata say of the network, and small files that claim large networks."""
    header, body = tensors(data)
    out = tensor_files(data)

    def metadata(**fields):
        copy = json.loads(json.dumps(header))
        copy["__metadata__"].update(fields)
        return pack(copy, body)

    shapes = [{"obs_size": "4096"}, {"obs_size": "4096", "conv1_stride": "1", "conv2_stride": "1"}, {"obs_size": "7"},
              {"conv1_stride": "64"}, {"conv1_stride": "1"}, {"conv2_stride": "1"}, {"frame_skip": "17"}, {"preprocessing": "<script>"},
              {"seed": "99999999999999999999"}, {"agent_steps": "9223372036854775807"}, {"delta_f_step": "1e-30"}]
    others = [{"delta_f_step": "1e-30", "delta_f_max": "1e30"}, {"delta_f_step": "-1"}, {"lambda_min": "2", "lambda_max": "1"},
              {"lambda_max": "1e39"}, {"lambda_min": "-1e300", "lambda_max": "1e300"}, {"actions": ""}, {"actions": "NOOP,NOOP"}]
    out += [(f"metadata {fields}", metadata(**fields), must) for group, must in ((shapes, True), (others, True)) for fields in group]

    def claim(conv1, conv2, actor, fields=None):
        made, bytes_ = {"__metadata__": fields or {}}, b""
        for name, shape in (("conv1.weight", conv1), ("conv2.weight", conv2), ("actor.weight", actor)):
            size = 4 * math.prod(shape)
            made[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(bytes_), len(bytes_) + size]}
            bytes_ += b"\0" * size
        return pack(made, bytes_)

    wide = {"obs_size": "4096", "conv1_stride": "1", "conv2_stride": "1"}
    out += [("claims 4096 filters", claim([4096, 1, 8, 1], [4096, 1, 4, 1], [1, 1024]), True),
            ("claims 4096 units", claim([4096, 1, 8, 1], [4096, 1, 4, 1], [1, 4096]), True),
            ("claims an observation of 4096", claim([16, 1, 8, 1], [4096, 1, 4, 1], [1, 4096], wide), True),
            ("claims kernels of 4096", claim([4096, 1, 4096, 1], [4096, 1, 1, 1], [1, 4], {"obs_size": "4096"}), True)]
    return out
