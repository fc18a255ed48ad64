import Kernel
import Netlink
import RouteDocuments
import RouteNetlink
import TestSupport

extension OurHand {
    mutating func link(_ verb: String, _ words: [String], _ links: LinkDirectory) throws {
        func index(_ name: String?) throws -> Int32 {
            guard let name, let index = links.index(of: name) else {
                throw WordError(.noLink(name ?? "", links.names), verb)
            }
            return index
        }
        switch verb {
        case "add": try connection.addLink(LinkWords.parse(words, .add, links).settings, until: deadline)
        case "delete": try connection.deleteLink(index(words.first), until: deadline)
        default:
            let parsed = try LinkWords.parse(words, .set, links)
            try connection.setLink(index(parsed.target), parsed.settings, until: deadline)
        }
    }

    /// An entry of a forwarding database: `fdb add MAC dev LINK [self] [master] [static] [vlan N]`.
    mutating func forward(_ verb: String, _ list: [String], _ links: LinkDirectory) throws {
        var reader = WordReader(list)
        let address = try LinkOption.hardware("fdb", reader.value(of: "fdb"))
        var flags: NeighborFlags = []
        var state: NeighborState = []
        var vlan: UInt16?
        var index: Int32 = 0
        while let word = reader.next() {
            switch word {
            case "dev":
                let name = try reader.value(of: word)
                guard let found = links.index(of: name) else { throw WordError(.noLink(name, links.names), word) }
                index = found
            case "self": flags.insert(.own)
            case "master": flags.insert(.master)
            case "sticky": flags.insert(.sticky)
            case "extern_learn": flags.insert(.externallyLearned)
            case "vlan": vlan = UInt16(try reader.value(of: word))
            case "permanent": state = [.permanent]
            case "static": state = [.noARP, .reachable]
            case "dynamic": state = [.reachable]
            default: throw WordError.unknownWord(word, of: "fdb", among: [])
            }
        }
        if flags.isDisjoint(with: [.own, .master]) { flags.insert(.own) }
        if state.isEmpty { state = [.permanent] }
        if state.isDisjoint(with: [.permanent, .reachable]) { state.insert(.permanent) }
        guard let mac = address.macAddress else { throw WordError(.malformed(list[0], form: "six bytes"), "fdb") }
        let entry = Neighbor(forwarding: mac, linkIndex: index, flags: flags, state: state, vlan: vlan)
        guard let mode = Self.mode(verb) else { return try connection.deleteNeighbor(entry, until: deadline) }
        try connection.addNeighbor(entry, mode: mode, until: deadline)
    }

    /// `ip … flush` with what chooses.
    mutating func flush(_ object: String, _ family: String?, _ list: [String], _ words: ObjectWords) throws {
        let family: AddressFamily = family == "-4" ? .ipv4 : family == "-6" ? .ipv6 : .unspecified
        var said: [String: String] = [:]
        for place in stride(from: 0, to: list.count - 1, by: 2) { said[list[place]] = list[place + 1] }
        var index: Int32?
        if let name = said["dev"] {
            guard let found = words.links.index(of: name) else {
                throw WordError(.noLink(name, words.links.names), "dev")
            }
            index = found
        }
        let outcome: BatchOutcome
        switch object {
        case "address":
            var filter = AddressFilter()
            filter.family = family
            filter.linkIndex = index
            filter.scope = said["scope"].flatMap { names.number(.scopes, $0) }.map { RouteScope(rawValue: UInt8($0)) }
            filter.within = said["to"].flatMap { IPPrefix($0) }
            filter.label = said["label"]
            outcome = try connection.flushAddresses(filter, until: deadline)
        case "route":
            var filter = RouteFilter()
            filter.family = family
            filter.linkIndex = index
            filter.table = said["table"].flatMap { names.number(.tables, $0) } ?? Route.mainTable
            filter.protocol = said["proto"].flatMap { names.number(.protocols, $0) }.map {
                RouteProtocol(rawValue: UInt8($0))
            }
            filter.within = said["root"].flatMap { IPPrefix($0) }
            filter.exactly = said["exact"].flatMap { IPPrefix($0) }
            filter.type = said["type"].flatMap { RouteName.types.firstIndex(of: $0) }.map {
                RouteType(rawValue: UInt8($0))
            }
            outcome = try connection.flushRoutes(filter, until: deadline)
        case "rule":
            let origin = said["protocol"].flatMap { names.number(.protocols, $0) }
            outcome = try connection.flushRules(family: family, until: deadline) { rule in
                origin == nil || rule.protocol.rawValue == UInt8(origin ?? 0)
            }
        default:
            var filter = NeighborFilter(family: family)
            filter.linkIndex = index
            filter.within = said["to"].flatMap { IPPrefix($0) }
            filter.states = said["nud"].flatMap { word in
                Neighbor.states.first { $0.1.lowercased() == word }.map { $0.0 }
            }
            outcome = try connection.flushNeighbors(filter, until: deadline)
        }
        if let failure = outcome.failures.first { throw failure.error }
    }
}
