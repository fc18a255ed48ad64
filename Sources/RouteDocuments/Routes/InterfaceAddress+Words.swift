internal import Kernel
package import RouteNetlink

extension InterfaceAddress {
    private static let words = [
        "local", "peer", "remote", "broadcast", "brd", "anycast", "label", "scope", "dev", "valid_lft",
        "preferred_lft", "metric", "priority", "preference", "proto", "home", "mngtmpaddr", "nodad", "optimistic",
        "noprefixroute", "autojoin",
    ]

    private static let flagWords: [String: AddressFlags] = [
        "home": .home, "mngtmpaddr": .managesTemporaryAddresses, "nodad": .noDuplicateDetection,
        "optimistic": .optimistic, "noprefixroute": .noPrefixRoute, "autojoin": .joinsGroup,
    ]

    /// What the words of `ip address add` say.
    package init(words list: [String], _ words: ObjectWords) throws(WordError) {
        var reader = WordReader(list)
        var local: IPPrefix?
        var peer: IPPrefix?
        var broadcast: String?
        var scope: RouteScope?
        var address = InterfaceAddress(linkIndex: 0, prefix: .defaultIPv4)
        while let word = reader.next() {
            if let flag = Self.flagWords[word] {
                address.flags.insert(flag)
                continue
            }
            switch word {
            case "local": local = try ObjectWords.prefix(word, try reader.value(of: word))
            case "peer", "remote": peer = try ObjectWords.prefix(word, try reader.value(of: word))
            case "broadcast", "brd": broadcast = try reader.value(of: word)
            case "anycast": address.anycast = try ObjectWords.address(word, try reader.value(of: word))
            case "label": address.label = try reader.value(of: word)
            case "scope": scope = RouteScope(rawValue: try words.namedByte(word, .scopes, &reader))
            case "dev": address.linkIndex = try words.link(word, &reader)
            case "valid_lft": address.validLifetime = try Self.lifetime(word, &reader)
            case "preferred_lft": address.preferredLifetime = try Self.lifetime(word, &reader)
            case "metric", "priority", "preference": address.metric = try words.number(word, &reader)
            case "proto": address.protocol = try words.byte(word, &reader)
            default:
                guard local == nil, word.utf8.contains(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") })
                else { throw .unknownWord(word, of: "address", among: Self.words) }
                local = try ObjectWords.prefix("local", word)
            }
        }
        guard var own = local else { throw WordError(.missing("an address, such as 10.0.0.2/24"), "address") }
        guard address.linkIndex != 0 else { throw WordError(.missing("'dev' and a link"), "address") }
        if let peer {
            guard let sized = IPPrefix(own.address, length: peer.length), peer.address.isIPv4 == own.address.isIPv4
            else { throw WordError(.malformed("\(peer)", form: "of the address's family"), "peer") }
            own = sized
            address.peer = peer.address
        }
        address.prefix = own
        if address.flags.contains(.joinsGroup), !own.address.isMulticast {
            throw WordError(.malformed("\(own)", form: "of a multicast group, for 'autojoin'"), "address")
        }
        address.scope = scope ?? (own.address.isLoopback ? .host : .universe)
        if let valid = address.validLifetime, let preferred = address.preferredLifetime, preferred > valid {
            throw WordError(
                .malformed("\(preferred.components.seconds)", form: "no longer than valid_lft"), "preferred_lft")
        }
        switch broadcast {
        case nil: break
        // The peer's network, where there is a peer, with all bits of the host set or none; one without such bits gets none.
        case "+", "-":
            guard case .v4 = own.address else {
                throw WordError(.malformed("\(own)", form: "of IPv4, to have a broadcast address"), "broadcast")
            }
            let network = IPPrefix(address.peer ?? own.address, length: own.length)?.network
            if own.length <= 30, case .v4(let first)? = network?.address {
                address.broadcast = broadcast == "+" ? network?.broadcast : first
            }
        case .some(let text):
            guard case .v4(let value) = try ObjectWords.address("broadcast", text) else {
                throw WordError(.malformed(text, form: "an IPv4 address, '+' or '-'"), "broadcast")
            }
            address.broadcast = value
        }
        self = address
    }

    private static func lifetime(_ word: String, _ reader: inout WordReader) throws(WordError) -> Duration? {
        let text = try reader.value(of: word)
        return text == "forever" ? nil : .seconds(try LinkOption.number(word, text, 0...Int64(UInt32.max) - 1))
    }
}
