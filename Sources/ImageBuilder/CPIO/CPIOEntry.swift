/// One file, directory, link or device node of an archive.
package struct CPIOEntry: Hashable, Sendable {
    /// What an entry is, with what it holds.
    package enum Content: Hashable, Sendable {
        case file([UInt8])
        case directory
        /// The target, as it is written in the link.
        case symbolicLink(String)
        case characterDevice(major: UInt32, minor: UInt32)
        case blockDevice(major: UInt32, minor: UInt32)
        case fifo
        case socket
    }

    /// From the root, without a slash at its start: `sbin/modprobe`.
    package var path: String
    package var content: Content
    /// The low twelve bits of the mode: rwx for three, and set-user-ID, set-group-ID, sticky.
    package var permissions: UInt32
    /// Zero in every archive of ours.
    package var user: UInt32 = 0
    /// Zero in every archive of ours.
    package var group: UInt32 = 0
    /// Seconds since 1970; zero in every archive of ours.
    package var modified: UInt32 = 0

    package init(path: String, content: Content, permissions: UInt32) {
        self.path = path
        self.content = content
        self.permissions = permissions
    }
}

extension CPIOEntry.Content {
    /// A word for listings and JSON: `file`, `directory`, `symlink`, `char`, `block`, `fifo`, `socket`.
    package var kind: String {
        switch self {
        case .file: "file"
        case .directory: "directory"
        case .symbolicLink: "symlink"
        case .characterDevice: "char"
        case .blockDevice: "block"
        case .fifo: "fifo"
        case .socket: "socket"
        }
    }

    /// The bytes that the archive has for it: a file's, or a link's target; none for the others.
    package var bytes: [UInt8] {
        switch self {
        case .file(let bytes): bytes
        case .symbolicLink(let target): Array(target.utf8)
        default: []
        }
    }
}
