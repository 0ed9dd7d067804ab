# SPDX-License-Identifier: Apache-2.0
"""Checkpoints and proofs verified with Python's standard library alone: Ed25519 after RFC 8032
section 5.1, notes after c2sp.org/signed-note, trees after RFC 9162 sections 2.1.3.2 and 2.1.4.2.
Nothing of the product's code."""

import base64
import hashlib

P = 2 ** 255 - 19
ORDER = 2 ** 252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def _recover_x(y, sign):
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P != 0:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - x2) % P != 0 or (x == 0 and sign):
        raise ValueError("no point of the curve")
    return P - x if x & 1 != sign else x


def _add(a, b):
    """Extended coordinates, section 5.1.4."""
    p = (a[1] - a[0]) * (b[1] - b[0]) % P
    q = (a[1] + a[0]) * (b[1] + b[0]) % P
    r = 2 * a[3] * b[3] * D % P
    s = 2 * a[2] * b[2] % P
    e, f, g, h = q - p, s - r, s + r, q + p
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(scalar, point):
    total = (0, 1, 1, 0)
    while scalar > 0:
        if scalar & 1:
            total = _add(total, point)
        point = _add(point, point)
        scalar >>= 1
    return total


def _point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2 ** 255 - 1)
    if y >= P:
        raise ValueError("no point of the curve")
    x = _recover_x(y, sign)
    return x, y, 1, x * y % P


_BASE_Y = 4 * pow(5, P - 2, P) % P
_BASE_X = _recover_x(_BASE_Y, 0)
_BASE = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % P)


def ed25519_holds(key, message, signature):
    try:
        a, r = _point(key), _point(signature[:32])
    except ValueError:
        return False
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    left, right = _times(s, _BASE), _add(r, _times(h, a))
    return ((left[0] * right[2] - right[0] * left[2]) % P == 0
            and (left[1] * right[2] - right[1] * left[2]) % P == 0)


def open_checkpoint(note, verifier):
    """(origin, size, root) of a note that the verifier key signed; ValueError else."""
    name, key_id, typed = verifier.split("+", 2)
    typed = base64.b64decode(typed, validate=True)
    if typed[0] != 1 or len(typed) != 33:
        raise ValueError("no Ed25519 key")
    wanted = hashlib.sha256(name.encode() + b"\n" + typed).digest()[:4]
    if wanted.hex() != key_id:
        raise ValueError("the key id does not follow from the key")
    text, signatures = note.rsplit("\n\n", 1)
    text += "\n"
    signed = False
    for line in signatures.splitlines():
        dash, by, signature = line.split(" ")
        signature = base64.b64decode(signature, validate=True)
        if dash != "—" or by != name or signature[:4] != wanted:
            continue
        if not ed25519_holds(typed[1:], text.encode(), signature[4:]):
            raise ValueError("the signature does not hold")
        signed = True
    if not signed:
        raise ValueError("nobody known signed")
    origin, size, root = text.split("\n")[:3]
    return origin, int(size), base64.b64decode(root, validate=True)


def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def _node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def inclusion_holds(index, size, leaf, root, path):
    if index >= size:
        return False
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = _node(p, r)
            while fn & 1 == 0 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = _node(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def consistency_holds(first, second, first_root, second_root, path):
    if first == second:
        return not path and first_root == second_root
    if first == 0:
        return not path
    path = list(path)
    if first & (first - 1) == 0:
        path.insert(0, first_root)
    if not path:
        return False
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = _node(c, fr), _node(c, sr)
            while fn & 1 == 0 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = _node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first_root and sr == second_root
