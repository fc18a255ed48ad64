internal import Glibc
public import Kernel
public import SystemPackage

/// What a command of the system printed and how it ended.
public struct CommandOutput: Hashable, Sendable {
    public let status: ChildProcess.Status
    public let output: [UInt8]
    public let errors: String

    public var isSuccess: Bool { status == .exited(0) }
    public var text: String { String(decoding: output, as: UTF8.self) }
    /// The text's lines, without empty ones.
    public var lines: [String] { text.split(separator: "\n").map(String.init) }
}

/// A command that did not end well, for a test to show.
public struct CommandFailure: Error, CustomStringConvertible {
    public let description: String
}

/// Runs a command to its end, with a deadline; arguments are apart by spaces.
///
/// - Parameter networkNamespace: a descriptor of the namespace to run in, or -1.
@discardableResult
public func run(
    _ command: String, networkNamespace: Int32 = -1, timeout: Duration = .seconds(20)
) throws -> CommandOutput {
    let outcome = try attempt(command, networkNamespace: networkNamespace, timeout: timeout)
    guard outcome.isSuccess else {
        throw CommandFailure(description: "\(command): \(outcome.status) \(outcome.errors)\(outcome.text)")
    }
    return outcome
}

/// The same, where a failure is an answer too.
public func attempt(
    _ command: String, networkNamespace: Int32 = -1, timeout: Duration = .seconds(20)
) throws -> CommandOutput {
    let words = command.split(separator: " ").map { String($0) }
    guard let name = words.first else { throw CommandFailure(description: "an empty command") }
    return try attempt(name, Array(words.dropFirst()), networkNamespace: networkNamespace, timeout: timeout)
}

/// The same with arguments that may have spaces in them, and are empty where they are.
///
/// - Parameters:
///   - program: a path, or a name that is looked for on the usual path.
///   - input: a file that is its standard input; without it there is none.
public func attempt(
    _ program: String, _ arguments: [String], input: FilePath? = nil, directory: FilePath? = nil,
    networkNamespace: Int32 = -1, timeout: Duration = .seconds(60)
) throws -> CommandOutput {
    let deadline = Deadline(in: timeout)
    var outputPair = try DescriptorPair.pipe()
    var errorPair = try DescriptorPair.pipe()
    let output = try outputPair.takeFirst()
    let errors = try errorPair.takeFirst()
    var options = ChildProcess.Options()
    options.directory = directory
    options.networkNamespace = networkNamespace
    let child = try start(
        program, arguments, options, input: input ?? "/dev/null", output: try outputPair.takeSecond(),
        errors: try errorPair.takeSecond())
    let printed = try drain(output, errors, until: deadline)
    guard let status = try child.wait(until: deadline) else {
        try child.send(signal: SIGKILL)
        _ = try child.wait(until: Deadline(in: .seconds(5)))
        let words = ([program] + arguments).joined(separator: " ")
        throw CommandFailure(description: "\(words): did not end in \(timeout)")
    }
    return CommandOutput(status: status, output: printed.0, errors: String(decoding: printed.1, as: UTF8.self))
}

/// Our ends of the pipes are closed when it returns, so that the readers see the child's last.
private func start(
    _ program: String, _ arguments: [String], _ options: ChildProcess.Options, input: FilePath,
    output: consuming OwnedDescriptor, errors: consuming OwnedDescriptor
) throws -> ChildProcess {
    let source = try OwnedDescriptor.open(input, O_RDONLY)
    var options = options
    options.descriptors = [source.rawValue, output.rawValue, errors.rawValue]
    return try spawn(program, arguments, options)
}

/// Starts a command, found on the usual path. It is killed with the thread that starts it.
public func spawn(_ command: String, _ options: ChildProcess.Options) throws -> ChildProcess {
    let words = command.split(separator: " ").map { String($0) }
    guard let name = words.first else { throw CommandFailure(description: "an empty command") }
    return try spawn(name, Array(words.dropFirst()), options)
}

private func spawn(_ program: String, _ arguments: [String], _ options: ChildProcess.Options) throws -> ChildProcess {
    let places = ["", "/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"].map { $0 + program }
    guard let path = places.first(where: { unsafe $0.contains("/") && access($0, X_OK) == 0 }) else {
        throw CommandFailure(description: "\(program) is not installed")
    }
    var options = options
    options.deathSignal = SIGKILL
    return try ChildProcess.spawn(FilePath(path), [program] + arguments, options)
}

/// Reads both to their ends.
private func drain(
    _ first: borrowing OwnedDescriptor, _ second: borrowing OwnedDescriptor, until deadline: Deadline
) throws -> ([UInt8], [UInt8]) {
    var results: [[UInt8]] = [[], []]
    var entries = [first.rawValue, second.rawValue].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    while entries.contains(where: { $0.fd >= 0 }) {
        // SAFETY: two entries, which live through the call.
        let ready = unsafe poll(&entries, 2, deadline.pollTimeout)
        if ready <= 0, deadline.hasPassed { break }
        for position in entries.indices where entries[position].fd >= 0 && entries[position].revents != 0 {
            let piece = try position == 0 ? first.readOnce(limit: 65_536) : second.readOnce(limit: 65_536)
            if piece.isEmpty { entries[position].fd = -1 }
            results[position] += piece
        }
    }
    return (results[0], results[1])
}

/// The number of descriptors that this process has open, the one that counts apart.
public func openDescriptorCount() throws -> Int { try LiveFiles().entries(of: "/proc/self/fd").count - 1 }
