import TestSupport

/// Draws operations on links of every kind that Debian's generic kernel has, in the words of `ip link`.
struct LinkKindGenerator {
    var random: SeededGenerator
    /// The links that were made, with their kinds; the caller keeps it by what `ip` did.
    var links: [String: String] = [:]
    /// Those that are a bridge's ports.
    var ports: Set<String> = []
    private var deck: [String] = []
    private var count = 0

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    static let kinds = [
        "bond", "bridge", "dummy", "erspan", "geneve", "gre", "gretap", "ifb", "ip6erspan", "ip6gre", "ip6gretap",
        "ip6tnl",
        "ipip", "ipvlan", "ipvtap", "macsec", "macvlan", "macvtap", "nlmon", "sit", "vcan", "veth", "vlan", "vrf",
        "vti",
        "vti6", "vxlan", "wireguard", "xfrm",
    ]
    /// What is done beside making a link of a kind.
    static let others = ["option", "port", "delete", "up", "mtu", "master", "nomaster", "rename"]
    /// Kinds that a bridge takes as a port.
    private static let portKinds: Set = ["dummy", "geneve", "gretap", "ip6gretap", "veth", "vxlan"]
    /// Kinds that `ip link set … type` changes.
    private static let changeable: Set = [
        "bond", "bridge", "erspan", "geneve", "gre", "gretap", "ip6erspan", "ip6gre", "ip6gretap", "ip6tnl", "ipip",
        "macvlan",
        "sit", "vti", "vti6", "vxlan",
    ]

    struct Operation {
        /// Of ``kinds`` or ``others``.
        let sort: String
        let words: [String]
        var name: String { words[0] == "add" ? words[words.firstIndex(of: "name").map { $0 + 1 } ?? 1] : words[1] }
        var kind: String { words.firstIndex(of: "type").map { words[$0 + 1] } ?? "" }
        var description: String { words.joined(separator: " ") }
    }

    mutating func next() -> Operation {
        if deck.isEmpty {
            deck =
                Self.kinds + Self.others + [
                    "option", "option", "option", "option", "option", "option", "master", "port",
                ]
            deck.shuffle(using: &random)
        }
        let sort = deck.removeLast()
        let words = Self.kinds.contains(sort) ? addition(sort) : change(sort)
        return Operation(sort: sort, words: words)
    }

    // MARK: Words

    private mutating func number(_ range: ClosedRange<Int>) -> String { "\(random.number(range))" }
    private mutating func pick(_ words: String...) -> String { random.pick(words) }
    private mutating func maybe(_ percent: Int, _ words: (inout LinkKindGenerator) -> [String]) -> [String] {
        random.chance(percent) ? words(&self) : []
    }
    private mutating func switched(_ percent: Int, _ names: String...) -> [String] {
        names.flatMap { name in maybe(percent) { [name, $0.pick("on", "off")] } }
    }
    private mutating func host4() -> String { "192.0.2.\(random.number(1...40))" }
    private mutating func host6() -> String { "2001:db8::\(random.number(1...40))" }
    private mutating func link(_ condition: (String, String) -> Bool = { _, _ in true }) -> String {
        random.any(links.filter { condition($0.key, $0.value) }.keys.sorted()) ?? "base"
    }

