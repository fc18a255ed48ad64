internal import CKernel
internal import Glibc
public import SystemPackage

/// A block device or an image file, open for reading.
public final class DeviceVolume: VolumeSource {
    private let descriptor: OwnedDescriptor
    private let subject: String
    public let sizeInBytes: UInt64

    /// The device node or file at `path` of a host: `/dev/sr0`.
    ///
    /// A host that is a directory tree has no devices, only images where its devices would be; links stay inside it.
    /// - Throws: ENOENT and its like; ENODEV for a recording, whose volumes are ``ReplayVolume``s; ENOTBLK for what is neither a
    ///   block device nor, see above, a regular file.
    public convenience init(_ path: FilePath, in root: HostRoot) throws(OSError) {
        let text = path.string
        // O_NONBLOCK: an optical drive is neither closed nor its door locked (cdrom_open, drivers/cdrom/cdrom.c).
        let flags = O_RDONLY | O_NONBLOCK | O_NOCTTY
        if root.isLive {
            try self.init(adopting: try OwnedDescriptor.open(path, flags), subject: text)
        } else {
            guard let prefix = root.path("/") else {
                throw OSError(operation: "open", errno: Errno(rawValue: ENODEV), subject: text)
            }
            let tree = try OwnedDescriptor.open(prefix, SW_O_PATH | O_DIRECTORY)
            let raw = try systemCall("openat2", on: text) { unsafe sw_open_in_root(tree.rawValue, text, flags) }
            try self.init(adopting: OwnedDescriptor(adopting: raw), subject: text, allowsDevices: false)
        }
    }

    /// Takes over an open descriptor. `subject` is what errors call it.
    public init(
        adopting descriptor: consuming OwnedDescriptor, subject: String, allowsDevices: Bool = true
    ) throws(OSError) {
        self.descriptor = descriptor
        self.subject = subject
        let raw = self.descriptor.rawValue
        var status = stat()
        // SAFETY: the struct lives through the call, which fills it in.
        try systemCall("fstat", on: subject) { unsafe fstat(raw, &status) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: sizeInBytes = UInt64(clamping: status.st_size)
        case S_IFBLK where allowsDevices:
            sizeInBytes = UInt64(clamping: try systemCall("lseek", on: subject) { lseek(raw, 0, SEEK_END) })
        default: throw OSError(operation: "open", errno: Errno(rawValue: ENOTBLK), subject: subject)
        }
    }

    /// `259:0`, as sysfs names it, of a block device; nil for an image.
    public func deviceNumber() throws(OSError) -> String? {
        var status = stat()
        let raw = descriptor.rawValue
        // SAFETY: the struct lives through the call, which fills it in.
        try systemCall("fstat", on: subject) { unsafe fstat(raw, &status) }
        guard status.st_mode & S_IFMT == S_IFBLK else { return nil }
        return "\(gnu_dev_major(status.st_rdev)):\(gnu_dev_minor(status.st_rdev))"
    }

    /// Another descriptor of the same opening.
    public func duplicate() throws(OSError) -> OwnedDescriptor { try descriptor.duplicate() }

    /// The descriptor, for ioctls while `self` lives.
    public func withDescriptor<Answer>(_ body: (Int32) throws(OSError) -> Answer) throws(OSError) -> Answer {
        try body(descriptor.rawValue)
    }

    public func read(at offset: UInt64, count: Int) throws(OSError) -> [UInt8] {
        var bytes: [UInt8] = []
        guard offset < sizeInBytes, count > 0 else { return bytes }
        let wanted = Int(min(UInt64(count), sizeInBytes - offset))
        while bytes.count < wanted {
            let piece = try once(at: offset + UInt64(bytes.count), count: min(wanted - bytes.count, 1 << 20))
            // The file was cut short meanwhile.
            if piece.isEmpty { break }
            bytes += piece
        }
        return bytes
    }

    private func once(at offset: UInt64, count: Int) throws(OSError) -> [UInt8] {
        guard let place = off_t(exactly: offset) else {
            throw OSError(operation: "pread", errno: .invalidArgument, subject: subject)
        }
        let raw = descriptor.rawValue
        var buffer = [UInt8](repeating: 0, count: count)
        let read = try systemCall("pread", on: subject) {
            // SAFETY: at most `count` bytes are written into the array, which has as many and lives through the call.
            unsafe pread(raw, &buffer, count, place)
        }
        buffer.removeLast(count - read)
        return buffer
    }
}
