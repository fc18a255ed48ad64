import ArgumentParser
import Documents
import Glibc
import Kernel
import Recordings
import SystemPackage

/// `--json`, which every verb has.
struct OutputOptions: ParsableArguments {
    @Flag(name: .long, help: "Answer with a JSON document.") var json = false

    /// The document, or the table for people.
    func answer(_ document: @autoclosure () throws -> JSONValue, table: @autoclosure () -> String) throws {
        if json { try Terminal.answer(document()) } else { Terminal.answer(table()) }
    }
}

/// Whose files a reading verb reads.
struct HostOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Read the host under this directory.", valueName: "dir"))
    var root: String?
    @Option(name: .long, help: ArgumentHelp("Read a recording (made by 'slipway record').", valueName: "file"))
    var replay: String?

    func validate() throws {
        if root != nil && replay != nil { throw ValidationError("--root and --replay exclude each other.") }
    }

    /// Runs `body` on the host; in a replay, what the recording lacks is an error, never a wrong answer.
    func read<Answer>(_ operation: String, _ body: (HostRoot) throws -> Answer) throws -> Answer {
        if let replay {
            let recording: Recording
            do { recording = try Recording(reading: FilePath(replay)) } catch {
                throw CommandFailure(
                    .failed, "replay", on: replay, message: "\(error)",
                    hint: "make a recording with 'slipway record -o FILE'")
            }
            let files = ReplayFiles(recording.files)
            let answer = try body(HostRoot(replaying: files))
            if let path = files.unanswered.first {
                throw CommandFailure(
                    .failed, operation, on: replay, errno: ReplayFiles.unrecorded,
                    message: "the recording has nothing of \(path)", hint: "record again with this version")
            }
            return answer
        }
        if let root {
            do { _ = try OwnedDescriptor.open(FilePath(root), O_RDONLY | O_DIRECTORY) } catch {
                throw CommandFailure(
                    .usage, operation, on: root, errno: error.errno, message: "--root is no directory: \(error.reason)",
                    hint: "give the directory that has sys and proc in it")
            }
            return try body(HostRoot(directory: FilePath(root)))
        }
        return try body(.live)
    }

    /// For what changes this machine or asks its kernel: neither a directory nor a recording will do.
    func requireLive(_ operation: String) throws {
        guard let other = root.map({ "--root \($0)" }) ?? replay.map({ "--replay \($0)" }) else { return }
        throw CommandFailure(
            .usage, operation, message: "this asks the running kernel, so it takes no \(other)")
    }
}