    private mutating func addition(_ kind: String) -> [String] {
        count += 1
        var words = ["add"]
        let isUpper = ["vlan", "macvlan", "macvtap", "ipvlan", "ipvtap", "macsec"].contains(kind)
        if isUpper { words += ["link", random.chance(80) ? link { _, kind in kind == "dummy" } : link(), "name"] }
        words.append("k\(count)")
        let isEthernet = [
            "bond", "bridge", "dummy", "geneve", "gretap", "ip6gretap", "erspan", "ip6erspan", "macvlan", "macvtap",
            "veth",
            "vrf", "vxlan", "ifb",
        ].contains(kind)
        if isEthernet {
            words += ["address", "02:00:00:00:0\(random.number(1...9)):\(10 + count % 90)"]
        }
        words += maybe(15) { ["mtu", $0.number(1_280...1_500)] } + maybe(15) { ["txqueuelen", $0.number(1...2_000)] }
        words += maybe(10) { ["group", $0.number(1...9)] } + ["type", kind]
        switch kind {
        case "veth": return words + ["peer", "name", "q\(count)", "address", "02:00:00:00:aa:\(10 + count % 90)"]
        case "vlan":
            return words + ["id", random.chance(95) ? number(1...4_094) : "4095"]
                + maybe(30) { ["protocol", $0.pick("802.1q", "802.1ad")] }
                + switched(20, "reorder_hdr", "gvrp", "mvrp", "loose_binding", "bridge_binding")
        case "vrf": return words + ["table", number(1...4_000)]
        case "ipvlan", "ipvtap":
            // The flag always: without, ip sends that of `bridge` for all links of the device, and we none.
            return words + ["mode", pick("l2", "l3", "l3s"), pick("private", "vepa", "bridge")]
        case "macvtap": return words + ["mode", pick("private", "vepa", "bridge", "passthru")]
        case "macsec":
            return words + ["port", number(1...9_000)] + switched(30, "encrypt", "send_sci", "protect")
                + maybe(30) { ["cipher", $0.pick("gcm-aes-128", "gcm-aes-256", "gcm-aes-xpn-128")] }
                + maybe(30) { ["validate", $0.pick("strict", "check", "disabled")] }
                + maybe(20) { ["replay", "on", "window", $0.number(1...99)] }
                + maybe(20) { ["encodingsa", $0.number(0...3)] }
        case "xfrm":
            return words + maybe(50) { ["dev", $0.link()] } + [
                "if_id", "0x" + String(random.number(1...70_000), radix: 16),
            ]
        default: return words + tunnel(kind) + maybe(70) { $0.options(kind, isNew: true) }
        }
    }

    /// What has to be said of a new tunnel.
    private mutating func tunnel(_ kind: String) -> [String] {
        switch kind {
        case "gre", "ipip", "sit", "vti": ["local", host4(), "remote", host4()]
        case "gretap": ["local", host4(), "remote", host4()] + maybe(30) { ["key", $0.number(1...99)] }
        case "erspan":
            [
                "seq", "key", number(1...1_000), "local", host4(), "remote", host4(), "erspan_ver", "1", "erspan",
                number(1...99),
            ]
        case "ip6erspan":
            [
                "seq", "key", number(1...1_000), "local", host6(), "remote", host6(), "erspan_ver", "1", "erspan",
                number(1...99),
            ]
        case "ip6gre", "ip6gretap", "ip6tnl", "vti6": ["local", host6(), "remote", host6()]
        case "geneve": ["id", number(1...70_000), "remote", random.chance(60) ? host4() : host6()]
        case "vxlan":
            ["id", number(1...70_000), "dstport", number(1_000...9_000)] + maybe(60) { ["remote", $0.host4()] }
        case "macvlan": ["mode", pick("private", "vepa", "bridge", "source")]
        case "bond":
            [
                "mode",
                pick(
                    "balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb"),
            ]
        default: []
        }
    }

