public import Documents
internal import Glibc
public import Kernel
public import SystemPackage

/// The process `slipway-metadata-server` on a free port of 127.0.0.1. It ends with this value, or with the test's process.
public final class MetadataServer: Sendable {
    /// The ports it listens on, in the order of the command line.
    public let ports: [Int]
    private let child: ChildProcess
    private let log: FilePath
    // The server runs with --exit-with-stdin: this end is closed when the test is gone, however it went.
    private let input: OwnedDescriptor

    /// The first port.
    public var port: Int { ports.first ?? 0 }

    /// Starts it on `directory`, and returns when it listens. Its log is the file `requests.log` in `scratch`.
    public init(
        serving directory: FilePath, scratch: FilePath, listen: [String] = ["127.0.0.1:0"], _ arguments: [String] = []
    ) throws {
        var input = try DescriptorPair.pipe()
        var output = try DescriptorPair.pipe()
        let childInput = try input.takeFirst()
        let childOutput = try output.takeSecond()
        let answer = try output.takeFirst()
        log = scratch.appending("requests.log")
        var options = ChildProcess.Options()
        options.descriptors = [childInput.rawValue, childOutput.rawValue, 2]
        let program = try builtProduct(named: "slipway-metadata-server")
        let all =
            [program.string, "--directory", directory.string, "--log", log.string, "--exit-with-stdin"]
            + listen.flatMap { ["--listen", $0] } + arguments
        let child = try ChildProcess.spawn(program, all, options)
        self.input = try input.takeSecond()
        _ = consume childOutput
        var line: [UInt8] = []
        while line.last != 0x0a {
            let piece = try answer.readOnce(limit: 4096)
            if piece.isEmpty { throw NotListening(arguments: all) }
            line += piece
        }
        let document = try JSONText.decode(JSONValue.self, from: line)
        ports = (document["listening"]?.array ?? []).compactMap { address in
            address.string?.split(separator: ":").last.flatMap { Int($0) }
        }
        self.child = child
    }

    deinit { _ = try? stop() }

    /// SIGTERM, and how it ended; nil when it had not within 5 seconds, and was killed.
    @discardableResult
    public func stop() throws -> ChildProcess.Status? {
        try child.send(signal: SIGTERM)
        if let status = try child.wait(until: Deadline(in: .seconds(5))) { return status }
        try child.send(signal: SIGKILL)
        _ = try child.wait(until: Deadline(in: .seconds(5)))
        return nil
    }

    /// What it has logged: a line for each request, in the order of their coming.
    public func requests() throws -> [JSONValue] {
        try HostRoot.live.contents(of: log, limit: 16 << 20).split(separator: 0x0a)
            .map { try JSONText.decode(JSONValue.self, from: Array($0)) }
    }

    /// The server ended, or closed stdout, before it listened; what it said is on stderr.
    public struct NotListening: Error {
        /// As it was started.
        public let arguments: [String]
    }
}
