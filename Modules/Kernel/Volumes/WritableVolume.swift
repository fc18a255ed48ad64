internal import CKernel
internal import Glibc
public import SystemPackage

/// Bytes that can be written by their place, too.
public protocol WritableVolume: VolumeSource {
    /// Puts all of `bytes` at `offset`; nothing may be written past the end (ENOSPC).
    func write(_ bytes: [UInt8], at offset: UInt64) throws(OSError)
    /// Returns once all that was written before is on the medium (fsync(2)).
    func flush() throws(OSError)
}

/// A block device or an image file, open for reading and writing.
public final class WritableDevice: WritableVolume {
    private let descriptor: OwnedDescriptor
    /// The same device, to be read alone.
    public let reader: DeviceVolume
    private let subject: String

    /// Opens the device or image file at `path` of this machine.
    /// - Throws: EROFS or EACCES where it may not be written, and what ``DeviceVolume`` throws.
    ///   EBUSY where it is to be `exclusive` and somebody in the kernel has it: a mount, swap, a device on top (O_EXCL).
    public convenience init(_ path: FilePath, exclusive: Bool = false) throws(OSError) {
        let flags = O_RDWR | O_NONBLOCK | O_NOCTTY | (exclusive ? O_EXCL : 0)
        try self.init(adopting: try OwnedDescriptor.open(path, flags), subject: path.string)
    }

    /// flock(LOCK_EX), which udevd and others heed, until the last descriptor of this opening is closed.
    /// - Throws: EWOULDBLOCK where somebody has it until `deadline`.
    public func lock(until deadline: Deadline) throws(OSError) {
        let raw = descriptor.rawValue
        while true {
            do throws(OSError) {
                try systemCall("flock", on: subject) { flock(raw, LOCK_EX | LOCK_NB) }
                return
            } catch {
                guard error.errno == .wouldBlock, !deadline.hasPassed else { throw error }
                Deadline(in: .milliseconds(50)).sleep()
            }
        }
    }

    /// A file in memory (memfd_create(2)) of zeros, which take no room until they are written.
    /// - Throws: EFBIG where no file can be that large.
    public convenience init(inMemory sizeInBytes: UInt64, subject: String) throws(OSError) {
        let raw = try systemCall("memfd_create", on: subject) { unsafe sw_anonymous_file("slipway") }
        let descriptor = OwnedDescriptor(adopting: raw)
        guard let size = off_t(exactly: sizeInBytes) else {
            throw OSError(operation: "ftruncate", errno: .fileTooLarge, subject: subject)
        }
        try systemCall("ftruncate", on: subject) { ftruncate(raw, size) }
        try self.init(adopting: descriptor, subject: subject)
    }

    /// Takes over a descriptor that is open for both.
    public init(adopting descriptor: consuming OwnedDescriptor, subject: String) throws(OSError) {
        let copy = try descriptor.duplicate()
        self.descriptor = descriptor
        reader = try DeviceVolume(adopting: copy, subject: subject)
        self.subject = subject
    }

    public var sizeInBytes: UInt64 { reader.sizeInBytes }

    public func read(at offset: UInt64, count: Int) throws(OSError) -> [UInt8] {
        try reader.read(at: offset, count: count)
    }

    public func write(_ bytes: [UInt8], at offset: UInt64) throws(OSError) {
        let (end, overflow) = offset.addingReportingOverflow(UInt64(bytes.count))
        guard !overflow, end <= sizeInBytes, off_t(exactly: end) != nil else {
            throw OSError(operation: "pwrite", errno: .noSpace, subject: subject)
        }
        let raw = descriptor.rawValue
        var done = 0
        while done < bytes.count {
            let place = off_t(offset) + off_t(done)
            let wrote = try systemCall("pwrite", on: subject) {
                // SAFETY: `done` is below the count, and the rest of the array follows it.
                unsafe bytes.withUnsafeBytes {
                    unsafe pwrite(raw, $0.baseAddress! + done, $0.count - done, place)
                }
            }
            guard wrote > 0 else { throw OSError(operation: "pwrite", errno: .ioError, subject: subject) }
            done += wrote
        }
    }

    public func flush() throws(OSError) {
        let raw = descriptor.rawValue
        try systemCall("fsync", on: subject) { fsync(raw) }
    }

    /// Writes back and forgets the page cache of a block device (BLKFLSBUF), so that the next reading asks the medium. It takes CAP_SYS_ADMIN;
    /// an image has none of its own.
    public func dropCache() throws(OSError) {
        guard try reader.deviceNumber() != nil else { return }
        let raw = descriptor.rawValue
        try systemCall("BLKFLSBUF", on: subject) { sw_flush_buffers(raw) }
    }

    /// Another descriptor of the same opening.
    public func duplicate() throws(OSError) -> OwnedDescriptor { try descriptor.duplicate() }

    /// The descriptor, for ioctls while `self` lives.
    public func withDescriptor<Answer>(_ body: (Int32) throws(OSError) -> Answer) throws(OSError) -> Answer {
        try body(descriptor.rawValue)
    }
}

/// A volume in memory that keeps what was written; what was not is zeros.
public struct MemoryPages: Sendable {
    /// Of each page, in bytes.
    public static let pageSize = 4096
    private var pages: [UInt64: [UInt8]] = [:]
    public let sizeInBytes: UInt64

    public init(sizeInBytes: UInt64) { self.sizeInBytes = sizeInBytes }

    public func read(at offset: UInt64, count: Int) -> [UInt8] {
        guard offset < sizeInBytes, count > 0 else { return [] }
        let wanted = Int(min(UInt64(count), sizeInBytes - offset))
        var bytes: [UInt8] = []
        bytes.reserveCapacity(wanted)
        while bytes.count < wanted {
            let place = offset + UInt64(bytes.count)
            let inside = Int(place % UInt64(Self.pageSize))
            let step = min(wanted - bytes.count, Self.pageSize - inside)
            if let page = pages[place / UInt64(Self.pageSize)] {
                bytes += page[inside..<inside + step]
            } else {
                bytes.append(contentsOf: repeatElement(0, count: step))
            }
        }
        return bytes
    }

    /// False, and nothing is written, where it would pass the end.
    public mutating func write(_ bytes: some RandomAccessCollection<UInt8>, at offset: UInt64) -> Bool {
        let (end, overflow) = offset.addingReportingOverflow(UInt64(bytes.count))
        guard !overflow, end <= sizeInBytes else { return false }
        var rest = bytes[...]
        var place = offset
        while !rest.isEmpty {
            let inside = Int(place % UInt64(Self.pageSize))
            let piece = rest.prefix(Self.pageSize - inside)
            pages[place / UInt64(Self.pageSize), default: [UInt8](repeating: 0, count: Self.pageSize)]
                .replaceSubrange(inside..<inside + piece.count, with: piece)
            place += UInt64(piece.count)
            rest = rest.dropFirst(piece.count)
        }
        return true
    }
}
