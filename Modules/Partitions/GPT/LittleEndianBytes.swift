/// Integers in the bytes of a table. What lies past the end reads as zero and is not written: the callers hold whole sectors, and a
/// short one is no table.
extension [UInt8] {
    func number<Value: FixedWidthInteger>(at offset: Int, as type: Value.Type = Value.self) -> Value {
        let size = MemoryLayout<Value>.size
        guard offset >= 0, offset <= count - size else { return 0 }
        var value: Value = 0
        for place in (0..<size).reversed() { value = value << 8 | Value(truncatingIfNeeded: self[offset + place]) }
        return value
    }

    mutating func put<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
        let size = MemoryLayout<Value>.size
        guard offset >= 0, offset <= count - size else { return }
        for place in 0..<size { self[offset + place] = UInt8(truncatingIfNeeded: value >> Value(8 * place)) }
    }

    /// Sixteen bytes; zeros where they end before.
    func guid(at offset: Int) -> GUID {
        guard offset >= 0, offset <= count - 16 else { return .zero }
        return GUID(bytes: self[offset..<offset + 16]) ?? .zero
    }

    mutating func put(_ guid: GUID, at offset: Int) {
        guard offset >= 0, offset <= count - 16 else { return }
        replaceSubrange(offset..<offset + 16, with: guid.bytes)
    }
}
