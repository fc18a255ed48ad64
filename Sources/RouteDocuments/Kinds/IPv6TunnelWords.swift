internal import CKernel
internal import Documents
internal import Netlink
internal import RouteNetlink

/// What the tunnels over IPv6 have in common, GRE's and others, as `ip` prints and takes it.
struct IPv6TunnelWords: Sendable {
    /// IFLA_GRE_* or IFLA_IPTUN_*: the attributes' numbers.
    let timeToLive: Int
    let encapsulationLimit: Int
    let flowInformation: Int
    let flags: Int
    let mark: Int

    static let gre = IPv6TunnelWords(
        timeToLive: Int(IFLA_GRE_TTL), encapsulationLimit: Int(IFLA_GRE_ENCAP_LIMIT),
        flowInformation: Int(IFLA_GRE_FLOWINFO), flags: Int(IFLA_GRE_FLAGS), mark: Int(IFLA_GRE_FWMARK))
    static let tunnel = IPv6TunnelWords(
        timeToLive: Int(IFLA_IPTUN_TTL), encapsulationLimit: Int(IFLA_IPTUN_ENCAP_LIMIT),
        flowInformation: Int(IFLA_IPTUN_FLOWINFO), flags: Int(IFLA_IPTUN_FLAGS), mark: Int(IFLA_IPTUN_FWMARK))

    static let words = [
        "encaplimit", "tc", "flowlabel", "fl", "dscp", "allow-localremote", "noallow-localremote", "fwmark",
    ]

    private func flow(_ attributes: AttributeSet) -> IPv6FlowInformation? {
        attributes[bigEndian: flowInformation, as: UInt32.self].map(IPv6FlowInformation.init(rawValue:))
    }

    private func flags(_ attributes: AttributeSet) -> IPv6TunnelFlags {
        IPv6TunnelFlags(rawValue: attributes[flags, as: UInt32.self] ?? 0)
    }

    func print(_ attributes: AttributeSet, into members: inout [String: JSONValue]) {
        let on = flags(attributes)
        members["ttl"] = JSONValue(attributes[timeToLive, as: UInt8.self] ?? 0)
        for (flag, key) in Self.flagKeys where on.contains(flag) { members[key] = true }
        if !on.contains(.noEncapsulationLimit), let limit = attributes[encapsulationLimit, as: UInt8.self] {
            members["encap_limit"] = JSONValue(limit)
        }
        if let flow = flow(attributes) {
            if !on.contains(.inheritTrafficClass) {
                members["tclass"] = TunnelWords.padded(UInt32(flow.trafficClass), digits: 2)
            }
            if !on.contains(.inheritFlowLabel) {
                members["flowlabel"] = TunnelWords.padded(flow.flowLabel, digits: 5)
            }
        }
        if !on.contains(.inheritMark), let mark = attributes[mark, as: UInt32.self], mark != 0 {
            members["fwmark"] = .string(LinkOption.hexadecimal(Int64(mark)))
        }
    }

    private static let flagKeys: [(IPv6TunnelFlags, String)] = [
        (.noEncapsulationLimit, "ip6_tnl_f_ign_encap_limit"), (.inheritTrafficClass, "ip6_tnl_f_use_orig_tclass"),
        (.inheritFlowLabel, "ip6_tnl_f_use_orig_flowlabel"), (.mobileIPv6, "ip6_tnl_f_mip6_dev"),
        (.copyDSCP, "ip6_tnl_f_rcv_dscp_copy"), (.inheritMark, "ip6_tnl_f_use_orig_fwmark"),
        (.allowLocalRemote, "ip6_tnl_f_allow_local_remote"),
    ]

    func parse(
        _ word: String, _ reader: inout WordReader, _ attributes: inout AttributeSet
    ) throws(WordError) -> Bool {
        var on = flags(attributes)
        let flow = flow(attributes) ?? IPv6FlowInformation(rawValue: 0)
        switch word {
        case "ttl", "hoplimit", "hlim": attributes[timeToLive] = try TunnelWords.timeToLive(word, &reader)
        case "encaplimit":
            let text = try reader.value(of: word)
            on.set(.noEncapsulationLimit, text == "none")
            if text != "none" {
                attributes[encapsulationLimit] = UInt8(clamping: try LinkOption.number(word, text, 0...255))
            }
        case "tos", "tclass", "tc", "dsfield":
            let text = try reader.value(of: word)
            on.set(.inheritTrafficClass, text == "inherit")
            let value = text == "inherit" ? 0 : try TunnelWords.hexadecimal(word, text, upTo: 0xff)
            set(IPv6FlowInformation(trafficClass: UInt8(clamping: value), flowLabel: flow.flowLabel), &attributes)
        case "flowlabel", "fl":
            let text = try reader.value(of: word)
            on.set(.inheritFlowLabel, text == "inherit")
            let value = text == "inherit" ? 0 : try TunnelWords.hexadecimal(word, text, upTo: 0xf_ffff)
            set(IPv6FlowInformation(trafficClass: flow.trafficClass, flowLabel: value), &attributes)
        case "dscp":
            let text = try reader.value(of: word)
            guard text == "inherit" else { throw WordError(.notOneOf(text, ["inherit"]), word) }
            on.set(.copyDSCP, true)
        case "allow-localremote": on.set(.allowLocalRemote, true)
        case "noallow-localremote": on.set(.allowLocalRemote, false)
        case "fwmark":
            let text = try reader.value(of: word)
            on.set(.inheritMark, text == "inherit")
            let range = IntegerWidth.u32.range
            attributes[mark] = text == "inherit" ? 0 : UInt32(clamping: try LinkOption.number(word, text, range))
        default: return false
        }
        attributes[flags] = on.rawValue
        return true
    }

    private func set(_ flow: IPv6FlowInformation, _ attributes: inout AttributeSet) {
        attributes[bigEndian: flowInformation] = flow.rawValue
    }

    /// `ip`'s defaults, which are not the kernel's: a hop limit of 64 and an encapsulation limit of 4.
    func finish(_ attributes: inout AttributeSet) {
        if !attributes.contains(timeToLive) { attributes[timeToLive] = UInt8(64) }
        if !attributes.contains(encapsulationLimit) {
            attributes[encapsulationLimit] = UInt8(IPV6_DEFAULT_TNL_ENCAP_LIMIT)
        }
    }
}
