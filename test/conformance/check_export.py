#!/usr/bin/env python3
"""Checks an exported ledger without any code of the program that wrote it.

    check_export.py DIR VERIFIER_KEY

DIR is what `holdfast audit export --format tiles DIR` wrote, VERIFIER_KEY what `holdfast audit key` printed. Written from
the public texts alone: C2SP signed-note, tlog-checkpoint and tlog-tiles, RFC 6962, RFC 8785, and docs/formats/entry.md.

Needs Python 3.9 and nothing else. Ed25519 comes from the package `cryptography` or from the openssl command, BLAKE3 from
the package `blake3` or from the b3sum command; a check whose tool is missing is named as skipped. Prints a line for each
check; ends with 0 when nothing is bad, with 1 when something is, with 2 when it was used wrongly.
"""

import base64
import datetime
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

WIDTH = 256
HASH_BYTES = 32
ED25519 = 1
MEMBERS = ["action", "actor", "commitment", "outcome", "prev", "reason", "resource", "seq", "tenant", "time", "v"]
GRAMMAR = {
    "action": r"[a-z][a-z0-9.-]{0,63}",
    "actor": r"ac_[a-z2-7]{26}",
    "commitment": r"[0-9a-f]{64}",
    "outcome": r"ok|denied|failed|conflict",
    "prev": r"[0-9a-f]{64}",
    "reason": r"[a-z0-9_]{0,64}",
    "resource": r"[a-z][a-z0-9-]{0,31}(:[a-z]{2}_[a-z2-7]{26})?(@[1-9][0-9]*)?",
    "tenant": r"tn_[a-z2-7]{26}",
    "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
}


class Bad(Exception):
    """What was found wrong, in a sentence."""


class Skipped(Exception):
    """Why a check could not be made."""


def main(arguments):
    if len(arguments) != 2:
        print("usage: check_export.py DIR VERIFIER_KEY", file=sys.stderr)
        return 2
    folder, key_text = arguments
    log = {"folder": folder}
    # Each step leaves what the next ones need; when one fails, those after it have nothing to stand on.
    steps = [
        ("verifier key", lambda: log.update(parse_key(key_text))),
        ("checkpoint form", lambda: log.update(parse_checkpoint(read(folder, "checkpoint"), log["name"]))),
        ("checkpoint signature", lambda: check_signature(log)),
        ("entry bundles", lambda: log.update(entries=read_entries(folder, log["size"]))),
        ("root over the entries", lambda: check_root(log)),
        ("hash tiles", lambda: check_tiles(log)),
        ("no other files", lambda: check_files(log)),
        ("canonical entries", lambda: log.update(parsed=[parse_entry(*each) for each in enumerate(log["entries"])])),
        ("sequence", lambda: check_sequence(log["parsed"])),
        ("order of times", lambda: check_times(log["parsed"])),
        ("chain from the genesis", lambda: check_chain(log)),
    ]
    for name, step in steps:
        try:
            step()
            print(f"ok       {name}")
        except Skipped as reason:
            print(f"skipped  {name}: {reason}")
        except Bad as reason:
            print(f"bad      {name}: {reason}")
            return 1
    print(f"{log['size']} entries of {log['name']}")
    return 0


def read(folder, path):
    try:
        with open(os.path.join(folder, path), "rb") as file:
            return file.read()
    except OSError as error:
        raise Bad(f"{path}: {error.strerror}") from error


def strict_base64(text):
    try:
        decoded = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Bad("base 64 that is not well formed") from error
    if base64.b64encode(decoded).decode() != text:
        raise Bad("base 64 that is not canonical")
    return decoded


# C2SP signed-note and tlog-checkpoint


def parse_key(text):
    match = re.fullmatch(r"([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)", text.strip())
    if match is None:
        raise Bad("it is not <name>+<id>+<base 64>")
    name, key_id, encoded = match.groups()
    data = strict_base64(encoded)
    if len(data) != 33 or data[0] != ED25519:
        raise Bad("it is not an Ed25519 key")
    if hashlib.sha256(name.encode() + b"\n" + data).digest()[:4].hex() != key_id:
        raise Bad("its id is not that of its name and bytes")
    return {"name": name, "key_id": bytes.fromhex(key_id), "public_key": data[1:]}


