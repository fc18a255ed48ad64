"""Reads lines of base64, each an XML document, and prints for each what libxml2 (lxml) makes of it as a line of JSON: null where it
is not well-formed, else nested objects of name, attributes (sorted, without declarations of namespaces), text and children.
"doctype" is true where it has a document type, "namespaces" where nothing but those is wrong.
"""
import base64
import json
import sys

from lxml import etree


def name(element, tag):
    """As written: libxml2 keeps the prefix of an element; of an attribute it is looked up."""
    if not tag.startswith("{"):
        return tag
    space, local = tag[1:].split("}")
    if space == "http://www.w3.org/XML/1998/namespace":
        return "xml:" + local
    prefix = [prefix for prefix, value in element.nsmap.items() if value == space and prefix]
    return f"{prefix[0]}:{local}" if prefix else local


def tree(element):
    local = etree.QName(element).localname
    children = [child for child in element if isinstance(child.tag, str)]
    text = (element.text or "") + "".join(child.tail or "" for child in element)
    return {
        "name": f"{element.prefix}:{local}" if element.prefix else local,
        "attributes": sorted([name(element, key), value] for key, value in element.attrib.items()),
        "text": text,
        "children": [tree(child) for child in children],
    }


for line in sys.stdin:
    data = base64.b64decode(line)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, strip_cdata=True)
    try:
        root = etree.fromstring(data, parser)
        answer = {"doctype": bool(root.getroottree().docinfo.doctype), "root": tree(root)}
    except (etree.XMLSyntaxError, ValueError) as error:
        wrong = [entry for entry in parser.error_log if entry.level_name != "WARNING"]
        answer = {
            "doctype": b"<!DOCTYPE" in data, "root": None, "words": str(error),
            "namespaces": all(entry.domain_name == "NAMESPACE" for entry in wrong),
        }
    print(json.dumps(answer))
