internal import Kernel
package import RouteNetlink

extension RouteQuery {
    private static let words = [
        "to", "from", "iif", "oif", "dev", "mark", "tos", "dsfield", "uid", "ipproto", "sport", "dport", "vrf",
        "fibmatch",
        "-4", "-6",
    ]

    /// What the words of `ip route get` say.
    package init(words list: [String], _ words: ObjectWords) throws(WordError) {
        var reader = WordReader(list)
        var destination: IPAddress?
        var family: Bool?
        var query = RouteQuery(to: .v4(IPv4Address(rawValue: 0)))
        while let word = reader.next() {
            switch word {
            case "-4": family = true
            case "-6": family = false
            case "to": destination = try ObjectWords.address(word, try reader.value(of: word))
            case "from": query.source = try ObjectWords.address(word, try reader.value(of: word))
            case "iif": query.inputLinkIndex = try words.link(word, &reader)
            case "oif", "dev": query.outputLinkIndex = try words.link(word, &reader)
            case "vrf":
                let index = try words.link(word, &reader)
                guard words.links.links[index]?.kind == "vrf" else {
                    throw WordError(.malformed(words.names.link(index), form: "a link of kind vrf"), word)
                }
                query.outputLinkIndex = index
            case "mark": query.mark = try words.number(word, &reader)
            case "tos", "dsfield": query.typeOfService = try words.serviceField(word, &reader)
            case "uid": query.userID = try words.number(word, &reader)
            case "ipproto":
                let text = try reader.value(of: word)
                guard let number = words.names.ipProtocol(text) else {
                    throw WordError(.malformed(text, form: "a protocol of /etc/protocols or its number"), word)
                }
                query.ipProtocol = number
            case "sport": query.sourcePort = UInt16(clamping: try words.number(word, &reader, 0...65_535))
            case "dport": query.destinationPort = UInt16(clamping: try words.number(word, &reader, 0...65_535))
            case "fibmatch": query.wantsTableEntry = true
            default:
                guard destination == nil, let address = IPAddress(word) else {
                    throw .unknownWord(word, of: "route get", among: Self.words)
                }
                destination = address
            }
        }
        guard let destination else { throw WordError(.missing("an address, such as 10.0.0.1"), "route get") }
        if let family, destination.isIPv4 != family {
            throw WordError(.malformed("\(destination)", form: "of the family that is said"), "to")
        }
        if let source = query.source, source.isIPv4 != destination.isIPv4 {
            throw WordError(.malformed("\(source)", form: "of the destination's family"), "from")
        }
        query.destination = destination
        self = query
    }
}
