internal import CKernel
internal import Documents
internal import Kernel
internal import Netlink
internal import RouteNetlink

extension LinkVocabulary {
    static let geneve = LinkVocabulary(
        "geneve",
        [
            LinkOption(IFLA_GENEVE_ID, .integer(.u32, 0...0xff_ffff), "id", words: ["id", "vni"]),
            LinkOption(IFLA_GENEVE_TOS, .hexadecimal(.u8), "tos", words: [], shown: .unlessZero),
            LinkOption(IFLA_GENEVE_DF, .named(.u8, ["unset", "set", "inherit"], unknown: "unknown"), "df"),
            LinkOption(
                IFLA_GENEVE_LABEL, .hexadecimal(.be32, 0...0xfffff), "label", words: ["flowlabel", "label"],
                shown: .unlessZero),
            LinkOption(IFLA_GENEVE_PORT, .integer(.be16), "port", words: ["dstport"]),
            LinkOption(IFLA_GENEVE_UDP_CSUM, .switched, "udp_csum", words: ["udpcsum"]),
            LinkOption(IFLA_GENEVE_UDP_ZERO_CSUM6_TX, .switched, "udp_zero_csum6_tx", words: ["udp6zerocsumtx"]),
            LinkOption(IFLA_GENEVE_UDP_ZERO_CSUM6_RX, .switched, "udp_zero_csum6_rx", words: ["udp6zerocsumrx"]),
            LinkOption(IFLA_GENEVE_INNER_PROTO_INHERIT, .presence, "inner_proto_inherit", words: ["innerprotoinherit"]),
            LinkOption(IFLA_GENEVE_COLLECT_METADATA, .presence, "external"),
            LinkOption(IFLA_GENEVE_GRO_HINT, .presence, "gro_hint", words: ["gro-hint"]),
        ],
        furtherWords: ["remote", "ttl", "hoplimit", "tos", "dsfield", "noexternal"],
        printing: { attributes, _, members in
            let geneve = Geneve(attributes: attributes)
            switch geneve.remote {
            case .v4(let address) where address != .any: members["remote"] = .string("\(address)")
            case .v6(let address) where address != .any && !address.isMulticast:
                members["remote6"] = .string("\(address)")
            default: break
            }
            // An inherited time to live is not printed.
            if geneve.inheritsTimeToLive != true { members["ttl"] = JSONValue(geneve.timeToLive ?? 0) }
            if let ports = geneve.sourcePorts {
                members["port_range"] = ["low": JSONValue(ports.lowerBound), "high": JSONValue(ports.upperBound)]
            }
        },
        parsing: { word, reader, attributes, _ throws(WordError) in
            var geneve = Geneve(attributes: attributes)
            switch word {
            case "remote":
                let text = try reader.value(of: word)
                guard let address = IPAddress(text), !isGroup(address) else {
                    throw WordError(.malformed(text, form: "an IP address, and no group's"), word)
                }
                geneve.remote = address
            case "ttl", "hoplimit":
                let text = try reader.value(of: word)
                geneve.inheritsTimeToLive = text == "inherit" ? true : nil
                geneve.timeToLive =
                    switch text {
                    case "inherit": nil
                    case "auto": 0
                    default: UInt8(clamping: try LinkOption.number(word, text, 0...255))
                    }
            case "tos", "dsfield": geneve.typeOfService = try TunnelWords.typeOfService(word, &reader)
            case "noexternal": geneve.collectsMetadata = false
            default: return false
            }
            attributes = geneve.attributes
            return true
        },
        finishing: { attributes throws(WordError) in
            let geneve = Geneve(attributes: attributes)
            if geneve.collectsMetadata, geneve.id != nil { throw WordError(.excludes("external"), "id") }
            if !geneve.collectsMetadata, geneve.id == nil {
                throw WordError(.missing("'id' and a number, or 'external'"), "geneve")
            }
        })

    private static func isGroup(_ address: IPAddress) -> Bool {
        switch address {
        case .v4(let address): address.isMulticast
        case .v6(let address): address.isMulticast
        }
    }
}
