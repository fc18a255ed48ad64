internal import CKernel
internal import Glibc
internal import Kernel

/// The attributes that a comparison leaves out, by their numbers, those inside of which it leaves some out, and the bits that it leaves out
/// of 32-bit ones.
package struct AttributeOmission: Sendable {
    private let types: Set<Int>
    private let nested: [Int: AttributeOmission]
    private let bits: [Int: UInt32]

    package init(_ types: [Int], inside nested: [Int: AttributeOmission] = [:], bits: [Int: UInt32] = [:]) {
        self.types = Set(types)
        self.nested = nested
        self.bits = bits
    }

    /// Whether what is left of the two ranges is the same: types with their bits, order and payloads. Nothing is copied.
    ///
    /// Where one of them is no walk of attributes, their bytes are compared.
    fileprivate func matches(
        _ range: Range<Int>, of bytes: borrowing RawSpan, _ otherRange: Range<Int>, of otherBytes: borrowing RawSpan
    ) -> Bool {
        var cursor = AttributeCursor(range)
        var otherCursor = AttributeCursor(otherRange)
        do throws(NetlinkError) {
            while true {
                let attribute = try next(&cursor, bytes)
                let other = try next(&otherCursor, otherBytes)
                guard let attribute, let other else { return attribute == nil && other == nil }
                if attribute.rawType != other.rawType { return false }
                let isSame =
                    if let inner = nested[attribute.type] {
                        inner.matches(attribute.payload, of: bytes, other.payload, of: otherBytes)
                    } else if let left = bits[attribute.type], attribute.payload.count == 4, other.payload.count == 4 {
                        try (attribute.integer(bytes) ^ other.integer(otherBytes)) & ~left == 0
                    } else {
                        Self.areEqual(attribute.payload, bytes, other.payload, otherBytes)
                    }
                if !isSame { return false }
            }
        } catch {
            return Self.areEqual(range, bytes, otherRange, otherBytes)
        }
    }

    private func next(
        _ cursor: inout AttributeCursor, _ bytes: borrowing RawSpan
    ) throws(NetlinkError) -> NetlinkAttribute? {
        while let attribute = try cursor.next(bytes) {
            if !types.contains(attribute.type) { return attribute }
        }
        return nil
    }

    private static func areEqual(
        _ range: Range<Int>, _ bytes: borrowing RawSpan, _ otherRange: Range<Int>, _ otherBytes: borrowing RawSpan
    ) -> Bool {
        guard range.count == otherRange.count, range.lowerBound >= 0, range.upperBound <= bytes.byteCount,
            otherRange.lowerBound >= 0, otherRange.upperBound <= otherBytes.byteCount
        else { return false }
        if range.isEmpty { return true }
        // SAFETY: both ranges are within their spans, checked above; the buffers do not outlive the closures.
        return unsafe bytes.withUnsafeBytes { mine in
            unsafe otherBytes.withUnsafeBytes { theirs in
                guard let mine = mine.baseAddress, let theirs = theirs.baseAddress else { return false }
                return unsafe memcmp(mine + range.lowerBound, theirs + otherRange.lowerBound, range.count) == 0
            }
        }
    }
}

extension AttributeSet {
    /// Whether both have the same attributes in the same order, but for those of `omission`.
    package func matches(_ other: AttributeSet, but omission: AttributeOmission) -> Bool {
        let (mine, theirs) = (bytes, other.bytes)
        if mine == theirs { return true }
        // SAFETY: the spans are of arrays that are constants.
        return unsafe omission.matches(0..<mine.count, of: mine.span.bytes, 0..<theirs.count, of: theirs.span.bytes)
    }
}
