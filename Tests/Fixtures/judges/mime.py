"""Reads lines of base64, each a MIME message, and prints for each what Python's email package makes of it, as a line of JSON.

A part is one that holds bytes: walk() without the multiparts. "defects" are the names of what the parser found wrong.
"""
import base64
import email
import email.policy
import json
import sys



def shown(text):
    """Without the lone surrogates that stand for bytes of no character: JSON has none."""
    return text and text.encode("utf-8", "replace").decode()


def judged(data):
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    defects, parts = [], []
    for part in message.walk():
        if part.get_content_maintype() != "multipart":
            payload = part.get_payload(decode=True)
            parts.append({
                "type": shown(part.get_content_type()),
                "name": shown(part.get_filename()),
                "bytes": base64.b64encode(payload).decode() if payload is not None else None,
            })
        defects += [type(defect).__name__ for defect in part.defects]
    return {"defects": defects, "parts": parts}


for line in sys.stdin:
    try:
        print(json.dumps(judged(base64.b64decode(line))))
    except Exception as error:  # pylint: disable=broad-except
        print(json.dumps({"raised": str(error)}))
