internal import Kernel
package import RouteNetlink

/// Which addresses the words of `ip address show` choose, and on which links.
package struct AddressSelection: Sendable {
    private static let words =
        LinkSelection.words + ["scope", "to", "label"] + flags.keys.sorted()
        + refusals.keys.sorted()

    /// IFA_F_* that are to be set.
    private static let flags: [String: AddressFlags] = [
        "permanent": .permanent, "secondary": .secondary, "temporary": .temporary, "tentative": .tentative,
        "deprecated": .deprecated, "dadfailed": .duplicateDetected, "home": .home, "nodad": .noDuplicateDetection,
        "mngtmpaddr": .managesTemporaryAddresses, "noprefixroute": .noPrefixRoute, "autojoin": .joinsGroup,
    ]
    /// And those that are not.
    private static let refusals: [String: AddressFlags] = [
        "dynamic": .permanent, "primary": .secondary, "-tentative": .tentative, "-deprecated": .deprecated,
        "-dadfailed": .duplicateDetected,
    ]

    package private(set) var links = LinkSelection()
    /// What the kernel may choose by.
    package private(set) var filter = AddressFilter()
    private var labelPattern: String?

    package init(words list: [String], family: AddressFamily, _ words: ObjectWords) throws(WordError) {
        filter.family = family
        var reader = WordReader(list)
        while let word = reader.next() {
            if try links.take(word, &reader, words) { continue }
            if let flag = Self.flags[word] {
                filter.flags.insert(flag)
                continue
            }
            if let flag = Self.refusals[word] {
                filter.withoutFlags.insert(flag)
                continue
            }
            switch word {
            case "scope":
                guard reader.peek != "all" else {
                    _ = reader.next()
                    continue
                }
                filter.scope = RouteScope(rawValue: try words.namedByte(word, .scopes, &reader))
            case "to":
                let network = try ObjectWords.prefix(word, try reader.value(of: word))
                filter.within = network
                filter.family = AddressFamily(of: network.address)
                guard family == .unspecified || family == filter.family else {
                    throw WordError(.malformed("\(network)", form: "of the family that is asked for"), word)
                }
            case "label": labelPattern = try reader.value(of: word)
            default: try links.takeName(word, of: "address list", among: Self.words, words)
            }
        }
        if !filter.flags.isDisjoint(with: filter.withoutFlags) {
            throw WordError(
                .malformed(list.joined(separator: " "), form: "flags that do not exclude each other"), "list")
        }
        filter.linkIndex = links.index
    }

    /// An address without a label, which is any of IPv6, goes by its link's name.
    package func matches(_ address: InterfaceAddress, of link: Link) -> Bool {
        guard filter.matches(address) else { return false }
        return labelPattern.map { fits($0, address.label ?? link.name) } ?? true
    }

    /// A link without any address is one of the list unless a family is asked for; one whose addresses are not chosen is not.
    package func matches(_ link: Link, chosen: Int, of all: Int) -> Bool {
        guard links.matches(link) else { return false }
        return chosen > 0 || all == 0 && filter.family == .unspecified
    }
}
