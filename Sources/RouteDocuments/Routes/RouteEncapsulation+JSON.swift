internal import CKernel
internal import Documents
internal import Netlink
internal import RouteNetlink

extension RouteEncapsulation {
    /// LWTUNNEL_ENCAP_* by number, as `ip` has them.
    static let types = ["none", "mpls", "ip", "ila", "ip6", "seg6", "bpf", "seg6local", "rpl", "ioam6", "xfrm"]
    static let modes = ["inline", "encap", "l2encap", "encap.red", "l2encap.red"]

    /// Adds `encap` and what belongs to it; a key that is taken stays with `encap_` before it.
    func add(to members: inout [String: JSONValue], _ names: RouteNames) {
        func put(_ key: String, _ value: JSONValue) {
            let isRoutes = members[key] != nil || ["tos", "dst", "id", "table", "iif"].contains(key)
            members[isRoutes ? "encap_\(key)" : key] = value
        }
        switch self {
        case .mpls(let labels, let timeToLive):
            put("encap", "mpls")
            put("dst", .string(labels.map { "\($0)" }.joined(separator: "/")))
            if let timeToLive { put("ttl", JSONValue(timeToLive)) }
        case .tunnel(let tunnel):
            put("encap", tunnel.isIPv4 ? "ip" : "ip6")
            members[members["nhid"] == nil && members["id"] == nil ? "id" : "encap_id"] = JSONValue(tunnel.id)
            if let source = tunnel.source { put("src", .string("\(source)")) }
            if let destination = tunnel.destination { put("dst", .string("\(destination)")) }
            put(tunnel.isIPv4 ? "ttl" : "hoplimit", JSONValue(tunnel.timeToLive))
            put(tunnel.isIPv4 ? "tos" : "tc", JSONValue(tunnel.trafficClass))
            if tunnel.flags.contains(.key) { put("key", true) }
            if tunnel.flags.contains(.checksum) { put("csum", true) }
            if tunnel.flags.contains(.sequence) { put("seq", true) }
        case .segmentRouting(let header):
            put("encap", "seg6")
            let mode = Int(header.mode.rawValue)
            put("mode", .string(Self.modes.indices.contains(mode) ? Self.modes[mode] : "\(mode)"))
            for (key, value) in header.document { put(key, value) }
        case .other(let type, let attributes):
            put("encap", .string(Int(type) < Self.types.count ? Self.types[Int(type)] : "unknown"))
            switch UInt32(type) {
            case LWTUNNEL_ENCAP_SEG6_LOCAL.rawValue:
                for (key, value) in Self.local(attributes, names) { put(key, value) }
            case LWTUNNEL_ENCAP_XFRM.rawValue:
                attributes.integer(Int(LWT_XFRM_IF_ID), .u32).map { put("if_id", .string(hexadecimal($0))) }
                attributes.integer(Int(LWT_XFRM_LINK), .u32).map {
                    put("link_dev", .string(names.link(Int32(truncatingIfNeeded: $0))))
                }
            default: break
            }
        }
    }

    /// What a router of the segment does (SEG6_LOCAL_*).
    private static func local(_ attributes: AttributeSet, _ names: RouteNames) -> [(String, JSONValue)] {
        var members: [(String, JSONValue)] = []
        func number(_ attribute: some BinaryInteger) -> Int64? { attributes.integer(Int(attribute), .u32) }
        if let action = number(SEG6_LOCAL_ACTION) {
            members.append(("action", .string(LocalSegment.action(action) ?? "unknown")))
        }
        if let header = attributes[bytes: SEG6_LOCAL_SRH].flatMap({ SegmentRouting(header: $0) }) {
            members.append(("srh", .object(Dictionary(header.document) { first, _ in first })))
        }
        for (attribute, key) in [(SEG6_LOCAL_TABLE, "table"), (SEG6_LOCAL_VRFTABLE, "vrftable")] {
            if let table = number(attribute) { members.append((key, .string(names.name(.tables, table)))) }
        }
        for (attribute, key) in [(SEG6_LOCAL_NH4, "nh4"), (SEG6_LOCAL_NH6, "nh6")] {
            if let address = attributes[address: attribute] { members.append((key, .string("\(address)"))) }
        }
        for (attribute, key) in [(SEG6_LOCAL_IIF, "iif"), (SEG6_LOCAL_OIF, "oif")] {
            guard let link = number(attribute) else { continue }
            members.append((key, .string(names.link(Int32(truncatingIfNeeded: link)))))
        }
        if let flavors = attributes.nested(SEG6_LOCAL_FLAVORS) {
            let bits = flavors.integer(Int(SEG6_LOCAL_FLV_OPERATION), .u32) ?? 0
            let words = LocalSegment.flavors.enumerated().filter { bits >> ($0.offset + 1) & 1 == 1 }.map(\.element)
            members.append(("flavors", JSONValue(words)))
            for (attribute, key) in [(SEG6_LOCAL_FLV_LCBLOCK_BITS, "lblen"), (SEG6_LOCAL_FLV_LCNODE_FN_BITS, "nflen")] {
                if let value = flavors.integer(Int(attribute), .u8) { members.append((key, JSONValue(value))) }
            }
        }
        return members
    }
}

extension SegmentRouting {
    /// `segs`, and `hmac` where the kernel is to sign.
    var document: [(String, JSONValue)] {
        let segments = [("segs", JSONValue(segments.map { "\($0)" }))]
        return segments + (keyID.map { [("hmac", .string(hexadecimal($0)))] } ?? [])
    }
}

/// The words of `encap seg6local`.
enum LocalSegment {
    /// SEG6_LOCAL_ACTION_*, from 1 on (linux/seg6_local.h).
    static let actions = [
        "End", "End.X", "End.T", "End.DX2", "End.DX6", "End.DX4", "End.DT6", "End.DT4", "End.B6", "End.B6.Encaps",
        "End.BM", "End.S", "End.AS", "End.AM", "End.BPF", "End.DT46",
    ]
    static func action(_ number: Int64) -> String? {
        (1...Int64(actions.count)).contains(number) ? actions[Int(number) - 1] : nil
    }
    /// SEG6_LOCAL_FLV_OP_*, whose bits begin with 1.
    static let flavors = ["psp", "usp", "usd", "next-csid"]
}
