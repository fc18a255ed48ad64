internal import CKernel
internal import Documents
internal import Kernel
internal import Netlink
internal import RouteNetlink

extension RouteEncapsulation {
    /// LWTUNNEL_ENCAP_*, as `ip` calls them.
    static let names = [
        "none", "mpls", "ip", "ila", "ip6", "seg6", "bpf", "seg6local", "rpl", "ioam6", "xfrm",
    ]

    /// Adds `encap` and what belongs to it, after all else: a key that is taken stays, with `encap_` before the new one.
    func add(_ names: RouteNames, to members: inout [String: JSONValue]) {
        members["encap"] = .string(Int(type) < Self.names.count ? Self.names[Int(type)] : "unknown")
        for (key, value) in details(names) { members[members[key] == nil ? key : "encap_\(key)"] = value }
    }

    private func details(_ names: RouteNames) -> [String: JSONValue] {
        switch self {
        case .mpls(let labels, let timeToLive):
            var result: [String: JSONValue] = ["dst": .string(labels.map { "\($0)" }.joined(separator: "/"))]
            result["ttl"] = timeToLive.map { JSONValue($0) }
            return result
        case .tunnel(let tunnel): return tunnel.document
        case .segmentRouting(let routing):
            let mode = Int(routing.mode.rawValue)
            var result = routing.header.document
            result["mode"] = .string(
                SegmentRouting.modes.indices.contains(mode) ? SegmentRouting.modes[mode] : "\(mode)")
            return result
        case .localSegment(let segment): return segment.document(names)
        case .telemetry(let telemetry): return telemetry.document
        case .other(let type, let attributes): return Self.document(type, attributes, names)
        }
    }

    /// Programs by name, and the interface of IPsec.
    private static func document(
        _ type: UInt16, _ attributes: AttributeSet, _ names: RouteNames
    ) -> [String: JSONValue] {
        var result: [String: JSONValue] = [:]
        if UInt32(type) == LWTUNNEL_ENCAP_XFRM.rawValue {
            result["if_id"] = attributes.integer(Int(LWT_XFRM_IF_ID), .u32).map { .string(hexadecimal($0)) }
            result["link_dev"] = attributes.integer(Int(LWT_XFRM_LINK), .u32).map {
                .string(names.link(Int32(truncatingIfNeeded: $0)))
            }
        }
        guard UInt32(type) == LWTUNNEL_ENCAP_BPF.rawValue else { return result }
        for (number, key) in [(LWT_BPF_IN, "in"), (LWT_BPF_OUT, "out"), (LWT_BPF_XMIT, "xmit")] {
            guard let program = attributes.nested(number) else { continue }
            result[key] = .string(program[text: LWT_BPF_PROG_NAME] ?? "<unknown>")
        }
        result["headroom"] = attributes[LWT_BPF_XMIT_HEADROOM, as: UInt32.self].map { JSONValue($0) }
        return result
    }
}

extension SegmentRouting {
    /// SEG6_IPTUN_MODE_*, as `ip` calls them.
    static let modes = ["inline", "encap", "l2encap", "encap.red", "l2encap.red"]
}

extension SegmentRoutingHeader {
    /// `segs`, and the number of the key where there is an HMAC.
    var document: [String: JSONValue] {
        var result: [String: JSONValue] = ["segs": .array(segments.map { .string("\($0)") })]
        result["hmac"] = authenticationKey.map { .string(LinkOption.hexadecimal(Int64($0))) }
        return result
    }
}

extension RouteTunnel {
    var document: [String: JSONValue] {
        var result: [String: JSONValue] = ["id": JSONValue(id)]
        result["src"] = source.map { .string("\($0)") }
        result["dst"] = destination.map { .string("\($0)") }
        result[isIPv4 ? "ttl" : "hoplimit"] = JSONValue(timeToLive)
        result[isIPv4 ? "tos" : "tc"] = JSONValue(trafficClass)
        for (flag, key) in [(Flags.key, "key"), (.checksum, "csum"), (.sequence, "seq")] where flags.contains(flag) {
            result[key] = true
        }
        return result
    }
}

extension LocalSegment {
    /// SEG6_LOCAL_ACTION_*, as `ip` calls them.
    static let behaviors = [
        "", "End", "End.X", "End.T", "End.DX2", "End.DX6", "End.DX4", "End.DT6", "End.DT4", "End.B6", "End.B6.Encaps",
        "End.BM", "End.S", "End.AS", "End.AM", "End.BPF", "End.DT46",
    ]
    /// SEG6_LOCAL_FLV_OP_*, as `ip` calls them.
    static let flavorNames: [(String, Flavors.Operations)] = [
        ("psp", .penultimatePop), ("usp", .ultimatePop), ("usd", .ultimateDecapsulation), ("next-csid", .compressed),
    ]

    func document(_ names: RouteNames) -> [String: JSONValue] {
        let number = Int(behavior.rawValue)
        var result: [String: JSONValue] = [
            "action": .string(number > 0 && number < Self.behaviors.count ? Self.behaviors[number] : "\(number)")
        ]
        if let header { result["srh"] = .object(header.document) }
        result["table"] = table.map { .string(names.name(.tables, $0)) }
        result["vrftable"] = vrfTable.map { .string(names.name(.tables, $0)) }
        result["nh4"] = nexthop4.map { .string("\($0)") }
        result["nh6"] = nexthop6.map { .string("\($0)") }
        result["iif"] = inputLinkIndex.map { .string(names.link($0)) }
        result["oif"] = outputLinkIndex.map { .string(names.link($0)) }
        result["endpoint"] = programName.map { .string($0) }
        if let counters {
            result["stats64"] = [
                "packets": JSONValue(counters.packets), "bytes": JSONValue(counters.bytes),
                "errors": JSONValue(counters.errors),
            ]
        }
        if let flavors {
            result["flavors"] = .array(
                Self.flavorNames.filter { flavors.operations.contains($0.1) }.map { .string($0.0) })
            result["lblen"] = flavors.locatorBlockBits.map { JSONValue($0) }
            result["nflen"] = flavors.nodeFunctionBits.map { JSONValue($0) }
        }
        return result
    }
}

extension RouteTelemetry {
    static let modes = ["", "inline", "encap", "auto"]

    var document: [String: JSONValue] {
        let number = Int(mode.rawValue)
        var result: [String: JSONValue] = [
            "mode": .string(number > 0 && number < Self.modes.count ? Self.modes[number] : "\(number)"), "trace": .null,
            "prealloc": .null, "type": .string(LinkOption.hexadecimal(Int64(type))), "ns": JSONValue(namespace),
            "size": JSONValue(size),
        ]
        if let frequency {
            result["freqk"] = JSONValue(frequency.packets)
            result["freqn"] = JSONValue(frequency.outOf)
        }
        result["tundst"] = destination.map { .string("\($0)") }
        return result
    }
}
