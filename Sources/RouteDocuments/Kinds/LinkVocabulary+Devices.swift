internal import CKernel
internal import Documents
internal import Kernel
internal import Netlink
internal import RouteNetlink

extension LinkVocabulary {
    static let ifb = LinkVocabulary("ifb", [], isPrinted: false)
    static let nlmon = LinkVocabulary("nlmon", [], isPrinted: false)
    static let team = LinkVocabulary("team", [], isPrinted: false)
    static let vcan = LinkVocabulary("vcan", [], isPrinted: false)
    static let wireguard = LinkVocabulary("wireguard", [], isPrinted: false)

    /// Only read: `ip tuntap` makes one, by an ioctl.
    static let tun = LinkVocabulary(
        "tun",
        [
            LinkOption(IFLA_TUN_PI, .onOff, "pi", words: []),
            LinkOption(IFLA_TUN_VNET_HDR, .onOff, "vnet_hdr", words: []),
            LinkOption(IFLA_TUN_MULTI_QUEUE, .onOff, "multi_queue", words: []),
            LinkOption(IFLA_TUN_PERSIST, .onOff, "persist", words: []),
            LinkOption(IFLA_TUN_OWNER, .integer(.u32), "user", words: []),
            LinkOption(IFLA_TUN_GROUP, .integer(.u32), "group", words: []),
        ],
        printing: { attributes, _, members in
            let tun = TUN(attributes: attributes)
            if let type = tun.type {
                members["type"] = .string(type == .tun ? "tun" : type == .tap ? "tap" : "UNKNOWN:\(type.rawValue)")
            }
            guard tun.hasMultipleQueues == true else { return }
            members["numqueues"] = tun.queueCount.map { JSONValue($0) }
            members["numdisabled"] = tun.disabledQueueCount.map { JSONValue($0) }
        })

    static let gtp = LinkVocabulary(
        "gtp",
        [
            LinkOption(IFLA_GTP_ROLE, .named(.u32, ["ggsn", "sgsn"], unknown: "unknown"), "role"),
            LinkOption(IFLA_GTP_PDP_HASHSIZE, .integer(.u32, 0...0x1ffff), "hsize"),
            LinkOption(IFLA_GTP_RESTART_COUNT, .integer(.u8), "restart_count"),
        ],
        finishing: { attributes throws(WordError) in
            var gtp = GTP(attributes: attributes)
            if gtp.role == nil { throw WordError(.missing("'role' and ggsn or sgsn"), "gtp") }
            // We have no sockets to give.
            gtp.createsSockets = true
            if gtp.hashSize == nil { gtp.hashSize = 1024 }
            attributes = gtp.attributes
        })

    static let hsr = LinkVocabulary(
        "hsr",
        [
            LinkOption(IFLA_HSR_SLAVE1, .link, nil, words: ["slave1"]),
            LinkOption(IFLA_HSR_SLAVE2, .link, nil, words: ["slave2"]),
            LinkOption(IFLA_HSR_INTERLINK, .link, "interlink"),
            LinkOption(IFLA_HSR_SEQ_NR, .integer(.u16), "seq_nr", words: []),
            LinkOption(IFLA_HSR_SUPERVISION_ADDR, .hardware, "supervision_addr", words: []),
            LinkOption(IFLA_HSR_PROTOCOL, .integer(.u8, 0...1), "proto"),
            LinkOption(IFLA_HSR_MULTICAST_SPEC, .integer(.u8), nil, words: ["supervision"]),
            LinkOption(IFLA_HSR_VERSION, .integer(.u8, 0...1), nil, words: ["version"]),
        ],
        printing: { attributes, links, members in
            let hsr = HSR(attributes: attributes)
            for (key, port) in [("slave1", hsr.firstPort), ("slave2", hsr.secondPort)] {
                members[key] = port.map { .string(links.name(of: $0) ?? "if\($0)") } ?? .null
            }
        })

    static let bareudp = LinkVocabulary(
        "bareudp",
        [
            LinkOption(IFLA_BAREUDP_PORT, .integer(.be16), "dstport"),
            LinkOption(IFLA_BAREUDP_SRCPORT_MIN, .integer(.u16), "srcportmin"),
        ],
        furtherWords: ["ethertype", "multiproto", "nomultiproto"],
        printing: { attributes, _, members in
            let bare = BareUDP(attributes: attributes)
            if let type = bare.etherType {
                members["ethertype"] = .string(etherTypes.first { $0.number == type }?.name ?? "[\(type)]")
            }
            members["multiproto"] = .bool(bare.isMultiProtocol)
        },
        parsing: { word, reader, attributes, _ throws(WordError) in
            var bare = BareUDP(attributes: attributes)
            switch word {
            case "ethertype":
                let text = try reader.value(of: word)
                if let known = etherTypes.first(where: { $0.name == (text == "ipv4" ? "ip" : text) }) {
                    bare.etherType = known.number
                } else {
                    bare.etherType = UInt16(clamping: try LinkOption.number(word, text, 0...0xffff))
                }
            case "multiproto", "nomultiproto": bare.isMultiProtocol = word == "multiproto"
            default: return false
            }
            attributes = bare.attributes
            return true
        },
        finishing: { attributes throws(WordError) in
            let bare = BareUDP(attributes: attributes)
            if bare.port == nil { throw WordError(.missing("'dstport' and a number"), "bareudp") }
            if bare.etherType == nil { throw WordError(.missing("'ethertype' and a protocol"), "bareudp") }
        })

