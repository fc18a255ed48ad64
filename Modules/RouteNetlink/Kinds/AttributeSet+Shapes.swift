internal import CKernel
internal import Kernel
internal import Netlink

extension AttributeSet {
    /// A number that has names, in network order.
    subscript<Value: RawRepresentable>(bigEndianRaw type: some BinaryInteger) -> Value?
    where Value.RawValue: FixedWidthInteger & BitwiseCopyable {
        get { self[bigEndian: type, as: Value.RawValue.self].flatMap { Value(rawValue: $0) } }
        set { self[bigEndian: type, as: Value.RawValue.self] = newValue?.rawValue }
    }

    /// An IPv4 address; nil where the payload is not its four bytes.
    subscript(ipv4 type: some BinaryInteger) -> IPv4Address? {
        get { payload(type).flatMap { IPv4Address(bytes: $0) } }
        set { self[address: type] = newValue.map { .v4($0) } }
    }

    /// An IPv6 address; nil where the payload is not its sixteen bytes.
    subscript(ipv6 type: some BinaryInteger) -> IPv6Address? {
        get { payload(type).flatMap { IPv6Address(bytes: $0) } }
        set { self[address: type] = newValue.map { .v6($0) } }
    }

    /// An Ethernet address; nil where the payload is not its six bytes.
    subscript(mac type: some BinaryInteger) -> MACAddress? {
        get { payload(type).flatMap { MACAddress(bytes: $0) } }
        set { self[bytes: type] = newValue?.bytes }
    }

    /// The payloads of all attributes of that type, copied.
    func payloads(_ type: some BinaryInteger) -> [[UInt8]] {
        var result: [[UInt8]] = []
        // swift-format-ignore: ReplaceForEachWithForLoop
        forEach { attribute, bytes in
            if attribute.type == Int(type), let payload = try? attribute.copy(bytes) { result.append(payload) }
        }
        return result
    }

    /// A C struct whose size has never changed; nil where the payload is shorter.
    func structure<Structure: BitwiseCopyable>(_ type: some BinaryInteger, _ zero: Structure) -> Structure? {
        with(type) { attribute, bytes in
            guard attribute.payload.count >= MemoryLayout<Structure>.size else { return nil }
            return loadPrefix(zero, attribute.payload, of: bytes)
        }
    }

    /// Integers in the machine's order, back to back; nil where the payload is no whole number of them.
    func array<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: some BinaryInteger, of kind: Value.Type = Value.self
    ) -> [Value]? {
        with(type) { attribute, bytes in
            let size = MemoryLayout<Value>.size
            guard attribute.payload.count.isMultiple(of: size) else { return nil }
            return stride(from: attribute.payload.lowerBound, to: attribute.payload.upperBound, by: size).map {
                loadPrefix(Value.zero, $0..<$0 + size, of: bytes)
            }
        }
    }
}
