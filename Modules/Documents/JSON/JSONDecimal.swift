/// A number as JSON writes it, and the value that it is here.
struct JSONDecimal {
    let isNegative: Bool
    let whole: ArraySlice<UInt8>
    let fraction: ArraySlice<UInt8>
    let exponent: Int

    /// An integer wherever the number is one that 64 bits hold, however it is written (`1.0`, `1e3`); else the nearest double, or the
    /// integer that this is: written again, it is no other value. Nil past the doubles' range.
    ///
    /// - Parameter text: the number as written.
    func value(_ text: ArraySlice<UInt8>) -> JSONValue? {
        if let integer { return integer }
        guard let double = Double(String(decoding: text, as: UTF8.self)), double.isFinite else { return nil }
        return Self.value(of: double)
    }

    /// A double as a value: one that is an integer of 64 bits is that.
    static func value(of double: Double) -> JSONValue {
        if let integer = Int64(exactly: double) { return .integer(integer) }
        return UInt64(exactly: double).map { .unsigned($0) } ?? .number(double)
    }

    /// The number where it is an integer that 64 bits hold, to the last digit.
    private var integer: JSONValue? {
        var magnitude: UInt64 = 0
        // Zeros before and after, which multiply by ten only once another digit comes.
        var zeros = 0
        for digit in [whole, fraction].joined() {
            guard digit != UInt8(ascii: "0") else {
                if magnitude != 0 { zeros += 1 }
                continue
            }
            for _ in 0...zeros {
                let (product, overflows) = magnitude.multipliedReportingOverflow(by: 10)
                if overflows { return nil }
                magnitude = product
            }
            zeros = 0
            let (sum, overflows) = magnitude.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
            if overflows { return nil }
            magnitude = sum
        }
        if magnitude == 0 { return .integer(0) }
        var scale = zeros + exponent - fraction.count
        // Below, there is a fraction; above, 64 bits are not enough.
        guard 0..<20 ~= scale else { return nil }
        while scale > 0 {
            let (product, overflows) = magnitude.multipliedReportingOverflow(by: 10)
            if overflows { return nil }
            magnitude = product
            scale -= 1
        }
        if isNegative {
            return magnitude <= Int64.min.magnitude ? .integer(Int64(truncatingIfNeeded: 0 &- magnitude)) : nil
        }
        return Int64(exactly: magnitude).map { .integer($0) } ?? .unsigned(magnitude)
    }
}
