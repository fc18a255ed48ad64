internal import Kernel
package import RouteNetlink

extension Rule {
    private static let words = [
        "not", "from", "to", "fwmark", "tos", "dsfield", "iif", "oif", "priority", "preference", "order", "table",
        "lookup", "protocol", "l3mdev", "uidrange", "ipproto", "sport", "dport", "tun_id", "suppress_prefixlength",
        "suppress_ifgroup", "realms", "goto", "nop", "type", "blackhole", "unreachable", "prohibit", "-4", "-6",
    ]

    /// What the words of `ip rule add` say; of a rule that is deleted, a table and an action that are not said are any.
    package init(words list: [String], _ words: ObjectWords, isDeleted: Bool) throws(WordError) {
        var reader = WordReader(list)
        self.init(action: isDeleted ? .unspecified : .lookup, table: 0)
        var family: AddressFamily?
        var isTableSaid = false
        func prefix(_ word: String) throws(WordError) -> IPPrefix? {
            guard let prefix = try ObjectWords.anyOrPrefix(word, try reader.value(of: word)) else { return nil }
            let own = AddressFamily(of: prefix.address)
            if let family, family != own {
                throw WordError(.malformed("\(prefix)", form: "of the rule's family"), word)
            }
            family = own
            return prefix
        }
        while let word = reader.next() {
            switch word {
            case "-4": family = .ipv4
            case "-6": family = .ipv6
            case "not": isInverted = true
            case "from": source = try prefix(word)
            case "to": destination = try prefix(word)
            case "fwmark", "mark": try takeMark(word, try reader.value(of: word))
            case "tos", "dsfield": typeOfService = try words.serviceField(word, &reader)
            case "iif", "dev": inputLink = try reader.value(of: word)
            case "oif": outputLink = try reader.value(of: word)
            case "priority", "pref", "preference", "order": priority = try words.number(word, &reader)
            case "table", "lookup":
                table = try words.named(word, .tables, &reader)
                isTableSaid = true
            case "protocol": self.protocol = RouteProtocol(rawValue: try words.namedByte(word, .protocols, &reader))
            case "l3mdev":
                isOfL3Master = true
                isTableSaid = true
            case "uidrange": userIDs = try ObjectWords.range(word, &reader, needsBoth: true)
            case "sport": sourcePorts = try ObjectWords.range(word, &reader, needsBoth: false)
            case "dport": destinationPorts = try ObjectWords.range(word, &reader, needsBoth: false)
            case "ipproto":
                let text = try reader.value(of: word)
                guard let number = words.names.ipProtocol(text) else {
                    throw WordError(.malformed(text, form: "a protocol of /etc/protocols or its number"), word)
                }
                ipProtocol = number
            case "tun_id":
                let text = try reader.value(of: word)
                guard let number = UInt64(text) else { throw WordError(.notNumber(text), word) }
                tunnelID = number
            case "suppress_prefixlength", "suppress_prefixlen", "sup_pl":
                suppressedPrefixLength = Int32(clamping: try words.number(word, &reader, 0...128))
            case "suppress_ifgroup", "sup_group": suppressedGroup = try words.named(word, .linkGroups, &reader)
            case "realms": realms = try words.realms(word, &reader)
            case "goto":
                target = try words.number(word, &reader)
                action = .goto
                isTableSaid = true
            case "nop":
                action = .nothing
                isTableSaid = true
            default:
                let name = word == "type" ? try reader.value(of: word) : word
                guard
                    let type = ["blackhole": RuleAction.blackhole, "unreachable": .unreachable, "prohibit": .prohibit][
                        name]
                else { throw .unknownWord(name, of: "rule", among: Self.words) }
                action = type
                isTableSaid = true
            }
        }
        // Deleted, it would be the first of all, the one for local addresses.
        if list.allSatisfy({ $0 == "-4" || $0 == "-6" }) {
            throw WordError(.missing("what the rule says, such as 'priority 100'"), "rule")
        }
        self.family = family ?? .ipv4
        if !isTableSaid, !isDeleted { table = Route.mainTable }
    }

    private mutating func takeMark(_ word: String, _ text: String) throws(WordError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
        let numbers = parts.compactMap { RouteNames.number($0) }
        guard numbers.count == parts.count, (1...2).contains(numbers.count) else {
            throw WordError(.malformed(text, form: "a number, or two with a slash: mark and mask"), word)
        }
        mark = numbers[0]
        if numbers.count == 2 { markMask = numbers[1] }
    }
}
