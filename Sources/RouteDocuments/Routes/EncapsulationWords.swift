internal import CKernel
internal import Kernel
internal import Netlink
internal import RouteNetlink

/// What follows `encap`, as `ip route` takes it: the kind of header, and its own words up to one that is none of them.
enum EncapsulationWords {
    private static let kinds = ["mpls", "ip", "ip6", "seg6", "seg6local", "ioam6", "xfrm"]

    static func parse(_ reader: inout WordReader, _ words: ObjectWords) throws(WordError) -> RouteEncapsulation {
        let kind = try reader.value(of: "encap")
        switch kind {
        case "mpls": return try mpls(&reader, words)
        case "ip", "ip6": return .tunnel(try tunnel(kind, &reader, words))
        case "seg6": return .segmentRouting(try segmentRouting(&reader, words))
        case "seg6local": return .localSegment(try localSegment(&reader, words))
        case "ioam6": return .telemetry(try telemetry(&reader, words))
        case "xfrm": return try transform(&reader, words)
        default: throw WordError(.notOneOf(kind, kinds), "encap")
        }
    }

    /// Numbers of labels with slashes, outermost first.
    private static func mpls(_ reader: inout WordReader, _ words: ObjectWords) throws(WordError) -> RouteEncapsulation {
        let text = try reader.value(of: "encap mpls")
        var labels: [RouteNetlink.MPLSLabel] = []
        for part in text.split(separator: "/", omittingEmptySubsequences: false) {
            guard let number = RouteNames.number(String(part)), number <= 0xfffff else {
                throw WordError(.malformed(text, form: "labels up to 1048575 with slashes between"), "encap mpls")
            }
            labels.append(RouteNetlink.MPLSLabel(rawValue: number))
        }
        guard reader.peek == "ttl" else { return .mpls(labels, timeToLive: nil) }
        _ = reader.next()
        return .mpls(labels, timeToLive: try words.byte("ttl", &reader))
    }

    /// The XFRM interface whose policies are asked, by LWT_XFRM_* (linux/lwtunnel.h).
    private static func transform(
        _ reader: inout WordReader, _ words: ObjectWords
    ) throws(WordError) -> RouteEncapsulation {
        var attributes = AttributeSet()
        while let word = reader.peek, word == "if_id" || word == "link_dev" {
            _ = reader.next()
            if word == "if_id" {
                attributes.set(Int(LWT_XFRM_IF_ID), .u32, Int64(try words.number(word, &reader, 1...Int64(UInt32.max))))
            } else {
                attributes.set(Int(LWT_XFRM_LINK), .u32, Int64(try words.link(word, &reader)))
            }
        }
        guard attributes[bytes: LWT_XFRM_IF_ID] != nil else {
            throw WordError(.missing("'if_id' and a number"), "xfrm")
        }
        return .other(UInt16(LWTUNNEL_ENCAP_XFRM.rawValue), attributes)
    }

