internal import CKernel
internal import Documents
internal import Kernel
internal import Netlink
internal import RouteNetlink

extension LinkVocabulary {
    static let vxlan = LinkVocabulary(
        "vxlan",
        [
            LinkOption(IFLA_VXLAN_ID, .integer(.u32, 0...0xff_ffff), "id", words: ["id", "vni"]),
            LinkOption(IFLA_VXLAN_LINK, .link, "link", words: ["dev"], shown: .unlessZero),
            LinkOption(IFLA_VXLAN_PORT, .integer(.be16), "port", words: ["dstport"]),
            LinkOption(IFLA_VXLAN_LEARNING, .switched, "learning"),
            LinkOption(IFLA_VXLAN_PROXY, .switched, "proxy", shown: .unlessZero),
            LinkOption(IFLA_VXLAN_RSC, .switched, "rsc", shown: .unlessZero),
            LinkOption(IFLA_VXLAN_L2MISS, .switched, "l2miss", shown: .unlessZero),
            LinkOption(IFLA_VXLAN_L3MISS, .switched, "l3miss", shown: .unlessZero),
            LinkOption(
                IFLA_VXLAN_LABEL, .hexadecimal(.be32, 0...0xfffff), "label", words: ["flowlabel", "label"],
                shown: .unlessZero),
            LinkOption(IFLA_VXLAN_DF, .named(.u8, ["unset", "set", "inherit"]), "df"),
            LinkOption(IFLA_VXLAN_UDP_CSUM, .switched, "udp_csum", words: ["udpcsum"]),
            LinkOption(IFLA_VXLAN_UDP_ZERO_CSUM6_TX, .switched, "udp_zero_csum6_tx", words: ["udp6zerocsumtx"]),
            LinkOption(IFLA_VXLAN_UDP_ZERO_CSUM6_RX, .switched, "udp_zero_csum6_rx", words: ["udp6zerocsumrx"]),
            LinkOption(IFLA_VXLAN_REMCSUM_TX, .switched, "remcsum_tx", words: ["remcsumtx"], shown: .unlessZero),
            LinkOption(IFLA_VXLAN_REMCSUM_RX, .switched, "remcsum_rx", words: ["remcsumrx"], shown: .unlessZero),
            LinkOption(IFLA_VXLAN_GBP, .presence, "gbp"),
            LinkOption(IFLA_VXLAN_GPE, .presence, "gpe"),
            LinkOption(IFLA_VXLAN_REMCSUM_NOPARTIAL, .presence, "remcsum_nopartial", words: []),
            LinkOption(IFLA_VXLAN_COLLECT_METADATA, .switched, "external", shown: .unlessZero),
            LinkOption(IFLA_VXLAN_VNIFILTER, .switched, "vnifilter", shown: .unlessZero),
            LinkOption(IFLA_VXLAN_LOCALBYPASS, .switched, "localbypass"),
            LinkOption(IFLA_VXLAN_TTL_INHERIT, .onOff, nil, words: []),
        ],
        furtherWords: [
            "group", "remote", "local", "ttl", "hoplimit", "tos", "dsfield", "ageing", "maxaddress", "srcport",
        ],
        printing: { printVXLAN($0, &$2) },
        parsing: { word, reader, attributes, _ throws(WordError) in try parseVXLAN(word, &reader, &attributes) },
        finishing: { attributes throws(WordError) in
            let vxlan = VXLAN(attributes: attributes)
            if vxlan.isExternal == true, vxlan.id != nil { throw WordError(.excludes("external"), "id") }
            // What routes say is not learned.
            if vxlan.isExternal == true, vxlan.learns == nil { attributes[flag: IFLA_VXLAN_LEARNING] = false }
            if vxlan.hasProtocolExtension, vxlan.destinationPort == nil {
                // VXLAN-GPE's own port.
                attributes[bigEndian: IFLA_VXLAN_PORT] = UInt16(4790)
            }
        })

    private static func printVXLAN(_ attributes: AttributeSet, _ members: inout [String: JSONValue]) {
        let vxlan = VXLAN(attributes: attributes)
        // The kernel tells the attribute of either family alone.
        for (address, names) in [(vxlan.remote, ("group", "remote")), (vxlan.local, ("local", "local"))] {
            guard let address, !address.bytes.allSatisfy({ $0 == 0 }) else { continue }
            let first = address.bytes.first ?? 0
            let isGroup = address.isIPv4 ? first & 0xf0 == 0xe0 : first == 0xff
            members[(isGroup ? names.0 : names.1) + (address.isIPv4 ? "" : "6")] = .string("\(address)")
        }
        if let range = attributes.payload(IFLA_VXLAN_PORT_RANGE), range.count >= 4 {
            members["port_range"] = [
                "low": .integer(Int64(range[0]) << 8 | Int64(range[1])),
                "high": .integer(Int64(range[2]) << 8 | Int64(range[3])),
            ]
        }
        if let tos = vxlan.typeOfService, tos != 0 { members["tos"] = .string(LinkOption.hexadecimal(Int64(tos))) }
        // An inherited time to live is not printed.
        if vxlan.inheritsTimeToLive != true { members["ttl"] = .integer(Int64(vxlan.timeToLive ?? 0)) }
        if let ageing = attributes.integer(IFLA_VXLAN_AGEING, .u32) { members["ageing"] = .integer(ageing) }
        if let limit = vxlan.mostAddresses, limit != 0 { members["limit"] = JSONValue(limit) }
    }

    private static func parseVXLAN(
        _ word: String, _ reader: inout WordReader, _ attributes: inout AttributeSet
    ) throws(WordError) -> Bool {
        var vxlan = VXLAN(attributes: attributes)
        switch word {
        case "group", "remote", "local":
            let text = try reader.value(of: word)
            guard let address = text == "any" ? .v4(.any) : IPAddress(text) else {
                throw WordError(.malformed(text, form: "an IP address"), word)
            }
            if word == "local" { vxlan.local = address } else { vxlan.remote = address }
        case "ttl", "hoplimit":
            let text = try reader.value(of: word)
            vxlan.inheritsTimeToLive = nil
            vxlan.timeToLive = nil
            if text == "inherit" {
                vxlan.attributes[presence: IFLA_VXLAN_TTL_INHERIT] = true
            } else {
                vxlan.timeToLive = text == "auto" ? 0 : UInt8(clamping: try LinkOption.number(word, text, 0...255))
            }
        case "tos", "dsfield": vxlan.typeOfService = try TunnelWords.typeOfService(word, &reader)
        case "ageing":
            let text = try reader.value(of: word)
            vxlan.attributes.set(
                IFLA_VXLAN_AGEING, .u32, text == "none" ? 0 : try LinkOption.number(word, text, IntegerWidth.u32.range))
        case "maxaddress":
            let text = try reader.value(of: word)
            vxlan.attributes.set(
                IFLA_VXLAN_LIMIT, .u32,
                text == "unlimited" ? 0 : try LinkOption.number(word, text, IntegerWidth.u32.range))
        case "srcport", "port":
            let low = UInt16(clamping: try LinkOption.number(word, try reader.value(of: word), 0...65535))
            let text = try reader.value(of: word)
            vxlan.sourcePorts = low...UInt16(clamping: try LinkOption.number(word, text, Int64(low)...65535))
        default: return false
        }
        attributes = vxlan.attributes
        return true
    }
}
