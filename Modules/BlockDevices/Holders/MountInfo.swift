internal import Kernel

/// A line of /proc/PID/mountinfo (proc_pid_mountinfo(5)).
public struct MountInfo: Hashable, Sendable {
    /// `major:minor` of what is mounted.
    public let device: String
    /// With its escapes undone.
    public let mountPoint: String
    public let fileSystem: String
    /// `/dev/sda1`, or whatever the file system calls its source.
    public let source: String

    /// nil for a line that is none.
    init?(_ line: Substring) {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        // 36 35 98:0 /root /mnt rw,noatime master:1 - ext3 /dev/root rw: any number of optional fields before the dash.
        guard words.count >= 7, let dash = words.dropFirst(6).firstIndex(of: "-"), dash + 1 < words.count else {
            return nil
        }
        device = String(words[2])
        mountPoint = Self.unescaped(words[4])
        fileSystem = Self.unescaped(words[dash + 1])
        source = dash + 2 < words.count ? Self.unescaped(words[dash + 2]) : ""
    }

    static func parse(_ text: String) -> [MountInfo] { text.split(separator: "\n").compactMap { MountInfo($0) } }

    /// With the kernel's escapes undone.
    static func unescaped(_ text: some StringProtocol) -> String { EncodedText.of(undoingOctalEscapes(text)) }
}
