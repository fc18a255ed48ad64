"""Reads lines of base64, each a JSON document, and prints for each, as a JSON string, what Python's json module makes of it in one
notation, or "rejected".

The notation: n, t, f; iN for an integer that 64 bits hold, however it is written; dH for another number, as float.hex; sX for a
string, X its UTF-8 in hexadecimal; [a,b]; {X:a,X:b} in order of the keys' UTF-8.
Rejected as well: what the module takes beyond RFC 8259 (NaN, Infinity, half of a surrogate pair), a number beyond the doubles, and more
than 64 levels.
"""
import base64
import json
import re
import sys

sys.set_int_max_str_digits(0)


def number(text):
    sign, whole, fraction, exponent = re.fullmatch(r"(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?", text).groups()
    digits = (whole + (fraction or "")).lstrip("0")
    scale = int(exponent or 0) - len(fraction or "") + len(digits) - len(digits.rstrip("0"))
    if not digits:
        return "i0"
    if 0 <= scale < 40:
        exact = int(sign + digits.rstrip("0")) * 10**scale
        if -2**63 <= exact < 2**64:
            return f"i{exact}"
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(text)
    return f"i{int(value)}" if value == int(value) and -2**63 <= value < 2**64 else f"d{value.hex()}"


class Number(str):
    """A number's notation, apart from strings."""


def constant(text):
    raise ValueError(text)


def notation(value, depth=0):
    if value is None or isinstance(value, bool):
        return "n" if value is None else "t" if value else "f"
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, str):
        return "s" + value.encode().hex()
    if depth == 64:
        raise ValueError("too deep")
    if isinstance(value, list):
        return "[" + ",".join(notation(element, depth + 1) for element in value) + "]"
    members = sorted((key.encode(), notation(member, depth + 1)) for key, member in value.items())
    return "{" + ",".join(f"{key.hex()}:{member}" for key, member in members) + "}"


for line in sys.stdin:
    try:
        text = base64.b64decode(line).decode("utf-8-sig")
        value = json.loads(
            text, parse_int=lambda t: Number(number(t)), parse_float=lambda t: Number(number(t)),
            parse_constant=constant)
        print(json.dumps(notation(value)))
    except (ValueError, RecursionError):
        print('"rejected"')