    /// One or a few options that the kind takes anew too.
    private mutating func options(_ kind: String, isNew: Bool) -> [String] {
        switch kind {
        case "bridge":
            switch random.number(0...5) {
            case 0: ["forward_delay", number(200...3_000)]
            case 1: ["stp_state", "0", "priority", number(0...65_535)]
            case 2: ["ageing_time", number(30_000...90_000)]
            case 3: ["vlan_filtering", number(0...1), "vlan_default_pvid", number(0...99)]
            case 4: ["mcast_snooping", number(0...1), "mcast_querier", number(0...1)]
            default: ["vlan_protocol", pick("802.1Q", "802.1ad")]
            }
        case "bond":
            switch random.number(0...9) {
            case 0: ["miimon", number(0...500)] + maybe(50) { ["updelay", $0.number(0...900)] }
            case 1: ["xmit_hash_policy", pick("layer2", "layer3+4", "layer2+3", "encap2+3", "vlan+srcmac")]
            case 2: ["fail_over_mac", pick("none", "active", "follow")]
            case 3: ["primary_reselect", pick("always", "better", "failure")]
            case 4: ["lacp_rate", pick("slow", "fast")]
            case 5: ["ad_select", pick("stable", "bandwidth", "count")]
            case 6: ["resend_igmp", number(0...300)]
            case 7: ["num_grat_arp", number(0...255)]
            case 8: ["packets_per_slave", number(0...70_000)]
            default: [pick("all_slaves_active", "tlb_dynamic_lb", "use_carrier"), number(0...1)]
            }
        case "vxlan":
            switch random.number(0...6) {
            case 0: ["ttl", number(0...255)]
            case 1: ["tos", pick("10", "0x20", "inherit")]
            case 2: ["ageing", number(1...9_000)]
            case 3: [pick("learning", "nolearning", "proxy", "noproxy", "rsc", "norsc", "l2miss", "nol2miss", "l3miss")]
            case 4: isNew ? ["port", "1000", number(1_001...9_999)] : ["remote", host4()]
            case 5: [pick("udpcsum", "noudpcsum", "udp6zerocsumtx", "noudp6zerocsumrx")]
            default: ["maxaddress", number(1...9_999)]
            }
        case "geneve":
            switch random.number(0...3) {
            case 0: ["ttl", number(0...255)]
            case 1: ["tos", pick("0x8", "10", "inherit")]
            case 2: ["df", pick("set", "unset", "inherit")]
            default: [pick("udpcsum", "noudpcsum", "udp6zerocsumtx", "noudp6zerocsumrx")]
            }
        case "macvlan": ["bcqueuelen", number(1...9_000)]
        case "gre", "gretap", "erspan":
            switch random.number(0...4) {
            case 0: ["ttl", random.chance(20) ? "inherit" : number(1...255)]
            case 1: ["tos", pick("0x10", "20", "inherit")]
            case 2: kind == "erspan" ? ["ttl", "9"] : ["ikey", number(1...99), "okey", pick("7", "1.2.3.4")]
            case 3: kind == "erspan" ? ["tos", "0x10"] : [pick("csum", "nocsum", "oseq", "icsum")]
            default: ["fwmark", "0x" + String(random.number(1...255), radix: 16)]
            }
        case "ipip", "sit":
            switch random.number(0...2) {
            case 0: ["ttl", number(1...255)]
            case 1: ["tos", pick("0x10", "20", "inherit")]
            default: ["fwmark", number(1...255)]
            }
        case "ip6gre", "ip6gretap", "ip6erspan", "ip6tnl":
            switch random.number(0...4) {
            case 0: ["hoplimit", number(0...255)]
            case 1: ["tclass", pick("0x10", "0x2a", "inherit")]
            case 2: ["flowlabel", pick("0x12345", "inherit")]
            case 3: ["encaplimit", pick("none", "3", "7")]
            default: ["fwmark", pick("0x7", "9", "inherit")]
            }
        case "vti", "vti6":
            switch random.number(0...2) {
            case 0: ["ikey", number(1...99)]
            case 1: ["okey", pick("6", "1.2.3.4")]
            default: ["fwmark", number(1...255)]
            }
        default: []
        }
    }

    private mutating func change(_ sort: String) -> [String] {
        switch sort {
        case "option":
            let name = link { _, kind in Self.changeable.contains(kind) }
            let kind = links[name] ?? "dummy"
            return ["set", name, "type", kind] + options(kind, isNew: false)
        case "port":
            let port = random.any(ports.sorted()) ?? link()
            return ["set", port, "type", "bridge_slave"]
                + (random.chance(50)
                    ? ["cost", number(1...900)]
                    : [pick("hairpin", "guard", "learning", "isolated"), pick("on", "off")])
        case "delete": return ["delete", link { name, _ in name != "base" }]
        case "up": return ["set", link(), random.chance(70) ? "up" : "down"]
        case "mtu": return ["set", link(), "mtu", random.chance(15) ? pick("1", "70000") : number(1_280...1_500)]
        case "master":
            let isPort = random.chance(60)
            return [
                "set", link { name, kind in name != "base" && (!isPort || Self.portKinds.contains(kind)) }, "master",
                link { _, kind in isPort ? kind == "bridge" : ["bond", "bridge", "vrf"].contains(kind) },
            ]
        case "nomaster": return ["set", link(), "nomaster"]
        default:
            count += 1
            return ["set", link { name, _ in name != "base" }, "name", "r\(count)"]
        }
    }
}
