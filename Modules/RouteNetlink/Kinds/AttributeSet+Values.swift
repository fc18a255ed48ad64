internal import CKernel
internal import Netlink

/// The codings that several kinds share. Setting nil removes.
extension AttributeSet {
    /// A number with names.
    subscript<Value: RawRepresentable>(raw type: some BinaryInteger) -> Value?
    where Value.RawValue: FixedWidthInteger & BitwiseCopyable {
        get { self[type, as: Value.RawValue.self].flatMap { Value(rawValue: $0) } }
        set { self[type, as: Value.RawValue.self] = newValue?.rawValue }
    }

    subscript(hardware type: some BinaryInteger) -> HardwareAddress? {
        get { with(type) { HardwareAddress($0.payload, of: $1) } }
        set { self[bytes: type] = newValue?.bytes }
    }

    /// clock_t of the UAPI: hundredths of a second (USER_HZ is 100 on every architecture but Alpha).
    subscript<Ticks: FixedWidthInteger & BitwiseCopyable>(
        ticks type: some BinaryInteger, as kind: Ticks.Type
    ) -> Duration? {
        get {
            self[type, as: Ticks.self].map { ticks in
                let (seconds, hundredths) = Int64(clamping: ticks).quotientAndRemainder(dividingBy: 100)
                return .seconds(seconds) + .milliseconds(hundredths * 10)
            }
        }
        set { self[type, as: Ticks.self] = newValue.map { Ticks(clamping: $0.milliseconds / 10) } }
    }

    /// 32 bits of milliseconds.
    subscript(milliseconds type: some BinaryInteger) -> Duration? {
        get { self[type, as: UInt32.self].map { .milliseconds(Int64($0)) } }
        set { self[type, as: UInt32.self] = newValue.map { UInt32(clamping: $0.milliseconds) } }
    }

    /// 32 bits of seconds.
    subscript(seconds type: some BinaryInteger) -> Duration? {
        get { self[type, as: UInt32.self].map { .seconds(Int64($0)) } }
        set { self[type, as: UInt32.self] = newValue.map { UInt32(clamping: $0.components.seconds) } }
    }

    /// struct ifla_bridge_id.
    subscript(bridge type: some BinaryInteger) -> BridgeIdentity? {
        guard let bytes = payload(type), bytes.count >= 8, let address = HardwareAddress(bytes: bytes[2..<8]) else {
            return nil
        }
        return BridgeIdentity(priority: UInt16(bytes[0]) << 8 | UInt16(bytes[1]), address: address)
    }
}

extension Duration {
    /// Whole milliseconds; the far ends of an integer for what is beyond them.
    fileprivate var milliseconds: Int64 {
        let (seconds, overflow) = components.seconds.multipliedReportingOverflow(by: 1_000)
        if overflow { return components.seconds < 0 ? .min : .max }
        let (sum, more) = seconds.addingReportingOverflow(components.attoseconds / 1_000_000_000_000_000)
        return more ? (seconds < 0 ? .min : .max) : sum
    }
}