def parse_checkpoint(note, name):
    text, separator, signatures = note.rpartition(b"\n\n")
    if separator == b"" or not note.endswith(b"\n"):
        raise Bad("it is not a signed note")
    body = text + b"\n"
    lines = body.decode("utf-8").split("\n")[:-1]
    if len(lines) < 3:
        raise Bad("it has fewer than three lines")
    origin, size, root = lines[:3]
    if origin != name:
        raise Bad(f"its origin is {origin!r}, but the key is of {name!r}")
    if re.fullmatch(r"0|[1-9][0-9]*", size) is None:
        raise Bad("its size is not a decimal number")
    decoded = strict_base64(root)
    if len(decoded) != HASH_BYTES:
        raise Bad("its root is not a hash")
    return {"body": body, "size": int(size), "root": decoded, "signatures": signatures.decode("utf-8").split("\n")[:-1]}


def check_signature(log):
    own = []
    for line in log["signatures"]:
        match = re.fullmatch(r"\u2014 (\S+) ([A-Za-z0-9+/=]+)", line)
        if match is None:
            raise Bad(f"a line that is no signature: {line!r}")
        signature = strict_base64(match.group(2))
        if match.group(1) == log["name"] and signature[:4] == log["key_id"]:
            own.append(signature[4:])
    if not own:
        raise Bad("none of its signatures is by this key")
    for signature in own:
        if not verify_ed25519(log["public_key"], signature, log["body"]):
            raise Bad("it does not verify")


def verify_ed25519(public_key, signature, message):
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return verify_with_openssl(public_key, signature, message)
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def verify_with_openssl(public_key, signature, message):
    openssl = shutil.which("openssl")
    if openssl is None:
        raise Skipped("neither the package cryptography nor openssl is here")
    # RFC 8410: a SubjectPublicKeyInfo is this prefix and the key.
    spki = bytes.fromhex("302a300506032b6570032100") + public_key
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for name, data in {"key": spki, "signature": signature, "message": message}.items():
            paths[name] = os.path.join(folder, name)
            with open(paths[name], "wb") as file:
                file.write(data)
        command = [openssl, "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", paths["key"], "-rawin"]
        command += ["-sigfile", paths["signature"], "-in", paths["message"]]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


# C2SP tlog-tiles


def tile_path(level, index, width):
    parts = [f"{index % 1000:03d}"]
    while index >= 1000:
        index //= 1000
        parts.insert(0, f"x{index % 1000:03d}")
    return f"tile/{level}/" + "/".join(parts) + ("" if width == WIDTH else f".p/{width}")


