internal import CKernel
internal import Kernel
package import Netlink
package import RouteNetlink

extension LinkOption {
    func takes(_ word: String) -> Bool {
        if words.contains(word) { return true }
        if case .switched = coding { return word.hasPrefix("no") && words.contains(String(word.dropFirst(2))) }
        return false
    }

    /// Sets the attribute to what the words after `word` say.
    func parse(
        _ word: String, _ reader: inout WordReader, into attributes: inout AttributeSet, _ links: LinkDirectory
    ) throws(WordError) {
        switch coding {
        case .integer(let width, let range), .hexadecimal(let width, let range):
            attributes.set(attribute, width, try Self.number(word, try reader.value(of: word), range ?? width.range))
        case .onOff, .bit:
            let text = try reader.value(of: word)
            switch text {
            case "on": attributes.set(attribute, .u8, 1)
            case "off": attributes.set(attribute, .u8, 0)
            default:
                guard Self.integer(text) != nil else { throw WordError(.notOneOf(text, ["on", "off"]), word) }
                let range: ClosedRange<Int64> = if case .bit = coding { 0...255 } else { 0...1 }
                attributes.set(attribute, .u8, try Self.number(word, text, range))
            }
        case .switched: attributes.set(attribute, .u8, words.contains(word) ? 1 : 0)
        case .named(let width, let names, let first, _):
            let text = try reader.value(of: word)
            if let place = names.firstIndex(of: text) {
                attributes.set(attribute, width, first + Int64(place))
            } else if let number = Self.integer(text), number >= first, number < first + Int64(names.count) {
                attributes.set(attribute, width, number)
            } else {
                throw WordError(.notOneOf(text, names.filter { !$0.isEmpty }), word)
            }
        case .presence: attributes[presence: attribute] = true
        case .link: attributes.set(attribute, .u32, Int64(try Self.link(word, try reader.value(of: word), links)))
        case .address:
            let text = try reader.value(of: word)
            guard let address = IPAddress(text) else { throw WordError(.malformed(text, form: "an IP address"), word) }
            attributes[address: attribute] = address
        case .hardware: attributes[bytes: attribute] = try Self.hardware(word, try reader.value(of: word)).bytes
        case .text: attributes[text: attribute] = try reader.value(of: word)
        case .vlanProtocol:
            let text = try reader.value(of: word)
            let known = ["802.1Q": ETH_P_8021Q, "802.1q": ETH_P_8021Q, "802.1ad": ETH_P_8021AD]
            guard let number = known[text].map({ Int64($0) }) ?? Self.integer(text), (0...0xffff).contains(number)
            else {
                throw WordError(.notOneOf(text, ["802.1Q", "802.1ad"]), word)
            }
            attributes.set(attribute, .be16, number)
        case .addresses(let version6): try parseList(word, try reader.value(of: word), version6, into: &attributes)
        // What is only read has no words.
        case .timer, .bridgeIdentity: throw .unknownWord(word, of: "the link", among: [])
        }
    }

    private func parseList(
        _ word: String, _ text: String, _ version6: Bool, into attributes: inout AttributeSet
    ) throws(WordError) {
        var addresses: [IPAddress] = []
        for part in text.split(separator: ",") {
            guard let address = IPAddress(String(part)), address.isIPv4 != version6 else {
                throw WordError(.malformed(text, form: "IPv\(version6 ? 6 : 4) addresses, apart by commas"), word)
            }
            addresses.append(address)
        }
        attributes.remove(attribute)
        attributes.append { writer in
            writer.nest(attribute) { writer in
                for (place, address) in addresses.enumerated() { writer.attribute(place, address: address) }
            }
        }
    }

    // MARK: What a word may be

    /// Decimal, `0x` hexadecimal, or octal after a 0, as strtol(3) takes them.
    package static func integer(_ text: String) -> Int64? {
        let digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        guard let first = digits.first, first.isASCII, first.isNumber else { return nil }
        let magnitude: Int64? =
            if digits.lowercased().hasPrefix("0x") {
                Int64(digits.dropFirst(2), radix: 16)
            } else if digits.hasPrefix("0"), digits.utf8.count > 1 {
                Int64(digits.dropFirst(), radix: 8)
            } else {
                Int64(digits)
            }
        guard let magnitude, magnitude >= 0 else { return nil }
        return text.hasPrefix("-") ? -magnitude : magnitude
    }

    package static func number(
        _ word: String, _ text: String, _ range: ClosedRange<Int64>
    ) throws(WordError) -> Int64 {
        guard let number = integer(text) else {
            // So many digits that they fit no integer are out of range, not something else.
            let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
            let isNumber =
                !digits.isEmpty && digits.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            throw WordError(isNumber ? .outOfRange(text, range) : .notNumber(text), word)
        }
        guard range.contains(number) else { throw WordError(.outOfRange(text, range), word) }
        return number
    }

    package static func link(_ word: String, _ name: String, _ links: LinkDirectory) throws(WordError) -> Int32 {
        guard let index = links.index(of: name) else { throw WordError(.noLink(name, links.names), word) }
        return index
    }

    package static func hardware(_ word: String, _ text: String) throws(WordError) -> HardwareAddress {
        guard let address = HardwareAddress(text) else {
            throw WordError(.malformed(text, form: "a hardware address, such as 52:54:00:12:34:56"), word)
        }
        return address
    }
}

extension AttributeSet {
    /// Sets an integer of that width; the value is in its range.
    package mutating func set(_ attribute: Int, _ width: IntegerWidth, _ value: Int64) {
        switch width {
        case .u8: self[attribute] = UInt8(truncatingIfNeeded: value)
        case .u16: self[attribute] = UInt16(truncatingIfNeeded: value)
        case .u32: self[attribute] = UInt32(truncatingIfNeeded: value)
        case .u64: self[attribute] = UInt64(truncatingIfNeeded: value)
        case .s32: self[attribute] = Int32(truncatingIfNeeded: value)
        case .be16: self[bigEndian: attribute] = UInt16(truncatingIfNeeded: value)
        case .be32: self[bigEndian: attribute] = UInt32(truncatingIfNeeded: value)
        }
    }

    /// An integer of that width; nil where it is missing or too short. 64 bits beyond the sign are the largest.
    package func integer(_ attribute: Int, _ width: IntegerWidth) -> Int64? {
        switch width {
        case .u8: self[attribute, as: UInt8.self].map { Int64($0) }
        case .u16: self[attribute, as: UInt16.self].map { Int64($0) }
        case .u32: self[attribute, as: UInt32.self].map { Int64($0) }
        case .u64: self[attribute, as: UInt64.self].map { Int64(clamping: $0) }
        case .s32: self[attribute, as: Int32.self].map { Int64($0) }
        case .be16: self[bigEndian: attribute, as: UInt16.self].map { Int64($0) }
        case .be32: self[bigEndian: attribute, as: UInt32.self].map { Int64($0) }
        }
    }
}
