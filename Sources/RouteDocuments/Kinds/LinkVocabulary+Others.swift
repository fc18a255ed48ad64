internal import CKernel
internal import Netlink
internal import RouteNetlink

/// Kinds with hardly an option.
extension LinkVocabulary {
    static let dummy = LinkVocabulary("dummy", [], isPrinted: false)

    static let vrf = LinkVocabulary("vrf", [LinkOption(IFLA_VRF_TABLE, .integer(.u32), "table")])
    static let vrfPort = LinkVocabulary("vrf", [LinkOption(IFLA_VRF_PORT_TABLE, .integer(.u32), "table", words: [])])

    /// `peer name veth1 address … netns …`: what the other end is to be, with the words of any link.
    static let veth = LinkVocabulary(
        "veth", [], isPrinted: false, furtherWords: ["peer"],
        parsing: { word, reader, attributes, links throws(WordError) in
            guard word == "peer" else { return false }
            let request = try LinkWords.parse(reader.takeAll(), .peer, links)
            var pair = VirtualEthernet(attributes: attributes)
            pair.set(peer: request.settings)
            attributes = pair.attributes
            return true
        })
}
