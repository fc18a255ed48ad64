internal import CKernel
internal import Documents
internal import Kernel
internal import Netlink
internal import RouteNetlink

extension LinkVocabulary {
    static let ipip = overIPv4(IPIP.self)
    static let sit = overIPv4(SIT.self)

    private static let both = [
        LinkOption(IFLA_IPTUN_LINK, .link, "link", words: ["dev"], shown: .unlessZero),
        LinkOption(IFLA_IPTUN_COLLECT_METADATA, .presence, "external"),
    ]
    private static let furtherWords =
        ["remote", "local", "mode"] + TunnelWords.timeToLiveWords + TunnelWords.typeOfServiceWords
        + TunnelWords.Wrapping.words

    /// The words of `mode`, the first of each being the one that is printed.
    private static let modesOverIPv4: [(TunnelledProtocol, [String])] = [
        (.ipv6, ["ip6ip", "ipv6/ipv4"]), (.ipv4, ["ipip", "ipv4/ipv4", "ip4ip4"]), (.mpls, ["mplsip", "mpls/ipv4"]),
        (.any, ["any", "any/ipv4"]),
    ]
    private static let modesOverIPv6: [(TunnelledProtocol, [String])] = [
        (.ipv6, ["ip6ip6", "ipv6/ipv6"]), (.ipv4, ["ipip6", "ip/ipv6", "ipv4/ipv6", "ip4ip6"]),
        (.any, ["any", "any/ipv6"]),
    ]

    private static func overIPv4<Kind: IPv4TunnelOptions>(_ kind: Kind.Type) -> LinkVocabulary {
        let isSIT = Kind.kind == SIT.kind
        return LinkVocabulary(
            Kind.kind,
            both + [
                LinkOption(IFLA_IPTUN_TOS, .hexadecimal(.u8), "tos", words: [], shown: .unlessZero),
                LinkOption(IFLA_IPTUN_FWMARK, .hexadecimal(.u32), "fwmark", shown: .unlessZero),
                LinkOption(IFLA_IPTUN_PMTUDISC, .switched, nil, words: ["pmtudisc"]),
            ],
            furtherWords: furtherWords + (isSIT ? ["isatap", "6rd-prefix", "6rd-relay_prefix", "6rd-reset"] : []),
            printing: { attributes, _, members in
                let tunnel = Kind(attributes: attributes)
                printMode(tunnel.protocolInside, modesOverIPv4, &members)
                members["remote"] = TunnelWords.end(tunnel.remote.map { .v4($0) })
                members["local"] = TunnelWords.end(tunnel.local.map { .v4($0) })
                members["ttl"] = JSONValue(tunnel.timeToLive ?? 0)
                members["pmtudisc"] = .bool(tunnel.discoversPathMTU ?? false)
                printSIT(SIT(attributes: attributes), &members)
                TunnelWords.Wrapping.tunnel.print(attributes, into: &members)
            },
            parsing: { word, reader, attributes, _ throws(WordError) in
                var tunnel = Kind(attributes: attributes)
                switch word {
                case "remote", "local":
                    let number = word == "remote" ? IFLA_IPTUN_REMOTE : IFLA_IPTUN_LOCAL
                    tunnel.attributes[address: number] = try TunnelWords.end(word, &reader, version6: false)
                case "ttl", "hoplimit", "hlim": tunnel.timeToLive = try TunnelWords.timeToLive(word, &reader)
                case "tos", "tclass", "dsfield": tunnel.typeOfService = try TunnelWords.typeOfService(word, &reader)
                case "mode":
                    let modes = isSIT ? modesOverIPv4 : modesOverIPv4.filter { $0.0 != .ipv6 }
                    tunnel.protocolInside = try mode(word, &reader, modes)
                default:
                    if isSIT, try parseSIT(word, &reader, &tunnel.attributes) { break }
                    guard try TunnelWords.Wrapping.tunnel.parse(word, &reader, &tunnel.attributes, initially: []) else {
                        return false
                    }
                }
                attributes = tunnel.attributes
                return true
            },
            finishing: { attributes throws(WordError) in
                var tunnel = Kind(attributes: attributes)
                if tunnel.timeToLive ?? 0 != 0, tunnel.discoversPathMTU == false {
                    throw WordError(.excludes("ttl"), "nopmtudisc")
                }
                finish(&tunnel)
                // Unsaid, sit's is 64 to the kernel, and 0, the inner packet's, to ip.
                if !tunnel.collectsMetadata, tunnel.timeToLive == nil { tunnel.timeToLive = 0 }
                // As ip says it, and the kernel's default too.
                if !tunnel.collectsMetadata, tunnel.discoversPathMTU == nil { tunnel.discoversPathMTU = true }
                attributes = tunnel.attributes
            })
    }

