internal import CKernel

/// An entry of a label stack without its time to live: 20 bits (RFC 3032; linux/mpls.h).
public struct MPLSLabel: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue & 0xfffff }
    public var description: String { "\(rawValue)" }

    /// Labels from entries of four bytes each in network order, up to the one that is marked as the stack's bottom; nil where the
    /// bytes are no whole entries, or there is no bottom.
    static func stack(_ bytes: [UInt8]) -> [MPLSLabel]? {
        var result: [MPLSLabel] = []
        var rest = bytes[...]
        while rest.count >= 4 {
            let entry = rest.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            rest = rest.dropFirst(4)
            result.append(MPLSLabel(rawValue: (entry & UInt32(MPLS_LS_LABEL_MASK)) >> UInt32(MPLS_LS_LABEL_SHIFT)))
            if entry & UInt32(MPLS_LS_S_MASK) != 0 { return result }
        }
        return nil
    }

    static func bytes(_ labels: [MPLSLabel]) -> [UInt8] {
        labels.enumerated().flatMap { place, label in
            let bottom = place == labels.count - 1 ? UInt32(MPLS_LS_S_MASK) : 0
            let entry = label.rawValue << UInt32(MPLS_LS_LABEL_SHIFT) | bottom
            return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: entry >> $0) }
        }
    }
}
