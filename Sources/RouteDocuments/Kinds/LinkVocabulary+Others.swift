internal import CKernel
internal import Netlink
internal import RouteNetlink

/// Kinds with hardly an option.
extension LinkVocabulary {
    static let dummy = LinkVocabulary("dummy", [], isPrinted: false)

    static let vrf = LinkVocabulary("vrf", [LinkOption(IFLA_VRF_TABLE, .integer(.u32), "table")])
    static let vrfPort = LinkVocabulary("vrf", [LinkOption(IFLA_VRF_PORT_TABLE, .integer(.u32), "table", words: [])])

    static let veth = pair("veth")
    /// Its one attribute has veth's number (VXCAN_INFO_PEER, linux/can/vxcan.h).
    static let vxcan = pair("vxcan")

    /// `peer name veth1 address … netns …`: what the other end is to be, with the words of any link.
    private static func pair(_ kind: String) -> LinkVocabulary {
        LinkVocabulary(
            kind, [], isPrinted: false, furtherWords: ["peer"],
            parsing: { word, reader, attributes, links throws(WordError) in
                guard word == "peer" else { return false }
                let request = try LinkWords.parse(reader.takeAll(), .peer, links)
                var pair = VirtualEthernet(attributes: attributes)
                pair.set(peer: request.settings)
                attributes = pair.attributes
                return true
            })
    }
}
