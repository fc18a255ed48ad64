internal import Glibc
internal import Kernel
internal import SystemPackage

/// A program of the build host's that does one step for us.
struct HostTool {
    let name: String
    /// Debian's package that has it, for the error when it is absent.
    let package: String
    /// Where it may be; the first that can be executed is run.
    let places: [FilePath]

    /// Runs it with its output discarded; anything but status 0 is an error with the last of what it said.
    func run(
        _ arguments: [String], errors: FilePath, within limit: Duration, isInterrupted: () -> Bool
    ) throws(ImageError) {
        guard let program = places.first(where: { unsafe access($0.string, X_OK) == 0 }) else {
            throw .missingTool(name: name, package: package)
        }
        do {
            try run(program, arguments, errors, limit, isInterrupted)
        } catch let error as ImageError {
            throw error
        } catch let error as OSError {
            throw .system(error)
        } catch {
            throw .system(OSError(operation: "run", errno: .ioError, subject: name))
        }
    }

    private func run(
        _ program: FilePath, _ arguments: [String], _ errors: FilePath, _ limit: Duration, _ isInterrupted: () -> Bool
    ) throws {
        // A file rather than a pipe: what nobody reads must not stop the program.
        let words = try OwnedDescriptor.open(errors, O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
        var options = ChildProcess.Options()
        options.descriptors = [-1, -1, words.rawValue]
        options.environment = ["LC_ALL=C", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"]
        let child = try ChildProcess.spawn(program, [name] + arguments, options)
        let deadline = Deadline(in: limit)
        var ended: ChildProcess.Status?
        while ended == nil, !deadline.hasPassed, !isInterrupted() {
            ended = try child.wait(until: Deadline(in: min(deadline.remaining, .milliseconds(100))))
        }
        guard let status = ended else {
            try child.send(signal: SIGKILL)
            _ = try child.wait(until: Deadline(in: .seconds(10)))
            throw isInterrupted() ? ImageError.interrupted : ImageError.slowTool(name: name, after: limit)
        }
        // A terminal's Ctrl-C reaches the tool too: what it then says of itself is not the reason.
        if isInterrupted() { throw ImageError.interrupted }
        guard status == .exited(0) else {
            let said = try LiveFiles().contents(of: errors, limit: 1 << 16)
            let last = String(decoding: said.suffix(2048), as: UTF8.self).split(whereSeparator: \.isNewline).suffix(3)
            throw ImageError.failedTool(name: name, status, words: last.joined(separator: "; "))
        }
    }
}
