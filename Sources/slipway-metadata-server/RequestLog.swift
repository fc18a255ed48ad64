import Documents
import Glibc
import Kernel
import SystemPackage

/// A file with one JSON document for each request, written at once and whole.
struct RequestLog: ~Copyable, Sendable {
    /// A token's value is never in it.
    struct Line: Encodable, Sendable {
        /// When the request came, in seconds of CLOCK_MONOTONIC.
        var time: Double
        var method: String
        /// The target as it was sent.
        var path: String
        /// 0 where a fault left no answer.
        var status: Int
        var remote: String
        var token: String
    }

    private let file: OwnedDescriptor
    private let path: FilePath

    init(_ path: FilePath) throws(OSError) {
        file = try .open(path, O_WRONLY | O_CREAT | O_APPEND, mode: 0o644)
        self.path = path
    }

    func write(_ line: Line) throws {
        try file.writeAll(Array((JSONText.encode(line, as: .line) + "\n").utf8), subject: path.string)
    }
}
