internal import Glibc
public import Kernel
public import SystemPackage

/// A program of the machine that judges ours: `cpio`, `zstd`, `modprobe`.
public enum Tool {
    /// What it wrote, and how it ended.
    public struct Answer: Hashable, Sendable {
        public let output: [UInt8]
        public let errors: String
        public let status: ChildProcess.Status
        /// Its standard output as text.
        public var text: String { String(decoding: output, as: UTF8.self) }
        /// The text's lines, without empty ones.
        public var lines: [String] { text.split(separator: "\n").map(String.init) }
    }

    /// Where `name` is; nil when this machine has none.
    public static func path(_ name: String) -> FilePath? {
        if name.hasPrefix("/") { return FilePath(name) }
        return ["/usr/bin", "/usr/sbin", "/bin", "/sbin"].map { FilePath($0).appending(name) }
            .first { unsafe access($0.string, X_OK) == 0 }
    }

    /// Runs it to its end, a minute at most, with `input` (a file) as standard input.
    public static func run(
        _ name: String, _ arguments: [String], input: FilePath? = nil, directory: FilePath? = nil
    ) throws -> Answer {
        guard let program = path(name) else {
            throw OSError(operation: "find", errno: .noSuchFileOrDirectory, subject: name)
        }
        let files = try TemporaryDirectory()
        let output = try OwnedDescriptor.open(files.path.appending("out"), O_RDWR | O_CREAT, mode: 0o600)
        let errors = try OwnedDescriptor.open(files.path.appending("err"), O_RDWR | O_CREAT, mode: 0o600)
        let source = try OwnedDescriptor.open(input ?? "/dev/null", O_RDONLY)
        var options = ChildProcess.Options()
        options.descriptors = [source.rawValue, output.rawValue, errors.rawValue]
        options.directory = directory
        let child = try ChildProcess.spawn(program, [name] + arguments, options)
        guard let status = try child.wait(until: Deadline(in: .seconds(60))) else {
            try child.send(signal: SIGKILL)
            _ = try child.wait(until: Deadline(in: .seconds(5)))
            throw OSError(operation: "wait", errno: .timedOut, subject: name)
        }
        let reader = LiveFiles()
        let words = try reader.contents(of: files.path.appending("err"), limit: 1 << 20)
        return Answer(
            output: try reader.contents(of: files.path.appending("out"), limit: 1 << 30),
            errors: String(decoding: words, as: UTF8.self), status: status)
    }
}
