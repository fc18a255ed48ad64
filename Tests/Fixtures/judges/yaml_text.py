"""Reads lines of base64, each a YAML document, and prints for each what PyYAML makes of it in the notation of json_text.py, or
"rejected", as a line of JSON: "pure" with its own scanner and parser, "libyaml" with that library's, which we use too.

Those are as they are, as is the composer; the SafeLoader is changed where we mean to differ, and nowhere else.
"""
import base64
import json
import re
import sys

import yaml

TAG = "tag:yaml.org,2002:"


class Changed:
    yaml_implicit_resolvers = {}
    yaml_constructors = dict(yaml.SafeLoader.yaml_constructors)

    def construct_mapping(self, node, deep=False):
        # A key is its text as written, and there once; a merge too.
        names = []
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.YAMLError("a key that is no scalar")
            names.append((key.tag == TAG + "merge", key.value))
        if len(set(names)) != len(names):
            raise yaml.YAMLError("a key that is there twice")
        self.flatten_mapping(node)
        return {key.value: self.construct_object(value, deep=True) for key, value in node.value}

    def construct_yaml_map(self, node):
        # At once: the generator of the original is for mappings that hold themselves.
        return self.construct_mapping(node, deep=True)


class Pure(Changed, yaml.SafeLoader):
    pass


class LibYAML(Changed, yaml.CSafeLoader):
    pass


def implicit(tag, pattern, first):
    for character in first:
        Changed.yaml_implicit_resolvers.setdefault(character, []).append((TAG + tag, re.compile(f"^(?:{pattern})$")))


# No numbers in base 60, no dates, no "=".
PATTERNS = {
    "bool": r"yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF",
    "float": r"[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
    "int": r"[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+",
    "merge": r"<<",
    "null": r"~|null|Null|NULL|",
}
implicit("bool", PATTERNS["bool"], "yYnNtTfFoO")
implicit("float", PATTERNS["float"], "-+0123456789.")
implicit("int", PATTERNS["int"], "-+0123456789")
implicit("merge", PATTERNS["merge"], "<")
implicit("null", PATTERNS["null"], ["~", "n", "N", ""])


def checked(pattern, original):
    """What a tag says has to be written as what is resolved to it; the original takes more, or anything."""
    def construct(loader, node):
        if not re.fullmatch(pattern, loader.construct_scalar(node)):
            raise yaml.YAMLError("not of its tag")
        return original(loader, node)
    return construct


def integer(loader, node):
    # Of digits there has to be one, and 64 bits have to hold it; else it is text, or wrong where a tag says that it is none.
    text = loader.construct_scalar(node)
    if re.search(r"[0-9a-fA-F]", re.sub(r"^[-+]?0[bx]", "", text)):
        value = yaml.constructor.SafeConstructor.construct_yaml_int(loader, node)
        if -2**63 <= value < 2**64:
            return value
    if node.style is None and not tagged(node):
        return text
    raise yaml.YAMLError("no integer")


def tagged(node):
    return node.end_mark.index - node.start_mark.index != len(node.value)


def floating(loader, node):
    value = yaml.constructor.SafeConstructor.construct_yaml_float(loader, node)
    if value != value or value in (float("inf"), float("-inf")):
        raise yaml.YAMLError("not finite")
    return value


def refused(loader, node):
    raise yaml.YAMLError("unknown")


def binary(loader, node):
    # The original passes over what is not base64.
    return base64.b64decode(re.sub(r"\s", "", loader.construct_scalar(node)), validate=True).decode()


Changed.yaml_constructors.update({
    TAG + "int": integer,
    TAG + "float": checked(PATTERNS["float"] + r"|[-+]?[0-9][0-9_]*", floating),
    TAG + "bool": checked(PATTERNS["bool"], yaml.constructor.SafeConstructor.construct_yaml_bool),
    TAG + "null": checked(PATTERNS["null"], yaml.constructor.SafeConstructor.construct_yaml_null),
    TAG + "map": Changed.construct_yaml_map,
    TAG + "binary": binary,
    # Text: a date, and a merge where no key is.
    TAG + "timestamp": lambda loader, node: loader.construct_scalar(node),
    TAG + "merge": lambda loader, node: loader.construct_scalar(node),
    TAG + "set": refused,
    TAG + "omap": refused,
    TAG + "pairs": refused,
})


def notation(value):
    if value is None or isinstance(value, bool):
        return "n" if value is None else "t" if value else "f"
    if isinstance(value, int):
        return f"i{value}"
    if isinstance(value, float):
        return f"i{int(value)}" if value == int(value) and -2**63 <= value < 2**64 else f"d{value.hex()}"
    if isinstance(value, str):
        return "s" + value.encode().hex()
    if isinstance(value, list):
        return "[" + ",".join(notation(element) for element in value) + "]"
    members = sorted((key.encode().hex(), notation(member)) for key, member in value.items())
    return "{" + ",".join(f"{key}:{member}" for key, member in members) + "}"


def judged(data, loader):
    try:
        return notation(yaml.load(data, loader))
    except (yaml.YAMLError, ValueError, RecursionError, AttributeError, KeyError, TypeError):
        return "rejected"


for line in sys.stdin:
    data = base64.b64decode(line)
    print(json.dumps({"pure": judged(data, Pure), "libyaml": judged(data, LibYAML)}))
