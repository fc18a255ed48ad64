/// What stands in a capture where a secret was, so that nobody takes it for one: `<redacted>`, and zeros up to the length that it had.
public enum RedactedBytes {
    private static let mark = Array("<redacted>".utf8)

    /// The mark for a secret of `count` bytes; zeros alone where it does not fit.
    public static func replacing(count: Int) -> [UInt8] {
        let text = count < mark.count ? [] : mark
        return text + [UInt8](repeating: 0, count: max(0, count - text.count))
    }

    /// Whether a secret stood here.
    public static func matches(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.starts(with: mark) && bytes.dropFirst(mark.count).allSatisfy { $0 == 0 }
    }
}
