internal import Kernel
package import RouteNetlink

/// Which neighbours the words of `ip neighbor show` choose.
package struct NeighborSelection: Sendable {
    private static let words = ["dev", "to", "nud", "proxy", "master", "nomaster", "vrf", "unused", "-4", "-6"]

    /// What the kernel may choose by.
    package private(set) var filter = NeighborFilter()
    private var isUnused = false
    private var hasNoMaster = false

    package init(words list: [String], family: AddressFamily, _ words: ObjectWords) throws(WordError) {
        filter.family = family
        var reader = WordReader(list)
        while let word = reader.next() {
            switch word {
            case "dev": filter.linkIndex = try words.link(word, &reader)
            case "proxy": filter.isProxy = true
            case "unused": isUnused = true
            case "nomaster": hasNoMaster = true
            case "master": filter.master = try words.link(word, &reader)
            case "vrf": filter.master = try words.routingDomain(word, &reader).index
            case "nud":
                let text = try reader.value(of: word)
                let state = text == "all" ? NeighborState(rawValue: .max) : try Neighbor.state(word, text)
                if text == "all" || state.isEmpty { filter.includesStateless = true }
                filter.states = (filter.states ?? []).union(state)
            case "to": filter.within = try ObjectWords.prefix(word, try reader.value(of: word))
            default:
                guard filter.within == nil, IPAddress(word) != nil || IPPrefix(word) != nil else {
                    throw .unknownWord(word, of: "neighbor list", among: Self.words)
                }
                filter.within = try ObjectWords.prefix("to", word)
            }
        }
        if hasNoMaster, filter.master != nil { throw WordError(.excludes("master"), "nomaster") }
    }

    /// The master of a neighbour's link is in `links`.
    package func matches(_ neighbor: Neighbor, _ links: LinkDirectory) -> Bool {
        guard filter.matches(neighbor) else { return false }
        let master = links.links[neighbor.linkIndex]?.master
        if let wanted = filter.master, master != wanted { return false }
        if hasNoMaster, master != nil { return false }
        return !isUnused || neighbor.times?.references ?? 0 == 0
    }
}
