/// An offset that moves over foreign bytes and never past them.
///
/// Every load answers nil where the bytes end: the caller throws the error of its own format, with `offset`.
public struct ByteCursor: Hashable, Sendable {
    /// Of the next byte, from the start of the span.
    public private(set) var offset: Int

    public init(at offset: Int = 0) { self.offset = offset }

    /// Bytes left in `bytes`.
    public func remaining(in bytes: borrowing RawSpan) -> Int { max(0, bytes.byteCount - offset) }

    /// An integer in the machine's byte order.
    public mutating func load<Value: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: borrowing RawSpan, as type: Value.Type = Value.self
    ) -> Value? {
        let size = MemoryLayout<Value>.size
        guard remaining(in: bytes) >= size else { return nil }
        defer { offset += size }
        // SAFETY: `size` bytes lie at `offset`, checked above; any bit pattern is an integer.
        return unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Value.self)
    }

    /// An integer in network byte order.
    public mutating func loadBigEndian<Value: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: borrowing RawSpan, as type: Value.Type = Value.self
    ) -> Value? { load(bytes, as: Value.self).map { Value(bigEndian: $0) } }

    /// An integer in little-endian order, as file formats have it.
    public mutating func loadLittleEndian<Value: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: borrowing RawSpan, as type: Value.Type = Value.self
    ) -> Value? { load(bytes, as: Value.self).map { Value(littleEndian: $0) } }

    /// The next `count` bytes, copied.
    public mutating func take(_ count: Int, of bytes: borrowing RawSpan) -> [UInt8]? {
        guard count >= 0, remaining(in: bytes) >= count else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(count)
        for position in offset..<offset + count {
            // SAFETY: the position is below offset + count, which the guard holds within the span.
            result.append(unsafe bytes.unsafeLoad(fromByteOffset: position, as: UInt8.self))
        }
        offset += count
        return result
    }

    /// Moves on by `count`; false, and unmoved, where the bytes end before.
    public mutating func skip(_ count: Int, in bytes: borrowing RawSpan) -> Bool {
        guard count >= 0, remaining(in: bytes) >= count else { return false }
        offset += count
        return true
    }
}
