public import Documents

/// JSON of `ip`, which prints a key twice where an encapsulation and its route both have it (`dst`, `tos`, `table`, `type`): the
/// encapsulation's gets `encap_` before it, so that neither is lost.
public enum DoubledKeys {
    public static func decode(_ bytes: [UInt8]) throws -> JSONValue {
        var scanner = Scanner(bytes: bytes)
        return try JSONText.decode(JSONValue.self, from: scanner.value())
    }

    private struct Scanner {
        let bytes: [UInt8]
        var place = 0

        private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

        private mutating func skipBlanks() { while let byte = next, byte <= 32 { place += 1 } }

        private mutating func skip(_ byte: Character) -> Bool {
            skipBlanks()
            guard next == byte.asciiValue else { return false }
            place += 1
            return true
        }

        private mutating func text() -> [UInt8] {
            skipBlanks()
            let start = place
            place += 1
            while let byte = next, byte != UInt8(ascii: "\"") { place += byte == UInt8(ascii: "\\") ? 2 : 1 }
            place = min(place + 1, bytes.count)
            return Array(bytes[start..<place])
        }

        /// The next value, written anew.
        mutating func value() -> [UInt8] {
            skipBlanks()
            switch next {
            case UInt8(ascii: "{"): return object()
            case UInt8(ascii: "["): return array()
            case UInt8(ascii: "\""): return text()
            default:
                let start = place
                while let byte = next, !Array(",]} \n".utf8).contains(byte) { place += 1 }
                return Array(bytes[start..<place])
            }
        }

        private mutating func array() -> [UInt8] {
            place += 1
            var parts: [[UInt8]] = []
            while !skip("]"), place < bytes.count {
                parts.append(value())
                _ = skip(",")
            }
            return [UInt8(ascii: "[")] + parts.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
        }

        private mutating func object() -> [UInt8] {
            place += 1
            var members: [(key: [UInt8], value: [UInt8])] = []
            while !skip("}"), place < bytes.count {
                let key = text()
                _ = skip(":")
                members.append((key, value()))
                _ = skip(",")
            }
            if let start = members.firstIndex(where: { $0.key == Array("\"encap\"".utf8) }) {
                for first in members.indices {
                    guard
                        let second = members.indices.first(where: {
                            $0 > first && members[$0].key == members[first].key
                        })
                    else { continue }
                    // Its own follow it at once: of two behind it the first is, of one before and one behind the second.
                    let own = first > start ? first : second
                    members[own].key = Array("\"encap_".utf8) + members[own].key.dropFirst()
                }
            }
            let parts = members.map { $0.key + [UInt8(ascii: ":")] + $0.value }
            return [UInt8(ascii: "{")] + parts.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "}")]
        }
    }
}
