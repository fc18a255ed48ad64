internal import CKernel
internal import Documents
internal import Kernel
internal import Netlink
internal import RouteNetlink

/// What the kinds of tunnels have in common, as `ip` prints and takes it.
enum TunnelWords {
    // MARK: Printing

    /// An end: `any` where it is none.
    static func end(_ address: IPAddress?) -> JSONValue {
        guard let address, !address.bytes.allSatisfy({ $0 == 0 }) else { return "any" }
        return .string("\(address)")
    }

    /// A key, as `ip` has it: four numbers with dots.
    static func key(_ key: UInt32) -> JSONValue { .string("\(IPv4Address(rawValue: key))") }

    /// A number in hexadecimal with that many digits: `0x0a`.
    static func padded(_ number: UInt32, digits: Int) -> JSONValue {
        let text = String(number, radix: 16)
        return .string("0x" + String(repeating: "0", count: max(0, digits - text.utf8.count)) + text)
    }

    /// Where the attributes of the UDP wrapping lie: IFLA_GRE_ENCAP_*, IFLA_IPTUN_ENCAP_*.
    struct Wrapping: Sendable {
        let type: Int
        let flags: Int
        let sourcePort: Int
        let destinationPort: Int

        static let gre = Wrapping(
            type: Int(IFLA_GRE_ENCAP_TYPE), flags: Int(IFLA_GRE_ENCAP_FLAGS), sourcePort: Int(IFLA_GRE_ENCAP_SPORT),
            destinationPort: Int(IFLA_GRE_ENCAP_DPORT))
        static let tunnel = Wrapping(
            type: Int(IFLA_IPTUN_ENCAP_TYPE), flags: Int(IFLA_IPTUN_ENCAP_FLAGS),
            sourcePort: Int(IFLA_IPTUN_ENCAP_SPORT), destinationPort: Int(IFLA_IPTUN_ENCAP_DPORT))

        /// `encap`, where there is any.
        func print(_ attributes: AttributeSet, into members: inout [String: JSONValue]) {
            guard let type = attributes[self.type, as: UInt16.self], type != TunnelEncapsulation.none.rawValue else {
                return
            }
            let names = [TunnelEncapsulation.fou.rawValue: "fou", TunnelEncapsulation.gue.rawValue: "gue"]
            let flags = TunnelEncapsulationFlags(rawValue: attributes[self.flags, as: UInt16.self] ?? 0)
            members["encap"] = [
                "type": .string(names[type] ?? "unknown"),
                "sport": JSONValue(attributes[bigEndian: sourcePort, as: UInt16.self] ?? 0),
                "dport": JSONValue(attributes[bigEndian: destinationPort, as: UInt16.self] ?? 0),
                "csum": .bool(flags.contains(.checksum)), "csum6": .bool(flags.contains(.checksum6)),
                "remcsum": .bool(flags.contains(.remoteChecksum)),
            ]
        }

        static let words = [
            "noencap", "encap", "encap-sport", "encap-dport", "encap-csum", "noencap-csum", "encap-udp6-csum",
            "noencap-udp6-csum", "encap-remcsum", "noencap-remcsum",
        ]

        /// Takes one of ``words`` with what follows it.
        func parse(
            _ word: String, _ reader: inout WordReader, _ attributes: inout AttributeSet,
            initially: TunnelEncapsulationFlags
        ) throws(WordError) -> Bool {
            var flags =
                attributes[self.flags, as: UInt16.self].map(TunnelEncapsulationFlags.init(rawValue:)) ?? initially
            let isOn = !word.hasPrefix("no")
            switch word {
            case "noencap": attributes[type] = TunnelEncapsulation.none.rawValue
            case "encap":
                let text = try reader.value(of: word)
                let names: [String: TunnelEncapsulation] = ["fou": .fou, "gue": .gue, "none": .none]
                guard let found = names[text] else { throw WordError(.notOneOf(text, ["fou", "gue", "none"]), word) }
                attributes[type] = found.rawValue
            case "encap-sport", "encap-dport":
                let text = try reader.value(of: word)
                let isAutomatic = word == "encap-sport" && text == "auto"
                let port = isAutomatic ? 0 : UInt16(clamping: try LinkOption.number(word, text, 0...0xffff))
                attributes[bigEndian: word == "encap-sport" ? sourcePort : destinationPort] = port
            case "encap-csum", "noencap-csum": flags.set(.checksum, isOn)
            case "encap-udp6-csum", "noencap-udp6-csum": flags.set(.checksum6, isOn)
            case "encap-remcsum", "noencap-remcsum": flags.set(.remoteChecksum, isOn)
            default: return false
            }
            attributes[self.flags] = flags.rawValue
            return true
        }
    }

    // MARK: What a word may be

    /// An address of that family; `any` is none.
    static func end(_ word: String, _ reader: inout WordReader, version6: Bool) throws(WordError) -> IPAddress {
        let text = try reader.value(of: word)
        if text == "any" || text == "default" { return version6 ? .v6(.any) : .v4(.any) }
        guard let address = IPAddress(text), address.isIPv4 != version6 else {
            throw WordError(.malformed(text, form: "an IPv\(version6 ? 6 : 4) address, or any"), word)
        }
        return address
    }

    /// A key: a number, or four with dots.
    static func key(_ word: String, _ reader: inout WordReader) throws(WordError) -> UInt32 {
        let text = try reader.value(of: word)
        if let address = IPv4Address(text) { return address.rawValue }
        return UInt32(clamping: try LinkOption.number(word, text, IntegerWidth.u32.range))
    }

    /// A number in hexadecimal whether or not `0x` stands before it, as `ip` takes the fields of an IP header.
    static func hexadecimal(_ word: String, _ text: String, upTo most: UInt32) throws(WordError) -> UInt32 {
        let digits = text.lowercased().hasPrefix("0x") ? text.dropFirst(2) : text[...]
        guard let number = UInt32(digits, radix: 16), number <= most, digits.first != "+" else {
            let form = "inherit, or a hexadecimal number up to \(String(most, radix: 16))"
            throw WordError(.malformed(text, form: form), word)
        }
        return number
    }

    /// The outer TOS; `inherit` is 1.
    static func typeOfService(_ word: String, _ reader: inout WordReader) throws(WordError) -> UInt8 {
        let text = try reader.value(of: word)
        return text == "inherit" ? 1 : UInt8(clamping: try hexadecimal(word, text, upTo: 0xff))
    }

    /// The outer TTL; `inherit` is 0.
    static func timeToLive(_ word: String, _ reader: inout WordReader) throws(WordError) -> UInt8 {
        let text = try reader.value(of: word)
        return text == "inherit" ? 0 : UInt8(clamping: try LinkOption.number(word, text, 0...255))
    }

    static let timeToLiveWords = ["ttl", "hoplimit", "hlim"]
    static let typeOfServiceWords = ["tos", "tclass", "dsfield"]
}

extension OptionSet {
    /// Puts a flag in or out.
    mutating func set(_ flag: Self, _ isOn: Bool) { if isOn { formUnion(flag) } else { subtract(flag) } }
}
