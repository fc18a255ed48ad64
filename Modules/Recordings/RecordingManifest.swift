/// The first member of a recording, `manifest.json`: what it is and what it is not.
public struct RecordingManifest: Hashable, Sendable, Codable {
    /// The format that this build writes and reads.
    public static let currentVersion = 1

    public var version: Int
    /// `uname -r`.
    public var kernel: String
    /// When it was made: ISO 8601, UTC.
    public var date: String
    /// What it holds: `files`, `netlink`, and the names of others, such as `metadata`.
    public var planes: [String]
    /// What is not as it was on the host: the paths of files, and `netlink.pcap ATTRIBUTE` for keys.
    public var redacted: [String]
    /// What it cannot answer as the host did, in words; nil where there is nothing, and in recordings of older builds.
    public var doubtful: [String]?
    /// The verbs whose answers it holds, sorted.
    public var answered: [String]
    /// The verbs that gave no answer on the recorded bytes, and their words for it.
    public var failed: [String: String]

    public init(
        version: Int = currentVersion, kernel: String, date: String, planes: [String], redacted: [String],
        doubtful: [String]? = nil,
        answered: [String] = [], failed: [String: String] = [:]
    ) {
        self.version = version
        self.kernel = kernel
        self.date = date
        self.planes = planes
        self.redacted = redacted
        self.doubtful = doubtful
        self.answered = answered
        self.failed = failed
    }
}

/// The files plane's `files.json`: all of it but the bodies, which are members of their own.
///
/// Links stand here and are no links of the archive: sysfs has paths below a link, which no unpacked link could carry.
struct FileIndex: Hashable, Codable {
    struct Body: Hashable, Codable {
        var path: String
        /// The archive's name for it.
        var member: String
        /// The reading stopped at its limit.
        var truncated: Bool
    }
    struct Failure: Hashable, Codable {
        var path: String
        var reading: FilePlane.Reading
        /// The system call's name.
        var operation: String
        var errno: Int32
    }
    var bodies: [Body]
    var directories: [String: [String]]
    var links: [String: String]
    var failures: [Failure]
}