    static let ip6tnl = LinkVocabulary(
        "ip6tnl", both, furtherWords: furtherWords + IPv6TunnelWords.words,
        printing: { attributes, _, members in
            let tunnel = IPv6Tunnel(attributes: attributes)
            printMode(tunnel.protocolInside, modesOverIPv6, &members)
            members["remote"] = TunnelWords.end(tunnel.remote.map { .v6($0) })
            members["local"] = TunnelWords.end(tunnel.local.map { .v6($0) })
            IPv6TunnelWords.tunnel.print(attributes, into: &members)
            TunnelWords.Wrapping.tunnel.print(attributes, into: &members)
        },
        parsing: { word, reader, attributes, _ throws(WordError) in
            switch word {
            case "remote", "local":
                let number = word == "remote" ? IFLA_IPTUN_REMOTE : IFLA_IPTUN_LOCAL
                attributes[address: number] = try TunnelWords.end(word, &reader, version6: true)
            case "mode": attributes[IFLA_IPTUN_PROTO] = try mode(word, &reader, modesOverIPv6).rawValue
            default:
                if try IPv6TunnelWords.tunnel.parse(word, &reader, &attributes) { return true }
                return try TunnelWords.Wrapping.tunnel.parse(word, &reader, &attributes, initially: .checksum6)
            }
            return true
        },
        finishing: { attributes throws(WordError) in
            var tunnel = IPv6Tunnel(attributes: attributes)
            finish(&tunnel)
            attributes = tunnel.attributes
            if !tunnel.collectsMetadata { IPv6TunnelWords.tunnel.finish(&attributes) }
        })

    // MARK: The parts

    /// Without `mode` it is any, which is not the kernel's default; `external` goes alone but for the mode.
    private static func finish(_ tunnel: inout some IPTunnelOptions) {
        let inside = tunnel.protocolInside ?? .any
        if tunnel.collectsMetadata {
            tunnel.attributes = AttributeSet()
            tunnel.collectsMetadata = true
        }
        tunnel.protocolInside = inside
    }

    private static func printMode(
        _ inside: TunnelledProtocol?, _ modes: [(TunnelledProtocol, [String])], _ members: inout [String: JSONValue]
    ) {
        if let name = modes.first(where: { $0.0 == inside })?.1.first { members["proto"] = .string(name) }
    }

    private static func mode(
        _ word: String, _ reader: inout WordReader, _ modes: [(TunnelledProtocol, [String])]
    ) throws(WordError) -> TunnelledProtocol {
        let text = try reader.value(of: word)
        guard let found = modes.first(where: { $0.1.contains(text) })?.0 else {
            throw WordError(.notOneOf(text, modes.compactMap(\.1.first)), word)
        }
        return found
    }

    private static func printSIT(_ sit: SIT, _ members: inout [String: JSONValue]) {
        if sit.isISATAP == true { members["isatap"] = true }
        guard let prefix = sit.sixRDPrefix, prefix.length != 0 else { return }
        members["prefix"] = .string("\(prefix.address)")
        members["prefixlen"] = JSONValue(prefix.length)
        if let relay = sit.sixRDRelayPrefix, relay.address != .v4(.any) {
            members["relay_prefix"] = .string("\(relay.address)")
            members["relay_prefixlen"] = JSONValue(relay.length)
        }
    }

    private static func parseSIT(
        _ word: String, _ reader: inout WordReader, _ attributes: inout AttributeSet
    ) throws(WordError) -> Bool {
        var sit = SIT(attributes: attributes)
        switch word {
        case "isatap": sit.isISATAP = true
        case "6rd-prefix":
            let text = try reader.value(of: word)
            guard let prefix = IPPrefix(text), !prefix.address.isIPv4 else {
                throw WordError(.malformed(text, form: "an IPv6 prefix, such as 2001:db8::/32"), word)
            }
            sit.sixRDPrefix = prefix
            if sit.sixRDRelayPrefix == nil { sit.sixRDRelayPrefix = .defaultIPv4 }
        case "6rd-relay_prefix":
            let text = try reader.value(of: word)
            guard let prefix = IPPrefix(text), prefix.address.isIPv4 else {
                throw WordError(.malformed(text, form: "an IPv4 prefix, such as 10.0.0.0/8"), word)
            }
            sit.sixRDRelayPrefix = prefix
        case "6rd-reset":
            // 6to4's prefix (RFC 3056), which is the kernel's default.
            sit.sixRDPrefix = IPPrefix(.v6(IPv6Address(high: 0x2002 << 48, low: 0)), length: 16)
            sit.sixRDRelayPrefix = .defaultIPv4
        default: return false
        }
        attributes = sit.attributes
        return true
    }
}