    private static let etherTypes: [(name: String, number: UInt16)] = [
        ("ip", UInt16(ETH_P_IP)), ("ipv6", UInt16(ETH_P_IPV6)), ("mpls_uc", UInt16(ETH_P_MPLS_UC)),
        ("mpls_mc", UInt16(ETH_P_MPLS_MC)),
    ]

    static let rmnet = LinkVocabulary(
        "rmnet", [LinkOption(IFLA_RMNET_MUX_ID, .integer(.u16, 1...254), "mux_id")],
        furtherWords: rmnetFlags.map(\.word),
        printing: { attributes, _, members in
            guard let flags = RMNet(attributes: attributes).flags else { return }
            let known = rmnetFlags.filter { flags.contains($0.flag) }
            let rest = known.reduce(flags) { $0.subtracting($1.flag) }
            members["flags"] = JSONValue(
                known.map(\.name) + (rest.isEmpty ? [] : [LinkOption.hexadecimal(Int64(rest.rawValue))]))
        },
        parsing: { word, reader, attributes, _ throws(WordError) in
            guard let flag = rmnetFlags.first(where: { $0.word == word })?.flag else { return false }
            let text = try reader.value(of: word)
            guard text == "on" || text == "off" else { throw WordError(.notOneOf(text, ["on", "off"]), word) }
            var rmnet = RMNet(attributes: attributes)
            rmnet.change(flag, to: text == "on")
            attributes = rmnet.attributes
            return true
        })

    private static let rmnetFlags: [(word: String, name: String, flag: RMNetFlags)] = [
        ("ingress-deaggregation", "INGRESS_DEAGGREGATION", .ingressDeaggregation),
        ("ingress-commands", "INGRESS_MAP_COMMANDS", .ingressCommands),
        ("ingress-mapv4-checksum", "INGRESS_MAP_CKSUMV4", .ingressChecksumV4),
        ("egress-mapv4-checksum", "EGRESS_MAP_CKSUMV4", .egressChecksumV4),
        ("ingress-mapv5-checksum", "INGRESS_MAP_CKSUMV5", .ingressChecksumV5),
        ("egress-mapv5-checksum", "EGRESS_MAP_CKSUMV5", .egressChecksumV5),
    ]

    /// As iproute2 6.7 and later have it; 6.1 knows no netkit.
    static let netkit = LinkVocabulary(
        "netkit",
        [
            LinkOption(IFLA_NETKIT_MODE, .named(.u32, ["l2", "l3"], unknown: "UNKNOWN"), "mode"),
            LinkOption(IFLA_NETKIT_SCRUB, .named(.u32, ["none", "default"], unknown: "UNKNOWN"), "scrub"),
            LinkOption(
                IFLA_NETKIT_PEER_SCRUB, .named(.u32, ["none", "default"], unknown: "UNKNOWN"), "peer_scrub", words: []),
        ],
        furtherWords: ["forward", "blackhole", "peer"],
        printing: { attributes, _, members in
            let netkit = Netkit(attributes: attributes)
            if let isPrimary = netkit.isPrimary { members["type"] = .string(isPrimary ? "primary" : "peer") }
            for (key, policy) in [("policy", netkit.policy), ("peer_policy", netkit.peerPolicy)] {
                members[key] = policy.map { $0 == .pass ? "forward" : $0 == .drop ? "blackhole" : "UNKNOWN" }
            }
        },
        parsing: { word, reader, attributes, links throws(WordError) in
            var netkit = Netkit(attributes: attributes)
            switch word {
            case "forward": netkit.policy = .pass
            case "blackhole": netkit.policy = .drop
            case "peer":
                while let next = reader.peek, ["forward", "blackhole", "scrub"].contains(next) {
                    _ = reader.next()
                    if next == "scrub" {
                        let text = try reader.value(of: next)
                        guard text == "none" || text == "default" else {
                            throw WordError(.notOneOf(text, ["none", "default"]), next)
                        }
                        netkit.peerScrub = text == "none" ? NetkitScrub.none : .default
                    } else {
                        netkit.peerPolicy = next == "forward" ? .pass : .drop
                    }
                }
                let rest = reader.takeAll()
                if !rest.isEmpty { netkit.peer = try LinkWords.parse(rest, .peer, links).settings.attributes }
            default: return false
            }
            attributes = netkit.attributes
            return true
        })
}
