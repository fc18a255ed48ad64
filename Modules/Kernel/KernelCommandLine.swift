/// The kernel's command line, split as the kernel splits it: at white space outside double quotes (lib/cmdline.c, `next_arg`).
public struct KernelCommandLine: Hashable, Sendable {
    /// The words as they stand, quotes included, in order.
    public let words: [String]

    public init(_ text: String) {
        var words: [String] = []
        var word: [UInt8] = []
        var isQuoted = false
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            let isBlank = byte == 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte == 0
            if isBlank && !isQuoted {
                if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
                word = []
            } else {
                word.append(byte)
            }
        }
        if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
        self.words = words
    }

    /// The value of the last `name=value`, without quotes; nil where there is none. The last one wins, as the kernel has it.
    public subscript(name: String) -> String? {
        for word in words.reversed() {
            let bare = word.filter { $0 != "\"" }
            if bare.hasPrefix("\(name)=") { return String(bare.dropFirst(name.count + 1)) }
        }
        return nil
    }
}
