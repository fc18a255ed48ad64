/// Domain names as RFC 1035 packs them.
enum DomainName {
    /// The names of a list, pointers followed (RFC 1035, section 4.1.4; they count from the list's start); nil where any is malformed.
    static func list(_ bytes: [UInt8]) -> [String]? {
        var names: [String] = []
        var position = 0
        while position < bytes.count {
            guard let (name, next) = name(bytes, at: position) else { return nil }
            if !name.isEmpty, !names.contains(name) { names.append(name) }
            position = next
        }
        return names
    }

    /// One name and where the next begins. A pointer must go back before all that was read, so this ends.
    private static func name(_ bytes: [UInt8], at start: Int) -> (String, next: Int)? {
        var text: [UInt8] = []
        var position = start
        var lowest = start
        var next: Int?
        while position < bytes.count {
            let length = Int(bytes[position])
            switch length >> 6 {
            case 0 where length == 0:
                guard text.isEmpty || isClean(text[...]) else { return nil }
                return (String(decoding: text, as: UTF8.self), next ?? position + 1)
            case 0:
                guard bytes.count - position > length else { return nil }
                let label = bytes[position + 1...position + length]
                guard !label.contains(UInt8(ascii: ".")) else { return nil }
                if !text.isEmpty { text.append(UInt8(ascii: ".")) }
                text += label
                guard text.count <= 253 else { return nil }
                position += 1 + length
            case 3:
                guard position + 1 < bytes.count else { return nil }
                let target = (length & 0x3f) << 8 | Int(bytes[position + 1])
                guard target < lowest else { return nil }
                next = next ?? position + 2
                position = target
                lowest = target
            default: return nil
            }
        }
        return nil
    }

    /// Whether it can stand in /etc/resolv.conf or be a host name: letters, digits, hyphens, underscores, labels of 1…63 between dots.
    static func isClean(_ text: ArraySlice<UInt8>) -> Bool {
        let text = text.last == UInt8(ascii: ".") ? text.dropLast() : text
        guard !text.isEmpty, text.count <= 253 else { return false }
        return text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && label.count <= 63 && label.first != UInt8(ascii: "-")
                && label.allSatisfy {
                    switch $0 {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                        true
                    default: false
                    }
                }
        }
    }
}
