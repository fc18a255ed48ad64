/// A size as people write it: `512MiB`, `100GB`, `2G`, `4096`.
public enum ByteSize {
    /// In bytes; `K` to `P` alone, and `KiB` to `PiB`, are powers of 1024, `kB` to `PB` of 1000. Nil for anything else, and for what 64
    /// bits do not hold.
    public static func parse(_ text: some StringProtocol) -> UInt64? {
        let digits = text.prefix { $0.isASCII && ("0"..."9").contains($0) }
        guard !digits.isEmpty, let number = UInt64(digits) else { return nil }
        var unit = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
        if unit.isEmpty || unit == "b" { return number }
        let letter = unit.removeFirst()
        guard let power = "kmgtp".firstIndex(of: letter).map({ "kmgtp".distance(from: "kmgtp".startIndex, to: $0) + 1 })
        else { return nil }
        let base: UInt64
        switch unit {
        case "", "ib": base = 1024
        case "b": base = 1000
        default: return nil
        }
        var bytes = number
        for _ in 0..<power {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: base)
            if overflow { return nil }
            bytes = product
        }
        return bytes
    }
}