def tiles_of(count):
    """Index and width of each tile that holds `count` things."""
    for index in range(count // WIDTH):
        yield index, WIDTH
    if count % WIDTH:
        yield count // WIDTH, count % WIDTH


def read_entries(folder, size):
    entries = []
    for index, width in tiles_of(size):
        path = tile_path("entries", index, width)
        bundle = parse_bundle(read(folder, path), path)
        if len(bundle) != width:
            raise Bad(f"{path} holds {len(bundle)} entries, not {width}")
        entries += bundle
    return entries


def parse_bundle(data, path):
    entries = []
    while data:
        length = int.from_bytes(data[:2], "big")
        if len(data) < 2 + length:
            raise Bad(f"{path} ends inside an entry")
        entries.append(data[2 : 2 + length])
        data = data[2 + length :]
    return entries


def leaf_hash(entry):
    return hashlib.sha256(b"\x00" + entry).digest()


def tree_hash(hashes):
    """RFC 6962, section 2.1, as it is written there."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return hashlib.sha256(b"\x01" + tree_hash(hashes[:split]) + tree_hash(hashes[split:])).digest()


def check_root(log):
    log["leaves"] = [leaf_hash(entry) for entry in log["entries"]]
    if tree_hash(log["leaves"]) != log["root"]:
        raise Bad("the entries do not come to the root that is signed")


def expected_tiles(leaves):
    """Path and bytes of each hash tile of a tree."""
    level, hashes = 0, leaves
    while hashes:
        for index, width in tiles_of(len(hashes)):
            yield tile_path(level, index, width), b"".join(hashes[index * WIDTH : index * WIDTH + width])
        complete = len(hashes) // WIDTH
        hashes = [tree_hash(hashes[index * WIDTH : (index + 1) * WIDTH]) for index in range(complete)]
        level += 1


def check_tiles(log):
    for path, expected in expected_tiles(log["leaves"]):
        if read(log["folder"], path) != expected:
            raise Bad(f"{path} does not hold the hashes of the entries")


def check_files(log):
    expected = {"checkpoint"} | {path for path, _ in expected_tiles(log["leaves"])}
    expected |= {tile_path("entries", index, width) for index, width in tiles_of(log["size"])}
    for parent, _, names in os.walk(log["folder"]):
        for name in names:
            path = os.path.relpath(os.path.join(parent, name), log["folder"])
            if path not in expected and not is_earlier_partial(path, log["size"]):
                raise Bad(f"{path} does not belong there")


def is_earlier_partial(path, size):
    """A log may keep the partial tiles of its smaller sizes."""
    match = re.fullmatch(r"tile/(entries|\d+)/((?:x\d{3}/)*\d{3})\.p/([1-9]\d{0,2})", path)
    if match is None:
        return False
    level = 0 if match.group(1) == "entries" else int(match.group(1))
    index = int(match.group(2).replace("x", "").replace("/", ""))
    return index * WIDTH + int(match.group(3)) <= size // WIDTH**level


# docs/formats/entry.md


def parse_entry(seq, data):
    try:
        members = json.loads(data.decode("ascii"), object_pairs_hook=list)
    except ValueError as error:
        raise Bad(f"entry {seq} is not JSON in ASCII") from error
    if not isinstance(members, list) or [member[0] for member in members] != MEMBERS:
        raise Bad(f"entry {seq} has other members than {MEMBERS}")
    entry = dict(members)
    # RFC 8785 for strings and whole numbers: sorted, no blanks, nothing escaped that need not be.
    if json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() != data:
        raise Bad(f"entry {seq} is not in its canonical form")
    for name, pattern in GRAMMAR.items():
        if not isinstance(entry[name], str) or re.fullmatch(pattern, entry[name]) is None:
            raise Bad(f"entry {seq}: {name} is {entry[name]!r}")
    if type(entry["v"]) is not int or entry["v"] != 1:
        raise Bad(f"entry {seq} is of version {entry['v']!r}")
    return entry


def check_sequence(parsed):
    for seq, entry in enumerate(parsed):
        if type(entry["seq"]) is not int or entry["seq"] != seq:
            raise Bad(f"entry {seq} says that it is {entry['seq']!r}")


def check_times(parsed):
    previous = None
    for seq, entry in enumerate(parsed):
        try:
            time = datetime.datetime.strptime(entry["time"], "%Y-%m-%dT%H:%M:%S.%fZ")
        except ValueError as error:
            raise Bad(f"entry {seq} is of a day that does not exist") from error
        if previous is not None and time < previous:
            raise Bad(f"entry {seq} is earlier than the one before it")
        previous = time


def check_chain(log):
    preimages = [b"holdfast/ledger/1\x00" + log["name"].encode()] + log["entries"][:-1]
    for seq, (entry, expected) in enumerate(zip(log["parsed"], blake3_each(preimages))):
        if entry["prev"] != expected:
            raise Bad(f"entry {seq} does not follow from {'the genesis' if seq == 0 else 'the entry before it'}")


def blake3_each(messages):
    try:
        from blake3 import blake3
    except ImportError:
        return b3sum_each(messages)
    return [blake3(message).hexdigest() for message in messages]


def b3sum_each(messages):
    b3sum = shutil.which("b3sum")
    if b3sum is None:
        raise Skipped("neither the package blake3 nor b3sum is here")
    digests = []
    with tempfile.TemporaryDirectory() as folder:
        for start in range(0, len(messages), 1000):
            paths = []
            for index, message in enumerate(messages[start : start + 1000]):
                paths.append(os.path.join(folder, str(index)))
                with open(paths[-1], "wb") as file:
                    file.write(message)
            run = subprocess.run([b3sum, "--no-names", *paths], capture_output=True, check=True, text=True)
            digests += run.stdout.split()
    return digests


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
