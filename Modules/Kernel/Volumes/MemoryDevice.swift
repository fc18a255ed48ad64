internal import Synchronization
internal import SystemPackage

/// A device in memory, as large as asked for and as small as what was written.
public final class MemoryDevice: WritableVolume {
    private let pages: Mutex<MemoryPages>
    public let sizeInBytes: UInt64

    public init(sizeInBytes: UInt64) {
        self.sizeInBytes = sizeInBytes
        pages = Mutex(MemoryPages(sizeInBytes: sizeInBytes))
    }

    public init(_ contents: MemoryPages) {
        sizeInBytes = contents.sizeInBytes
        pages = Mutex(contents)
    }

    /// What it holds now.
    public var contents: MemoryPages { pages.withLock { $0 } }

    public func read(at offset: UInt64, count: Int) -> [UInt8] {
        pages.withLock { $0.read(at: offset, count: count) }
    }

    public func write(_ bytes: [UInt8], at offset: UInt64) throws(OSError) {
        guard pages.withLock({ $0.write(bytes, at: offset) }) else {
            throw OSError(operation: "write", errno: .noSpace, subject: "memory")
        }
    }

    public func flush() {}
}

/// A device that keeps what was written through it, in its order.
public final class WriteLog: WritableVolume {
    /// One call of the writer.
    public enum Call: Hashable, Sendable {
        case write(offset: UInt64, bytes: [UInt8])
        case flush
    }

    private let device: any WritableVolume
    private let log = Mutex<[Call]>([])

    public init(over device: any WritableVolume) { self.device = device }

    public var calls: [Call] { log.withLock { $0 } }
    public var sizeInBytes: UInt64 { device.sizeInBytes }

    public func read(at offset: UInt64, count: Int) throws(OSError) -> [UInt8] {
        try device.read(at: offset, count: count)
    }

    public func write(_ bytes: [UInt8], at offset: UInt64) throws(OSError) {
        try device.write(bytes, at: offset)
        log.withLock { $0.append(.write(offset: offset, bytes: bytes)) }
    }

    public func flush() throws(OSError) {
        try device.flush()
        log.withLock { $0.append(.flush) }
    }
}
