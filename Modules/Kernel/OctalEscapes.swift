/// `\\040` is a space: the kernel writes white space and backslashes of paths in octal (mangle_path, fs/seq_file.c), in mountinfo and in
/// /proc/swaps. The bytes that were meant; what is no escape stays as it is.
public func undoingOctalEscapes(_ text: some StringProtocol) -> [UInt8] {
    var result: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.first {
        let digits = rest.dropFirst().prefix(3)
        if byte == UInt8(ascii: "\\"), digits.count == 3, digits.allSatisfy({ (0x30...0x37).contains($0) }) {
            result.append(UInt8(truncatingIfNeeded: digits.reduce(0) { $0 << 3 | Int($1 - 0x30) }))
            rest = rest.dropFirst(4)
        } else {
            result.append(byte)
            rest = rest.dropFirst()
        }
    }
    return result
}
