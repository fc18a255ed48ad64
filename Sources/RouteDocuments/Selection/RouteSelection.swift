internal import Kernel
package import RouteNetlink

extension RouteFilter {
    private static let words = [
        "table", "vrf", "proto", "protocol", "type", "scope", "dev", "oif", "via", "src", "from", "metric", "tos",
        "dsfield", "to", "root", "match", "exact", "cache", "-4", "-6",
    ]

    /// What the words of `ip route show` choose: without `table` the main one, as `ip` has it, and without a family both, as it has not.
    package init(words list: [String], family: AddressFamily, _ words: ObjectWords) throws(WordError) {
        self.init(table: Route.mainTable)
        self.family = family
        var reader = WordReader(list)
        while let word = reader.next() {
            switch word {
            case "table":
                switch reader.peek {
                case "all":
                    _ = reader.next()
                    table = nil
                case "cache":
                    _ = reader.next()
                    (table, isCached) = (nil, true)
                default: table = try words.named(word, .tables, &reader)
                }
            case "cache", "cached", "cloned": (table, isCached) = (nil, true)
            case "vrf": table = try words.routingDomain(word, &reader).table
            case "proto", "protocol":
                self.protocol = RouteProtocol(rawValue: try words.namedByte(word, .protocols, &reader))
            case "type":
                let text = try reader.value(of: word)
                guard let number = RouteName.types.firstIndex(of: text) else {
                    throw WordError(.notOneOf(text, RouteName.types), word)
                }
                type = RouteType(rawValue: UInt8(clamping: number))
            case "scope": scope = RouteScope(rawValue: try words.namedByte(word, .scopes, &reader))
            case "dev", "oif": linkIndex = try words.link(word, &reader)
            case "via": gateway = try Route.gateway(&reader).0
            case "src": preferredSource = try ObjectWords.prefix(word, try reader.value(of: word))
            case "from": source = try ObjectWords.prefix(word, try reader.value(of: word))
            case "metric", "priority", "preference": metric = try words.number(word, &reader)
            case "tos", "dsfield": typeOfService = try words.serviceField(word, &reader)
            case "root": within = try takeNetwork(word, &reader)
            case "match": containing = try takeNetwork(word, &reader)
            case "exact": exactly = try takeNetwork(word, &reader)
            case "to":
                // `to root 10.0.0.0/8` is said as well.
                guard let next = reader.peek, !["root", "match", "exact"].contains(next) else { continue }
                exactly = try takeNetwork(word, &reader)
            default:
                guard exactly == nil, within == nil, containing == nil, let network = try Self.network(word) else {
                    throw .unknownWord(word, of: "route list", among: Self.words)
                }
                exactly = try ofFamily(network, word, word)
            }
        }
    }

    private mutating func takeNetwork(_ word: String, _ reader: inout WordReader) throws(WordError) -> IPPrefix {
        let text = try reader.value(of: word)
        guard let network = try Self.network(text) else { return try ObjectWords.prefix(word, text) }
        return try ofFamily(network, word, text)
    }

    private mutating func ofFamily(_ network: IPPrefix, _ word: String, _ text: String) throws(WordError) -> IPPrefix {
        // "default" is of whichever family is asked for.
        if ["default", "any", "all"].contains(text) {
            if family == .ipv6 { return .defaultIPv6 }
            if family == .unspecified { family = .ipv4 }
            return network
        }
        let own = AddressFamily(of: network.address)
        guard family == .unspecified || family == own else {
            throw WordError(.malformed(text, form: "of the family that is asked for"), word)
        }
        family = own
        return network
    }

    /// Nil for a word that is no network.
    private static func network(_ text: String) throws(WordError) -> IPPrefix? {
        if ["default", "any", "all"].contains(text) { return .defaultIPv4 }
        guard IPAddress(text) != nil || IPPrefix(text) != nil else { return nil }
        return try ObjectWords.prefix("to", text)
    }
}
