package import RouteNetlink

/// What the words of `bridge vlan add` and `del` say. Not taken: `tunnel_info` (VXLAN with metadata).
package struct BridgeVLANWords: Sendable {
    package private(set) var range: BridgeVLANRange
    package private(set) var linkIndex: Int32
    package private(set) var target: BridgeVLANTarget

    private static let words = ["vid", "dev", "pvid", "untagged", "self", "master"]

    package init(words list: [String], _ links: LinkDirectory) throws(WordError) {
        var reader = WordReader(list)
        var identifiers: ClosedRange<UInt16>?
        var link: Int32?
        var (isPortIdentifier, isUntagged) = (false, false)
        target = []
        while let word = reader.next() {
            switch word {
            case "vid": identifiers = try Self.identifiers(word, try reader.value(of: word))
            case "dev": link = try LinkOption.link(word, try reader.value(of: word), links)
            case "pvid": isPortIdentifier = true
            case "untagged": isUntagged = true
            case "self": target.insert(.device)
            case "master": target.insert(.bridge)
            default: throw .unknownWord(word, of: "vlan", among: Self.words)
            }
        }
        guard let identifiers else { throw WordError(.missing("'vid' and a number or a range"), "vlan") }
        guard let link else { throw WordError(.missing("'dev' and a link"), "vlan") }
        if isPortIdentifier, identifiers.count > 1 {
            throw WordError(.malformed(list.joined(separator: " "), form: "of one VLAN with 'pvid'"), "vlan")
        }
        range = BridgeVLANRange(identifiers, isPortIdentifier: isPortIdentifier, isUntagged: isUntagged)
        linkIndex = link
    }

    private static func identifiers(_ word: String, _ text: String) throws(WordError) -> ClosedRange<UInt16> {
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        var numbers: [UInt16] = []
        for part in parts {
            numbers.append(UInt16(clamping: try LinkOption.number(word, String(part), 1...4094)))
        }
        guard let first = numbers.first, let last = numbers.last, first <= last else {
            throw WordError(.malformed(text, form: "a VLAN's number, or a range such as 10-20"), word)
        }
        return first...last
    }
}

/// Which VLANs the words of `bridge vlan show` choose.
package struct BridgeVLANSelection: Sendable {
    /// Of that bridge or port; nil is each.
    package private(set) var linkIndex: Int32?
    /// That one, and ranges that it is in; nil is each.
    package private(set) var identifier: UInt16?

    package init(words list: [String], _ links: LinkDirectory) throws(WordError) {
        var reader = WordReader(list)
        while let word = reader.next() {
            switch word {
            case "dev": linkIndex = try LinkOption.link(word, try reader.value(of: word), links)
            case "vid":
                identifier = UInt16(clamping: try LinkOption.number(word, try reader.value(of: word), 1...4094))
            default: throw .unknownWord(word, of: "link vlan list", among: ["dev", "vid"])
            }
        }
    }
}
