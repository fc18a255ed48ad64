/// Bytes that can be read by their place: a device, an image, a recording.
public protocol VolumeSource: Sendable {
    /// How many bytes there are.
    var sizeInBytes: UInt64 { get }
    /// The `count` bytes at `offset`; fewer only where the volume ends.
    func read(at offset: UInt64, count: Int) throws(OSError) -> [UInt8]
}

/// A volume in memory.
public struct MemoryVolume: VolumeSource {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public var sizeInBytes: UInt64 { UInt64(bytes.count) }

    public func read(at offset: UInt64, count: Int) -> [UInt8] {
        guard let start = Int(exactly: offset), start < bytes.count, count > 0 else { return [] }
        return Array(bytes[start..<start + min(count, bytes.count - start)])
    }
}
