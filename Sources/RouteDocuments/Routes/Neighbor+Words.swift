package import Kernel
package import RouteNetlink

extension Neighbor.Lookup {
    package init(words list: [String], _ words: ObjectWords) throws(WordError) {
        let neighbor = try Neighbor(words: list, words, among: ["to", "dev", "proxy"])
        // The words named one.
        guard let address = neighbor.address else { throw WordError(.missing("an address"), "neighbor get") }
        self.address = address
        linkIndex = neighbor.linkIndex
        isProxy = neighbor.flags.contains(.proxy)
    }
}

extension Neighbor {
    private static let words = [
        "to", "dev", "lladdr", "nud", "proxy", "router", "extern_learn", "use", "managed", "protocol",
    ]
    private static let flagWords: [String: NeighborFlags] = [
        "router": .router, "extern_learn": .externallyLearned, "use": .use, "managed": .managed,
    ]

    /// What the words of `ip neighbor add` say; without `nud` it is permanent, and one that the kernel is to resolve has no state.
    package init(words list: [String], _ words: ObjectWords) throws(WordError) {
        try self.init(words: list, words, among: Self.words)
    }

    fileprivate init(words list: [String], _ words: ObjectWords, among known: [String]) throws(WordError) {
        var reader = WordReader(list)
        var address: IPAddress?
        var linkIndex: Int32?
        var hardwareAddress: [UInt8] = []
        var state: NeighborState?
        var flags: NeighborFlags = []
        var `protocol` = RouteProtocol.unspecified
        while let word = reader.next() {
            if Self.words.contains(word), !known.contains(word) {
                throw .unknownWord(word, of: "neighbor get", among: known)
            }
            if let flag = Self.flagWords[word] {
                flags.insert(flag)
                continue
            }
            switch word {
            case "to": address = try ObjectWords.address(word, try reader.value(of: word))
            case "dev": linkIndex = try words.link(word, &reader)
            case "lladdr": hardwareAddress = try LinkOption.hardware(word, try reader.value(of: word)).bytes
            case "nud": state = try Self.state(word, try reader.value(of: word))
            case "protocol": `protocol` = RouteProtocol(rawValue: try words.namedByte(word, .protocols, &reader))
            case "proxy":
                flags.insert(.proxy)
                address = try ObjectWords.address(word, try reader.value(of: word))
            default:
                guard address == nil, let target = IPAddress(word) else {
                    throw .unknownWord(word, of: "neighbor", among: known)
                }
                address = target
            }
        }
        guard let address else { throw WordError(.missing("an address"), "neighbor") }
        guard let linkIndex else { throw WordError(.missing("'dev' and a link"), "neighbor") }
        let usual: NeighborState = flags.isDisjoint(with: [.use, .managed]) ? .permanent : []
        self.init(
            linkIndex: linkIndex, address: address, hardwareAddress: hardwareAddress, state: state ?? usual,
            flags: flags, protocol: `protocol`)
    }

    /// What the words of `ip neighbor get` ask for.
    package struct Lookup: Sendable {
        package var address: IPAddress
        package var linkIndex: Int32
        package var isProxy: Bool
    }

    static func state(_ word: String, _ text: String) throws(WordError) -> NeighborState {
        if text == "none" { return [] }
        guard let known = states.first(where: { $0.1.lowercased() == text }) else {
            throw WordError(.notOneOf(text, states.map { $0.1.lowercased() } + ["none"]), word)
        }
        return known.0
    }
}
