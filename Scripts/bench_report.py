"""What the benches that are written in Python share: running commands, the machine in a line, their part of Documentation/Performance.md."""
import os, re, subprocess, time


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def machine(*packages, rounds):
    """Processor, kernel and versions: without those a figure says nothing."""
    model = next(line.split(": ", 1)[1] for line in open("/proc/cpuinfo") if line.startswith("model name")).strip()
    versions = [f"{name} {run('dpkg-query', '-W', '-f', '${Version}', name)}" for name in packages]
    swift = re.search(r"Swift version [0-9.]+", run("swift", "--version")).group(0)
    words = [model, f"{os.cpu_count()} processors", f"Linux {os.uname().release}", swift, *versions, time.strftime("%Y-%m-%d", time.gmtime())]
    return f"{', '.join(words)}; medians of {rounds} interleaved runs."


def write(name, lines):
    """Puts `lines` between the marks of `make name`."""
    document = "Documentation/Performance.md"
    start, end = f"<!-- make {name} -->", f"<!-- end of {name} -->"
    with open(document) as file:
        text = file.read()
    head, rest = text.split(start, 1)
    with open(document, "w") as file:
        file.write(head + start + "\n" + "\n".join(lines) + "\n" + end + rest.split(end, 1)[1])
