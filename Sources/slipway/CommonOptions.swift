import ArgumentParser
import Documents
import Glibc
import Kernel
import Netlink
import Recordings
import RouteDocuments
import SystemPackage

/// `--json`, which every verb has.
struct OutputOptions: ParsableArguments {
    @Flag(name: .long, help: "Answer with a JSON document.") var json = false

    /// The document, or the table for people.
    func answer(_ document: @autoclosure () throws -> JSONValue, table: @autoclosure () -> String) throws {
        if json { try Terminal.answer(document()) } else { Terminal.answer(table()) }
    }
}

/// Which host a reading verb reads.
struct HostOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Read the host under this directory.", valueName: "dir"))
    var root: String?
    @Option(name: .long, help: ArgumentHelp("Read a recording (made by 'slipway record').", valueName: "file"))
    var replay: String?

    func validate() throws {
        if root != nil && replay != nil { throw ValidationError("--root and --replay exclude each other.") }
    }

    /// Runs `body` on the host's files.
    func read<Answer>(_ operation: String, _ body: (HostRoot) throws -> Answer) throws -> Answer {
        try withHost(operation) { try body($0.root) }
    }

    /// Runs `body` on the host's files and its netlink: this machine or a recording, for a directory has no kernel to ask. What the
    /// kernel or the words refuse fails in the name of the verb.
    func ask<Answer>(_ operation: String, _ body: (Host) throws -> Answer) throws -> Answer {
        if let root {
            throw CommandFailure(
                .usage, operation, message: "this asks the kernel over netlink, so it takes no --root \(root)",
                hint: "--replay FILE reads a recording")
        }
        do { return try withHost(operation, body) } catch let error as NetlinkError {
            throw CommandFailure(error, operation)
        } catch let error as WordError {
            throw CommandFailure(error, operation)
        }
    }

    /// In a replay, what the recording lacks is an error, never a wrong answer.
    func withHost<Answer>(_ operation: String, _ body: (Host) throws -> Answer) throws -> Answer {
        if let replay { return try reading(replay, operation, body) }
        if let root {
            do { _ = try OwnedDescriptor.open(FilePath(root), O_RDONLY | O_DIRECTORY) } catch {
                throw CommandFailure(
                    .usage, operation, on: root, errno: error.errno, message: "--root is no directory: \(error.reason)",
                    hint: "give the directory that has sys and proc in it")
            }
            return try body(Host(directory: FilePath(root)))
        }
        return try body(.live)
    }

    private func reading<Answer>(
        _ file: String, _ operation: String, _ body: (Host) throws -> Answer
    ) throws -> Answer {
        let replay: Replay
        do { replay = try Recording(reading: FilePath(file)).replay() } catch {
            throw CommandFailure(
                .failed, "replay", on: file, message: "\(error)",
                hint: "make a recording with 'slipway record -o FILE'")
        }
        let answer = Result { try body(replay.host) }
        // Asked before the failure too: that may be no more than what came of it.
        if let missing = replay.unanswered.first {
            throw CommandFailure(
                .failed, operation, on: file, errno: ReplayFiles.unrecorded,
                message: "the recording has nothing of \(missing)", hint: "record again with this version")
        }
        return try answer.get()
    }

    /// For what changes this machine or asks its kernel: neither a directory nor a recording will do.
    func requireLive(_ operation: String) throws {
        guard let other = root.map({ "--root \($0)" }) ?? replay.map({ "--replay \($0)" }) else { return }
        throw CommandFailure(
            .usage, operation, message: "this asks the running kernel, so it takes no \(other)")
    }
}
