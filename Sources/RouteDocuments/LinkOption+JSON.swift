internal import CKernel
internal import Documents
internal import Kernel
internal import Netlink
internal import RouteNetlink

extension LinkOption {
    /// Adds the key with its value, where the attribute is there.
    func print(_ attributes: AttributeSet, _ links: LinkDirectory, into members: inout [String: JSONValue]) {
        guard let key else { return }
        switch coding {
        case .link:
            guard let index = attributes[attribute, as: Int32.self], index != 0 || isShown == .whenPresent else {
                return
            }
            if let name = links.name(of: index) {
                members[key] = .string(name)
            } else {
                members[key + "_index"] = JSONValue(index)
            }
        default:
            if isShown == .unlessZero, isZero(attributes) { return }
            if let value = value(attributes) { members[key] = value }
        }
    }

    private func isZero(_ attributes: AttributeSet) -> Bool {
        attributes.with(attribute) { attribute, bytes in (try? attribute.copy(bytes))?.allSatisfy { $0 == 0 } } ?? true
    }

    private func value(_ attributes: AttributeSet) -> JSONValue? {
        switch coding {
        case .integer(let width, _): return attributes.integer(attribute, width).map { .integer($0) }
        case .hexadecimal(let width, _):
            return attributes.integer(attribute, width).map { .string(Self.hexadecimal($0)) }
        case .onOff, .switched: return attributes[flag: attribute].map { .bool($0) }
        case .bit: return attributes.integer(attribute, .u8).map { .integer($0) }
        case .named(let width, let names, let first, let unknown):
            guard let number = attributes.integer(attribute, width) else { return nil }
            let place = number - first
            if place >= 0, place < Int64(names.count) { return .string(names[Int(place)]) }
            return unknown.map { .string($0) } ?? .integer(number)
        case .presence: return attributes[presence: attribute] ? true : nil
        case .address: return attributes[address: attribute].map { .string("\($0)") }
        case .hardware:
            return attributes.payload(attribute).flatMap { HardwareAddress(bytes: $0) }.map { .string("\($0)") }
        case .text: return attributes[text: attribute].map { .string($0) }
        case .timer:
            return attributes[attribute, as: UInt64.self].map { ticks in
                // Through text, so that 1.99 is that and not its neighbour.
                .number(Double("\(ticks / 100).\(ticks % 100 < 10 ? "0" : "")\(ticks % 100)") ?? 0)
            }
        case .bridgeIdentity: return attributes.payload(attribute).flatMap { Self.bridgeIdentity($0) }
        case .vlanProtocol:
            return attributes[bigEndian: attribute, as: UInt16.self].map { .string(Self.vlanProtocol($0)) }
        case .addresses:
            let list = attributes.nested(attribute)
            let addresses = list.map { list in list.types.compactMap { list[address: $0] } } ?? []
            return addresses.isEmpty ? nil : .array(addresses.map { .string("\($0)") })
        case .link: return nil
        }
    }

    /// `%#x` of C: `0x8`, and `0` alone.
    package static func hexadecimal(_ number: Int64) -> String {
        number == 0 ? "0" : "0x" + String(UInt64(bitPattern: number), radix: 16)
    }

    /// Four digits of the priority, and an address without leading zeros, as ether_ntoa(3) has it.
    private static func bridgeIdentity(_ bytes: [UInt8]) -> JSONValue? {
        guard bytes.count >= 8 else { return nil }
        let priority = String(UInt32(bytes[0]) << 8 | UInt32(bytes[1]) | 0x10000, radix: 16).dropFirst()
        let address = bytes[2..<8].map { String($0, radix: 16) }.joined(separator: ":")
        return .string("\(priority).\(address)")
    }

    /// The names that `ip` has for EtherTypes of VLANs; others in hexadecimal.
    package static func vlanProtocol(_ number: UInt16) -> String {
        switch Int32(number) {
        case ETH_P_8021Q: "802.1Q"
        case ETH_P_8021AD: "802.1ad"
        default: "[\(number)]"
        }
    }
}
