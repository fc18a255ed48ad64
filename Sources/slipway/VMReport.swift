import Documents
import Kernel
import SystemPackage
import VirtualMachine

/// What a run shows while it goes, on stderr.
struct Progress: Sendable {
    let asJSON: Bool
    private let began = MonotonicTime.now()

    func step(_ name: String, _ text: String) {
        guard asJSON else { return Terminal.note("==> \(name): \(text)") }
        tell(["step": .string(name), "message": .string(text)])
    }

    /// The node's own lines, as its console has them.
    func console(_ line: String) {
        let visible = line.filter { $0 == "\t" || !($0.asciiValue.map { $0 < 0x20 || $0 == 0x7f } ?? false) }
        if !asJSON, !visible.isEmpty { Terminal.note("    \(visible)") }
    }

    func event(_ event: JSONValue) { if asJSON, event["event"]?.string != "timeline" { tell(event) } }

    private func tell(_ document: JSONValue) {
        if let text = try? JSONText.encode(document, as: .line) { Terminal.note(text) }
    }
}

/// A run's summary for people.
enum Summary {
    static func text(_ summary: JSONValue, _ outcome: MachineOutcome, _ lastRun: FilePath) -> String {
        var lines: [String] = []
        func line(_ name: String, _ text: String) {
            lines.append(name + String(repeating: " ", count: max(1, 12 - name.count)) + text)
        }
        let platform = summary["platform"]
        line("platform", platform?["platform"]?.string ?? "unknown")
        for signal in platform?["signals"]?.array ?? [] where signal["for"] == platform?["platform"] {
            line("  because", "\(signal["source"]?.string ?? "") is \(signal["value"]?.string ?? "")")
        }
        let metadata = summary["metadata"]
        if let id = metadata?["instance_id"]?.string {
            line(
                "instance", "\(id) (\(metadata?["instance_type"]?.string ?? "?"), \(metadata?["zone"]?.string ?? "?"))")
        }
        line("host name", summary["hostname"]?.string ?? "none")
        for link in summary["links"]?.array ?? [] {
            let addresses = (link["addresses"]?.array ?? []).map {
                "\($0["address"]?.string ?? "") from \($0["source"]?.string ?? "")"
            }
            line(
                "link",
                "\(link["name"]?.string ?? "") \(link["state"]?.string ?? ""), "
                    + (addresses.isEmpty ? "no address" : addresses.joined(separator: ", ")))
        }
        for disk in summary["disks"]?.array ?? [] {
            let found = disk["signatures"]?.array?.first
            let type = found?["type"]?.string ?? disk["partition_table"]?.string ?? "nothing on it"
            let label = found?["label"]?.string.map { ", label \($0)" } ?? ""
            let size = String.size(UInt64(clamping: disk["size_bytes"]?.integer ?? 0))
            line("disk", "\(disk["path"]?.string ?? "") \(disk["transport"]?.string ?? "?"), \(size), \(type)\(label)")
        }
        let modules = (summary["modules"]?["loaded"]?.array ?? []).compactMap(\.string)
        line("modules", modules.isEmpty ? "none" : "\(modules.count): \(modules.joined(separator: " "))")
        line(
            summary["outcome"]?.string ?? "ready",
            "\((summary["ready_at"]?.double ?? 0).thousandths) s after the kernel's start; \(outcome.words)")
        line("kept", "\(lastRun): boot.json, console.log, report.jsonl, server.log")
        return lines.joined(separator: "\n")
    }
}
