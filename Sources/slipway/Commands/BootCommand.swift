import ArgumentParser
import BringUp
import Documents
import Kernel
import SystemPackage

struct BootCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "boot", abstract: "The record of a boot.", subcommands: [TimelineVerb.self])

    struct TimelineVerb: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "timeline", abstract: "When each task of the bring-up waited, ran and ended.")
        @Option(
            help: ArgumentHelp("The record; without it this node's own (/run/slipway/boot.json).", valueName: "file"))
        var from: String?
        @OptionGroup var output: OutputOptions

        func run() throws {
            let path = from ?? "/run/slipway/boot.json"
            let timeline: Timeline
            do {
                let bytes = try LiveFiles().contents(of: FilePath(path), limit: 16 << 20)
                timeline = try JSONText.decode(Timeline.self, from: bytes)
            } catch let error as OSError {
                throw CommandFailure(
                    error.errno == .noSuchFileOrDirectory ? .notFound : .failed, "boot timeline", on: path,
                    errno: error.errno, message: error.reason,
                    hint: from == nil
                        ? "on another machine give --from FILE" : "'make run' writes .cache/last-run/boot.json")
            } catch {
                throw CommandFailure(.failed, "boot timeline", on: path, message: "no boot record: \(error)")
            }
            if output.json { return Terminal.answer(try JSONText.encode(timeline)) }
            Terminal.answer(Self.text(timeline))
        }

        static func text(_ timeline: Timeline) -> String {
            var table = Table("TASK", "START", "END", "TOOK", "WAITED FOR", "OUTCOME", "NOTE")
            for task in timeline.tasks {
                let waits = task.waits.map { wait in
                    let length = wait.until.map { ($0 - wait.from).thousandths + " s" } ?? "still"
                    return "\(wait.waitedFor) \(length)\(wait.unavailable ? " (never came)" : "")"
                }
                for (position, attempt) in task.attempts.enumerated() {
                    let isLast = position == task.attempts.count - 1
                    table.add(
                        task.name, attempt.started.thousandths, attempt.ended?.thousandths,
                        attempt.ended.map { "\(($0 - attempt.started).thousandths) s" },
                        position == 0 ? waits.joined(separator: ", ") : nil, attempt.outcome ?? "running",
                        attempt.error ?? (isLast ? task.note : nil))
                }
                if task.attempts.isEmpty {
                    table.add(
                        task.name, nil, nil, nil, waits.joined(separator: ", "), task.outcome ?? "waiting", task.note)
                }
            }
            var lines = ["kernel \(timeline.kernel), times in seconds since its start", ""]
            lines.append(table.text)
            for start in timeline.starts.dropFirst() {
                let during = start.during.isEmpty ? "no task" : start.during.joined(separator: ", ")
                lines.append("restart at \(start.at.thousandths): the bring-up \(start.reason ?? "ended") in \(during)")
            }
            if let ready = timeline.readyAt { lines.append("\(timeline.outcome ?? "done") at \(ready.thousandths)") }
            return lines.joined(separator: "\n")
        }
    }
}
