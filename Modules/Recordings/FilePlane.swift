public import Kernel
internal import SystemPackage

/// All that was read of a host's files, by the path as it was asked for.
public struct FilePlane: Hashable, Sendable {
    /// What a file said.
    public struct Body: Hashable, Sendable {
        public var bytes: [UInt8]
        /// Whether the reading stopped at its limit, so that the file may go on.
        public var isTruncated: Bool

        public init(bytes: [UInt8], isTruncated: Bool = false) {
            self.bytes = bytes
            self.isTruncated = isTruncated
        }
    }

    /// The three ways to read a path; each may fail for its own reason.
    public enum Reading: String, Hashable, Sendable, Codable, CaseIterable {
        case contents
        case entries
        case link
    }

    /// How a path was read.
    public struct Place: Hashable, Sendable {
        public let reading: Reading
        public let path: String

        public init(_ reading: Reading, _ path: String) {
            self.reading = reading
            self.path = path
        }
    }

    public var bodies: [String: Body] = [:]
    public var directories: [String: [String]] = [:]
    public var links: [String: String] = [:]
    public var failures: [Place: OSError] = [:]

    public init() {}

    /// Keeps what a reading gave. The first whole body of a path stays, for a reading of it later may differ; one that was cut is
    /// replaced by a longer one.
    mutating func note(_ bytes: [UInt8], of path: FilePath, limit: Int) {
        let body = Body(bytes: bytes, isTruncated: bytes.count >= limit)
        if let known = bodies[path.string] {
            guard known.isTruncated, body.bytes.count > known.bytes.count || !body.isTruncated else { return }
        }
        bodies[path.string] = body
        failures[Place(.contents, path.string)] = nil
    }

    mutating func note(entries: [String], of path: FilePath) {
        guard directories[path.string] == nil else { return }
        directories[path.string] = entries
        failures[Place(.entries, path.string)] = nil
    }

    mutating func note(target: FilePath, of path: FilePath) {
        guard links[path.string] == nil else { return }
        links[path.string] = target.string
        failures[Place(.link, path.string)] = nil
    }

    /// A failure counts where the same reading never succeeded.
    mutating func note(_ error: OSError, of path: FilePath, reading: Reading) {
        let succeeded =
            switch reading {
            case .contents: bodies[path.string] != nil
            case .entries: directories[path.string] != nil
            case .link: links[path.string] != nil
            }
        let place = Place(reading, path.string)
        if !succeeded, failures[place] == nil { failures[place] = error }
    }
}