    private static func tunnel(
        _ kind: String, _ reader: inout WordReader, _ words: ObjectWords
    ) throws(WordError) -> RouteTunnel {
        let isIPv4 = kind == "ip"
        var tunnel = RouteTunnel(isIPv4: isIPv4)
        func address(_ word: String) throws(WordError) -> IPAddress {
            let address = try ObjectWords.address(word, try reader.value(of: word))
            guard address.isIPv4 == isIPv4 else {
                throw WordError(.malformed("\(address)", form: "of IPv\(isIPv4 ? 4 : 6)"), word)
            }
            return address
        }
        while let word = reader.peek {
            switch word {
            case "id", "dst", "src", isIPv4 ? "tos" : "tc", isIPv4 ? "ttl" : "hoplimit", "key", "csum", "seq":
                _ = reader.next()
            default: return tunnel
            }
            switch word {
            case "id":
                let text = try reader.value(of: word)
                guard let id = text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text) else {
                    throw WordError(.notNumber(text), word)
                }
                tunnel.id = id
            case "dst": tunnel.destination = try address(word)
            case "src": tunnel.source = try address(word)
            case "tos", "tc": tunnel.trafficClass = try words.serviceField(word, &reader)
            case "ttl", "hoplimit": tunnel.timeToLive = try words.byte(word, &reader)
            case "key": tunnel.flags.insert(.key)
            case "csum": tunnel.flags.insert(.checksum)
            default: tunnel.flags.insert(.sequence)
            }
        }
        return tunnel
    }

    /// `SEGMENT[,SEGMENT…]`, and a key that may follow.
    private static func header(
        _ reader: inout WordReader, _ words: ObjectWords
    ) throws(WordError) -> SegmentRoutingHeader {
        let text = try reader.value(of: "segs")
        var segments: [IPv6Address] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard case .v6(let segment)? = IPAddress(String(part)) else {
                throw WordError(.malformed(text, form: "IPv6 addresses with commas between"), "segs")
            }
            segments.append(segment)
        }
        var header = SegmentRoutingHeader(segments)
        if reader.peek == "hmac" {
            _ = reader.next()
            let key = try words.number("hmac", &reader)
            if key != 0 { header.authenticationKey = key }
        }
        return header
    }

    private static func segmentRouting(
        _ reader: inout WordReader, _ words: ObjectWords
    ) throws(WordError) -> SegmentRouting {
        var mode: SegmentRouting.Mode?
        var found: SegmentRoutingHeader?
        while let word = reader.peek, word == "mode" || word == "segs" {
            _ = reader.next()
            if word == "mode" {
                let text = try reader.value(of: word)
                guard let number = SegmentRouting.modes.firstIndex(of: text) else {
                    throw WordError(.notOneOf(text, SegmentRouting.modes), word)
                }
                mode = SegmentRouting.Mode(rawValue: Int32(number))
            } else {
                guard mode != nil else { throw WordError(.missing("'mode' before it"), word) }
                found = try header(&reader, words)
            }
        }
        guard let mode, var found else { throw WordError(.missing("'mode' and 'segs'"), "encap seg6") }
        // Where the kernel puts the packet's own destination.
        if mode == .inline { found.segments.append(.any) }
        var routing = SegmentRouting([], mode: mode)
        routing.header = found
        return routing
    }

    private static func telemetry(
        _ reader: inout WordReader, _ words: ObjectWords
    ) throws(WordError) -> RouteTelemetry {
        var frequency: RouteTelemetry.Frequency?
        var mode: RouteTelemetry.Mode?
        var destination: IPv6Address?
        var type: UInt32?
        var namespace: UInt16 = 0
        var size: Int?
        reading: while let word = reader.peek {
            switch word {
            case "freq", "mode", "tundst", "type", "ns", "size", "trace", "prealloc": _ = reader.next()
            default: break reading
            }
            switch word {
            case "freq":
                let text = try reader.value(of: word)
                let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { UInt32($0) }
                guard parts.count == 2, let packets = parts[0], let all = parts[1] else {
                    throw WordError(.malformed(text, form: "two numbers with a slash, such as 1/100"), word)
                }
                frequency = .init(packets: packets, outOf: all)
            case "mode":
                let text = try reader.value(of: word)
                guard let number = RouteTelemetry.modes.firstIndex(of: text), number > 0 else {
                    throw WordError(.notOneOf(text, Array(RouteTelemetry.modes.dropFirst())), word)
                }
                mode = RouteTelemetry.Mode(rawValue: UInt8(number))
            case "tundst":
                let text = try reader.value(of: word)
                guard case .v6(let address)? = IPAddress(text) else {
                    throw WordError(.malformed(text, form: "an IPv6 address"), word)
                }
                destination = address
            case "type": type = try words.number(word, &reader, 0...0xffffff)
            case "ns": namespace = UInt16(clamping: try words.number(word, &reader, 0...0xffff))
            case "size":
                let number = try words.number(word, &reader, 4...244)
                guard number % 4 == 0 else { throw WordError(.malformed("\(number)", form: "a multiple of 4"), word) }
                size = Int(number)
            default: break
            }
        }
        guard let type, let size else { throw WordError(.missing("'trace prealloc type' and 'size'"), "encap ioam6") }
        var telemetry = RouteTelemetry(mode: mode ?? .inline, type: type, namespace: namespace, size: size)
        telemetry.frequency = frequency ?? .init(packets: 1, outOf: 1)
        telemetry.destination = destination
        return telemetry
    }

    private static func localSegment(
        _ reader: inout WordReader, _ words: ObjectWords
    ) throws(WordError) -> LocalSegment {
        var segment = LocalSegment(.init(rawValue: 0))
        while let word = reader.peek {
            switch word {
            case "action", "table", "vrftable", "nh4", "nh6", "iif", "oif", "srh", "count", "flavors":
                _ = reader.next()
            default:
                return try checked(segment)
            }
            switch word {
            case "action":
                let text = try reader.value(of: word)
                guard let number = LocalSegment.behaviors.firstIndex(of: text), number > 0 else {
                    throw WordError(.notOneOf(text, Array(LocalSegment.behaviors.dropFirst())), word)
                }
                segment.behavior = .init(rawValue: UInt32(number))
            case "table": segment.table = try words.named(word, .tables, &reader)
            case "vrftable": segment.vrfTable = try words.named(word, .tables, &reader)
            case "nh4", "nh6":
                switch (word, try ObjectWords.address(word, try reader.value(of: word))) {
                case ("nh4", .v4(let address)): segment.nexthop4 = address
                case ("nh6", .v6(let address)): segment.nexthop6 = address
                case (_, let address): throw WordError(.malformed("\(address)", form: "of the other family"), word)
                }
            case "iif": segment.inputLinkIndex = try words.link(word, &reader)
            case "oif": segment.outputLinkIndex = try words.link(word, &reader)
            case "srh":
                guard reader.next() == "segs" else { throw WordError(.missing("'segs' and segments"), word) }
                var header = try header(&reader, words)
                if segment.behavior == .bind { header.segments.append(.any) }
                segment.header = header
            case "count": segment.count()
            default: segment.flavors = try flavors(&reader, words)
            }
        }
        return try checked(segment)
    }

    private static func checked(_ segment: LocalSegment) throws(WordError) -> LocalSegment {
        guard segment.behavior.rawValue != 0 else {
            throw WordError(.missing("'action' and what it is"), "encap seg6local")
        }
        return segment
    }

    /// Names with commas between, and the two lengths.
    private static func flavors(
        _ reader: inout WordReader, _ words: ObjectWords
    ) throws(WordError) -> LocalSegment.Flavors {
        var flavors = LocalSegment.Flavors(operations: [])
        for name in try reader.value(of: "flavors").split(separator: ",", omittingEmptySubsequences: false) {
            guard let known = LocalSegment.flavorNames.first(where: { $0.0 == name }) else {
                throw WordError(.notOneOf(String(name), LocalSegment.flavorNames.map { $0.0 }), "flavors")
            }
            flavors.operations.insert(known.1)
        }
        while let word = reader.peek, word == "lblen" || word == "nflen" {
            _ = reader.next()
            let bits = try words.byte(word, &reader)
            if word == "lblen" { flavors.locatorBlockBits = bits } else { flavors.nodeFunctionBits = bits }
        }
        return flavors
    }
}
