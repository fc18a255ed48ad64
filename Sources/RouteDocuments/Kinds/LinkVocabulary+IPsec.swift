internal import CKernel
internal import Documents
internal import Kernel
internal import Netlink
internal import RouteNetlink

extension LinkVocabulary {
    static let vti = vti(VTI.self, version6: false)
    static let vti6 = vti(VTI6.self, version6: true)

    static let xfrm = LinkVocabulary(
        "xfrm",
        [
            LinkOption(IFLA_XFRM_LINK, .link, nil, words: ["dev"]),
            LinkOption(IFLA_XFRM_IF_ID, .hexadecimal(.u32), "if_id"),
            LinkOption(IFLA_XFRM_COLLECT_METADATA, .presence, "external"),
        ],
        printing: { attributes, _, members in
            // What routes say stands for the number.
            if attributes.contains(IFLA_XFRM_COLLECT_METADATA) { members["if_id"] = nil }
        },
        finishing: { attributes throws(WordError) in
            if attributes.contains(IFLA_XFRM_COLLECT_METADATA), attributes.contains(IFLA_XFRM_IF_ID) {
                throw WordError(.excludes("if_id"), "external")
            }
        })

    private static func vti<Kind: VTIOptions>(_ kind: Kind.Type, version6: Bool) -> LinkVocabulary {
        LinkVocabulary(
            Kind.kind,
            [
                LinkOption(IFLA_VTI_LINK, .link, "link", words: ["dev"], shown: .unlessZero),
                LinkOption(IFLA_VTI_FWMARK, .hexadecimal(.u32), "fwmark", shown: .unlessZero),
            ],
            furtherWords: ["remote", "local", "key", "ikey", "okey"],
            printing: { attributes, _, members in
                let tunnel = Kind(attributes: attributes)
                members["remote"] = TunnelWords.end(attributes[address: IFLA_VTI_REMOTE])
                members["local"] = TunnelWords.end(attributes[address: IFLA_VTI_LOCAL])
                if let key = tunnel.inputKey, key != 0 { members["ikey"] = TunnelWords.key(key) }
                if let key = tunnel.outputKey, key != 0 { members["okey"] = TunnelWords.key(key) }
            },
            parsing: { word, reader, attributes, _ throws(WordError) in
                switch word {
                case "remote":
                    attributes[address: IFLA_VTI_REMOTE] = try TunnelWords.end(word, &reader, version6: version6)
                case "local":
                    attributes[address: IFLA_VTI_LOCAL] = try TunnelWords.end(word, &reader, version6: version6)
                case "key", "ikey", "okey":
                    let key = try TunnelWords.key(word, &reader)
                    if word != "okey" { attributes[bigEndian: IFLA_VTI_IKEY] = key }
                    if word != "ikey" { attributes[bigEndian: IFLA_VTI_OKEY] = key }
                default: return false
                }
                return true
            })
    }
}
